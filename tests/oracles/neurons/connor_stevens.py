# SPDX-License-Identifier: MIT
from math import exp

import oracle


def walking_leg(t, x, current):
    """Rates in 1/ms; conductances in mS/mm^2 times mV is uA/mm^2, over 10 nF/mm^2: a hundred mV/ms."""
    v, m, h, n, a, b = x
    a_m, b_m = 0.38 * (v + 29.7) / (1 - exp(-0.1 * (v + 29.7))), 15.2 * exp(-0.0556 * (v + 54.7))
    a_h, b_h = 0.266 * exp(-0.05 * (v + 48)), 3.8 / (1 + exp(-0.1 * (v + 18)))
    a_n, b_n = 0.02 * (v + 45.7) / (1 - exp(-0.1 * (v + 45.7))), 0.25 * exp(-0.0125 * (v + 55.7))
    a_inf = (0.0761 * exp(0.0314 * (v + 94.22)) / (1 + exp(0.0346 * (v + 1.17)))) ** (1 / 3)
    b_inf = (1 + exp(0.0688 * (v + 53.3))) ** -4
    tau_a = 0.3632 + 1.158 / (1 + exp(0.0497 * (v + 55.96)))
    tau_b = 1.24 + 2.678 / (1 + exp(0.0624 * (v + 50)))
    ionic = 0.003 * (v + 17) + 1.2 * m**3 * h * (v - 55) + 0.2 * n**4 * (v + 72) + 0.477 * a**3 * b * (v + 75)
    return (current / 10 - 100 * ionic, a_m * (1 - m) - b_m * m, a_h * (1 - h) - b_h * h, a_n * (1 - n) - b_n * n,
            (a_inf - a) / tau_a, (b_inf - b) / tau_b)


def test_train():
    start = [-68, 0.01, 0.97, 0.16, 0.54, 0.29]
    _, exact = oracle.spiking(walking_leg, start, [(20, 0), (500, 100)], 0.02, -10)
    assert 3 <= len(exact) <= 20, exact
