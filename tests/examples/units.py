# SPDX-License-Identifier: MIT
"""The unit in which each example declares what it records and measures, read from its text alone, beside what a run of
it leaves: stdout, run.json, CSV and HDF5.

  units.py MODEL OUT STDOUT     OUT: the folder of results, with CSV; STDOUT: what the run printed"""
import csv
import json
import os
import re
import sys

import h5py

UNIT = r"[A-Za-z%µμ/][A-Za-z0-9%µμ/^().-]*"
ENTRY = re.compile(r"^\s*(param|state|input)\s+(.*)$")
FIXED = {"rate": "Hz", "time_above": "ms", "time_of_max": "ms", "count": "1", "recognition": "1"}


def sources(path, library):
    """The lines of a model and of what it imports, without comments."""
    lines = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].rstrip()
            name = re.match(r'\s*(?:import|extends)\s+(?:"([^"]+)"|([\w.]+))', line)
            if name:
                part = os.path.join(os.path.dirname(path), name[1]) if name[1] else \
                    os.path.join(library, name[2].replace(".", "/") + ".nsa")
                lines += sources(part, library)
            lines.append(line)
    return lines


def written(text, known):
    """What the declaration says: its unit, that of the number, or that of the param it starts at; None: not so simply."""
    unit = re.match(rf"\s*:\s*({UNIT}|1)", text)
    value = re.search(r"=\s*(.*?)\s*(?:\bin\b.*)?$", text)
    number = value and re.fullmatch(rf"-?[\d.]+(?:e-?\d+)?\s*({UNIT})?", value[1])
    if unit:
        return unit[1]
    if number:
        return (number[1] or "1").replace("/", "1/", 1) if (number[1] or "").startswith("/") else number[1] or "1"
    return known.get(value[1]) if value else "1" if not text.strip() else None


def components(lines):
    """component -> item -> (unit, where it starts: the number as written, or None)"""
    found, now, base, depth = {}, None, None, 0
    top = {}
    for line in lines:
        head = re.match(r"\s*(?:neuron|astrocyte|synapse)\s+(\w+)(.*)\{", line)
        if head and depth == 0:
            now, base = head[1], re.search(r"extends\s+(\w+)", head[2])
            found[now] = dict(found.get(base[1], {})) if base else {}
        entry = ENTRY.match(line)
        for part in re.split(r",(?![^(]*\))", entry[2]) if entry else []:
            name = re.match(r"\s*(\w+)(.*)$", part.replace("}", ""))
            if not name:
                continue
            items = found[now] if depth > 0 and now else top
            units = {k: v[0] for k, v in {**top, **items}.items()}
            number = re.search(r"=\s*(-?[\d.]+(?:e-?\d+)?)\s*(?:" + UNIT + r")?\s*$", name[2])
            items[name[1]] = (written(name[2], units), number and entry[1] == "state" and float(number[1]))
        depth += line.count("{") - line.count("}")
        if depth == 0:
            now = None
    return found


def items_of(lines):
    """population -> its component's items"""
    known = components(lines)
    return {m[1]: known[m[2]] for m in (re.match(r"\s*population\s+(\w+)\s*:\s*(\w+)", line) for line in lines)
            if m and m[2] in known}


def unit_of(expression, populations):
    """Of `glia.Ca`, `mean(glia.Ca)`, `max(mean(glia.Ca) during x)`, `rate(...)`; None: of nothing so simple."""
    call = re.match(r"\s*(\w+)\((.*)\)\s*$", expression)
    if call:
        return FIXED.get(call[1]) or (unit_of(call[2], populations) if call[1] in ("mean", "max", "min") else None)
    item = re.match(r"\s*(\w+)\.(\w+)(?:\[[^\]]*\])?(?:\s+(?:during|over)\s+\w+)?\s*$", expression)
    return populations.get(item[1], {}).get(item[2], (None, None))[0] if item else None


def shown(out):
    """file's stem -> (units of its report, its first row), of what HDF5 has"""
    found = {}
    for name in sorted(os.listdir(out)):
        if not name.endswith(".h5"):
            continue
        with h5py.File(os.path.join(out, name)) as file:
            for population in file.get("report", {}).values():
                data = population["data"]
                found[name[:-3]] = (data.attrs["units"], data[:])
    return found


def check(is_good, *words):
    if not is_good:
        print("FAIL", *words)
    return is_good


def check_records(lines, populations, out):
    good, seen, reports = True, 0, shown(out)
    for record in (m[1] for m in (re.match(r"record\s+(.*)$", line) for line in lines) if m):
        expression = re.split(r"\s+(?:every|during|as|in)\s+", record)[0]
        name = re.sub(r"\[.*?\]|\)", "", expression).replace("(", "_")
        expected = unit_of(expression, populations)
        if name not in reports or not expected:
            continue
        unit = reports[name][0]
        good &= check(unit == expected, name, "is in", unit, "and is declared in", expected)
        with open(os.path.join(out, name + ".csv"), encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        values = reports[name][1]
        same = all([float(x) for x in row[1:]] == list(of) for row, of in zip(rows, values))
        good &= check(same and len(rows) == len(values), name, "differs between CSV and HDF5")
        item = re.match(r"(?:mean\()?(\w+)\.(\w+)", expression)
        start = populations[item[1]][item[2]][1]
        good &= check(start in (None, False) or abs(values[0][0] - start) <= 1e-12 * abs(start),
                      name, "starts at", values[0][0], "and not at", start)
        seen += 1
    return good, seen


def check_measures(lines, populations, out, printed):
    good, seen = True, 0
    with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
        measures = json.load(file)["measures"]
    for line in lines:
        measure = re.match(r"measure\s+(\w+)\s*=\s*(.*)$", line)
        chosen = measure and re.search(rf"\s+in\s+({UNIT})\s*$", measure[2])
        expected = measure and (chosen[1] if chosen else unit_of(re.sub(r",.*\)$", ")", measure[2]), populations))
        if not expected:
            continue
        value, unit = measures[measure[1]]["value"], measures[measure[1]]["unit"]
        row = next(words for words in map(str.split, printed) if words[0] == measure[1])
        good &= check(unit == expected, measure[1], "is in", unit, "and is declared in", expected)
        good &= check((row[2:] or ["1"])[0] == expected, measure[1], "is printed in", row[2:])
        text = "-" if value is None else "%.0f" % value if value == int(value) else "%.6g" % value
        good &= check(row[1] == text, measure[1], "is printed as", row[1], "and is", value)
        seen += 1
    return good, seen


def main(model, out, stdout):
    library = os.path.join(os.environ["SRC"], "runtime", "models")
    lines = sources(model, library)
    populations = items_of(lines)
    with open(stdout, encoding="utf-8") as file:
        printed = [line for line in file if line.strip()]
    good, records = check_records(lines, populations, out)
    also_good, measures = check_measures(lines, populations, out, printed)
    print(f"{os.path.basename(model)}: {records} recordings, {measures} measures")
    return 0 if good and also_good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
