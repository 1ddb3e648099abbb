# SPDX-License-Identifier: MIT
from math import exp, pi, sin

import oracle


def loop(t, x):
    u, Z, Y = x
    v_2, v_3 = 65 * Z**2 / (1 + Z**2), 500 * Y**2 / (4 + Y**2) * Z**4 / (0.9**4 + Z**4)
    gain = 1 / (1 + exp(-4 * (Z + 0.3 * sin(2 * pi * t / 300) - 0.6)))
    return (gain - u) / 20, (1 + 7.3 * 1.2 * u - v_2 + v_3 + Y - 10 * Z) / 1000, (v_2 - v_3 - Y) / 1000


def without_fast_error(text, slow):
    """What the two populations do as fast steps go to zero (contributions are of first order in them)."""
    runs = [oracle.run("--timescale", f"fast={fast}ms", "--timescale", f"slow={slow}ms", text=text) for fast in (0.05, 0.025)]
    times, _ = runs[0].series("glia.Z")
    u, Z = ([r.series(name)[1] for r in runs] for name in ("cell.u", "glia.Z"))
    return times, 2 * u[1] - u[0], 2 * Z[1] - Z[0]


def compared(text, order, slow):
    (times, *coarse), (_, *fine) = without_fast_error(text, slow), without_fast_error(text, slow / 2)
    exact = oracle.ode(loop, [0.1, 0.1, 1.5], [(4000,)], times)
    assert len(oracle.crossings(times, exact[:, 1], 0.7)) >= 2, "no oscillation"
    for k, name in enumerate(("u", "Z")):
        oracle.of_order(name, coarse[k], fine[k], exact[:, k], order)


def test_linear():
    compared(oracle.text(), 2, 8)


def test_held():
    compared(oracle.text().replace(" coupling linear", ""), 1, 1)
