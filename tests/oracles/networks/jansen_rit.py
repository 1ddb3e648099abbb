# SPDX-License-Identifier: MIT
from math import exp

import oracle


def S(v):
    return 5 / (1 + exp(0.56 * (6 - v)))


def column(t, y):
    return (y[3], y[4], y[5], 325 * S(y[1] - y[2]) - 200 * y[3] - 1e4 * y[0],
            325 * (150 + 108 * S(135 * y[0])) - 200 * y[4] - 1e4 * y[1],
            1100 * 33.75 * S(33.75 * y[0]) - 100 * y[5] - 2500 * y[2])


def test_alpha():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.5ms")
    times, eeg = coarse.series("EEG")
    exact = oracle.ode(column, [0] * 6, [(2,)], times / 1000)
    exact = exact[:, 1] - exact[:, 2]
    assert 16 <= len(oracle.crossings(times, exact, exact[1000:].mean())) <= 26
    oracle.of_order("EEG", eeg, fine.series("EEG")[1][::2], exact)
