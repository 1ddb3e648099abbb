#!/bin/sh
# SPDX-License-Identifier: MIT
# What `check`, `explain` and `run` say of steps is what happens: diffusion along 40 elements grows above the limit that they tell, and
# not below it; where a rule leaves the number of links open, the run counts those that were built.
set -u
: "${NSA:?the tool}"
failed=0
fail() { failed=1; echo "FAILED: $*"; }

model() { # step in ms, rule, more clauses
  cat > m.nsa << END
timescale fast = $1 ms
astrocyte c { state x = 1 uM * (if col == 7 then 1 else 0)
              input J : uM/s
              dx/dt = (0.1 uM - x)/(7 s) + J using rk4 }
synapse along { param D = 280 um^2/s, dx = 1 um
                post.J += D/dx^2*(pre.x - post.x) }
population p : c[1 x 40]
connect p -> p via along by $2 $3
measure top = max(p.x)
measure bottom = min(p.x)
run 3.6 s
END
}
says() { # command, its options, text
  "$NSA" $1 m.nsa $2 > said.txt 2>&1 || cat said.txt
  grep -qE "$3" said.txt
}

# 4 D/dx^2 = 1.12 /ms: 2/1.12 = 1.786 ms, of the finite line a little more
model 1.75 'neighbours(4)' ''
says check '' W0401 && fail "1.75 ms is stable, and check warns"
says run --no-results unstable && fail "1.75 ms is stable, and the run warns"
"$NSA" run m.nsa --no-results 2> /dev/null | awk '/top/ { print "1.75 ms:", $0; exit !($2 <= 1000) }' || fail "1.75 ms grows"
model 1.8 'neighbours(4)' ''
says check '' W0401 || fail "1.8 ms is unstable, and check says nothing"
says run --no-results 'unstable.*1.79 ms is the limit' || fail "1.8 ms is unstable, and the run says nothing"
"$NSA" run m.nsa --no-results 2> /dev/null | awk '/top/ { print "1.8 ms:", $0; good = $3 !~ /^[numf]M$/ || $2 > 1e6 } END { exit !(NR == 0 || good) }' || fail "1.8 ms does not grow"
for step in 1 1.8 5; do
  model $step 'neighbours(4)' ''
  says explain '' 'would still resolve' && fail "explain advises longer steps than $step ms"
done
model 0.001 'neighbours(4)' ''
says check '' W0402 && fail "a step that is fine is warned of"
model 0.0005 'neighbours(4)' ''
says explain '' 'a step of up to 0.00893 ms would still resolve it' || fail "explain does not count coupling: $(grep resolve said.txt)"

# rk4 at its stages: 2.785/(1.12 + 1/7000)
model 2.4 'neighbours(4)' 'coupling stages'
says check '' W0401 && fail "2.4 ms is stable at stages"
model 2.55 'neighbours(4)' 'coupling stages'
says check '' W0401 || fail "2.55 ms is unstable at stages"
# check cannot know how many links there are
model 0.1 'where(pre.i != post.i)' ''
says check '' W0401 && fail "check knows what is drawn"
says run --no-results 'unstable.*couples at rates up to 21.84 /ms, for which 0.0916 ms' || fail "the run does not count the links: $(cat said.txt)"
exit $failed
