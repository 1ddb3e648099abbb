#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Components that a file, a file that extends it, or a variant changes: dCa/dt = -Ca/tau from 0.5 uM over 20 ms, with
# equations and params that are changed on the way, against the exponentials.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > base.nsa <<'END'
timescale fast = 1 ms
astrocyte cell {
  param tau = 10 ms
  state Ca = 0.5 uM
  dCa/dt = -Ca/tau
}
astrocyte kin extends cell { param b = 1 uM }
population p : cell[3]
population q : kin[3]
measure a = last(p.Ca[0])
measure b = last(q.Ca[1])
run 20 ms
END
cat > own.nsa <<'END'
extends "base.nsa"
modify cell { dCa/dt = -Ca/(2*tau) }
modify cell using rk4 { param tau = 5 ms }
variant slow { modify cell { param k = 4; dCa/dt = -Ca/(k*tau) }, q.tau = 10 ms }
variant twice {
  modify kin { state D = 0 uM
    dD/dt = 0 uM/s }
  modify cell { param k = 1 }
  modify cell { dCa/dt = -k*Ca/tau }
}
variant other { p.tau = 10 ms }
END
gives() { # command, the exponents of a and b
  got=$($1 2> err.txt) || { say "$1: exit code $?"; cat err.txt; }
  awk -v a="$2" -v b="$3" '$1 == "a" { x = $2 } $1 == "b" { y = $2 }
    END { exit !((x/(0.5*exp(-a)) - 1)^2 < 1e-8 && (y/(0.5*exp(-b)) - 1)^2 < 1e-8) }' <<< "$got" ||
    say "$1 gives $got, not exponents of $2 and $3"
}
run="$NSA run own.nsa --no-results --quiet"
gives "$NSA run base.nsa --no-results --quiet" 2 2
gives "$run" 2 2
gives "$run --variant slow" 1 0.5
gives "$run --variant slow --interpret" 1 0.5
gives "$run --variant twice" 4 4
gives "$run --variant other" 1 2
"$NSA" explain own.nsa | grep -q 'Ca: rk4' || say 'the solver of what changes is not taken'

# Side by side, and in a sweep: each variant has a program of its own.
"$NSA" run own.nsa --no-results --quiet --variants all > all.txt 2>&1
awk '$1 == "a" { n = split("2 1 4 1", k); for (i = 1; i <= n; i++) if (($(i + 1)/(0.5*exp(-k[i])) - 1)^2 < 1e-8) good++ }
  END { exit good != 4 }' all.txt || { say 'all variants'; cat all.txt; }
"$NSA" sweep own.nsa --variants all --quiet --out sweep > sweep.txt 2>&1 || { say 'a sweep'; cat sweep.txt; }
awk -F, '$4 ~ /ok/ || $5 ~ /ok/ { n++; if ($1 == "slow" && ($3/(0.5*exp(-1)) - 1)^2 < 1e-8) good = 1 } END { exit !(n == 4 && good) }' \
  sweep/sweep.csv || { say 'rows of a sweep'; cat sweep/sweep.csv; }

# An executable has the equations with which it was built.
"$NSA" build own.nsa -o plain && "$NSA" build own.nsa --variant slow -o slow || say 'building'
gives "./plain --no-results --quiet" 2 2
gives "./plain --no-results --quiet --variant other" 1 2
gives "./slow --no-results --quiet --variant slow" 1 0.5
refuses() { # command, what it says
  $1 > out.txt 2> err.txt
  [ $? -eq 2 ] && grep -qF -- "$2" err.txt || { say "$1"; cat err.txt; }
}
refuses "./plain --no-results --variant slow" 'variant slow has other equations than were compiled here; build it with `nsa build FILE --variant slow`'
refuses "./slow --no-results" 'the model without a variant has other equations than were compiled here'
refuses "./slow --no-results --variant other" 'variant other has other equations than were compiled here'

# A model of the library.
cat > library.nsa <<'END'
import nsa.astrocyte.li_rinzel
timescale fast = 1 ms
modify li_rinzel { dh/dt = 0 /s }
population g : li_rinzel[2]
measure still = max(mean(g.h)) - min(mean(g.h))
run 1 s
END
"$NSA" run library.nsa --no-results --quiet > library.txt 2>&1
tr -s ' ' < library.txt | grep -q '^still 0' || { say 'a model of the library'; cat library.txt; }

# What is printed can be read again.
"$NSA" fmt own.nsa > printed.nsa && "$NSA" fmt printed.nsa | cmp -s - printed.nsa || say 'printed twice'
mv printed.nsa own.nsa
gives "$run --variant twice" 4 4

[ "$failed" -eq 0 ]
