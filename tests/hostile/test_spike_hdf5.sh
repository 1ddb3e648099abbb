#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Files of spikes in HDF5 that claim more than they hold, lead elsewhere, want plugins or hold no events: one clear error
# each, exit code 2, little memory. What a damaged file does to the HDF5 library is one clear error, too.
set -u
: "${NSA:?the tool}" "${SRC:?the project}" "${TOOLS:?the small programs}" "${CC:?the compiler}"
failed=0
fail() { echo "FAILED $*"; failed=1; }
. "$SRC/tests/tools/sanitized.sh"
cat > spikes.nsa <<'END'
timescale fast = 0.1 ms
neuron source { spike when false {} }
population p : source[5]
drive p.spike = file("spikes.h5")
measure n = count(p.spike)
run 5 ms
END
"$TOOLS/bad_hdf5" good good.h5 || fail "the tool"
printf '%24s' '' > secret.bin
cp good.h5 spikes.h5
"$NSA" build spikes.nsa -o spikes > /dev/null || fail build # reads them by the same code, and starts at once
attempt() { # runs what is in spikes.h5
  ([ "$sanitized" = yes ] || ulimit -v 3000000; timeout -s KILL 30 ./spikes --no-results --quiet > out.txt 2> err.txt)
}
refuses() { # kind, words of the message
  "$TOOLS/bad_hdf5" "$1" spikes.h5 || fail "$1: the tool"
  attempt
  local code=$?
  [ "$code" -eq 2 ] || fail "$1: exit code $code"
  if ! grep -q "spikes.h5: .*$2" err.txt || [ "$(wc -l < err.txt)" -ne 1 ]; then
    fail "$1: message"
    cat err.txt
  fi
}
for kind in claims_2_61 claims_2_30 claims_deflated; do refuses $kind 'claims more events than it can hold'; done
refuses large_chunks 'chunks of more than 64 MiB'
refuses external_storage 'lie in other files'
refuses virtual_set 'lie in other files'
for kind in external_link soft_link external_population external_spikes; do refuses $kind 'a link to elsewhere'; done
for kind in filter_of_plugin filter_of_library; do refuses $kind 'other filters than'; done
for kind in type_of_texts type_of_structs; do refuses $kind 'no plain numbers'; done
for kind in two_dimensions unequal; do refuses $kind 'not two lists of one length'; done
refuses a_group 'cannot be read'
for kind in negative_node negative_real_node node_with_fraction infinite_node; do
  refuses $kind 'event 2 has no whole number from 0'
done
for kind in time_nan time_inf; do refuses $kind 'event 2 has a time that is not finite'; done
for kind in many_units long_unit; do refuses $kind "its times are in '?'"; done
refuses many_populations 'more than 4096 populations'
for kind in good good_small_types good_real_nodes good_filters good_units; do
  "$TOOLS/bad_hdf5" $kind spikes.h5
  attempt || fail "$kind: it does not run"
  grep -q 'n .*3' out.txt || { fail "$kind: its events"; cat out.txt err.txt; }
done
cp good.h5 spikes.h5
"$NSA" run spikes.nsa --no-results --quiet > out.txt 2>&1 && grep -q 'n .*3' out.txt || { fail run; cat out.txt; }
"$NSA" sweep spikes.nsa --seeds 1..3 --quiet --jobs 2 > out.txt 2>&1 || { fail sweep; cat out.txt; }

# Damage: it is read or refused, and never the end of the run.
cat > damage.c <<'END'
/* damage SEED < FILE: some of its bytes changed */
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  static unsigned char bytes[1 << 20];
  size_t count = fread(bytes, 1, sizeof bytes, stdin);
  srand(argc > 1 ? (unsigned)atoi(argv[1]) : 0);
  for (int k = rand() % 8; k >= 0; k--)
    bytes[(size_t)rand() % count] = (unsigned char)(rand() % 4 ? 0xff << rand() % 9 : rand());
  return fwrite(bytes, 1, count, stdout) != count;
}
END
"$CC" -o damage damage.c || fail "the tool that damages"
"$TOOLS/bad_hdf5" good_filters filters.h5
for ((seed = 0; seed < 60; seed++)); do
  if ((seed % 2)); then ./damage $seed < good.h5 > spikes.h5; else ./damage $seed < filters.h5 > spikes.h5; fi
  attempt
  code=$?
  if [ "$code" -ne 0 ] && { [ "$code" -ne 2 ] || [ "$(wc -l < err.txt)" -ne 1 ]; }; then
    fail "damage $seed: exit code $code"
    cat err.txt
  fi
done

# A library that crashes, or never ends.
if [ "$sanitized" = no ]; then
  cat > library.c <<'END'
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
long H5Fopen(const char *path, unsigned flags, long access) {
  const char *what = getenv("DOES");
  (void)path, (void)flags, (void)access;
  if (what && !strcmp(what, "crash"))
    raise(SIGSEGV);
  while (what && !strcmp(what, "spin")) {
  }
  while (what && !strcmp(what, "wait"))
    pause();
  return -1;
}
END
  "$CC" -shared -fPIC -o library.so library.c || fail "the library"
  cp good.h5 spikes.h5
  DOES=crash LD_PRELOAD=./library.so ./spikes --no-results > out.txt 2> err.txt
  [ $? -eq 2 ] && grep -q 'spikes.h5: the library that reads it crashed (SIGSEGV)' err.txt || { fail crash; cat err.txt; }
  (ulimit -t 1; DOES=spin LD_PRELOAD=./library.so ./spikes --no-results > out.txt 2> err.txt)
  [ $? -eq 2 ] && grep -q 'spikes.h5: reading it takes more than' err.txt || { fail "an endless loop"; cat err.txt; }
  DOES=wait LD_PRELOAD=./library.so ./spikes --no-results > out.txt 2> err.txt &
  pid=$!
  sleep 0.5
  child=$(pgrep -P "$pid")
  kill -TERM "$pid"
  wait "$pid"
  code=$?
  [ "$code" -eq 143 ] || { fail "an interrupt: exit code $code"; cat err.txt; }
  [ -n "$child" ] && ! kill -0 "$child" 2> /dev/null || fail "an interrupt: the process that reads is left"
fi
[ "$failed" -eq 0 ] && echo "files of spikes in HDF5 are read with care"
exit "$failed"
