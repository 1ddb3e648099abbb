# SPDX-License-Identifier: MIT
import numpy

import oracle


def oregonator(t, x):
    X, Y, Z = x
    return 77.27 * (Y + X * (1 - 8.375e-6 * X - Y)), (Z - (1 + X) * Y) / 77.27, 0.161 * (X - Z)


def test_cycle():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.5ms")
    times, X = coarse.series("cell.X")
    exact = oracle.ode(oregonator, [1, 2, 3], [(100,)], times / 1000)
    assert exact[:, 0].max() > 1e5
    # X grows by 77 a second before it bursts: it is right when the burst is, by a third of a step.
    oracle.close("log X", numpy.log(X), numpy.log(exact[:, 0]), 77 * 0.001 / 3)
    oracle.of_order("Z", coarse.series("cell.Z")[1], fine.series("cell.Z")[1], exact[:, 2])
