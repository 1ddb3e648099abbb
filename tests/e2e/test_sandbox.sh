#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The sandbox: code inside of nsa (a plugin, which stands for generated code that was taken over) tries what it should
# not be able to do, in each verb and in an executable; then what must still work does.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}" "${TOOLS:?the small programs}" "${CC:?a compiler}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }
version=$("$TOOLS/landlock")
echo "Landlock of version $version"

mkdir inside outside temporary
export TMPDIR=$PWD/temporary # where the linker may write
echo secret > outside/secret
cat > probe.c <<'END'
#define _GNU_SOURCE
#include "nsa_environment.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
/* On standard error: "reads outside: no". A call that fails for another reason than a lack of rights is told as such. */
static void tell(const char *what, long result) {
  int lacks = errno == EACCES || errno == EPERM || errno == EXDEV;
  fprintf(stderr, "PROBE %s: %s\n", what, result >= 0 ? "yes" : lacks ? "no" : strerror(errno));
}
static void opens(const char *what, const char *path, int flags) {
  int file = open(path, flags, 0666);
  tell(what, file);
  if (file >= 0) close(file);
}
static void runs(const char *path) {
  char *words[] = {(char *)path, NULL};
  pid_t pid;
  int problem = posix_spawn(&pid, path, NULL, NULL, words, NULL);
  errno = problem;
  tell("runs programs", problem ? -1 : 0);
  if (!problem) waitpid(pid, NULL, 0);
}
static bool describe(const nsa_environment_value *v, nsa_environment_shape *s, char *e) {
  int pair[2];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = 9};
  opens("reads outside", "../outside/secret", O_RDONLY);
  opens("reads /etc/passwd", "/etc/passwd", O_RDONLY);
  opens("writes outside", "../outside/new", O_WRONLY | O_CREAT);
  opens("changes outside", "../outside/secret", O_WRONLY | O_APPEND);
  opens("writes /var/tmp", "/var/tmp/nsa_probe", O_WRONLY | O_CREAT);
  opens("lists outside", "../outside", O_RDONLY | O_DIRECTORY);
  tell("moves to outside", rename("moved", "../outside/moved"));
  tell("moves from outside", rename("../outside/other", "taken"));
  tell("links outside", link("../outside/secret", "linked"));
  tell("makes folders outside", mkdir("../outside/folder", 0777));
  tell("removes outside", unlink("../outside/kept"));
  opens("reads inside", "model.nsa", O_RDONLY);
  opens("writes beside the results", "written", O_WRONLY | O_CREAT);
  opens("writes nothing", "/dev/null", O_WRONLY);
  tell("makes sockets", socket(AF_INET, SOCK_STREAM, 0));
  tell("makes local sockets", socket(AF_UNIX, SOCK_STREAM, 0));
  tell("makes pairs", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  tell("connects", connect(pair[0], (struct sockaddr *)&address, sizeof address));
  tell("makes rings", syscall(425, 1, NULL) < 0 && errno == EFAULT ? 0 : errno == EACCES || errno == EPERM ? -1 : 0);
  tell("types", ioctl(0, TIOCSTI, "x") == 0 || errno != EACCES ? 0 : -1);
  tell("signals others", kill(getppid(), 0));
  tell("signals itself", kill(getpid(), 0));
  runs("/bin/true");
  tell("gains rights", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : (errno = EPERM, -1));
  s->counts[0] = 1;
  s->action = (nsa_environment_action){.choices = 2, .length = 1, .high = 1, .unit = ""};
  return true;
}
static void *create(const nsa_environment_value *v, uint64_t k, char *e) { return malloc(1); }
static bool reset(void *w, uint64_t t, double *const *c, char *e) { c[0][0] = 0; return true; }
static bool step(void *w, const double *a, double *const *c, nsa_environment_outcome *o, char *e) {
  c[0][0] = 1;
  *o = (nsa_environment_outcome){.reward = 1};
  return true;
}
static const nsa_environment_name channels[] = {{"seen", ""}};
static const nsa_environment_kind kind = {.abi = NSA_ENVIRONMENT_ABI, .name = "probe", .channels = channels, .channel_count = 1, .describe = describe, .create = create, .destroy = free, .reset = reset, .step = step};
const nsa_environment_kind *nsa_environment_plugin(void) { return &kind; }
END
cd inside || exit 1
"$CC" -shared -fPIC -w -I"$SRC/runtime/include" -o probe.so ../probe.c || say "the probe does not compile"
cat > model.nsa <<'END'
timescale fast = 1 ms
environment line : plugin("probe") { }
neuron cell { state v = 0; input I; each step { v = v + I } }
population p : cell[2]
drive p.I = line.seen
act line = argmax(p.v) every 10 ms
measure reward = sum(line.reward)
run 20 ms
END

