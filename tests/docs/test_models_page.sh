#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/models.md is what the models' comments say, each model names its source and what to expect, and all are right.
set -u
failed=0
sh "$SRC/tests/tools/models_page.sh" "$SRC" >models.md
cmp models.md "$SRC/docs/models.md" || { echo "docs/models.md is out of date: run make docs"; failed=1; }
for file in $(find "$SRC/runtime/models" -name '*.nsa'); do
  grep -q '^## Source: ' "$file" || { echo "$file: no source"; failed=1; }
  grep -q '^## Expect: ' "$file" || { echo "$file: does not say what to expect"; failed=1; }
  "$NSA" check "$file" || { echo "$file: has errors"; failed=1; }
done
exit $failed
