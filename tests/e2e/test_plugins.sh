#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Plugins: a library is refused with one sentence where its tables are not whole, found by check, explain, build, run,
# sweep and verify alike, and gives the same bits in all of them.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}" "${CC:?a compiler}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# A walk on the whole numbers: the action is a step of -1 or 1, the trial ends at `end`.
cat > walk.c <<'END'
#include "nsa_environment.h"
#include <stdio.h>
#include <stdlib.h>
#ifndef ABI
#define ABI NSA_ENVIRONMENT_ABI
#endif
#ifndef SHOWN
#define SHOWN "place"
#endif
#ifndef COUNT
#define COUNT 1
#endif
#ifndef LOW
#define LOW 1
#endif
#ifndef STEP
#define STEP step
#endif
#ifndef REWARD
#define REWARD 1
#endif
#ifndef LENGTH
#define LENGTH 1
#endif
static const nsa_environment_setting settings[] = {{"end", "", NSA_SETTING_WHOLE, .value = 3, .low = LOW, .high = 100}};
static const nsa_environment_name channels[] = {{SHOWN, ""}, {"count", ""}}, figures[] = {{"draw", ""}};
typedef struct { double end, place, steps, draw; uint64_t key; } walk;
static bool describe(const nsa_environment_value *values, nsa_environment_shape *shape, char *error) {
  if (values[0].value == 13) { snprintf(error, NSA_ENVIRONMENT_ERROR, "13 brings bad luck"); return false; }
  shape->counts[0] = COUNT;
  shape->counts[1] = 1;
  shape->action = (nsa_environment_action){.choices = 2, .length = LENGTH, .high = 1, .unit = ""};
  return true;
}
static void *create(const nsa_environment_value *values, uint64_t key, char *error) {
  walk *w = calloc(1, sizeof *w);
  (void)error;
  w->end = values[0].value;
  w->key = key;
  return w;
}
static bool reset(void *world, uint64_t trial, double *const *channels_, char *error) {
  walk *w = world;
  (void)error;
  channels_[0][0] = channels_[1][0] = w->place = w->steps = 0;
  w->draw = nsa_environment_uniform(w->key, trial, 0);
  return true;
}
static bool step(void *world, const double *action, double *const *channels_, nsa_environment_outcome *outcome, char *error) {
  walk *w = world;
  channels_[0][0] = w->place += action[0] == 1 ? 1 : -1;
  channels_[1][0] = ++w->steps;
  *outcome = (nsa_environment_outcome){.reward = REWARD, .terminated = w->place == w->end, .succeeded = true};
  if (w->place > -1000) return true;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "it went too far");
  return false;
}
static void measure(const void *world, double *out) { out[0] = ((const walk *)world)->draw; }
static const nsa_environment_kind kind = {ABI, "walk", settings, 1, channels, 2, figures, 1, describe, create, free, reset, STEP, measure,
#ifdef SAVES
  .save = (void (*)(const void *, void *))measure
#endif
};
#ifndef NO_FUNCTION
nsa_environment_plugin_fn nsa_environment_plugin;
const nsa_environment_kind *nsa_environment_plugin(void) { return &kind; }
#endif
END
make_plugin() { # name, flags
  name=$1
  shift
  "$CC" -shared -fPIC -w -I"$SRC/runtime/include" "$@" -o "$name.so" walk.c || say "$name does not compile"
}
# Neuron 1 has the larger v: each step goes up, so a trial has 3 steps of 1.
model() { # what stands in the braces
  cat > walk.nsa <<END
timescale fast = 1 ms
environment line : plugin("walk") { $1 }
neuron cell {
  state v = 0
  input I
  each step { v = I }
}
population p : cell[2]
act line = argmax(p.v) every 10 ms
drive p.I = line.place + i
measure steps = mean(line.steps)
measure reward = sum(line.reward)
measure draw = mean(line.draw)
run 120 ms
END
}
gives() { # what is printed, what is run
  text=$1
  shift
  got=$("$@" --no-results --quiet 2> gives.txt | tr -s ' \n' ' ' | sed 's/ $//; s/^ //')
  [ "$got" = "$text" ] || { say "$* gives '$got', not '$text'"; cat gives.txt; }
}
model 'end = 3'
make_plugin walk
first=$("$NSA" run walk.nsa --plugin walk=walk.so --no-results --quiet 2> first.txt | tr -s ' \n' ' ' | sed 's/ $//')
case $first in
"steps 3 reward 12 draw 0."*) ;;
*) say "a walk of 3 steps gives '$first'"; cat first.txt ;;
esac
gives "$first" "$NSA" run walk.nsa --plugin walk="$PWD/walk.so" --interpret
gives "$first" "$NSA" run walk.nsa --plugin walk=./walk.so --threads 2
"$NSA" build walk.nsa -o walk --plugin walk=walk.so > /dev/null || say "it does not build"
gives "$first" ./walk --plugin walk=walk.so
[ "$("$NSA" run walk.nsa --plugin walk=walk.so --no-results --quiet --seed 2 | tr -s ' \n' ' ')" != "$first " ] ||
  say "its random numbers do not depend on the seed"
