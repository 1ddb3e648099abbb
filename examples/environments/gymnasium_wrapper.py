# SPDX-License-Identifier: MIT
"""An environment of Gymnasium, or any object of that style, for nsa.

    nsa run model.nsa --environment pole="python3 gymnasium_wrapper.py CartPole-v1"
    nsa run model.nsa --environment walk="python3 gymnasium_wrapper.py corridor:Corridor"

An object of that style has `reset(seed=...) -> observation, info` and `step(action) -> observation, reward,
terminated, truncated, info`. It is taken plain: nsa resets it itself, so it must not be wrapped for autoreset or be a
vector of environments. Each reset has a seed of its own, so that a trial can be done again.

The numbers of an observation, in their order, are those of the model's one channel; a dictionary has a channel for
each key. One whole number where the model has a channel of several is made one-hot. A trial has succeeded where
`info` says so (`is_success`).
"""
import importlib
import os
import sys

import nsa_client


def flat(values):
    """The numbers of an array or a list of lists, in order."""
    if hasattr(values, "__len__") and not isinstance(values, (str, bytes)) or hasattr(values, "tolist"):
        values = values.tolist() if hasattr(values, "tolist") else values
        return [x for value in values for x in flat(value)] if isinstance(values, (list, tuple)) else [values]
    return [values]


def one_hot(values, count):
    if len(values) != 1 or count == 1 or values[0] != int(values[0]):
        return values
    return [float(k == values[0]) for k in range(count)]


class GymnasiumEnvironment:
    def __init__(self, environment):
        self.environment = environment

    def hello(self, description):
        self.counts = {name: channel["count"] for name, channel in description["channels"].items()}

    def observation(self, seen):
        if not isinstance(seen, dict):
            if len(self.counts) != 1:
                raise ValueError(f"the observation is one array; the model has {len(self.counts)} channels")
            seen = dict.fromkeys(self.counts, seen)
        return {name: one_hot(flat(seen[name]), count) for name, count in self.counts.items()}

    def action(self, action):
        """A choice counts from 0 in nsa; an array is of the space's type, where there is one."""
        space = getattr(self.environment, "action_space", None)
        if not isinstance(action, list):
            return int(action) + int(getattr(space, "start", 0))
        if getattr(space, "dtype", None) is None:
            return action
        import numpy

        return numpy.asarray(action, dtype=space.dtype).reshape(space.shape)

    def reset(self, trial, seed):
        seen, _ = self.environment.reset(seed=seed)
        return self.observation(seen)

    def step(self, action):
        seen, reward, terminated, truncated, info = self.environment.step(self.action(action))
        return self.observation(seen), reward, terminated, truncated, info.get("is_success", False)

    def close(self):
        if hasattr(self.environment, "close"):
            self.environment.close()


def make(name):
    """`module:function` or `module:Class`; else a name that Gymnasium has registered."""
    if ":" not in name:
        return importlib.import_module("gymnasium").make(name)
    module, maker = name.split(":")
    sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), maker)()


if __name__ == "__main__":
    nsa_client.serve(GymnasiumEnvironment(make(sys.argv[1])))
