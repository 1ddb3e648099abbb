# SPDX-License-Identifier: MIT
"""What a picture of `nsa plot` shows, found out from the picture alone.

    picture.py points FILE.svg PANEL COLOUR CSV COLUMN FACTOR [EVERY]   the line goes through the samples of the table
    picture.py marks FILE.svg PANEL CSV FACTOR                         each event of the table has a mark, and no other
    picture.py boxes FILE.svg PANEL                                    prints the fills of the boxes of a map, row by row
    picture.py bars FILE.svg PANEL                                     prints from where to where bars reach
    picture.py png FILE.png WIDTH HEIGHT COLOUR...                     it is as large, and has pixels of these colours

Axes are read off the numbers beside them."""
import csv
import re
import struct
import sys
import xml.etree.ElementTree as xml
import zlib

SVG = "{http://www.w3.org/2000/svg}"


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


class Panel:
    def __init__(self, path, index):
        top = xml.parse(path).getroot()
        frames = [r for r in top.iter(SVG + "rect") if r.get("stroke") == "#222222"]
        f = frames[index]
        self.x, self.y, self.w, self.h = (float(f.get(k)) for k in ("x", "y", "width", "height"))
        self.group = [g for g in top.iter(SVG + "g") if g.get("clip-path")][index]
        texts = [t for t in top.iter(SVG + "text") if number(t.text or "") is not None]
        below = [t for t in texts if t.get("text-anchor") == "middle" and 0 < float(t.get("y")) - self.y - self.h < 30]
        beside = [t for t in texts if t.get("text-anchor") == "end" and -5 < float(t.get("y")) - self.y < self.h + 10]
        self.across = self.axis([(float(t.text), float(t.get("x"))) for t in below])
        self.up = self.axis([(float(t.text), float(t.get("y")) - 4) for t in beside])

    @staticmethod
    def axis(ticks):
        if len(ticks) < 2:
            return None  # names
        (a, at), (b, to) = ticks[0], ticks[-1]
        return lambda place: a + (place - at) * (b - a) / (to - at)

    def lines(self, colour):
        for path in self.group.iter(SVG + "path"):
            if path.get("stroke") == colour:
                yield [tuple(float(v) for v in p.split()) for p in re.split("[ML]", path.get("d"))[1:]]


def close(a, b, span):
    return abs(a - b) <= 0.004 * span


def rows_of(path):
    with open(path) as table:
        return list(csv.reader(table))


def points(path, panel, colour, table, column, factor, every="1"):
    p = Panel(path, int(panel))
    shown = [(p.across(x), p.up(y)) for x, y in next(p.lines(colour))]
    rows = [(float(r[0]) * float(factor), float(r[int(column)])) for r in rows_of(table)[1 :: int(every)]]
    assert len(shown) == len(rows), f"{len(shown)} points, and {len(rows)} samples"
    spans = [abs(axis(a) - axis(b)) for axis, a, b in ((p.across, p.x, p.x + p.w), (p.up, p.y, p.y + p.h))]
    for got, wanted in zip(shown, rows):
        assert close(got[0], wanted[0], spans[0]) and close(got[1], wanted[1], spans[1]), f"{got}, not {wanted}"


def marks(path, panel, table, factor):
    p = Panel(path, int(panel))
    shown = sorted((p.across(float(c.get("cx"))), p.up(float(c.get("cy")))) for c in p.group.iter(SVG + "circle"))
    rows = sorted((float(t) * float(factor), float(n)) for t, n in rows_of(table)[1:])
    assert len(shown) == len(rows) > 0, f"{len(shown)} marks, and {len(rows)} events"
    span = abs(p.across(p.x) - p.across(p.x + p.w))
    for got, wanted in zip(shown, rows):
        assert close(got[0], wanted[0], span) and abs(got[1] - wanted[1]) < 0.2, f"{got}, not {wanted}"


def boxes(path, panel):
    p = Panel(path, int(panel))
    for box in sorted(p.group.iter(SVG + "rect"), key=lambda b: (float(b.get("y")), float(b.get("x")))):
        print(box.get("fill"))


def bars(path, panel):
    p = Panel(path, int(panel))
    for box in p.group.iter(SVG + "rect"):
        y, height = float(box.get("y")), float(box.get("height"))
        print(f"{box.get('fill')} {p.up(y + height):.3g} {p.up(y):.3g}")


def png(path, width, height, *colours):
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, head = 8, b"", None
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0]
        head = body if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    w, h, depth, kind = struct.unpack(">IIBB", head[:10])
    assert (w, h, depth, kind) == (int(width), int(height), 8, 2), (w, h, depth, kind)
    raw, before, seen = zlib.decompress(packed), bytearray(3 * w), set()
    for y in range(h):
        how, line = raw[y * (3 * w + 1)], bytearray(raw[y * (3 * w + 1) + 1 : (y + 1) * (3 * w + 1)])
        for i in range(3 * w if how else 0):
            left, up, corner = (line[i - 3], before[i], before[i - 3]) if i >= 3 else (0, before[i], 0)
            guess = left + up - corner
            paeth = min((abs(guess - v), k, v) for k, v in enumerate((left, up, corner)))[2]
            line[i] = (line[i] + (0, left, up, (left + up) // 2, paeth)[how]) & 255
        seen.update(zip(line[0::3], line[1::3], line[2::3]))
        before = line
    for colour in colours:
        assert tuple(bytes.fromhex(colour[1:])) in seen, f"no pixel is {colour}"


try:
    globals()[sys.argv[1]](*sys.argv[2:])
except (AssertionError, StopIteration, IndexError) as wrong:
    sys.exit(f"{' '.join(sys.argv[1:])}: {wrong}")
