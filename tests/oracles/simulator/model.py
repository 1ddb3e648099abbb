# SPDX-License-Identifier: MIT
"""What a model is here, and how it is written in the language. All states, params and inputs are plain numbers; all
times are whole numbers of fast steps, unless a comment says own steps (those of the component's timescale)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Optional

from expression import renamed, text


@dataclass
class Event:
    name: str  # "spike" is the neuron's own
    kind: str  # level, edge, rises, falls, never
    of: tuple = None  # condition, or what crosses
    over: tuple = None  # the level that is crossed
    also: tuple = None  # ... and COND
    refractory: object = 0  # own steps, or the name of a time param
    block: list = field(default_factory=list)


@dataclass
class Equation:
    state: str
    rate: tuple  # 1/ms
    unless: tuple = None
    decay: float = 0  # of links: ms; the state decays in closed form, and rate is not used
    is_slow: bool = False  # on the slow timescale, in a component or link on the fast one
    on_events: bool = False


@dataclass
class Component:
    kind: str  # neuron, astrocyte, synapse
    name: str
    timescale: str = ""  # of synapses: "" is that of the fastest partner
    solver: str = "euler"  # of cells
    is_linear: bool = False  # coupling linear
    extends: bool = False  # written as an extension of another one
    reactions: list = field(default_factory=list)  # ({state: number}, {state: number}, rate, rate back); 1/ms
    params: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)  # params that are times: own steps
    functions: dict = field(default_factory=dict)  # name to (arguments, expression)
    defaults: dict = field(default_factory=dict)  # of synapses: name of astro to its value
    states: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)  # to a combiner, or ""
    timers: dict = field(default_factory=dict)  # own steps at the start
    lets: dict = field(default_factory=dict)
    equations: list = field(default_factory=list)
    items: list = field(default_factory=list)  # in their order: Event, ("on", name, block), ("every", own steps, block)
    contributions: list = field(default_factory=list)  # of synapses: (side, input, expression)


@dataclass
class Population:
    name: str
    component: Component
    size: int
    columns: int = 0  # of a grid
    spaced: Optional[tuple] = None  # spacing, x and y of the corner, in um
    overrides: dict = field(default_factory=dict)  # params and states to expressions; times to own steps (of i)

    def shape(self):
        shape = f"{self.size // self.columns} x {self.columns}" if self.columns else str(self.size)
        return f"[{shape}]" + (" spaced {} um at ({} um, {} um)".format(*self.spaced) if self.spaced else "")

    def grid(self):
        columns = self.columns or self.size
        return self.size // columns, columns

    def cell(self, number):
        return divmod(number, self.grid()[1])

    def place(self, number):
        """x, y by itself: in um, or in grid steps."""
        row, column = self.cell(number)
        spacing, x, y = self.spaced or (1, 0, 0)
        return (column + 0.5) * spacing + x, (row + 0.5) * spacing + y


def joint_place(p, number, other):
    """x, y in a connection with another population."""
    if p.spaced and other.spaced:
        return p.place(number)
    row, column = p.cell(number)
    steps = [max(a, b) / a for a, b in zip(p.grid(), other.grid())]
    return (column + 0.5) * steps[1], (row + 0.5) * steps[0]


@dataclass
class Connection:
    name: str
    source: Population
    target: Population
    synapse: Component
    rule: str
    pairs: list  # (source, target), in the order of links
    delay: Optional[tuple] = None  # an expression of post.i and pre.i, in fast steps
    back: int = 0
    partner: Optional[Population] = None
    partner_rule: str = ""
    partner_of: list = field(default_factory=list)  # per element of partner_side; None where there is none
    partner_side: str = "post"
    overrides: dict = field(default_factory=dict)  # params and states to expressions
    stages: bool = False


@dataclass
class Window:
    start: int = 0
    length: Optional[int] = None
    every: Optional[int] = None

    def contains(self, tick):
        if tick < self.start:
            return False
        since = tick - self.start
        if self.every is not None:
            since %= self.every
        return self.length is None or since < self.length

    def begins(self, tick):
        if self.every is not None:
            return tick >= self.start and (tick - self.start) % self.every == 0
        return tick == self.start


@dataclass
class Drive:
    population: Population
    input: str
    first: int
    last: int
    value: tuple  # of i and t
    window: Window
    phase: str = ""
    ink: Optional[set] = None  # of a pattern: the elements under it
    during: str = ""  # a phase, instead of the window
    written: str = ""  # where it is not a plain drive; "-" is written by a loop


@dataclass
class Driven:
    population: Population
    event: str
    first: int
    last: int
    times: list


@dataclass
class Signal:
    name: str
    schedules: list = field(default_factory=list)  # (value, Window)


@dataclass
class Record:
    name: str
    what: str  # values, mean, sum, max, min, events, links
    owner: object
    item: object  # an expression, or the name of an event or of a link's state
    every: int = 0
    phase: str = ""
    first: int = 0
    last: Optional[int] = None  # a slice of the elements, where one is given


@dataclass
class Measure:
    name: str
    function: str  # count, rate, mean, max, min, time_above, time_of_max, mean_max, max_mean, arrivals, formula
    owner: object
    item: object
    phase: str = ""
    threshold: float = 0


@dataclass
class Model:
    fast: Decimal  # ms
    ratio: int
    slowest: int  # steps of the third timescale, a multiple of ratio
    steps: int
    components: list = field(default_factory=list)
    populations: list = field(default_factory=list)
    connections: list = field(default_factory=list)
    drives: list = field(default_factory=list)
    driven: list = field(default_factory=list)
    signals: list = field(default_factory=list)
    phase_blocks: list = field(default_factory=list)  # (phase, Population, block)
    records: list = field(default_factory=list)
    measures: list = field(default_factory=list)
    files: dict = field(default_factory=dict)  # name to text
    head: list = field(default_factory=list)  # lines of patterns
    settings: dict = field(default_factory=dict)  # (population or connection, param) to a number: the variant
    chosen: dict = field(default_factory=dict)  # those that the run takes
    options: list = field(default_factory=list)  # by which it takes them

    def step_of(self, timescale):
        return {"slow": self.ratio, "slowest": self.slowest}.get(timescale, 1)

    def clock(self, ticks):
        return f"{ticks * self.fast} ms"

    def windows(self, phase):
        return [d.window for d in self.drives if d.phase == phase]


# ---- text ----


class Writer:
    def __init__(self, model):
        self.model = model
        self.clock = model.clock
        self.own = 1  # fast steps of an own step

    def value(self, e):
        return text(e, self.clock)

    def statement(self, s, prefix=""):
        if s[0] == "set":
            return f"{prefix}{s[1]} {s[2]} {self.value(s[3])}"
        if s[0] == "let":
            return f"let {s[1]} = {self.value(s[2])}"
        if s[0] == "add":
            return f"{s[1]}.{s[2]} {s[3]} {self.value(s[4])}"
        if s[0] == "start":
            return f"start {s[1]} for {self.length(s[2])}"
        if s[0] == "emit":
            return f"emit {s[1]}"
        other = f" else {{ {self.block(s[3], prefix)} }}" if s[3] else ""
        return f"if {self.value(s[1])} {{ {self.block(s[2], prefix)} }}{other}"

    def length(self, steps):
        return steps if isinstance(steps, str) else self.clock(steps * self.own)

    def block(self, block, prefix=""):
        return "; ".join(self.statement(s, prefix) for s in block)

    def condition(self, e):
        if e.kind == "never":
            return "false"
        if e.kind in ("level", "edge"):
            return self.value(e.of)
        also = f" and {self.value(e.also)}" if e.also else ""
        return f"{self.value(e.of)} {e.kind} {'above' if e.kind == 'rises' else 'below'} {self.value(e.over)}{also}"

    def item(self, item):
        if isinstance(item, Event):
            head = "spike" if item.name == "spike" else f"event {item.name}"
            refractory = f" refractory {self.length(item.refractory)}" if item.refractory else ""
            return f"{head} when {self.condition(item)}{refractory} {{ {self.block(item.block)} }}"
        kind, name, block = item
        if kind == "on":
            return f"on {name} {{ {self.block(block)} }}"
        head = "each step" if name == 1 else f"every {self.clock(name * self.own)}"
        return f"{head} {{ {self.block(block)} }}"

    def equation(self, e):
        if e.decay:
            how = " on slow" if e.is_slow else " on events" if e.on_events else ""
            return f"{e.decay!r} ms * d{e.state}/dt = -{e.state}{how}"
        unless = f" unless {self.value(e.unless)}" if e.unless else ""
        slow = " on slow" if e.is_slow else ""
        return f"d{e.state}/dt = {self.value(e.rate)}/(1 ms){slow}{unless}"

    def component(self, c, own):
        self.own = own
        lines = [f"param {k} = {v!r}" for k, v in c.params.items()]
        lines += [f"param {k} = {self.length(v)}" for k, v in c.times.items()]
        lines += [f"default astro.{k} = {v!r}" for k, v in c.defaults.items()]
        lines += [f"function {k}({', '.join(a)}) = {self.value(body)}" for k, (a, body) in c.functions.items()]
        lines += [f"state {k} = {self.value(v) if isinstance(v, tuple) else repr(v)}" for k, v in c.states.items()]
        lines += [f"input {k} {v}".rstrip() for k, v in c.inputs.items()]
        lines += [f"timer {k}" + (f" = {self.clock(v * own)}" if v else "") for k, v in c.timers.items()]
        lines += [f"let {k} = {self.value(v)}" for k, v in c.lets.items()]
        stepped = [self.equation(e) for e in c.equations]
        lines += [line + (" using euler" if not e.decay else "") if c.kind == "synapse" else line
                  for e, line in zip(c.equations, stepped)]
        lines += [f"{side}.{name} += {self.value(e)}" for side, name, e in c.contributions]
        lines += [f"reaction {self.side(a)} <-> {self.side(b)} rates {k!r}/(1 ms), {back!r}/(1 ms)" for a, b, k, back in c.reactions]
        lines += [self.item(i) for i in c.items]
        using = "" if c.kind == "synapse" or not (c.equations or c.reactions) else f" using {c.solver}"
        on = f" on {c.timescale}" if c.timescale else ""
        on += " coupling linear" if c.is_linear else ""
        before = ""
        if c.extends:
            before, on = self.base(c, on), f" extends base_{c.name}"
            lines = [line for line in lines if not line.startswith(("param p1", "input"))]
        return f"{before}{c.kind} {c.name}{on}{using} {{\n  " + "\n  ".join(lines) + "\n}"

    def base(self, c, on):
        """What is declared anew has other values here."""
        lines = [f"param {k} = {v if k == 'p1' else v + 1!r}" for k, v in c.params.items()]
        lines += [f"state {k} = 7" for k in c.states] + [f"input {k} {v}".rstrip() for k, v in c.inputs.items()]
        lines += [f"d{e.state}/dt = -{e.state}/(3 ms)" for e in c.equations]
        return f"{c.kind} base_{c.name}{on} {{\n  " + "\n  ".join(lines) + "\n}\n"

    @staticmethod
    def side(states):
        return " + ".join(f"{n}*{s}" if n > 1 else s for s, n in states.items())

    def window(self, w, phase=""):
        parts = [f"from {self.clock(w.start)}"] if w.start else []
        parts += [f"for {self.clock(w.length)}"] if w.length is not None else []
        parts += [f"every {self.clock(w.every)}"] if w.every is not None else []
        parts += [f"as {phase}"] if phase else []
        return "".join(" " + p for p in parts)

    def connection(self, c):
        delay = f" delay {self.delay(c.delay)}" if c.delay else ""
        back = f" back {self.clock(c.back)}" if c.back else ""
        of = " of pre" if c.partner_side == "pre" else ""
        partner = f" with {c.partner.name}{of} by {c.partner_rule}" if c.partner else ""
        stages = " coupling stages" if c.stages else ""
        return (f"connect {c.name}: {c.source.name} -> {c.target.name} via {c.synapse.name} by {c.rule}"
                f"{delay}{back}{stages}{partner}{self.overrides(c.overrides)}")

    def overrides(self, values, own=1):
        """Times are n own steps of an expression of i."""
        each = [f"{k} = {self.value(v) if v[0] != 'steps' else self.clock(own) + '*' + self.value(v[1])}" for k, v in values.items()]
        return f" {{ {', '.join(each)} }}" if each else ""

    def population(self, p):
        return f"population {p.name} : {p.component.name}{p.shape()}{self.overrides(p.overrides, self.own_steps(p.component))}"

    def delay(self, e):
        if e[0] == "ticks":
            return self.clock(e[1])
        return f"{self.clock(1)}*{self.value(e)}"

    def record(self, r):
        every = f" every {self.clock(r.every)}" if r.every else ""
        phase = f" during {r.phase}" if r.phase else ""
        if r.what in ("events", "links"):
            return f"record {r.owner.name}.{r.item}{every}{phase} as {r.name}"
        inner = self.of_owner(r.owner, r.item)
        inner += f"[{r.first}..{r.last}]" if r.last is not None else ""
        inner = inner if r.what == "values" else f"{r.what}({inner})"
        return f"record {inner}{every}{phase} as {r.name}"

    def of_owner(self, owner, item):
        return self.value(renamed(item, lambda name: f"{owner.name}.{name}"))

    def measure(self, m):
        phase = f" during {m.phase}" if m.phase else ""
        if m.function == "formula":
            return f"measure {m.name} = {self.value(m.item)}"
        if m.function == "arrivals":
            return f"measure {m.name} = count({m.owner.name}.pre)"
        if m.function in ("count", "rate"):
            return f"measure {m.name} = {m.function}({m.owner.name}.{m.item}{phase})"
        x = self.of_owner(m.owner, m.item)
        if m.function == "time_above":
            return f"measure {m.name} = time_above(mean({x}){phase}, {m.threshold!r})"
        if m.function == "time_of_max":
            return f"measure {m.name} = time_of_max(mean({x}){phase})"
        if "_" in m.function:
            outer, inner = m.function.split("_")
            return f"measure {m.name} = {outer}({inner}({x}){phase})"
        return f"measure {m.name} = {m.function}({x}{phase})"

    def drive(self, d):
        if d.written:
            return d.written
        slice_ = "" if (d.first, d.last) == (0, d.population.size - 1) else f"[{d.first}..{d.last}]"
        when = f" during {d.during}" if d.during else self.window(d.window, d.phase)
        return f"drive {d.population.name}.{d.input}{slice_} = {self.value(d.value)}{when}"

    def driven(self, d):
        slice_ = "" if (d.first, d.last) == (0, d.population.size - 1) else f"[{d.first}..{d.last}]"
        times = ", ".join(self.clock(t) for t in d.times)
        return f"drive {d.population.name}.{d.event}{slice_} = [{times}]"

    def signal(self, s):
        if not s.schedules:
            return f"signal {s.name}"
        return "\n".join(f"signal {s.name} = {self.value(v)}{self.window(w)}" for v, w in s.schedules)

    def model_text(self):
        m = self.model
        lines = [f"timescale fast = {m.fast} ms", f"timescale slow = {m.fast * m.ratio} ms",
                 f"timescale slowest = {m.fast * m.slowest} ms"] + m.head
        lines += [self.signal(s) for s in m.signals]
        lines += [self.component(c, self.own_steps(c)) for c in m.components]
        lines += [self.population(p) for p in m.populations]
        lines += [self.connection(c) for c in m.connections]
        lines += [self.drive(d) for d in m.drives if d.written != "-"]
        lines += [self.driven(d) for d in m.driven]
        for phase, p, block in m.phase_blocks:
            lines.append(f"on {phase} {{ {self.block(block, p.name + '.')} }}")
        lines += [self.record(r) for r in m.records]
        lines += [self.measure(x) for x in m.measures]
        if m.settings:
            values = ", ".join(f"{owner}.{name} = {x!r}" for (owner, name), x in m.settings.items())
            lines.append(f"variant other {{ {values} }}")
        lines.append(f"run {self.clock(m.steps)}")
        return "\n".join(lines) + "\n"

    def own_steps(self, c):
        if c.kind != "synapse":
            return self.model.step_of(c.timescale)
        return min((connection_step(self.model, x) for x in self.model.connections if x.synapse is c), default=1)


def connection_step(model, c):
    """Fast steps of a step of a connection's links."""
    if c.synapse.timescale:
        return model.step_of(c.synapse.timescale)
    return participants_step(model, c)


def participants_step(model, c):
    ends = [c.source, c.target] + ([c.partner] if c.partner else [])
    return min(model.step_of(p.component.timescale) for p in ends)


def write(model):
    return Writer(model).model_text()
