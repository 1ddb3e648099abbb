# SPDX-License-Identifier: MIT
"""Random systems of coupled nonlinear equations about which nothing is said: what the compiler chooses is of second order.
Each state depends on some others, in both directions, in one, through lets, linearly or not, some fast and some slow."""

import functools

import numpy

import oracle

SYSTEMS = 24
FORMS = {
    # Text and function of another state y; strength w.
    "product": ("{w}*{x}*{y}/(1 + {y}^2)", lambda w, x, y: w * x * y / (1 + y * y)),
    "tanh": ("{w}*tanh({y})", lambda w, x, y: w * numpy.tanh(y)),
    "gate": ("{w}*(1 - {x})/(1 + exp(-2*{y}))", lambda w, x, y: w * (1 - x) / (1 + numpy.exp(-2 * y))),
    "linear": ("{w}*{y}", lambda w, x, y: w * y),
    "square": ("-{w}*{x}*{y}^2", lambda w, x, y: -w * x * y * y),
    "bump": ("{w}*exp(-({x} - {y})^2)", lambda w, x, y: w * numpy.exp(-((x - y) ** 2))),
    "self": ("{w}*sin({x}) + 0*{y}", lambda w, x, y: w * numpy.sin(x)),
}


class System:
    def __init__(self, seed):
        draws = numpy.random.default_rng(seed)
        self.n = int(draws.integers(2, 6))
        self.start = numpy.round(draws.uniform(-1, 1, self.n), 3)
        # Decays in 1/ms: of one system all slow, or one of them fast (seen by the step, or stiff).
        self.decay = numpy.round(draws.uniform(0.02, 0.2, self.n), 3)
        if seed % 3 == 2:
            self.decay[draws.integers(self.n)] = (1.5, 6)[seed // 3 % 2]
        self.constant = numpy.round(draws.uniform(-0.1, 0.1, self.n), 3)
        self.terms = []
        for k in range(self.n):
            for _ in range(draws.integers(1, 3)):
                other = int(draws.integers(self.n))
                form = list(FORMS)[draws.integers(len(FORMS))]
                self.terms.append((k, other, form, round(draws.uniform(0.02, 0.3), 3)))

    def text(self, name):
        states = ", ".join(f"x{k} = {x}" for k, x in enumerate(self.start))
        lines = [f"neuron {name} {{", f"  state {states}"]
        for number, (k, other, form, w) in enumerate(self.terms):
            lines.append(f"  let term{number} = " + FORMS[form][0].format(w=w, x=f"x{k}", y=f"x{other}"))
        for k in range(self.n):
            terms = "".join(f" + term{m}" for m, term in enumerate(self.terms) if term[0] == k)
            lines.append(f"  (1 ms)*dx{k}/dt = {self.constant[k]} - {self.decay[k]}*x{k}{terms}")
        return "\n".join(lines) + "\n}\n"

    def rates(self, t, x):
        change = self.constant - self.decay * x
        for k, other, form, w in self.terms:
            change[k] += FORMS[form][1](w, x[k], x[other])
        return change


@functools.cache
def states(step):
    text = [f"timescale fast = {step} ms\n"]
    for k, system in enumerate(map(System, range(SYSTEMS))):
        text.append(system.text(f"system{k}") + f"population p{k} : system{k}\n")
        text += [f"record p{k}.x{j} every 2 ms\n" for j in range(system.n)]
    results = oracle.run("--interpret", text="".join(text) + "run 60 ms\n")
    return [numpy.stack([results.series(f"p{k}.x{j}")[1] for j in range(System(k).n)], axis=1) for k in range(SYSTEMS)]


def test_order_of_the_default():
    times = numpy.arange(0, 61, 2.0)
    wrong = []
    for k in range(SYSTEMS):
        exact = oracle.ode(System(k).rates, System(k).start, [(60,)], times)
        try:
            oracle.of_order(f"system {k}", states(0.2)[k], states(0.1)[k], exact, kept=oracle.STIFF if k % 3 == 2 else 1e-8)
        except AssertionError as reason:
            wrong.append(f"{reason}\n{System(k).text('system')}")
    assert not wrong, "\n".join(wrong)
