# SPDX-License-Identifier: MIT
"""Results of nsa as arrays of NumPy, in the units that the model declares.

    import nsa
    run = nsa.load("model.out")
    run["glia.Ca"].values            # rows are times, columns elements
    run["glia.Ca"].t                 # ms
    run["glia.Ca"].unit              # "uM"
    run["sheet.spike"].elements      # of each spike, beside its .t
    run.measures["peak"]             # a number; run.units["peak"] is its unit
    nsa.load("all.out")["no_glia"]   # one of several variants
    nsa.sweep("model.sweep")["amplitude"]

Frames of pandas are made by .frame(), where pandas is there.
"""
import csv
import json
import math
import os

import h5py
import numpy

__all__ = ["Events", "Run", "Runs", "Sweep", "Table", "Values", "load", "sweep"]


def _frame(*args, **more):
    try:
        import pandas
    except ImportError:
        raise ImportError("frames need pandas (Debian: python3-pandas); arrays do without") from None
    return pandas.DataFrame(*args, **more)


def _unit(data):
    unit = data.attrs.get("units", "")
    unit = unit.decode() if isinstance(unit, bytes) else str(unit)
    return "" if unit == "1" else unit


class Values:
    """Values over time: t (ms), values (a row a time, a column an element), elements, unit. Of links also sources and
    targets; reduced is "mean" and the like, else "". windows: of each window of a phase the rows, as a slice."""

    def __init__(self, report):
        parts = sorted(report.values(), key=lambda part: part["mapping"]["time"][0])
        first = parts[0]
        reduced = first.attrs.get("reduced", "")
        self.reduced = reduced.decode() if isinstance(reduced, bytes) else str(reduced)
        self.unit = _unit(first["data"])
        self.elements = first["mapping"]["node_ids"][:]
        mapping = first["mapping"]
        self.sources = mapping["source_ids"][:] if "source_ids" in mapping else None
        self.targets = mapping["target_ids"][:] if "target_ids" in mapping else None
        times, self.windows, at = [], [], 0
        for part in parts:
            start, _, step = part["mapping"]["time"][:]
            rows = part["data"].shape[0]
            times.append(start + step * numpy.arange(rows))
            self.windows.append(slice(at, at + rows))
            at += rows
        self.t = numpy.concatenate(times)
        self.values = numpy.concatenate([part["data"][:] for part in parts])

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)

    def __getitem__(self, element):
        """The values of one element over time, by its number in the model."""
        (column,) = numpy.nonzero(self.elements == element)
        if self.reduced or len(column) != 1:
            raise KeyError(f"element {element} was not recorded")
        return self.values[:, column[0]]

    def frame(self):
        """Rows by t (ms), columns by element."""
        columns = [self.reduced] if self.reduced else self.elements
        return _frame(self.values, index=self.t, columns=columns)


class Events:
    """Events in order of time: t (ms) and elements."""

    def __init__(self, group):
        count = min(group["timestamps"].shape[0], group["node_ids"].shape[0])
        self.t = group["timestamps"][:count]
        self.elements = group["node_ids"][:count]

    def __len__(self):
        return len(self.t)

    def of(self, element):
        """The times of one element."""
        return self.t[self.elements == element]

    def frame(self):
        return _frame({"t": self.t, "element": self.elements})


class Table(dict):
    """Columns by their names; units has those of them that have one."""

    def __init__(self, group):
        rows = min((column.shape[0] for column in group.values()), default=0)
        super().__init__((name, column[:rows]) for name, column in group.items())
        self.units = {name: unit for name, unit in ((n, _unit(c)) for n, c in group.items()) if unit}

    def frame(self):
        return _frame(dict(self))


