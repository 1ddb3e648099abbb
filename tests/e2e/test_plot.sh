#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nsa plot: lines, marks, maps and bars stand where the numbers of the run say, in SVG, PNG and characters; what is no
# result, damaged or not there is one clear message.
set -u
: "${NSA:?the tool}" "${SRC:?the project}" "${TOOLS:?the small programs}"
failed=0
fail() { echo "FAILED: $*"; failed=1; }
plot() { "$NSA" plot "$@" >out.txt 2>err.txt || fail "nsa plot $*: $(cat err.txt)"; }
shows() { python3 "$SRC/tests/e2e/picture.py" "$@" >shown.txt || fail "$*"; }
refuses() { # words, arguments...
  local words=$1 code
  shift
  "$NSA" plot "$@" >out.txt 2>err.txt
  code=$?
  [ $code -eq 2 ] && grep -qF -- "$words" err.txt && [ "$(wc -l <err.txt)" -eq 1 ] && [ ! -s out.txt ] ||
    fail "nsa plot $*: exit code $code, no \"$words\" in: $(cat err.txt)"
}
cat >m.nsa <<'END'
timescale fast = 1 ms
neuron n {
  param rate = 20 uV/ms
  state v : mV = 0 mV, c : uM = 300 nM
  dv/dt = rate*(1 + i)
  dc/dt = -c/(500 ms)
  spike when v > 9 mV { v = 0 mV }
}
population cell : n[3 x 4]
record cell.v every 10 ms
record cell.v[0..2] every 20 ms during 500 ms..2 s as few
record cell.c[0] every 20 ms during 500 ms..2 s as Ca
record cell.spike
measure top = max(cell.v)
measure low = min(cell.v[0] during 1 s..2 s)
measure spikes = count(cell.spike)
variant fast { cell.rate = 30 uV/ms }
run 2500 ms
END
"$NSA" run m.nsa --csv --quiet --out out >measures.txt || fail "no run"
"$NSA" run m.nsa --quiet --variants all --out both >both.txt || fail "no variants"
blue=#0072b2 red=#d55e00 green=#009e73

# ---- traces: elements as lines, then mean and range
plot out few -o few.svg
shows points few.svg 0 $blue out/few.csv 1 0.001
shows points few.svg 0 $green out/few.csv 3 0.001
for words in '>few<' '>few (mV)<' '>t (s)<' '>0<' '>1<'; do grep -qF -- "$words" few.svg || fail "few.svg: no $words"; done
plot out "few[1]" Ca -o one.svg
shows points one.svg 0 $blue out/few.csv 2 0.001
shows points one.svg 1 $blue out/Ca.csv 1 0.001
plot out cell.v -o all.svg
awk -F, -v OFS=, 'NR > 1 { s = 0; for (k = 2; k <= NF; k++) s += $k; print $1, s/(NF - 1) } NR == 1 { print "t,mean" }' out/cell.v.csv >mean.csv
shows points all.svg 0 $blue mean.csv 1 0.001
grep -q '>mean and range of 12<' all.svg && grep -q 'fill-opacity' all.svg || fail "no range"

# ---- rasters, maps, planes
plot out cell.spike -o raster.svg
shows marks raster.svg 0 out/cell.spike.csv 0.001
plot out cell.spike --map -o counts.svg
shows boxes counts.svg 0
[ "$(wc -l <shown.txt)" -eq 12 ] && [ "$(head -n 1 shown.txt)" = "#440154" ] && [ "$(tail -n 1 shown.txt)" = "#fde725" ] ||
  fail "a map of events: $(cat shown.txt)"
plot out cell.v --map --at "300 ms" -o map.svg # v is 6 mV times the element's number + 1, below 9 mV of the first
shows boxes map.svg 0
[ "$(sed -n 1p shown.txt)" != "$(sed -n 2p shown.txt)" ] && grep -q '>cell.v at 300 ms<' map.svg || fail "a map: $(cat shown.txt)"
plot out --plane "few[0],few[1]" -o plane.svg
awk -F, -v OFS=, '{ print $2, $3 }' out/few.csv >orbit.csv
shows points plane.svg 0 $blue orbit.csv 1 1

