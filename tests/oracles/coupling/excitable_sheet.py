# SPDX-License-Identifier: MIT
"""FitzHugh (1961), Nagumo et al. (1962), with diffusion between the elements of a sheet: coupled at the order of the solver."""

import numpy
import oracle

ROWS, COLS = 5, 4
TIMES = numpy.array([0.0, 4, 8, 12])


def rates(t, x):
    u, w = x.reshape(2, ROWS, COLS)
    flow = numpy.zeros((ROWS, COLS))
    flow[1:] += u[:-1] - u[1:]
    flow[:-1] += u[1:] - u[:-1]
    flow[:, 1:] += u[:, :-1] - u[:, 1:]
    flow[:, :-1] += u[:, 1:] - u[:, :-1]
    du = 3 * u * (1 - u) * (u - 0.13) - w + 0.2 * flow / 0.8
    return numpy.concatenate([du.ravel(), (0.05 * (u - 0.9 * w)).ravel()])


def exact():
    row, col = numpy.mgrid[0:ROWS, 0:COLS]
    u = numpy.where((row < 2) & (col < 2), 0.9, 0.1 * col / (1 + row))
    return oracle.ode(rates, numpy.concatenate([u.ravel(), numpy.full(ROWS * COLS, 0.02)]), [(12.0,)], TIMES, rtol=1e-13, atol=1e-14)


def found(word, solver, step):
    text = oracle.text().replace("WORD", word).replace("using SOLVER", f"using {solver}" if solver else "")
    results = oracle.run("--timescale", f"fast={step!r}ms", text=text)
    return numpy.hstack([results.values("sheet.u")[1], results.values("sheet.w")[1]])


def of_order(word, solver, order, step):
    oracle.of_order(f"{word}, {solver}", found(word, solver, step), found(word, solver, step / 2), exact(), order=order)


def test_held_is_of_first_order():
    of_order("hold", "rk4", 1, 0.2)


def test_stages():
    of_order("stages", "rk4", 4, 0.4)
    of_order("stages", "heun", 2, 0.2)
    of_order("stages", "", 4, 0.4)
    oracle.close("adaptive", found("stages", "adaptive(tolerance = 1e-9)", 2.0), exact(), 1e-7)


def test_implicit():
    of_order("implicit", "rk4", 2, 0.2)
    of_order("implicit", "", 2, 0.2)


def test_implicit_conserves():
    """Diffusion alone, at steps of up to a thousand times its time constants: the total stays, and all becomes even."""
    for step, steps in (("0.2 ms", 100000), ("20 ms", 20000), ("5 s", 2000)):
        results = oracle.run(text=f"""
timescale fast = {step}
astrocyte cell {{ state c = 0 uM
                 input J : uM/s
                 dc/dt = J }}
synapse along {{ param D = 900 um^2/s, dx = 1.5 um
                post.J += D/dx^2*(pre.c - post.c) }}
population grid : cell[6 x 9] {{ c = if row == 2 and col == 7 then 5.4 uM else 0 uM }}
population line : cell[1 x 40] {{ c = if col == 3 then 4 uM else 0 uM }}
connect over: grid -> grid via along by neighbours(4) coupling implicit
connect on: line -> line via along by neighbours(4) coupling implicit
record grid.c every {steps} * {step}
record line.c every {steps} * {step}
run {steps} * {step}
""")
        for name, count, total in (("grid.c", 54, 5.4), ("line.c", 40, 4.0)):
            last = results.values(name)[1][-1]
            oracle.close(f"total of {name} after {steps} steps of {step}", last.sum(), total, 1e-12 * total)
            oracle.close(f"{name} after {steps} steps of {step}", last, numpy.full(count, total / count), 1e-9)
