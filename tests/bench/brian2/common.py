# SPDX-License-Identifier: MIT
"""What the scripts share: `SCRIPT FOLDER [SECONDS]` writes and compiles a C++ project in FOLDER (Brian2's cpp_standalone);
FOLDER/main, started there, runs it. Who runs it decides when: run.sh does."""
import os
import sys

import brian2
from brian2 import *  # noqa: F401,F403  (the scripts speak Brian's language)

folder = os.path.abspath(sys.argv[1])
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else None
brian2.set_device("cpp_standalone", directory=folder, build_on_run=False)
brian2.prefs.devices.cpp_standalone.openmp_threads = 0
brian2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-fno-finite-math-only", "-march=native", "-std=c++11"]
brian2.defaultclock.dt = 0.1 * brian2.ms
brian2.seed(1)


def simulate(network, default):
    """Runs the objects of the network for `default` seconds, or as long as the command line says."""
    names = sys.modules["__main__"].__dict__                      # equations speak of the constants of the script
    network.run((seconds or default) * brian2.second, namespace=names)
    brian2.device.build(directory=folder, compile=True, run=False)
