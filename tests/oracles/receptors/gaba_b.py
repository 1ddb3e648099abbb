# SPDX-License-Identifier: MIT
import numpy

import oracle


def target(t, x, T):
    v, r, G = x
    return (5 * (-60 - v) + 10 * G**4 / (G**4 + 100) * (-95 - v)) / 100, 0.09 * T * (1 - r) - 0.0012 * r, 0.18 * r - 0.034 * G


def test_releases():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.05ms")
    times, v = coarse.series("cell.v")
    pieces = [(10, 0), (10.3, 0.5)]
    for k in range(10):
        pieces += [(600 + 5 * k, 0), (600.3 + 5 * k, 0.5)]
    exact = oracle.ode(target, [-60, 0, 0], pieces + [(1500, 0)], times)
    first, burst = (-60 - exact[times < 600, 0]).max(), (-60 - exact[:, 0]).max()
    assert burst > 100 * first > 0, (first, burst)
    oracle.of_order("v", v, fine.series("cell.v")[1], exact[:, 0])
    oracle.of_order("G", coarse.series("cell.G")[1], fine.series("cell.G")[1], exact[:, 2])
