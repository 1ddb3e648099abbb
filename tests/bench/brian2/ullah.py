# SPDX-License-Identifier: MIT
"""100 000 of Ullah's astrocytes (models/ullah.nsa)."""
from common import *

astrocytes = NeuronGroup(100000, """
  dCa/dt = J_ER - v3*Ca**2/(k3**2 + Ca**2) + c1*v2*(C_ER - Ca) + v6*IP3**2/(k2**2 + IP3**2) - k1*Ca : mM
  dh/dt = a2*(Q2*(1 - h) - Ca*h) : 1
  dIP3/dt = rate*(IP3_star - IP3) + v4*(Ca + (1 - alpha)*k4)/(Ca + k4) : mM
  J_ER = c1*v1*(IP3/(IP3 + d1)*Ca/(Ca + d5)*h)**3*(C_ER - Ca) : mM/second
  C_ER = (c0 - Ca)/c1 : mM
  Q2 = d2*(IP3 + d1)/(IP3 + d3) : mM
""".replace("mM", "mmolar"), method="rk4", namespace=dict(
    c0=2*umolar, c1=0.185, v1=6/second, v2=0.11/second, v3=2.2*umolar/second, v4=0.3*umolar/second, v6=0.2*umolar/second,
    k1=0.5/second, k2=1*umolar, k3=0.1*umolar, k4=1.1*umolar, d1=0.13*umolar, d2=1.049*umolar, d3=0.9434*umolar, d5=0.082*umolar,
    a2=0.14/umolar/second, IP3_star=0.16*umolar, rate=0.14/second, alpha=0.8))
astrocytes.Ca = "0.05*umolar + 0.45*umolar*rand()"
astrocytes.h = "0.3 + 0.6*rand()"
astrocytes.IP3 = "0.2*umolar + 0.8*umolar*rand()"
simulate(Network(astrocytes), 0.1)
