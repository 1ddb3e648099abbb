# SPDX-License-Identifier: MIT
"""run.py FOLDER [NAME...] - calls each `test_...` of the oracles in a folder (or of some of them); one line for each
that fails, with the reason, and for each oracle how long it took."""

import importlib.util
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def load(path):
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def failures_of(path):
    tests = [(n, f) for n, f in vars(load(path)).items() if n.startswith("test_")]
    if not tests:
        print(f"FAILED: {path.name} tests nothing")
        return 1
    failed = 0
    for name, test in tests:
        try:
            test()
        except AssertionError as reason:
            failed += 1
            print(f"FAILED: {path.stem}.{name}: {reason}")
        except Exception:  # a mistake in the oracle is a failure as well, and the others still run
            failed += 1
            print(f"FAILED: {path.stem}.{name}:")
            traceback.print_exc(file=sys.stdout)
    return failed


def main(folder, *names):
    paths = sorted((pathlib.Path(__file__).parent / folder).glob("*.py"))
    paths = [p for p in paths if not names or p.stem in names]
    failed = 0
    for path in paths:
        start = time.time()
        failed += failures_of(path)
        print(f"{path.stem}: {time.time() - start:.2f} s")
    print(f"{len(paths)} oracles, {failed} failures")
    return 1 if failed or not paths else 0


sys.exit(main(*sys.argv[1:]))
