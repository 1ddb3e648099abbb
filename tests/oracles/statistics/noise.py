# SPDX-License-Identifier: MIT
"""White noise by every solver that takes it: what the scheme makes of it in closed form."""

import numpy
import scipy.linalg
from scipy import stats

import chance
import oracle

TAU, SIGMA, DT = 5.0, 2.0, 1.0


def ou(solver, head=""):
    return (f"timescale fast = 1 ms\n{head}neuron cell{' using ' + solver if solver else ''} {{\n"
            f"  param tau = {TAU} ms, sigma = {SIGMA}\n  state x = 7\n  noise xi\n"
            "  dx/dt = -x/tau + sigma*sqrt(2/tau)*xi\n}\npopulation cells : cell[1500]\n"
            "record cells.x\nrun 120 ms\n")


def scheme(solver):
    """The factor of a step and the standard deviation of what it adds."""
    a, g = DT / TAU, SIGMA * numpy.sqrt(2 / TAU * DT)
    if solver in ("", "exact"):
        return numpy.exp(-a), SIGMA * numpy.sqrt(1 - numpy.exp(-2 * a))
    if solver == "heun":
        return 1 - a + a * a / 2, g * (1 - a / 2)
    return 1 - a, g


def test_ornstein_uhlenbeck():
    for solver in ("", "exact", "euler_maruyama", "heun", "milstein"):
        _, x = oracle.run(text=ou(solver)).values("cells.x")
        factor, added = scheme(solver)
        what = f"OU by {solver or 'default'}"
        steps = (x[1:] - factor * x[:-1]) / added
        chance.continuous(what + ": what a step adds", steps[::6], stats.norm())
        chance.uncorrelated(what + ": successive steps", steps[1:], steps[:-1])
        chance.uncorrelated(what + ": neighbours", steps[:, 1:], steps[:, :-1])
        # A hundred steps on, what was there at the start is 1e-9 of it.
        stationary = added**2 / (1 - factor**2)
        chance.variance(what + ": variance", x[-1], stationary)
        chance.continuous(what + ": distribution", x[-1], stats.norm(0, numpy.sqrt(stationary)))
        for lag in (1, 5, 10):
            later = x[-1] - factor**lag * x[-1 - lag]
            chance.variance(f"{what}: autocorrelation at {lag} ms", later, stationary * (1 - factor ** (2 * lag)))
            chance.uncorrelated(f"{what}: autocorrelation at {lag} ms", later, x[-1 - lag])


def test_two_states():
    """x' = A x + B xi with two noises, exactly: covariance and correlation in time by Lyapunov's equation."""
    text = ("timescale fast = 2 ms\nneuron cell {\n  state u = 0, v = 0\n  noise xi\n  noise eta\n"
            "  du/dt = -u/(4 ms) + 0.5 /ms*v + 1 /sqrt(1 ms)*xi\n"
            "  dv/dt = -v/(10 ms) - 0.2 /ms*u + 0.5 /sqrt(1 ms)*xi + 0.7 /sqrt(1 ms)*eta\n}\n"
            "population cells : cell[2500]\nrecord cells.u every 2 ms\nrecord cells.v every 2 ms\nrun 100 ms\n")
    results = oracle.run(text=text)
    x = numpy.stack([results.values("cells.u")[1], results.values("cells.v")[1]], axis=2)
    A, B = numpy.array([[-0.25, 0.5], [-0.2, -0.1]]), numpy.array([[1, 0], [0.5, 0.7]])
    covariance = scipy.linalg.solve_continuous_lyapunov(A, -B @ B.T)
    whitened = numpy.linalg.solve(numpy.linalg.cholesky(covariance), x[-1].T)
    step = scipy.linalg.expm(2 * A)
    added = numpy.linalg.cholesky(covariance - step @ covariance @ step.T)
    fresh = numpy.linalg.solve(added, x[-1].T - step @ x[-2].T)
    for what, z in (("states", whitened), ("a step", fresh)):
        for k in range(2):
            chance.continuous(f"{what} {k}", z[k], stats.norm())
            chance.variance(f"{what} {k}", z[k], 1)
        chance.uncorrelated(what, z[0], z[1])
    chance.uncorrelated("a step and the one before", fresh[0], x[-2][:, 0])


