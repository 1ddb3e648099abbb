# SPDX-License-Identifier: MIT
"""compare.py FIRST COUNT [without FEATURE...] - random models by nsa and by simulate.py: the seeds that differ, with the first
difference of each."""

import csv
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys

from generate import generate
from model import write
from simulate import Simulation

NSA = os.environ["NSA"]
TOLERANCE = 1e-9


def is_close(a, b):
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def run_nsa(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.nsa").write_text(write(model))
    for name, text in model.files.items():
        (folder / name).write_text(text)
    command = [NSA, "run", "model.nsa", *model.options, "--csv", "--quiet", "--force", "--out", "out"]
    return subprocess.run(command + os.environ.get("SIMULATOR_OPTIONS", "--threads 1").split(), cwd=folder, capture_output=True, text=True)


def rows(path):
    with open(path, newline="") as file:
        return [[float(x) for x in row] for row in list(csv.reader(file))[1:]]


def difference_of_events(simulation, r, folder):
    dt = float(simulation.model.fast)
    want = simulation.event_list(r)
    got = sorted((round(t / dt), int(k)) for t, k in rows(folder / f"{r.name}.csv"))
    for k in range(max(len(want), len(got))):
        a, b = (x[k] if k < len(x) else None for x in (got, want))
        if a != b:
            return f"{r.name}: event {k} is {a}, should be {b} (tick, element)"
    return None


def difference_of_samples(simulation, r, folder):
    dt = float(simulation.model.fast)
    want, got = simulation.samples[r.name], rows(folder / f"{r.name}.csv")
    for k, (at, values) in enumerate(want):
        if k >= len(got):
            return f"{r.name}: {len(got)} samples instead of {len(want)}"
        if round(got[k][0] / dt) != at:
            return f"{r.name}: sample {k} at tick {got[k][0] / dt:g} instead of {at}"
        for i, (a, b) in enumerate(zip(got[k][1:], values)):
            if not is_close(a, b):
                return f"{r.name}: element {i} at tick {at} is {a!r}, should be {b!r}"
    return None if len(got) == len(want) else f"{r.name}: {len(got)} samples instead of {len(want)}"


def difference_of_measures(simulation, folder):
    got = json.loads((folder / "run.json").read_text())["measures"]
    for k, m in enumerate(simulation.model.measures):
        want, value = simulation.measured(k), got[m.name]["value"]
        if want is not None and m.function == "rate":
            want *= 1000  # in Hz; all else is in internal units
        if (want is None) != (value is None) or (want is not None and not is_close(value, want)):
            return f"measure {m.name}: {value!r}, should be {want!r}"
    return None


def run_simulation(model):
    """None where values run away, as those of reactions below 0 do: rounding alone decides what they become."""
    try:
        simulation = Simulation(model).run()
    except OverflowError:
        return None
    largest = max((abs(x) for samples in simulation.samples.values() for _, values in samples for x in values), default=0)
    return simulation if largest < 1e6 else None


def difference(model, folder):
    done = run_nsa(model, folder)
    if done.returncode == 1 and "[E0801]" in done.stderr:
        return None  # part of the language, but not of this version
    simulation = run_simulation(model)
    if simulation is None:
        return None
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr[:600]}"
    found = []
    for r in model.records:
        if not (folder / "out" / f"{r.name}.csv").exists():
            if simulation.samples[r.name] or r.what == "events":
                found.append((0, f"{r.name}: not there"))
            continue
        compare = difference_of_events if r.what == "events" else difference_of_samples
        text = compare(simulation, r, folder / "out")
        if text:
            tick = text.split("tick ")[1].split()[0] if "tick " in text else "0"
            found.append((float(tick) if tick.replace(".", "").isdigit() else 0, text))
    if found:
        return min(found)[1]
    return difference_of_measures(simulation, folder / "out")


FEATURES = ["time", "timers", "lets", "unless", "also", "refractory", "emit", "emit_signal", "on_own", "on_signal", "each",
            "every", "partner", "slow_links", "delay", "own_delays", "back", "link_equations", "contributions", "link_clock",
            "link_events", "event_inputs", "drives", "phases", "phase_blocks", "driven", "driven_at_tick", "during",
            "inputs_seen", "slow_equations", "solvers", "linear", "neighbours", "drives_of_t", "signals", "slow", "links"]


def shrink(seed, without, folder):
    """Leaves features out while a difference stays."""
    what = kind_of(difference(generate(seed, without), folder))
    for feature in reversed(FEATURES):
        trial = without | {feature}
        if feature not in without and kind_of(difference(generate(seed, trial), folder)) == what:
            without = trial
    return without


def kind_of(text):
    return text and text.split(":")[0]


def main(first, count, *words):
    without = set(words[1:]) if words and words[0] == "without" else set()
    bad = 0
    for seed in range(int(first), int(first) + int(count)):
        folder = pathlib.Path(f"model{seed}")
        text = difference(generate(seed, without), folder)
        if text:
            bad += 1
            print(f"seed {seed}: {text}")
            if os.environ.get("SIMULATOR_SHRINK"):
                least = shrink(seed, without, folder)
                print(f"  left of the features: {' '.join(f for f in FEATURES if f not in least)}: {difference(generate(seed, least), folder)}")
        else:
            shutil.rmtree(folder)
        sys.stdout.flush()
    print(f"{int(count)} models, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
