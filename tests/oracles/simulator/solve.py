# SPDX-License-Identifier: MIT
"""One step by the formulas of docs/numerics.md. rates(states, time) gives the rates (1/ms) of the states that move."""

import math


def exprel(x):
    return math.expm1(x) / x if x else 1.0


def moved(origin, by, slope):
    return {k: x + by * slope.get(k, 0.0) for k, x in origin.items()}


def own_slopes(rates, states, time):
    """df/dx of each state: of equations linear in their own state, so that a difference is exact."""
    here = rates(states, time)
    return {k: rates({**states, k: states[k] + 1}, time)[k] - here[k] for k in here}


def euler(rates, x, now, dt):
    return moved(x, dt, rates(x, now))


def euler_in_order(rates, x, now, dt):
    x = dict(x)
    for k in rates(x, now):
        x[k] += dt * rates(x, now)[k]
    return x


def heun(rates, x, now, dt):
    k1 = rates(x, now)
    k2 = rates(moved(x, dt, k1), now + dt)
    return moved(x, dt, {k: (k1[k] + k2[k]) / 2 for k in k1})


def rk4(rates, x, now, dt):
    k1 = rates(x, now)
    k2 = rates(moved(x, dt / 2, k1), now + dt / 2)
    k3 = rates(moved(x, dt / 2, k2), now + dt / 2)
    k4 = rates(moved(x, dt, k3), now + dt)
    return moved(x, dt, {k: (k1[k] + 2 * k2[k] + 2 * k3[k] + k4[k]) / 6 for k in k1})


def exponential_euler(rates, x, now, dt):
    f, a = rates(x, now), own_slopes(rates, x, now)
    return moved(x, dt, {k: exprel(a[k] * dt) * f[k] for k in f})


def exponential_midpoint(rates, x, now, dt):
    f, a = rates(x, now), own_slopes(rates, x, now)
    y = moved(x, dt / 2, {k: exprel(a[k] * dt / 2) * f[k] for k in f})
    f, a = rates(y, now + dt / 2), own_slopes(rates, y, now + dt / 2)
    return moved(x, dt, {k: exprel(a[k] * dt) * (f[k] + a[k] * (x[k] - y[k])) for k in f})


def exact(rates, x, now, dt):
    """The Taylor series of a linear system: its terms are differences of rates."""
    f = rates(x, now)
    term = {k: dt * f[k] for k in f}
    result = moved(x, 1, term)
    for n in range(2, 30):
        there = rates(moved(x, 1, term), now)
        term = {k: dt / n * (there[k] - f[k]) for k in f}
        result = moved(result, 1, term)
    return result


def with_flows(component, rates, value):
    """Rates of states, and what the reactions add to them by mass action."""
    for left, right, forth, back in component.reactions:
        flow = forth * math.prod(value(s) ** n for s, n in left.items()) - back * math.prod(value(s) ** n for s, n in right.items())
        for states, sign in ((left, -1), (right, 1)):
            for s, n in states.items():
                rates[s] = rates.get(s, 0.0) + sign * n * flow
    return rates


SOLVERS = {f.__name__.replace("euler_in_order", "euler in order"): f
           for f in (euler, euler_in_order, heun, rk4, exponential_euler, exponential_midpoint, exact)}
