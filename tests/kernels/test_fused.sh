#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Several steps in one pass against the interpreter, which does each by itself: what is recorded, measured and complained of
# must be the same bits and words, for any threads; and `explain` must say how long a pass is.
set -u
: "${NSA:?the tool}"
failed=0
fail() { failed=$((failed + 1)); echo "FAILED: $*"; }

run() { # folder, options...; of $name.nsa
  local folder=$1
  shift
  "$NSA" run "$name.nsa" --csv --quiet --force --no-cache --out "$folder" "$@" > "$folder.txt" 2>&1 < /dev/null
  echo "exit $?" >> "$folder.txt"
  sed -i '/^nsa run: results/d' "$folder.txt"
}

check() { # name, population, steps of a pass ("no"); the model on stdin
  name=$1
  cat > "$name.nsa"
  "$NSA" explain "$name.nsa" > "$name.explained" 2>&1
  awk -v wanted="  $2:" 'index($0, wanted) == 1 { is_here = 1; next } is_here && $1 == "fused" { print; exit }' "$name.explained" > "$name.fused"
  grep -qE "fused +(up to )?$3[ :]" "$name.fused" || fail "$name: explain says '$(cat "$name.fused")', not $3"
  run "$name.reference" --interpret
  for threads in 1 2 3; do
    run "$name.$threads" --threads "$threads"
    diff -r --exclude='*.json' --exclude='*.h5' "$name.reference" "$name.$threads" > "$name.difference" 2>&1 || fail "$name, $threads threads: $(head -n 2 "$name.difference")"
    sed "s/$name\.reference/$name.$threads/" "$name.reference.txt" | cmp -s - "$name.$threads.txt" ||
      fail "$name, $threads threads: $(diff "$name.reference.txt" "$name.$threads.txt" | head -n 4)"
  done
}

neuron='
neuron cell {
  param tau = 10 ms, E = -60 mV, R = 100 MOhm, sigma = 0 mV/sqrt(ms)
  state v = -60 mV, w = 0 mV
  input I : pA
  noise xi
  dv/dt = (E - v + R*I - w)/tau + sigma*xi
  dw/dt = -w/(80 ms)
  spike when v > -50 mV refractory 2 ms { v = E; w += 1 mV }
  event low when v < -59 mV
}'

pair="$neuron
population givers : cell[50]
population takers : cell[30]
synapse add { on pre { post.v += 1 mV } }
connect now: givers -> takers via add by probability(0.3)"

# Params that a phase sets in the midst of a pass, the reset's and the threshold's among them.
check set_by_phases cells 16 << END
timescale fast = 0.1 ms
$neuron
population cells : cell[1500] { tau = uniform(8 ms, 12 ms) }
drive cells.I = 110 pA + 0.05 pA*i
phase drug from 10.3 ms for 7.7 ms every 31.1 ms
phase hot from 21 ms for 0.9 ms every 31.1 ms
set drug { cells.E = -57 mV, cells.R = 150 MOhm }
set hot { cells.sigma = 1 mV/sqrt(ms) }
measure spikes = count(cells.spike during drug)
measure lows = count(cells.low)
record cells.spike
run 120 ms
END

# Two events, a reset, refractoriness; more than a tile, and slices that end within one.
check alone cells 16 << END
timescale fast = 0.1 ms
$neuron
population cells : cell[2500] { tau = uniform(8 ms, 12 ms) }
drive cells.I = 90 pA + 0.05 pA*i
measure spikes = count(cells.spike)
measure lows = count(cells.low)
measure rate_of_some = rate(cells.spike[0..99])
record cells.spike
run 103.7 ms
END

# Noise: draws depend on the tick.
check noisy cells 16 << END
timescale fast = 0.1 ms
$neuron
population cells : cell[700] { sigma = 2 mV/sqrt(ms) }
drive cells.I = 95 pA
record cells.spike
run 60 ms
END

# Windows that begin and end in the middle of a pass; one that varies.
check windows cells 16 << END
timescale fast = 0.1 ms
$neuron
population cells : cell[300]
drive cells.I = 200 pA from 1.3 ms for 20.1 ms as cue
drive cells.I = 50 pA for 0.3 ms every 7.7 ms
drive cells.I = 20 pA during cue
drive cells.I = 3 pA/ms * t from 40 ms for 5 ms
measure spikes = count(cells.spike)
record cells.spike
run 80 ms
END

# Who looks every millisecond bounds a pass.
check looked_at cells 10 << END
timescale fast = 0.1 ms
$neuron
population cells : cell[40]
drive cells.I = 110 pA
record cells.v every 1 ms
record cells.w[3] every 2 ms
record cells.spike
run 50 ms
END

check watched cells no << END
timescale fast = 0.1 ms
$neuron
population cells : cell[40]
drive cells.I = 110 pA
measure top = max(cells.v[0])
run 20 ms
END

# Events leave a pass one by one: they reach others in the right tick, with and without a delay.
check giving givers 16 << END
timescale fast = 0.1 ms
$pair
connect later: givers -> takers via add by probability(0.3) delay 1.3 ms
drive givers.I = 120 pA
record givers.spike
record takers.v every 1 ms
record takers.spike
run 60 ms
END

check taking takers no << END
timescale fast = 0.1 ms
$pair
drive givers.I = 120 pA
record takers.v every 0.3 ms
run 30 ms
END

# A slow population that stands alone, beside a fast one.
check slow glia 5 << END
timescale fast = 0.1 ms
timescale slow = 2 ms
$neuron
astrocyte glial on slow {
  state Ca = 0.1 uM
  dCa/dt = (0.3 uM - Ca)/(50 ms)
  event high when Ca > 0.2 uM
}
population cells : cell[20]
population glia : glial[33]
drive cells.I = 110 pA
record glia.Ca every 10 ms
record glia.high
record cells.spike
run 100 ms
END

# A value that is not finite: the same tick and element, wherever threads cut.
check failing cells 16 << END
timescale fast = 0.1 ms
neuron runaway {
  param a = 1 /ms
  state v = 1
  dv/dt = a*v*v using euler
  spike when v > 1e6 {}
}
population cells : runaway[2100] { a = uniform(0.05 /ms, 0.17 /ms) }
record cells.spike
run 200 ms
END

# Two that fail in one tick: the first of the model, though its steps are fused and the other's are not.
check failing_together first 16 << END
timescale fast = 0.1 ms
neuron runaway {
  state v = 1
  dv/dt = 0.1 /ms * v*v using euler
  spike when v > 1e6 {}
}
population first : runaway[100]
population second : runaway[100]
record second.v[0] every 0.1 ms
run 200 ms
END

# A link that fails, and is mended by another event of the same tick: the least one, with the value that it had.
check failing_links sources 16 << END
timescale fast = 0.1 ms
neuron source {
  state v = 0 mV
  dv/dt = (20 mV - v)/(10 ms)
  spike when v > 1 mV { v = 0 mV }
}
synapse learn { state w = 1
  on pre  { w = if t > 5 ms then w*1e300*1e300 else w }
  on post { w = min(w, 1) } }
population sources : source[200]
population targets : source[200]
connect sources -> targets via learn by all_to_all
run 20 ms
END

[ "$failed" -eq 0 ] || exit 1
