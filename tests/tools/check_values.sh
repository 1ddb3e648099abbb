#!/bin/sh
# SPDX-License-Identifier: MIT
# check_values.sh FOLDER: runs every model of a folder and compares with the numbers in its head,
# in the units in which they are shown:
#   #= FILE TIME_MS COLUMN VALUE RELATIVE_TOLERANCE   a recorded value (FILE.csv of the results)
#   #= measure NAME VALUE RELATIVE_TOLERANCE
#   #= spikes POPULATION COUNT TICK...                the first spikes, in ticks of 0.1 ms
#   #: OPTIONS                                        further options of this run
set -u
failed=0
for model in "$1"/*.nsa; do
  name=$(basename "$model" .nsa)
  eval "set -- $(sed -n 's/^#: //p' "$model")"
  if ! "$NSA" run "$model" --csv --quiet --force --out "$name.out" "$@" >"$name.txt" 2>"$name.err"; then
    echo "FAILED $name: does not run"; cat "$name.err"; failed=$((failed + 1)); continue
  fi
  if ! grep '^#= ' "$model" | awk -v out="$name.out" -v table="$name.out/run.json" -v name="$name" '
    function fail(text) { print "FAILED " name ": " text; bad = 1 }
    function near(got, want, tol,   d) {
      d = got - want; if (d < 0) d = -d
      return got != "" && d <= tol * (want < 0 ? -want : want) + 1e-300
    }
    # The value in a column of a CSV file at a time.
    function value_at(file, time, column,   line, part, best) {
      if (!(file in loaded)) {
        while ((getline line < file) > 0) {
          split(line, part, ",")
          rows[file]++
          text[file, rows[file]] = line
        }
        close(file); loaded[file] = 1
      }
      best = ""
      for (i = 2; i <= rows[file]; i++) {
        split(text[file, i], part, ",")
        if (part[1] - time < 1e-6 && time - part[1] < 1e-6) return part[column + 1]
      }
      return ""
    }
    function check_spikes(pop, count,   line, part, n, k, file) {
      file = out "/" pop ".spike.csv"
      while ((getline line < file) > 0) { split(line, part, ","); if (part[1] + 0 == part[1]) spike[n++] = part[1] }
      close(file)
      if (n != count) fail(pop ": " n + 0 " spikes, not " count)
      for (k = 5; k <= NF; k++)
        if (int(spike[k - 5] * 10 + 0.5) != $k) fail(pop ": spike " k - 4 " at tick " spike[k - 5] * 10 ", not " $k)
    }
    # Of run.json: the number behind "NAME": { "value":
    function measure(wanted,   line, got) {
      while ((getline line < table) > 0) {
        if (index(line, "\"" wanted "\":")) { getline line < table; sub(/.*:[ \t]*/, "", line); sub(/,.*/, "", line); got = line; break }
      }
      close(table)
      return got
    }
    $2 == "spikes" { check_spikes($3, $4 + 0); next }
    $2 == "measure" { got = measure($3); if (!near(got, $4, $5)) fail($3 " = " got ", not " $4); next }
    { got = value_at(out "/" $2 ".csv", $3, $4); if (!near(got, $5, $6)) fail($2 " at " $3 " ms, column " $4 ": " got ", not " $5) }
    END { exit bad }'; then failed=$((failed + 1)); else echo "passed $name"; fi
done
[ "$failed" -eq 0 ] || { echo "$failed models are off"; exit 1; }
