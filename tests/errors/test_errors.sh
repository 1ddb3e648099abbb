#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every tests/errors/*.nsa says itself what `nsa check` must report, and nothing else may be:
#
#   tau * dv/dt = 3 ms        # ERROR E0301            at the end of the offending line
#   let unused = 1            # WARNING W0404          several on one line: repeat the comment
#   #! expect: 7 E0104                                 where the line cannot take a comment
#   #! args: --set p.tau=1                             more arguments for nsa check
#   #! verb: analyse                                   another verb, whose arguments these are
#
# The exit code must be 1 when an error is expected, else 0. What it says word for word, with columns, notes and remedies, is
# NAME.nsa.expected (one JSON object a line, in the order in which they are printed); `make bless` accepts what is said now
# (NSA_BLESS=1), where line and code are as the model says: read the difference in version control as its author would.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
work=$PWD
failures=0
count=0

expected_of() {
  awk '
    /^#! expect:/ { print $3, $4; next }
    /^#!/ { next }
    {
      line = $0
      while (match(line, /# (ERROR|WARNING) [EW][0-9][0-9][0-9][0-9]/)) {
        print NR, substr(line, RSTART + RLENGTH - 5, 5)
        line = substr(line, RSTART + RLENGTH)
      }
    }' "$1" | sort -u
}

# The first "line" of an object is the diagnostic's own; later ones belong to its notes.
reported_of() {
  awk '
    match($0, /"code":"[EW][0-9]+"/) {
      code = substr($0, RSTART + 8, RLENGTH - 9)
      line = 0
      if (match($0, /"line":[0-9]+/)) line = substr($0, RSTART + 7, RLENGTH - 7)
      print line, code
    }' "$1" | sort -u
}

for file in "$SRC"/tests/errors/*.nsa; do
  [ -e "$file" ] || continue
  count=$((count + 1))
  name=$(basename "$file" .nsa)
  args=()
  while read -r -a words; do args+=("${words[@]}"); done < <(sed -n 's/^#! args: *//p' "$file")
  # From within its folder, and without the place of the library, so that no path of this machine is printed.
  verb=$(sed -n 's/^#! verb: *//p' "$file")
  (cd "$SRC/tests/errors" && "$NSA" "${verb:-check}" "$name.nsa" --json --allow "$SRC" "${args[@]}") > "$work/$name.told" 2> "$work/$name.stderr" < /dev/null
  code=$?
  sed 's|looked in [^"]*/share/|looked in .../share/|' "$work/$name.told" > "$work/$name.json"
  expected_of "$file" > "$work/$name.expected"
  reported_of "$work/$name.json" > "$work/$name.reported"
  wanted=0
  grep -q ' E' "$work/$name.expected" && wanted=1
  if ! difference=$(diff "$work/$name.expected" "$work/$name.reported") || [ "$code" -ne "$wanted" ]; then
    failures=$((failures + 1))
    echo "FAIL $name: exit code $code, expected $wanted; line and code (< expected, > reported):"
    printf '%s\n' "$difference" | grep '^[<>]'
    cat "$work/$name.json" "$work/$name.stderr"
  elif [ -n "${NSA_BLESS:-}" ]; then
    cp "$work/$name.json" "$file.expected"
  elif ! diff -u "$file.expected" "$work/$name.json"; then
    failures=$((failures + 1))
    echo "FAIL $name: other words or columns (make bless accepts them)"
  fi
done

echo "$((count - failures)) of $count models report exactly what they say"
[ "$count" -gt 0 ] && [ "$failures" -eq 0 ]
