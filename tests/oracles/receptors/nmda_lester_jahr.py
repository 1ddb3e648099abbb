# SPDX-License-Identifier: MIT
from math import exp

import numpy

import oracle


def spine(t, x):
    glu, R, RA, RA2, O, D, v = x
    first, second = 0.01 * glu * R - 0.0047 * RA, 0.005 * glu * RA - 0.0094 * RA2
    opening, falling = 0.0465 * RA2 - 0.0916 * O, 0.0084 * RA2 - 0.0018 * D
    block = 1 / (1 + exp(-0.062 * v) / 3.57)
    return (-glu / 1.2, -first, first - second, second - opening - falling, opening, falling,
            (-0.5 * (v + 65) - O * block * v) / 10)


def test_desensitisation():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.0125ms")
    times, open_ = coarse.series("spine.O")
    puff = numpy.array([1000, 0, 0, 0, 0, 0, 0])  # every 40 ms, the first at 0
    start = numpy.array([0, 1, 0, 0, 0, 0, -65]) + puff
    exact = oracle.ode(spine, start, [(40 * k + 40,) for k in range(5)], times, behind=lambda k, x: x + puff)
    oracle.of_order("open", open_, fine.series("spine.O")[1], exact[:, 4], kept=oracle.STIFF)
    oracle.of_order("v", coarse.series("spine.v")[1], fine.series("spine.v")[1], exact[:, 6], kept=oracle.STIFF)
    oracle.close("receptors", fine.series("receptors")[1], numpy.ones(len(times)), 1e-12)
