# SPDX-License-Identifier: MIT
import numpy

import oracle

SPIKES = [20, 45, 60, 82, 130, 150]
PULSES = [(25, 27, 30), (40, 42, 30), (75, 85, 12), (140, 143, 30)]


def rule(t, state, current):
    v, u_minus, u_plus, w, x = state
    potentiation = 1e-6 * x * max(v + 45.3, 0) * max(u_plus + 70.6, 0)
    return (-70.6 - v) / 10 + current, (v - u_minus) / 10, (v - u_plus) / 7, potentiation, -x / 15


def exact_at(times):
    """From one change to the next: spikes of pre, ends of pulses."""
    ends = sorted({*SPIKES, *(t for pulse in PULSES for t in pulse[:2]), 200})
    currents = [sum(p[2] for p in PULSES if p[0] <= begin < p[1]) for begin in [0] + ends]

    def behind(k, x):
        if ends[k] not in SPIKES:
            return x
        return x + numpy.array([0, 0, 0, -14e-5 * max(x[1] + 70.6, 0), 1])

    return oracle.ode(rule, [-70.6, -70.6, -70.6, 0.5, 0], list(zip(ends, currents)), times, behind=behind)


def test_weight():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.05ms")
    times, w = coarse.series("voltage_rule.w")
    exact = exact_at(times)[:, 3]
    assert exact.min() < 0.499 and exact.max() > 0.505, (exact.min(), exact.max())
    # The link sees its partner as it is at the start of each step. A recording at a spike's time stands before it arrives.
    oracle.of_order("w", w, fine.series("voltage_rule.w")[1], exact, order=1)
