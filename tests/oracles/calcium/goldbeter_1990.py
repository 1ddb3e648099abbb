# SPDX-License-Identifier: MIT
import numpy

import oracle


def minimal(t, x):
    Z, Y = x
    v_2, v_3 = 65 * Z**2 / (1 + Z**2), 500 * Y**2 / (4 + Y**2) * Z**4 / (0.9**4 + Z**4)
    return (1 + 7.3 * 0.301 - v_2 + v_3 + Y - 10 * Z) / 1000, (v_2 - v_3 - Y) / 1000


def test_oscillation():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=2.5ms")
    times, Z = coarse.series("cell.Z")
    exact = oracle.ode(minimal, [0.1, 1.5], [(10000,)], times)
    peaks = oracle.crossings(times, exact[:, 0], 0.8)
    assert len(peaks) >= 5, peaks
    oracle.of_order("Z", Z, fine.series("cell.Z")[1][::2], exact[:, 0])
    oracle.of_order("Y", coarse.series("cell.Y")[1], fine.series("cell.Y")[1][::2], exact[:, 1])
    # A period of two seconds and spikes that rise within 50 ms, seen by steps of 5 ms.
    oracle.close("peaks", oracle.crossings(times, Z, 0.8), peaks, 5)
