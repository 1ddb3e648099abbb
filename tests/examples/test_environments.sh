#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# examples/environments: the gridworld in Python gives the same bits as the built-in one; an object in the style of
# Gymnasium does what it does when Python plays it alone; the plugin's arm reaches its targets, with the same bits in
# whatever way it runs.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}"
command -v python3 > /dev/null || { echo "no python3: nothing to test"; exit 0; }
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }
export PYTHONDONTWRITEBYTECODE=1
examples=$SRC/examples/environments

# ---- gridworld ----
same() { # map, limit, seed
  sed -e '/^environment maze/,/^}/c\environment maze : gridworld { map = "'"$1"'", limit = '"$2"' }' \
    "$examples/gridworld_external.nsa" > built_in.nsa
  "$NSA" run built_in.nsa --quiet --force --csv --seed "$3" --out built_in > built_in.txt || say "$1: the built-in one fails"
  "$NSA" run "$examples/gridworld_external.nsa" --quiet --force --csv --seed "$3" --out external \
    --environment maze="python3 $examples/gridworld.py '$1' $2" > external.txt || say "$1: the one in Python fails"
  cmp built_in.txt external.txt || say "$1: other measures"
  for file in built_in/*.csv; do
    cmp "$file" "external/${file#*/}" || say "$1: $file differs"
  done
  [ "$(wc -l < built_in/U.spike.csv)" -gt 50 ] || say "$1: there is nothing to compare"
}
same "S..../.##../....G" 60 1
same "S..../.##../....G" 60 2
same "....G/.###./S...." 0 3
same "#.S.#/...../#.G.#" 10 4
if "$NSA" run "$examples/gridworld_external.nsa" --no-results --quiet \
  --environment maze="python3 $examples/gridworld.py S.../...G" > short.txt 2>&1; then
  say "a maze of another size is taken"
fi
grep -qF 'answered `reset` with 8 numbers in the channel "here"; it has 15' short.txt || { say "a maze of another size"; cat short.txt; }

# A state that was saved after one step east, restored after two: the third step ends where the second did.
printf '%s\n' '{"request":"hello","version":1,"channels":{"here":{"count":4}}}' '{"request":"reset","trial":0,"seed":1}' \
  '{"request":"step","action":3}' '{"request":"save"}' '{"request":"step","action":3}' \
  '{"request":"restore","state":"1 1"}' '{"request":"step","action":3}' '{"request":"close"}' |
  python3 "$examples/gridworld.py" S..G > saved.txt
cat > expected.txt <<'END'
{"version": 1, "saves": true}
{"observation": {"here": [1.0, 0.0, 0.0, 0.0]}}
{"observation": {"here": [0.0, 1.0, 0.0, 0.0]}, "reward": 0.0, "terminated": false, "truncated": false, "succeeded": false}
{"state": "1 1"}
{"observation": {"here": [0.0, 0.0, 1.0, 0.0]}, "reward": 0.0, "terminated": false, "truncated": false, "succeeded": false}
{}
{"observation": {"here": [0.0, 0.0, 1.0, 0.0]}, "reward": 0.0, "terminated": false, "truncated": false, "succeeded": false}
END
diff saved.txt expected.txt || say "saving and restoring"

# ---- Gymnasium ----
cat > corridor.nsa <<'END'
timescale fast = 1 ms
environment walk : external {
  channel cell[7]
  channel distance
  action move = 2
}
neuron side {
  state v = 0
  input I
  each step { v = I }
}
population p : side[2]
act walk = argmax(p.v) every 5 ms
drive p.I = i - 2*walk.cell[3]*i + walk.distance       # to the right, but from the middle to the left
measure trials = count(p.v > 100) + 0*mean(walk.steps)
measure steps = sum(walk.steps)
measure reward = sum(walk.reward)
measure reached = sum(walk.success)
run until walk.trials == 30 for 60 s
END
sed -i '/^measure trials/d' corridor.nsa
"$NSA" run corridor.nsa --no-results --quiet \
  --environment walk="tee said | PYTHONPATH=$examples python3 $examples/gymnasium_wrapper.py corridor:Corridor" > corridor.txt ||
  say "the corridor fails"
PYTHONPATH=$examples python3 - <<'END' || say "the corridor differs from what Python plays alone"
import json, corridor
seeds = [r["seed"] for r in map(json.loads, open("said")) if r["request"] == "reset"]
assert len(set(seeds)) == len(seeds) == 31 and all(0 <= s < 2**53 for s in seeds), seeds
steps = reward = reached = 0
for seed in seeds[:30]:
    world = corridor.Corridor()
    seen, _ = world.reset(seed=seed)
    over = False
    while not over:
        seen, paid, terminated, truncated, info = world.step(0 if seen["cell"] == 3 else 1)
        steps, reward, reached, over = steps + 1, reward + paid, reached + info["is_success"], terminated or truncated
got = [float(line.split()[1]) for line in open("corridor.txt")]
assert got == [steps, reward, reached], (got, steps, reward, reached)
assert 0 < reached < 30
END

# ---- the arm ----
cmake -S "$examples/plugin" -B plugin -DNSA_INCLUDE="$SRC/runtime/include" > cmake.txt 2>&1 && cmake --build plugin >> cmake.txt 2>&1 ||
  { say "the plugin does not build"; cat cmake.txt; }
arm=(--no-results --quiet --plugin arm=plugin/arm.so)
"$NSA" run "$examples/arm.nsa" "${arm[@]}" > arm.txt || say "the arm fails"
awk '$1 == "reached" && $2 >= 0.9 { good = 1 } END { exit !good }' arm.txt || { say "the arm does not reach its targets"; cat arm.txt; }
"$NSA" run "$examples/arm.nsa" "${arm[@]}" --interpret --threads 2 | cmp - arm.txt || say "the arm, interpreted"
"$NSA" build "$examples/arm.nsa" -o arm --plugin arm=plugin/arm.so > /dev/null && ./arm "${arm[@]}" | cmp - arm.txt ||
  say "the arm, built"

exit $((failed > 0))
