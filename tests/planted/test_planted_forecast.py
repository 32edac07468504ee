"""Intervals of forecasts hold what comes as often as they say.

`./dev test` runs a sample: the same worlds each time, so that it fails when something changed and
never by chance. `./dev test --slow` runs 200 seeds of each. README.md keeps the figures.
"""

from __future__ import annotations

import forecast
import pytest

SAMPLE = ("yearly", "months", "chains")
#: Of 80 %; counts are whole, so that theirs hold as much more as they promise.
NEAR = 0.05


@pytest.fixture(scope="module")
def sample():
    return forecast.each_world(SAMPLE, seeds=10)


def test_a_sample_of_intervals_holds_what_comes(sample):
    for one in forecast.held(sample):
        if one.figure in ("renewed", "kept_mrr"):  # 120 months a world
            assert abs(one.share[1] - one.promised) < NEAR + 3 * max(one.error, 0.01), one
    together = [one for one in forecast.held(sample) if one.figure.startswith("year")]
    assert 0.6 < sum(one.share[1] for one in together) / len(together) < 0.97


def test_months_that_differ_are_seen(sample):
    found = {
        world: [one["month_effect"] for one in sample if one["world"] == world] for world in SAMPLE
    }
    mean = {world: sum(effects) / len(effects) for world, effects in found.items()}
    assert mean["yearly"] < 0.15
    for world in ("months", "chains"):
        true = forecast.WORLDS[world].month_effect
        assert abs(mean[world] - true) < 0.3 * true


def test_forecasts_are_neither_high_nor_low(sample):
    for world in SAMPLE:
        mine = [one for one in sample if one["world"] == world]
        bias = sum(one["bias"] for one in mine) / sum(one["came"] for one in mine)
        assert abs(bias) < 0.02, world


def test_the_backtest_trusts_what_is_right(sample):
    verdicts = [one["verdict"] for one in sample]
    assert verdicts.count("trust") >= 0.8 * len(verdicts)


@pytest.mark.slow
def test_all_intervals_hold_what_comes():
    seen = forecast.each_world(forecast.WORLDS, seeds=200, jobs=2)
    outside = [
        one
        for one in forecast.held(seen)
        if one.world != "young" and not abs(one.share[1] - one.promised) <= NEAR + 2 * one.error
    ]
    assert not outside
