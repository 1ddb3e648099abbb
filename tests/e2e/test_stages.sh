#!/bin/sh
# SPDX-License-Identifier: MIT
# Each stage and each pass that `nsa emit --help` lists can be printed; `--time` names the stages that a run goes through.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
refused() { # words of the message, arguments...
  words=$1; shift
  "$NSA" "$@" >out.txt 2>err.txt && fail "nsa $* is taken"
  grep -q -- "$words" err.txt || fail "nsa $*: no \"$words\" in: $(cat err.txt)"
}
printf 'neuron cell {\n  param tau = 20 ms\n  state v = 0\n  dv/dt = -v/tau\n}\npopulation n : cell\nrun 1 ms\n' >model.nsa

"$NSA" emit --help >help.txt
stages=$(sed -n 's/^  \(--[a-z]*\)  .*/\1/p' help.txt)
for stage in $stages; do
  "$NSA" emit "$stage" model.nsa >out.txt 2>err.txt || fail "nsa emit $stage: $(cat err.txt)"
  [ -s out.txt ] || fail "nsa emit $stage prints nothing"
done
for stage in --ast --model --lowered --ir --llvm --asm; do
  case " $(echo $stages) " in *" $stage "*) ;; *) fail "the help does not list $stage" ;; esac
done

passes=$(sed -n 's/^  \([a-z_]*\) .* -> .*/\1/p' help.txt)
[ "$(echo "$passes" | wc -l)" -ge 6 ] || fail "passes: $passes"
for pass in $passes; do
  "$NSA" emit --ir --after "$pass" model.nsa >"after_$pass.txt" 2>err.txt || fail "--after $pass: $(cat err.txt)"
done
grep -q setup after_hoist.txt || fail "nothing is hoisted behind hoist"
grep -q setup after_dce.txt && fail "something is hoisted before hoist"
"$NSA" emit --ir model.nsa | cmp -s - "after_$(echo "$passes" | tail -n 1).txt" || fail "the last pass is not the end"
refused 'no pass `hoits`' emit --ir --after hoits model.nsa
refused '--after goes with --ir' emit --lowered --after hoist model.nsa
refused 'say which stage' emit model.nsa
refused 'say one stage' emit --ast --ir model.nsa

"$NSA" run model.nsa --no-results --no-cache --time >out.txt 2>&1 || fail "nsa run --time: $(cat out.txt)"
for stage in parse check images lower optimise processor emit "optimise LLVM" "machine code" link; do
  grep -q "^  $stage  *[0-9.]* s" out.txt || fail "--time does not list $stage"
done
"$NSA" run model.nsa --no-results --interpret --time >out.txt 2>&1 || fail "nsa run --interpret: $(cat out.txt)"
grep -q "machine code" out.txt && fail "machine code is made for the interpreter"
[ "$failed" -eq 0 ]
