# SPDX-License-Identifier: MIT
"""Random policies: what each trial gave, against expectations that come from the worlds' page alone. A mean of n trials
may be 4 standard errors away."""

import collections

import numpy
import oracle
from scipy import stats

MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]  # north, south, west, east
_results = []


def results():
    if not _results:
        _results.append(oracle.run())
    return _results[0]


def column(world, name):
    file = results().folder / (world + ".trials.csv")
    head = file.read_text().splitlines()[0].split(",")
    return numpy.loadtxt(file, delimiter=",", skiprows=1)[:, head.index(name)]


def mean_is(what, sample, expected):
    error = sample.std(ddof=1) / numpy.sqrt(len(sample))
    assert len(sample) > 100 and error > 0, what
    assert abs(sample.mean() - expected) < 4 * error, f"{what}: {sample.mean():.6g} +- {error:.2g}, not {expected:.6g}"


# ---- mazes ----

class Maze:
    def __init__(self, rows):
        self.cells = {(r, c) for r, row in enumerate(rows) for c, letter in enumerate(row) if letter != "#"}

    def neighbours(self, cell):
        return [(cell[0] + r, cell[1] + c) for r, c in MOVES]

    def shortest(self, start, goal):
        seen, queue = {start: 0}, collections.deque([start])
        while queue:
            cell = queue.popleft()
            for other in self.neighbours(cell):
                if other in self.cells and other not in seen:
                    seen[other] = seen[cell] + 1
                    queue.append(other)
        return seen[goal]

    def moments(self, start, goal, avoids_walls):
        """Mean and deviation of the steps of a random walk to the goal: (I - P) h = 1, (I - P) q = 2 h - 1."""
        inner = sorted(self.cells - {goal})
        index = {cell: k for k, cell in enumerate(inner)}
        system = numpy.eye(len(inner))
        for cell in inner:
            ways = [n if n in self.cells else cell for n in self.neighbours(cell)]
            if avoids_walls:
                ways = [n for n in ways if n != cell]
            for other in ways:
                if other != goal:
                    system[index[cell], index[other]] -= 1 / len(ways)
        mean = numpy.linalg.solve(system, numpy.ones(len(inner)))
        square = numpy.linalg.solve(system, 2 * mean - 1)
        k = index[start]
        return mean[k], numpy.sqrt(square[k] - mean[k] ** 2)


def test_a_maze_by_its_map():
    maze = Maze("S..#./.#.../...#./#..../...#G".split("/"))
    steps = column("maze", "steps")
    mean, deviation = maze.moments((0, 0), (4, 4), False)
    assert abs(steps.mean() - mean) < 3 * deviation / numpy.sqrt(len(steps)), (steps.mean(), mean)
    assert (column("maze", "shortest") == maze.shortest((0, 0), (4, 4))).all()
    assert (column("maze", "reward") == 2 - steps).all() and column("maze", "success").all()


def test_an_open_field():
    """With a limit: by steps of the chain."""
    field = Maze(["." * 10] * 10)
    at = {(0, 0): 1.0}
    left = []
    for _ in range(2000):
        after = collections.defaultdict(float)
        for cell, p in at.items():
            ways = [n for n in field.neighbours(cell) if n in field.cells]
            for other in ways:
                after[other] += p / len(ways)
        after.pop((9, 9), None)
        at = after
        left.append(sum(at.values()))
    steps, success = column("field", "steps"), column("field", "success")
    mean_is("steps in the field", steps, 1 + sum(left[:-1]))
    mean_is("goals in the field", success, 1 - left[-1])
    assert (column("field", "shortest") == 18).all() and (steps[success == 0] == 2000).all()


