#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the sources on purpose, one place at a time, and looks whether a test notices.

  run.py BUILD LIST [NAME...]     BUILD: a configured build folder of a clean checkout

LIST has one mutant after the other (tests/mutants/mutants.txt):

  name:  scale_free counts one link more
  in:    the file that the text stands in; only where it stands in several
  from:  text that stands exactly once in src/ or runtime/
  to:    what stands there instead
  tests: tests (a regular expression for ctest) of which one must fail

Each is put in, built, tested and taken out again. The exit code is 0 when every mutant is caught. A text that
is no longer found, or found twice, is an error: the list must follow the code."""
import pathlib
import re
import subprocess
import sys

SUFFIXES = {".c", ".h", ".def", ".y", ".l"}


def read_list(path):
    mutants = []
    for block in re.split(r"\n\s*\n", pathlib.Path(path).read_text()):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            mutants.append(dict(re.match(r"(\w+):\s*(.*\S)", line).groups() for line in lines))
    for m in mutants:
        if set(m) - {"in"} != {"name", "from", "to", "tests"} or m["from"] == m["to"]:
            sys.exit(f"not a mutant: {m}")
    return mutants


def source_files(root):
    return {p: p.read_text() for folder in ("src", "runtime") for p in sorted((root / folder).rglob("*"))
            if p.suffix in SUFFIXES}


def find_places(root, mutants):
    files = source_files(root)
    places, is_wrong = [], False
    for m in mutants:
        looked = [root / m["in"]] if "in" in m else files
        found = [p for p in looked for _ in range(files[p].count(m["from"]))]
        places += found[:1]
        if len(found) != 1:
            is_wrong = True
            print(f"{m['name']}: stands {len(found)} times in the sources, not once: {m['from']}")
    if is_wrong:
        sys.exit(1)
    return places


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def try_mutant(build, place, m):
    """What became of it: `caught by TEST`, or what is wrong."""
    original = place.read_text()
    place.write_text(original.replace(m["from"], m["to"]))
    try:
        code, output = run(["cmake", "--build", build, "-j", "2"])
        if code != 0:
            return "DOES NOT BUILD\n" + "\n".join(l for l in output.splitlines() if "error" in l)
        code, output = run(["ctest", "--test-dir", build, "-j", "2", "--stop-on-failure", "-R", m["tests"]])
    finally:
        place.write_text(original)
    if "No tests were found" in output:
        return "NO SUCH TESTS"
    failed = re.findall(r"^\s*\d+ - (\S+) \((?:Failed|Timeout|SEGFAULT|Subprocess aborted)", output, re.M)
    return "caught by " + failed[0] if failed else "SURVIVES"


def main():
    build, path, *names = sys.argv[1:]
    root = pathlib.Path(__file__).resolve().parents[2]
    mutants = [m for m in read_list(path) if not names or any(n in m["name"] for n in names)]
    places = find_places(root, mutants)
    caught = 0
    for m, place in zip(mutants, places):
        result = try_mutant(build, place, m)
        caught += result.startswith("caught")
        print(f"{place.relative_to(root)}: {m['name']}: {result}", flush=True)
    run(["cmake", "--build", build, "-j", "2"])
    print(f"{caught} caught, {len(mutants) - caught} not")
    sys.exit(0 if caught == len(mutants) else 1)


if __name__ == "__main__":
    main()
