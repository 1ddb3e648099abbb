# SPDX-License-Identifier: MIT
import numpy

import oracle


def trajectory(count):
    x, y = -1.0, -3.5
    values = [x]
    for _ in range(count):
        following = 5.6 / (1 - x) + y if x <= 0 else 5.6 + y if x < 5.6 + y else -1.0
        y -= 0.01 * (x + 1 + 0.25)
        x = following
        values.append(x)
    return numpy.array(values)


def test_bursts():
    results = oracle.run()
    want = trajectory(500)
    spikes = numpy.flatnonzero((want[1:] > 0) & (want[:-1] <= 0)) + 1
    assert len(spikes) > 10 and numpy.ptp(numpy.diff(spikes)) > 10, "no bursts"
    oracle.close("x", results.series("cell.x")[1], want, 1e-9)
    oracle.close("spikes", results.times("cell.spike"), spikes, 1e-9)
