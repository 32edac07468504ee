"""Random and degenerate tables of counts for the tests of the room `stats`; one seed a test."""

from __future__ import annotations

import numpy as np

Counts = np.ndarray


def histogram(random: np.random.Generator, bins: int) -> Counts:
    """Counts of some shape: sparse, dense, huge, in one bin, or none."""
    kind = random.integers(8)
    if kind == 0:
        return np.zeros(bins, dtype=np.int64)
    if kind == 1:
        out = np.zeros(bins, dtype=np.int64)
        out[random.integers(bins)] = random.integers(1, 50)
        return out
    if kind == 2:
        return random.integers(0, 2, bins)
    if kind == 3:
        return random.poisson(0.7, bins)
    if kind == 4:
        return random.integers(0, 10**6, bins)
    return random.poisson(random.gamma(1.0, 30.0, bins))


def small_histogram(random: np.random.Generator, bins: int) -> Counts:
    """The same, few enough to be written out one by one."""
    return np.minimum(histogram(random, bins), 40)


def two_by_two(random: np.random.Generator) -> list[int]:
    kind = random.integers(7)
    if kind == 0:
        return [0, 0, 0, 0]
    if kind == 1:
        return random.integers(0, 2, 4).tolist()
    if kind == 2:
        return (random.integers(0, 100, 4) * random.integers(0, 2, 4)).tolist()
    if kind == 3:
        return random.integers(0, 10**7, 4).tolist()
    return random.poisson(random.gamma(1.0, 20.0, 4)).tolist()


def spelled_out(positives: Counts, negatives: Counts) -> tuple[Counts, Counts]:
    """Bin numbers and outcomes of every observation of two histograms."""
    bins = np.arange(len(positives))
    scores = np.concatenate([np.repeat(bins, positives), np.repeat(bins, negatives)])
    return scores, np.repeat([1, 0], [int(np.sum(positives)), int(np.sum(negatives))])
