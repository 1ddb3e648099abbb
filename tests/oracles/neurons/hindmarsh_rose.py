# SPDX-License-Identifier: MIT
import numpy

import oracle


def bursting(t, x):
    v, y, z = x
    return y - v**3 + 3 * v**2 - z + 2, 1 - 5 * v**2 - y, 0.005 * (4 * (v + 1.6) - z)


def test_bursts():
    _, exact = oracle.spiking(bursting, [-1.3, -7, 2], [(600,)], 0.02, 0)
    assert (numpy.diff(exact) > 50).sum() >= 2, f"no bursts: {exact}"
