# SPDX-License-Identifier: MIT
"""The network of Stimberg et al. 2019, example 6 (examples/recurrent_gliotransmission.nsa), with the original's clocks: the
glutamate and the receptors of each synapse are advanced every 0.1 ms, astrocytes every 10 ms. Coverage of the synapses as in the model of ours."""
from common import *

C, g_l, E_l, E_e, E_i, v_th = 198*pF, 9.99*nS, -60*mV, 0*mV, -80*mV, -50*mV
cells = NeuronGroup(4000, """
  dv/dt = (g_l*(E_l - v) + g_e*(E_e - v) + g_i*(E_i - v) + I_ex)/C : volt (unless refractory)
  dg_e/dt = -g_e/(5*ms) : siemens
  dg_i/dt = -g_i/(10*ms) : siemens
  I_ex = 100*pA + 20*pA*int(t > 2*second and t < 4*second) : amp
""", threshold="v > v_th", reset="v = E_l", refractory=5*ms, method="euler")
cells.v = "E_l + (v_th - E_l)*rand()"
cells.g_e = "0.05*nS*rand()"
cells.g_i = "1*nS*rand()"
exc, inh = cells[:3200], cells[3200:]

rows, columns, spacing = 50, 64, 66*umeter
d1, d2, d3, d5 = 0.13*umolar, 1.05*umolar, 0.9434*umolar, 0.08*umolar
C_T, rho, O_P, K_P, O_2 = 2*umolar, 0.18, 0.9*umolar/second, 0.05*umolar, 0.2/umolar/second
O_delta, kappa_delta, K_delta = 1.2*umolar/second, 1.5*umolar, 0.1*umolar
O_3K, K_D, K_3, O_beta, K_KC, zeta = 4.5*umolar/second, 0.7*umolar, 1*umolar, 0.5*umolar/second, 0.5*umolar, 10
O_N, O_G, G_T = 0.3/umolar/second, 1.5/umolar/second, 200*mmolar
astrocytes = NeuronGroup(rows*columns, """
  dCa/dt = J_C - O_P*Ca**2/(Ca**2 + K_P**2) : mmolar
  dh/dt = O_2*(Q2*(1 - h) - Ca*h) : 1
  dIP3/dt = O_beta*Gamma_A + O_delta/(1 + IP3/kappa_delta)*Ca**2/(Ca**2 + K_delta**2)
            - O_3K*Ca**4/(Ca**4 + K_D**4)*IP3/(IP3 + K_3) - 0.05/second*IP3 + J_IP3 : mmolar
  dGamma_A/dt = O_N*Y_S*(1 - Gamma_A) - 0.5/second*(1 + zeta*Ca/(Ca + K_KC))*Gamma_A : 1
  dx_A/dt = 0.6/second*(1 - x_A) : 1
  dG_A/dt = -60/second*G_A : mmolar
  J_C = (6/second*(IP3/(IP3 + d1)*Ca/(Ca + d5)*h)**3 + 0.1/second)*(C_T - (1 + rho)*Ca) : mmolar/second
  Q2 = d2*(IP3 + d1)/(IP3 + d3) : mmolar
  Y_S : mmolar
  J_IP3 : mmolar/second
  x = int(i % columns)*spacing : meter
  y = int(i / columns)*spacing : meter
""", threshold="Ca > 0.5*umolar", refractory="Ca > 0.5*umolar", reset="G_A += 6.5e-4*G_T*0.6*x_A\nx_A -= 0.6*x_A",
    method="rk4", dt=10*ms)
astrocytes.Ca = astrocytes.IP3 = 0.01*umolar
astrocytes.h = 0.9
astrocytes.x_A = 1

plastic = "du_S/dt = -3.33/second*u_S : 1 (event-driven)\ndx_S/dt = 2/second*(1 - x_S) : 1 (event-driven)\n"
release = "u_S += (0.6 - 0.6*Gamma_S)*(1 - u_S)\nr_S = u_S*x_S\nx_S -= r_S\ng_e_post += 0.05*nS*r_S\n"
sensed = Synapses(exc, exc, plastic + """
  dY_S/dt = -40/second*Y_S : mmolar (clock-driven)
  dGamma_S/dt = O_G*G_A*(1 - Gamma_S) - Gamma_S*0.5/(60*second) : 1 (clock-driven)
  G_A : mmolar
  r_S : 1
""", on_pre=release + "Y_S += 0.005*500*mmolar*r_S", method="exact")
unsensed = Synapses(exc, inh, plastic + "r_S : 1\nGamma_S : 1", on_pre=release, method="exact")
inhibitory = Synapses(inh, cells, plastic + "r_S : 1", on_pre="u_S += 0.6*(1 - u_S)\nr_S = u_S*x_S\nx_S -= r_S\ng_i_post += 1*nS*r_S",
                      method="exact")
sensed.connect(p=0.05)
unsensed.connect(p=0.05)
inhibitory.connect(p=0.2)
sensed.x_S = unsensed.x_S = inhibitory.x_S = 1

# Astrocyte j sits at neuron j: it sees the synapses onto it, and they see what it releases.
to_astrocytes = Synapses(sensed, astrocytes, "Y_S_post = Y_S_pre/N_incoming : mmolar (summed)")
to_astrocytes.connect(j="j_pre")
to_synapses = Synapses(astrocytes, sensed, "G_A_post = G_A_pre : mmolar (summed)")
to_synapses.connect(i="j_post")
gap = Synapses(astrocytes, astrocytes, """
  d = IP3_pre - IP3_post : mmolar
  J_IP3_post = 0.045*umolar/second*(1 + tanh((abs(d) - 0.3*umolar)/(0.05*umolar)))*sign(d) : mmolar/second (summed)
""")
gap.connect("i != j and sqrt((x_pre - x_post)**2 + (y_pre - y_post)**2) < 75*umeter")

spikes = SpikeMonitor(exc, record=False, name="spikes")
releases = SpikeMonitor(astrocytes, record=False, name="releases")
simulate(Network(cells, astrocytes, sensed, unsensed, inhibitory, to_astrocytes, to_synapses, gap, spikes, releases), 0.2)
