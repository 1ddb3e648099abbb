#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# External environments, as a user meets them: whatever a process does wrong, the run ends with exit code 2 and one
# message, its process is gone, and what was recorded before is kept. Channels have the numbers that the process gave.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# One decision every 10 ms. A neuron gets 1 each ms where its channel is 1, so it spikes each 2 ms.
cat > robot.nsa <<'END'
timescale fast = 1 ms
environment robot : external {
  channel seen[2]
  channel where : m
  action move = 2
}
neuron cell {
  state v = 0
  input I
  each step { v = v + I }
  spike when v > 1.5 { v = 0 }
}
population p : cell[2]
act robot = sample(1) every 10 ms
drive p.I = robot.seen[i]
drive p.I = robot.where/(1 km)
record p.spike
measure spikes = count(p.spike)
measure steps = mean(robot.steps)
variant other { act robot = argmax(p.v) }
run 100 ms
END
# Answers the first requests as it should, then does what it is told.
cat > child.sh <<'END'
seen='"observation":{"seen":[1,0],"where":[0]}'
answer='{'$seen',"reward":0,"terminated":false,"truncated":false}'
read line; echo '{"version":1}'
read line; echo '{'$seen'}'
for k in 1 2 3; do read line; echo "$answer"; done
eval "$1"
END
echo "exec sh child.sh 'while read line; do echo \"\$answer\"; done'" > good.sh
sed 's/^/{ /; s/exec //; s/$/; } | sed -u '"'"'s!"where":.0.!"where":[500]!'"'"'/' good.sh > metres.sh

gone() { ! pgrep -f "child_of_$$" > /dev/null; }
fails() { # what the child does, what is said, how long it may take
  rm -rf out
  printf '%s\n' "$1" > then.sh
  timeout 60 "$NSA" run robot.nsa --quiet --csv --out out --environment-timeout "${3:-30 s}" \
    --environment robot="sh child.sh '. ./then.sh' child_of_$$" > out.txt 2> message.txt
  code=$?
  [ $code -eq 2 ] || { say "$1: exit code $code, not 2"; cat message.txt; }
  grep -qF -- "$2" message.txt || { say "$1: the message lacks '$2'"; cat message.txt; }
  [ "$(grep -c 'environment .robot.: ' message.txt)" -eq 1 ] || { say "$1: not one message"; cat message.txt; }
  gone || say "$1: its process is there"
  # three decisions and the time to the fourth: 40 ms, a spike each 2 ms; the tick in which it fails is not recorded
  [ "$(grep -c '^[0-9]' out/p.spike.csv)" -eq 19 ] || say "$1: of 19 spikes $(grep -c '^[0-9]' out/p.spike.csv) are kept"
  grep -qF '"from":	"sh child.sh' out/run.json || say "$1: run.json does not say what was started"
  grep -q '"state":.*"failed"' out/run.json || say "$1: run.json does not say that it failed"
}
fails 'exit 5' 'ended with exit code 5'
fails 'kill -9 $$' 'ended with exit code 137 (signal 9: Killed)'
fails 'read line; sleep 1000' 'did not answer within 1 s' 1s
fails 'read line; echo hello' 'answered `step` with "hello", which is not an object of JSON'
fails 'read line; head -c 1000000 /dev/zero | tr "\000" x; echo' 'sent a line of more than'
fails 'read line; echo "{\"observation\":{\"seen\":[1]}}"' '1 numbers in the channel "seen"; it has 2'
fails 'read line; echo "{\"observation\":{\"seen\":[1,0]}}"' 'without the channel "where"'
fails 'read line; echo "{$seen,\"reward\":NaN}"' 'NaN, which is not a finite number'
fails 'read line; echo "{$seen,\"reward\":1e999}"' 'a "reward" that is not finite'
fails 'read line; echo "{\"error\":\"the battery is empty\"}"' 'says: the battery is empty'

# ---- what is said before anything runs ----
refuses() { # exit code, what it says, options
  code=$1 text=$2
  shift 2
  "$NSA" run robot.nsa --no-results "$@" > refused.txt 2>&1
  got=$?
  [ $got -eq "$code" ] || say "$*: exit code $got, not $code"
  grep -qF -- "$text" refused.txt || { say "$*: the message lacks '$text'"; cat refused.txt; }
}
good=(--environment robot="sh good.sh")
refuses 2 'environment "robot" is another process; say what starts it: --environment robot=COMMAND'
refuses 2 'there is no external environment "robto"; did you mean "robot"?' --environment robto=true
refuses 2 '--environment wants NAME=value' --environment robot=
refuses 2 '--plugin robot=x.so: it cannot be loaded: ' "${good[@]}" --plugin robot=x.so
refuses 2 '--environment-timeout wants a time such as "60 s"' "${good[@]}" --environment-timeout 3mV
refuses 2 'ended with exit code 127 (there is no such command)' --environment robot=/no/such/thing
refuses 0 "--environment NAME=COMMAND" --help

# ---- what goes right: run, interpreted, built, all variants, threads ----
gives() { # what is printed, what is run
  text=$1
  shift
  got=$("$@" --no-results --quiet 2> gives.txt | tr -s ' \n' ' ' | sed 's/ $//; s/^ //')
  [ "$got" = "$text" ] || { say "$* gives '$got', not '$text'"; cat gives.txt; }
}
gives "spikes 50 steps -" "$NSA" run robot.nsa "${good[@]}"
gives "spikes 50 steps -" "$NSA" run robot.nsa "${good[@]}" --interpret
gives "spikes 50 steps -" "$NSA" run robot.nsa "${good[@]}" --threads 3
gives "base other spikes 50 50 steps - -" "$NSA" run robot.nsa "${good[@]}" --variants all
"$NSA" build robot.nsa -o robot > /dev/null || say "it does not build"
gives "spikes 50 steps -" ./robot "${good[@]}"
gives "" ./robot
grep -qF 'say what starts it' gives.txt || say "an executable does not ask for its process"
"$NSA" sweep robot.nsa "${good[@]}" --seeds 1..4 --jobs 2 --out swept > swept.txt 2>&1 || { say "it does not sweep"; cat swept.txt; }
# 500 m of the 1 km above, from the fourth decision on: cell 0 gets 1.5 each ms and spikes each 2 ms as before; cell 1
# gets 0.5 and spikes each 4 ms.
gives "spikes 75 steps -" "$NSA" run robot.nsa --environment robot="sh metres.sh"

# ---- interrupts ----
interrupt() { # the process, that makes the file `waiting` before it waits
  rm -rf waiting stopped
  "$NSA" run robot.nsa --quiet --csv --out stopped --environment robot="$1" > /dev/null 2> stopped.txt &
  pid=$!
  for k in $(seq 200); do [ -e waiting ] && break; sleep 0.05; done
  sleep 0.2
  kill -INT $pid
  wait $pid
  code=$?
  [ $code -eq 130 ] || { say "interrupted: exit code $code"; cat stopped.txt; }
  gone || say "interrupted: its process is there"
}
interrupt "touch waiting; sleep 1000 # child_of_$$"
echo 'touch waiting; sleep 1000' > then.sh
interrupt "sh child.sh '. ./then.sh' child_of_$$"
grep -q '"state":.*"interrupted"' stopped/run.json || say "interrupted: run.json does not say so"

exit $((failed > 0))