# ---- what can be done ----
never="reads outside,reads /etc/passwd,writes outside,changes outside,writes /var/tmp,lists outside,moves to outside,
moves from outside,links outside,makes folders outside,removes outside"
calls="makes sockets,makes local sockets,connects,makes rings,types,gains rights"
expect() { # what, yes or no: in all lines of the probe
  IFS=, read -r -d '' -a names <<< "$1"
  for name in "${names[@]}"; do
    name=$(echo $name)
    grep -q "^PROBE $name: $2\$" probed.txt && [ "$(grep -c "^PROBE $name: " probed.txt)" -eq \
      "$(grep -c "^PROBE $name: $2\$" probed.txt)" ] || say "$case: $name: not $2, $(grep -m1 "^PROBE $name" probed.txt)"
  done
}
probe() { # what is run; the rest is the case's
  case="$*"
  rm -rf written linked moved taken out model.out
  chmod -R u+w ../outside && rm -rf ../outside && mkdir ../outside && echo secret > ../outside/secret
  touch moved ../outside/kept ../outside/other
  "$@" > printed.txt 2> probed.txt
  code=$?
  [ $code -eq 0 ] || { say "$case: exit code $code"; grep -v PROBE probed.txt; }
}
files=no
[ "$version" -eq 0 ] && files=yes
signals=no
[ "$version" -lt 6 ] && signals=yes
locked() { # whether it writes results, whether it runs programs, what is run
  writes=$1 programs=$2
  shift 2
  probe "$@"
  expect "$never" $files
  expect "$calls" no
  expect "runs programs" $programs
  expect "signals others" $signals
  expect "reads inside,makes pairs,signals itself,writes nothing" yes
  [ "$files" = yes ] && writes=yes
  expect "writes beside the results" $writes
}
with=(--plugin probe=probe.so)
locked yes no "$NSA" run model.nsa "${with[@]}" --out out
locked no no "$NSA" run model.nsa "${with[@]}" --no-results
locked no no "$NSA" run model.nsa "${with[@]}" --no-results --interpret
locked no no "$NSA" check model.nsa "${with[@]}"
locked no no "$NSA" explain model.nsa "${with[@]}"
locked yes no "$NSA" sweep model.nsa "${with[@]}" --seeds 1..2 --out swept
locked yes yes "$NSA" build model.nsa "${with[@]}" -o built
locked yes no ./built "${with[@]}" --out out
locked no no ./built "${with[@]}" --no-results

# ---- the sandbox is off ----
unlocked() {
  probe "$@"
  expect "reads outside,writes outside,makes sockets,makes local sockets,signals others,runs programs,gains rights" yes
}
unlocked "$NSA" run model.nsa "${with[@]}" --no-results --no-sandbox
unlocked ./built "${with[@]}" --no-results --no-sandbox
unlocked env NSA_SANDBOX=off ./built "${with[@]}" --no-results
unlocked env NSA_SANDBOX=off "$NSA" check model.nsa "${with[@]}"

