#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whichever allocation fails, by itself or with all later ones: the exit code is 2, stderr has one line that says what is
# missing (and one more where HDF5 then crashes; under some the model's line), and nothing half-made is left; or nsa does without it, and gives what
# it always gives. Here samples of the allocations are tried; OOM_EVERY=1 tries each one (`make fuzz`).
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}" "${BUILD:?}"
if grep -q 'NSA_SANITIZE:STRING=.' "$BUILD/CMakeCache.txt"; then exit 0; fi # which has an allocator of its own
shim=$TOOLS/out_of_memory.so
export NSA_CACHE=off TMPDIR=$PWD/tmp
mkdir tmp
failed=0
RANDOM=1
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# ---- copies of one process, in each of which memory ends at another allocation; nothing is written ----
copies() { # name, allocations between two that fail, command
  local name=$1 every=$2 first=$((RANDOM % $2 + 1)); shift 2
  [ -z "${OOM_EVERY:-}" ] || { every=$OOM_EVERY; first=1; }
  OOM_FORK=$first/$every OOM_REPORT=$PWD/$name.report LD_PRELOAD=$shim "$@" > "$name.txt" 2> "$name.err" ||
    { say "$name does not run"; cat "$name.err"; }
  [ ! -e "$name.report" ] || { say "$name:"; head -20 "$name.report"; }
}

m=$SRC/tests/models
for model in network plasticity noise; do
  copies "$model" 4000 "$NSA" run "$m/$model.nsa" --for '1 ms' --threads 1 --no-results --quiet
done
copies explain 3000 "$NSA" explain "$m/events.nsa"
copies interpreted 40 "$NSA" run "$m/network.nsa" --for '1 ms' --threads 1 --no-results --quiet --interpret

printf 'P2\n4 4\n255\n%s\n' '0 255 0 255 255 0 255 0 0 255 0 255 255 0 255 0' > image.pgm
printf 'time,element\n1,1\n2,0\n2,3\n7,2\n' > spikes.csv
cat > seen.nsa << 'END'
timescale fast = 1 ms
neuron source_of_spikes { spike when false {} }
neuron cell { state v = 0
              input I : 1/ms
              dv/dt = I - v/(10 ms)  using euler
              spike when v > 1.5 { v = 0 } }
population p : source_of_spikes[4]
population sheet : cell[4 x 4]
synapse s { on pre { post.v += 0.1 } }
connect p -> sheet via s by all_to_all
pattern shape = images("image.pgm")
present shape on sheet.I amplitude 1 /ms flip 10% from 1 ms for 2 ms every 5 ms as show
drive p.spike = file("spikes.csv")
record sheet.v
record sheet.spike
measure r = recognition(sheet.spike during show, window 2 ms)
run 20 ms
END
cat > loop.nsa << 'END'
timescale fast = 1 ms
environment maze : gridworld { rows = 3, columns = 3, limit = 4 }
neuron cell { state v = 0
              input I
              each step { v = v + I }
              spike when v > 1.5 { v = 0 } }
population p : cell[4]
act maze = first(p.spike, p.v) else softmax(p.v) among maze.free every 2 ms
drive p.I = maze.free[i]
record maze
record p.v
measure steps = median(maze.steps)
measure spikes = median(count(p.spike per maze.trial) + 1)
run 40 ms
END
for model in seen loop; do
  copies "$model" 40 "$NSA" run "$model.nsa" --threads 1 --no-results --quiet --interpret
  "$NSA" build "$model.nsa" -o "$model" > build.txt 2>&1 || { say "$model is not built"; cat build.txt; }
done
copies built 10 ./seen --threads 1 --no-results --quiet

