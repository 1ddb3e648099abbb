# SPDX-License-Identifier: MIT
import numpy

import oracle

I = numpy.arange(30)


def oscillators(t, theta, K):
    centre = numpy.exp(1j * theta).mean()
    return 10 + (I - 14.5) * 0.1 + K * numpy.imag(centre * numpy.exp(-1j * theta))


def compared(K, text, order, dt, finer):
    runs = [oracle.run("--timescale", f"fast={step}", "--set", f"sine.K={K} /s", text=text) for step in (dt, finer)]
    times, theta = runs[0].values("cells.theta")
    exact = oracle.ode(oscillators, 2 * numpy.pi * I * 7 / 30, [(6, K)], times / 1000)
    oracle.of_order(f"K = {K}", theta, runs[1].values("cells.theta")[1], exact, order)
    return abs(numpy.exp(1j * exact[-1]).mean())


def test_stages():
    assert compared(1, oracle.text(), 2, "20ms", "10ms") < 0.5
    assert compared(4, oracle.text(), 2, "20ms", "10ms") > 0.9


def test_held():
    compared(4, oracle.text().replace(" coupling stages", ""), 1, "2ms", "1ms")
