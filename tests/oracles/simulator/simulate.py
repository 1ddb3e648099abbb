# SPDX-License-Identifier: MIT
"""The meaning of a model, tick by tick, from the page of the language ("One step, exactly", "Slow components, exactly",
"Events", "Synapses", "Stimuli", "Recordings", "Measures") and from nothing else. Plain and slow."""

import math

from expression import evaluate, names_in
from model import Event, connection_step, joint_place, participants_step
from outputs import Outputs
from solve import SOLVERS, with_flows
from stages import Together, joined


def assigned(operator, old, value):
    return {"=": value, "+=": old + value, "-=": old - value, "*=": old * value}[operator]


class Cell:
    """One element: its states and what of it counts time. Ends of timers and refractory times are own steps."""

    def __init__(self, model, population, number):
        self.component = component = population.component
        self.number = number
        row, column = population.cell(number)
        x, y = population.place(number)
        self.places = {"i": float(number), "row": float(row), "col": float(column), "x": x, "y": y}
        self.take_values(model, population)
        self.timers = dict(component.timers)
        self.refractory = {}
        self.inputs = {name: 0.0 for name in component.inputs}
        self.before = {}
        self.fired = set()  # events whose blocks are to run
        self.slope = {}  # what its equations changed in its last step
        self.emitted = set()

    def take_values(self, model, population):
        """Params, in the order of their declarations, then states; an override may use the params before its own."""
        known, over = dict(self.places), population.overrides

        def value(name, default):
            e = over.get(name, default)
            return evaluate(e, known.__getitem__) if isinstance(e, tuple) else e

        for name, default in self.component.params.items():
            known[name] = value(name, default)
            known[name] = model.chosen.get((population.name, name), known[name])
        self.times = {k: round(evaluate(over[k][1], known.__getitem__)) if k in over else v
                      for k, v in self.component.times.items()}
        self.states = {k: value(k, v) for k, v in self.component.states.items()}
        self.params = {k: known[k] for k in self.component.params}

    def own_steps(self, length):
        return self.times[length] if isinstance(length, str) else length

    def names(self, simulation, step, tick, local=None, inputs=None, states=None, time=None):
        """Values by name at an own step; tick is t. In a stage of a solver states and time (ms) are those of the stage."""
        component = self.component

        def look(name):
            if local and name in local:
                return local[name]
            if name in self.states:
                return (self.states if states is None else states)[name]
            if name in self.params:
                return self.params[name]
            if name in component.inputs:
                return (self.inputs if inputs is None else inputs)[name]
            if name in component.lets:
                return evaluate(component.lets[name], look)
            if name in component.timers:
                return step < self.timers[name]
            if name == "refractory":
                return step < self.refractory.get("spike", 0)
            if name in self.places:
                return self.places[name]
            if name == "t":
                return tick
            if name == "t in ms":
                return float(simulation.model.fast * tick) if time is None else time
            raise KeyError(name)

        return look


class Link:
    def __init__(self, simulation, connection, source, target):
        self.source, self.target = source, target
        end = source if connection.partner_side == "pre" else target
        self.partner = connection.partner_of[end] if connection.partner else None
        self.params, self.states = dict(connection.synapse.params), dict(connection.synapse.states)
        names = self.ends(simulation, connection)
        values = {k: evaluate(e, names.__getitem__) for k, e in connection.overrides.items()}
        self.params.update((k, v) for k, v in values.items() if k in self.params)
        self.params.update((k, v) for (owner, k), v in simulation.model.chosen.items() if owner == connection.name)
        self.states.update((k, v) for k, v in values.items() if k in self.states)
        self.delay = round(evaluate(connection.delay, names.__getitem__)) if connection.delay else 0

    def ends(self, simulation, connection):
        """Params and places of the ends, and the distance between them."""
        a, b = connection.source, connection.target
        places = (joint_place(a, self.source, b), joint_place(b, self.target, a))
        names = {"distance": math.dist(*places)}
        for side, p, number, place in (("pre", a, self.source, places[0]), ("post", b, self.target, places[1])):
            cell = simulation.groups[p.name].cells[number]
            names.update((f"{side}.{k}", v) for k, v in {**cell.places, **cell.params}.items())
            names[f"{side}.x"], names[f"{side}.y"] = place
        return names


