# SPDX-License-Identifier: MIT
from math import cosh, tanh

import oracle


def barnacle(t, x):
    v, w = x
    m_inf, w_inf = (1 + tanh((v + 1.2) / 18)) / 2, (1 + tanh((v - 2) / 30)) / 2
    return (90 - 4.4 * m_inf * (v - 120) - 8 * w * (v + 84) - 2 * (v + 60)) / 20, 0.04 * (w_inf - w) * cosh((v - 2) / 60)


def test_train():
    _, exact = oracle.spiking(barnacle, [-60, 0.014], [(1000,)], 0.05, 0)
    assert len(exact) == 10, exact