class Run:
    """One run. Recordings and measures by element are found by the names that they have in the model: run["glia.Ca"],
    run["mean(glia.Ca)"], run["sheet.spike"], run["maze.trials"], run["top"]. They are read when they are asked for."""

    def __init__(self, folder):
        self.folder = os.fspath(folder)
        with open(os.path.join(self.folder, "run.json"), encoding="utf-8") as file:
            self.json = json.load(file)
        self.name = self.json.get("name")
        self.variant = self.json.get("variant")
        self.seed = self.json.get("seed")
        self.state = self.json.get("outcome", {}).get("state")
        measures = self.json.get("measures", {})
        self.measures = {n: math.nan if m["value"] is None else m["value"] for n, m in measures.items()}
        self.units = {n: "" if m.get("unit", "1") == "1" else m["unit"] for n, m in measures.items()}
        self._places = None
        self._read = {}

    def _find(self):
        """Where what has a name lies: a file, and a group of it."""
        if self._places is None:
            self._places = {}
            for name in self.json.get("files", []):
                if name.endswith(".h5"):
                    self._find_in(name)
        return self._places

    def _find_in(self, name):
        stem = name[: -len(".h5")]
        with h5py.File(os.path.join(self.folder, name), "r") as file:
            if "report" in file:
                self._places[stem] = (name, "report", Values)
            for population in file.get("spikes", {}):
                shown = f"{population}.spike" if stem == "spikes" else stem
                self._places[shown] = (name, f"spikes/{population}", Events)
            for group in file if "report" not in file and "spikes" not in file else ():
                self._places[group if stem == "measures" else f"{stem}.{group}"] = (name, group, Table)

    def keys(self):
        return list(self._find())

    def __iter__(self):
        return iter(self.keys())

    def __contains__(self, name):
        return self._name(name) in self._find()

    def _name(self, name):
        """A reduction is written mean(glia.Ca) in the model, and its file is called mean_glia.Ca."""
        return name[:-1].replace("(", "_", 1) if name.endswith(")") else name

    def __getitem__(self, name):
        known = self._name(name)
        if known not in self._find():
            raise KeyError(f"there is no {name} in {self.folder}; it has {', '.join(self.keys()) or 'no recordings'}")
        if known not in self._read:
            path, group, kind = self._find()[known]
            with h5py.File(os.path.join(self.folder, path), "r") as file:
                self._read[known] = kind(file[group])
        return self._read[known]

    def __repr__(self):
        return f"<nsa run {self.name} in {self.folder}: {self.state}, {len(self.keys())} recordings>"


class Runs(dict):
    """Several runs by their names, as `--variants all` leaves them."""

    @property
    def measures(self):
        """Of each measure its values by run."""
        names = {name: None for run in self.values() for name in run.measures}
        return {n: {label: run.measures.get(n, math.nan) for label, run in self.items()} for n in names}

    def frame(self):
        """Measures in rows, runs in columns."""
        return _frame({label: run.measures for label, run in self.items()})


class Sweep(dict):
    """A table of `nsa sweep`: columns by the names of params and measures, and variant, seed, outcome, reason and key.
    units has the units of those that have one. Numbers are arrays of doubles, a missing one is NaN."""

    def __init__(self, path):
        super().__init__()
        self.path = os.fspath(path)
        self.units = {}
        with open(self.path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        if not rows or "key" not in rows[0]:
            raise ValueError(f"{self.path} is no table of nsa sweep")
        for k, head in enumerate(rows[0]):
            name, _, unit = head.partition(" (")
            if unit:
                self.units[name] = unit[:-1]
            self[name] = self._column([row[k] for row in rows[1:]], name)

    @staticmethod
    def _column(words, name):
        if name in ("variant", "outcome", "reason", "key"):
            return numpy.array(words)
        if name == "seed":
            return numpy.array([int(word) for word in words], dtype=numpy.uint64)
        return numpy.array([float(word) if word else math.nan for word in words])

    def frame(self):
        return _frame(dict(self))


def load(folder):
    """What a run left in its folder, a Run; of a folder with several runs, Runs."""
    folder = os.fspath(folder)
    if os.path.exists(os.path.join(folder, "run.json")):
        return Run(folder)
    names = sorted(os.listdir(folder), key=lambda name: (name != "base", name))
    paths = {name: os.path.join(folder, name) for name in names if not name.endswith(".part")}
    runs = Runs((name, Run(path)) for name, path in paths.items() if os.path.exists(os.path.join(path, "run.json")))
    if not runs:
        raise ValueError(f"{folder} holds no results of nsa: there is no run.json in it")
    return runs


def sweep(path):
    """The table of a sweep, by its path or that of its folder."""
    return Sweep(os.path.join(path, "sweep.csv") if os.path.isdir(path) else path)