class Group:
    """A population, as it runs."""

    def __init__(self, simulation, population):
        self.population = population
        self.component = population.component
        self.every = simulation.model.step_of(self.component.timescale)
        self.cells = [Cell(simulation.model, population, k) for k in range(population.size)]
        self.events = [i for i in self.component.items if isinstance(i, Event)]
        self.waiting = set()  # signals that blocks of a slow component emitted since its last tick
        self.shown = [dict(c.inputs) for c in self.cells]  # what readers see of inputs
        self.history = []  # states at the end of each tick, for delays

    def step(self, tick):
        return tick // self.every


class Wires:
    """A connection, as it runs."""

    def __init__(self, simulation, connection):
        model = simulation.model
        self.connection = connection
        self.synapse = connection.synapse
        self.links = [Link(simulation, connection, s, t) for s, t in connection.pairs]
        self.every = participants_step(model, connection)  # of contributions
        self.clock = connection_step(model, connection)
        ends = {"pre": connection.source, "post": connection.target, "astro": connection.partner}
        self.groups = {k: simulation.groups[p.name] for k, p in ends.items() if p}
        self.given = {}  # (side, input) to the sums that were evaluated last
        self.is_new = False
        self.arrivals = 0

    def cell(self, link, side):
        number = {"pre": link.source, "post": link.target, "astro": link.partner}[side]
        return self.groups[side].cells[number]


