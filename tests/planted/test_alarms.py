"""Nothing is found where nothing is, and what is there is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alarms import measure
from designs import ALARMS

ALPHA = 0.05
ANY = [
    "scores: any auc with q ≤ 0.05",
    "scores: any spearman with q ≤ 0.05",
    "scores: any point_biserial with q ≤ 0.05",
    "scores: any known against unknown with q ≤ 0.05",
    "metrics: any auc with q ≤ 0.05",
    "metrics: any spearman with q ≤ 0.05",
    "metrics: any known against unknown with q ≤ 0.05",
]


def test_a_sample_without_a_signal_is_quiet():
    design = replace(ALARMS["null-once"], runs_per_world=48)
    shares = measure(design, runs=48)
    for claim in ANY:
        assert shares[claim][0] <= 9 / 48, claim  # more than 9 of 48 has 0.01 % at 5 %
    assert shares["scores: any reversal"][0] <= 2 / 48
    assert shares["overall: AUC's interval above ½"][0] <= 7 / 48  # 0.01 % at 2.5 %


@pytest.mark.slow
@pytest.mark.parametrize("name", ["null-once", "null-several"])
def test_2000_runs_without_a_signal_are_quiet(name):
    shares = measure(ALARMS[name], runs=2000, jobs=2)
    for claim in ANY:
        # χ² of the few whose value is unknown: 5 of them are too few for it.
        few = "unknown" in claim
        assert shares[claim][0] <= ALPHA + (0.07 if few else 0.02), claim
    assert shares["scores: any reversal"][0] <= 0.01
    assert shares["overall: AUC's interval above ½"][0] <= 0.035
    assert shares["overall: AUC's interval below ½"][0] <= 0.035


@pytest.mark.slow
def test_500_runs_with_a_signal_find_it():
    shares = measure(ALARMS["ordinary"], runs=500, jobs=2)
    assert shares["scores: any auc with q ≤ 0.05"][0] >= 0.95
    assert shares["overall: AUC's interval above ½"][0] >= 0.95
