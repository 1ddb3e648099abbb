#!/bin/sh
# SPDX-License-Identifier: MIT
# Results make room for those of the same model, at their end, and for nothing else.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }
# what the command says must contain the words
refused() {
  words=$1
  shift
  "$@" --quiet >/dev/null 2>err.txt && say "taken: $*"
  grep -qF -- "$words" err.txt || say "no '$words' in: $(cat err.txt)"
}
value() { sed -n 's/.*"value":[[:space:]]*\([-0-9.e]*\).*/\1/p' "$1/run.json" | head -n 1; }

model() {
  cat <<END
timescale fast = 1 ms
neuron n {
  param start = 1
  state v = start
  dv/dt = $1*v/(10 ms)
}
population cell : n[2]
record cell.v every 1 ms
measure end = last(cell.v[0])
variant fast { cell.start = 3 }
run 50 ms
END
}
model -1 > a.nsa
cp a.nsa b.nsa
"$NSA" run a.nsa --quiet > first.txt || say "no run"
model -2 > a.nsa
"$NSA" run a.nsa --quiet --csv > second.txt 2>err.txt || say "edited: $(cat err.txt)"
cmp -s first.txt second.txt && say "the edited model gives the same"
[ -f a.out/cell.v.csv ] || say "no new results"
"$NSA" run "$PWD/a.nsa" --quiet > again.txt 2>err.txt || say "by another path: $(cat err.txt)"
[ -f a.out/cell.v.csv ] && say "results of two runs"
[ -e a.out.part ] && say "a.out.part is left"
refused "a.out holds results of $PWD/a.nsa; name another folder with --out" "$NSA" run b.nsa --out a.out

# ---- one that fails leaves what was complete
before=$(value a.out)
model 1e300 > a.nsa
"$NSA" run a.nsa --quiet >/dev/null 2>&1
[ $? = 3 ] || say "it does not fail"
[ "$(value a.out)" = "$before" ] || say "a run that failed has replaced one that was complete"
[ -d a.out.part ] || say "what the failed run recorded is not kept"
model -1 > a.nsa
"$NSA" run a.nsa --quiet >/dev/null 2>err.txt || say "behind one that failed: $(cat err.txt)"
[ -e a.out.part ] && say "of the one that failed something is left"

# ---- what is not to be replaced
touch a.out/notes.txt
refused 'a.out holds files beside its results (`notes.txt`)' "$NSA" run a.nsa
"$NSA" run a.nsa --quiet --force >/dev/null || say "--force"
[ -f a.out/notes.txt ] || say "the notes are gone"
"$NSA" run a.nsa --quiet --out saved --checkpoint "every 20 ms" >/dev/null || say "no run with checkpoints"
refused "saved holds checkpoints, from which --resume goes on" "$NSA" run a.nsa --out saved

# ---- variants, and the model itself around them
for i in 1 2; do
  "$NSA" run a.nsa --quiet --variants all --out all >/dev/null 2>err.txt || say "variants: $(cat err.txt)"
  "$NSA" run a.nsa --quiet --out all >/dev/null 2>err.txt || say "around them: $(cat err.txt)"
done
[ -f all/fast/run.json ] && [ -f all/run.json ] || say "variants are gone"

# ---- an executable
"$NSA" build a.nsa -o one && cp one two || say "no executable"
for i in 1 2; do ./one --quiet --out built >/dev/null 2>err.txt || say "the executable: $(cat err.txt)"; done
refused "built holds results of $PWD/one" ./two --out built
refused "built holds results of $PWD/one" "$NSA" run a.nsa --out built
exit $failed
