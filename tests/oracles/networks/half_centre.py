# SPDX-License-Identifier: MIT
import numpy

import oracle


def pair(t, x):
    v, h = x.reshape(2, 2)
    m, h_inf = 1 / (1 + numpy.exp(-(v + 65) / 7.8)), 1 / (1 + numpy.exp((v + 81) / 11))
    synaptic = 0.3 / (1 + numpy.exp(-(v[::-1] + 44) / 2)) * (-80 - v)
    dv = -0.3 * m**3 * h * (v - 120) - 0.1 * (v + 60) + synaptic
    return numpy.concatenate([dv, 3 * (h_inf - h) / (h_inf * numpy.exp((v + 162.3) / 17.8))])


def compared(text, order):
    coarse, fine = oracle.run(text=text), oracle.run("--timescale", "fast=0.05ms", text=text)
    times, v = coarse.values("cells.v")
    exact = oracle.ode(pair, [-60, -40, 0.1, 0.3], [(600,)], times)
    turns = oracle.crossings(times, exact[:, 0], -44)
    assert len(turns) > 2, turns
    oracle.of_order("v", v, fine.values("cells.v")[1][::2], exact[:, :2], order)


def test_stages():
    compared(oracle.text(), 2)


def test_held():
    compared(oracle.text().replace(" coupling stages", ""), 1)
