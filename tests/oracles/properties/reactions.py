# SPDX-License-Identifier: MIT
"""Random networks of reactions: what no reaction changes (the left null space of the stoichiometry) stays as it is to
rounding, by every solver that can keep it, and the default converges to SciPy's answer."""

import functools

import numpy
import scipy.linalg

import oracle

NETWORKS = 12
SOLVERS = ("", "euler", "heun", "rk2", "rk4", "adaptive", "implicit")


class Network:
    """Two to six species; each reaction turns one to three molecules into as many others (so that nothing grows without
    bound), some back as well."""

    def __init__(self, seed):
        draws = numpy.random.default_rng(seed)
        self.n = int(draws.integers(2, 7))
        self.start = numpy.round(draws.uniform(0.5, 3, self.n), 3)
        self.reactions = []
        while len(self.reactions) < max(1, self.n - 1):
            molecules = draws.integers(1, 4)
            left, right = (numpy.bincount(draws.integers(0, self.n, molecules), minlength=self.n) for _ in "lr")
            if (left != right).any():
                back = round(draws.uniform(0.1, 1), 3) if draws.random() < 0.6 else 0
                self.reactions.append((left, right, round(draws.uniform(0.1, 1), 3), back))

    def text(self, name, solver):
        states = ", ".join(f"s{k} = {x} uM" for k, x in enumerate(self.start))
        lines = [f"astrocyte {name}{' using ' + solver if solver else ''} {{", f"  state {states}"]
        for left, right, forth, back in self.reactions:
            rates = [f"{rate} /s{'' if side.sum() == 1 else f'/uM^{side.sum() - 1}' if side.sum() > 2 else '/uM'}"
                     for rate, side in ((forth, left), (back, right)) if rate]
            lines.append(f"  reaction {side_of(left)} {'<->' if back else '->'} {side_of(right)} rates {', '.join(rates)}")
        return "\n".join(lines) + "\n}\n"

    def rates(self, t, x):
        change = numpy.zeros(self.n)
        for left, right, forth, back in self.reactions:
            change += (right - left) * (forth * numpy.prod(x**left) - back * numpy.prod(x**right))
        return change / 1000

    def totals(self):
        """One row for each combination of species that no reaction changes."""
        stoichiometry = numpy.array([right - left for left, right, _, _ in self.reactions])
        return scipy.linalg.null_space(stoichiometry).T


def side_of(numbers):
    return " + ".join(f"s{k}" if n == 1 else f"{n}*s{k}" for k, n in enumerate(numbers) if n)


NETS = [Network(seed) for seed in range(NETWORKS)]


@functools.cache
def states(solver, step, every=100, until=5000):
    """Of each network: times x species."""
    text = [f"timescale fast = {step} ms\n"]
    for k, net in enumerate(NETS):
        text.append(net.text(f"net{k}", solver) + f"population p{k} : net{k}\n")
        text += [f"record p{k}.s{j} every {every} ms\n" for j in range(net.n)]
    results = oracle.run("--interpret" if until / step < 20000 else "--quiet", text="".join(text) + f"run {until} ms\n")
    return [numpy.stack([results.series(f"p{k}.s{j}")[1] for j in range(net.n)], axis=1) for k, net in enumerate(NETS)]


def test_totals():
    assert sum(len(net.totals()) for net in NETS) > 1.2 * NETWORKS, "few totals to keep"
    for solver in SOLVERS:
        for k, (net, values) in enumerate(zip(NETS, states(solver, 5))):
            for row in net.totals():
                start = row @ net.start
                oracle.close(f"total of network {k} by {solver or 'default'}", values @ row, numpy.full(len(values), start),
                             1e-12 * (numpy.abs(row) @ net.start))


def test_default_converges():
    times = numpy.arange(0, 5001, 100)
    for k, net in enumerate(NETS):
        exact = oracle.ode(net.rates, net.start, [(5000,)], times)
        oracle.of_order(f"network {k}", states("", 10)[k], states("", 5)[k], exact)


def test_million_steps():
    """Extents are rounded before they are added, so that additions do not round: the totals stay to the last place."""
    values = states("", 0.1, every=100000, until=100000)
    for k, net in enumerate(NETS):
        for row in net.totals():
            oracle.close(f"total of network {k}", values[k] @ row, numpy.full(len(values[k]), row @ net.start),
                         1e-13 * (numpy.abs(row) @ net.start))
