# SPDX-License-Identifier: MIT
"""The sum over all pairs, as the paper writes it."""
from math import exp, inf

import numpy

import oracle

PRE = [10, 31, 55, 57, 120, 200, 203, 300]
POST = [14, 30, 50, 70, 119, 121, 190, 210, 215, 290]


def efficacies(train, tau):
    return [1 - exp(-(t - last) / tau) for t, last in zip(train, [-inf] + train)]


def weight(until):
    w = 1.0
    for t_pre, e_pre in zip(PRE, efficacies(PRE, 28)):
        for t_post, e_post in zip(POST, efficacies(POST, 88)):
            if max(t_pre, t_post) < until:
                later = t_post - t_pre
                w += e_pre * e_post * (0.0103 * exp(-later / 13.3) if later > 0 else -0.0051 * exp(later / 34.5))
    return w


def test_weight():
    times, w = oracle.run().series("suppression.w")
    oracle.close("w", w, [weight(t - 0.05) for t in times], 1e-12)
