# SPDX-License-Identifier: MIT
import numpy

import oracle


def process(t, x):
    Ca, n = x[:30], x[30:]
    mu = 0.567 + 0.433 * 0.3 / 4.3
    flux = 8.1 * mu * n * (0.111 + 0.889 * Ca / (0.7 + Ca))
    padded = numpy.concatenate([Ca[:1], Ca, Ca[-1:]])
    diffusion = 5 * (padded[:-2] - 2 * Ca + padded[2:])
    return numpy.concatenate([flux - 2 * Ca / (0.1 + Ca) + 0.05 + diffusion, (0.49 / (0.49 + Ca**2) - n) / 2])


def exact_at(times):
    start = numpy.concatenate([numpy.where(numpy.arange(30) < 3, 1.0, 0.1), numpy.full(30, 0.95)])
    return oracle.ode(process, start, [(times[-1] / 1000,)], times / 1000, rtol=1e-10)[:, :30]


def compared(text, order):
    runs = [oracle.run("--timescale", f"fast={dt}", text=text) for dt in ("40ms", "20ms")]
    times, Ca = runs[0].values("process.Ca")
    exact = exact_at(times)
    reached = numpy.argmax(exact > 0.4, axis=0)
    assert exact[:, -1].max() > 0.4 and (numpy.diff(reached) >= 0).all() and reached[-1] > reached[5], "no wave"
    oracle.of_order("Ca", Ca, runs[1].values("process.Ca")[1], exact, order)


def test_stages():
    compared(oracle.text(), 2)


def test_implicit():
    compared(oracle.text().replace("coupling stages", "coupling implicit"), 2)


def test_held():
    compared(oracle.text().replace(" coupling stages", ""), 1)
