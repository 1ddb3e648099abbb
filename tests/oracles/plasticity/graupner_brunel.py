# SPDX-License-Identifier: MIT
"""Calcium in closed form; the efficacy by pieces in which it is above the same thresholds."""
from math import exp, log

import numpy

import oracle

TAU_CA, THETA_D, THETA_P = 20, 1, 1.3


def rho_rate(t, x, up, down):
    rho = x[0]
    return [(-rho * (1 - rho) * (0.5 - rho) + 321.808 * (1 - rho) * up - 200 * rho * down) / 150000]


def exact_at(times, pre, post):
    """Calcium just behind each arrival; then when it falls through the thresholds."""
    arrivals = sorted([(t + 13.7, 1) for t in pre] + [(t, 2) for t in post])
    pieces, calcium, now = [], 0.0, 0.0
    for t, amount in arrivals + [(10000, 0)]:
        falls = [now + TAU_CA * log(calcium / theta) for theta in (THETA_P, THETA_D) if calcium > theta]
        for end in [f for f in falls if f < t] + [t]:
            middle = calcium * exp(-((pieces[-1][0] if pieces else 0) + end - 2 * now) / 2 / TAU_CA)
            pieces.append((end, middle > THETA_P, middle > THETA_D))
        calcium = calcium * exp(-(t - now) / TAU_CA) + amount
        now = t
    return oracle.ode(rho_rate, [0.4], pieces, times)[:, 0]


def test_efficacy():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.05ms")
    times, rho = coarse.values("calcium.rho")
    early, late = 100 + 1000 * numpy.arange(10), 130 + 1000 * numpy.arange(10)
    exact = numpy.stack([exact_at(times, early, late), exact_at(times, late, early)], axis=1)
    assert exact[-1, 0] > exact[-1, 1] + 0.03, exact[-1]
    # Thresholds are looked at at the start of a step: each time that they are passed counts up to a step more or less.
    finer = fine.values("calcium.rho")[1]
    for dt, got in ((0.1, rho), (0.05, finer)):
        oracle.close(f"rho with steps of {dt} ms", got, exact, 10 * 2 * dt * (321.808 + 200) / 150000)
