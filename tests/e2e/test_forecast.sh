#!/bin/sh
# SPDX-License-Identifier: MIT
# The memory that `nsa explain` foresees is what a run allocates (run.json), to 3 %: a model for each thing that links keep.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
cell='neuron cell { param g = 1
                    state v = 0
                    input I
                    dv/dt = (I - v)/(10 ms)
                    spike when v > 2 { v = 0 } }'

foreseen() { # what; the lines behind "timescale"
  what=$1; shift
  { echo "timescale fast = 0.1 ms"; printf '%s\n' "$@" "run 0.2 ms"; } >model.nsa
  "$NSA" explain model.nsa >explain.txt 2>&1 || fail "$what: $(cat explain.txt)"
  rm -rf out
  "$NSA" run model.nsa --threads 1 --out out >run.txt 2>&1 || fail "$what: $(cat run.txt)"
  forecast=$(awk '/^  in all/ { x = $4 == "GB;" ? 1e9 : $4 == "MB;" ? 1e6 : $4 == "kB;" ? 1e3 : 1; print $3*x }' explain.txt)
  allocated=$(sed -n 's/^	"bytes":	\([0-9]*\),$/\1/p' out/run.json)
  echo "$what: $forecast foreseen, $allocated allocated"
  awk "BEGIN { exit !($forecast > 0.97*$allocated && $forecast < 1.03*$allocated) }" || fail "$what"
}
many='population p : cell[1000]'
foreseen 'sums of sources, weighted' "$cell" "$many" 'synapse s { param w = 1
  post.I += w*pre.v }' 'connect p -> p via s by indegree(400) { w = uniform(0, 1) }'
foreseen 'sums of sources' "$cell" "$many" 'synapse s { post.I += pre.v }' 'connect p -> p via s by indegree(400)'
foreseen 'sums of sources that never change' "$cell" "$many" 'synapse s { param w = 1
  post.I += w*pre.g }' 'connect p -> p via s by indegree(400) { w = uniform(0, 1) }'
foreseen 'sums of targets, weighted' "$cell" "$many" 'synapse s { param w = 1
  pre.I += w*post.v }' 'connect p -> p via s by indegree(400) { w = uniform(0, 1) }'
foreseen 'events of sources' "$cell" "$many" 'synapse s { param w = 1
  on pre { post.v += w } }' 'connect p -> p via s by indegree(400) { w = uniform(0, 1) }'
foreseen 'events of sources, all alike' "$cell" "$many" 'synapse s { on pre { post.v += 1 } }' \
  'connect p -> p via s by indegree(400)'
foreseen 'events of sources, delays of links' "$cell" "$many" 'synapse s { param w = 1
  on pre { post.v += w } }' 'connect p -> p via s by indegree(400) delay uniform(1 ms, 2 ms) { w = uniform(0, 1) }'
foreseen 'events of targets' "$cell" "$many" 'synapse s { state w = 0
  on post { w += pre.v } }' 'connect p -> p via s by indegree(400)'
foreseen 'distances' "$cell" 'population p : cell[32 x 32] spaced 10 um' 'synapse s { param w = 1
  on pre { post.v += w } }' 'connect p -> p via s by indegree(400) { w = exp(-distance/(100 um)) }'
wide='population p : cell[100000]'
foreseen 'sums of links alone, one a source' "$cell" "$wide" 'synapse s { param w = 1
  pre.I += w }' 'connect p -> p via s by one_to_one { w = uniform(0, 1) }'
foreseen 'sums of links alone, one target' "$cell" "$wide" 'population q : cell' 'synapse s { param w = 1
  pre.I += w }' 'connect p -> q via s by indegree(1) { w = uniform(0, 1) }'
foreseen 'sums of sources, one a target' "$cell" "$wide" 'synapse s { param w = 1
  post.I += w*pre.v }' 'connect p -> p via s by one_to_one { w = uniform(0, 1) }'
foreseen 'steps done at once' "$cell" "$wide"
foreseen 'no stored links' "$cell" 'population p : cell[300 x 300]' 'synapse s { post.I += 0.1*(pre.v - post.v) }' \
  'connect p -> p via s by neighbours(4)'
foreseen 'events that add to sources' "$cell" "$wide" 'synapse s { on pre { pre.v += 1 } }' \
  'connect p -> p via s by one_to_one'
foreseen 'blocks of a clock that add to sources' "$cell" "$wide" 'synapse s { every 0.2 ms { pre.v += 1 } }' \
  'connect p -> p via s by one_to_one'
[ "$failed" -eq 0 ]
