"""Forecasts of goals hold what comes about as often as they say; README.md keeps the figures."""

from __future__ import annotations

import pytest
from goals import measure


def check(seeds: int, least_80: float, least_95: float) -> None:
    every = [one for goals in measure(seeds).values() for one in goals.values()]
    of = sum(one.of for one in every)
    assert of == 12 * seeds
    assert least_80 <= sum(one.held_80 for one in every) / of <= 0.95
    assert sum(one.held_95 for one in every) / of >= least_95


def test_a_sample_of_goals() -> None:
    check(3, 0.55, 0.85)


@pytest.mark.slow
def test_goals() -> None:
    check(40, 0.7, 0.9)
