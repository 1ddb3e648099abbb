# SPDX-License-Identifier: MIT
# From lines `workload contestant repetition name value`: the table (standard output) and all medians, minima and maxima (file `json`).
# A ratio is that of two contestants in the same repetition, and then the median of these.

{
  if (!($1 in seen)) { seen[$1] = 1; workloads[++workload_count] = $1 }
  key = $1 SUBSEP $2 SUBSEP $4
  if (!(key in count)) keys[++key_count] = key
  values[key, ++count[key]] = $5
  at[key, $3] = $5
  if ($3 > rounds) rounds = $3
}

# Sorts list[1..n], by insertion: lists are short.
function sort(list, n,    i, k, x) {
  for (i = 2; i <= n; i++) {
    x = list[i]
    for (k = i - 1; k > 0 && list[k] > x; k--) list[k + 1] = list[k]
    list[k + 1] = x
  }
}
# Puts median, low and high of list[1..n] into the variables of these names; n = 0 leaves `median` empty.
function describe(list, n) {
  sort(list, n)
  median = n ? (n % 2 ? list[(n + 1)/2] : (list[n/2] + list[n/2 + 1])/2) : ""
  low = list[1]; high = list[n]
}
function describe_key(key,    list, i) {
  for (i = 1; i <= count[key]; i++) list[i] = values[key, i]
  describe(list, count[key])
}
function describe_ratio(workload, above, below,    list, n, r, a, b) {
  a = workload SUBSEP above SUBSEP "loop"; b = workload SUBSEP below SUBSEP "loop"
  for (r = 1; r <= rounds; r++) if (((a, r) in at) && ((b, r) in at) && at[b, r] > 0) list[++n] = at[a, r]/at[b, r]
  describe(list, n)
}
function short(x) { return x == "" ? "" : x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : sprintf("%.3g", x) }
function medians(workload, contestant, name) { describe_key(workload SUBSEP contestant SUBSEP name); return short(median) }
function ratio(workload, above, below) {
  describe_ratio(workload, above, below)
  return median == "" ? "" : sprintf("%s (%s to %s)", short(median), short(low), short(high))
}
function seconds(x) { return x == "" ? "" : x < 1 ? sprintf("%.0f ms", 1000*x) : sprintf("%.1f s", x) }
function median_of(workload, contestant, name) { describe_key(workload SUBSEP contestant SUBSEP name); return median }

function table(    i, w) {
  print "Measured " date " on " machine ".\n"
  print "Seconds a simulated second, steps only, one thread; how many times as fast nsa is (median of the ratios, least to greatest); spikes a simulated second.\n"
  print "| workload | nsa | C | Brian2 | against C | against Brian2 | two threads | spikes: nsa / C / Brian2 |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
  for (i = 1; i <= workload_count; i++) {
    w = workloads[i]
    printf "| %s | %s | %s | %s | %s | %s | %s | %s / %s / %s |\n", w, medians(w, "nsa", "loop"), medians(w, "C", "loop"), medians(w, "Brian2", "loop"),
      ratio(w, "C", "nsa"), ratio(w, "Brian2", "nsa"), ratio(w, "nsa", "nsa_2_threads"),
      medians(w, "nsa", "spikes"), medians(w, "C", "spikes"), medians(w, "Brian2", "spikes")
  }
  print "\nWait from the start of the tool to the end of the first step (Brian2: code generation, compiler, set-up); the whole process of a run; peak memory.\n"
  print "| workload | nsa, after an edit | nsa, in the cache | Brian2, after an edit | process: nsa / C / Brian2 | MB: nsa / C / Brian2 |\n| --- | --- | --- | --- | --- | --- |"
  for (i = 1; i <= workload_count; i++) {
    w = workloads[i]
    printf "| %s | %s | %s | %s | %s / %s / %s | %s / %s / %s |\n", w,
      seconds(median_of(w, "nsa_cold", "first")), seconds(median_of(w, "nsa", "first")), seconds(median_of(w, "Brian2", "first")),
      seconds(median_of(w, "nsa", "wall")), seconds(median_of(w, "C", "wall")), seconds(median_of(w, "Brian2", "wall")),
      medians(w, "nsa", "memory"), medians(w, "C", "memory"), medians(w, "Brian2", "memory")
  }
}

function json_numbers() { return sprintf("{\"median\": %.6g, \"min\": %.6g, \"max\": %.6g}", median, low, high) }
function json_ratio(workload, above, below) {
  describe_ratio(workload, above, below)
  if (median == "") return
  printf "%s\n    {\"workload\": \"%s\", \"ratio\": \"%s/%s\", \"loop\": %s}", comma, workload, above, below, json_numbers() > json
  comma = ","
}
function write_json(    i, part) {
  printf "{\"date\": \"%s\", \"machine\": \"%s\", \"repetitions\": %d,\n  \"values\": [", date, machine, rounds > json
  for (i = 1; i <= key_count; i++) {
    split(keys[i], part, SUBSEP)
    describe_key(keys[i])
    printf "%s\n    {\"workload\": \"%s\", \"of\": \"%s\", \"%s\": %s}", (i > 1 ? "," : ""), part[1], part[2], part[3], json_numbers() > json
  }
  printf "],\n  \"ratios\": [" > json
  for (i = 1; i <= workload_count; i++) {
    json_ratio(workloads[i], "C", "nsa")
    json_ratio(workloads[i], "Brian2", "nsa")
    json_ratio(workloads[i], "nsa", "nsa_2_threads")
  }
  print "]}" > json
}

END { table(); write_json() }
