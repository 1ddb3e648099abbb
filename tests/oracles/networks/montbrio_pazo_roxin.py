# SPDX-License-Identifier: MIT
from math import pi

import oracle


def mean_field(t, x, current):
    r, v = x
    return (1 / pi + 2 * r * v) / 10, (v**2 - 5 + 15 * r + current - (pi * r) ** 2) / 10


def test_switch():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.05ms")
    times, r = coarse.series("field.r")
    exact = oracle.ode(mean_field, [0.1, -2], [(100, 0), (250, 3), (400, 0)], times)
    assert exact[-1, 0] > 5 * exact[999, 0], "no switch"
    oracle.of_order("r", r, fine.series("field.r")[1][::2], exact[:, 0])
    oracle.of_order("v", coarse.series("field.v")[1], fine.series("field.v")[1][::2], exact[:, 1])
