#!/bin/sh
# SPDX-License-Identifier: MIT
# --record: what it adds to the results is what the same words in the model give; mistakes are shown in the option's text.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }
refused() { # exit code, words, options...
  wanted=$1 words=$2
  shift 2
  "$NSA" run m.nsa --quiet --out refused "$@" >out.txt 2>err.txt
  got=$?
  [ $got -eq "$wanted" ] || say "$*: exit code $got"
  grep -qF -- "$words" err.txt || say "$*: no '$words' in: $(cat err.txt)"
  [ -e refused ] && say "$*: there are results"
}
cat > m.nsa <<'END'
timescale fast = 1 ms
neuron n {
  state v = 1 mV, w = 300 nM
  dv/dt = 1 mV/s*(1 + i)
  dw/dt = -w/(50 ms)
  spike when v > 3 mV { v = 0 mV }
}
population cell : n[4]
phase late from 50 ms for 30 ms
record cell.v[0] every 10 ms
measure end = last(cell.v[0])
END
cp m.nsa whole.nsa
cat >> whole.nsa <<'END'
record mean(cell.w) every 5 ms
record 2*cell.v as twice during late in uV
record cell.spike
run 2 s
END
echo 'run 2 s' >> m.nsa
"$NSA" run whole.nsa --csv --quiet --out wanted >/dev/null || say "no run"
"$NSA" run m.nsa --csv --quiet --out got --record "mean(cell.w) every 5 ms" --record "2*cell.v as twice during late in uV" \
  --record cell.spike >/dev/null || say "--record"
[ "$(ls wanted)" = "$(ls got)" ] || say "files: $(ls got)"
for file in wanted/*.csv wanted/*.h5; do cmp "$file" "got/${file#wanted/}" || say "$file differs"; done
grep -q '"--record"' got/run.json || say "run.json does not say what was recorded"

refused 1 '--record:1:18: error[' --record 'mean(cell.c) every 10 ms'
grep -qF '    1 | record mean(cell.c) every 10 ms' err.txt && grep -q '\^' err.txt || say "no caret: $(cat err.txt)"
refused 1 '--record:1:' --record 'cell.v every'
refused 1 'there is a recording `x` already' --record 'cell.v as x' --record 'cell.w as x'
refused 2 '--record takes what stands behind `record`' --record 'cell.v
run 3 s'
refused 2 '--record needs WHAT behind it' --record
"$NSA" build m.nsa -o m.exe --record cell.w && ./m.exe --quiet --out built >/dev/null && [ -f built/cell.w.h5 ] || say "build"
exit $failed
