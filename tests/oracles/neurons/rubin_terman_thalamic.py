# SPDX-License-Identifier: MIT
from math import exp

import oracle


def relay(t, x, current):
    v, h, r = x
    m_inf, p_inf = 1 / (1 + exp(-(v + 37) / 7)), 1 / (1 + exp(-(v + 60) / 6.2))
    h_inf, r_inf = 1 / (1 + exp((v + 41) / 4)), 1 / (1 + exp((v + 84) / 4))
    rate_h = 0.128 * exp(-(v + 46) / 18) + 4 / (1 + exp(-(v + 23) / 5))
    tau_r = 28 + exp(-(v + 25) / 10.5)
    ionic = (0.05 * (v + 70) + 3 * m_inf**3 * h * (v - 50) + 5 * (0.75 * (1 - h)) ** 4 * (v + 90)
             + 5 * p_inf**2 * r * v)
    return current - ionic, (h_inf - h) * rate_h, (r_inf - r) / tau_r


def test_rebound():
    _, exact = oracle.spiking(relay, [-65, 0.99, 0.02], [(100, 0), (400, -2), (600, 0)], 0.05, -20)
    assert len(exact) and (exact > 400).any(), exact
