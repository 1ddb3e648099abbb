# SPDX-License-Identifier: MIT
import numpy

import oracle


def learning(t, x, s_0, s_1):
    r_0, r_1, y, theta, w_0, w_1 = x
    change = y * (y - theta)
    return ((s_0 - r_0) / 0.005, (s_1 - r_1) / 0.005, (w_0 * r_0 + w_1 * r_1 - y) / 0.01, y**2 - theta,
            change * r_0, change * r_1)


def test_selectivity():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.5ms")
    times, w = coarse.values("bcm.w")
    pieces = [(0.1 * (k + 1), *((1.0, 0.3), (0.2, 0.9))[k % 2]) for k in range(200)]
    exact = oracle.ode(learning, [0, 0, 0, 0.5, 0.5, 0.6], pieces, times / 1000, rtol=1e-10)
    final = exact[-1, 4:]
    answers = numpy.array([final @ (1.0, 0.3), final @ (0.2, 0.9)])
    assert answers.max() > 4 * abs(answers.min()), answers
    oracle.of_order("w", w, fine.values("bcm.w")[1], exact[:, 4:], order=1)
    oracle.of_order("theta", coarse.series("output.theta")[1], fine.series("output.theta")[1], exact[:, 3], order=1)
