#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Closed loops from the command line: the same bits however they run; when `run until` ends a run; what is left of one that is
# interrupted; messages and exit codes.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > maze.nsa <<'END'
param N = 6, trials = 8
timescale fast = 1 ms
timescale slow = 10 ms
environment maze : gridworld { rows = N, columns = N, walls = 0.2, limit = 60 }
neuron cell { param tau = 10 ms, sigma = 0.3
  state v = 0, hush = 0
  input I
  noise xi
  dv/dt = (I - v)/tau + sigma*sqrt(2/tau)*xi  unless refractory
  dhush/dt = -hush/(20 ms)
  spike when v >= 0.5 + hush refractory 3 ms { v = 0 }
  on chosen { if i != chosen { hush += 0.5 } } }
astrocyte slowly on slow { state Ca = 0
  input I
  dCa/dt = (I - Ca)/(1 s) }
synapse reward_paid { param w = 0.1
  on pre { post.v += w } }
population U : cell[4]
population A : slowly[N*N]
connect U -> U via reward_paid by all_to_all
act maze = first(U.spike, U.v) else softmax(U.v/0.1) among maze.free every 40 ms window 30 ms as decide
drive U.I = 0.3 + 0.1*maze.free[i] during decide
drive A.I = maze.here[i]
signal chosen at maze.action
signal begin at maze.reset
on begin { U.hush = 0 }
record maze
record maze.free
record U.spike
measure steps = mean(maze.steps)
measure spikes = median(count(U.spike per maze.step))
measure events = sum(count(reward_paid.pre per maze.trial))
measure calcium = max(mean(A.Ca))
measure time = duration
variant random { act maze = sample(1) among maze.free }
run until maze.trials == trials for 100 h
END