def one_step(solver):
    """Geometric Brownian motion (Ito), one step of 100 ms from 1."""
    text = (f"timescale fast = 100 ms\nneuron cell using {solver} {{\n  param mu = 0.5 /s, sigma = 0.6 /sqrt(1 s)\n"
            "  state x = 1\n  noise xi\n  dx/dt = mu*x + sigma*x*xi\n}\npopulation cells : cell[20000]\n"
            "record cells.x every 100 ms\nrun 200 ms\n")
    return oracle.run(text=text).values("cells.x")[1]


def test_multiplicative():
    mu, sigma, h = 0.5, 0.6, 0.1
    s = sigma * numpy.sqrt(h)

    def increment(solver, z):
        """x after a step from 1, for a normal number z: it rises with z where that matters."""
        if solver == "euler_maruyama":
            return 1 + mu * h + s * z
        if solver == "milstein":
            return 1 + mu * h + s * z + s * s / 2 * (z * z - 1)
        drift = (mu - sigma**2 / 2) * h
        end = 1 + drift + s * z
        return 1 + drift * (1 + end) / 2 + s * z * (1 + end) / 2

    for solver in ("euler_maruyama", "milstein", "heun"):
        x = one_step(solver)
        z = numpy.linspace(-4, 6, 100001)
        table = increment(solver, z)
        rising = numpy.concatenate([[False], numpy.diff(table) > 0])
        for what, ratio in (("first", x[1]), ("second", x[2] / x[1])):
            sample = ratio[ratio > table[rising][0]]
            found = numpy.interp(sample, table[rising], z[rising])
            least = z[rising][0]
            chance.continuous(f"{solver}, {what} step", found, stats.truncnorm(least, numpy.inf))
        chance.uncorrelated(f"{solver}: steps", x[1], x[2] / x[1])


def test_slow_and_fast():
    """Noise of an astrocyte on a slower timescale goes by its own step, and a neuron that reads it does not change it."""
    text = ("timescale fast = 1 ms\ntimescale slow = 20 ms\n"
            "astrocyte glia on slow { state y = 0\n  noise xi\n  dy/dt = -y/(50 ms) + 1 /sqrt(1 ms)*xi }\n"
            "neuron cell { state v = 0\n  input I : /ms\n  noise xi\n  dv/dt = -v/(10 ms) + I + 1 /sqrt(1 ms)*xi }\n"
            "synapse up { post.I += 0.1 /ms*pre.y }\n"
            "population glia : glia[1500]\npopulation cells : cell[1500]\nconnect glia -> cells via up by one_to_one\n"
            "record glia.y every 20 ms\nrecord cells.v every 20 ms\nrun 600 ms\n")
    results = oracle.run(text=text)
    y, v = results.values("glia.y")[1], results.values("cells.v")[1]
    factor = numpy.exp(-20 / 50)
    fresh = (y[1:] - factor * y[:-1]) / numpy.sqrt(25 * (1 - factor**2))
    chance.continuous("steps of the slow one", fresh[::4], stats.norm())
    chance.variance("the slow one", y[-1], 25)
    # Between its ticks y stands still: v relaxes to y with 10 ms.
    rest = v[1:] - numpy.exp(-2.0) * v[:-1] - (1 - numpy.exp(-2.0)) * y[:-1]
    fresh = rest / numpy.sqrt(5 * (1 - numpy.exp(-4.0)))
    chance.continuous("the fast one", fresh[::4], stats.norm())
    chance.variance("the fast one", fresh[-1], 1)
    chance.uncorrelated("both", fresh, (y[1:] - factor * y[:-1]))