# ---- several runs
plot both -o both.svg
grep -q '>base<' both.svg && grep -q '>fast<' both.svg || fail "no variants in the legend"
shows bars both.svg 1
top() { awk -v c=$1 '$1 == "spikes" { print $c }' both.txt; }
printf '%s 0 %.3g\n%s 0 %.3g\n' $blue "$(top 2)" $red "$(top 3)" | diff - shown.txt || fail "bars of spikes"
plot out few "top" --with both/fast -o with.svg
grep -q '>out<' with.svg && grep -q '>fast<' with.svg || fail "--with"

# ---- a sweep
cat >s.nsa <<'END'
timescale fast = 1 ms
param a = 1, b = 2
neuron n { state v = 0
           dv/dt = a/(1 s) }
population cell : n[1]
measure sum = last(cell.v[0]) - last(cell.v[0]) + a + 10*b
run 3 ms
END
"$NSA" sweep s.nsa --set a=1..5:5 --seeds 1..2 --out one --quiet >/dev/null || fail "no sweep"
"$NSA" sweep s.nsa --set a=1..3:3 --set b=1,2 --out two --quiet >/dev/null || fail "no second sweep"
plot one -o one.svg
printf 'a,sum\n1,21\n2,22\n3,23\n4,24\n5,25\n' >sum.csv
shows points one.svg 0 $blue sum.csv 1 1
plot two sum -o two.svg
shows boxes two.svg 0 # the upper row is b = 2
[ "$(wc -l <shown.txt)" -eq 6 ] && [ "$(sed -n 4p shown.txt)" = "#440154" ] && [ "$(sed -n 3p shown.txt)" = "#fde725" ] ||
  fail "a map of a sweep: $(cat shown.txt)"

# ---- PNG, and characters
plot out few -o few.png
shows png few.png 1520 1000 $blue $red $green '#ffffff'
plot out few cell.spike -o few.png
shows png few.png 1520 1120 $blue
plot out "few[0]"
diff "$SRC/tests/e2e/plot.expected" out.txt || fail "characters"
[ "$(grep -c $'\033' out.txt)" -eq 0 ] || fail "colours without a terminal"

# ---- what there is not
refuses 'cannot read nowhere: No such file' nowhere
mkdir empty
refuses 'empty holds no results of nsa' empty
refuses 'there is no `fewer` in these results, did you mean `few`?; they have' out fewer
refuses 'elements of an item are said as in' out 'few[3'
refuses 'no element of that number is recorded' out 'few[7]'
refuses 'must end in .svg or .png' out -o few.pdf
refuses 'a map is of all elements of a population' out few --map
refuses '`2 mV` is no time' out few --map --at '2 mV'
refuses 'is drawn by itself' one --with out
refuses 'takes two items' out --plane few
refuses 'has no values over time' out --plane few,cell.spike
refuses 'few has 3 elements and Ca 1' out --plane few,Ca
refuses 'cannot write no/few.svg' out -o no/few.svg

# ---- damaged and foreign files
cp -r out bad
echo '{"files": ' >bad/run.json
refuses 'bad/run.json is no JSON object' bad
cp out/run.json bad/run.json
head -c 2000 out/few.h5 >bad/few.h5
refuses 'cannot read bad/few.h5: ' bad few
rm bad/few.h5
refuses 'cannot read bad/few.h5: No such file' bad few
for kind in claims_2_61 external_storage soft_link external_population filter_of_plugin two_dimensions; do
  "$TOOLS/bad_hdf5" $kind bad/spikes.h5 || fail "$kind: the tool"
  refuses 'cannot read bad/spikes.h5: ' bad cell.spike
done
exit $failed
