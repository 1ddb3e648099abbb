#!/bin/sh
# SPDX-License-Identifier: MIT
# Recordings in which nothing came and measures without data are warned of, with their place; others are not.
set -u
failed=0
fail() { echo "FAILED $*"; cat err.txt; failed=1; }
cat >empty.nsa <<'.'
neuron c { state v = 0
  input I
  dv/dt = (I - v)/(10 ms)
  spike when v > 0.5 { v = 0 } }
population p : c[5]
drive p.I = 0.1 from 2.5 ms for 1 ms as brief
drive p.I = 0.1 from 50 ms for 1 ms as never
record p.spike
record p.v every 5 ms during brief
record p.v during brief as seen
record p.v during never as nv
measure r = rate(p.spike during never)
measure m = mean(p.v during never)
measure c = count(p.spike)
run 10 ms
.
"$NSA" run empty.nsa --quiet >out.txt 2>err.txt || fail "it does not run"
says() { grep -qF "empty.nsa:$1 warning: $2" err.txt || fail "'$2'"; }
says 8:1: 'the recording `p.spike` is empty: nothing happened'
says 9:1: 'the recording `p.v` is empty: no sample was due in its windows'
says 11:1: 'the recording `nv` is empty'
says 12:9: 'there are no data for the measure `r`'
says 13:9: 'there are no data for the measure `m`'
[ "$(wc -l <err.txt)" -eq 5 ] || fail "five warnings"
grep -q '^r  -' out.txt && grep -q '^c  0' out.txt || fail "values"
exit $failed
