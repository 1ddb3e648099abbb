#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reactions.py make SEED...   writes a model of random networks of reactions, each with every solver
reactions.py check FOLDER      the totals that the networks must keep, in the results of it

A network binds atoms into molecules: A + B <-> C where C has the atoms of both, and A <-> B where B is A folded otherwise. So
the number of each atom is kept, but of the last one, which a leak exchanges with what is around: that is known
without looking at any solver. A network of first order (SEED below 0) only folds, and `exact` takes it as well; one of an even
SEED takes minutes, so that extents are below the last place of a state for long."""
import csv
import random
import sys

SOLVERS = ["default", "euler", "heun", "rk2", "rk4", "adaptive", "implicit"]


def network(seed):
    rng = random.Random(seed)
    atoms = 2 if seed < 0 else rng.choice([2, 3])
    species = [tuple(int(i == a) for i in range(atoms)) for a in range(atoms)]
    reactions, speed = [], 0.003 if seed % 2 == 0 else 1
    for _ in range(rng.choice([3, 4, 5])):
        x = rng.randrange(len(species))
        if seed >= 0 and rng.random() < 0.6:
            y = rng.randrange(len(species))
            made = tuple(p + q for p, q in zip(species[x], species[y]))
            left = f"2*s{x}" if x == y else f"s{x} + s{y}"
            rates = f"{speed * rng.uniform(1, 60):.6f} /uM/s, {speed * rng.uniform(1, 300):.6f} /s"
        else:
            made, left = species[x], f"s{x}"
            rates = f"{speed * rng.uniform(1, 300):.6f} /s, {speed * rng.uniform(1, 300):.6f} /s"
        reactions.append(f"  reaction {left} <-> s{len(species)} rates {rates}")
        species.append(made)
    starts = [rng.uniform(0, 12) for _ in species]
    return atoms, species, starts, reactions


def totals(seed):
    """Per kept atom the recording's name and expression, and the number at the start."""
    atoms, species, starts, _ = network(seed)
    for a in range(atoms - 1):
        parts = [(made[a], k) for k, made in enumerate(species) if made[a]]
        yield a, parts, sum(n * float(f"{starts[k]:.6f}") for n, k in parts)


def name_of(seed):
    return f"n{seed}" if seed >= 0 else f"linear{-seed}"


def solvers_of(seed):
    return SOLVERS + (["exact"] if seed < 0 else [])


def make(seeds):
    print("# SPDX-License-Identifier: MIT\ntimescale fast = 0.1 ms")
    for seed in seeds:
        atoms, species, starts, reactions = network(seed)
        name = name_of(seed)
        print(f"astrocyte {name}_default {{")
        for k, x in enumerate(starts):
            print(f"  state s{k} = {x:.6f} uM")
        print("\n".join(reactions))
        print(f"  ds{atoms - 1}/dt = (3 uM - s{atoms - 1})/(40 ms)\n}}")
        for solver in solvers_of(seed):
            if solver != "default":
                print(f"astrocyte {name}_{solver} extends {name}_default using {solver} {{ state spare = 0 }}")
            population = f"{name}{solver}"
            print(f"population {population} : {name}_{solver}")
            for a, parts, _ in totals(seed):
                terms = " + ".join(f"{n}*{population}.s{k}" for n, k in parts)
                print(f"record {terms} every 500 ms as {population}_{a}")
    print("run 100 s")


def check(folder, seeds):
    worst = 0
    for seed in seeds:
        for solver in solvers_of(seed):
            for a, _, want in totals(seed):
                name = f"{name_of(seed)}{solver}_{a}"
                with open(f"{folder}/{name}.csv") as f:
                    rows = list(csv.reader(f))[1:]
                off = max(abs(float(row[1]) / want - 1) for row in rows)
                if len(rows) != 201 or not off <= 1e-12:
                    print(f"FAILED {name}: off by {off:.3g} of the total")
                    worst = 1
                elif "-v" in sys.argv:
                    print(f"{name}: {off:.3g}")
    sys.exit(worst)


if __name__ == "__main__":
    numbers = [int(x) for x in sys.argv[2:] if x.lstrip("-").isdigit()]
    make(numbers) if sys.argv[1] == "make" else check(sys.argv[2], numbers)
