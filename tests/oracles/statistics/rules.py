# SPDX-License-Identifier: MIT
"""Every rule that draws links or partners, by who is linked with whom."""

import itertools

import numpy
from scipy import stats

import chance
import oracle

CELL = "timescale fast = 1 ms\nneuron cell { state v = 0 }\n"
LINK = "synapse link { state source = 0, target = 0, value = 0 }\n"


def links(populations, connect, extra="source = pre.i, target = post.i", synapse=LINK, also=(), options=()):
    """Sources, targets and what else is recorded of the links of one connection, called `link`."""
    names = ("source", "target", *also)
    recordings = "\n".join(f"record link.{name} every 1 ms" for name in names)
    text = f"{CELL}{synapse}{populations}\n{connect} {{ {extra} }}\n{recordings}\nrun 1 ms\n"
    results = oracle.run("--interpret", *options, text=text)
    return [results.values(f"link.{name}")[1][-1] for name in names]


def pairs(*arguments, **named):
    return [column.astype(int) for column in links(*arguments, **named)]


def distinct(source, target):
    assert len({*zip(source, target)}) == len(source), "a pair has two links"


def test_probability():
    p = 0.07
    source, target = pairs("population a : cell[200]\npopulation b : cell[300]", f"connect a -> b via link by probability({p})")
    distinct(source, target)
    tail = stats.binom(60000, p).cdf(len(source))
    chance.likely("number of links", 2 * min(tail, 1 - tail))
    chance.discrete("links of a source", numpy.bincount(source, minlength=200), stats.binom(300, p))
    chance.discrete("links of a target", numpy.bincount(target, minlength=300), stats.binom(200, p))
    # Distances between the targets of one source: geometric.
    flat = numpy.sort(source * 300 + target)
    chance.discrete("gaps", numpy.diff(flat) - 1, stats.geom(p, loc=-1))


def test_probability_of_distance():
    source, target = pairs("population a : cell[900]", "connect a -> a via link by probability(exp(-distance/10))")
    i, j = numpy.meshgrid(numpy.arange(900), numpy.arange(900))
    apart = numpy.abs(i - j)[i != j]
    found = numpy.abs(source - target)
    assert (found > 0).all()
    p = numpy.exp(-numpy.arange(900) / 10)
    tries = numpy.bincount(apart, minlength=900)[1:]
    expected = tries * p[1:]
    observed = numpy.bincount(found, minlength=900)[1:]
    classes = expected > 20
    z = (observed - expected)[classes] / numpy.sqrt(expected * (1 - p[1:]))[classes]
    chance.likely("links by distance", stats.chi2(classes.sum()).sf((z**2).sum()))


def degrees(rule, of_target):
    source, target = pairs("population a : cell[150]\npopulation b : cell[400]", f"connect a -> b via link by {rule}(20)")
    distinct(source, target)
    ends = [(source, 150, 400), (target, 400, 150)]
    (fixed, n_fixed, _), (free, n_free, n_others) = ends[::-1] if of_target else ends
    oracle.close(f"{rule}", numpy.bincount(fixed, minlength=n_fixed), numpy.full(n_fixed, 20), 0)
    counts = numpy.bincount(free, minlength=n_free)
    # Hypergeometric draws of each of the others: mean 20 n_others/n_free, a little less than Poisson's variance.
    p = 20 / n_free
    statistic = ((counts - n_others * p) ** 2).sum() / (n_others * p * (1 - p)) * (n_free - 1) / n_free
    tail = stats.chi2(n_free - 1).cdf(statistic)
    chance.likely(f"{rule}: the other ends", 2 * min(tail, 1 - tail))
    chance.discrete(f"{rule}: links of the others", counts, stats.binom(n_others, p))
    chance.counted(f"{rule}: where", numpy.bincount(free, minlength=n_free).reshape(10, -1).sum(axis=1),
                   numpy.full(10, len(free) / 10))


def test_indegree():
    degrees("indegree", True)


