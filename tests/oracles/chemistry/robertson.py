# SPDX-License-Identifier: MIT
import numpy

import oracle


def robertson(t, x):
    A, B, C = x
    first, second, third = 0.04 * A, 3e7 * B * B, 1e4 * B * C
    return third - first, first - second - third, second


def test_forty_seconds():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=5ms")
    times, A = coarse.series("cell.A")
    exact = oracle.ode(robertson, [1, 0, 0], [(40,)], times / 1000, atol=1e-16)
    oracle.close("A(40 s)", exact[-1], [0.7158, 9.185e-6, 0.2842], 5e-5)  # the value known of this problem
    oracle.of_order("A", A, fine.series("cell.A")[1][::2], exact[:, 0], kept=oracle.STIFF)
    later = times > 1000
    oracle.of_order("B", coarse.series("cell.B")[1][later], fine.series("cell.B")[1][::2][later], exact[later, 1],
                    kept=oracle.STIFF)
    for results in (coarse, fine):
        oracle.close("total", results.series("total")[1], numpy.ones(len(results.series("total")[1])), 1e-12)
