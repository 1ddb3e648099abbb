# SPDX-License-Identifier: MIT
import oracle


def relaxation(t, x):
    v, w = x
    return v - v**3 / 3 - w + 0.5, (v + 0.7 - 0.8 * w) / 12.5


def test_train():
    _, exact = oracle.spiking(relaxation, [-1, 1], [(300,)], 0.05, 0)
    assert len(exact) == 8, exact


def test_trajectory():
    coarse = oracle.run("--timescale", "fast=0.1ms")
    fine = oracle.run()
    times, v = coarse.series("cell.v")
    exact = oracle.ode(relaxation, [-1, 1], [(300,)], times)
    oracle.of_order("v", v, fine.series("cell.v")[1][::2], exact[:, 0])
    oracle.of_order("w", coarse.series("cell.w")[1], fine.series("cell.w")[1][::2], exact[:, 1])