# ---- what is written: a process for each ----
each() { # name, samples, command; what it makes is `out`
  local name=$1 samples=$2 n all step how code; shift 2
  rm -rf out out.part "$name.good"
  OOM_COUNT=$PWD/count LD_PRELOAD=$shim "$@" > good.txt 2> good.err || { say "$name does not run"; cat good.err; return; }
  mv out "$name.good"
  all=$(cat count)
  step=$((all / samples + 1))
  [ -z "${OOM_EVERY:-}" ] || step=$OOM_EVERY
  for ((n = step < 2 ? 1 : RANDOM % step + 1; n <= all; n += step)); do
    for how in OOM_AT OOM_FROM; do
      rm -rf out out.part
      (export "$how=$n" LD_PRELOAD="$shim"; exec "$@") > now.txt 2> now.err
      code=$?
      if [ $code -eq 0 ]; then
        diff -rq -x run.json -x '*.h5' "$name.good" out > differs.txt && cmp -s good.txt now.txt ||
          { say "$name, $how=$n: other results"; cat differs.txt; }
      elif [ $code -ne 2 ] || [ "$(grep -vcE 'a bug of HDF5: it crashed|^ +[0-9]* [|]' now.err)" -gt 1 ] || ! head -1 now.err | grep -qi memory; then
        say "$name, $how=$n: exit code $code"; head -5 now.err
      elif ! grep -q 'table of measures' now.err && grep -qs '"completed"' out/run.json out.part/run.json; then
        say "$name, $how=$n: it failed, but run.json says that it is complete"
      fi
    done
  done
}
each seen_csv 8 ./seen --threads 2 --quiet --csv --out out
each loop_csv 4 ./loop --threads 2 --quiet --csv --out out
each executable 4 "$NSA" build seen.nsa -o out

# A world in another process, which is not preloaded: started before the model is compiled, and gone with the run.
cat > robot.nsa << 'END'
timescale fast = 1 ms
environment robot : external { channel seen[2]
                               action move = 2 }
neuron cell { state v = 0
              input I
              each step { v = v + I } }
population p : cell[2]
act robot = sample(1) every 10 ms
drive p.I = robot.seen[i]
record p.v
run 30 ms
END
cat > robot.sh << 'END'
read line; echo '{"version":1}'
read line; echo '{"observation":{"seen":[1,0]}}'
while read line; do echo '{"observation":{"seen":[1,0]},"reward":0,"terminated":false,"truncated":false}'; done
END
each robot 6 "$NSA" run robot.nsa --interpret --threads 1 --quiet --csv --environment robot="sh robot.sh robot_of_$$" --out out
! pgrep -f "robot_of_$$" > pids.txt || say 'the process of a world is there'

# A point of a sweep for which memory ends is a row that failed; the others are as they always are.
sweeps() { # allocations before the first that fails
  (export "OOM_AT=$1" LD_PRELOAD="$shim"; exec "$NSA" sweep seen.nsa --seeds 1..2 --jobs 2 --quiet --out out) > now.txt 2> now.err
  code=$?
  case $code in
    0 | 3) ! tail -n +2 out/sweep.csv | grep -vxFf good.csv | grep -qvE '^base,[12],,failed,.*(out of memory|Cannot allocate memory)' ||
         say "a sweep, OOM_AT=$1: other rows" ;;
    2) head -1 now.err | grep -qi 'out of memory' || { say "a sweep, OOM_AT=$1"; cat now.err; } ;;
    *) say "a sweep, OOM_AT=$1: exit code $code"; head -5 now.err ;;
  esac
  [ $code -eq 2 ] || [ "$(tail -n +2 out/sweep.csv | wc -l)" -eq 2 ] || say "a sweep, OOM_AT=$1: rows are missing"
  rm -rf out
}
OOM_COUNT=$PWD/count LD_PRELOAD=$shim "$NSA" sweep seen.nsa --seeds 1..2 --jobs 2 --quiet --out out > now.txt 2>&1 || say 'a sweep'
mv out/sweep.csv good.csv
rm -r out
for ((back = ${OOM_EVERY:-RANDOM % 90 + 1}; back < 900; back += ${OOM_EVERY:-90})); do # of the last, which are the points' own
  sweeps $(($(cat count) - back))
done
[ -z "$(ls -A tmp)" ] || say "left of the linker: $(ls tmp)"
[ -z "$(ls | grep '\.tmp$')" ] || say 'a part of an executable is left'

# ---- a limit, as a system sets it; below some of them not even the libraries can be loaded ----
for megabytes in 80 90 100 110 120; do
  (ulimit -v $((megabytes * 1024)); exec "$NSA" run "$m/plasticity.nsa" --for '1 ms' --no-results --quiet) > now.txt 2> now.err
  case $? in
    0 | 127) ;;
    2) [ "$(wc -l < now.err)" -eq 1 ] && grep -qiE 'memory|resource' now.err || { say "$megabytes MB"; cat now.err; } ;;
    *) say "$megabytes MB"; cat now.err ;;
  esac
done

[ "$failed" -eq 0 ]
