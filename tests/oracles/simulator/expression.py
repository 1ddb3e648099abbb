# SPDX-License-Identifier: MIT
"""Expressions: tuples that can be printed as text of the language and evaluated in plain Python.

    ("number", x)            ("name", "v")  ("name", "pre.v")      ("not", a)
    ("+-*/", a, b)           ("< <= > >= ==", a, b)                 ("and" "or", a, b)
    ("if", c, a, b)          ("call", name, arguments...)           ("negative", a)
    ("length", "x")  a place in um where the population is spaced; printed as a plain number
    ("apply", name, arguments, body, values...)   a function of the model
    ("ticks", n)   a time of n fast steps; the only partner of ("time",) in comparisons
    ("time",)      t;  ("ms",)  t/(1 ms), a plain number
An environment is a function from names to values; time is ticks of the fastest timescale there, a whole number, so
that comparisons of times are exact."""

import math

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}
CALLS = {
    "min": min,
    "max": max,
    "abs": abs,
    "tanh": math.tanh,
    "clip": lambda x, low, high: min(max(x, low), high),
    "step": lambda x: 1.0 if x >= 0 else 0.0,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
}


def evaluate(e, names):
    kind = e[0]
    if kind in ("number", "ticks"):
        return e[1]
    if kind in ("name", "length", "time", "ms"):
        return names({"name": e[-1], "length": e[-1], "time": "t", "ms": "t in ms"}[kind])
    if kind == "if":
        return evaluate(e[2] if evaluate(e[1], names) else e[3], names)
    if kind == "and":
        return evaluate(e[1], names) and evaluate(e[2], names)
    if kind == "or":
        return evaluate(e[1], names) or evaluate(e[2], names)
    if kind == "not":
        return not evaluate(e[1], names)
    if kind == "negative":
        return -evaluate(e[1], names)
    if kind == "apply":
        arguments = dict(zip(e[2], (evaluate(a, names) for a in e[4:])))
        return evaluate(e[3], lambda name: arguments[name] if name in arguments else names(name))
    if kind == "call":
        return CALLS[e[1]](*(evaluate(a, names) for a in e[2:]))
    return BINARY[kind](evaluate(e[1], names), evaluate(e[2], names))


def text(e, clock):
    """clock prints a number of fast steps as a time."""
    kind = e[0]
    if kind == "number":
        return repr(e[1])
    if kind == "name":
        return e[1]
    if kind == "length":
        return f"({e[1]}/(1 um))"
    if kind in ("time", "ms"):
        return "t" if kind == "time" else "(t/(1 ms))"
    if kind == "ticks":
        return clock(e[1])
    if kind == "if":
        return f"(if {text(e[1], clock)} then {text(e[2], clock)} else {text(e[3], clock)})"
    if kind == "not":
        return f"(not {text(e[1], clock)})"
    if kind == "negative":
        return f"(-{text(e[1], clock)})"
    if kind == "apply":
        return f"{e[1]}({', '.join(text(a, clock) for a in e[4:])})"
    if kind == "call":
        return f"{e[1]}({', '.join(text(a, clock) for a in e[2:])})"
    return f"({text(e[1], clock)} {kind} {text(e[2], clock)})"


def names_in(e):
    if e[0] == "name":
        return {e[1]}
    return set().union(*(names_in(a) for a in e[1:] if isinstance(a, tuple)), set())


def renamed(e, rename):
    """With other names."""
    if e[0] == "name":
        return ("name", rename(e[1]))
    return (e[0],) + tuple(renamed(a, rename) if isinstance(a, tuple) else a for a in e[1:])