def test_drawn_mazes():
    """Twenty mazes, told apart by their seed; walls are read from where moves led."""
    for seed in range(1, 21):
        text = f"""timescale fast = 1 ms
environment maze : gridworld {{ rows = 5, columns = 5, walls = 0.3, seed = {seed} }}
act maze = sample(1) every 1 ms
neuron idle {{ state v = 0 }}
population one : idle
record maze
record maze.here
run 50 s
"""
        found = oracle.run(text=text)
        moves = numpy.loadtxt(found.folder / "maze.steps.csv", delimiter=",", skiprows=1)
        trials = numpy.loadtxt(found.folder / "maze.trials.csv", delimiter=",", skiprows=1)
        here = found.values("maze.here")[1]
        cells = {divmod(int(k), 5) for k in numpy.flatnonzero(here.any(axis=0))} | {(4, 4)}
        maze = Maze([["." if (r, c) in cells else "#" for c in range(5)] for r in range(5)])
        mean, deviation = maze.moments((0, 0), (4, 4), False)
        steps = trials[:, 3]
        assert abs(steps.mean() - mean) < 3.5 * deviation / numpy.sqrt(len(steps)), (seed, steps.mean(), mean)
        assert (trials[:, 6] == maze.shortest((0, 0), (4, 4))).all(), seed
        assert stats.chisquare(numpy.bincount(moves[:, 2].astype(int), minlength=4)).pvalue > 1e-4, seed


# ---- the others ----

def test_arms():
    mean_is("reward of ten pulls", column("arms", "reward"), 10 * (0.1 + 0.7 + 0.4) / 3)
    mean_is("share of the best arm", column("arms", "best"), 1 / 3)


def test_conditioning():
    assert (column("bell", "steps") == 7).all() and (column("bell", "reward") == 1).all()
    mean_is("success", column("bell", "success"), 1 - 0.5 ** 4)
    mean_is("responses before the US", column("bell", "anticipated"), 2)
    mean_is("responses before the CS", column("bell", "false_responses"), 1)


def test_track():
    mean_is("steps of a lap", column("track", "steps"), 7 * 8)


def test_pole():
    """The equations as published, by NumPy: Barto, Sutton and Anderson 1983, without friction, Euler steps of 20 ms."""
    draw = numpy.random.default_rng(1)
    x = draw.uniform(-0.05, 0.05, (20000, 4))
    steps, is_up = numpy.zeros(len(x)), numpy.ones(len(x), dtype=bool)
    for _ in range(500):
        place, speed, angle, spin = x.T
        force = numpy.where(draw.random(len(x)) < 0.5, 10.0, -10.0)
        push = (force + 0.05 * spin ** 2 * numpy.sin(angle)) / 1.1
        turn = (9.8 * numpy.sin(angle) - numpy.cos(angle) * push) / (0.5 * (4 / 3 - 0.1 * numpy.cos(angle) ** 2 / 1.1))
        x = x + 0.02 * numpy.array([speed, push - 0.05 * turn * numpy.cos(angle) / 1.1, spin, turn]).T
        steps += is_up
        is_up &= (abs(x[:, 2]) <= numpy.radians(12)) & (abs(x[:, 0]) <= 2.4)
    sample = column("cart", "steps")
    error = numpy.hypot(sample.std() / numpy.sqrt(len(sample)), steps.std() / numpy.sqrt(len(steps)))
    assert abs(sample.mean() - steps.mean()) < 4 * error, (sample.mean(), steps.mean(), error)
    assert stats.ks_2samp(sample, steps).pvalue > 1e-4


def test_streams():
    mean_is("predictions in a ring", column("ring", "predicted"), 100 / 4)
    mean_is("surprises in a ring", column("ring", "surprises"), 10)
    mean_is("predictions of pairs", column("pairs", "predicted"), 100 / 6)
    rows = numpy.array([[0.1, 0.9, 0], [0.2, 0.2, 0.6], [0.3, 0.6, 0.1]])
    values, vectors = numpy.linalg.eig(rows.T)
    stationary = numpy.real(vectors[:, numpy.argmax(numpy.real(values))])
    stationary /= stationary.sum()
    shares = results().values("cyclic.shown")[1].mean(axis=0)
    assert abs(shares - stationary).max() < 0.005, (shares, stationary)
    mean_is("surprises of a chain", column("cyclic", "surprises"), 1000 * (1 - stationary @ rows.max(axis=1)))
