#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long functions and files are, and how many functions a header declares.

The code is formatted by clang-format: a function's definition starts at column 0 and ends with `}` at column 0. Prints
what is too long, and the median; exits with 1 where there is something. `sizes.py --list` prints all functions.
"""
import pathlib
import re
import statistics
import sys

MEDIAN, NINE_IN_TEN, LONGEST = 9, 20, 60  # lines of a function
FILE_LINES, TEST_LINES, HEADER_FUNCTIONS = 500, 700, 30

# One constructor for each rule of the grammar.
LARGE_HEADERS = {"construct.h"}

NAME = re.compile(r"([A-Za-z_]\w*)\s*\(")
NO_TYPE = re.compile(r"(typedef|struct|union|enum|#|/|\*|\}|extern\s+\"C\")")


def blank(text):
    """The text with comments, strings and characters blanked out; lines stay."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def functions(text):
    """Name, first line and length of each function defined in the text, from its head to its closing brace."""
    lines = blank(text).split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if not re.match(r"[A-Za-z_]", line) or NO_TYPE.match(line) and "(" not in line:
            at += 1
            continue
        end = at  # the head goes on to the first `{`, `;` or `=`
        while end < len(lines) and not re.search(r"[{;]", lines[end]):
            end += 1
        head = " ".join(lines[at : end + 1])
        brace = head.find("{")
        name = NAME.search(head)
        is_function = name and brace > 0 and ";" not in head[:brace] and "=" not in head[:brace]
        if not is_function or re.match(r"typedef\b", head):
            at = end + 1
            continue
        while end < len(lines) and not re.match(r"\}", lines[end]) and not (end == at and head.rstrip().endswith("}")):
            end += 1
        yield name.group(1), at + 1, end - at + 1
        at = end + 1


def declarations(text):
    """How many functions a header declares or defines."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", blank(text), flags=re.M)
    depth, top = 0, []
    for c in text:
        depth += c == "{"
        if depth == 0:
            top.append(c)
        elif c == "}" and depth == 1:
            top.append("{}")
        depth -= c == "}"
    count = 0
    for statement in re.split(r";|\{\}(?!\s*[\w*])", "".join(top)):
        is_type = re.match(r"\s*(typedef|struct\s+\w+\s*$|enum|union)", statement)
        count += bool(NAME.search(statement)) and not is_type and "=" not in statement
    return count


def files(root):
    for folder in ("src", "runtime", "grammar"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            yield path.relative_to(root).as_posix(), path.read_text()


def main():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    findings, lengths = [], []
    for path, text in files(root):
        count = len(text.splitlines())
        file = path.rsplit("/", 1)[-1]
        if count >= FILE_LINES:
            findings.append(f"{path}: {count} lines; at most {FILE_LINES - 1}")
        if file.endswith(".h") and file not in LARGE_HEADERS and declarations(text) > HEADER_FUNCTIONS:
            findings.append(f"{path}: declares {declarations(text)} functions; at most {HEADER_FUNCTIONS}")
        for name, line, length in functions(text):
            lengths.append(length)
            if "--list" in sys.argv:
                print(f"{length:5} {path}:{line}: {name}")
            if length > LONGEST:
                findings.append(f"{path}:{line}: {name} has {length} lines; at most {LONGEST}")
    for path in sorted((root / "tests").rglob("*.[ch]")):
        count = len(path.read_text().splitlines())
        if count > TEST_LINES:
            findings.append(f"{path.relative_to(root).as_posix()}: {count} lines; at most {TEST_LINES}")
    median, ninth = statistics.median(lengths), statistics.quantiles(lengths, n=10)[-1]
    if len(lengths) < 1000:
        findings.append(f"found only {len(lengths)} functions")
    if median > MEDIAN or ninth > NINE_IN_TEN:
        findings.append(f"functions: at most {MEDIAN} lines in the median and {NINE_IN_TEN} for nine in ten")
    print(f"{len(lengths)} functions: median {median:g} lines, nine in ten at most {ninth:g}, longest {max(lengths)}")
    print("\n".join(findings))
    return bool(findings)


sys.exit(main())
