"""Named random streams of uniforms: the only source of chance in the simulator.

Each use of chance has a stream of its own, keyed by its name, so that planting something in one
place does not move the dice of another: two worlds of one seed differ only by what follows from
their knobs. Only ``Generator.random`` over PCG64 is used (53 bits of the raw stream, no
rejection), and everything else is derived from those uniforms: other methods may change their
streams between NumPy releases.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Streams:
    """Uniforms in [0, 1) by name, from one seed."""

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"seed must not be negative, got {seed}")
        self._seed = seed
        self._open: dict[str, np.random.Generator] = {}

    def _new(self, name: str) -> np.random.Generator:
        key = zlib.crc32(name.encode())
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=(key,)))
        )

    def uniform(self, name: str, *shape: int) -> Floats:
        """The first uniforms of a stream, in C order: a longer first axis only adds to the end."""
        return self._new(name).random(shape)

    def next(self, name: str, count: int) -> Floats:
        """The next ``count`` uniforms of a stream that is read month by month."""
        if name not in self._open:
            self._open[name] = self._new(name)
        return self._open[name].random(count)

    def normal(self, name: str, *shape: int) -> Floats:
        """Standard normals by Box and Muller."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(name, *shape)))
        return radius * np.cos(2.0 * np.pi * self.uniform(name + "/angle", *shape))


def pick(uniforms: Floats, shares: tuple[float, ...]) -> NDArray[np.int64]:
    """Index of the share each uniform falls into."""
    edges = np.cumsum(np.asarray(shares, dtype=float))[:-1]
    return np.searchsorted(edges, uniforms, side="right")


def logit(p: Floats | float) -> Floats:
    """Log-odds of a probability."""
    p = np.asarray(p, dtype=float)
    return np.log(p) - np.log1p(-p)


def logistic(x: Floats) -> Floats:
    """Probability of log-odds."""
    return 1.0 / (1.0 + np.exp(-x))
