# SPDX-License-Identifier: MIT
"""Random policies in the worlds that come with nsa score what theory says.

Mazes: mean steps of `sample(1)`, with and without `among free`, and of weights by a channel, against hitting times by a linear system, over 20 mazes
drawn here. Bandit: the mean of the probabilities, and of softmax over counts of events that are known. Conditioning, track and patterns: closed forms."""
import math
import random
import subprocess
import sys

NSA = sys.argv[1]
HEAD = "timescale fast = 1 ms\nneuron idle { spike when false {} }\npopulation p : idle[4]\n"


def run(name, text):
    with open(name + ".nsa", "w") as f:
        f.write(HEAD + text)
    out = subprocess.run([NSA, "run", name + ".nsa", "--no-results", "--quiet"], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return {line.split()[0]: float(line.split()[1]) for line in out.stdout.splitlines()}


def deviation(name, mean, expected, error):
    """In standard errors."""
    z = (mean - expected) / error
    assert abs(z) < 4, f"{name}: {mean}, not {expected} +- {error}"
    return z


# ---- mazes ----

def ways(maze, cell):
    """Where north, south, west, east lead: the cell itself where the way is barred."""
    rows, columns = len(maze), len(maze[0])
    r, c = cell
    for dr, dc in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        is_free = 0 <= r + dr < rows and 0 <= c + dc < columns and maze[r + dr][c + dc] != "#"
        yield (r + dr, c + dc) if is_free else cell


def reached(maze):
    seen, left = {(0, 0)}, [(0, 0)]
    while left:
        for cell in ways(maze, left.pop()):
            if cell not in seen:
                seen.add(cell)
                left.append(cell)
    return sorted(seen)


def moments(maze, among_free):
    """Mean and standard deviation of the steps from start to goal: (I - P) m = 1 and (I - P) s = 1 + 2 P m."""
    cells = [c for c in reached(maze) if maze[c[0]][c[1]] != "G"]
    index = {c: k for k, c in enumerate(cells)}
    n = len(cells)
    matrix = [[float(i == j) for j in range(n)] for i in range(n)]
    for c in cells:
        to = [w for w in ways(maze, c) if not among_free or w != c]
        for w in to:
            if w in index:
                matrix[index[c]][index[w]] -= 1 / len(to)
    mean = solve(matrix, [1.0] * n)
    after = [mean[i] - 1 for i in range(n)]  # P m
    square = solve(matrix, [1 + 2 * a for a in after])
    k = index[(0, 0)]
    return mean[k], math.sqrt(square[k] - mean[k] ** 2)


def solve(matrix, right):
    rows = [row[:] + [b] for row, b in zip(matrix, right)]
    n = len(rows)
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(n):
            if i != k:
                f = rows[i][k] / rows[k][k]
                rows[i] = [a - f * b for a, b in zip(rows[i], rows[k])]
    return [rows[k][n] / rows[k][k] for k in range(n)]


def draw_maze(rng):
    while True:
        maze = [["#" if rng.random() < 0.25 else "." for _ in range(5)] for _ in range(4)]
        maze[0][0], maze[3][4] = "S", "G"
        maze = ["".join(row) for row in maze]
        if (3, 4) in reached(maze):
            return maze


def mazes():
    rng = random.Random(5)
    trials = 400
    policies = {"sample(1)": False, "sample(1) among maze.free": True, "sample(maze.free)": True}
    total = dict.fromkeys(policies, 0.0)
    for k in range(20):
        maze = draw_maze(rng)
        for policy, among_free in policies.items():
            text = f"""environment maze : gridworld {{ map = "{'/'.join(maze)}" }}
act maze = {policy} every 1 ms
measure steps = mean(maze.steps)
run until maze.trials == {trials} for 10 h
"""
            mean, sd = moments(maze, among_free)
            steps = run(f"maze{k}", text)["steps"]
            total[policy] += deviation(f"maze {k}, {policy}", steps, mean, sd / math.sqrt(trials))
    for z in total.values():
        assert abs(z) / math.sqrt(20) < 3, z


# ---- the others ----

def bandit():
    text = """environment casino : bandit { probabilities = [0.2, 0.7, 0.5], length = 100 }
act casino = sample(1) every 1 ms
measure paid = mean(casino.reward)/100
run until casino.trials == 400 for 1 h
"""
    p = (0.2 + 0.7 + 0.5) / 3
    deviation("bandit", run("bandit", text)["paid"], p, math.sqrt(p * (1 - p) / 40000))
    # Elements 0 to 2 fire 0, 1 and 2 times in each window: softmax takes them as 1 : e : e^2.
    text = """environment casino : bandit { probabilities = [1, 0, 0], length = 1000 }
neuron pulsed { state v = 0
  input I
  dv/dt = (I - v)/(1 ms) using euler
  spike when v > 0.5 { v = 0 } }
population q : pulsed[3]
drive q.I[2] = 1 from 0 ms for 2 ms every 10 ms
drive q.I[1] = 1 from 0 ms for 1 ms every 10 ms
act casino = softmax(count(q.spike)) every 10 ms
measure paid = mean(casino.reward)/1000
measure one = count(q.spike)/duration*10 ms
run until casino.trials == 20 for 1 h
"""
    got = run("softmax", text)
    assert abs(got["one"] - 3) < 1e-3, got
    p = 1 / (1 + math.e + math.e ** 2)
    deviation("softmax", got["paid"], p, math.sqrt(p * (1 - p) / 20000))


def others():
    text = """environment bell : conditioning { before = 2, cs = 2, trace = 1 }
act bell = sample(1) every 1 ms
measure reached = mean(bell.success)
measure anticipated = mean(bell.anticipated)
run until bell.trials == 4000 for 1 h
"""
    got = run("bell", text)
    deviation("conditioning", got["reached"], 1 - 0.5 ** 3, math.sqrt(7 / 64 / 4000))
    deviation("responses", got["anticipated"], 1.5, math.sqrt(0.75 / 4000))
    text = """environment track : linear_track { cells = 6 }
act track = sample(1) every 1 ms
measure steps = mean(track.steps)
run until track.trials == 4000 for 1 h
"""
    deviation("track", run("track", text)["steps"], 5 * 6, 25 / math.sqrt(4000))
    text = """environment stream : pattern_stream { patterns = 4, length = 100 }
act stream = sample(1) every 1 ms
measure predicted = mean(stream.predicted)/100
measure surprises = mean(stream.surprises)/100
run until stream.trials == 200 for 1 h
"""
    got = run("stream", text)
    deviation("patterns", got["predicted"], 0.25, math.sqrt(0.25 * 0.75 / 20000))
    deviation("surprises", got["surprises"], 0.1, math.sqrt(0.09 / 20000))


mazes()
bandit()
others()
print("random policies score what theory says")
