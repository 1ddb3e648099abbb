#!/bin/sh
# SPDX-License-Identifier: MIT
# Every example of docs/language.md is a model without errors, or reports what its comments say.
set -u
awk '/^```nsa$/ { n++; name = sprintf("example%02d.nsa", n); inside = 1; next }
     /^```$/ { inside = 0 }
     inside { print > name }' "$SRC/docs/language.md"
failed=0
count=0
for file in example*.nsa; do
  [ -e "$file" ] || { echo "the page has no examples"; exit 1; }
  count=$((count + 1))
  awk '{ if (match($0, /# ERROR E[0-9][0-9][0-9][0-9]/)) print NR, substr($0, RSTART + 8, 5) }' "$file" | sort -u >expected
  "$NSA" check "$file" --json >reported.json 2>stderr.txt
  code=$?
  sed -n 's/.*"code":"\(E[0-9]*\)"[^}]*"line":\([0-9]*\).*/\2 \1/p' reported.json | sort -u >reported
  wanted=0
  [ -s expected ] && wanted=1
  if [ "$code" -ne "$wanted" ] || ! cmp -s expected reported; then
    echo "$file: exit code $code, expected $wanted"
    diff expected reported
    cat "$file" reported.json stderr.txt
    failed=1
  fi
done
echo "$count examples"
exit $failed
