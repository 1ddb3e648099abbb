#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What is no regular file, as model, table, image or file of spikes: one clear message at once, exit code 1 where a model
# names it, 2 where the command line does. Nothing is waited for, and nothing is read without end.
set -u
export NSA_SANDBOX=off # which would not let devices be opened in the first place
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED $*"; failed=1; }
says() { # what, exit code, words of the message, command
  local what=$1 code=$2 words=$3
  shift 3
  timeout -s KILL 5 "$@" > out.txt 2> err.txt
  local got=$?
  [ "$got" -eq "$code" ] || fail "$what: exit code $got, not $code"
  grep -q "$words" err.txt || { fail "$what: message"; cat err.txt; }
}
model() { # name, lines
  { printf 'neuron lif { state v = 0\n  input I\n  dv/dt = (I - v)/(10 ms)\n  spike when v > 1 { v = 0 } }\n'
    printf 'synapse s { post.I += pre.v }\npopulation p : lif[4 x 4]\n%s\nrun 1 ms\n' "$2"; } > "$1.nsa"
}
mkfifo pipe pipe.h5 pipe.pgm pipe.nsa
mkdir folder folder.nsa
ln -s /dev/zero zero # outside the model's folder as well
ln -s /dev/zero zero.h5
ln -s /dev/zero zero.pgm
for file in pipe zero folder; do
  words="only regular files are read"
  [ "$file" = zero ] && words="only regular files are read\|outside the folders"
  [ "$file" = folder ] && words="it is a folder, not a file"
  model edges "connect p -> p via s by file(\"$file\") self"
  says "links from a $file" 1 "$words" "$NSA" run edges.nsa --no-results
  model spikes "drive p.spike = file(\"$file\")"
  says "spikes from a $file" 1 "$words" "$NSA" run spikes.nsa --no-results
  says "a $file as model" 2 "$words" "$NSA" run "$file" --no-results
done
for file in pipe.h5 zero.h5; do
  model spikes "drive p.spike = file(\"$file\")"
  says "HDF5 from a $file" 1 "only regular files are read\|outside the folders" "$NSA" run spikes.nsa --no-results
done
printf 'P2\n4 4\n1\n1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n' > good.pgm
for file in pipe.pgm zero.pgm; do
  model image "pattern d = images(\"$file\")
present d on p.I amplitude 1 from 0 ms for 1 ms"
  says "an image from a $file" 1 "only regular files are read\|outside the folders" "$NSA" check image.nsa
  model image 'pattern d = images("good.pgm")
present d on p.I amplitude 1 from 0 ms for 1 ms'
  says "--pattern of a $file" 1 "only regular files are read\|outside the folders" "$NSA" run image.nsa --no-results --pattern d="$file"
done
printf 'import "pipe.nsa"\nrun 1 ms\n' > imports.nsa
says "an import of a pipe" 1 "only regular files are read\|outside the folders" "$NSA" check imports.nsa
if command -v script > /dev/null; then
  says "a terminal as model" 2 "only regular files are read" \
    sh -c 'script -qec "\"$NSA\" check /dev/tty" /dev/null < /dev/null 1>&2'
fi
# A table that became a pipe after the model was compiled.
printf '0,1\n' > later.csv
model later 'connect p -> p via s by file("later.csv")'
"$NSA" build later.nsa -o later > /dev/null || fail build
rm later.csv && mkfifo later.csv
says "a pipe in place of a table" 2 "only regular files are read" ./later --no-results
[ "$failed" -eq 0 ] && echo "only regular files are read"
exit "$failed"
