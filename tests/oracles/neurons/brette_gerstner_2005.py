# SPDX-License-Identifier: MIT
"""From reset to reset: up to the cut-off the equations, then the end of the step, which is an element's where its condition is
met. From -20 mV on v takes 2 ns to any cut-off."""
import math

import numpy
from scipy.integrate import solve_ivp

import oracle

DT = 0.1


def rates(t, x, current):
    v, w = x
    return [(-30 * (v + 70.6) + 60 * math.exp(min((v + 50.4) / 2, 100)) - w + current) / 281, (4 * (v + 70.6) - w) / 144]


def crossed(t, x, current):
    return x[0] + 20


crossed.terminal = True


def train():
    spikes, now, x = [], 0.0, numpy.array([-70.6, 0.0])
    for until, current in ((10, 0), (410, 1000), (500, 0)):
        while now < until - 1e-9:
            found = solve_ivp(rates, (now, until), x, args=(current,), events=crossed, method="DOP853", rtol=1e-9,
                              atol=1e-9)
            x = found.y[:, -1]
            now = until
            if found.status == 1:
                now = math.ceil(found.t[-1] / DT - 1e-9) * DT
                spikes.append(now)
                x = numpy.array([-70.6, x[1] + 80.5])
    return numpy.array(spikes)


def test_cut_offs():
    results = oracle.run()
    want = train()
    assert len(want) == 14, want
    for k in range(3):
        oracle.close(f"spikes with a cut-off of {20 * k} mV", results.times("cells.spike", k), want, 1e-6)
