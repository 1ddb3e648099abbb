# SPDX-License-Identifier: MIT
"""COBAHH (models/cobahh.nsa)."""
from common import *

C, g_L, g_Na, g_K = 200*pF, 10*nS, 20000*nS, 6000*nS
E_L, E_Na, E_K, E_e, E_i = -60*mV, 50*mV, -90*mV, 0*mV, -80*mV
tau_e, tau_i, v_T = 5*ms, 10*ms, -63*mV

cells = NeuronGroup(4000, """
  dv/dt = (g_L*(E_L - v) + g_e*(E_e - v) + g_i*(E_i - v) - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K))/C : volt
  dm/dt = alpha_m*(1 - m) - beta_m*m : 1
  dh/dt = alpha_h*(1 - h) - beta_h*h : 1
  dn/dt = alpha_n*(1 - n) - beta_n*n : 1
  dg_e/dt = -g_e/tau_e : siemens
  dg_i/dt = -g_i/tau_i : siemens
  u = v - v_T : volt
  alpha_m = 1.28/exprel((13*mV - u)/(4*mV))/ms : Hz
  beta_m = 1.4/exprel((u - 40*mV)/(5*mV))/ms : Hz
  alpha_h = 0.128*exp((17*mV - u)/(18*mV))/ms : Hz
  beta_h = 4/(1 + exp((40*mV - u)/(5*mV)))/ms : Hz
  alpha_n = 0.16/exprel((15*mV - u)/(5*mV))/ms : Hz
  beta_n = 0.5*exp((10*mV - u)/(40*mV))/ms : Hz
""", threshold="v > -20*mV", refractory=3*ms, method="exponential_euler")
cells.v = "-65*mV + 5*mV*randn()"
cells.g_e = "40*nS + 15*nS*randn()"
cells.g_i = "200*nS + 120*nS*randn()"
excitatory = Synapses(cells[:3200], cells, on_pre="g_e += 6*nS")
inhibitory = Synapses(cells[3200:], cells, on_pre="g_i += 67*nS")
excitatory.connect(p=0.02)
inhibitory.connect(p=0.02)
spikes = SpikeMonitor(cells, record=False, name="spikes")
simulate(Network(cells, excitatory, inhibitory, spikes), 1)
