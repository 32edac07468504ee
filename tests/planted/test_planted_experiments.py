"""What the study "nrr" says by experiment, in worlds where a hold-out's effect is known.

`./dev test` runs a sample, the same customers each time; `./dev test --slow` as many as README.md
has figures of.
"""

from __future__ import annotations

import pytest
from nrr_experiments import WORLDS, Measured, measure


def covers(seen: Measured) -> bool:
    """95 % of the runs, less 3.9 Monte-Carlo errors."""
    least = 0.95 - 3.9 * (0.95 * 0.05 / seen.runs) ** 0.5
    return min(seen.held, seen.impact_held) >= least * seen.runs


def check_lifts(runs: int) -> None:
    seen = measure(WORLDS["lifts"], runs)
    assert seen.by_experiment >= 0.9 * runs
    assert covers(seen)


def check_confounded(runs: int) -> None:
    """Levels differ as much as where lifting helps, and an experiment is hardly ever claimed."""
    seen = measure(WORLDS["confounded"], runs)
    assert seen.by_association >= 0.9 * runs
    assert seen.by_experiment <= 0.025 * runs + 3.9 * (0.025 * 0.975 * runs) ** 0.5
    assert covers(seen)


def test_a_sample_of_a_world_that_lifts():
    check_lifts(12)


def test_a_sample_of_a_confounded_world():
    check_confounded(12)


@pytest.mark.slow
def test_experiments_in_400_runs():
    check_lifts(400)
    check_confounded(400)
