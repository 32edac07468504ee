"""Intervals of the study "nrr" in worlds whose NRR is known, and its words on what comes.

`./dev test` runs a sample: the same customers each time, so that it fails when something changed
and never by chance. `./dev test --slow` runs all of it; README.md keeps the figures.
"""

from __future__ import annotations

import nrr_calls
import pytest
from nrr_coverage import Measured, measure
from nrr_worlds import COHORTS, LEVELS, WORLDS

#: Of so many Monte-Carlo errors: 99.99 % of a normal, both sides.
ERRORS = 3.9
LEAST, MOST = 0.93, 0.97
#: Kinds that lie elsewhere, and why.
ELSEWHERE = {
    # The months' part is added as if it were independent of the groups': late, not false.
    "bias": (0.93, 1.0),
    # No surer than Wilson's interval of as many kept: of few customers that is wide.
    "cohorts": (0.93, 1.0),
    # Of few customers some groups have hardly any.
    ("few", "nrr"): (0.92, 0.97),
    ("few", "expansion"): (0.91, 0.97),
    ("few", "portfolio"): (0.92, 0.97),
    ("few", "change"): (0.92, 0.97),
}


def bounds(world: str, kind: str) -> tuple[float, float]:
    return ELSEWHERE.get((world, kind), ELSEWHERE.get(kind, (LEAST, MOST)))


def outside(world: str, seen: Measured, errors: float) -> list[str]:
    out = []
    for kind, one in seen.kinds.items():
        if kind.startswith("what comes"):
            wanted = float(kind[12:-1]) / 100
            least, most = wanted - 0.04, wanted + 0.04
        else:
            least, most = bounds(world, kind)
        reach = errors * max(one.error(0.95), one.error(min(0.99, max(0.5, one.share))))
        if not least - reach <= one.share <= most + reach:
            out.append(f"{world}, {kind}: {one.share:.1%} of {one.of}, {one.undefined} undefined")
    return out


def check_words(seen: Measured, runs: int) -> None:
    """An intact world is hardly ever called biased or too sure, nor a cohort ahead or behind."""
    assert seen.verdicts["biased"] + seen.verdicts["overconfident"] <= 0.12 * runs
    assert seen.cohorts["ahead"] + seen.cohorts["behind"] <= 0.1 * runs
    for level, shares in seen.covered.items():
        assert abs(sum(shares) / len(shares) - level) < 0.08


@pytest.mark.parametrize("name", ["even", "few"])
def test_a_sample_of_intervals_covers(name):
    seen = measure(WORLDS[name], runs=48)
    assert outside(name, seen, ERRORS) == []
    check_words(seen, 48)
    assert len(seen.kinds) == 13
    assert seen.kinds["nrr"].of == 48 * len(LEVELS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["even", "few"])
def test_intervals_cover_in_1000_runs(name):
    seen = measure(WORLDS[name], runs=1000, jobs=2)
    assert outside(name, seen, errors=2) == []
    check_words(seen, 1000)


@pytest.mark.slow
def test_what_comes_in_wild_months_lies_where_it_should():
    seen = measure(WORLDS["wild months"], runs=1000, jobs=2)
    # The rates' own intervals know of customers alone.
    assert seen.kinds["portfolio"].share < 0.9
    for kind, wanted in (("50%", 0.5), ("80%", 0.8), ("95%", 0.95)):
        assert abs(seen.kinds[f"what comes, {kind}"].share - wanted) < 0.06


def test_past_verdicts_tell_cohorts_apart_that_are():
    seen = nrr_calls.measure(COHORTS["apart"], runs=4)
    assert seen.verdicts == {"trust": 4}
    assert seen.called > 0.5
    assert seen.right > 0.95


def test_cohorts_that_are_alike_are_seldom_called_anything():
    seen = nrr_calls.measure(COHORTS["alike"], runs=8)
    assert seen.called < 0.2
    assert seen.verdicts["misleading"] == 0
    assert seen.verdicts["too_little_history"] >= 4
