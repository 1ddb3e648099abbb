#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Control characters in paths, options and names are shown, not sent to the terminal: by each verb, and by executables.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
evil=$(printf 'a\033[31mb\001\177')
shown='a\\x1B\[31mb\\x01\\x7F'
printf 'neuron cell {\n\tstate v = 0\n\tdv/dt = log(-1 - v)/(10 ms) # \033[31m\n}\npopulation n : cell\nmeasure m = mean(n.v)\nrun 1 ms\n' >"$evil.nsa"
printf 'neuron cell {\n  state v = 0\n  dv/dt = -v/(10 ms)\n}\npopulation n : cell\nmeasure m = mean(n.v)\nrun 1 ms\n' >"good$evil.nsa"
says() { # whether it must name the bytes; arguments...
  must=$1
  shift
  "$NSA" "$@" >out.txt 2>&1
  LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" out.txt && fail "nsa $*: control bytes: $(cat -v out.txt)"
  [ "$must" = no ] || grep -q "$shown" out.txt || fail "nsa $*: does not show them: $(cat -v out.txt)"
}
for verb in check explain run build verify sweep; do
  says yes $verb "none$evil.nsa"
  says yes $verb "$evil.nsa" "--$evil"
done
says yes check "good$evil.nsa"
says yes run "$evil.nsa" --no-results
says yes run "good$evil.nsa" --out "$evil.out"
says yes run "good$evil.nsa" --out "$evil.out"
says yes run "good$evil.nsa" --set "$evil=3"
says yes run "good$evil.nsa" --set "n.$evil=3"
says yes run "good$evil.nsa" --variant "$evil"
says yes run "good$evil.nsa" --precision "$evil"
says yes run "good$evil.nsa" --timescale "$evil"
says yes run "good$evil.nsa" --for "$evil"
says yes sweep "good$evil.nsa" --out "$evil.sweep"
says yes sweep "good$evil.nsa" --seeds "$evil"
says yes emit "good$evil.nsa" --ir --after "$evil"
says yes build "good$evil.nsa" -o "none/$evil"
says yes "$evil"
says yes help "$evil"
says no build "good$evil.nsa" -o "exe$evil"
"./exe$evil" --for "$evil" >out.txt 2>&1
grep -q "^exe$shown: .*$shown" out.txt || fail "an executable says: $(cat -v out.txt)"
"./exe$evil" --help >out.txt
LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" out.txt && fail "its help: $(cat -v out.txt)"

# The caret stands below the place also behind tabs.
"$NSA" run "$evil.nsa" --no-results 2>err.txt
[ "$(sed -n 's/^\( *|  *\)^.*/\1/p' err.txt | head -1)" = "      |     " ] || fail "the caret: $(cat -v err.txt)"
[ "$failed" -eq 0 ]
