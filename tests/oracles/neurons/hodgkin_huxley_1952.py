# SPDX-License-Identifier: MIT
from math import exp

import oracle


def squid(t, x, current):
    v, m, h, n = x
    a_m, b_m = 0.1 * (v + 40) / (1 - exp(-(v + 40) / 10)), 4 * exp(-(v + 65) / 18)
    a_h, b_h = 0.07 * exp(-(v + 65) / 20), 1 / (1 + exp(-(v + 35) / 10))
    a_n, b_n = 0.01 * (v + 55) / (1 - exp(-(v + 55) / 10)), 0.125 * exp(-(v + 65) / 80)
    ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return current - ionic, a_m * (1 - m) - b_m * m, a_h * (1 - h) - b_h * h, a_n * (1 - n) - b_n * n


def test_train():
    _, exact = oracle.spiking(squid, [-65, 0.05, 0.6, 0.32], [(5, 0), (85, 10), (100, 0)], 0.02, 0)
    assert len(exact) == 6, exact
