# SPDX-License-Identifier: MIT
from math import exp

import numpy

import oracle


def beta(t, x):
    v, n, Ca = x
    m_inf, n_inf = 1 / (1 + exp((-20 - v) / 12)), 1 / (1 + exp((-16 - v) / 5.6))
    I_Ca = m_inf * (v - 25)
    return (-(I_Ca + (2.7 * n + 2 * Ca / (Ca + 5)) * (v + 75)) / 5.3, (n_inf - n) / 20,
            0.004 * (-4.5e-3 * I_Ca - 0.04 * Ca))


def test_bursts():
    _, exact = oracle.spiking(beta, [-60, 0.0001, 0.1], [(10000,)], 0.5, -35)
    assert (numpy.diff(exact) > 500).sum() >= 2, f"no bursts: {exact}"
