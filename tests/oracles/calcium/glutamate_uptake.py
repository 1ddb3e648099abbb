# SPDX-License-Identifier: MIT
import numpy

import oracle


def uptake(t, x, release):
    Glu, T, TG, T_in, inside = x
    binding, transport, back = 0.018 * Glu * T - 0.18 * TG, 0.11 * TG, 0.09 * T_in
    return release - binding, back - binding, binding - transport, transport - back, transport


def test_uptake():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.01ms")
    times, Glu = coarse.series("cell.Glu")
    pieces = [piece for k in range(5) for piece in ((5 + 20 * k, 0), (5.2 + 20 * k, 1000))] + [(100, 0)]
    exact = oracle.ode(uptake, [0, 200, 0, 0, 0], pieces, times)
    oracle.of_order("Glu", Glu, fine.series("cell.Glu")[1], exact[:, 0])
    oracle.of_order("inside", coarse.series("cell.inside")[1], fine.series("cell.inside")[1], exact[:, 4])
    for results in (coarse, fine):
        oracle.close("transporters", results.series("transporters")[1], numpy.full(1001, 200), 200e-12)
        came = numpy.array([sum(min(max(t - 5 - 20 * k, 0), 0.2) for k in range(5)) for t in times]) * 1000
        oracle.close("glutamate", results.series("glutamate")[1], came, 1e-9)
