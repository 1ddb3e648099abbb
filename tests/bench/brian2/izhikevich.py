# SPDX-License-Identifier: MIT
"""Izhikevich's neurons without links (models/izhikevich_*.nsa); N = 6241 unless a third argument says otherwise."""
from common import *

cells = NeuronGroup(int(sys.argv[3]) if len(sys.argv) > 3 else 6241, """
  dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + I : volt
  du/dt = (0.02/ms)*((0.2/ms)*v - u) : volt/second
  I : volt/second
""", threshold="v >= 30*mV", reset="v = -65*mV; u += 8*mV/ms".replace("; ", "\n"), method="euler")
cells.v = -70*mV
cells.I = "10*mV/ms*rand()"
spikes = SpikeMonitor(cells, record=False, name="spikes")
simulate(Network(cells, spikes), 1)
