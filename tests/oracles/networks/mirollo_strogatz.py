# SPDX-License-Identifier: MIT
"""By the order of a step: resets and pulses of what fired in the step before, exponentials, thresholds."""
import numpy

import oracle

DT, TAU, S, EPS, N = 0.1, 20, 1.2, 0.01, 12


def simulated(count):
    x = 0.9 * numpy.sin(3.0 * numpy.arange(N)) ** 2
    fired = numpy.zeros(N, dtype=bool)
    decay = numpy.exp(-DT / TAU)
    times, elements = [], []
    for n in range(count):
        x = numpy.where(fired, 0, x)
        x = x + EPS * (fired.sum() - fired)
        x = S + (x - S) * decay
        fired = x >= 1
        times += [(n + 1) * DT] * fired.sum()
        elements += list(numpy.flatnonzero(fired))
    return numpy.array(times), numpy.array(elements), x


def test_synchrony():
    results = oracle.run()
    times, elements, x = simulated(10000)
    got = results.events("cells.spike")
    oracle.close("times", got[0], times, 1e-9)
    oracle.close("elements", got[1], elements, 0)
    oracle.close("x", results.values("cells.x")[1][-1], x, 1e-12)
    last = elements[times > times[-1] - 0.05]
    assert len(last) > 1, "nothing falls into step"
