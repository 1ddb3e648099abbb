# SPDX-License-Identifier: MIT
"""In closed form: what each spike gives is the product of three recoveries from the spike before."""
from math import exp

import numpy

import oracle

SPIKES = [50, 70, 90, 110, 160, 400, 405, 1000, 1100, 1200, 3000, 8000]


def amplitudes():
    F = D1 = D2 = 1.0
    last, found = 0, []
    for t in SPIKES:
        F, D1, D2 = (1 + (x - 1) * exp(-(t - last) / tau) for x, tau in ((F, 94), (D1, 380), (D2, 9200)))
        found.append(F * D1 * D2)
        F, D1, D2, last = F + 0.917, D1 * 0.416, D2 * 0.975, t
    return numpy.array(found)


def test_amplitudes():
    times, g = oracle.run().series("post.g")
    steps = numpy.diff(g)
    arrived = numpy.flatnonzero(steps)
    # A spike at the end of a step arrives in the next one.
    oracle.close("arrivals", times[arrived + 1], numpy.array(SPIKES) + 0.1, 1e-9)
    oracle.close("amplitudes", steps[arrived], amplitudes(), 1e-12)
