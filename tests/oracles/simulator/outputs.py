# SPDX-License-Identifier: MIT
"""Phase 7: recordings and measures."""

from expression import evaluate


class Outputs:
    def is_on(self, phase, at):
        """Whether a sample or event at this tick is in the phase; no window contains the end of the run."""
        if not phase:
            return True
        return at < self.model.steps and any(w.contains(at) for w in self.model.windows(phase))

    def values(self, owner, item):
        group = self.groups[owner.name]
        looks = [c.names(self, group.step(self.seen_at), self.seen_at, None, group.shown[c.number]) for c in group.cells]
        return [evaluate(item, look) for look in looks]

    def look(self, at):
        for r in self.model.records:
            if r.what == "events" or not self.is_on(r.phase, at):
                continue
            every = r.every or self.tick_of(r)
            if at % every == 0:
                self.samples[r.name].append((at, self.sample(r)))
        for k, m in enumerate(self.model.measures):
            if m.function not in ("count", "rate", "arrivals", "formula") and self.is_on(m.phase, at):
                if at % self.groups[m.owner.name].every == 0:
                    self.series[k].append((at, self.values(m.owner, m.item)))

    def tick_of(self, r):
        if r.what == "links":
            return next(w.clock for w in self.wires if w.connection is r.owner)
        return self.groups[r.owner.name].every

    def sample(self, r):
        if r.what == "links":
            wires = next(w for w in self.wires if w.connection is r.owner)
            return [link.states[r.item] for link in wires.links]
        values = self.values(r.owner, r.item)
        values = values if r.last is None else values[r.first:r.last + 1]
        if r.what == "values":
            return values
        return [{"mean": lambda v: sum(v) / len(v), "sum": sum, "max": max, "min": min}[r.what](values)]

    def event_list(self, r):
        return sorted((at, k) for at, k in self.events.get((r.owner.name, r.item), ()) if self.is_on(r.phase, at))

    def measured(self, number):
        m = self.model.measures[number]
        if m.function == "formula":
            return self.formula(m.item)
        if m.function == "arrivals":
            return float(next(w for w in self.wires if w.connection is m.owner).arrivals)
        if m.function in ("count", "rate"):
            found = [1 for at, _ in self.events.get((m.owner.name, m.item), ()) if self.is_on(m.phase, at)]
            if m.function == "count":
                return float(len(found))
            ticks = self.model.steps
            if m.phase:
                ticks = sum(self.is_on(m.phase, n) for n in range(self.model.steps))
            return len(found) / m.owner.size / (ticks * float(self.model.fast)) if ticks else None
        return self.over_time(m, self.series[number])

    def formula(self, e):
        """Of measures before it, sizes and the duration."""
        sizes = {f"size({x.name})": float(x.size) for x in self.model.populations}
        sizes.update((f"size({c.name})", float(len(c.pairs))) for c in self.model.connections)
        sizes["(duration/(1 ms))"] = float(self.model.steps * self.model.fast)
        numbers = {m.name: k for k, m in enumerate(self.model.measures)}
        return evaluate(e, lambda name: sizes[name] if name in sizes else self.measured(numbers[name]))

    def over_time(self, m, samples):
        if not samples:
            return None
        dt = float(self.model.fast)
        mean = [(at, sum(v) / len(v)) for at, v in samples]
        if m.function in ("mean", "max", "min"):
            inner = [{"mean": lambda v: sum(v) / len(v), "max": max, "min": min}[m.function](v) for _, v in samples]
            return {"mean": lambda v: sum(v) / len(v), "max": max, "min": min}[m.function](inner)
        if m.function == "max_mean":
            return max(x for _, x in mean)
        if m.function == "mean_max":
            return sum(max(v) for _, v in samples) / len(samples)
        if m.function == "time_of_max":
            return max(mean, key=lambda pair: pair[1])[0] * dt
        ends = [at for at, _ in mean[1:]] + [self.model.steps]  # a sample stands until the next one
        return sum(end - at for (at, x), end in zip(mean, ends) if x > m.threshold) * dt
