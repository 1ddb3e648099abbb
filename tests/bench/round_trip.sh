#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How long a decision takes when the world is built in, in a process of sh, and in one of Python: microseconds, of
# 20000 decisions one a step of a network of four neurons. docs/environments.md has the numbers.
set -eu
export PYTHONDONTWRITEBYTECODE=1
: "${NSA:=build/release/bin/nsa}"
NSA=$(realpath "$NSA")
examples=$(cd "$(dirname "$0")/../../examples/environments" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
model() { # environment
  printf '%s\n' 'timescale fast = 1 ms' "environment maze : $1" \
    'neuron cell { state v = 0; input I; each step { v = I } }' 'population p : cell[4]' \
    'act maze = sample(1) every 1 ms' 'drive p.I = maze.free[i]' 'measure trials = count(maze.steps)' 'run 20 s' |
    grep -v '^measure' > model.nsa
}
seconds() { # options
  "$NSA" run model.nsa --no-results --quiet "$@" > /dev/null # compiled before
  local start=$EPOCHREALTIME
  "$NSA" run model.nsa --no-results --quiet "$@" > /dev/null
  echo "$start $EPOCHREALTIME" | awk '{ print $2 - $1 }'
}
show() { # what, seconds
  echo "$2" | awk -v what="$1" '{ printf "%-12s %6.1f us\n", what, 1e6*$1/20000 }'
}
maze="S....#..../.##..#.##./....#...../.##...##../....#....#/.#.#...#../...#.#..../.#...#.##./...#....../.#...#...G"
model '{ map = "'"$maze"'" }'
sed -i 's/: {/: gridworld {/' model.nsa
show "built in" "$(seconds)"
model 'external { channel free[4]; action move = 4 }'
sed -i 's/; action/\n  action/; s/{ channel/{\n  channel/; s/4 }$/4\n}/' model.nsa
cat > child.sh <<'END'
read line; echo '{"version":1}'
while read line; do echo '{"observation":{"free":[1,0,0,1]},"reward":0,"terminated":false,"truncated":false}'; done
END
show "sh" "$(seconds --environment maze="sh child.sh")"
show "Python" "$(seconds --environment maze="python3 $examples/gridworld.py '$maze'")"
