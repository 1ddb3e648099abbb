# SPDX-License-Identifier: MIT
"""Connection rules and partners: the text of a rule and the pairs that it makes, from "Networks" and "Places"."""

import math

from model import joint_place


def in_order(pairs):
    return sorted(pairs, key=lambda p: (p[1], p[0]))


def all_pairs(source, target):
    return [(a, b) for b in range(target.size) for a in range(source.size) if not (source is target and a == b)]


def distance(source, a, target, b):
    return math.dist(joint_place(source, a, target), joint_place(target, b, source))


def by_distance(source, target, least, factor):
    """Pairs nearer than a length, in um where both are spaced."""
    length = least * factor
    pairs = [p for p in all_pairs(source, target) if distance(source, p[0], target, p[1]) < length]
    return f"where(distance < {length} um)" if source.spaced and target.spaced else f"where(distance < {length})", pairs


def nearest_of(p, number, other, without=None):
    """The element of the other population at the least distance, of equally near ones the first."""
    return min((k for k in range(other.size) if k != without), key=lambda k: distance(p, number, other, k))


def nearest(source, target):
    """Each element of the larger one (the source of two alike) with the nearest one of the other."""
    if source is target:
        if source.size == 1:
            return "nearest", []
        return "nearest", in_order([(a, nearest_of(source, a, target, a)) for a in range(source.size)])
    if source.size >= target.size:
        return "nearest", in_order([(a, nearest_of(source, a, target)) for a in range(source.size)])
    return "nearest", [(nearest_of(target, b, source), b) for b in range(target.size)]


def tilings(covered, other):
    """(tile's rows, columns, stride) with which tiles of one grid are as many as the other has elements, in rows and columns."""
    if not covered.columns or not other.columns:
        return []
    (rows, columns), (tile_rows, tile_columns) = covered.grid(), other.grid()
    found = []
    for stride in range(1, 4):
        r, c = rows - (tile_rows - 1) * stride, columns - (tile_columns - 1) * stride
        if r > 0 and c > 0 and (tile_rows > 1 or tile_columns > 1) and stride <= min(r, c):
            found.append((r, c, stride))
    return found


def tile_text(r, c, stride):
    return f"tiles({r} x {c}, stride {stride})"


def tile_elements(covered, other, tile):
    """(element of the other, element in its tile)."""
    r, c, stride = tile
    columns, tile_columns = covered.grid()[1], other.grid()[1]
    for number in range(other.size):
        row, column = divmod(number, tile_columns)
        for i in range(r):
            for j in range(c):
                yield number, (row * stride + i) * columns + column * stride + j


def tiles(source, target, tile):
    """The grid of the source is covered."""
    return tile_text(*tile), in_order([(inside, number) for number, inside in tile_elements(source, target, tile)])


def partner_by_tiles(p, partners, tile):
    """Where tiles overlap, the last one."""
    of = [None] * p.size
    for number, inside in tile_elements(p, partners, tile):
        of[inside] = number
    return tile_text(*tile), of


def partner_by_nearest(p, partners):
    return "nearest", [nearest_of(p, k, partners) for k in range(p.size)]


def partner_by_where(p, partners, side, shift):
    """One or none."""
    of = [k - shift if 0 <= k - shift < partners.size else None for k in range(p.size)]
    return f"where({side}.i == astro.i + {shift})" if shift >= 0 else f"where({side}.i + {-shift} == astro.i)", of
