#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything is shown in the unit that it has in its declaration, in the value of that, or behind `in`.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }

cat > model.nsa <<'END'
timescale fast = 0.1 ms
param kick = 0.5 mM
astrocyte cell on fast {
  param c0 = 700 nM in 1 nM..2 uM
  param k = 0.5 /s
  state Ca = 300 nM, D = c0, still : pM = kick, v : V = -70 mV, p = 0.25
  let J = k*Ca
  dCa/dt = -k*Ca
  dp/dt = -k*p
}
population c : cell[2]
record c.Ca every 50 ms
record c.still every 50 ms
record 2*c.D as twice every 50 ms in uM
record mean(c.v) every 50 ms
record c.J every 50 ms
measure top     = max(c.Ca)
measure chosen  = max(c.D) in uM
measure range   = (max(c.D) - min(c.Ca))/2 + 0 uM
measure flux    = max(c.J)
measure span    = duration
measure seconds = duration in s
measure v       = min(c.v)
measure p       = max(c.p)
measure square  = max(c.Ca)*max(c.Ca)
run 100 ms
END
"$NSA" run model.nsa --csv --quiet > said.txt || say "no run"
cat > wanted.txt <<'END'
top      300      nM
chosen   0.7      uM
range    207.316  nM
flux     0.00015  uM/ms
span     100      ms
seconds  0.1      s
v        -0.07    V
p        0.25
square   0.09     uM^2
END
diff wanted.txt said.txt || say "stdout"

first() { sed -n 2p "model.out/$1.csv"; }
[ "$(first c.Ca)" = "0,300,300" ] || say "a state in nM: $(first c.Ca)"
[ "$(first c.still)" = "0,500000000,500000000" ] || say "a state that starts in another unit: $(first c.still)"
[ "$(first twice)" = "0,1.4,1.4" ] || say "in uM: $(first twice)"
[ "$(first mean_c.v)" = "0,-0.07" ] || say "in V: $(first mean_c.v)"
tr -d ' \t\n' < model.out/run.json > run.txt
for part in '"top":{"value":300,"unit":"nM"}' '"seconds":{"value":0.1,"unit":"s"}' '"flux":{"value":0.00015,"unit":"uM/ms"}' \
  '"params":[{"name":"kick","value":0.5,"unit":"mM"}]'; do
  grep -qF "$part" run.txt || say "run.json has no $part"
done

# What is set, and what is said of it.
"$NSA" run model.nsa --quiet --force --set "c.c0=0.9 uM" --set "c.k=30 /min" > said.txt || say "--set"
tr -d ' \t\n' < model.out/run.json | grep -qF '{"name":"c.c0","value":900,"unit":"nM","text":"c.c0=0.9uM"}' || say "overrides"
"$NSA" run model.nsa --quiet --force --set c.c0=3uM 2> told.txt && say "out of range"
grep -qF '"3uM" is outside its range, 1 to 2000 nM' told.txt || say "a range: $(cat told.txt)"
"$NSA" run model.nsa --quiet --force --set c.k=3 2> told.txt && say "no unit"
grep -qF 'it wants one such as 1/s' told.txt || say "a unit: $(cat told.txt)"
"$NSA" sweep model.nsa --set c.c0=0.5uM,700nM --jobs 1 --quiet > swept.txt || say "no sweep"
[ "$(head -c 47 model.sweep/sweep.csv)" = "c.c0 (nM),variant,seed,top (nM),chosen (uM),ran" ] || say "heads of a sweep"
sed -n '2,3p' model.sweep/sweep.csv | cut -d, -f1,4,5 | tr '\n' ' ' | grep -qF '500,300,0.5 700,300,0.7' || say "values of a sweep"
"$NSA" fmt model.nsa | grep -qF 'record 2*c.D every 50 ms as twice in uM' || say "fmt"
exit $failed
