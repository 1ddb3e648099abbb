#!/bin/sh
# SPDX-License-Identifier: MIT
# What fast components make of slow ones converges to the closed form with the first order of the slow step where
# states are held between its ticks, and with the second where they are extrapolated.
set -u
error_of() { # coupling, slow step
  sed "s/coupling linear/coupling $1/; s/= 1 ms  /= $2 ms /" "$SRC/tests/numerics/timescales/two.nsa" > two.nsa
  "$NSA" run two.nsa --csv --force --out two > two.txt 2> two.err || { cat two.err; exit 1; }
  echo "$(tail -n 1 two/a.x.csv),$(tail -n 1 two/b.y.csv)" | awk -F, '
    { a = 1/2; c = 1/30; d = 1/20; t = 48; r = sqrt((a - d)^2 + 4*a*c); p = (-(a + d) + r)/2; q = (-(a + d) - r)/2
      # y = A e^pt + B e^qt with y(0) = 1, dy/dt(0) = -d
      A = (-d - q)/(p - q); B = 1 - A
      y = A*exp(p*t) + B*exp(q*t); x = (A*(p + d)*exp(p*t) + B*(q + d)*exp(q*t))/c
      ex = $2 - x; ey = $4 - y; printf "%.6g\n", (ex < 0 ? -ex : ex) + (ey < 0 ? -ey : ey) }'
}
for coupling in hold linear; do
  echo "$coupling $(error_of $coupling 4) $(error_of $coupling 2) $(error_of $coupling 1)"
done | awk '
  { first = log($2/$3)/log(2); second = log($3/$4)/log(2)
    printf "%s: errors %s %s %s with steps of 4, 2 and 1 ms, order %.2f and %.2f\n", $1, $2, $3, $4, first, second
    wanted = $1 == "hold" ? 1 : 2
    if (first < wanted - 0.25 || first > wanted + 0.25 || second < wanted - 0.25 || second > wanted + 0.25) failed = 1
    last[$1] = $4 }
  END { exit failed || NR != 2 || !(last["linear"] < 0.05*last["hold"]) }' || { echo "FAILED"; exit 1; }
