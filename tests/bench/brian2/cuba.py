# SPDX-License-Identifier: MIT
"""CUBA (models/cuba.nsa)."""
from common import *

C, g_L, E_L, tau_e, tau_i = 200*pF, 10*nS, -49*mV, 5*ms, 10*ms
cells = NeuronGroup(4000, """
  dv/dt = (-g_L*(v - E_L) + I_e + I_i)/C : volt (unless refractory)
  dI_e/dt = -I_e/tau_e : amp
  dI_i/dt = -I_i/tau_i : amp
""", threshold="v > -50*mV", reset="v = -60*mV", refractory=5*ms, method="exact")
cells.v = "-60*mV + 10*mV*rand()"
excitatory = Synapses(cells[:3200], cells, on_pre="I_e += 16.2*pA")
inhibitory = Synapses(cells[3200:], cells, on_pre="I_i -= 90*pA")
excitatory.connect(p=0.02)
inhibitory.connect(p=0.02)
spikes = SpikeMonitor(cells, record=False, name="spikes")
simulate(Network(cells, excitatory, inhibitory, spikes), 1)
