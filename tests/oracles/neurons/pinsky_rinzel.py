# SPDX-License-Identifier: MIT
from math import exp

import numpy

import oracle


def gate(x, opening, closing):
    return opening * (1 - x) - closing * x


def CA3(t, x):
    v, v_d, h, n, s, c, q, Ca = x
    a_m, b_m = 0.32 * (13.1 - v) / (exp((13.1 - v) / 4) - 1), 0.28 * (v - 40.1) / (exp((v - 40.1) / 5) - 1)
    m_inf = a_m / (a_m + b_m)
    a_n, b_n = 0.016 * (35.1 - v) / (exp((35.1 - v) / 5) - 1), 0.25 * exp(0.5 - 0.025 * v)
    a_h, b_h = 0.128 * exp((17 - v) / 18), 4 / (1 + exp((40 - v) / 5))
    a_s, b_s = 1.6 / (1 + exp(-0.072 * (v_d - 65))), 0.02 * (v_d - 51.1) / (exp((v_d - 51.1) / 5) - 1)
    fall = 2 * exp((6.5 - v_d) / 27)
    a_c = exp((v_d - 10) / 11 - (v_d - 6.5) / 27) / 18.975 if v_d <= 50 else fall
    b_c = fall - a_c
    I_Ca = 10 * s**2 * (v_d - 140)
    soma = -0.1 * v - 30 * m_inf**2 * h * (v - 120) - 15 * n * (v + 15) + 2.1 * (v_d - v) / 0.5 + 0.75 / 0.5
    dendrite = -0.1 * v_d - I_Ca - (0.8 * q + 15 * c * min(Ca / 250, 1)) * (v_d + 15) + 2.1 * (v - v_d) / 0.5
    return (soma / 3, dendrite / 3, gate(h, a_h, b_h), gate(n, a_n, b_n), gate(s, a_s, b_s), gate(c, a_c, b_c),
            gate(q, min(2e-5 * Ca, 0.01), 0.001), -0.13 * I_Ca - 0.075 * Ca)


def test_burst():
    start = [-4.6, -4.5, 0.999, 0.001, 0.009, 0.007, 0.01, 0.2]
    _, exact = oracle.spiking(CA3, start, [(400,)], 0.02, 20)
    assert (numpy.diff(exact) < 15).any(), f"no burst: {exact}"
