#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A model names files below its own folder, or below one of --allow: no absolute ones, no `..` and no link that leaves.
# What lies outside is never read and never shown, with openat2 and without it.
set -u
: "${NSA:?the tool}" "${TOOLS:?the small programs}"
failed=0
fail() { echo "FAILED $*"; failed=1; }
mkdir -p project/data project/parts outside allowed
echo 'secret words of nobody' > outside/secret.nsa
cp outside/secret.nsa outside/secret.txt
cp outside/secret.nsa project/data/notes.txt
for folder in outside allowed project/data; do
  printf '0,1\n1,2\n' > "$folder/edges.csv"
  printf 'time,element\n1,1\n' > "$folder/spikes.csv"
  printf 'P2\n2 2\n1\n1 0 0 1\n' > "$folder/image.pgm"
  printf 'neuron lent { state v = 0\n  dv/dt = -v/(10 ms) }\n' > "$folder/lent.nsa"
  "$TOOLS/bad_hdf5" good "$folder/spikes.h5"
done
ln -s ../outside project/leaves
ln -s ../allowed project/goes_over
ln -s "$PWD/outside/secret.nsa" project/secret.nsa
ln -s data/notes.txt project/notes.nsa
ln -s data project/stays
ln -s "$PWD/project/data" project/stays_too
model() { # what names a file
  { printf '%s\n' "$1"
    printf 'neuron cell { state v = 0\n  input I\n  dv/dt = (I - v)/(10 ms)\n  spike when v > 1 { v = 0 } }\n'
    printf 'synapse s { post.I += pre.v }\npopulation p : cell[2 x 2]\n'
    printf '%s\n' "$2" 'measure n = count(p.spike)' 'run 5 ms'; } > project/model.nsa
}
start() { "$@" > out.txt 2> err.txt < /dev/null; }
reads() { # what, top and bottom of the model, options
  local what=$1
  model "$2" "$3"
  shift 3
  local checked=("$@")
  [ "${1:-}" = --pattern ] && checked=() # `check` knows no other images
  start "$NSA" run project/model.nsa --no-results --quiet "$@" || { fail "$what: not read"; cat err.txt; }
  start "$TOOLS/without_openat2" "$NSA" check project/model.nsa "${checked[@]}"
  case $? in 0 | 77) ;; *) fail "$what: not read without openat2"; cat err.txt ;; esac
}
refuses() { # what, words of the message, top and bottom, options
  local what=$1 words=$2 tool
  model "$3" "$4"
  shift 4
  for tool in env "$TOOLS/without_openat2"; do
    start "$tool" "$NSA" check project/model.nsa "$@"
    local code=$?
    [ "$code" -eq 77 ] && continue
    [ "$code" -eq 1 ] || fail "$what: exit code $code"
    grep -q "$words" err.txt || { fail "$what: message"; cat err.txt; }
    ! grep -q 'secret words' err.txt || { fail "$what: shows what is not a model"; cat err.txt; }
  done
}
outside='it lies outside the folders'
for folder in data stays stays_too data/../data ../project/data parts/../stays; do
  reads "links of $folder" '' "connect p -> p via s by file(\"$folder/edges.csv\")"
done
reads spikes '' 'drive p.spike = file("stays/spikes.csv")'
reads HDF5 '' 'drive p.spike = file("stays/spikes.h5")'
reads images 'pattern d = images("stays/image.pgm")' 'present d on p.I amplitude 1 from 0 ms for 1 ms'
reads imports 'import "stays/lent.nsa"' ''
reads "the library" 'import nsa.neuron.lif' ''
for folder in ../outside leaves data/../../outside stays/../../outside; do
  refuses "links of $folder" "$outside" '' "connect p -> p via s by file(\"$folder/edges.csv\")"
  refuses "spikes of $folder" "$outside" '' "drive p.spike = file(\"$folder/spikes.csv\")"
  refuses "HDF5 of $folder" "$outside" '' "drive p.spike = file(\"$folder/spikes.h5\")"
  refuses "images of $folder" "$outside" "pattern d = images(\"$folder/image.pgm\")" ''
  refuses "an import of $folder" "$outside" "import \"$folder/secret.nsa\"" ''
  refuses "extends $folder" "$outside" "extends \"$folder/secret.nsa\"" ''
done
refuses "a link as import" "$outside" 'import "secret.nsa"' ''
refuses "a link to what is no model" 'ends in .nsa' 'import "notes.nsa"' ''
refuses "an import of what is no model" 'ends in .nsa' 'import "data/notes.txt"' ''
for path in /etc/passwd "$PWD/project/data/edges.csv" //etc/passwd; do
  refuses "$path" 'a path in a model is relative' '' "connect p -> p via s by file(\"$path\")"
  refuses "import $path" 'a path in a model is relative' "import \"$path\"" ''
done

# --allow, --pattern
reads "--allow" '' 'connect p -> p via s by file("../allowed/edges.csv")' --allow allowed
reads "--allow through a link" '' 'connect p -> p via s by file("goes_over/edges.csv")' --allow outside --allow "$PWD/allowed"
refuses "--allow of another" "$outside" '' 'connect p -> p via s by file("leaves/edges.csv")' --allow allowed
reads "--pattern" 'pattern d = images("data/image.pgm")' 'present d on p.I amplitude 1 from 0 ms for 1 ms' \
  --pattern d="$PWD/outside/image.pgm"
model '' ''
start "$NSA" run project/model.nsa --allow nowhere
[ $? -eq 2 ] && grep -q 'nowhere: there is no such folder' err.txt || { fail "--allow nowhere"; cat err.txt; }

# Executables: the same folders, relative ones from where they run.
model '' 'connect p -> p via s by file("stays/edges.csv")'
"$NSA" build project/model.nsa -o exe > /dev/null || fail build
start ./exe --no-results || { fail "an executable"; cat err.txt; }
(cd outside && start ../exe --no-results)
[ $? -eq 2 ] && grep -q 'project/stays/edges.csv' outside/err.txt || { fail "an executable elsewhere"; cat outside/err.txt; }
rm project/stays && ln -s ../outside project/stays
start ./exe --no-results
[ $? -eq 2 ] && grep -q "$outside" err.txt || { fail "an executable and a link that leaves"; cat err.txt; }
[ "$failed" -eq 0 ] && echo "models read what lies below their folder"
exit "$failed"
