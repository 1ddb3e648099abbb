#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Hostile texts: `nsa check` says yes or no (exit code 0, 1 or 2) within HOSTILE_SECONDS (2, sanitized 10) and,
# unless sanitized, 512 MB, and never prints a control byte that the text smuggled in.
set -u
: "${NSA:?the tool}" "${SRC:?the project}"
failed=0
count=0
. "$SRC/tests/tools/sanitized.sh"
limit=${HOSTILE_SECONDS:-$([ "$sanitized" = yes ] && echo 10 || echo 2)}

check() { # file
  local code
  count=$((count + 1))
  (
    [ "$sanitized" = yes ] || ulimit -v 524288
    timeout -s KILL "$limit" "$NSA" check "$1" > out.txt 2>&1 < /dev/null
    exit $?
  ) 2> /dev/null
  code=$?
  if [ "$code" -gt 2 ]; then
    failed=$((failed + 1))
    echo "FAILED: $1: exit code $code: $(head -c 200 out.txt | LC_ALL=C tr -d '\000-\010\013-\037')"
  fi
  if LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]' out.txt; then
    failed=$((failed + 1))
    echo "FAILED: $1: prints control bytes"
  fi
}

repeat() { # text, times
  awk -v text="$1" -v n="$2" 'BEGIN { for (k = 0; k < n; k++) printf "%s", text }'
}

neuron() { # name, body: a model of one neuron with this body
  printf 'neuron c {\n  state v = 0\n%s\n  dv/dt = -v/(10 ms)\n}\npopulation p : c[3]\nrun 1 ms\n' "$2" > "$1.nsa"
}

network() { # name, lines behind the components
  { printf 'neuron c {\n  state v = 0\n  input I\n  dv/dt = (I - v)/(10 ms)\n}\nsynapse s { post.I += pre.v }\n'
    printf '%s\n' "$2"; } > "$1.nsa"
}

# Depth: each kind of nesting the grammar has.
n=100000
neuron deep_parens "  let a = $(repeat '(' $n)1$(repeat ')' $n)"
neuron open_parens "  let a = $(repeat '(' $n)"
neuron deep_calls "  let a = $(repeat 'exp(' $n)1$(repeat ')' $n)"
neuron deep_minus "  let a = $(repeat '- ' $n)1"
neuron deep_not "  let a = $(repeat 'not ' $n)(v > 1)"
neuron deep_power "  let a = $(repeat '1^' $n)1"
neuron long_sum "  let a = $(repeat '1 + ' $n)1"
neuron deep_if "  let a = $(repeat 'if v > 0 then 1 else ' $n)1"
neuron deep_blocks "  each step { $(repeat 'if v > 0 { ' $n) v = 1 $(repeat '} ' $n) }"
neuron deep_else "  each step { if v > 0 { v = 1 } $(repeat 'else if v > 0 { v = 1 } ' 20000) }"
neuron many_statements "  each step { $(repeat 'v = 1;  ' $n) }"
neuron many_lets "$(awk 'BEGIN { for (k = 0; k < 100000; k++) printf "  let a%d = %d\n", k, k }')"
neuron chain_of_lets "$(awk 'BEGIN { print "  let a0 = v"; for (k = 1; k < 20000; k++) printf "  let a%d = a%d + 1\n", k, k - 1 }')"
neuron doubling_lets "$(awk 'BEGIN { print "  let a0 = v"; for (k = 1; k < 200; k++) printf "  let a%d = a%d + a%d\n", k, k - 1, k - 1 }')"
neuron doubling_functions "$(awk 'BEGIN { print "  function f0(a) = a"; for (k = 1; k < 60; k++) printf "  function f%d(a) = f%d(a) + f%d(a)\n", k, k - 1, k - 1 } END { print "  let z = f59(v)" }' < /dev/null)"
neuron many_errors "$(repeat $'  let = = =\n' 20000)"
network deep_for "$(repeat 'for k in 0..9 { ' 1000) record p.v $(repeat '} ' 1000)"
network huge_for 'population p : c[3]
for k in 0..99999999999 { record p.v }'
network nested_for 'population p : c[3]
for a in 0..9999 { for b in 0..9999 { for d in 0..9999 { drive p.I = 1 } } }
run 1 ms'

# Lines and tokens.
{ printf '# '; head -c 10000000 /dev/zero | tr '\0' x; echo; } > long_comment.nsa
head -c 10000000 /dev/zero | tr '\0' x > long_line.nsa
head -c 10000000 /dev/zero | tr '\0' '"' > quotes.nsa
head -c 10000000 /dev/zero | tr '\0' 1 > digits.nsa
head -c 1000000 /dev/zero | tr '\0' '{' > braces.nsa
repeat 'a ' 1000000 > many_tokens.nsa
for length in 254 255 256 300 100000; do
  neuron "name_$length" "  let $(repeat a "$length") = 1"
done

# Bytes.
: > empty.nsa
printf 'neuron a\0b { }\n' > nul.nsa
head -c 5000 /dev/zero > nuls.nsa
printf '\xef\xbb\xbfrun 1 ms\n' > bom.nsa
printf '\xef\xbb\xbf\xef\xbb\xbfrun 1 ms\n' > two_boms.nsa
printf '\xff\xfer\0u\0n\0' > utf16.nsa
printf 'neuron c {\r  state v = 0\r}\rpopulation p : c[3]\rrun 1 ms\r' > carriage_returns.nsa
printf 'neuron \x1b[31mred\x1b[0m { state v = "\x1b]0;title\x07" }\n# \x1b[2J\nrun \x1b\n' > escapes.nsa
printf 'let \x7f \x01 \x08\x08\x08 = 1\n' > controls.nsa
printf 'import "\x1b[31m.nsa"\nimport "a\\nb\x07"\n' > escaped_path.nsa
printf 'neuron \xc2\x9b31m { }\nneuron \xe2\x80\xaeabc { }\n' > c1_and_bidi.nsa
k=0
for bytes in '\xff' '\xc0\xaf' '\xe2\x82' '\xf5\x80\x80\x80' '\xed\xa0\x80' '\x80' '\xf0\x9f'; do
  k=$((k + 1))
  printf "neuron c { state $bytes = 1 }\n" > "utf8_$k.nsa"
  printf "# $bytes" > "utf8_comment_$k.nsa"