class Simulation(Outputs):
    def __init__(self, model):
        self.model = model
        self.groups = {}
        for p in model.populations:
            self.groups[p.name] = Group(self, p)
        self.wires = [Wires(self, c) for c in model.connections]
        self.sets = joined(self.groups, self.wires)
        self.events = {}  # (population, event) to [(tick, element)]
        self.samples = {r.name: [] for r in model.records}
        self.series = [[] for _ in model.measures]
        self.sent = {}  # signals that blocks sent: they arrive in the next step
        self.sending = set()

    # ---- blocks ----

    def run_block(self, block, cell, names, step, local):
        for s in block:
            if s[0] == "set":
                value, old = evaluate(s[3], names), cell.states[s[1]]
                cell.states[s[1]] = assigned(s[2], old, value)
            elif s[0] == "let":
                local[s[1]] = evaluate(s[2], names)
            elif s[0] == "if":
                self.run_block(s[2] if evaluate(s[1], names) else s[3], cell, names, step, local)
            elif s[0] == "start":
                cell.timers[s[1]] = step + cell.own_steps(s[2])
            elif s[0] == "emit":
                if any(s[1] == signal.name for signal in self.model.signals):
                    self.sending.add(s[1])
                else:
                    cell.emitted.add(s[1])

    def run_cell_block(self, block, group, cell, tick, signal=None, inputs=None):
        step = group.step(tick)
        local = dict(signal or {})
        before, self.sending = self.sending, set()
        self.run_block(block, cell, cell.names(self, step, tick, local, inputs), step, local)
        before, self.sending = self.sending, before
        (self.sending if group.every == 1 else group.waiting).update(before)  # a slow one sends at its tick

    # ---- phase 1 ----

    def run_event_blocks(self, group, tick):
        for cell in group.cells:
            if not cell.fired:
                continue
            for item in group.component.items:
                if isinstance(item, Event) and item.name in cell.fired:
                    self.run_cell_block(item.block, group, cell, tick)
                elif not isinstance(item, Event) and item[0] == "on" and item[1] in cell.fired:
                    self.run_cell_block(item[2], group, cell, tick)
            cell.fired = set()
            self.take_before(group, cell, group.step(tick), tick)

    def take_before(self, group, cell, step, tick):
        names = cell.names(self, step, tick)
        for e in group.events:
            if e.kind != "never":
                cell.before[e.name] = self.crossed(e, names)

    @staticmethod
    def crossed(e, names):
        """What must have been false before."""
        if e.kind in ("level", "edge"):
            return bool(evaluate(e.of, names))
        x, level = evaluate(e.of, names), evaluate(e.over, names)
        return x > level if e.kind == "rises" else x < level

    # ---- phase 2 ----

    def link_names(self, wires, link, frozen, local):
        synapse = wires.synapse

        def look(name):
            if local and name in local:
                return local[name]
            if name in link.states:
                return link.states[name]
            if name in link.params:
                return link.params[name]
            if name in synapse.lets:
                return evaluate(synapse.lets[name], look)
            if name == "t":
                return self.link_time
            if name == "t in ms":
                return float(self.model.fast * self.link_time)
            side, _, item = name.partition(".")
            if side == "astro" and link.partner is None:
                return synapse.defaults[item]
            return frozen(wires, link, side, item)

        return look

    def partner_now(self, wires, link, side, item):
        group, cell = wires.groups[side], wires.cell(link, side)
        return cell.names(self, group.step(self.seen_at), self.seen_at, None, group.shown[cell.number],
                          self.gone_on(group, cell))(item)

    def gone_on(self, group, cell):
        """With `coupling linear`: the states as they go on since the last tick."""
        if not group.component.is_linear:
            return None
        since = (self.seen_at % group.every) / group.every
        return {k: x + since * cell.slope.get(k, 0.0) for k, x in cell.states.items()}

    def partner_frozen(self, wires, link, side, item):
        """As the partners were before any block ran."""
        cell = wires.cell(link, side)
        saved, cell.states = cell.states, self.frozen[id(cell)]
        try:
            return self.partner_now(wires, link, side, item)
        finally:
            cell.states = saved

    def run_link_block(self, wires, link, block, names, local, added):
        for s in block:
            if s[0] == "add" and s[1] == "astro" and link.partner is None:
                continue  # it goes nowhere
            if s[0] == "add":
                cell = wires.cell(link, s[1])
                value = evaluate(s[4], names)
                key = (id(cell), s[2])
                added.setdefault(key, [cell, 0.0])[1] += value if s[3] == "+=" else -value
            elif s[0] == "set":
                value, old = evaluate(s[3], names), link.states[s[1]]
                link.states[s[1]] = assigned(s[2], old, value)
            elif s[0] == "let":
                local[s[1]] = evaluate(s[2], names)
            elif s[0] == "if":
                self.run_link_block(wires, link, s[2] if evaluate(s[1], names) else s[3], names, local, added)
            elif s[0] == "emit":
                self.sending.add(s[1])

    def is_due(self, wires, link, side, event, tick):
        late = link.delay if side == "pre" else wires.connection.back
        number = {"pre": link.source, "post": link.target, "astro": link.partner}[side]
        return (tick - late, number) in self.fired_at.get((wires.groups[side].population.name, event), ())

    def heard(self, component, signals):
        """Blocks of the signals that have come, in the order in which the signals are declared."""
        declared = [s.name for s in self.model.signals]
        blocks = [i for i in component.items if not isinstance(i, Event) and i[0] == "on" and i[1] in signals]
        return sorted(blocks, key=lambda i: declared.index(i[1]) if i[1] in declared else -1)

    def deliver(self, tick, signals):
        self.link_time = tick
        self.frozen = {id(c): dict(c.states) for g in self.groups.values() for c in g.cells}
        added = {}
        for side in ("pre", "post", "astro"):
            for wires in self.wires:
                blocks = [i for i in wires.synapse.items if i[0] == "on" and i[1].split(".")[0] == side]
                for link in wires.links:
                    if side == "pre":
                        wires.arrivals += self.is_due(wires, link, side, "spike", tick)
                    for _, name, block in blocks:
                        event = name.partition(".")[2] or "spike"
                        if self.is_due(wires, link, side, event, tick):
                            local = {}
                            names = self.link_names(wires, link, self.partner_frozen, local)
                            self.run_link_block(wires, link, block, names, local, added)
        for wires in self.wires:
            for _, name, block in self.heard(wires.synapse, signals):
                for link in wires.links:
                    local = {name: signals[name]}
                    names = self.link_names(wires, link, self.partner_frozen, local)
                    self.run_link_block(wires, link, block, names, local, added)
        self.take_up(added, tick)

    def take_up(self, added, tick):
        held = {}
        for group in self.groups.values():
            for cell in group.cells:
                names = cell.names(self, group.step(tick), tick)
                for e in group.component.equations:
                    held[id(cell), e.state] = bool(e.unless and evaluate(e.unless, names))
        self.arrived = {}
        for (key, name), (cell, value) in added.items():
            if name in cell.component.inputs:
                self.arrived[key, name] = value
            elif not held.get((key, name)):
                cell.states[name] += value

    # ---- inputs ----

    def links_give(self, group, cell, name, once=False):
        total = 0.0
        for wires in self.wires:
            for (side, input_name), sums in wires.given.items():
                if wires.groups[side] is group and input_name == name and not (once and not wires.is_new):
                    total += sums[cell.number]
        return total

    def drives_give(self, group, cell, name, tick):
        total = 0.0
        for d in self.model.drives:
            if d.population is not group.population or d.input != name or not d.first <= cell.number <= d.last:
                continue
            on = any(w.contains(tick) for w in self.model.windows(d.during)) if d.during else d.window.contains(tick)
            if on and (d.ink is None or cell.number in d.ink):
                total += evaluate(d.value, lambda n: cell.places[n] if n in cell.places else float(self.model.fast * tick))
        return total

    def gather(self, group, tick):
        """What the inputs are in this fast step."""
        for cell in group.cells:
            for name, combiner in group.component.inputs.items():
                extra = self.drives_give(group, cell, name, tick) + self.arrived.get((id(cell), name), 0.0)
                if group.every == 1:
                    cell.inputs[name] = self.links_give(group, cell, name) + extra
                else:
                    once = combiner == "sum"
                    group.collected.setdefault((cell.number, name), []).append(
                        self.links_give(group, cell, name, once) + extra)

    def combine(self, group):
        for cell in group.cells:
            for name, combiner in group.component.inputs.items():
                values = group.collected[cell.number, name]
                cell.inputs[name] = {"mean": lambda v: sum(v) / group.every, "": lambda v: sum(v) / group.every,
                                     "sum": sum, "max": max, "min": min, "last": lambda v: v[-1]}[combiner](values)
        group.collected = {}
        group.shown = [dict(c.inputs) for c in group.cells]

    # ---- phases 3 to 5 ----

    def clocked_blocks(self, group, start):
        """start: the tick at which the own step begins."""
        step = group.step(start)
        for cell in group.cells:
            for item in group.component.items:
                if not isinstance(item, Event) and item[0] == "every" and step % item[1] == 0:
                    self.run_cell_block(item[2], group, cell, start)

    def equations(self, group, start):
        for cell in group.cells:
            before = dict(cell.states)
            self.advance(group, cell, start, [e for e in group.component.equations if not e.is_slow], group.every)
            cell.slope = {k: cell.states[k] - before[k] for k in before}
        end = start + group.every
        slow = [e for e in group.component.equations if e.is_slow]
        if slow and end % self.model.ratio == 0:
            for cell in group.cells:
                self.advance(group, cell, end - self.model.ratio, slow, self.model.ratio)

    def advance(self, group, cell, start, equations, ticks):
        """By `ticks` fast steps from `start`; what the solver is, the component says."""
        dt, now = float(self.model.fast * ticks), float(self.model.fast * start)
        step = group.step(start + ticks - 1) if ticks != group.every else group.step(start)
        names = cell.names(self, step, start)
        moving = [e for e in equations if not (e.unless and evaluate(e.unless, names))]
        origin = dict(cell.states)

        def rates(states, time):
            look = cell.names(self, step, start, None, None, states, time)
            found = {e.state: evaluate(e.rate, look) for e in moving}
            return with_flows(group.component, found, look) if ticks == group.every else found

        cell.states.update(SOLVERS[group.component.solver](rates, origin, now, dt))

    def detect(self, group, tick, driven):
        """At the end of the own step that ends with this tick."""
        step = group.step(tick) + 1
        for cell in group.cells:
            names = cell.names(self, step, tick + 1)
            for e in group.events:
                is_due = (group.population.name, e.name, cell.number) in driven
                fires = e.name in cell.emitted or is_due
                if e.kind != "never":
                    now = self.crossed(e, names)
                    allowed = step > cell.refractory.get(e.name, 0)
                    is_edge = e.kind == "level" or not cell.before[e.name]
                    also = not e.also or evaluate(e.also, names)
                    fires = fires or (now and is_edge and allowed and bool(also))
                    cell.before[e.name] = now
                if fires:
                    self.fire(group, cell, e, tick, step)
            cell.emitted = set()

    def fire(self, group, cell, e, tick, step):
        cell.fired.add(e.name)
        if e.refractory:
            cell.refractory[e.name] = step + cell.own_steps(e.refractory)
        self.events.setdefault((group.population.name, e.name), []).append((tick + 1, cell.number))
        self.fired_at.setdefault((group.population.name, e.name), set()).add((tick + 1, cell.number))

    def driven_between(self, group, tick, driven):
        """A driven event of a slow component between its ticks: a refractory time counts the step under way."""
        for cell in group.cells:
            for e in group.events:
                if (group.population.name, e.name, cell.number) in driven:
                    self.fire(group, cell, e, tick, group.step(tick))

    # ---- links by the clock ----

    def step_links(self, wires, start):
        dt = float(self.model.fast * wires.clock)
        self.link_time = start
        for link in wires.links:
            local = {}
            names = self.link_names(wires, link, self.partner_frozen, local)
            for item in wires.synapse.items:
                if item[0] == "every" and (start // wires.clock) % item[1] == 0:
                    self.run_link_block(wires, link, item[2], names, local, {})
            here = [e for e in wires.synapse.equations if not e.is_slow and not (e.on_events and wires.synapse.timescale)]
            self.step_link(link, names, here, dt)

    def step_link(self, link, names, equations, dt):
        rates = {e.state: evaluate(e.rate, names) for e in equations if not e.decay}
        for e in equations:
            if e.decay:
                link.states[e.state] *= math.exp(-dt / e.decay)
        for state, rate in rates.items():
            link.states[state] += dt * rate

    def step_links_elsewhere(self, wires, n):
        """Equations that say `on slow`, or `on events` in a synapse of a slow clock, which go by the fastest partner."""
        for clock, chosen in ((self.model.ratio, lambda e: e.is_slow),
                              (wires.every, lambda e: e.on_events and wires.synapse.timescale and not e.is_slow)):
            if (n + 1) % clock:
                continue
            self.link_time = n + 1 - clock
            for link in wires.links:
                names = self.link_names(wires, link, self.partner_frozen, {})
                self.step_link(link, names, [e for e in wires.synapse.equations if chosen(e)], float(self.model.fast * clock))

    # ---- phase 6 ----

    def pre_in_the_past(self, wires, link, tick):
        """Names of the source as it was `delay` steps before the end of this tick."""
        group = wires.groups["pre"]
        past = max(tick + 1 - link.delay, 0)
        states, inputs = group.history[past][link.source]
        cell = group.cells[link.source]

        def look(item):
            saved, cell.states = cell.states, states
            try:
                return cell.names(self, group.step(past), past, None, inputs)(item)
            finally:
                cell.states = saved

        return look

    def contribute(self, wires, tick):
        wires.is_new = (tick + 1) % wires.every == 0
        if not wires.is_new or not wires.synapse.contributions:
            return
        wires.given = {}
        self.link_time = tick + 1
        for side, name, e in wires.synapse.contributions:
            sums = wires.given.setdefault((side, name), [0.0] * len(wires.groups[side].cells))
            for link in wires.links:
                past = self.pre_in_the_past(wires, link, tick) if link.delay else None

                def partner(w, l, s, item, past=past):
                    return past(item) if past and s == "pre" else self.partner_now(w, l, s, item)

                value = evaluate(e, self.link_names(wires, link, partner, {}))
                number = {"pre": link.source, "post": link.target, "astro": link.partner}[side]
                if number is not None:
                    sums[number] += value

    def show_inputs(self, group):
        """Of a fast component, and of a slow one that only equally slow links feed: what will count in the next step."""
        for cell in group.cells:
            for name in group.component.inputs:
                if group.every == 1 or self.is_fed_by_equals(group, name):
                    group.shown[cell.number][name] = self.links_give(group, cell, name)

    def is_fed_by_equals(self, group, name):
        feeding = [w for w in self.wires for side, n, _ in w.synapse.contributions
                   if w.groups[side] is group and n == name]
        driven = any(d.population is group.population and d.input == name for d in self.model.drives)
        added = any(adds(i[2], name) for w in self.wires if w.groups["post"] is group for i in w.synapse.items)
        return bool(feeding) and not driven and not added and all(w.every >= group.every for w in feeding)

    # ---- the run ----

    def begin(self):
        self.fired_at, self.arrived, self.seen_at = {}, {}, 0
        for group in self.groups.values():
            group.collected = {}
            for cell in group.cells:
                self.take_before(group, cell, 0, 0)
            self.remember(group)
        self.look(0)

    def remember(self, group):
        group.history.append([(dict(self.gone_on(group, c) or c.states), dict(group.shown[c.number])) for c in group.cells])

    def tick(self, n):
        self.seen_at = n
        signals = {name: 1.0 for name in self.sent}
        for s in self.model.signals:
            for value, window in s.schedules:
                if window_sends(window, n):
                    signals[s.name] = evaluate(value, lambda name: n)
        self.sending = set()
        for group in self.groups.values():
            self.run_event_blocks(group, n)
        self.deliver(n, signals)
        self.signal_cells(n, signals)
        self.begin_phases(n)
        self.frozen = {id(c): dict(c.states) for g in self.groups.values() for c in g.cells}
        for wires in self.wires:
            if (n + 1) % wires.clock == 0:
                self.step_links(wires, n + 1 - wires.clock)
            self.step_links_elsewhere(wires, n)
        driven = {(d.population.name, d.event, k) for d in self.model.driven for k in range(d.first, d.last + 1)
                  if n + 1 in d.times}
        for group in self.groups.values():
            self.gather(group, n)
        self.go_on(n, driven)
        self.sent = self.sending
        self.seen_at = n + 1
        for wires in self.wires:
            self.contribute(wires, n)
        for group in self.groups.values():
            self.show_inputs(group)
        for group in self.groups.values():
            self.remember(group)
        self.look(n + 1)

    def go_on(self, n, driven):
        """Phases 3 to 5, sets that `coupling stages` joins first: they are on the fastest timescale."""
        together = [g for s in self.sets for g in s]
        for group in together:
            self.clocked_blocks(group, n)
        for groups in self.sets:
            Together(self, groups, n).advance()
        for group in sorted(self.groups.values(), key=lambda g: g.every):
            if (n + 1) % group.every:
                self.driven_between(group, n, driven)
                continue
            start = n + 1 - group.every
            if group.every > 1:
                self.combine(group)
            if group not in together:
                self.clocked_blocks(group, start)
                self.equations(group, start)
            self.detect(group, n, driven)
            self.sending |= group.waiting
            group.waiting = set()

    def begin_phases(self, n):
        for phase, population, block in self.model.phase_blocks:
            if any(w.begins(n) for w in self.model.windows(phase)):
                group = self.groups[population.name]
                for cell in group.cells:
                    self.run_cell_block(block, group, cell, n)

    def signal_cells(self, n, signals):
        for group in self.groups.values():
            for _, name, block in self.heard(group.component, signals):
                for cell in group.cells:
                    self.run_cell_block(block, group, cell, n, {name: signals[name]})

    def run(self):
        self.begin()
        for n in range(self.model.steps):
            self.tick(n)
        return self


def window_sends(w, n):
    """A signal's schedule: at `from`, and with `every` again as long as `for` says."""
    if w.every is None:
        return n == w.start
    return n >= w.start and (n - w.start) % w.every == 0 and (w.length is None or n - w.start < w.length)


def adds(block, name):
    return any((s[0] == "add" and s[2] == name) or (s[0] == "if" and (adds(s[2], name) or adds(s[3], name)))
               for s in block)


__all__ = ["Simulation", "names_in"]
