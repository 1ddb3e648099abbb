#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""coverage.py BUILD SOURCES [--least PERCENT] [--lines] - which lines of src and runtime were executed since the build.

A line a folder and, below the least, a line a file (--lines: its lines that never were). Exits with 1 where src or
runtime has less than PERCENT (90).

Kernels have the maths from bitcode of its own, which is not counted: lines of runtime/math are those that the
interpreter, the runtime and tests/maths execute, at the width of one lane; what other widths alone compile is no line
here. Behind a fork() in whose child a function ends, clang takes the lines of the parent for ones that were not
executed, as often as not: the counts of both are one sum."""

import argparse
import collections
import pathlib
import shutil
import subprocess
import sys


def tool(name):
    found = shutil.which(f"{name}-19") or shutil.which(name)
    return found or sys.exit(f"coverage.py: {name} is missing (Debian: llvm-19)")


def count_lines(build, sources):
    """By file: by line, how often it was executed. A line of a header is executed where any of its copies is.
    Lines are those of all that is compiled, whether a program is linked with it or not."""
    profiles = sorted((build / "profiles").glob("*.profraw"))
    if not profiles:
        sys.exit(f"coverage.py: nothing was executed in {build}")
    merged = build / "profiles" / "all.profdata"
    subprocess.run([tool("llvm-profdata"), "merge", "-o", merged, *profiles], check=True)
    objects = sorted(build.glob("CMakeFiles/*.dir/**/*.o"))  # not their archives, in which tables are not aligned
    command = [tool("llvm-cov"), "export", "--format=lcov", f"--instr-profile={merged}", *objects[:1]]
    command += [f"--object={path}" for path in objects[1:]]
    counts = collections.defaultdict(dict)
    lines = {}
    for text in subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines():
        word, _, rest = text.partition(":")
        if word == "SF":
            path = pathlib.Path(rest).resolve()
            is_ours = any(path.is_relative_to(sources / folder) for folder in ("src", "runtime"))
            lines = counts[path.relative_to(sources)] if is_ours else {}
        elif word == "DA":
            line, count = rest.split(",")[:2]
            lines[int(line)] = lines.get(int(line), 0) + int(count)
    return counts


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
    totals, folders = collections.defaultdict(list), collections.defaultdict(list)
    for path in sorted(counts):
        totals[path.parts[0]].append(path)
        folders["/".join(path.parts[:-1])].append(path)
    for folder, files in sorted(folders.items()):
        percent, lines = share(counts[f] for f in files)
        print(f"{percent:6.1f} % of {lines:6} lines  {folder}")
        for file in files:
            percent, lines = share([counts[file]])
            if percent < given.least:
                missed = ranges(n for n, count in sorted(counts[file].items()) if count == 0) if given.lines else ""
                print(f"{percent:6.1f} % of {lines:6}          {file}{':' if missed else ''} {missed}".rstrip())
    is_enough = True
    for folder, files in sorted(totals.items()):
        percent, lines = share(counts[f] for f in files)
        print(f"{folder}: {percent:.2f} % of {lines} lines (at least {given.least:g} %)")
        is_enough = is_enough and percent >= given.least
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
