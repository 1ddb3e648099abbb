# SPDX-License-Identifier: MIT
"""The equations of Barto, Sutton and Anderson 1983 without friction, with the constants of the Gymnasium environment CartPole, in SI."""

import numpy
import oracle
import scipy.integrate

CHANNELS = {"position": 1e6, "velocity": 1e3, "angle": 1, "angular_velocity": 1e-3}  # what one of SI is inside
_results = []


def results():
    if not _results:
        _results.append(oracle.run())
    return _results[0]


def rates(x, force, cart=1.0, pole=0.1, half_length=0.5):
    mass = cart + pole
    sine, cosine = numpy.sin(x[2]), numpy.cos(x[2])
    push = (force + pole * half_length * x[3] ** 2 * sine) / mass
    turn = (9.8 * sine - cosine * push) / (half_length * (4 / 3 - pole * cosine ** 2 / mass))
    return numpy.array([x[1], push - pole * half_length * turn * cosine / mass, x[3], turn])


def moves(world, force):
    """State before, force, state after of each move that ends no trial; and how many trials ended."""
    steps = numpy.loadtxt(results().folder / (world + ".steps.csv"), delimiter=",", skiprows=1)
    states = numpy.array([results().values(f"{world}.{name}")[1][:, 0] / scale for name, scale in CHANNELS.items()]).T
    found = []
    for time, _, action, reward, terminated, truncated in steps:
        assert reward == 1
        k = round(time)
        if not terminated and not truncated and k < len(states):
            found.append((states[k - 1], force * (2 * action - 1), states[k]))
    return found, int(steps[:, 4:].sum())


def agrees(world, after, allowed, lean=numpy.radians(12), force=10.0):
    found, trials = moves(world, force)
    assert len(found) > 300 and trials >= 3, (len(found), trials)
    for before, push, then in found:
        expected = after(before, push)
        assert abs(then - expected).max() <= allowed, (world, before, push, then, expected)
        assert abs(then[2]) <= lean and abs(then[0]) <= 2.4, then


def integrated(duration, **constants):
    def after(x, push):
        done = scipy.integrate.solve_ivp(lambda _, y: rates(y, push, **constants), (0, duration), x, "DOP853", rtol=1e-13, atol=1e-14)
        return done.y[:, -1]
    return after


def test_finely():
    agrees("fine", integrated(0.02), 1e-9)


def test_other_constants():
    agrees("long_pole", integrated(0.03, cart=2.0, pole=0.3, half_length=0.8), 1e-9, lean=0.5, force=15.0)


def test_as_published():
    agrees("published", lambda x, push: x + 0.02 * rates(x, push), 1e-14)
