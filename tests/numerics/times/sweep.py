# SPDX-License-Identifier: MIT
"""Times by ticks: models for many steps, each judged by exact fractions.

write FOLDER   a model for each step, all with the same questions
judge FOLDER   reads what the runs recorded, in folders iSTEP
"""
import csv, random, sys
from fractions import Fraction as F
from math import floor, ceil
from pathlib import Path

TICKS = 600


def steps():
    """Every kind of decimal from 0.001 to 10 ms: short ones, long ones, and those that two numbers make."""
    some = ["0.001", "0.002", "0.003", "0.007", "0.01", "0.0125", "0.02", "0.025", "0.03", "0.05", "0.07", "0.1", "0.125", "0.15",
            "0.2", "0.25", "0.3", "0.35", "0.4", "0.6", "0.7", "0.9", "1", "1.1", "1.3", "2.5", "3.3", "7", "10", "0.0333", "0.123457"]
    draw = random.Random(1)
    return some + ["%.*f" % (draw.randint(2, 6), draw.uniform(0.01, 10)) for _ in range(10)]


def half_away(x):
    return -half_away(-x) if x < 0 else floor(x + F(1, 2))


MODEL = """timescale fast = {dt} ms
neuron clock {{
  param period = {seven} ms, rate = {rate} mV/ms, start = {three} ms, whole = floor(start/({dt} ms))
  state a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, j = 0, k = 0, l = 0, m = 0, o = 0, q = 0, r = 0
  state last = 0 ms, next = {seven} ms, phase = 0, x = 0, y = 0, z = 0, u = 0
  input I
  let beat = floor(t/({seven} ms))
  dy/dt = (if t >= start then 1 else 0)/({dt} ms) using euler
  du/dt = floor(t/period + 0*u)/({dt} ms) using euler
  event due when t >= start + 3*period {{ x = t/({dt} ms) }}
  each step {{
    a = floor(t/({dt} ms))
    b = ceil(t/period)
    c = round(t/(2*{dt} ms))
    d = if t >= {nine} ms then 1 else 0
    e = if t == start + period then 1 else 0
    f = beat
    g += if t - last >= period then 1 else 0
    if t - last >= period {{ last = t }}
    if t == next {{ h += 1;  next += period }}
    phase = t/period
    j = if phase == floor(phase) then 1 else 0
    k = if rate*t >= {ramp} mV then 1 else 0
    l = floor((t - start)/({dt} ms))
    m = if phase >= 3 then 1 else 0
    o = if sin(2*pi*t/(2*period)) > 0 then 1 else 0
    q = whole + sign(t - start)
    r = if t != next and min(t, next) < {nine} ms then 1 else 0
    z += I
  }}
}}
population p : clock
drive p.I = 1 from {nine} ms
drive p.I = if t < {seven} ms then 0 else floor(t/({seven} ms))
{records}
run {end} ms
"""
NAMES = "abcdefghjklmoqrxyzu"


def text(x):
    """A fraction with a power of ten below, as a decimal."""
    digits = 0
    while (x * 10**digits).denominator != 1:
        digits += 1
    return "%d" % x if digits == 0 else ("%0*d" % (digits + 1, x * 10**digits))[:-digits] + "." + ("%0*d" % (digits + 1, x * 10**digits))[-digits:]


def write(folder):
    for dt in steps():
        h = F(dt)
        values = dict(dt=dt, three=text(3 * h), seven=text(7 * h), nine=text(9 * h), rate=text(F(3, 10)), ramp=text(F(33, 10) * h),
                      end=text(TICKS * h), records="\n".join("record p.%s" % n for n in NAMES))
        Path(folder, dt + ".nsa").write_text(MODEL.format(**values))


def expected(dt):
    """Row k: the state when k steps are done: blocks of step k - 1 saw t = (k - 1) dt."""
    h = F(dt)
    P, start, nine = 7 * h, 3 * h, 9 * h
    s = {n: 0 for n in NAMES}
    s["last"], s["next"], s["due"] = F(0), P, False
    rows = [dict(s)]
    for n in range(TICKS):
        t = n * h
        if s["due"]:
            s["x"] = n
            s["due"] = False
        s["a"], s["b"], s["c"] = n, ceil(t / P), half_away(t / (2 * h))
        s["d"], s["e"], s["f"] = int(t >= nine), int(t == start + P), floor(t / P)
        if t - s["last"] >= P:
            s["g"] += 1
            s["last"] = t
        if t == s["next"]:
            s["h"] += 1
            s["next"] += P
        s["j"], s["k"] = int((t / P).denominator == 1), int(F(3, 10) * t >= F(33, 10) * h)
        s["l"], s["m"] = floor((t - start) / h), int(t / P >= 3)
        s["o"] = int(0 < (t / P) % 2 < 1)
        s["q"] = 3 + (t > start) - (t < start)
        s["r"] = int(t != s["next"] and min(t, s["next"]) < nine)
        s["z"] += int(t >= nine) + (0 if t < P else floor(t / P))
        s["y"] += int(t >= start)
        s["u"] += floor(t / P)
        if (n + 1) * h == start + 3 * P:
            s["due"] = True
        rows.append(dict(s))
    return rows


def judge(folder, dt):
    want, wrong = expected(dt), 0
    for name in NAMES:
        with open(Path(folder, "i" + dt, "p.%s.csv" % name)) as file:
            rows = list(csv.reader(file))[1:]
        assert len(rows) == TICKS + 1, (name, len(rows))
        for k, (time, value) in enumerate(rows):
            if float(time) != float(k * F(dt)) or abs(float(value) - want[k][name]) > 1e-9:
                wrong += 1
                if wrong < 5:
                    print("step %s ms: %s in row %d: time %s, value %s, not %s" % (dt, name, k, time, value, want[k][name]))
    return wrong


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    sys.exit(sum(judge(sys.argv[2], dt) for dt in steps()) != 0)
