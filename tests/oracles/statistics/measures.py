# SPDX-License-Identifier: MIT
"""Measures of noise and of a noisy oscillation, against NumPy on what was recorded."""

import numpy

import oracle

MODEL = """
timescale fast = 0.5 ms
neuron cell {
  state x = 0, turn = 0
  noise xi
  let wave = sin(6.283185307179586*t/(40 ms) + 0.3) + 0.05*x
  dx/dt = -x/(15 ms) + xi/(15 ms)^0.5
  spike when uniform(0, 1) < 0.02 {}
}
population cells : cell[20]
record cells.x
record cells.wave[3]
record cells.spike
measure tau = timescale(cells.x[7])
measure low = percentile(cells.x[7], 12.5)
measure mid = median(mean(cells.x))
measure dev = sd(cells.x[2])
measure rise = slope(cells.x[2])
measure both = correlation(cells.x[2], cells.wave[3])
measure chi = synchrony(cells.x)
measure period = period(cells.wave[3])
measure swing = amplitude(cells.wave[3])
measure fano = fano(cells.spike, window 50 ms)
measure gap = isi_mean(cells.spike)
run 4 s
"""


def correlation_time(x, dt, c=5):
    """Sokal's: sums of products one by one, without a transform."""
    x = x - x.mean()
    products = numpy.correlate(x, x, "full")[len(x) - 1:]
    sums = 0.5 + numpy.cumsum(products[1:] / products[0])
    lag = numpy.argmax(numpy.arange(1, len(sums) + 1) >= c * sums)
    return sums[lag] * dt


def cycles(times, x, band=0.1):
    """Upward crossings of the middle that go on to both sides, and the half heights between them."""
    middle, reach = (x.max() + x.min()) / 2, band * (x.max() - x.min())
    found, last, armed = [], None, x[0] < middle - reach
    for i in range(1, len(x)):
        if x[i - 1] < middle <= x[i]:
            last = i
        armed = armed or x[i] < middle - reach
        if armed and x[i] > middle + reach:
            found.append(last)
            armed = False
    exact = [times[i - 1] + (middle - x[i - 1]) / (x[i] - x[i - 1]) * (times[i] - times[i - 1]) for i in found]
    heights = [numpy.ptp(x[a:b]) / 2 for a, b in zip(found[:-1], found[1:])]
    return numpy.mean(numpy.diff(exact)), numpy.mean(heights)


def test_against_numpy():
    results = oracle.run("--interpret", text=MODEL)
    times, x = results.values("cells.x")
    wave = results.series("cells.wave")[1]
    period, swing = cycles(times, wave)
    assert abs(period - 40) < 1, period
    mean = x.mean(axis=1)
    fired_at, fired = results.events("cells.spike")
    counts = numpy.array([numpy.histogram(fired_at[fired == k], numpy.arange(0, 4001, 50) - 1e-6)[0] for k in range(20)])
    gaps = [numpy.diff(numpy.sort(fired_at[fired == k])).mean() for k in range(20)]
    expected = {
        "tau": correlation_time(x[:, 7], 0.5),
        "low": numpy.percentile(x[:, 7], 12.5),
        "mid": numpy.median(mean),
        "dev": x[:, 2].std(),
        "rise": numpy.polyfit(times, x[:, 2], 1)[0],
        "both": numpy.corrcoef(x[:, 2], wave)[0, 1],
        "chi": mean.std() / numpy.sqrt(x.var(axis=0).mean()),
        "period": period,
        "swing": swing,
        "fano": (counts.var(axis=1) / counts.mean(axis=1)).mean(),
        "gap": numpy.mean(gaps),
    }
    for name, want in expected.items():
        got = results.measure(name)
        assert abs(got - want) <= 1e-9 * abs(want), (name, got, want)
    assert 10 < expected["tau"] < 20, expected["tau"]
