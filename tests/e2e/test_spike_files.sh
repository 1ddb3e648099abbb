#!/bin/sh
# SPDX-License-Identifier: MIT
# Recorded spikes drive another run, from tables and SONATA files, also in an executable; broken files get a message
# with file and line and exit code 2. Presentations that repeat draw their flips anew.
set -u
: >failures
fail() { echo "FAILED $*" | tee -a failures; }
model() { # name, what drives
  cat >"$1.nsa" <<END
timescale fast = 0.1 ms
neuron source_of_spikes { spike when false {} }
population p : source_of_spikes[20]
drive p.spike = $2
record p.spike
run 50 ms
END
}
cat >noisy.nsa <<'END'
timescale fast = 0.1 ms
neuron noisy { each step { if bernoulli(0.02) > 0 { emit spike } }
               spike when false {} }
population p : noisy[20]
population q : noisy[2]
record p.spike
record q.spike
run 50 ms
END
"$NSA" run noisy.nsa --csv --quiet --out first >/dev/null || fail "the first run"
[ "$(wc -l <first/p.spike.csv)" -gt 100 ] || fail "too few spikes"
same() { # name, program and arguments
  name=$1; shift
  "$@" --csv --quiet --force --out "$name.out" >/dev/null || fail "$name does not run"
  cmp -s first/p.spike.csv "$name.out/p.spike.csv" || fail "$name: other spikes than recorded"
}
model from_table 'file("first/p.spike.csv")'
model from_sonata 'file("first/spikes.h5")' # of two populations the one called p
same from_table "$NSA" run from_table.nsa
same from_sonata "$NSA" run from_sonata.nsa
model from_named 'file("first/spikes.h5", "p")'
same from_named "$NSA" run from_named.nsa
same interpreted "$NSA" run from_sonata.nsa --interpret
"$NSA" build from_table.nsa -o from_table >/dev/null || fail "build"
same built ./from_table

model broken 'file("broken.csv")'
broken() { # content, what the message says
  printf 'time,element\n1,1\n%s\n' "$1" >broken.csv
  timeout 10 "$NSA" run broken.nsa --quiet --force --out broken.out >/dev/null 2>err.txt
  [ $? -eq 2 ] || fail "$1: exit code"
  grep -q "broken.csv:3: $2" err.txt || { fail "$1: message"; cat err.txt; }
}
broken '0,1' 'an event cannot fire at 0 ms'
broken '0.04,1' 'an event cannot fire at 0.04 ms'
broken 'nan,1' 'expected a time in ms'
broken 'inf,1' 'expected a time in ms'
broken '1e999,1' 'expected a time in ms'
broken '0x1p3,1' 'expected a time in ms'
broken '2,1.5' 'something follows'
broken '2,20' "'p' is driven in its elements 0 to 19, not in 20"
broken '2,99999999999999999999999' "'p' is driven"
broken 'two,1' 'expected a time in ms'
broken '2;1' 'expected the number of an element'
broken '2' 'expected the number of an element'
broken '2,-1' 'expected the number of an element'
broken '2,1,1' 'something follows'
broken "$(head -c 1200 /dev/zero | tr '\0' 1)" 'the line is too long'
printf '\xef\xbb\xbf' | cat - first/p.spike.csv >marked.csv # a byte-order mark
model from_marked 'file("marked.csv")'
same from_marked "$NSA" run from_marked.nsa
sed '1d' first/p.spike.csv | { printf '\xef\xbb\xbf'; cat; } >marked.csv
same from_marked "$NSA" run from_marked.nsa

model broken_h5 'file("broken.h5")'
head -c 3000 first/spikes.h5 >broken.h5
timeout 10 "$NSA" run broken_h5.nsa --quiet --force --out broken.out >/dev/null 2>err.txt
[ $? -eq 2 ] && grep -q 'broken.h5: ' err.txt || { fail "a truncated HDF5 file"; cat err.txt; }

printf 'P2\n4 4\n255\n%s\n' '0 255 0 255 255 0 255 0 0 255 0 255 255 0 255 0' >image.pgm
cat >present.nsa <<'END'
timescale fast = 1 ms
neuron cell { state v = 0
              input I : 1/ms
              dv/dt = I   using euler
              spike when v > 1000 { v = 0 } }
population sheet : cell[4 x 4]
pattern shape = images("image.pgm")
present shape on sheet.I amplitude 1 /ms flip 50% from 1 ms for 2 ms every 5 ms as show
present shape on sheet.I amplitude 100 /ms during show
record sheet.v
measure r = recognition(sheet.spike during show, window 2 ms)
run 12 ms
END
"$NSA" run present.nsa --csv --quiet --out present.out >/dev/null 2>err.txt || { fail "present"; cat err.txt; }
# What each presentation added, without the image: 2 for each flipped or inked pixel.
awk -F, 'NR > 1 { for (i = 2; i <= 17; i++) v[$1, i] = $i }
  END { for (k = 1; k <= 11; k += 5) { if (k + 2 > 12) break
          text = ""; hundreds = 0
          for (i = 2; i <= 17; i++) { d = v[k + 2, i] - v[k, i]; text = text (d % 100); hundreds += int(d/100) }
          print text, hundreds } }' present.out/sheet.v.csv >added.txt
[ "$(awk '{ print $1 }' added.txt | sort -u | wc -l)" -eq 2 ] || { fail "flips are not drawn anew"; cat added.txt; }
[ "$(awk '$2 == 16' added.txt | wc -l)" -eq 2 ] || { fail "presentations during a phase"; cat added.txt; }
[ -s failures ] && exit 1
echo "files of spikes and repeated presentations behave"
