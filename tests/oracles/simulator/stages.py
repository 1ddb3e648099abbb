# SPDX-License-Identifier: MIT
"""Phase 4 of populations that `coupling stages` joins ("Coupling at the order of the solver")."""

from expression import evaluate
from solve import SOLVERS, with_flows


def joined(groups, wires):
    """Sets of the names of populations that such connections join one after the other."""
    sets = []
    for w in wires:
        if w.connection.stages:
            names = {g.population.name for g in w.groups.values()}
            apart = [s for s in sets if not s & names]
            sets = apart + [names.union(*(s for s in sets if s & names))]
    return [[groups[n] for n in sorted(s)] for s in sets]


class Together:
    """One step of a set. States are keyed by (cell, name)."""

    def __init__(self, simulation, groups, start):
        self.simulation, self.start = simulation, start
        self.wires = [w for w in simulation.wires if w.connection.stages and w.groups["post"] in groups]
        self.cells = [(g, c) for g in groups for c in g.cells]
        self.held = {}  # inputs without what is evaluated at stages
        self.moving = {}
        for group, cell in self.cells:
            self.held[cell] = {k: x - self.at_stages(group, cell, k) for k, x in cell.inputs.items()}
            names = cell.names(simulation, start, start)
            self.moving[cell] = [e for e in group.component.equations if not (e.unless and evaluate(e.unless, names))]

    def at_stages(self, group, cell, name):
        return sum(w.given[side, name][cell.number] for w in self.wires for side in w.groups
                   if w.groups[side] is group and (side, name) in w.given)

    def look(self, cell, states, time, inputs=None):
        own = {k: states[cell, k] for k in cell.states}
        return cell.names(self.simulation, self.start, self.start, None, inputs, own, time)

    def contributions(self, states, time):
        inputs = {cell: dict(self.held[cell]) for _, cell in self.cells}
        self.simulation.link_time = self.start

        def partner(wires, link, side, item):
            return self.look(wires.cell(link, side), states, time)(item)

        for w in self.wires:
            for side, name, e in w.synapse.contributions:
                for link in w.links:
                    inputs[w.cell(link, side)][name] += evaluate(e, self.simulation.link_names(w, link, partner, {}))
        return inputs

    def rates(self, states, time):
        self.inputs = self.contributions(states, time)
        found = {}
        for group, cell in self.cells:
            look = self.look(cell, states, time, self.inputs[cell])
            own = with_flows(group.component, {e.state: evaluate(e.rate, look) for e in self.moving[cell]}, look)
            found.update(((cell, k), x) for k, x in own.items())
        return found

    def advance(self):
        model = self.simulation.model
        solver = next(g.component.solver for g, _ in self.cells)
        before = {(c, k): x for _, c in self.cells for k, x in c.states.items()}
        after = SOLVERS[solver](self.rates, before, float(model.fast * self.start), float(model.fast))
        for (cell, name), x in after.items():
            cell.states[name] = x
        for _, cell in self.cells:
            cell.inputs = self.inputs[cell]  # conditions see what the last stage saw
