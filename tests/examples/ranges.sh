# SPDX-License-Identifier: MIT
# Read by tests of examples: the measures a run has printed into measures.txt, held against ranges.
: "${SRC:?the source folder}" "${NSA:?the compiler}"
[ -x "$NSA" ] || { echo "no compiler to test"; exit 1; }
failures=0

# expect WHAT VALUE LOW HIGH
expect() {
  if awk -v x="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(x != "" && x + 0 >= low && x + 0 <= high) }'; then return; fi
  echo "FAILED: $1 is '$2', expected from $3 to $4"
  failures=$((failures + 1))
}
value() { awk -v name="$1" '$1 == name { print $2 }' measures.txt; }
