# SPDX-License-Identifier: MIT
"""Delay equations by the method of steps: in pieces of the greatest common part of the delays all that is delayed is known."""
import numpy
from scipy.integrate import solve_ivp

import oracle


def gain(x):
    return 1 / (1 + numpy.exp(-20 * x))


def by_steps(times, piece=1.0):
    solutions = []

    def past(t):
        if t <= 0:
            return numpy.array([0.3, 0.1])
        return solutions[min(int(t / piece), len(solutions) - 1)].sol(t)

    def rates(t, x):
        (E, I), (E_own, _), (_, I_own) = past(t - 7), past(t - 4), past(t - 4)
        return [(-x[0] + gain(-E_own - 0.4 * I + 0.2)) / 2, (-x[1] + gain(0.4 * E - I_own + 0.2)) / 2.5]

    state = [0.3, 0.1]
    for k in range(int(round(times[-1] / piece))):
        solutions.append(solve_ivp(rates, (k * piece, (k + 1) * piece), state, rtol=1e-9, atol=1e-10, first_step=0.05,
                                   dense_output=True))
        state = solutions[-1].y[:, -1]
    return numpy.array([past(t) for t in times])


def test_oscillation():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.05ms")
    times, E = coarse.series("E.u")
    exact = by_steps(times[::10])
    assert len(oracle.crossings(times[::10], exact[:, 0], exact[:, 0].mean())) > 4, "no oscillation"
    # A delayed contribution is held over a step as any other.
    oracle.of_order("E", E[::10], fine.series("E.u")[1][::20], exact[:, 0], order=1)
    oracle.of_order("I", coarse.series("I.u")[1][::10], fine.series("I.u")[1][::20], exact[:, 1], order=1)
