# SPDX-License-Identifier: MIT
import numpy
import scipy.linalg

import oracle

C0, C1, C2, D1, D2, O = range(6)


def rates(transmitter):
    """Per ms; transmitter in mM."""
    matrix = numpy.zeros((6, 6))
    for a, b, forth, back in ((C0, C1, 13 * transmitter, 0.0059), (C1, C2, 13 * transmitter, 86), (C1, D1, 0.9, 0.064),
                              (C2, D2, 0.9, 0.064), (C2, O, 2.7, 0.2)):
        matrix[b, a] += forth
        matrix[a, a] -= forth
        matrix[a, b] += back
        matrix[b, b] -= back
    return matrix


def exact_at(count, dt):
    """Transmitter is constant between the ends of pulses: matrix exponentials of a step."""
    step = {T: scipy.linalg.expm(rates(T) * dt) for T in (0, 1)}
    states = [numpy.array([1, 0, 0, 0, 0, 0.0])]
    for n in range(count - 1):
        middle = (n + 0.5) * dt
        pulse = any(2 + 10 * k < middle < 3 + 10 * k for k in range(4))
        states.append(step[int(pulse)] @ states[-1])
    return numpy.array(states)


def test_pulses():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=0.025ms")
    times, open_ = coarse.series("patch.O")
    exact = exact_at(len(times), 0.05)
    assert exact[:, O].max() > 0.1
    oracle.of_order("open", open_, fine.series("patch.O")[1][::2], exact[:, O], kept=oracle.STIFF)
    oracle.of_order("D1", coarse.series("patch.D1")[1], fine.series("patch.D1")[1][::2], exact[:, D1], kept=oracle.STIFF)
    oracle.close("receptors", fine.series("receptors")[1][::2], numpy.ones(len(times)), 1e-12)
