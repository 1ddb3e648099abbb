#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks whose contributions are evaluated at stages converge with the order of their solver, to answers in closed form: gap
# junctions between components, a graded synapse that multiplies pre and post, diffusion along a line and over a grid. The same
# equations in one component, with resets, blocks, timers, signals and a slow equation, give the same.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
failed=0
fail() { failed=1; echo "FAILED: $*"; }

run() { # name
  "$NSA" run "$1.nsa" --csv --force --quiet --out "$1" > "$1.txt" 2> "$1.err" || { cat "$1.err"; exit 1; }
}
value() { tail -n 1 "$1/$2.csv" | cut -d, -f 2; }

errors_of() { # model, solver, step: the errors of what it records
  sed "s/using rk4/using $2/; s/fast = 1 ms/fast = $3 ms/" "$SRC/tests/numerics/stages/$1.nsa" > "$1.nsa"
  run "$1"
  case $1 in
  pair) echo "$(value pair v_a) $(value pair v_b) $(value pair y)" | awk '
    { t = 24; m = (3 + 2*-1)*exp(-t/20); # a decays at g_ba towards b, b at g_ab = 2 g_ba towards a: 2 v_a + v_b has no junction
      s = (2*3 - 1)*exp(-t/20); d = 4*exp(-(1/20 + 0.15)*t); a = (s + d)/3; b = a - d
      y = exp(0.04*15*2*(1 - exp(-t/15))); print $1 - a, $2 - b, $3 - y }' ;;
  cable) echo "$(value cable on_line) $(value cable on_grid)" | awk '
    { t = 12; pi = 3.14159265358979; k = 4*0.15
      l = cos(pi*2*0.5/8)*exp(-(1/400 + k*sin(pi*2/16)^2)*t)
      g = cos(pi*3*0.5/4)*cos(pi*0.5/6)*exp(-(1/400 + k*sin(pi*3/8)^2 + k*sin(pi/12)^2)*t); print $1 - l, $2 - g }' ;;
  esac
}

order() { # model, solver, order that theory gives
  echo "$(errors_of "$1" "$2" 0.5) $(errors_of "$1" "$2" 0.25)" | awk -v wanted="$3" '
    { n = NF/2
      for (i = 1; i <= n; i++) {
        p = log(($i < 0 ? -$i : $i)/($(i + n) < 0 ? -$(i + n) : $(i + n)))/log(2)
        printf "%g -> %g, order %.2f; ", $i, $(i + n), p
        if (p < wanted - 0.2 || p > wanted + 0.3) bad = 1 }
      print ""; exit bad }' || fail "$1 by $2 is not of order $3"
}
for model in pair cable; do
  order "$model" rk4 4
  order "$model" heun 2
  order "$model" rk2 2
  errors_of "$model" 'adaptive(tolerance = 1e-10)' 1 | awk '
    { for (i = 1; i <= NF; i++) if ($i > 2e-9 || $i < -2e-9) bad = 1; print; exit bad }' || fail "$model by adaptive is not within 2e-9"
done

# ---- the clause behind a connection, a synapse, a component ----

where() { # name, what of it says the clause, by sed
  sed 's/ coupling stages$//' "$SRC/tests/numerics/stages/cable.nsa" | sed "$2" > "$1.nsa"
  run "$1"
  "$NSA" explain "$1.nsa" > "$1.explained" 2>&1
}
where nowhere ''
where connection '/^connect/s/$/ coupling stages/'
where synapse 's/^synapse along/& coupling stages/'
where component 's/^astrocyte cell/& coupling stages/'
where held 's/^astrocyte cell/& coupling stages/; /^connect/s/$/ coupling hold/'
for form in synapse component; do
  cmp -s "connection/on_line.csv" "$form/on_line.csv" && cmp -s "connection/on_grid.csv" "$form/on_grid.csv" || fail "behind a $form: another result"
  grep -q 'contributions at each of 4 stages' "$form.explained" || fail "behind a $form: explain does not know"
done
cmp -s held/on_grid.csv nowhere/on_grid.csv || fail "hold behind a connection does not win"
cmp -s held/on_grid.csv connection/on_grid.csv && fail "the clause changes nothing"

# ---- the same equations in one component ----

compare() { # solver
  for form in net one; do
    sed "s/using rk4/using $1/" "$SRC/tests/numerics/stages/$form.nsa" > "$form.nsa"
    run "$form"
  done
  for pair in A.va:P.va B.vb:P.vb A.fire:P.fire B.fire:P.fire_b; do
    [ "$(wc -l < "net/${pair%:*}.csv")" -gt 8 ] || fail "$1: $pair: too little happens"
    paste -d, "net/${pair%:*}.csv" "one/${pair#*:}.csv" | awk -F, -v what="$1: $pair" '
      NR > 1 { n = NF/2
        for (i = 1; i <= n; i++) { d = $i - $(i + n); if (d < 0) d = -d; if (d > most) most = d } }
      END { print what, "differ by", most + 0; exit !(most < 1e-12) }' || fail "$pair by $1: another component, another result"
  done
}
compare rk4
compare heun
exit $failed
