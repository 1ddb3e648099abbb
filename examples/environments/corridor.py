# SPDX-License-Identifier: MIT
"""A small environment in the style of Gymnasium, which gymnasium_wrapper.py makes one of nsa.

A corridor of seven cells. Each trial begins in a cell that its seed draws, the goal is at the right end, and the
action, left or right, fails once in five times. Half a unit is paid for each step.
"""
import random

CELLS, LEFT, RIGHT = 7, 0, 1


class Corridor:
    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.random = random.Random(seed)
        self.cell, self.steps = self.random.randrange(CELLS - 1), 0
        return {"cell": self.cell, "distance": (CELLS - 1 - self.cell) / 10}, {}

    def step(self, action):
        move = 1 if action == RIGHT else -1
        if self.random.random() >= 0.2:
            self.cell = min(max(self.cell + move, 0), CELLS - 1)
        self.steps += 1
        is_there = self.cell == CELLS - 1
        reward = 10 if is_there else -0.5
        seen = {"cell": self.cell, "distance": (CELLS - 1 - self.cell) / 10}
        return seen, reward, is_there, not is_there and self.steps == 50, {"is_success": is_there}
