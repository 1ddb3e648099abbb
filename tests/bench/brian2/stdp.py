# SPDX-License-Identifier: MIT
"""STDP of 1000 Poisson inputs (models/stdp.nsa)."""
from common import *

inputs = PoissonGroup(1000, rates=15*Hz)
target = NeuronGroup(1, """
  dv/dt = (g*(0*mV - v) - 74*mV - v)/(10*ms) : volt
  dg/dt = -g/(5*ms) : 1
""", threshold="v > -54*mV", reset="v = -60*mV", method="euler")
target.v = -60*mV
plastic = Synapses(inputs, target, """
  w : 1
  dx/dt = -x/(20*ms) : 1 (event-driven)
  dy/dt = -y/(20*ms) : 1 (event-driven)
""", on_pre="g_post += 0.01*w; w = clip(w - 0.0105*y, 0, 1); x += 1".replace("; ", "\n"),
     on_post="w = clip(w + 0.01*x, 0, 1)\ny += 1")
plastic.connect()
plastic.w = "rand()"
arrivals = SpikeMonitor(inputs, record=False, name="arrivals")
spikes = SpikeMonitor(target, record=False, name="spikes")
simulate(Network(inputs, target, plastic, arrivals, spikes), 100)
