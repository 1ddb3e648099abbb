# SPDX-License-Identifier: MIT
"""Random models from a seed: small, bounded, and of as many features at once as fit. MASKED names features that are
left out."""

import random
from decimal import Decimal

import model as m
import rules
from expression import names_in

MASKED = {
    "time_in_slow_unless",  # at an arrival between two ticks: the page leaves open whether t is that of the slow step or of the fast one
}


class Generator:
    def __init__(self, seed, without=frozenset()):
        self.random = random.Random(seed)
        self.has_time = True  # whether conditions may ask for t
        self.functions = {}  # of the component that is made
        self.without = MASKED | set(without)

    def chance(self, p, feature=None):
        drawn = self.random.random() < p
        return drawn and feature not in self.without

    def number(self, low, high):
        return round(self.random.uniform(low, high), 4)

    def pick(self, things):
        return self.random.choice(things)

    # ---- expressions: all bounded by a few units ----

    def atom(self, names):
        return ("name", self.pick(names)) if names and self.chance(0.7) else ("number", self.number(-1, 1))

    def smooth(self, names, depth=2):
        if depth == 0:
            return self.atom(names)
        kind = self.pick(["+", "-", "*", "tanh", "max", "min", "clip", "if", "atom"])
        a, b = self.smooth(names, depth - 1), self.smooth(names, depth - 1)
        for name, (arguments, body) in self.functions.items():
            if self.chance(0.2):
                return ("apply", name, arguments, body, a, b)
        if kind in "+-":
            return (kind, a, b)
        if kind == "*":
            return ("*", ("call", "tanh", a), b)
        if kind == "tanh":
            return ("call", "tanh", ("*", ("number", self.number(0.5, 2)), a))
        if kind in ("max", "min"):
            return ("call", kind, a, b)
        if kind == "clip":
            return ("call", "clip", a, ("number", -0.9), ("number", 1.1))
        if kind == "if":
            return ("if", self.condition(names), a, b)
        return self.atom(names)

    def condition(self, names, timers=()):
        kind = self.random.random()
        if timers and kind < 0.4:
            c = ("name", self.pick(timers))
            return ("not", c) if self.chance(0.5) else c
        if kind > 0.85 and self.has_time and "time" not in self.without:
            return (self.pick(["<", "<=", ">", ">="]), ("time",), ("ticks", self.random.randint(0, 40)))
        c = (self.pick(["<", ">"]), self.atom(names) if not names else ("name", self.pick(names)),
             ("number", self.number(-0.6, 0.9)))
        if self.chance(0.2):
            return (self.pick(["and", "or"]), c, self.condition(names, timers))
        return c

    # ---- cells ----

    def statements(self, states, names, timers, emits, depth=1, own=2):
        block = []
        for _ in range(self.random.randint(1, own)):
            kind = self.random.random()
            if kind < 0.55 or not states:
                value = self.smooth(names, 1)
                if states:
                    op = self.pick(["=", "+=", "-=", "*="])
                    value = ("call", "tanh", value) if op in ("=", "*=") else ("*", ("number", 0.3), ("call", "tanh", value))
                    block.append(("set", self.pick(states), op, value))
            elif kind < 0.7 and timers:
                block.append(("start", self.pick(timers), self.random.randint(1, 6)))
            elif kind < 0.8 and emits:
                block.append(("emit", self.pick(emits)))
            elif depth and kind > 0.8:
                other = self.statements(states, names, timers, emits, 0) if self.chance(0.5) else []
                then = self.statements(states, names, timers, emits, 0)
                if then:
                    block.append(("if", self.condition(names, timers), then, other))
        return block

    def component(self, name, slow):
        c = m.Component(self.pick(["neuron", "astrocyte"]), name, slow)
        if slow or self.chance(0.3):
            c.kind = "astrocyte"
        for k in range(self.random.randint(1, 2)):
            c.params[f"p{k}"] = self.number(-1, 1)
        states = [f"x{k}" for k in range(self.random.randint(1, 3))]
        for s in states:
            c.states[s] = self.number(-1, 1)
        timers = [f"w{k}" for k in range(self.random.randint(0, 2))] if "timers" not in self.without else []
        for w in timers:
            c.timers[w] = self.random.randint(0, 8)
        if self.chance(0.3, "time_params"):
            c.times["T0"] = self.random.randint(1, 5)
        if self.chance(0.3, "functions"):
            self.function(c)
        if self.chance(0.2, "states_by_params"):
            c.states["x0"] = ("*", ("number", c.states["x0"]), ("name", "p0"))
        for k in range(self.random.randint(1, 2)):
            c.inputs[f"n{k}"] = self.pick(["mean", "sum", "max", "min", "last"]) if slow else ""
        names = states + list(c.params)
        if self.chance(0.15, "places_in_cells"):
            c.lets["place"] = ("+", ("*", ("number", 0.1), ("name", "row")), ("*", ("number", -0.2), ("name", "col")))
            names = names + ["place"]
        self.functions = c.functions
        if self.chance(0.5, "lets"):
            c.lets["l0"] = self.smooth(names, 1)
            names = names + ["l0"]
        inputs = list(c.inputs)
        self.solver(c)
        for s in states:
            if self.chance(0.8):
                readable = [n for n in names if n != s and n not in c.lets] if c.solver.startswith("exp") else names
                readable = [n for n in names if n in c.params] if c.solver == "exact" else readable
                is_slow = not slow and self.chance(0.15, "slow_equations")
                pull = ("*", ("number", self.number(0.05, 0.2) / (4 if slow or is_slow else 1)), ("-", self.smooth(readable + inputs), ("name", s)))
                self.has_time = not slow or "time_in_slow_unless" not in self.without
                unless = self.condition(names, timers) if self.chance(0.25, "unless") else None
                self.has_time = True
                c.equations.append(m.Equation(s, pull, unless, is_slow=is_slow))
        if len(states) > 1 and c.solver in ("euler", "heun", "rk4") and self.chance(0.3, "reactions"):
            self.reaction(c, states)
        c.extends = self.chance(0.2, "extends")
        c.is_linear = slow and self.chance(0.3, "linear")
        self.events(c, states, names, timers)
        self.clocked(c, states, names + (inputs if slow else []), timers)
        return c

    def solver(self, c):
        if self.chance(0.4, "solvers"):
            c.solver = self.pick(["heun", "rk4"])
        elif self.chance(0.3, "linear_solvers"):
            c.solver = self.pick(["exact", "exponential_euler", "exponential_midpoint"])
        elif self.chance(0.1, "in_order"):
            c.solver = "euler in order"

    def reaction(self, c, states):
        left, right = {states[0]: self.random.randint(1, 2)}, {states[1]: 1}
        if len(states) > 2:
            left[states[2]] = 1
        c.reactions.append((left, right, self.number(0, 0.02), self.number(0, 0.02)))
        for e in c.equations:
            e.unless, e.is_slow = None, False

    def function(self, c):
        body = ("+", ("call", "tanh", ("name", "a")), ("*", ("number", 0.3), ("name", "b")))
        body = ("+", body, ("*", ("number", 0.2), ("name", "p0"))) if self.chance(0.5) else body
        c.functions["f0"] = (("a", "b"), body)

    def population(self, name, c):
        p = m.Population(name, c, self.random.randint(1, 4))
        if self.chance(0.4):
            p.columns = self.random.randint(1, 4)
            p.size = p.columns * self.random.randint(1, 3)
        if self.chance(0.3, "spaced"):
            p.spaced = (self.random.randint(1, 4) * 10, self.random.randint(-2, 2) * 10, self.random.randint(-2, 2) * 5)
        place = [("name", n) for n in ("i", "row", "col")] + [("length" if p.spaced else "name", n) for n in "xy"]
        before = []
        for k in c.params:
            if self.chance(0.3, "overrides"):
                p.overrides[k] = ("+", ("number", self.number(-1, 1)), self.small(self.pick(place + before)))
            before.append(("name", k))
        for k in c.times:
            if self.chance(0.3, "overrides"):
                p.overrides[k] = ("steps", ("+", ("number", 1), ("name", "i")))
        for k in c.states:
            if self.chance(0.3, "overrides"):
                p.overrides[k] = ("+", ("number", self.number(-1, 1)), self.small(self.pick(place + before)))
        return p

    def small(self, e):
        return ("*", ("number", 0.01 if e[0] == "length" else 0.1), e)

    def events(self, c, states, names, timers):
        count = self.random.randint(0, 3)
        events = []
        for k in range(count):
            name = "spike" if k == 0 and c.kind == "neuron" else f"e{k}"
            kinds = ["level", "rises", "falls", "never"] if name == "spike" else ["edge", "rises", "falls", "never"]
            e = m.Event(name, self.pick(kinds))
            x = ("name", self.pick(states))
            if e.kind in ("level", "edge"):
                e.of = self.condition(names, timers) if self.chance(0.3) else (">", x, ("number", self.number(-0.3, 0.7)))
            elif e.kind != "never":
                e.of, e.over = x, ("number", self.number(-0.4, 0.6))
                e.also = self.condition(names, timers) if self.chance(0.3, "also") else None
            if self.chance(0.4, "refractory"):
                e.refractory = self.pick(list(c.times) or [self.random.randint(1, 5)])
            events.append(e)
        emits = [e.name for e in events] if "emit" not in self.without else []
        emits = emits + (self.signals if "emit_signal" not in self.without else [])
        self.has_time = not c.timescale or "time_in_slow_events" not in self.without
        for e in events:
            e.block = self.statements(states, names, timers, emits)
            c.items.append(e)
        for e in events:
            if self.chance(0.3, "on_own"):
                c.items.append(("on", e.name, self.statements(states, names, timers, [])))
        self.has_time = True
        for s in self.signals:
            if self.chance(0.4, "on_signal"):
                c.items.append(("on", s, self.statements(states, names + [s], timers, emits)))

    def clocked(self, c, states, names, timers):
        emits = [i.name for i in c.items if isinstance(i, m.Event)] if "emit" not in self.without else []
        if self.chance(0.3, "each"):
            c.items.append(("every", 1, self.statements(states, names, timers, emits, own=1)))
        if self.chance(0.3, "every"):
            c.items.append(("every", self.random.randint(2, 5), self.statements(states, names, timers, emits)))

    # ---- links ----

    def readable(self, component, side, with_lets=True):
        names = list(component.states) + list(component.params) + (list(component.lets) if with_lets else [])
        return [f"{side}.{n}" for n in names]

    def rule(self, source, target):
        s, t = source.size, target.size
        same = source is target
        if same and source.columns and self.chance(0.5, "neighbours"):
            return self.neighbours(source)
        if self.chance(0.3, "distances"):
            both = source.spaced and target.spaced
            step = max(source.spaced[0], target.spaced[0]) if both else 1
            return rules.by_distance(source, target, self.pick([0.7, 1.2, 1.7]), step)
        if self.chance(0.2, "nearest"):
            return rules.nearest(source, target)
        tilings = rules.tilings(source, target) if not same and source.size > target.size else []
        if tilings and self.chance(0.7, "tiles"):
            return rules.tiles(source, target, self.pick(tilings))
        kind = self.pick(["all_to_all", "file"] + (["one_to_one"] if s == t else []) + ["where"])
        if kind == "all_to_all":
            return kind, [(a, b) for b in range(t) for a in range(s) if not (same and a == b)]
        if kind == "one_to_one":
            return kind, [(a, a) for a in range(s)]
        if kind == "where":
            d = self.random.randint(-1, 1)
            pairs = [(a, b) for b in range(t) for a in range(s) if a + d >= b and not (same and a == b)]
            return f"where(pre.i + {d} >= post.i)" if d >= 0 else f"where(pre.i - {-d} >= post.i)", pairs
        lines = [(self.random.randrange(s), self.random.randrange(t)) for _ in range(self.random.randint(1, 8))]
        name = f"table{len(self.model.connections)}.csv"
        text = "".join(f"{a},{b}\n" for a, b in lines)
        self.model.files[name] = text
        pairs = sorted(lines, key=lambda p: (p[1], p[0]))
        return f'file("{name}") self', pairs

    def neighbours(self, p):
        count, columns = self.pick([4, 8]), p.columns

        def is_beside(a, b):
            rows, cols = abs(a // columns - b // columns), abs(a % columns - b % columns)
            return rows + cols == 1 or (count == 8 and rows == 1 and cols == 1)

        return f"neighbours({count})", [(a, b) for b in range(p.size) for a in range(p.size) if is_beside(a, b)]

    def connection(self, number):
        source, target = self.pick(self.model.populations), self.pick(self.model.populations)
        rule, pairs = self.rule(source, target)
        if not pairs:
            return
        y = m.Component("synapse", f"s{number}")
        c = m.Connection(f"c{number}", source, target, y, rule, pairs)
        if self.chance(0.3, "partner"):
            self.partner(c)
        if self.chance(0.2, "slow_links"):
            y.timescale = "slow"
        if self.chance(0.35, "delay"):
            c.delay = ("ticks", self.random.randint(1, 6))
            if self.chance(0.5, "own_delays"):
                c.delay = ("+", ("number", 1), ("+", ("name", "post.i"), ("*", ("number", 2), ("name", "pre.i"))))
            if self.chance(0.5, "back"):
                c.back = self.random.randint(1, 4)
        self.functions = {}
        self.synapse(y, c)
        self.link_overrides(c)
        self.stages(c)
        self.model.components.append(y)
        self.model.connections.append(c)

    def partner(self, c):
        """One that fits, by a rule that fits; where some links are without, the synapse has defaults."""
        c.partner = p = self.pick([p for p in self.model.populations if p.component.kind == "astrocyte"] or [None])
        if not p:
            return
        c.partner_side = "pre" if self.chance(0.3, "of_pre") else "post"
        of = c.source if c.partner_side == "pre" else c.target
        tilings = rules.tilings(of, p)
        kinds = ["nearest"] + (["one_to_one"] * 2 if p.size == of.size else []) + (["tiles"] * 2 if tilings else []) + ["where"]
        kind = self.pick([k for k in kinds if f"partner_{k}" not in self.without])
        if kind == "one_to_one":
            c.partner_rule, c.partner_of = kind, list(range(of.size))
        elif kind == "nearest":
            c.partner_rule, c.partner_of = rules.partner_by_nearest(of, p)
        elif kind == "tiles":
            c.partner_rule, c.partner_of = rules.partner_by_tiles(of, p, self.pick(tilings))
        else:
            c.partner_rule, c.partner_of = rules.partner_by_where(of, p, c.partner_side, self.random.randint(-1, 1))
        if None in c.partner_of or self.chance(0.1, "defaults"):
            c.synapse.defaults = {n.partition(".")[2]: self.number(-1, 1) for n in self.readable(p.component, "astro")}

    def stages(self, c):
        """Coupling at stages, where nothing forbids it."""
        y, ends = c.synapse, [c.source.component, c.target.component]
        is_plain = y.contributions and not y.equations and not y.timescale and not c.delay and not c.partner
        clocked = any(i[0] == "every" for i in y.items)
        if not is_plain or clocked or any(e.timescale for e in ends) or not self.chance(0.5, "stages"):
            return
        c.stages = True
        for end in ends:
            end.solver = self.stage_solver
            for e in end.equations:
                e.is_slow = False

    def link_overrides(self, c):
        """Of the places and params of the ends."""
        far = [("length" if c.source.spaced and c.target.spaced else "name", "distance"), ("name", "pre.i"), ("name", "post.col"),
               ("name", "post.p0")]
        for k in ["g"] + list(c.synapse.states):
            if self.chance(0.3, "link_overrides"):
                c.overrides[k] = ("call", "tanh", ("+", ("number", self.number(0, 1)), self.small(self.pick(far))))

    def synapse(self, y, c):
        y.params = {"g": self.number(0.1, 0.8)}
        states = [f"w{k}" for k in range(self.random.randint(0, 2))]
        for s in states:
            y.states[s] = self.number(0, 1)
        ends = {"pre": c.source.component, "post": c.target.component}
        if c.partner:
            ends["astro"] = c.partner.component
        far = sum((self.readable(e, side) for side, e in ends.items()), [])
        near = states + ["g"]
        for s in states:
            if self.chance(0.6, "link_equations"):
                if self.chance(0.5):
                    y.equations.append(m.Equation(s, (), decay=self.number(3, 30)))
                    y.equations[-1].is_slow = self.chance(0.2, "link_on_slow")
                    y.equations[-1].on_events = not y.equations[-1].is_slow and self.chance(0.3, "on_events")
                else:
                    y.equations.append(m.Equation(s, ("*", ("number", 0.1), ("-", ("number", 0.4), ("name", s)))))
        sides = ["post", "post", "pre"] + (["astro"] if c.partner else [])
        self.has_time = not y.timescale or "time_in_slow_links" not in self.without
        for _ in range(self.random.randint(0, 2)):
            side = self.pick(sides)
            inputs = list(ends[side].inputs)
            if side == "pre" and c.delay or not inputs or "contributions" in self.without:
                continue
            value = self.smooth(far + near)
            if self.chance(0.3, "gaps"):
                value = ("+", value, ("-", ("name", "pre.x0"), ("name", "post.x0")))
            y.contributions.append((side, self.pick(inputs), ("*", ("number", 0.3), value)))
        self.has_time = True
        self.link_events(y, c, ends, states, far, near)
        too_slow = self.model.ratio % m.connection_step(self.model, c)
        read = set().union(*(names_in(e) for _, _, e in y.contributions))
        for e in y.equations:
            e.is_slow = e.is_slow and not too_slow
            e.on_events = e.on_events and e.state not in read and not y.timescale
        if states and self.chance(0.3, "link_clock"):
            y.items.append(("every", self.pick([1, 2, 3]), self.statements(states, near, [], [], 0, 1)))

    def link_events(self, y, c, ends, states, far, near):
        triggers = [(f"{side}.{e.name}" if e.name != "spike" else side) for side, component in ends.items()
                    for e in component.items if isinstance(e, m.Event)]
        triggers += self.signals
        for trigger in triggers:
            if not self.chance(0.6, "link_events"):
                continue
            names = far + near + ([trigger] if trigger in self.signals else [])
            block = self.statements(states, names, [], [], 1, 1) if states else []
            for _ in range(self.random.randint(0, 2)):
                self.increment(block, ends, names)
            if block:
                y.items.append(("on", trigger, block))

    def increment(self, block, ends, names):
        side = self.pick(list(ends))
        component = ends[side]
        inputs = [n for n, combiner in component.inputs.items() if combiner in ("", "sum", "mean")]
        if "event_inputs" in self.without:
            inputs = []
        things = list(component.states) + inputs
        value = ("*", ("number", 0.2), ("call", "tanh", self.smooth(names, 1)))
        block.append(("add", side, self.pick(things), self.pick(["+=", "-="]), value))

    # ---- the experiment ----

    def window(self):
        w = m.Window(self.random.randint(0, 20))
        if self.chance(0.7):
            w.length = self.random.randint(1, 15)
            if self.chance(0.4):
                w.every = w.length + self.random.randint(1, 15)
        return w

    def experiment(self):
        model = self.model
        phases = []
        for k in range(self.random.randint(0, 4)):
            p = self.pick(model.populations)
            first = self.random.randrange(p.size)
            d = m.Drive(p, self.pick(list(p.component.inputs)), first, self.random.randrange(first, p.size),
                        ("+", ("number", self.number(-1, 1)), ("*", ("number", 0.1), ("name", "i"))), self.window())
            if self.chance(0.3, "drives_of_t"):
                d.value = ("+", d.value, ("*", ("number", 0.01), ("ms",)))
            if "drives" in self.without:
                continue
            if self.chance(0.5, "phases"):
                d.phase = self.pick(["cue", "test"])
                phases.append(d.phase)
            model.drives.append(d)
        if self.chance(0.3, "loops"):
            self.loop()
        if self.chance(0.5, "patterns"):
            self.pattern(phases)
        if phases and self.chance(0.3, "drives_during"):
            p = self.pick(model.populations)
            model.drives.append(m.Drive(p, self.pick(list(p.component.inputs)), 0, p.size - 1, ("number", self.number(-1, 1)),
                                        m.Window(), during=self.pick(phases)))
        self.set_params()
        for phase in sorted(set(phases)):
            if self.chance(0.3, "phase_blocks"):
                p = self.pick(model.populations)
                model.phase_blocks.append((phase, p, self.statements(list(p.component.states), list(p.component.states), [], [], 0)))
        for p in model.populations:
            for e in p.component.items:
                if isinstance(e, m.Event) and self.chance(0.3, "driven"):
                    first = self.random.randrange(p.size)
                    times = sorted(self.random.sample(range(1, model.steps), min(5, model.steps - 1)))
                    if p.component.timescale == "slow" and "driven_at_tick" in self.without:
                        times = [t for t in times if t % model.ratio] or [1]
                    model.driven.append(m.Driven(p, e.name, first, self.random.randrange(first, p.size), times))
        self.outputs(sorted(set(phases)))

    def loop(self):
        """for over a range or over values, each round a drive."""
        p = self.pick(self.model.populations)
        name, start, length = self.pick(list(p.component.inputs)), self.random.randint(1, 9), self.random.randint(1, 9)
        values = [self.random.randint(-2, 2) for _ in range(self.random.randint(1, 4))]
        head, value = f"k, d in {values}", "d"
        if self.chance(0.5):
            values, head, value = list(range(len(values))), f"k in 0..{len(values) - 1}", "k"
        clock = self.model.clock
        written = f"for {head} {{ drive {p.name}.{name} = 0.2*{value} from k*{clock(start)} for {clock(length)} }}"
        for k, d in enumerate(values):
            self.model.drives.append(m.Drive(p, name, 0, p.size - 1, ("number", 0.2 * d), m.Window(k * start, length), written=written))
            written = "-"

    def pattern(self, phases):
        """Two images of a grid; one is presented, and the other weighs a drive."""
        fitting = [p for p in self.model.populations if p.columns]
        if not fitting:
            return
        p = self.pick(fitting)
        rows, columns = p.grid()
        inks = []
        for k in range(2):
            pixels = [self.pick([0, 126, 127, 255]) for _ in range(p.size)]
            lines = [" ".join(map(str, pixels[r * columns:(r + 1) * columns])) for r in range(rows)]
            self.model.files[f"image{k}.pgm"] = f"P2\n{columns} {rows}\n255\n" + "\n".join(lines) + "\n"
            inks.append({n for n, x in enumerate(pixels) if x < 127})
        self.model.head.append('pattern image[2] = images("image{}.pgm")')
        name, w, amplitude = self.pick(list(p.component.inputs)), self.window(), self.number(-1, 1)
        phase = self.pick(["cue", "test", ""])
        phases += [phase] if phase else []
        written = f"present image[0] on {p.name}.{name} amplitude {amplitude}{m.Writer(self.model).window(w, phase)}"
        whole = (p, name, 0, p.size - 1)
        self.model.drives.append(m.Drive(*whole, ("number", amplitude), w, phase, inks[0], written=written))
        written = f"drive {p.name}.{name} = {amplitude}*image[1]"
        self.model.drives.append(m.Drive(*whole, ("number", amplitude), m.Window(), "", inks[1], written=written))

    def set_params(self):
        """A variant, and whether the run takes it or sets the same by --set."""
        things = [(p.name, k) for p in self.model.populations for k in p.component.params]
        things += [(c.name, "g") for c in self.model.connections]
        if not self.chance(0.3, "variants"):
            return
        self.model.settings = {thing: self.number(-1, 1) for thing in self.random.sample(things, min(2, len(things)))}
        kind = self.pick(["none", "variant", "set"])
        if kind != "none":
            self.model.chosen = self.model.settings
        if kind == "variant":
            self.model.options = ["--variant", "other"]
        if kind == "set":
            self.model.options = [w for (owner, k), x in self.model.settings.items() for w in ("--set", f"{owner}.{k}={x!r}")]

    def outputs(self, phases):
        model = self.model
        for p in model.populations:
            for name in p.component.states:
                phase = self.pick(phases) if phases and self.chance(0.15, "during") else ""
                r = m.Record(f"{p.name}_{name}", "values", p, ("name", name), 0, phase)
                if self.chance(0.2) and not p.columns:
                    r.first = self.random.randrange(p.size)
                    r.last = self.random.randrange(r.first, p.size)
                model.records.append(r)
            for name in p.component.inputs:
                if self.is_plain_input(p, name):
                    model.records.append(m.Record(f"{p.name}_{name}", "values", p, ("name", name)))
            if self.chance(0.4):
                name = self.pick(list(p.component.states))
                what = self.pick(["mean", "sum", "max", "min"])
                every = self.random.randint(1, 4) * model.step_of(p.component.timescale)
                model.records.append(m.Record(f"{p.name}_some", what, p, ("name", name), every))
            if self.chance(0.3, "record_expressions"):
                things = list(p.component.states) + list(p.component.params) + list(p.component.lets)
                self.functions = {}
                item = ("+", ("name", self.pick(list(p.component.states))), self.smooth(things))
                what = self.pick(["values", "values", "mean", "max"])
                model.records.append(m.Record(f"{p.name}_made", what, p, item))
            for e in p.component.items:
                if isinstance(e, m.Event):
                    model.records.append(m.Record(f"{p.name}_{e.name}_events", "events", p, e.name))
                    phase = self.pick(phases) if phases and self.chance(0.5) else ""
                    model.measures.append(m.Measure(f"m_{p.name}_{e.name}", self.pick(["count", "rate"]), p, e.name, phase))
            name = self.pick(list(p.component.states))
            function = self.pick(["mean", "max", "min", "time_above", "time_of_max", "mean_max", "max_mean"])
            phase = self.pick(phases) if phases and self.chance(0.3, "during") and function != "time_above" else ""
            model.measures.append(m.Measure(f"m_{p.name}", function, p, ("name", name), phase, self.number(-0.5, 0.5)))
        counts = [x.name for x in model.measures if x.function == "count"]
        if counts and self.chance(0.4, "formulas"):
            size = self.pick([x.name for x in model.populations + model.connections])
            item = ("/", ("*", ("number", 2.5), ("name", self.pick(counts))), ("name", f"size({size})"))
            item = ("/", ("-", item, ("name", self.pick(counts))), ("name", "(duration/(1 ms))")) if self.chance(0.5) else item
            model.measures.append(m.Measure("m_formula", "formula", None, item))
        for c in model.connections:
            for name in c.synapse.states:
                model.records.append(m.Record(f"{c.name}_{name}", "links", c, name))

    def is_plain_input(self, p, name):
        """One to which links alone give."""
        driven = any(d.population is p and d.input == name for d in self.model.drives)
        return not driven and "inputs_seen" not in self.without and not self.is_added_to(p, name)

    def is_added_to(self, p, name):
        from simulate import adds
        return any(adds(i[2], name) for c in self.model.connections if p in (c.source, c.target, c.partner)
                   for i in c.synapse.items)

    def make(self):
        self.model = m.Model(self.pick([Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal("0.3"), Decimal("1")]),
                             self.random.randint(2, 5), 0, self.random.randint(10, 80))
        self.model.slowest = self.model.ratio * self.random.randint(2, 3)
        self.stage_solver = self.pick(["heun", "rk4"])
        self.signals = []
        for k in range(self.random.randint(0, 2)):
            if "signals" not in self.without:
                s = m.Signal(f"g{k}")
                for _ in range(self.random.randint(0, 2)):
                    w = self.window()
                    if w.every is None:
                        w.length = None
                    s.schedules.append((("number", self.number(-1, 1)), w))
                self.model.signals.append(s)
                self.signals.append(s.name)
        for k in range(self.random.randint(1, 3)):
            slow = k > 0 and self.chance(0.5, "slow")
            c = self.component(f"k{k}", "slowest" if slow and self.chance(0.3, "slowest") else "slow" if slow else "")
            self.model.components.append(c)
            self.model.populations.append(self.population(f"q{k}", c))
        for k in range(self.random.randint(0, 4)):
            if "links" not in self.without:
                self.connection(k)
        self.functions = {}
        self.experiment()
        return self.model


def generate(seed, without=frozenset()):
    return Generator(seed, without).make()
