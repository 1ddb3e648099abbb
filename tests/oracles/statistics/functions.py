# SPDX-License-Identifier: MIT
"""Every random function in every place where one may stand: its distribution over elements, links and steps, and that
draws of different steps, elements and places have nothing to do with each other."""

import itertools

import numpy
from scipy import stats

import chance
import oracle

FUNCTIONS = {
    "uniform": ("uniform(2, 5)", stats.uniform(2, 3)),
    "normal": ("normal(10, 3)", stats.norm(10, 3)),
    "exponential": ("exponential(4)", stats.expon(scale=4)),
    "few": ("poisson(3.5)", stats.poisson(3.5)),
    "many": ("poisson(80)", stats.poisson(80)),
    "bernoulli": ("bernoulli(0.3)", stats.bernoulli(0.3)),
}

# place: what stands in the component, in braces behind the population or connection, and at the end; F is the function,
# N its name.
OF_CELLS = {
    "initial": ("state initial_N = F", "", ""),
    "override": ("state override_N = 0", "override_N = F", ""),
    "parameter": ("param parameter_N = 0", "parameter_N = F", ""),
    "clock": ("state clock_N = 0\n  each step { clock_N = F }", "", ""),
    "every": ("state every_N = 0\n  every 2 ms { every_N = F }", "", ""),
    "event": ("state event_N = 0\n  on spike { event_N = F }", "", ""),
    "branch": ("state branch_N = 0\n  each step { if i/2 == floor(i/2) { branch_N = F } else { branch_N = F } }", "", ""),
    "signal": ("state signal_N = 0\n  on bell { signal_N = F }", "", ""),
    "drive": ("input drive_N", "", "drive cells.drive_N = F"),
}
OF_LINKS = {
    "initial": ("state initial_N = F", ""),
    "override": ("state override_N = 0", "override_N = F"),
    "parameter": ("param parameter_N = 0", "parameter_N = F"),
    "clock": ("state clock_N = 0\n  each step { clock_N = F }", ""),
    "event": ("state event_N = 0\n  on pre { event_N = F }", ""),
    "signal": ("state signal_N = 0\n  on bell { signal_N = F }", ""),
}
ONCE = ("initial", "override", "parameter")
STEPS = 12


def model(places, owner, head, network, functions=FUNCTIONS):
    def filled(k):
        return [place[k].replace("N", name).replace("F", functions[name][0])
                for place in places.values() for name in functions if len(place) > k and place[k]]

    items, overrides, ends = "\n  ".join(filled(0)), ", ".join(filled(1)), "\n".join(filled(2))
    recordings = "\n".join(f"record {owner}.{place}_{name}" for place in places for name in functions)
    return (f"timescale fast = 1 ms\nsignal bell from 0 ms every 1 ms\n{head}  {items}\n}}\n{network}"
            f"{{ {overrides} }}\n{ends}\ndrive cells.spike = [{', '.join(f'{k} ms' for k in range(1, STEPS + 1))}]\n"
            f"{recordings}\nrun {STEPS} ms\n")


def check(results, owner, places):
    samples = {}
    for place, (name, (call, distribution)) in itertools.product(places, FUNCTIONS.items()):
        _, values = results.values(f"{owner}.{place}_{name}")
        values = values[:1] if place in ONCE else values[2:]
        if place == "every":
            values = values[1::2]
        what = f"{call} as {place} of {owner}"
        test = chance.discrete if hasattr(distribution, "pmf") else chance.continuous
        test(what, values, distribution)
        chance.uncorrelated(what + ", neighbours", values[:, 1:], values[:, :-1])
        if len(values) > 1:
            chance.uncorrelated(what + ", steps", values[1:], values[:-1])
        samples[place, name] = values[-1]
    for a, b in itertools.combinations(samples, 2):
        chance.uncorrelated(f"{a} and {b} of {owner}", samples[a], samples[b])


CELLS = ("cells", "neuron cell {\n  spike when false {}\n", "population cells : cell[600] ")
LINKS = ("link", "neuron cell { spike when false {} }\nsynapse link {\n",
         "population cells : cell[24]\nconnect cells -> cells via link by all_to_all ")


def test_cells():
    check(oracle.run("--interpret", text=model(OF_CELLS, *CELLS)), "cells", OF_CELLS)


def test_links():
    check(oracle.run("--interpret", text=model(OF_LINKS, *LINKS)), "link", OF_LINKS)


def test_seeds_differ():
    text = model(OF_CELLS, *CELLS, {"normal": FUNCTIONS["normal"]})
    runs = [oracle.run("--interpret", "--seed", seed, text=text) for seed in ("1", "2", "1")]
    for place in OF_CELLS:
        one, two, again = (r.values(f"cells.{place}_normal")[1][-1] for r in runs)
        chance.uncorrelated(f"{place}: seeds", one, two)
        oracle.close(f"{place}: the same seed", again, one, 0)


