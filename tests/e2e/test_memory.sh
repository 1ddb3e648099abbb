#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A run that needs more memory than it may have is refused with the arithmetic, before it has made anything: by
# --max-memory, and by what the process may have.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
cell='neuron cell { state v = 0
  input I
  dv/dt = (I - v)/(10 ms)
  spike when v > 1 { v = 0 }
}
synapse s { param w = 1
  on pre { post.I += w }
}'
model() { printf '%s\n' "$cell" "$@" 'measure m = mean(a.v)' 'run 1 ms'; }
model 'population a : cell[20000]' 'connect c: a -> a via s by indegree(10000) { w = uniform(0, 1) }' >links.nsa
model 'population a : cell[3000000]' >cells.nsa
model 'population a : cell[1000]' 'connect c: a -> a via s by where(pre.i >= 0)' >where.nsa
model 'population a : cell[100]' 'connect c: a -> a via s by where(pre.i == post.i)' >small.nsa

refused() { # words, command...
  words=$1
  shift
  rm -rf out
  "$@" >out.txt 2>err.txt
  [ $? -eq 2 ] || fail "$*: exit code, not 2: $(cat err.txt)"
  grep -q -- "$words" err.txt || fail "$*: no \"$words\" in: $(cat err.txt)"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "$*: more than one line: $(cat err.txt)"
  [ ! -e out ] || fail "$*: there are results"
}
links="connection 'c' has about 2e+08 links x [0-9]* bytes = [0-9.]* GB, all else 0.00[0-9]* GB"
refused "needs about [0-9.]* GB: $links; the limit is 1 GB (--max-memory)" "$NSA" run links.nsa --max-memory 1GB --out out
refused "3000000 elements x [0-9]* bytes = 0.[0-9]* GB" "$NSA" run cells.nsa --max-memory "10 MB" --out out
refused "room for [0-9]* links x 4 bytes, .* is above the limit of 0.00[0-9]* GB (--max-memory)" \
  "$NSA" run where.nsa --max-memory 2MB --no-results
for size in lots 0 -3GB 1e30GB 3XB "" 5GBs; do
  refused "wants a size such as" "$NSA" run small.nsa --max-memory "$size" --out out
done
for size in 1e9 1GB 1GiB "900 MB" "2 MB" 1000kB; do
  "$NSA" run small.nsa --max-memory "$size" --no-results --quiet >out.txt 2>&1 || fail "--max-memory $size: $(cat out.txt)"
done
"$NSA" sweep links.nsa --max-memory 1GB --seeds 1 --quiet >out.txt 2>err.txt
grep -q "$links" links.sweep/sweep.csv || fail "a sweep does not say why a point failed: $(cat links.sweep/sweep.csv)"

# Points that run at once share it.
cat >shares.nsa <<'.'
neuron c { state v = 0 }
population p : c[600000]
measure n = max(p.v)
run 0.1 ms
.
"$NSA" sweep shares.nsa --max-memory 20MB --seeds 1..8 --jobs 8 --quiet --out eight >out.txt 2>err.txt
grep -q 'the limit is 0.0025 GB (--max-memory; 8 runs at once share it)' eight/sweep.csv ||
  fail "8 points at once have 20 MB each: $(cat err.txt; head -3 eight/sweep.csv)"
"$NSA" sweep shares.nsa --max-memory 20MB --seeds 1..8 --jobs 1 --quiet --out one >out.txt 2>err.txt
grep -q failed one/sweep.csv && fail "a point alone has no 20 MB: $(head -3 one/sweep.csv)"

# What the machine has, here by a limit of the process. Sanitizers take all addresses there are.
if ! nm "$NSA" 2>/dev/null | grep -q __asan_init; then
  (ulimit -v 3000000 && refused "the limit is 3.07 GB (what this machine has; --max-memory sets another)" \
    "$NSA" run links.nsa --out out && [ "$failed" -eq 0 ]) || failed=1
  "$NSA" build links.nsa -o links.exe || fail "build"
  (ulimit -v 3000000 && refused "$links" ./links.exe --out out && [ "$failed" -eq 0 ]) || failed=1
fi
[ "$failed" -eq 0 ]
