# SPDX-License-Identifier: MIT
from math import exp

import numpy

import oracle


def steady(x, half, width):
    return 1 / (1 + exp(-(x - half) / width))


def ELL(t, x):
    v, u, n, h_d, n_d, p_d = x
    soma = 6.5 + 55 * steady(v, -40, 3) ** 2 * (1 - n) * (40 - v) + 20 * n**2 * (-88.5 - v) + (u - v) / 0.4 + 0.18 * (-70 - v)
    dendrite = (5 * steady(u, -40, 5) ** 2 * h_d * (40 - u) + 15 * n_d**2 * p_d * (-88.5 - u) + (v - u) / 0.6
                + 0.18 * (-70 - u))
    return (soma, dendrite, (steady(v, -40, 3) - n) / 0.39, (steady(u, -52, -5) - h_d) / 1,
            (steady(u, -40, 5) - n_d) / 0.9, (steady(u, -65, -6) - p_d) / 5)


def test_tonic():
    _, exact = oracle.spiking(ELL, [-70, -70, 0, 0.97, 0, 0.7], [(120,)], 0.005, -20)
    assert numpy.ptp(numpy.diff(exact[2:])) < 1, exact
