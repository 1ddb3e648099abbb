# SPDX-License-Identifier: MIT
"""Tests of random numbers at fixed seeds: is this a sample of that distribution? Seeds are fixed, so a test that passes
always passes; one that is right fails for one seed in ten thousand."""

import numpy
from scipy import stats

LEAST = 1e-4


def likely(what, p):
    assert p > LEAST, f"{what}: p = {p:.2g}"


def continuous(what, sample, distribution):
    """Kolmogorov and Smirnov."""
    likely(what, stats.kstest(numpy.ravel(sample), distribution.cdf).pvalue)


def pooled(observed, expected, least=5):
    """Neighbouring classes together, until each expects enough."""
    groups, o, e = [], 0, 0
    for a, b in zip(observed, expected):
        o, e = o + a, e + b
        if e >= least:
            groups.append([o, e])
            o = e = 0
    if groups:
        groups[-1][0] += o
        groups[-1][1] += e
    return numpy.array(groups).T


def counted(what, observed, expected):
    """Chi squared of classes, whose expectations add up to the same number."""
    observed, expected = pooled(observed, expected)
    assert len(observed) > 1, f"{what}: one class alone"
    assert abs(observed.sum() - expected.sum()) < 1e-6 * observed.sum(), f"{what}: {observed.sum()} not {expected.sum()}"
    likely(what, stats.chisquare(observed, expected).pvalue)


def discrete(what, sample, distribution):
    """Whole numbers from 0 on."""
    sample = numpy.ravel(sample)
    whole = numpy.rint(sample).astype(int)
    assert (whole == sample).all() and (whole >= 0).all(), f"{what}: not whole numbers"
    top = max(whole.max(), int(distribution.ppf(1 - 1e-9))) + 1
    expected = distribution.pmf(numpy.arange(top)) * len(sample)
    expected[-1] += len(sample) - expected.sum()
    counted(what, numpy.bincount(whole, minlength=top), expected)


def uncorrelated(what, a, b):
    """Of n pairs the coefficient is normal with a variance of 1/n."""
    a, b = numpy.ravel(a), numpy.ravel(b)
    r = numpy.corrcoef(a, b)[0, 1]
    likely(what, 2 * stats.norm.sf(abs(r) * numpy.sqrt(len(a))))


def variance(what, sample, expected, mean=0):
    """Of independent normal numbers: n s^2/sigma^2 is chi squared with n degrees of freedom."""
    sample = numpy.ravel(sample)
    tail = stats.chi2(len(sample)).cdf(((sample - mean) ** 2).sum() / expected)
    likely(what, 2 * min(tail, 1 - tail))
