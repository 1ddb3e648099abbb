#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What `make install` puts somewhere works from there: the tool finds its model library and its
# runtime beside itself, and what it builds runs without it.
set -eu
: "${BUILD:?the build folder}" "${SRC:?the source folder}"
prefix=$PWD/prefix
cmake --install "$BUILD" --prefix "$prefix" > install.log
nsa=$prefix/bin/nsa

library=$(cd "$SRC/runtime/models" && find . -name '*.nsa' | LC_ALL=C sort | sed 's|^\./||')
[ -n "$library" ] || { echo "there is no model library"; exit 1; }
for model in $library; do
  [ -e "$prefix/share/nsa/models/$model" ] || { echo "$model was not installed"; exit 1; }
  dotted=$(printf '%s' "${model%.nsa}" | tr / .)
  # Only components come in by an import; nothing here uses them, which may be warned of.
  printf 'timescale fast = 0.1 ms\nimport %s\nneuron n { state v = 0 mV\n dv/dt = 1 mV/s }\n' "$dotted" > one.nsa
  printf 'population p : n[1]\nmeasure m = mean(p.v)\nrun 1 ms\n' >> one.nsa
  "$nsa" check one.nsa || { echo "import $dotted failed"; exit 1; }
done

package=$(find "$prefix" -path '*/nsa/__init__.py')
[ -n "$package" ] || { echo "the Python package was not installed"; exit 1; }

cat > tiny.nsa <<'MODEL'
timescale fast = 0.1 ms
neuron leaky {
  param tau = 10 ms
  state v = 1 mV
  tau * dv/dt = -v
}
population cells : leaky[3]
record cells.v every 1 ms
measure last = max(cells.v)
run 10 ms
MODEL
"$nsa" build tiny.nsa -o tiny
mv "$prefix" moved # the executable must not need what built it
./tiny --force --out out
[ -s out/run.json ] || { echo "no results were written"; exit 1; }
moved/bin/nsa run tiny.nsa --force --out out2
PYTHONPATH=$(dirname "$(dirname "moved/${package#"$prefix"/}")") /usr/bin/python3 -B -c '
import nsa
run = nsa.load("out2")
assert run["cells.v"].values.shape == (11, 3) and run["cells.v"].unit == "mV", run' || { echo "the Python package"; exit 1; }
