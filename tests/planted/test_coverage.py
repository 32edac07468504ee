"""Intervals of 95 % hold the truth as often as they say.

`./dev test` runs a sample: the same customers each time, so that it fails when something changed
and never by chance. `./dev test --slow` runs all of it; README.md keeps the figures.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from designs import COVERAGE
from interval_coverage import by_kind, measure, together

LEAST, MOST = 0.93, 0.97

#: Kinds that lie elsewhere, and why. See README.md.
ELSEWHERE = {
    # The variances of crude and pooled are added, though both move together: late, not false.
    "association.scores.segments.log_crude_over_pooled": (0.97, 1.0),
    # Drawn toward a mean: a Bayesian interval, which does not promise to cover each truth.
    "renewal.segments.rows.shrunken": (0.85, 1.0),
    # Few are unknown, in few groups: Wilson's interval of as many trials as groups.
    "association.metrics.known_against_unknown.difference": (0.93, 1.0),
    "association.scores.known_against_unknown.difference": (0.93, 1.0),
    # Near 0 chance lifts them; the lower end that allows for it is cut at 0.
    "association.metrics.information_value": (0.93, 0.99),
    "association.scores.information_value": (0.93, 0.99),
    # Built on shares of a level that may be at their end.
    "renewal.segments.rows.retained": (0.93, 0.99),
    "validation.bands.rows.lift": (0.93, 0.99),
    # No surer than the groups, and no surer than the rates within and outside of independent ends.
    "validation.scores.lowest.capture": (0.93, 0.99),
    "validation.scores.lowest.lift": (0.93, 0.99),
    "validation.scores.highest.capture": (0.93, 0.99),
    "validation.scores.highest.lift": (0.93, 0.99),
    # No narrower than of no correlation, since the jackknife's is too narrow where few are lost.
    "association.metrics.spearman": (0.93, 0.985),
    "association.scores.spearman": (0.93, 0.985),
    "association.scores.point_biserial": (0.93, 0.985),
    "validation.bands.rank_correlation": (0.93, 1.0),
}

#: Of so many Monte-Carlo errors: 99.99 % of a normal, both sides.
ERRORS = 3.9


def bounds(kind: str) -> tuple[float, float]:
    return ELSEWHERE.get(kind, (LEAST, MOST))


def outside(kinds, errors):
    """The kinds that lie outside their bounds by more than so many errors, in words."""
    out = []
    for one in kinds:
        least, most = bounds(one.kind)
        if one.defined > 0 and not (
            one.coverage >= least - errors * one.error and one.coverage <= most + errors * one.error
        ):
            out.append(f"{one.kind}: {one.coverage:.1%} ± {one.error:.1%}")
    return out


@pytest.mark.parametrize("name", ["once", "several"])
def test_a_sample_of_intervals_covers(name):
    # Cutting a world into fewer runs changes the world, and costs nothing.
    design = replace(COVERAGE[name], runs_per_world=48)
    figures = measure(design, runs=48)
    kinds = by_kind(figures, small=False)
    assert len(kinds) > 40
    assert not outside(kinds, ERRORS)
    # Kinds alone cannot see what is a little too narrow everywhere; all of them together can.
    whole = together("all", [one for one in figures if one.kind not in ELSEWHERE and one.n >= 30])
    assert whole.figures > 500
    assert LEAST <= whole.coverage <= MOST, whole


@pytest.mark.slow
@pytest.mark.parametrize("name", ["once", "several"])
def test_intervals_cover_in_2000_runs(name):
    kinds = by_kind(measure(COVERAGE[name], runs=2000, jobs=2), small=False)
    assert not outside(kinds, errors=2)