# ---- a kernel without Landlock: calls are refused, files are not; nothing is said ----
probe "$TOOLS/landlock" "$NSA" run model.nsa "${with[@]}" --no-results
expect "reads outside,writes outside" yes
expect "makes sockets,makes local sockets,runs programs,gains rights" no
! grep -v PROBE probed.txt | grep -qi 'sandbox\|rights' || { say "a kernel without Landlock is told of"; cat probed.txt; }

# ---- what must work: results in many places, patterns elsewhere, links, processes of environments ----
cat > plain.nsa <<'END'
timescale fast = 1 ms
neuron cell { state v = 0; input I; each step { v = I } }
population p : cell[2]
measure first = mean(p.v)
record p.v every 1 ms
run 20 ms
END
writes() { # the results, what is run
  results=$1
  shift
  "$@" --quiet > worked.txt 2>&1 || { say "$*: does not work"; cat worked.txt; }
  [ -e "$results" ] || say "$*: no $results"
}
writes plain.out/run.json "$NSA" run plain.nsa
writes out/run.json "$NSA" run plain.nsa --out out
writes out/run.json "$NSA" run plain.nsa --out out/ --force
writes ../elsewhere/run.json "$NSA" run plain.nsa --out ../elsewhere
writes ../elsewhere/run.json "$NSA" run plain.nsa --out "$PWD/../elsewhere" --force
ln -s ../elsewhere link
writes ../elsewhere/run.json "$NSA" run plain.nsa --out link --force
writes deep/er/sweep.csv "$NSA" sweep plain.nsa --out deep/er
ln -s "$PWD/plain.nsa" ../linked.nsa
writes linked.out/run.json "$NSA" run ../linked.nsa --no-cache
mkdir ../other
(cd ../other && writes plain.out/run.json "$NSA" run ../inside/plain.nsa; exit $((failed > 0))) || failed=$((failed + 1))
"$NSA" build plain.nsa -o ../other/plain > worked.txt 2>&1 || { say "it does not build elsewhere"; cat worked.txt; }
(cd ../other && ./plain --out here > /dev/null 2>&1) || say "the executable does not run elsewhere"
NSA_CACHE=$PWD/../cache "$NSA" run plain.nsa --no-results > /dev/null 2>&1
ls ../cache/*.nsaobj > /dev/null 2>&1 || say "the cache is not filled"
cat > robot.nsa <<'END'
timescale fast = 1 ms
environment robot : external { channel seen[2], action move = 2 }
neuron cell { state v = 0; input I; each step { v = v + I } }
population p : cell[2]
act robot = sample(1) every 10 ms
drive p.I = robot.seen[i]
measure total = mean(p.v)
run 20 ms
END
cat > ../outside/robot.sh <<'END'
cat ../outside/secret > ../outside/copy || exit 7
read line; echo '{"version":1}'
read line; echo '{"observation":{"seen":[1,0]}}'
while read line; do echo '{"observation":{"seen":[1,0]},"reward":0,"terminated":false,"truncated":false}'; done
END
"$NSA" build robot.nsa -o robot > /dev/null
for tool in "$NSA run robot.nsa" ./robot "$NSA sweep robot.nsa --seeds 1..2"; do
  rm -rf ../outside/copy robot.out
  $tool --environment robot="sh ../outside/robot.sh" > worked.txt 2>&1 || { say "$tool: its process lacks rights"; cat worked.txt; }
  [ -s ../outside/copy ] || say "$tool: its process did not write"
done

# ---- it costs less than a millisecond ----
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
  strace -f -c -o counted.txt -e trace=openat,landlock_create_ruleset,landlock_add_rule "$NSA" fmt plain.nsa > /dev/null
  [ "$(awk '$NF == "landlock_add_rule" { print $4 }' counted.txt)" -lt 40 ] 2> /dev/null || [ "$version" -eq 0 ] ||
    { say "there are many rules"; cat counted.txt; }
fi

exit $((failed > 0))
