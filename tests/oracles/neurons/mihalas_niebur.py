# SPDX-License-Identifier: MIT
"""Linear equations: a step is a matrix exponential; the threshold is looked at at the ends of steps."""
import numpy
import scipy.linalg

import oracle

DT = 0.1


def step(I_e):
    """Of (v, theta, I_1, I_2, 1)."""
    matrix = numpy.zeros((5, 5))
    matrix[0] = [-0.05, 0, 1, 1, I_e - 0.05 * 70]
    matrix[1] = [0.005, -0.01, 0, 0, 0.005 * 70 - 0.01 * 50]
    matrix[2, 2], matrix[3, 3] = -0.2, -0.02
    return scipy.linalg.expm(matrix * DT)


def simulated(count):
    on, off = step(2), step(0)
    x = numpy.array([-70, -50, 0.01, 0.001, 1])
    fired, spikes, states = False, [], [x]
    for n in range(count):
        if fired:
            x = numpy.array([-70, max(-60, x[1]), 10, x[3] - 0.6, 1])
        x = (on if 100 <= n < 3100 else off) @ x
        fired = x[0] > x[1]
        if fired:
            spikes.append((n + 1) * DT)
        states.append(x)
    return numpy.array(spikes), numpy.array(states)


def test_bursts():
    results = oracle.run()
    spikes, states = simulated(4000)
    assert len(spikes) > 10
    oracle.close("spikes", results.times("cell.spike"), spikes, 1e-9)
    oracle.close("v", results.series("cell.v")[1], states[:, 0], 1e-9)
    oracle.close("theta", results.series("cell.theta")[1], states[:, 1], 1e-9)
