# SPDX-License-Identifier: MIT
from math import exp, log, sqrt

import numpy

import oracle

# CODATA 2018; C/mol, J/(mol K)
FARADAY, GAS = 96485.33212, 8.314462618


def buffering(t, x, stimulus):
    """In SI units: volts, mol/m^3 (that is mM), seconds."""
    v, K_o, K_i, Na = x
    U = GAS * 309.14 / FARADAY
    E_K, E_Na = U * log(K_o / K_i), U * log(144.622 / Na)
    kir = (sqrt(K_o / 3) * (1 + exp(18.5 / 42.5)) / (1 + exp((v - E_K + 0.0185) / 0.0425))
           * (1 + exp((-118.6 + 85.2) / 44.1)) / (1 + exp(-(0.1186 + v) / 0.0441)))
    pump = 1.115e-6 * Na**1.5 / (Na**1.5 + 10**1.5) * K_o / (K_o + 1.5)
    J_K = 16.96 * kir * (v - E_K) / FARADAY - 2 * pump
    J_Na = 1.0 * (v - E_Na) / FARADAY + 3 * pump
    O_m = 4.3e6
    return ((-FARADAY * (J_K + J_Na) - 0.5 * (v + 0.08)) / 0.01,
            O_m / 0.2 * (J_K + stimulus * 7e-8 - 2.9e-8 * (K_o - 3)), -O_m / 0.4 * J_K, -O_m / 0.4 * J_Na)


def test_uptake():
    coarse, fine = oracle.run(), oracle.run("--timescale", "fast=5ms")
    times, _ = coarse.series("cell.v")
    exact = oracle.ode(buffering, [-0.08610255172826028, 3.082, 99.959, 15.189], [(10, 0), (30, 1), (60, 0)], times / 1000)
    assert exact[:, 1].max() > exact[90, 1] + 0.5, "no potassium given off"
    for name, k in (("v", 0), ("K_o", 1), ("Na_i", 3)):
        oracle.of_order(name, coarse.series("cell." + name)[1], fine.series("cell." + name)[1], exact[:, k] * 1000)
