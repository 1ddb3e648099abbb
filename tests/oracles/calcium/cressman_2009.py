# SPDX-License-Identifier: MIT
from math import exp, log

import numpy

import oracle

START = [-60, 0.1, 0.95, 0.1, 8, 18]


def pyramidal(t, x):
    """Concentrations in mM (calcium: uM), slow flows per second."""
    v, n, h, Ca, K, Na = x
    K_i, Na_o = 140 + (18 - Na), 144 - 7 * (Na - 18)
    V_Na, V_K = 26.64 * log(Na_o / Na), 26.64 * log(K / K_i)
    a_m, b_m = 0.1 * (v + 30) / (1 - exp(-0.1 * (v + 30))), 4 * exp(-(v + 55) / 18)
    a_n, b_n = 0.01 * (v + 34) / (1 - exp(-0.1 * (v + 34))), 0.125 * exp(-(v + 44) / 80)
    a_h, b_h = 0.07 * exp(-(v + 44) / 20), 1 / (1 + exp(-0.1 * (v + 14)))
    m = a_m / (a_m + b_m)
    I_Na = (100 * m**3 * h + 0.0175) * (v - V_Na)
    I_K = (40 * n**4 + 0.01 * Ca / (1 + Ca) + 0.05) * (v - V_K)
    pump = 1.25 / (1 + exp((25 - Na) / 3)) / (1 + exp(5.5 - K))
    glia = 66 / (1 + exp((18 - K) / 2.5))
    return (-I_Na - I_K - 0.05 * (v + 81.93), 3 * (a_n * (1 - n) - b_n * n), 3 * (a_h * (1 - h) - b_h * h),
            -0.002 * 0.1 * (v - 120) / (1 + exp(-(v + 25) / 2.5)) - Ca / 80,
            (0.33 * 7 * I_K - 14 * pump - glia - 1.2 * (K - 8)) / 1000, (-0.33 * I_Na - 3 * pump) / 1000)


def test_spikes():
    _, exact = oracle.spiking(pyramidal, START, [(150,)], 0.01, 0)
    assert len(exact) == 6, exact


def test_uptake():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.005ms")
    times, K = coarse.series("cell.K_o")
    exact = oracle.ode(pyramidal, START, [(150,)], times)
    assert numpy.ptp(exact[:, 4]) > 0.1, "potassium stands still"
    oracle.of_order("K_o", K, fine.series("cell.K_o")[1], exact[:, 4] * 1000)
    oracle.of_order("Na_i", coarse.series("cell.Na_i")[1], fine.series("cell.Na_i")[1], exact[:, 5] * 1000)
