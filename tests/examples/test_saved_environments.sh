#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Environments from outside that can be saved, a process and a plugin: a run goes on with the same bits. One that cannot
# be saved is refused before the first step.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}" "${CC:?a compiler}"
command -v python3 > /dev/null || { echo "no python3: nothing to test"; exit 0; }
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
export PYTHONDONTWRITEBYTECODE=1
examples=$SRC/examples/environments

goes_on() { # model, time between checkpoints, how its world is found
  model=$1 every=$2
  shift 2
  rm -rf whole kept
  "$NSA" run "$model" --quiet --csv --out whole "$@" > whole.txt || fail "$model: the whole run"
  "$NSA" run "$model" --quiet --csv --out kept --keep 9 --checkpoint "every $every" "$@" > kept.txt || fail "$model: the run that is saved"
  [ "$(ls kept/checkpoints | wc -l)" -ge 2 ] || fail "$model: saved $(ls kept/checkpoints)"
  for file in kept/checkpoints/*.h5; do
    rm -rf again
    "$NSA" run "$model" --quiet --csv --out again --resume "$file" "$@" > again.txt 2> err.txt || fail "$model: from $file: $(cat err.txt)"
    cmp whole.txt again.txt || fail "$model: from $file: other measures"
    for table in whole/*.csv; do cmp "$table" "again/${table##*/}" || fail "$model: from $file: $table differs"; done
  done
}

# ---- a process ----
sed 's/^run until.*/run 12 s/' "$examples/gridworld_external.nsa" > maze.nsa
goes_on maze.nsa "2.51 s" --environment maze="python3 $examples/gridworld.py S..../.##../....G 60"
[ "$(wc -l < whole/U.spike.csv)" -gt 50 ] || fail "there is nothing to compare"
cat > forgetful.py <<'END'
import json, sys
seen = {"here": [1] + [0]*14, "free": [1]*4}
for line in sys.stdin:
    request = json.loads(line)["request"]
    answer = {"hello": {"version": 1}, "reset": {"observation": seen}, "close": None}.get(
        request, {"observation": seen, "reward": 0, "terminated": False, "truncated": False})
    if answer is not None:
        print(json.dumps(answer), flush=True)
END
"$NSA" run maze.nsa --quiet --out refused --checkpoint "every 2 s" --environment maze="python3 forgetful.py" > out.txt 2> err.txt
[ $? -eq 2 ] && grep -q "environment 'maze'" err.txt || fail "a process that saves nothing: $(cat err.txt)"

# ---- a plugin: a walk that draws from its place ----
cat > walk.c <<'END'
#include "nsa_environment.h"
#include <stdlib.h>
#include <string.h>
static const nsa_environment_name channels[] = {{"here", ""}};
typedef struct { uint64_t key; double place, steps; } walk;
static bool describe(const nsa_environment_value *values, nsa_environment_shape *shape, char *error) {
  shape->counts[0] = 2;
  shape->action = (nsa_environment_action){.choices = 2, .length = 1, .high = 1, .unit = ""};
  return true;
}
static void *create(const nsa_environment_value *values, uint64_t key, char *error) {
  walk *w = calloc(1, sizeof *w);
  w->key = key;
  return w;
}
static void show(const walk *w, double *const *out) {
  out[0][0] = w->place;
  out[0][1] = nsa_environment_uniform(w->key, (uint64_t)w->steps, 7);
}
static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  walk *w = world;
  w->place = 0;
  show(w, out);
  return true;
}
static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  walk *w = world;
  w->place += 0.1*(action[0] == 1 ? 1 : -1);
  w->steps++; /* of all trials */
  *outcome = (nsa_environment_outcome){.reward = w->place, .terminated = w->place > 0.35 || w->place < -0.35};
  show(w, out);
  return true;
}
static uint64_t size(const void *world) { return sizeof(walk) - offsetof(walk, place); }
static void save(const void *world, void *bytes) { memcpy(bytes, &((const walk *)world)->place, size(world)); }
static bool restore(void *world, const void *bytes, size_t length, char *error) {
  if (length == size(world)) memcpy(&((walk *)world)->place, bytes, length);
  return length == size(world);
}
static const nsa_environment_kind kind = {.abi = NSA_ENVIRONMENT_ABI, .name = "walk", .channels = channels, .channel_count = 1,
  .describe = describe, .create = create, .destroy = free, .reset = reset, .step = step,
#ifndef FORGETS
  .size = size, .save = save, .restore = restore
#endif
};
nsa_environment_plugin_fn nsa_environment_plugin;
const nsa_environment_kind *nsa_environment_plugin(void) { return &kind; }
END
cat > walk.nsa <<'END'
timescale fast = 1 ms
environment line : plugin("walk")
neuron cell {
  state v = 0
  input I
  noise xi
  dv/dt = (I - v)/(10 ms) + 0.1/sqrt(ms)*xi
}
population p : cell[2]
act line = argmax(p.v) every 10 ms
drive p.I = line.here[i]
record p.v every 10 ms
measure steps = mean(line.steps)
measure reward = sum(line.reward)
run 2 s
END
"$CC" -shared -fPIC -w -I"$SRC/runtime/include" -o walk.so walk.c || fail "the plugin does not compile"
"$CC" -shared -fPIC -w -DFORGETS -I"$SRC/runtime/include" -o forgets.so walk.c || fail "the plugin does not compile"
goes_on walk.nsa "613 ms" --plugin walk=walk.so
"$NSA" run walk.nsa --quiet --out refused --checkpoint "every 1 s" --plugin walk=forgets.so > out.txt 2> err.txt
[ $? -eq 2 ] && grep -q "environment 'line'" err.txt || fail "a plugin that saves nothing: $(cat err.txt)"
[ "$failed" -eq 0 ]
