#!/bin/sh
# SPDX-License-Identifier: MIT
# The Python package: recordings, measures, variants and sweeps as arrays, by the names and in the units of the model.
: "${NSA:?the tool}" "${SRC:?the project}"
if ! /usr/bin/python3 -c 'import numpy, h5py'; then
  echo "python3-numpy and python3-h5py are missing"
  exit 1
fi
set -e
cat > m.nsa <<'END'
timescale fast = 1 ms
astrocyte a {
  param rate = 20 nM/ms
  state Ca : uM = 300 nM, p = 0.5
  dCa/dt = rate*(1 + i)
  dp/dt = -p/(10 ms)
  event release when Ca > 1 uM { Ca = 0 uM }
}
neuron n {
  state v = 0 mV
  dv/dt = 1 mV/ms
  spike when v > 9 mV { v = 0 mV }
}
synapse syn { state w : nS = 1 nS
              on pre { w += 1 nS } }
population glia : a[3]
population cell : n[2]
connect cell -> glia via syn by file("edges.csv")
phase twice from 10 ms for 5 ms every 20 ms
record glia.Ca every 2 ms
record glia.p[1..2] during twice as parts
record mean(glia.Ca) every 10 ms
record glia.release
record cell.spike
record syn.w every 10 ms
measure peak = max(glia.Ca)
measure none = first(glia.Ca[0] during 90 ms..95 ms)
measure top[i] = max(glia.Ca over time)
variant slow { glia.rate = 1 nM/ms }
run 50 ms
END
printf '0,2\n1,0\n' > edges.csv
"$NSA" run m.nsa --quiet --csv --out out >/dev/null 2>&1
"$NSA" run m.nsa --quiet --variants all --out all >/dev/null 2>&1
"$NSA" sweep m.nsa --set glia.rate=1nM/ms,2nM/ms --seeds 1..2 --out many --quiet >/dev/null 2>&1
PYTHONPATH=$SRC/runtime/python PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 - <<'END'
import math
import numpy
import nsa

def table(name):
    return numpy.loadtxt(f"out/{name}.csv", delimiter=",", skiprows=1, ndmin=2)

def fails(kind, words, call, *args):
    try:
        call(*args)
    except kind as error:
        assert words in str(error), error
    else:
        raise AssertionError(f"no {kind}")

run = nsa.load("out")
assert run.state == "completed" and run.name == "m" and run.seed == 1 and run.variant is None
assert sorted(run) == sorted(["glia.Ca", "parts", "mean_glia.Ca", "glia.release", "cell.spike", "syn.w", "top"]), run.keys()
Ca = run["glia.Ca"]
assert Ca.unit == "uM" and Ca.values.shape == (26, 3) and Ca.values[0, 0] == 0.3
assert (numpy.column_stack([Ca.t, Ca.values]) == table("glia.Ca")).all() and list(Ca.elements) == [0, 1, 2]
assert (Ca[1] == Ca.values[:, 1]).all() and numpy.asarray(Ca).shape == (26, 3)
fails(KeyError, "element 7 was not recorded", Ca.__getitem__, 7)
parts = run["parts"]
assert len(parts.windows) == 2 and list(parts.elements) == [1, 2] and parts.unit == ""
assert (numpy.column_stack([parts.t, parts.values]) == table("parts")).all()
assert parts.t[parts.windows[1]][0] == 30
mean = run["mean(glia.Ca)"]
assert mean.reduced == "mean" and (mean.values[:, 0] == table("mean_glia.Ca")[:, 1]).all()
for name in ("glia.release", "cell.spike"):
    events = run[name]
    assert len(events) > 0 and (numpy.column_stack([events.t, events.elements]) == table(name)).all(), name
assert (run["cell.spike"].of(1) == run["cell.spike"].t[run["cell.spike"].elements == 1]).all()
w = run["syn.w"]
assert w.unit == "nS" and list(w.sources) == [1, 0] and list(w.targets) == [0, 2]
top = run["top"]
assert list(top["element"]) == [0, 1, 2] and top.units == {"value": "uM"} and max(top["value"]) == run.measures["peak"]
assert run.units["peak"] == "uM" and math.isnan(run.measures["none"])
fails(KeyError, "there is no glia.h in out; it has glia.Ca", run.__getitem__, "glia.h")
fails(ValueError, "holds no results of nsa", nsa.load, "many")
fails(FileNotFoundError, "nowhere", nsa.load, "nowhere")

both = nsa.load("all")
assert list(both) == ["base", "slow"] and both["slow"].variant == "slow"
assert both.measures["peak"] == {name: both[name].measures["peak"] for name in both}

many = nsa.sweep("many")
assert list(many["glia.rate"]) == [1, 1, 2, 2] and many.units["glia.rate"] == "nM/ms" and many.units["peak"] == "uM"
assert list(many["seed"]) == [1, 2, 1, 2] and list(many["outcome"]) == ["ok"]*4 and numpy.isnan(many["none"]).all()
assert (nsa.sweep("many/sweep.csv")["peak"] == many["peak"]).all() and many["peak"][0] == both["slow"].measures["peak"]
fails(ValueError, "no table of nsa sweep", nsa.sweep, "out/glia.Ca.csv")

try:
    import pandas
except ImportError:
    fails(ImportError, "python3-pandas", Ca.frame)
else:
    assert Ca.frame().loc[2, 1] == Ca[1][1] and list(both.frame().columns) == ["base", "slow"]
    assert list(many.frame()["peak"]) == list(many["peak"]) and len(run["cell.spike"].frame()) == len(run["cell.spike"])
END
