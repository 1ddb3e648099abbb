# SPDX-License-Identifier: MIT
import numpy

import oracle


def modes(n):
    """Of diffusion between n neighbours on a line with closed ends: vectors and their rates, in units of F."""
    k, j = numpy.meshgrid(numpy.arange(n), numpy.arange(n))
    vectors = numpy.cos(numpy.pi * k * (j + 0.5) / n)
    return vectors / numpy.linalg.norm(vectors, axis=0), 2 - 2 * numpy.cos(numpy.pi * numpy.arange(n) / n)


def exact_at(times):
    (rows, r_rates), (columns, c_rates) = modes(12), modes(9)
    values = []
    for t in times / 1000:
        along_rows = (rows * numpy.exp(-2 * r_rates * t)) @ rows[4]
        along_columns = (columns * numpy.exp(-2 * c_rates * t)) @ columns[2]
        values.append(100 * numpy.exp(-t / 7) * numpy.outer(along_rows, along_columns).ravel())
    return numpy.array(values)


def compared(text, order, steps):
    runs = [oracle.run("--timescale", f"fast={dt}", text=text) for dt in steps]
    times, values = runs[0].values("sheet.IP3")
    later = times > 100
    oracle.of_order("IP3", values[later], runs[1].values("sheet.IP3")[1][later], exact_at(times[later]), order)
    return runs


def test_implicit():
    runs = compared(oracle.text(), 2, ("10ms", "5ms"))
    times, total = runs[0].series("total")
    oracle.close("total", total, 100 * numpy.exp(-times / 7000), 1e-8)


def test_stages():
    compared(oracle.text().replace("coupling implicit", "coupling stages"), 2, ("40ms", "20ms"))


def test_held():
    compared(oracle.text().replace(" coupling implicit", ""), 1, ("10ms", "5ms"))