# ---- the same bits ----
run() { "$NSA" run maze.nsa --csv --quiet --force --out "$1" "${@:2}" > "$1.txt" 2> "$1.err" || { say "run $1"; cat "$1.err"; }; }
same() { cmp -s one.txt "$1.txt" || say "measures of $1 differ"
  for f in one/*.csv; do cmp -s "$f" "$1/${f#one/}" || say "$f differs from $1"; done; }
run one --threads 1
run two --threads 2
run slow --interpret
same two
same slow
"$NSA" build maze.nsa -o maze 2> build.err || { say build; cat build.err; }
./maze --csv --quiet --force --out built > built.txt 2> built.err || say "the executable"
same built
"$NSA" run maze.nsa --variants all --quiet --force --out all > all.txt 2> all.err || say "all variants"
cmp -s one/maze.steps.csv one/maze.steps.csv && [ -e all/base/maze.h5 ] && [ -e all/random/maze.h5 ] || say "variants have no recordings"
"$NSA" sweep maze.nsa --seeds 1..3 --variants all --out swept --quiet > sweep.txt 2> sweep.err || { say sweep; cat sweep.err; }

# ---- tables, measures and run.json tell the same ----
python3 - <<'END' || say "tables"
import csv, json, statistics
steps = list(csv.DictReader(open("one/maze.steps.csv")))
trials = list(csv.DictReader(open("one/maze.trials.csv")))
spikes = [float(r["timestamps (ms)"]) for r in csv.DictReader(open("one/U.spike.csv"))]
run = json.load(open("one/run.json"))
value = {k: m["value"] for k, m in run["measures"].items()}
assert len(trials) == 8 and run["outcome"]["until"] == "reached"
assert run["environments"][0]["trials"] == 8 and run["environments"][0]["steps"] == len(steps)
assert run["environments"][0]["settings"]["rows"]["value"] == 6 and run["environments"][0]["kind"] == "gridworld"
assert [float(s["time (ms)"]) for s in steps] == [40*k + 30 for k in range(len(steps))]
assert float(steps[-1]["time (ms)"]) == float(trials[-1]["end (ms)"]) == run["duration_ms"] == value["time"]
for t in trials:
    own = [s for s in steps if s["trial"] == t["trial"]]
    assert len(own) == int(t["steps"]) and sum(float(s["reward"]) for s in own) == float(t["reward"])
    last = own[-1]
    assert all(s["terminated"] == s["truncated"] == "0" for s in own[:-1])
    assert (last["terminated"], last["truncated"]) == (("1", "0") if t["success"] == "1" else ("0", "1"))
    assert float(last["time (ms)"]) == float(t["end (ms)"])
assert [float(t["start (ms)"]) for t in trials] == [0] + [float(t["end (ms)"]) for t in trials[:-1]]
assert value["steps"] == statistics.mean(int(t["steps"]) for t in trials)
ends = [float(s["time (ms)"]) for s in steps]
each = [sum(a <= x < b for x in spikes) for a, b in zip([0] + ends, ends)]
assert value["spikes"] == statistics.median(each), (value["spikes"], statistics.median(each))
assert value["events"] == 3*sum(each) # none has a link with itself
# Of those that could be chosen who fired first was, where it was alone.
fired = [(float(r["timestamps (ms)"]), r["node_ids"]) for r in csv.DictReader(open("one/U.spike.csv"))]
free = list(csv.DictReader(open("one/maze.free.csv")))
first, right = 0, 0
for k, s in enumerate(steps):
    assert float(free[k]["time (ms)"]) == 40*k and free[k][s["action"]] == "1"
    window = [f for f in fired if 40*k <= f[0] < 40*k + 30 and free[k][f[1]] == "1"]
    if window and sum(f[0] == window[0][0] for f in window) == 1:
        first += 1
        right += window[0][1] == s["action"]
assert right == first > len(steps)/3, (right, first, len(steps))
END

# ---- the end ----
"$NSA" run maze.nsa --for 1s --quiet --force --out cut > cut.txt 2> cut.err || say "a run that is cut"
grep -q 'warning: what `run until` waits for has not come in 1 s: maze.trials is' cut.err || { say "no warning"; cat cut.err; }
grep -q '"until":.*"not reached"' cut/run.json || say "until is reached in run.json"
"$NSA" run maze.nsa --set trials=1000000000 --quiet --csv --force --out stopped > stopped.txt 2> stopped.err &
child=$!
sleep 2
kill -INT $child
wait $child
[ $? -eq 130 ] || say "an interrupted run gives another code"
python3 - <<'END' || say "an interrupted run loses something"
import csv, json
run = json.load(open("stopped/run.json"))
assert run["outcome"]["state"] == "interrupted" and run["outcome"]["until"] == "not reached"
assert len(list(csv.DictReader(open("stopped/maze.steps.csv")))) == run["environments"][0]["steps"] > 100
assert len(list(csv.DictReader(open("stopped/maze.trials.csv")))) == run["environments"][0]["trials"]
END

# ---- failures ----
sed 's/^act maze.*/act maze = sample(max(U.v - 100, 0)) every 40 ms as decide/' maze.nsa > none.nsa
"$NSA" run none.nsa --quiet --force --csv --out none > none.txt 2> none.err
[ $? -eq 3 ] || say "nothing to choose gives another code"
cat > expected.txt <<'END'
none.nsa:21:12: error: numerical failure: the decision for 'maze' has nothing to choose: no score is above 0 at t = 40 ms
   21 | act maze = sample(max(U.v - 100, 0)) every 40 ms as decide
      |            ^
END
cmp expected.txt none.err || { say "another message"; cat none.err; }
grep -q '"message":.*has nothing to choose' none/run.json || say "run.json does not say why"
sed 's/maze.here\[i\]/maze.here[floor(t\/(100 ms))*30]/' maze.nsa > far.nsa
"$NSA" run far.nsa --quiet --no-results > far.txt 2> far.err
[ $? -eq 3 ] || say "an index out of range gives another code"
grep -q 'hint: a channel is nan at an index that is out of range, or not whole' far.err || { say "no hint"; cat far.err; }
"$NSA" verify maze.nsa > verify.txt 2> verify.err
[ $? -le 1 ] || { say verify; cat verify.err; }

[ "$failed" -eq 0 ] || exit 1
