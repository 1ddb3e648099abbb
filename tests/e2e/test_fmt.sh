#!/bin/sh
# SPDX-License-Identifier: MIT
# `nsa fmt --write` changes the text of a file and nothing else about it: its mode stays, and so do its other names and
# what points to it. What cannot be written is told with its path, and stays as it was.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
source='neuron cell {\nstate v = 0\ndv/dt = -v/(20 ms)\n}\npopulation n : cell\nrun 1 ms\n'
write() { rm -f "$1"; printf "$source" >"$1"; }
write model.nsa
"$NSA" fmt model.nsa >wanted.nsa || fail "fmt"
cmp -s model.nsa wanted.nsa && fail "the model is laid out already: nothing is tested"
formats() {
  "$NSA" fmt --write "$1" >out.txt 2>&1 || fail "$2: $(cat out.txt)"
  cmp -s "$1" wanted.nsa || fail "$2: the file has another text"
  [ -z "$(find . -name '*.tmp')" ] || fail "$2: a temporary file stays"
}

for mode in 600 640 755; do
  write model.nsa
  chmod $mode model.nsa
  formats model.nsa "mode $mode"
  [ "$(stat -c %a model.nsa)" = $mode ] || fail "mode $mode becomes $(stat -c %a model.nsa)"
done

mkdir deep
write deep/real.nsa
ln -s deep/real.nsa link.nsa
formats link.nsa "a link"
[ -L link.nsa ] || fail "a link becomes a file"
cmp -s deep/real.nsa wanted.nsa || fail "what a link points to is not written"

write model.nsa
ln model.nsa other.nsa
formats model.nsa "a file of two names"
cmp -s other.nsa wanted.nsa || fail "the other name has the old text"
[ "$(stat -c %h model.nsa)" = 2 ] || fail "the other name is another file now"

write model.nsa
cp model.nsa before.nsa
"$NSA" fmt --write model.nsa >/dev/full 2>&1 || fail "fmt --write prints"
write model.nsa
if [ "$(id -u)" -ne 0 ]; then # root may write everything
  chmod 444 model.nsa
  "$NSA" fmt --write model.nsa 2>err.txt
  [ $? -eq 2 ] || fail "a file that may not be written: exit code"
  grep -q "cannot write model.nsa: permission is denied" err.txt || fail "a file that may not be written: $(cat err.txt)"
  cmp -s model.nsa before.nsa || fail "a file that may not be written is written"
fi
[ "$failed" -eq 0 ]
