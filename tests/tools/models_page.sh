#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes docs/models.md from the comments of the model library: models_page.sh SOURCE_FOLDER > docs/models.md
set -eu
cat <<'HEAD'
# The models that come with nsa

This page is made from the comments of the models (`make docs`); they lie in `runtime/models` and are installed with the compiler.
`import nsa.astrocyte.ullah` brings the components of a file into a model.

HEAD
cd "$1/runtime/models"
find nsa -name '*.nsa' | LC_ALL=C sort | while read -r file; do
  module=$(echo "${file%.nsa}" | tr / .)
  echo "## \`$module\`"
  echo
  awk '
    /^## ?/ { line = $0; sub(/^## ?/, "", line)
              if (line ~ /^Source:/) sub(/^Source:/, "*Source:*", line)
              if (line ~ /^Expect:/) { doc = doc "\n"; sub(/^Expect:/, "*Expect:*", line) }
              doc = doc line "\n"; next }
    /^(neuron|astrocyte|synapse|function) / && doc != "" {
      kind = $1; name = $2; sub(/\(.*/, "", name)
      printf "**%s `%s`**", kind, name
      for (i = 3; i <= NF; i++) if ($i == "extends") printf " extends `%s`", $(i + 1)
      printf "\n\n%s\n", doc; doc = ""; next }
  ' "$file"
done
