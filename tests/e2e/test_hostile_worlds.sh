#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Processes and plugins that mean harm, or are broken: one message in bounded time and memory, nothing left behind, and
# the rows of a sweep that were done are there. A model cannot name a program or a library.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}" "${CC:?a compiler}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > robot.nsa <<'END'
timescale fast = 1 ms
environment robot : external { channel seen[2], action move = 2 }
neuron cell { state v = 0; input I; each step { v = v + I } }
population p : cell[2]
act robot = sample(1) every 10 ms
drive p.I = robot.seen[i]
measure total = mean(p.v)
run 30 ms
END
seen='"observation":{"seen":[1,0]}'
cat > good.sh <<END
read line; echo '{"version":1}'
read line; echo '{$seen}'
while read line; do echo '{$seen,"reward":0,"terminated":false,"truncated":false}'; done
END

# ---- what a process sends: within 1 GB of memory and 10 s ----
hostile() { # what it does after its hello, what is said
  printf '%s\n' 'read line; echo "{\"version\":1}"; read line' "$1" > hostile.sh
  begin=$SECONDS
  (ulimit -v 4000000; exec timeout 60 "$NSA" run robot.nsa --no-results --quiet --environment-timeout 1s \
    --environment robot="exec sh hostile.sh hostile_$$") > out.txt 2> message.txt
  code=$?
  [ $code -eq 2 ] || { say "$1: exit code $code, not 2"; cat message.txt; }
  grep -qF -- "$2" message.txt || { say "$1: the message lacks '$2'"; cat message.txt; }
  [ "$(grep -c "environment 'robot'" message.txt)" -eq 1 ] || { say "$1: not one message"; cat message.txt; }
  [ $((SECONDS - begin)) -le 10 ] || say "$1: it took $((SECONDS - begin)) s"
  ! pgrep -f "hostile_$$" > /dev/null || { say "$1: a process is left"; pkill -9 -f "hostile_$$"; }
}
hostile 'exec cat /dev/zero' 'sent a line of more than'
hostile 'exec yes' 'answered `reset` with "y"'
hostile 'yes "[" | tr -d "\n" | head -c 65000; echo; sleep 100' 'which is not an object of JSON'
hostile 'yes "{}," | tr -d "\n" | head -c 65663; echo; sleep 100' 'which is not an object of JSON'
hostile 'exec > /dev/null < /dev/null; exec sleep 100' 'closed its standard output'
hostile 'trap "" TERM HUP INT; sleep 100 & sleep 100' 'did not answer within 1 s'
# a daemon: a new session, whose parent has ended, and one that has begun others
echo 'sleep 1000 & sleep 1000' > daemon.sh
hostile "(setsid sh daemon.sh hostile_$$ > /dev/null &) ; sleep 0.2; exit 3" 'ended with exit code 3'
hostile "printf '%s\\n%s\\n' '{$seen}' '{}'; sleep 100" '"{}" without having been asked'

# ---- the end of nsa itself: no process outlives it ----
echo "touch waiting; sleep 1000" > waits.sh
"$NSA" run robot.nsa --no-results --quiet --environment robot="(setsid sh daemon.sh outlives_$$ &); . ./waits.sh" 2> killed.txt &
pid=$!
for k in $(seq 200); do [ -e waiting ] && break; sleep 0.05; done
pgrep -f "daemon.sh outlives_$$" > /dev/null || say "its daemon does not run"
kill -9 $pid
for k in $(seq 40); do pgrep -f "outlives_$$" > /dev/null || break; sleep 0.05; done
! pgrep -f "outlives_$$" > /dev/null || { say "killed: a process is left"; pkill -9 -f "outlives_$$"; }
wait $pid 2> /dev/null

# ---- the terminal is as it was ----
if command -v script > /dev/null; then
  cat > terminal.sh <<END
stty -a > before.txt
"$NSA" run robot.nsa --no-results --quiet --environment robot="trap '' TTOU; stty raw -echo < /dev/stderr; sh good.sh"
stty -a > after.txt
END
  script -qec "sh terminal.sh" /dev/null < /dev/null > terminal.txt 2>&1
  cmp -s before.txt after.txt || { say "the terminal is another"; diff before.txt after.txt; cat terminal.txt; }
fi

# ---- sweeps: the rows that were done are there ----
rows() { grep -c ",$1," "$2"; }
cat > some.sh <<'END'
read line
seed=${line##*:}; seed=${seed%\}}
case $((seed % 4)) in
0) exit 3 ;;
1) sleep 100 ;;
esac
echo '{"version":1}'
read line; echo '{"observation":{"seen":[1,0]}}'
while read line; do echo '{"observation":{"seen":[1,0]},"reward":0,"terminated":false,"truncated":false}'; done
END
timeout 60 "$NSA" sweep robot.nsa --seeds 1..16 --jobs 4 --quiet --out swept --environment-timeout 0.1s \
  --environment robot="sh some.sh" > swept.txt 2>&1
