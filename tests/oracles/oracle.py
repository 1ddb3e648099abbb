# SPDX-License-Identifier: MIT
"""What the oracles share: running a model with nsa, reading what it wrote, integrating equations with SciPy, and
tolerances that follow from the order of a method.

An oracle is a pair of files, NAME.nsa and NAME.py, in a folder below this one. The model is written as its paper
gives it; the Python file writes the same equations once more, from the paper and the language's page alone, and has
functions `test_...` (run.py calls them)."""

import csv
import inspect
import json
import os
import pathlib
import re
import subprocess

import h5py
import numpy
import scipy.integrate
import scipy.interpolate

NSA = os.environ["NSA"]
_runs = 0


# Exponents of ten from s, V, A, m, mol, K to ms, mV, pA, um, uM um^3, K: those of nsa_units.def, by name.
_EXPONENTS = {"s": 3, "V": 3, "A": 12, "S": 9, "F": 12, "Ohm": -9, "M": 6, "mol": 21, "m": 6, "Hz": -3, "J": 18,
              "W": 15, "N": 12, "K": 0, "C": 15, "cm": 4, "%": -2, "1": 0, "": 0}
_PREFIXES = {"a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9}


def internal(unit):
    """What one of this unit, in which a result is shown, is in internal units: those in which the oracles compute."""
    factor, sign = 1.0, 1
    for part in re.findall(r"[*/]|[^*/]+", unit):
        if part in "*/":
            sign = -1 if part == "/" else 1
            continue
        name, _, power = part.partition("^")
        scale = 6e4 if name == "min" else 3.6e6 if name == "h" else None
        if scale is None:
            exponent = _EXPONENTS[name] if name in _EXPONENTS else _PREFIXES[name[0]] + _EXPONENTS[name[1:]]
            scale = float(f"1e{exponent}")
        factor *= scale ** (sign * float(power or 1))
    return factor


class Results:
    """The folder that a run left behind. Values are in internal units here."""

    def __init__(self, folder):
        self.folder = folder

    def values(self, name):
        """Times and values of a recording: an array of times, and one of times x elements."""
        table = numpy.loadtxt(self.folder / (name + ".csv"), delimiter=",", skiprows=1, ndmin=2)
        return table[:, 0], table[:, 1:] * internal(self.unit(name))

    def unit(self, name):
        """In which a recording is shown; none of tables, whose columns differ."""
        with h5py.File(self.folder / (name + ".h5")) as file:
            return next((of["data"].attrs["units"] for of in file.get("report", {}).values()), "")

    def series(self, name):
        """A recording of one element: times, values."""
        times, values = self.values(name)
        return times, values[:, 0]

    def events(self, name):
        """Times and elements of events, in the order of the file."""
        with open(self.folder / (name + ".csv"), newline="") as file:
            rows = list(csv.reader(file))[1:]
        return numpy.array([float(r[0]) for r in rows]), numpy.array([int(r[1]) for r in rows], dtype=int)

    def measure(self, name):
        """The value of a measure."""
        measure = json.loads((self.folder / "run.json").read_text())["measures"][name]
        return measure["value"] and measure["value"] * internal(measure["unit"])

    def times(self, name, element=0):
        """When one element fired."""
        times, elements = self.events(name)
        return times[elements == element]


def model_of_caller():
    """NAME.nsa beside the first file outside of this one that called."""
    here = pathlib.Path(__file__)
    for frame in inspect.stack():
        path = pathlib.Path(frame.filename)
        if path.name != here.name:
            return path.with_suffix(".nsa")
    raise RuntimeError("no caller")


def run(*options, model=None, text=None):
    """Runs the model beside the calling file (or another one, or a text) and gives its results."""
    global _runs
    _runs += 1
    folder = pathlib.Path(f"run{_runs}").absolute()
    if text is not None:
        model = pathlib.Path(f"model{_runs}.nsa")
        model.write_text(text)
    model = model or model_of_caller()
    command = [NSA, "run", str(model), "--csv", "--quiet", "--force", "--threads", "1", "--out", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return Results(folder)


def ode(f, start, pieces, times, rtol=1e-11, atol=1e-12, behind=lambda k, x: x):
    """x' = f(t, x, *arguments) by LSODA, in pieces (until, *arguments) at whose ends f may jump, and x as `behind` says
    (of piece k): the values at `times`, of which the first is the start; at the end of a piece those before the jump."""
    times = numpy.asarray(times, dtype=float)
    values = numpy.empty((len(times), len(start)))
    values[0] = state = numpy.asarray(start, dtype=float)
    now = times[0]
    for k, (until, *arguments) in enumerate(pieces):
        inside = (times > now) & (times < until - 1e-9)
        grid = numpy.concatenate([[now], times[inside], [until]])
        found = scipy.integrate.odeint(f, state, grid, args=tuple(arguments), tfirst=True, rtol=rtol, atol=atol,
                                       mxstep=100000, tcrit=[until])
        values[inside] = found[1:-1]
        values[numpy.abs(times - until) <= 1e-9] = found[-1]
        now, state = until, behind(k, found[-1])
    return values


def crossings(times, values, level):
    """When a curve rises above the level, by a cubic through what was recorded."""
    curve = scipy.interpolate.CubicSpline(times, numpy.asarray(values) - level)
    roots = curve.roots(extrapolate=False)
    return roots[curve(roots, 1) > 0]


def grid_after(times, dt):
    """The ends of steps at which crossings at these times are seen."""
    return numpy.ceil(numpy.asarray(times) / dt - 1e-9) * dt


def close(what, got, want, tolerance):
    """No value is further than the tolerance from what it should be."""
    got, want = numpy.asarray(got, dtype=float), numpy.asarray(want, dtype=float)
    assert got.shape == want.shape, f"{what}: {got.shape} values instead of {want.shape}"
    if got.size == 0:
        raise AssertionError(f"{what}: nothing to compare")
    error = numpy.abs(got - want)
    assert numpy.isfinite(got).all(), f"{what}: not finite"
    worst = numpy.unravel_index(numpy.argmax(error - tolerance), error.shape)
    bound = numpy.broadcast_to(tolerance, error.shape)[worst]
    assert error[worst] <= bound, (
        f"{what}: {got[worst]:.12g} instead of {want[worst]:.12g} at {worst}: off by {error[worst]:.3g}, allowed {bound:.3g}")


def of_order(what, coarse, fine, exact, order=2, kept=1e-8):
    """Two runs, the second with half the step, approach the exact answer at least with this order. A method of order p
    leaves |coarse - fine|/(2^p - 1) between the finer run and the truth; so this needs no tolerance of its own: a run
    that converges to something else, or slower (by more than a third of an order), fails. Errors below `kept` of the
    largest value are those of the reference."""
    coarse, fine, exact = (numpy.asarray(x, dtype=float) for x in (coarse, fine, exact))
    assert coarse.shape == fine.shape == exact.shape, f"{what}: {coarse.shape}, {fine.shape} and {exact.shape} values"
    assert coarse.size and numpy.isfinite(coarse).all() and numpy.isfinite(fine).all(), f"{what}: not finite, or nothing"
    change, error = numpy.max(numpy.abs(coarse - fine)), numpy.max(numpy.abs(fine - exact))
    allowed = change / (2 ** (order - 0.35) - 1)
    assert error <= allowed + kept * numpy.max(numpy.abs(exact)), (
        f"{what}: halving the step changes it by {change:.3g}, and then it is {error:.3g} off: order "
        f"{numpy.log2(change / error + 1):.2f} instead of {order}")


# What is stiff is `implicit`, which keeps the error of its embedded method of order 1 below 1% in each step: where it takes
# sub-steps for that, halving the step changes nothing, and the method itself, of order 2, is some 0.01^2 off.
STIFF = 2e-4


def spiking(f, start, pieces, dt, level, names=("cell.v", "cell.spike"), options=(), order=2):
    """A neuron (its potential is the first state) that spikes when v rises above the level: the times at which v
    crosses it converge to SciPy's with the order of the default, and events stand at the ends of those steps."""
    until = pieces[-1][0]
    times = numpy.linspace(0, until, int(round(until / dt)) * 4 + 1)
    exact = crossings(times, ode(f, start, pieces, times)[:, 0], level)
    found = []
    for step in (dt, dt / 2):
        results = run("--timescale", f"fast={step!r}ms", *options, model=model_of_caller())
        at, v = results.series(names[0])
        found.append(crossings(at, v, level))
        assert len(found[-1]) == len(exact), f"{len(found[-1])} spikes with steps of {step} ms, not {len(exact)}"
        close(f"{names[1]} with steps of {step} ms", results.times(names[1]), grid_after(found[-1], step), 1e-6)
    of_order(names[1], *found, exact, order=order)
    return found[-1], exact


def text():
    """The model beside the calling file, to be changed."""
    return model_of_caller().read_text()
