#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/environments.md has a section for each world, which names each of its settings, channels and figures.
set -u
failed=0
for file in $(grep -l '^const nsa_environment_kind environment_' "$SRC"/runtime/environments/*.c); do
  kind=$(basename "$file" .c)
  awk -v head="## $kind" '/^## /{inside = $0 == head} inside' "$SRC/docs/environments.md" >section.md
  test -s section.md || { echo "no section about $kind"; failed=1; }
  { grep -oE '\.name = "[a-z_]+"' "$file"; grep -oE '\{"[a-z_]+", "[^"]*"\}' "$file"; } | cut -d'"' -f2 | sort -u >names
  test "$(wc -l <names)" -gt 2 || { echo "$file: found no names"; failed=1; }
  while read -r name; do
    test "$name" = "$kind" || grep -qE "\`$name[\`[]" section.md || { echo "$kind: the page says nothing of \`$name\`"; failed=1; }
  done <names
done
exit $failed
