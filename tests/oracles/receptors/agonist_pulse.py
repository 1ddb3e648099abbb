# SPDX-License-Identifier: MIT
import numpy

import oracle


def receptor(t, x, T):
    C, O, D = x[:3]
    T = x[3] if len(x) > 3 else T
    binding, falling = 13 * T * C - 0.2 * O, 0.1 * O - 0.01 * D
    return (-binding, binding - falling, falling) + ((-2 * T,) if len(x) > 3 else ())


def test_pulses():
    results = oracle.run()
    times, _ = results.series("a.O")
    pulse = oracle.ode(receptor, [1, 0, 0], [(2, 0), (3, 5), (10, 0)], times)[:, 1]
    puff = oracle.ode(receptor, [1, 0, 0, 0], [(2, 0), (10, 0)], times, behind=lambda k, x: x + [0, 0, 0, 5.0 * (k == 0)])[:, 1]
    assert pulse.max() > 0.9 and puff.max() > 0.9
    # The step is 6.5 time constants: the answer is that of a solver that keeps its error, 1% in what it follows.
    for name, want in (("a.O", pulse), ("b.O", pulse), ("c.O", puff)):
        oracle.close(name, results.series(name)[1], want, 0.01)
    for name in ("all_of_a", "all_of_c"):
        oracle.close(name, results.series(name)[1], numpy.ones(len(times)), 1e-12)
