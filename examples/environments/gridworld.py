# SPDX-License-Identifier: MIT
"""The gridworld of nsa in Python, for a maze as a text: gives the same bits as the built-in one.

    nsa run model.nsa --environment maze="python3 gridworld.py S.#/..G 100"

The second argument is the limit of steps, 0 or nothing for none. The model declares channels of the names below.
"""
import sys

import nsa_client

NORTH, SOUTH, WEST, EAST = range(4)
MOVES = {NORTH: (-1, 0), SOUTH: (1, 0), WEST: (0, -1), EAST: (0, 1)}


class Gridworld:
    def __init__(self, text, limit=0):
        self.rows = text.split("/")
        self.limit = limit
        cells = "".join(self.rows)
        self.columns = len(self.rows[0])
        self.start, self.goal, self.count = cells.index("S"), cells.index("G"), len(cells)
        self.cells = cells

    def hello(self, description):
        self.wanted = description["channels"]

    def next_to(self, cell, action):
        """The free cell there, or None: a wall or the border."""
        row, column = divmod(cell, self.columns)
        row, column = row + MOVES[action][0], column + MOVES[action][1]
        if not (0 <= row < len(self.rows) and 0 <= column < self.columns) or self.rows[row][column] == "#":
            return None
        return row * self.columns + column

    def observation(self):
        here, near, free, goal = [0] * self.count, [0] * (4 * self.count), [0] * 4, [0] * self.count
        here[self.here] = goal[self.goal] = 1
        for action in MOVES:
            cell = self.next_to(self.here, action)
            if cell is not None:
                free[action] = near[4 * cell + action] = 1
        seen = {"here": here, "near": near, "free": free, "goal": goal}
        return {name: seen[name] for name in self.wanted}

    def reset(self, trial, seed):
        self.here, self.steps = self.start, 0
        return self.observation()

    def step(self, action):
        cell = self.next_to(self.here, action)
        if cell is not None:
            self.here = cell
        self.steps += 1
        is_there = self.here == self.goal
        is_late = not is_there and 0 < self.limit <= self.steps
        return self.observation(), float(is_there), is_there, is_late, is_there

    def save(self):
        return f"{self.here} {self.steps}"

    def restore(self, state):
        self.here, self.steps = map(int, state.split())


if __name__ == "__main__":
    nsa_client.serve(Gridworld(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
