#!/bin/sh
# SPDX-License-Identifier: MIT
# --json: stdout is one JSON value that says what run.json says, for one run, for variants, for a run that fails.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }

cat >model.nsa <<'.'
neuron cell {
  param goal = 50 nM
  state Ca = 0 nM
  dCa/dt = (goal - Ca)/(10 ms)
}
population cells : cell[3]
variant more { cells.goal = 100 nM }
measure rests = last(mean(cells.Ca))
measure spikes = 0/0
run 1 s
.
"$NSA" run model.nsa --json --out one >one.json 2>one.err || fail "one: $(cat one.err)"
"$NSA" run model.nsa --json --variants all --no-results >all.json 2>all.err || fail "all: $(cat all.err)"
"$NSA" build model.nsa -o model.exe && ./model.exe --json --quiet --no-results >exe.json || fail "the executable"
sed 's/^measure rests.*//; s/(goal - Ca)/1 nM*exp(Ca\/(1 nM))/' model.nsa >bad.nsa
"$NSA" run bad.nsa --json --no-results >bad.json 2>bad.err
[ $? -eq 3 ] || fail "bad: no exit code 3: $(cat bad.err)"
"$NSA" run missing.nsa --json >missing.json 2>missing.err && fail "no file: no exit code"
[ ! -s missing.json ] || fail "no file: $(cat missing.json)"

/usr/bin/python3 - <<'.' || failed=$((failed + 1))
import json
one, saved, exe = (json.load(open(f)) for f in ("one.json", "one/run.json", "exe.json"))
assert all(saved[k] == v for k, v in one.items()), one
assert one["outcome"]["state"] == "completed" and "variant" not in one and one["seed"] == 1, one
rests = one["measures"]["rests"]
assert abs(rests["value"] - 50) < 1e-9 and rests["unit"] == "nM", rests
assert one["measures"]["spikes"]["value"] is None, one
assert exe["measures"] == one["measures"], exe
base, more = json.load(open("all.json"))
assert "variant" not in base and more["variant"] == "more", (base, more)
assert abs(more["measures"]["rests"]["value"] - 100) < 1e-9, more
bad = json.load(open("bad.json"))
assert bad["outcome"]["state"] == "failed" and "Ca is" in bad["outcome"]["message"], bad
.
[ $failed = 0 ]