def test_outdegree():
    degrees("outdegree", False)


def test_degrees_without_self():
    for rule in ("indegree", "outdegree"):
        source, target = pairs("population a : cell[60]", f"connect a -> a via link by {rule}(30)")
        distinct(source, target)
        assert (source != target).all()
        fixed, free = (target, source) if rule == "indegree" else (source, target)
        # Rank of the partner among the 59 others: uniform.
        rank = free - (free > fixed)
        chance.counted(rule, numpy.bincount(rank, minlength=59), numpy.full(59, len(rank) / 59))


def offsets(kernel, length, reach):
    """The probability of each step in rows and columns, both truncated toward zero: quantiles of the distance times
    directions."""
    n = 2000
    quantiles = (numpy.arange(n) + 0.5) / n
    distance = (stats.expon(scale=length) if kernel == "exponential" else stats.halfnorm(scale=length)).ppf(quantiles)
    angle = 2 * numpy.pi * quantiles
    rows = numpy.trunc(numpy.outer(distance, numpy.sin(angle))).astype(int)
    columns = numpy.trunc(numpy.outer(distance, numpy.cos(angle))).astype(int)
    size = 2 * reach + 1
    inside = (numpy.abs(rows) <= reach) & (numpy.abs(columns) <= reach)
    flat = (rows[inside] + reach) * size + columns[inside] + reach
    return numpy.bincount(flat, minlength=size * size).reshape(size, size) / n**2


def expected_pairs(table, rows, columns):
    """Of one draw from each element of a grid that falls on it, not on the element itself: the sum over the elements of
    the probability of each step."""
    reach = table.shape[0] // 2
    table = table.copy()
    table[reach, reach] = 0
    total = numpy.zeros_like(table)
    for r in range(rows):
        for c in range(columns):
            allowed = numpy.zeros_like(table)
            allowed[reach - r:reach - r + rows, reach - c:reach - c + columns] = 1
            total += table * allowed / (table * allowed).sum()
    return total


def test_kernels():
    for kernel, rule in itertools.product(("exponential", "gaussian"), ("outdegree", "indegree")):
        source, target = pairs("population a : cell[40 x 50] spaced 10 um",
                               f"connect a -> a via link by {rule}(1, {kernel}(45 um))")
        here, there = (source, target) if rule == "outdegree" else (target, source)
        oracle.close(rule, numpy.bincount(here, minlength=2000), numpy.ones(2000), 0)
        table = expected_pairs(offsets(kernel, 4.5, 50), 40, 50)
        rows, columns = there // 50 - here // 50, there % 50 - here % 50
        observed = numpy.zeros_like(table)
        numpy.add.at(observed, (rows + 50, columns + 50), 1)
        order = numpy.argsort(-table.ravel())
        chance.counted(f"{rule}, {kernel}", observed.ravel()[order], table.ravel()[order])


