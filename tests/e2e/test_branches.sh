#!/bin/sh
# SPDX-License-Identifier: MIT
# Variants from a checkpoint: each is the run whose params change at that tick, however it is made.
set -u
failures=0
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# ---- a closed form ----

# Ca goes from 0.5 uM towards `rest` with `tau`; from 10 s on towards 0.3 uM, or from 15 s on with 500 ms. A phase that
# sets what the variant sets gives it back as the variant has it.
cat > decay.nsa <<'EOF'
timescale fast = 1 ms
astrocyte glia {
  param tau = 10 s, rest = 0.1 uM
  state Ca = 0.5 uM
  dCa/dt = (rest - Ca)/tau
}
population sheet : glia[3]
checkpoint warm at 10 s
checkpoint hot at 15 s
variant high from warm { glia.rest = 0.3 uM }
variant quick from hot { sheet.tau = 500 ms }
variant early { glia.rest = 0.3 uM }
phase drug from 12 s for 1 s
set drug { glia.rest = 0.1 uM }
measure Ca = last(mean(sheet.Ca)) in nM
run 20 s
EOF

"$NSA" run decay.nsa --variants all --no-results --json > out.json 2> err.txt || fail "variants: $(cat err.txt)"
sed -n 's/.*"value":[[:space:]]*\([0-9.e+-]*\).*/\1/p' out.json > got.txt
awk 'function go(c, rest, t, tau) { return rest + (c - rest) * exp(-t / tau) }
  BEGIN {
    warm = go(500, 100, 10, 10)
    printf "%.17g\n", go(500, 100, 20, 10)
    printf "%.17g\n", go(go(go(warm, 300, 2, 10), 100, 1, 10), 300, 7, 10)
    printf "%.17g\n", go(go(500, 100, 15, 10), 100, 5, 0.5)
    printf "%.17g\n", go(go(go(500, 300, 12, 10), 100, 1, 10), 300, 7, 10)
  }' > expected.txt
paste expected.txt got.txt |
  awk '{ d = ($2 - $1) / $1; if (!(d < 1e-11 && d > -1e-11)) bad = 1 } END { exit bad || NR != 4 }' ||
  fail "not the closed form: $(paste expected.txt got.txt)"

# ---- beside phases that set the same ----

cat > network.txt <<'EOF'
timescale fast = 0.1 ms
neuron cell {
  param tau = 10 ms, gain = 1, bias = 2*gain
  state v = 0
  input I : /ms
  dv/dt = I + bias/(10 ms) - v/tau
  spike when v > 1 refractory 1 ms { v = 0 }
}
synapse plastic {
  param tau_w = 20 ms, share = 0.01
  state w = 0.05, trace = 0
  dtrace/dt = -trace/tau_w
  on pre.spike { post.v += w
                 trace += 1 }
  on post.spike { w = w + share*(trace - 0.2) }
}
population cells : cell[40] { v = uniform(0, 1) }
connect recurrent: cells -> cells via plastic by probability(0.1) delay 1.5 ms
drive cells.I = 0.02 /ms * normal(0, 1)
CHANGE
record cells.spike
record mean(cells.v) every 5 ms
measure spikes = count(cells.spike)
measure v = mean(cells.v)
measure late = mean(cells.v during 60 ms..100 ms)
run 100 ms
EOF
sed 's/CHANGE/checkpoint warm at 43.2 ms\
variant slow from warm { plastic.tau_w = 5 ms, plastic.share = 0.2, cells.gain = 1.5 }/' network.txt > branch.nsa
sed 's/CHANGE/phase late from 43.2 ms\
set late { plastic.tau_w = 5 ms, plastic.share = 0.2, cells.gain = 1.5 }/' network.txt > phase.nsa