"$NSA" explain walk.nsa --plugin walk=walk.so | grep -qF 'the plugin walk' || say "explain does not know it"
"$NSA" check walk.nsa --plugin walk=walk.so > /dev/null || say "check does not know it"
"$NSA" sweep walk.nsa --plugin walk=walk.so --seeds 1..3 --out swept > swept.txt 2>&1 || { say "it does not sweep"; cat swept.txt; }
# the rows of another plugin do not serve
cp walk.so first.so
make_plugin walk -DREWARD=5
"$NSA" sweep walk.nsa --plugin walk=walk.so --seeds 1..3 --out swept > /dev/null 2>&1
[ "$(grep -c ',60,' swept/sweep.csv)" -eq 3 ] || { say "a sweep takes rows of another plugin"; cat swept/sweep.csv; }
mv first.so walk.so
"$NSA" verify walk.nsa --plugin walk=walk.so > verified.txt 2>&1
[ $? -ne 2 ] || { say "verify does not know it"; cat verified.txt; }

refuses() { # exit code, what it says, command
  code=$1 text=$2
  shift 2
  "$@" > refused.txt 2>&1
  got=$?
  [ $got -eq "$code" ] || say "$*: exit code $got, not $code"
  grep -qF -- "$text" refused.txt || { say "$*: the message lacks '$text'"; cat refused.txt; }
}
refuses 1 'the plugin `walk` was not given' "$NSA" check walk.nsa
refuses 1 '`wlak` was: write `--plugin walk=FILE.so`' "$NSA" check walk.nsa --plugin wlak=walk.so
refuses 2 '--plugin arm: the model has no environment of a plugin `arm`' "$NSA" check walk.nsa --plugin walk=walk.so --plugin arm=walk.so
refuses 2 '--plugin walk=none.so: it cannot be loaded: ' "$NSA" run walk.nsa --plugin walk=none.so
refuses 2 'is of a plugin; say where that is: --plugin walk=FILE' ./walk
refuses 2 'there is no plugin "wlk"; did you mean "walk"?' ./walk --plugin wlk=walk.so
bad() { # what is said, flags
  text=$1
  shift
  make_plugin bad "$@"
  refuses 2 "--plugin walk=./bad.so: $text" "$NSA" run walk.nsa --plugin walk=./bad.so
}
bad 'it has no function nsa_environment_plugin' -DNO_FUNCTION
bad 'it is of version 7 of nsa_environment.h, this nsa of version 1; build it again' -DABI=7
bad 'its channel 0 has no name of letters, digits and _' -DSHOWN='"a place"'
bad "it has the channel 'count' twice" -DSHOWN='"count"'
bad "the bounds of its setting 'end', 200 to 100, hold nothing" -DLOW=200
bad "the value of its setting 'end', 3, is outside of its bounds" -DLOW=4
bad "it has no function 'step'" -DSTEP=0
bad "it has some of the functions 'size', 'save' and 'restore'" -DSAVES
describes() { # what is said by the compiler, flags
  text=$1
  shift
  make_plugin bad "$@"
  refuses 1 "$text" "$NSA" check walk.nsa --plugin walk=./bad.so
}
describes "\`line\` cannot be made: its channel 'place' has no numbers" -DCOUNT=0
describes '`line` cannot be made: its action has 2 numbers; a choice is one' -DLENGTH=2
describes 'the channel `place` of `line` has 1000000000 numbers' -DCOUNT=1000000000
make_plugin bad -DREWARD='(0.0/0.0)'
refuses 2 "environment 'line' gives a reward of nan" "$NSA" run walk.nsa --no-results --plugin walk=./bad.so
# another plugin than the executable was made for
make_plugin bad -DCOUNT=2
refuses 2 'its channels or its action are not those that the model was compiled with' ./walk --no-results --plugin walk=./bad.so
make_plugin bad -DSHOWN='"site"'
refuses 2 'its channels or its action are not those that the model was compiled with' ./walk --no-results --plugin walk=./bad.so
model 'end = 13'
refuses 1 '`line` cannot be made: 13 brings bad luck' "$NSA" check walk.nsa --plugin walk=walk.so
model 'end = 0'
refuses 1 '`end` is a whole number from 1 to 100, not 0' "$NSA" check walk.nsa --plugin walk=walk.so
model 'far = 1'
refuses 1 'in `walk` the setting `far`' "$NSA" check walk.nsa --plugin walk=walk.so

exit $((failed > 0))