def test_poisson_neurons():
    """A condition that draws at each step: counts are binomial, gaps geometric, elements have nothing to do with each other."""
    text = ("timescale fast = 0.5 ms\nneuron cell { param rate = 40 /s\n  spike when uniform(0, 1) < rate*dt {} }\n"
            "population cells : cell[400]\nrecord cells.spike\nrun 1 s\n")
    times, elements = oracle.run("--interpret", text=text).events("cells.spike")
    steps = numpy.rint(times / 0.5).astype(int) - 1
    fired = numpy.zeros((2000, 400), dtype=int)
    fired[steps, elements] = 1
    chance.discrete("spikes of an element", fired.sum(axis=0), stats.binom(2000, 0.02))
    chance.discrete("spikes of a step", fired.sum(axis=1), stats.binom(400, 0.02))
    gaps = numpy.concatenate([numpy.diff(numpy.flatnonzero(fired[:, k])) for k in range(400)])
    # The longest gaps do not fit into a run; those that begin in the first half are whole up to half a second.
    first = [numpy.flatnonzero(fired[1000:, k]) for k in range(400)]
    waiting = numpy.array([f[0] if len(f) else 1000 for f in first])
    chance.discrete("time to the next spike", waiting[waiting < 1000], stats.geom(0.02, loc=-1))
    chance.uncorrelated("successive gaps", gaps[1:], gaps[:-1])


def test_variation_of_intervals():
    """Intervals of a Bernoulli process are geometric, with a variation of sqrt(1 - p); numpy says the same of the spikes."""
    text = ("timescale fast = 0.5 ms\nneuron cell { param rate = 100 /s\n  spike when uniform(0, 1) < rate*dt {} }\n"
            "population cells : cell[300]\nrecord cells.spike\nmeasure cv = isi_cv(cells.spike)\nrun 10 s\n")
    results = oracle.run("--interpret", text=text)
    times, elements = results.events("cells.spike")
    gaps = [numpy.diff(numpy.sort(times[elements == k])) for k in range(300)]
    expected = numpy.mean([g.std() / g.mean() for g in gaps])
    assert abs(results.measure("cv") - expected) < 1e-9 * expected, (results.measure("cv"), expected)
    assert abs(expected - numpy.sqrt(1 - 0.05)) < 0.005, expected


def test_signal_and_timer():
    """A signal's value is drawn once for all; a timer's time for each element."""
    text = ("timescale fast = 1 ms\nsignal bell = normal(10, 3) from 0 ms every 1 ms\n"
            "neuron cell { state heard = 0, ended = -1\n  timer wait = exponential(40 ms)\n"
            "  on bell { heard = bell }\n  each step { if not wait and ended < 0 { ended = t/(1 ms) } } }\n"
            "population cells : cell[1500]\nrecord cells.heard[0..3]\nrecord cells.ended every 800 ms\nrun 800 ms\n")
    results = oracle.run("--interpret", text=text)
    heard = results.values("cells.heard")[1][1:]
    assert (heard == heard[:, :1]).all()
    chance.continuous("signal", heard[:, 0], stats.norm(10, 3))
    chance.uncorrelated("signal", heard[1:, 0], heard[:-1, 0])
    ended = results.values("cells.ended")[1][-1]
    wait = stats.expon(scale=40)
    k = numpy.arange(800)
    expected = (wait.cdf(k + 0.5) - wait.cdf(numpy.maximum(k - 0.5, 0))) * 1500
    expected[-1] += 1500 - expected.sum()
    chance.counted("timer", numpy.bincount(ended.astype(int), minlength=800), expected)


def test_flips():
    """Presentations with noise: each pixel of each presentation turns over with the probability."""
    ink = numpy.arange(400) % 3 == 0
    with open("ink.pgm", "w") as file:
        file.write("P2\n20 20\n255\n" + "\n".join("0" if black else "255" for black in ink) + "\n")
    text = ("timescale fast = 1 ms\nneuron cell { input I }\npattern ink = images(\"ink.pgm\")\n"
            "population cells : cell[20 x 20]\npresent ink on cells.I amplitude 1 flip 0.1 for 2 ms every 4 ms\n"
            "record cells.I\nrun 200 ms\n")
    shown = oracle.run("--interpret", text=text).values("cells.I")[1][1:].reshape(50, 4, 400)
    oracle.close("within a presentation", shown[:, 1], shown[:, 0], 0)
    oracle.close("between presentations", shown[:, 2:], numpy.zeros((50, 2, 400)), 0)
    flipped = (shown[:, 0] != ink).astype(int)
    chance.discrete("flips of a presentation", flipped.sum(axis=1), stats.binom(400, 0.1))
    chance.discrete("flips of a pixel", flipped.sum(axis=0), stats.binom(50, 0.1))
    chance.uncorrelated("presentations", flipped[1:], flipped[:-1])