def test_kernels_many():
    """Several partners are different ones, drawn one after the other: those of the first draw alone are not known, but
    rows and columns, left and right are alike."""
    source, target = pairs("population a : cell[61 x 61]", "connect a -> a via link by outdegree(12, gaussian(4))")
    distinct(source, target)
    oracle.close("outdegree", numpy.bincount(source, minlength=3721), numpy.full(3721, 12), 0)
    middle = (source // 61 > 20) & (source // 61 < 40) & (source % 61 > 20) & (source % 61 < 40)
    rows, columns = (target // 61 - source // 61)[middle], (target % 61 - source % 61)[middle]
    kinds = [(rows > 0).sum(), (rows < 0).sum(), (columns > 0).sum(), (columns < 0).sum()]
    # Of (up, down) and (left, right) each is half of those that are not in the same row or column.
    chance.counted("up and down", kinds[:2], [sum(kinds[:2]) / 2] * 2)
    chance.counted("left and right", kinds[2:], [sum(kinds[2:]) / 2] * 2)
    chance.likely("rows and columns", stats.ks_2samp(numpy.abs(rows), numpy.abs(columns)).pvalue)


def test_kernels_along_a_row():
    for kernel in ("exponential", "gaussian"):
        source, target = pairs("population a : cell[1 x 4000]", f"connect a -> a via link by outdegree(1, {kernel}(12))")
        steps = (target - source)[(source > 500) & (source < 3500)]
        distance = stats.expon(scale=12) if kernel == "exponential" else stats.halfnorm(scale=12)
        top = 200
        p = numpy.diff(distance.cdf(numpy.arange(1, top + 1)))
        p /= p.sum()
        chance.counted(kernel, numpy.bincount(numpy.abs(steps), minlength=top)[1:top], p * len(steps))
        chance.counted(kernel + ", sides", [(steps > 0).sum(), (steps < 0).sum()], [len(steps) / 2] * 2)


def attachments(source, target, m):
    """(degrees of the earlier elements, the m chosen) of each later element, in their order."""
    n = source.max() + 1
    earlier = [set() for _ in range(n)]
    for a, b in zip(source, target):
        earlier[max(a, b)].add(min(a, b))
    degree = numpy.zeros(n)
    for a in range(m + 1):
        degree[a] = m
    for a in range(m + 1, n):
        assert len(earlier[a]) == m, f"{a} has {len(earlier[a])} earlier ones"
        yield degree[:a].copy(), sorted(earlier[a])
        for b in earlier[a]:
            degree[b] += 1
        degree[a] = m


def test_scale_free_one():
    """With one link each: the cumulated share of those below and of a part of the chosen one is uniform."""
    source, target = pairs("population a : cell[3000]", "connect a -> a via link by scale_free(1)")
    distinct(source, target)
    assert {*zip(source, target)} == {*zip(target, source)}
    draws = numpy.random.default_rng(1)
    u = [(d[:b].sum() + draws.random() * d[b]) / d.sum() for d, (b,) in attachments(source, target, 1)]
    chance.continuous("share", u, stats.uniform())


def test_scale_free_two():
    """The chance of an element to be one of two: p (1 + the sum over others of p_j/(1 - p_j))."""
    source, target = pairs("population a : cell[1500]", "connect a -> a via link by scale_free(2)")
    distinct(source, target)
    surplus, variance = numpy.zeros(6), numpy.zeros(6)
    classes = [0, 1, 2, 3, 10, 50, None]
    for d, chosen in attachments(source, target, 2):
        p = d / d.sum()
        odds = p / (1 - p)
        inclusion = p * (1 + odds.sum() - odds)
        for k, (low, high) in enumerate(zip(classes, classes[1:])):
            expected = inclusion[low:high].sum()
            found = sum(1 for c in chosen if low <= c and (high is None or c < high))
            both = expected - 1 if expected > 1 else 0  # at least so often both are of this class
            surplus[k] += found - expected
            variance[k] += expected * (1 - expected) + 2 * max(both, joint(p, odds, low, high))
    chance.likely("shares", stats.chi2(6).sf((surplus**2 / variance).sum()))


def joint(p, odds, low, high):
    """The chance that both are of the class low to high."""
    p, odds = p[low:high], odds[low:high]
    return (odds * (p.sum() - p)).sum()


POOLED = ("synapse link { default astro.number = -1\n  state source = 0, target = 0, partner = -1\n"
          "  each step { partner = astro.number } }\nastrocyte glia { param number = 0 }\n")


def partners(clause, cells=120, size=40, p=0.5):
    return pairs(f"population a : cell[{cells}]\npopulation g : glia[{size}] {{ number = i }}",
                 f"connect a -> a via link by probability({p}) with g by {clause}", synapse=POOLED, also=("partner",))


def test_pool():
    _, target, partner = partners("pool(4)")
    sets = [sorted({*partner[target == k]}) for k in range(120)]
    # With some sixty links all four are used, but for one time in millions.
    assert {len(s) for s in sets} == {4}, "not four partners"
    chance.counted("pools", numpy.bincount(numpy.concatenate(sets), minlength=40), numpy.full(40, 12.0))
    z = 0
    for k, pool in enumerate(sets):
        counts = numpy.array([(partner[target == k] == g).sum() for g in pool])
        z += ((counts - counts.mean()) ** 2).sum() / counts.mean()
    tail = stats.chi2(3 * 120).cdf(z)
    chance.likely("links of a pool", 2 * min(tail, 1 - tail))


def test_pool_of_pre():
    source, _, partner = pairs(
        "population a : cell[120]\npopulation g : glia[40] { number = i }",
        "connect a -> a via link by probability(0.5) with g of pre by pool(4)", synapse=POOLED, also=("partner",))
    assert {len({*partner[source == k]}) for k in range(120)} == {4}


def test_partner_probability():
    _, target, partner = partners("nearest probability(0.3)")
    has = partner >= 0
    tail = stats.binom(len(has), 0.3).cdf(has.sum())
    chance.likely("links with a partner", 2 * min(tail, 1 - tail))
    runs = numpy.flatnonzero(has)
    chance.discrete("gaps", numpy.diff(runs) - 1, stats.geom(0.3, loc=-1))


def test_delays():
    """When what came with the delay shows: whole steps of a drawn time, rounded."""
    synapse = "synapse link { state source = 0, target = 0, arrived = 0\n  on pre { arrived = t/(1 ms) } }\n"
    cases = {"uniform(2 ms, 9 ms)": stats.uniform(2, 7), "normal(20 ms, 3 ms)": stats.norm(20, 3),
             "1 ms + exponential(4 ms)": stats.expon(1, 4)}
    for delay, distribution in cases.items():
        text = (f"timescale fast = 1 ms\nneuron cell {{ spike when false {{}} }}\n{synapse}population a : cell[60]\n"
                f"connect a -> a via link by all_to_all delay {delay}\ndrive a.spike = [1 ms]\n"
                "record link.arrived every 120 ms\nrun 120 ms\n")
        delays = oracle.run("--interpret", text=text).values("link.arrived")[1][-1] - 1
        k = numpy.arange(0, 119)
        expected = (distribution.cdf(k + 0.5) - distribution.cdf(k - 0.5)) * len(delays)
        expected[-1] += len(delays) - expected.sum()
        chance.counted(delay, numpy.bincount(delays.astype(int), minlength=119), expected)


def test_kernel_between_grids():
    """From each element of a coarse grid into a fine one: steps count from the cell in which it lies, which is allowed."""
    source, target = pairs("population a : cell[20 x 20] spaced 30 um\npopulation b : cell[60 x 60] spaced 10 um",
                           "connect a -> b via link by outdegree(1, gaussian(35 um))")
    rows, columns = target // 60 - (3 * (source // 20) + 1), target % 60 - (3 * (source % 20) + 1)
    table, expected = offsets("gaussian", 3.5, 60), numpy.zeros((121, 121))
    for r, c in itertools.product(range(1, 60, 3), range(1, 60, 3)):
        allowed = table[60 - r:120 - r, 60 - c:120 - c]
        expected[60 - r:120 - r, 60 - c:120 - c] += allowed / allowed.sum()
    observed = numpy.zeros_like(expected)
    numpy.add.at(observed, (rows + 60, columns + 60), 1)
    order = numpy.argsort(-expected.ravel())
    chance.counted("steps", observed.ravel()[order], expected.ravel()[order])


def test_pool_of_blocks():
    source, target, partner = partners("pool(4, block)", cells=120, size=480)
    oracle.close("block", partner // 4, target, 0)
    counts = numpy.bincount(partner, minlength=480).reshape(120, 4)
    means = counts.mean(axis=1, keepdims=True)
    tail = stats.chi2(3 * 120).cdf(((counts - means) ** 2 / means).sum())
    chance.likely("links of a block", 2 * min(tail, 1 - tail))
