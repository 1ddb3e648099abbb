# SPDX-License-Identifier: MIT
"""v = sqrt(I) tan(sqrt(I) t/tau + c) between spikes, which stand at the ends of steps, as do resets."""
import numpy

import oracle

DT, TAU, PEAK = 0.1, 10, 200


def phase(v, I):
    return numpy.arctan(v / numpy.sqrt(I)) * TAU / numpy.sqrt(I)


def train(I):
    """From 0 and then from the reset: each time to the peak, in whole steps."""
    steps, at = [], 0
    start = 0
    while at < 500 / DT:
        steps.append(int(numpy.ceil((phase(PEAK, I) - phase(start, I)) / DT)))
        at += steps[-1]
        start = -PEAK
    times = numpy.cumsum(steps) * DT
    return times[times <= 500 + 1e-9]


def test_spikes():
    results = oracle.run()
    for k in range(3):
        oracle.close(f"spikes of {k}", results.times("cells.spike", k), train(0.25 + 0.5 * k), 1e-9)


def test_potential():
    """Up to v = 10, between the first and the second spike of the first cell."""
    times, v = oracle.run().values("cells.v")
    first = train(0.25)[0]
    since = times - first
    want = 0.5 * numpy.tan((since + phase(-PEAK, 0.25)) * 0.5 / TAU)
    inside = (since > DT / 2) & (since < 60)
    # The reset is seen in the step after the spike; `adaptive` keeps 1e-6 a sub-step, and v falls from 200 to 1.
    oracle.close("v", v[inside, 0], want[inside], 1e-4 * numpy.maximum(1, numpy.abs(want[inside])))
