#!/bin/sh
# SPDX-License-Identifier: MIT
# Each example shows its values in the units that it declares: on stdout, in run.json, CSV and HDF5 (units.py).
: "${NSA:?the tool}" "${SRC:?the source folder}"
python=/usr/bin/python3
$python -c 'import h5py' 2> missing.txt || { echo "no h5py: nothing to test"; exit 0; }
failed=0
for model in "$SRC"/examples/*.nsa; do
  name=$(basename "$model" .nsa)
  [ "$name" = million_neurons ] && continue # records nothing, and is large
  if ! "$NSA" run "$model" --for "20 ms" --csv --force --quiet --out out > printed.txt 2> told.txt; then
    failed=1
    echo "FAIL $name: no run:" && cat told.txt
  else
    $python -B "$SRC/tests/examples/units.py" "$model" out printed.txt >> said.txt || failed=1
  fi
done
cat said.txt
grep -q "working_memory.nsa: 1 recordings, 6 measures" said.txt || { failed=1; echo "FAIL: the declarations are not found"; }
exit $failed
