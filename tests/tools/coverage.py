#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""coverage.py BUILD SOURCES [--least PERCENT] [--lines] - which lines of src and runtime were executed since the build.

A line a folder and, below the least, a line a file (--lines: its lines that never were). Exits with 1 where src or
runtime has less than PERCENT (90)."""

import argparse
import collections
import json
import pathlib
import subprocess
import sys


def count_lines(build, sources):
    """By file: by line, how often it was executed. A line of a header is executed where any of its copies is."""
    counts = collections.defaultdict(dict)
    notes = sorted(build.glob("CMakeFiles/*.dir/**/*.gcno"))
    for first in range(0, len(notes), 50):
        command = ["gcov", "--json-format", "--stdout", *notes[first : first + 50]]
        text = subprocess.run(command, cwd=build, capture_output=True, check=True, text=True).stdout
        for report in text.splitlines():
            for file in json.loads(report)["files"]:
                path = (build / file["file"]).resolve()
                if not path.is_relative_to(sources):
                    continue
                lines = counts[path.relative_to(sources)]
                for line in file["lines"]:
                    number = line["line_number"]
                    lines[number] = lines.get(number, 0) + line["count"]
    return {path: lines for path, lines in counts.items() if path.parts[0] in ("src", "runtime")}


def share(files):
    lines = [count for lines in files for count in lines.values()]
    return 100 * sum(count > 0 for count in lines) / len(lines), len(lines)


def ranges(numbers):
    """1-3, 7"""
    out = []
    for n in numbers:
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in out)


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("sources", type=pathlib.Path)
    arguments.add_argument("--least", type=float, default=90)
    arguments.add_argument("--lines", action="store_true")
    given = arguments.parse_args()
    counts = count_lines(given.build.resolve(), given.sources.resolve())
    folders = collections.defaultdict(list)
    for path in sorted(counts):
        folders[path.parts[:1]].append(path)
        folders[path.parts[:-1]].append(path)
    is_enough = True
    for folder, files in sorted(folders.items()):
        percent, lines = share(counts[f] for f in files)
        print(f"{percent:6.1f} % of {lines:6} lines  {'/'.join(folder)}")
        is_enough = is_enough and (len(folder) > 1 or percent >= given.least)
        for file in files if len(folder) > 1 else []:
            percent, lines = share([counts[file]])
            if percent < given.least:
                missed = ranges(n for n, count in sorted(counts[file].items()) if count == 0) if given.lines else ""
                print(f"{percent:6.1f} %                    {file}{':' if missed else ''} {missed}".rstrip())
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
