# SPDX-License-Identifier: MIT
import oracle


def brusselator(t, x):
    X, Y = x
    return 1 - X + X**2 * Y - 3 * X, 3 * X - X**2 * Y


def test_cycle():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=5ms")
    times, X = coarse.series("cell.X")
    exact = oracle.ode(brusselator, [1, 1], [(40,)], times / 1000)
    assert len(oracle.crossings(times, exact[:, 0], 2)) >= 5
    oracle.of_order("X", X, fine.series("cell.X")[1][::2], exact[:, 0])
    oracle.of_order("Y", coarse.series("cell.Y")[1], fine.series("cell.Y")[1][::2], exact[:, 1])