same() { # two folders of results
  for f in "$1"/*.csv; do cmp -s "$f" "$2/$(basename "$f")" || fail "$1 and $2: another $(basename "$f")"; done
  cmp -s "$1.txt" "$2.txt" || fail "$1 and $2: other measures: $(paste "$1.txt" "$2.txt")"
}
run() { # folder, command
  out=$1
  shift
  "$@" --csv --quiet --out "$out" > "$out.txt" 2> err.txt || fail "$*: $(cat err.txt)"
}
run phase "$NSA" run phase.nsa
[ "$(wc -l < phase/cells.spike.csv)" -gt 100 ] || fail "few spikes were recorded"
run one "$NSA" run branch.nsa --variant slow
run base "$NSA" run branch.nsa
same phase one
cmp -s phase/cells.spike.csv base/cells.spike.csv && fail "the variant changes nothing"
run interpreted "$NSA" run branch.nsa --variant slow --interpret
same phase interpreted
"$NSA" build branch.nsa -o tool > out.txt 2> err.txt || fail "no executable: $(cat err.txt)"
run tool.out ./tool --variant slow --threads 2
same phase tool.out

# What --set says holds from the start on, and wins.
run set "$NSA" run branch.nsa --variant slow --set recurrent.tau_w=20ms --set recurrent.share=0.01 --set cells.gain=1
same base set

# Saved before and behind the checkpoint, and gone on with.
for until in 40 60; do
  run whole "$NSA" run branch.nsa --variant slow --checkpoint "every $until ms" --keep 9
  run again "$NSA" run branch.nsa --variant slow --resume "$(ls whole/checkpoints/*.h5 | head -n 1)"
  same phase again
  rm -r whole again
done

# ---- one warm-up for all ----

sed 's/^variant slow/variant other from warm { cells.tau = 8 ms }\
variant plain { cells.tau = 8 ms }\
checkpoint hot at 70 ms\
variant hotter from hot { cells.gain = 2 }\
variant slow/' branch.nsa > all.nsa
for v in base other plain hotter slow; do
  run "alone_$v" "$NSA" run all.nsa $([ $v = base ] || echo --variant $v)
done
table() { # of the columns with a variant's name, as measures of one run
  awk -v v="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == v) c = i + 1; next } { print $1, $c }' all.txt
}
all() { # arguments: all variants give what they give alone
  rm -rf all.out
  "$NSA" run all.nsa --variants all --csv --out all.out "$@" > all.txt 2> err.txt || fail "all $*: $(cat err.txt)"
  for v in base other plain hotter slow; do
    for f in alone_$v/*.csv; do cmp -s "$f" "all.out/$v/$(basename "$f")" || fail "all $*: $v has another $(basename "$f")"; done
    awk '{ print $1, $2 }' "alone_$v.txt" > expected.txt
    table $v | cmp -s - expected.txt || fail "all $*: $v has other measures: $(cat all.txt expected.txt)"
  done
}
all
[ "$(grep -c "goes on from the checkpoint" err.txt)" -eq 3 ] || fail "a warm-up ran more than once: $(cat err.txt)"
grep -q "^hotter: goes on from the checkpoint 'hot' at t = 70 ms" err.txt || fail "from where: $(cat err.txt)"
all --threads 2 --checkpoint "every 30 ms"
all --interpret

# Without files; and where there is no room for a second state each runs from the start.
for limit in "" --max-memory=40kB; do
  "$NSA" run all.nsa --variants all --no-results $limit > some.txt 2> err.txt || fail "variants $limit: $(cat err.txt)"
  cmp -s all.txt some.txt || fail "variants $limit: $(cat some.txt)"
done
grep -q "goes on" err.txt && fail "a second state was kept: $(cat err.txt)"

# The same in a sweep, for each value and seed by itself, in whatever order the variants come.
"$NSA" sweep all.nsa --set cells.tau=9ms,10ms --seeds 1..3 --variants all --jobs 2 --out one --quiet > out.txt 2> err.txt ||
  fail "sweep: $(cat err.txt)"
"$NSA" sweep all.nsa --set cells.tau=9ms,10ms --seeds 1..3 --variants hotter,slow,plain,other,base --jobs 1 --out two --quiet \
  > out.txt 2> err.txt || fail "sweep: $(cat err.txt)"
sort one/sweep.csv > one.txt
sort two/sweep.csv | cmp -s - one.txt || fail "sweep: $(sort two/sweep.csv | diff - one.txt | head -n 4)"
for v in base other plain hotter slow; do
  "$NSA" run all.nsa --set cells.tau=9ms --seed 2 --no-results --json --quiet $([ $v = base ] || echo --variant $v) > out.json
  row="9,$v,2,$(sed -n 's/.*"value":[[:space:]]*\([0-9.e+-]*\).*/\1/p' out.json | tr '\n' ',')ok,"
  grep -q "^$row" one/sweep.csv || fail "sweep: no row $row in $(grep "$v,2" one/sweep.csv)"
done

# What fails behind the checkpoint does not fail a variant from there.
cat > fails.nsa <<'EOF'
timescale fast = 1 ms
neuron cell {
  param k = 1 /ms
  state x = 1
  dx/dt = k*x  using euler
}
population p : cell[2]
checkpoint warm at 10 ms
variant good from warm { p.k = 0 /ms }
record mean(p.x) every 5 ms
measure x = last(mean(p.x))
run 2 s
EOF
"$NSA" run fails.nsa --variants all --csv --out fails > out.txt 2> err.txt
[ $? -eq 3 ] || fail "a model that fails behind a checkpoint: $(cat err.txt)"
grep -q "good: goes on" err.txt || fail "the variant of a model that fails: $(cat err.txt)"
[ "$(sed -n '2p;4p;$p' fails/good/mean_p.x.csv | tr '\n' ' ')" = "0,1 10,1024 2000,1024 " ] ||
  fail "what the variant recorded: $(head fails/good/mean_p.x.csv)"

# ---- lengths, words ----

"$NSA" run decay.nsa --variant quick --for 12s --no-results > out.txt 2> err.txt
[ $? -eq 2 ] || fail "a checkpoint behind the end is not refused: $(cat err.txt)"
grep -q "begins at the checkpoint 'hot', 15000 ms, and the run ends at 12000 ms; make it longer, --for" err.txt ||
  fail "a checkpoint behind the end: $(cat err.txt)"
"$NSA" explain branch.nsa > out.txt 2> err.txt
grep -q 'tau_w: 5 ms in variant `slow` from `warm`, 43.2 ms, on' out.txt || fail "explain: $(cat err.txt)"

[ "$failures" -eq 0 ]