[ "$(rows '\(ok\|failed\)' swept/sweep.csv)" -eq 16 ] || { say "a sweep lacks points"; cat swept.txt swept/*; }
grep -q 'did not answer within' swept/sweep.csv || say "no point hangs"
grep -q 'ended with exit code 3' swept/sweep.csv || say "no point ends by itself"
[ "$(rows ok swept/sweep.csv)" -gt 0 ] || say "no point is good"
# A file of at most 1 KiB stands for a disk that is full.
(trap '' XFSZ; ulimit -f 1; exec "$NSA" sweep robot.nsa --no-cache --seeds 1..40 --jobs 2 --quiet --out full \
  --environment robot="sh good.sh") > full.txt 2>&1
code=$?
[ $code -eq 2 ] || { say "a full disk: exit code $code"; cat full.txt; }
grep -q 'cannot write full/sweep.journal' full.txt || { say "a full disk is not told"; cat full.txt; }
done_rows=$(grep -c ',ok,,[0-9a-f]\{32\}$' full/sweep.journal)
[ "$done_rows" -gt 5 ] || { say "of the rows before the disk was full $done_rows are there"; cat full/sweep.journal; }
"$NSA" sweep robot.nsa --seeds 1..40 --jobs 2 --quiet --out full --environment robot="sh good.sh" > rest.txt 2>&1 ||
  { say "it does not go on"; cat rest.txt; }
[ "$(rows ok full/sweep.csv)" -eq 40 ] || say "the rest does not make the table whole"

# ---- plugins: refused before anything of them is called ----
cat > evil.c <<'END'
#include "nsa_environment.h"
#include <stdio.h>
static void told(const char *file) { fclose(fopen(file, "w")); }
#ifdef ON_LOAD
__attribute__((constructor)) static void loaded(void) { told("loaded"); }
#endif
extern void nowhere(void);
static bool describe(const nsa_environment_value *v, nsa_environment_shape *s, char *e) { told("called"); return false; }
static void *create(const nsa_environment_value *v, uint64_t k, char *e) {
#ifdef UNDEFINED
  nowhere();
#endif
  told("called");
  return 0;
}
static bool reset(void *w, uint64_t t, double *const *c, char *e) { told("called"); return false; }
static bool step(void *w, const double *a, double *const *c, nsa_environment_outcome *o, char *e) { told("called"); return false; }
static const nsa_environment_kind kind = {NSA_ENVIRONMENT_ABI + OTHER, "evil", .describe = describe, .create = create, .reset = reset, .step = step, .destroy = (void (*)(void *))told};
const nsa_environment_kind *NAME(void) { return &kind; }
END
cat > evil.nsa <<'END'
timescale fast = 1 ms
environment line : plugin("evil") { }
neuron cell { state v = 0; each step { v = v + 1 } }
population p : cell[2]
act line = argmax(p.v) every 10 ms
run 10 ms
END
evil() { # what is said, flags
  text=$1
  shift
  "$CC" -shared -fPIC -w -I"$SRC/runtime/include" -DOTHER=0 -DNAME=nsa_environment_plugin "$@" -o evil.so evil.c ||
    say "it does not compile"
  "$NSA" run evil.nsa --plugin evil=evil.so --no-results > evil.txt 2>&1
  [ $? -eq 2 ] || say "$*: it is not refused"
  grep -qF -- "$text" evil.txt || { say "$*: the message lacks '$text'"; cat evil.txt; }
  [ ! -e called ] || say "$*: it was called"
}
evil 'it is of version ' -UOTHER -DOTHER=1
evil 'it has no function nsa_environment_plugin' -UNAME -DNAME=another_name
evil 'undefined symbol: nowhere' -DUNDEFINED

# ---- a model names neither programs nor libraries ----
"$CC" -shared -fPIC -w -I"$SRC/runtime/include" -DOTHER=0 -DNAME=nsa_environment_plugin -DON_LOAD -o evil.so evil.c
for path in evil.so ./evil.so "$PWD/evil.so"; do
  sed "s|plugin(\"evil\")|plugin(\"$path\")|" evil.nsa > names.nsa
  for verb in check run build; do
    "$NSA" $verb names.nsa > names.txt 2>&1 && say "a model names its library: $verb"
  done
done
[ ! -e loaded ] || say "a model has a library loaded"
for text in 'external("touch started")' 'external { command = "touch started" }' 'external "touch started" { }'; do
  sed "s|^environment.*|environment robot : $text|" robot.nsa > names.nsa
  "$NSA" run names.nsa --no-results > names.txt 2>&1 && say "a model names its program: $text"
done
[ ! -e started ] || say "a model has a program started"

exit $((failed > 0))