done

# Numbers.
k=0
for number in 1e-99999 1e99999 1e99999999999999999999 0e99999 1e 1e+ 1e- 1.e5 .5 5. 1..2 1.2.3 0x10 1_000 00012 \
              9999999999999999999999999 1e308 1.8e308 4.9e-324 1e-400 nan inf -inf NaN 1e5e5 '1 ms ms' 1ms '1e308 Gs' \
              1/0 0/0 0^-1 '(-1)^0.5' '1 s^99999999999' '1 m^0.3' '1 /' '1 %%' "$(repeat 9 5000)" "0.$(repeat 0 5000)1"; do
  k=$((k + 1))
  neuron "number_$k" "  param n = $number"
done

# Files.
printf 'import "cycle_b.nsa"\nrun 1 ms\n' > cycle_a.nsa
printf 'import "cycle_a.nsa"\nrun 1 ms\n' > cycle_b.nsa
printf 'extends "itself.nsa"\nrun 1 ms\n' > itself.nsa
printf 'import "imports_itself.nsa"\n' > imports_itself.nsa
printf 'neuron a extends a { state v = 0 }\nneuron b extends d { }\nneuron d extends b { }\n' > extends_itself.nsa
for ((k = 0; k < 60; k++)); do printf 'import "chain_%d.nsa"\n' $((k + 1)) > "chain_$k.nsa"; done
k=0
for path in '' . .. / /dev/null /dev/zero ../../../../../../etc/passwd /proc/self/mem ./././empty.nsa "$(repeat ../ 5000)x" \
            "$(repeat x 5000)" 'nul\0.nsa' '%s%n%s' '{}' '~/x' '$(id)'; do
  k=$((k + 1))
  printf 'import "%s"\n' "${path//%/%%}" > "path_$k.nsa"
  printf 'extends "%s"\n' "${path//%/%%}" > "path_extends_$k.nsa"
  printf 'pattern d = images("%s")\n' "${path//%/%%}" > "path_images_$k.nsa"
done
mkfifo pipe
printf 'import "pipe"\nextends "pipe"\n' > reads_pipe.nsa
mkdir -p folder.nsa

# Sizes.
k=0
for lines in 'population p : c[1000000000]' 'population p : c[99999999999999999999]' 'population p : c[0]' \
             'population p : c[-1]' 'population p : c[65536 x 65536]' 'population p : c[4294967296 x 4294967296]' \
             'population p : c[1.5]' 'population p : c[1e9]' 'population p : c[3] spaced 0 um' 'population p : c[3] spaced 1e300 m' \
             $'population p : c[100000]\nconnect p -> p via s by all_to_all' \
             $'population p : c[4294967296]\npopulation q : c[4294967296]\nconnect p -> q via s by all_to_all' \
             $'population p : c[1000000]\nconnect p -> p via s by indegree(999999)' \
             $'population p : c[3]\nconnect p -> p via s by indegree(99999999999999)' \
             $'population p : c[3]\nconnect p -> p via s by outdegree(-1)' \
             $'population p : c[3]\nconnect p -> p via s by probability(1e308)' \
             $'population p : c[9 x 9]\npopulation q : c[3]\nconnect p -> q via s by tiles(0 x 0, stride 0)' \
             $'population p : c[9 x 9]\npopulation q : c[9]\nconnect p -> q via s by tiles(99999999999 x 1, stride 99999999999)' \
             $'population p : c[3]\nconnect p -> p via s by all_to_all delay 1e300 s' \
             $'population p : c[3]\nconnect p[5..2] -> p via s by all_to_all' \
             $'population p : c[3]\nconnect p[0..99999999999999999999] -> p via s by all_to_all'; do
  k=$((k + 1))
  network "size_$k" "$lines"$'\nrun 1 ms'
done

# Time.
k=0
for lines in 'timescale f = 0 ms' 'timescale f = -1 ms' 'timescale f = 1e-300 s' 'timescale f = 1e300 s' \
             $'timescale f = 1e-300 s\ntimescale g = 1e300 s' $'timescale f = 0.1 ms\ntimescale g = 0.25 ms' \
             "$(awk 'BEGIN { for (k = 1; k < 1000; k++) printf "timescale f%d = %d ms\n", k, k }')"; do
  k=$((k + 1))
  network "time_$k" "$lines"$'\npopulation p : c[3]\nrun 1 ms'
done
for length in '0 ms' '-1 ms' '1e300 s' '1e-300 s' '5'; do
  k=$((k + 1))
  network "run_$k" $'population p : c[3]\nrecord p.v every 1e-300 s\ndrive p.I = 1 from 1e300 s for 1e300 s\nrun '"$length"
  neuron "refractory_$k" "  event e when v > 1 refractory $length { v = 0 }
  every $length { v = 0 }"
done

for file in *.nsa; do check "$file"; done
# What was found once: each file stays.
if [ -d "${SRC:-}/tests/fuzz" ]; then
  for file in "$SRC"/tests/fuzz/*.nsa; do
    [ -e "$file" ] && check "$file"
  done
fi
echo "$count hostile texts: $failed failures"
[ "$failed" -eq 0 ] && [ "$count" -gt 100 ]
