# SPDX-License-Identifier: MIT
import itertools

import numpy

import oracle

STATES = list(itertools.product((0, 1), repeat=3))  # (IP3, activating, inactivating)
START = {(0, 0, 0): 0.3, (1, 0, 0): 0.4, (1, 1, 0): 0.1, (1, 0, 1): 0.1, (1, 1, 1): 0.1}


def exchange(site, state):
    """Binding (per uM or for IP3 in all) and unbinding at a free site of a state, per second."""
    ip3, _, inactivating = state
    if site == 0:
        return (400 * 0.5, 377.36) if inactivating else (400 * 0.5, 52)
    if site == 1:
        return 20, 1.65
    return (0.2, 0.21) if ip3 else (0.2, 0.029)


def transitions():
    constant, by_calcium = numpy.zeros((8, 8)), numpy.zeros((8, 8))
    for state in STATES:
        for site in range(3):
            if state[site]:
                continue
            bound = tuple(1 if k == site else s for k, s in enumerate(state))
            a, b = STATES.index(state), STATES.index(bound)
            on, off = exchange(site, state)
            matrix = constant if site == 0 else by_calcium
            matrix[b, a] += on
            matrix[a, a] -= on
            constant[a, b] += off
            constant[b, b] -= off
    return constant / 1000, by_calcium / 1000


CONSTANT, BY_CALCIUM = transitions()


def store(t, x):
    Ca, S = x[0], x[1:]
    release = (6e-3 * S[STATES.index((1, 1, 0))] ** 3 + 0.11e-3) * ((2 - Ca) - 0.185 * Ca)
    flows = (CONSTANT + Ca * BY_CALCIUM) @ S
    return numpy.concatenate([[release - 0.9e-3 * Ca**2 / (Ca**2 + 0.01)], flows])


def test_oscillation():
    coarse, fine = oracle.run("--timescale", "fast=2ms"), oracle.run()
    times, Ca = coarse.series("cell.Ca")
    start = [0.1] + [START.get(s, 0) for s in STATES]
    exact = oracle.ode(store, start, [(30000,)], times)
    assert numpy.ptp(exact[1500:, 0]) > 0.3, "no oscillation"
    oracle.of_order("Ca", Ca, fine.series("cell.Ca")[1], exact[:, 0])
    oracle.of_order("S_110", coarse.series("cell.S_110")[1], fine.series("cell.S_110")[1],
                    exact[:, 1 + STATES.index((1, 1, 0))])
    oracle.close("receptors", fine.series("receptors")[1], numpy.ones(3001), 1e-12)
