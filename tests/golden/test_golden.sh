#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# For each tests/golden/<stage>/<file>.nsa: what the stage prints must be <file>.nsa.expected.
# <stage> is an option of `nsa emit` (ast, ir, ...), ir-after-<pass> or the verb explain. `make bless` accepts what is printed
# now (NSA_BLESS=1); look at the difference in version control before you commit it.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
failures=0
count=0

print_stage() { # stage, file
  case $1 in
    explain) "$NSA" explain "$2" ;;
    ir-after-*) "$NSA" emit --ir --after "${1#ir-after-}" "$2" ;;
    model | plan) "$NSA" emit "--$1" --allow "$SRC" "$2" ;; # images of examples
    *) "$NSA" emit "--$1" "$2" ;;
  esac
}

for file in "$SRC"/tests/golden/*/*.nsa; do
  [ -e "$file" ] || continue
  count=$((count + 1))
  folder=$(dirname "$file")
  stage=$(basename "$folder")
  name=$(basename "$file")
  expected=$file.expected
  # From within its folder, so that no path of this machine is printed.
  if ! printed=$(cd "$folder" && print_stage "$stage" "$name" 2>&1 < /dev/null; code=$?; echo .; exit $code); then
    echo "FAIL $stage/$name: nsa failed:"
    printf '%s\n' "${printed%.}"
    failures=$((failures + 1))
  elif [ -n "${NSA_BLESS:-}" ]; then
    printf '%s' "${printed%.}" > "$expected"
  elif ! printf '%s' "${printed%.}" | diff -u "$expected" - ; then
    echo "FAIL $stage/$name (make bless accepts the new output)"
    failures=$((failures + 1))
  fi
done
echo "$((count - failures)) of $count outputs are as expected"
[ "$failures" -eq 0 ]
