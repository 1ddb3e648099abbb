# SPDX-License-Identifier: MIT
import functools

import numpy

import oracle

CELLS = numpy.arange(4)


def interneurons(t, x):
    v, h, n = x.reshape(3, 4)
    a_m, b_m = 0.1 * (v + 35) / (1 - numpy.exp(-(v + 35) / 10)), 4 * numpy.exp(-(v + 60) / 18)
    a_h, b_h = 0.07 * numpy.exp(-(v + 58) / 20), 1 / (1 + numpy.exp(-0.1 * (v + 28)))
    a_n, b_n = 0.01 * (v + 34) / (1 - numpy.exp(-0.1 * (v + 34))), 0.125 * numpy.exp(-(v + 44) / 80)
    m = a_m / (a_m + b_m)
    gap = 0.02 * (v.sum() - 4 * v)
    dv = 1 + 0.05 * CELLS + gap - 35 * m**3 * h * (v - 55) - 9 * n**4 * (v + 90) - 0.1 * (v + 65)
    return numpy.concatenate([dv, 5 * (a_h * (1 - h) - b_h * h), 5 * (a_n * (1 - n) - b_n * n)])


@functools.cache
def exact_spikes():
    start = numpy.concatenate([-64 + 2.0 * CELLS, numpy.full(4, 0.78), numpy.full(4, 0.09)])
    times = numpy.linspace(0, 60, 12001)
    exact = oracle.ode(interneurons, start, [(60,)], times, rtol=1e-9, atol=1e-10)
    return numpy.concatenate([oracle.crossings(times, exact[:, k], 0) for k in CELLS])


def compared(text, order):
    want = exact_spikes()
    assert len(want) > 12, want
    found = []
    for dt in (0.02, 0.01):
        results = oracle.run("--timescale", f"fast={dt}ms", text=text)
        at, v = results.values("cells.v")
        found.append(numpy.concatenate([oracle.crossings(at, v[:, k], 0) for k in CELLS]))
        events = numpy.concatenate([results.times("cells.spike", k) for k in CELLS])
        oracle.close("events", events, oracle.grid_after(found[-1], dt), 1e-6)
    oracle.of_order("spikes", *found, want, order)


def test_stages():
    compared(oracle.text(), 2)


def test_held():
    compared(oracle.text().replace(" coupling stages", ""), 1)
