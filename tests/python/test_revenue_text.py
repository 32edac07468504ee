"""The finding of the study "revenue" as a page, in both languages, and as tables."""

from __future__ import annotations

import re
from typing import Any

import aiueo
import aiueo.sim
import pytest
from aiueo._text import width


def found_of(customers: int = 600, options: Any = None, **of_model: Any) -> aiueo.Finding:
    made = aiueo.sim.worlds["flows"].simulate(seed=1, customers=customers)
    plan = aiueo.load({**made.model(), **of_model})
    seen = plan.evidence(made.snapshots, made.contracts, ledger=made.ledger)
    return seen.study("revenue", **(options or {}))


@pytest.fixture(scope="module")
def revenue() -> aiueo.Finding:
    return found_of()


def table(text: str, first: str) -> list[str]:
    """The lines of the table whose head begins so."""
    [block] = [one for one in text.split("\n\n") if one.startswith(first)]
    return block.splitlines()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_has_the_bridge_and_its_rates(revenue: aiueo.Finding, language: str) -> None:
    text = revenue.text(language)
    assert text.startswith(revenue.sentence.in_(language))
    assert all(one.in_(language) in text for one in revenue.cautions)
    assert not re.search(r"\bnan\b|None|[{}]|_minor_units", text)
    for block in text.split("\n\n")[1:]:
        if not block.startswith(("Before", "結論")):
            assert max(map(width, block.splitlines())) <= 140, block
    _, *lines = table(text, {"en": "MRR (JPY)", "ja": "MRR（JPY）"}[language])
    months = revenue.months[-13:]
    more = lines.pop()
    assert str(len(revenue.months) - 13) in more
    assert [line.split()[0] for line in lines] == [one.month for one in months]
    # Amounts stand below each other, to the right.
    assert len({width(line) for line in lines}) == 1
    for line, one in zip(lines, months):
        cells = line.split()[1:]
        assert cells[0] == f"{one.start.mrr_minor_units:,}"
        assert cells[-3] == f"{one.end.mrr_minor_units:,}"
        assert cells[-2] == f"{one.end.customers:,}"
        churn = f"−{one.churn.mrr_minor_units:,}" if one.churn.customers else "–"
        assert cells[-4] == churn
    _, *lines = table(text, {"en": "rates ", "ja": "率 "}[language])
    assert len(lines) == 13
    for line, one in zip(lines, months):
        assert f"{100 * one.rates.nrr.value:.1f}%" in line
        assert f"{100 * one.trailing.nrr.value:.1f}%" in line


def test_cohorts_are_a_triangle(revenue: aiueo.Finding) -> None:
    for first, key in (("MRR kept", "mrr_kept"), ("customers kept", "customers_kept")):
        head, *lines = table(str(revenue), first)
        ages = [int(one) for one in head.split()[5:]]
        assert ages[:3] == [1, 2, 3]
        lines = [line for line in lines if "more before" not in line]
        assert len(lines) == 13
        for line, one in zip(lines, revenue.cohorts[-13:]):
            cohort, size, *cells = line.split()
            assert cohort == one.cohort and int(size) == one.months[0].active.customers
            inside = [age for age in ages if age < len(one.months)]
            assert len(cells) == len(inside)
            for cell, age in zip(cells, inside):
                assert cell == f"{100 * one.months[age][key].value:.1f}%"


def test_stages_members_segments_due_and_onboarding_are_told(revenue: aiueo.Finding) -> None:
    text = str(revenue)
    last = revenue.months[-1].month
    assert revenue.months[-1].month == revenue.trees[0].first_month == revenue.trees[0].last_month
    head, *lines = table(text, f"moves in {last}")
    assert [line.split("  ")[0] for line in lines][:3] == ["moved up", "stayed", "moved down"]
    assert f"{revenue.trees[0].moves['up'].gained_minor_units:,}" in lines[0]
    assert table(text, f"stage before, {last}")[1].startswith("Entry")
    assert table(text, f"moves in {revenue.trees[1].first_month} to {last}")
    for key in ("member", "team"):
        _, *lines = table(text, f"{key}, 3 months")
        of = [one for one in revenue[f"{key}s"] if one.cycle_months == 3]
        assert len(lines) >= min(len(of), 20) > 1
        assert all(one.nrr.lower < one.nrr.value < one.nrr.upper for one in of if one.nrr.n > 40)
        assert f"{100 * of[0].nrr.value:.1f}% ({100 * of[0].nrr.lower:.1f}–" in text
    for segment in revenue.segments:
        head, *lines = table(text, f"by {segment.segment}, 12 months")
        shown = [one for one in segment.levels if one.trailing.nrr.n]
        assert len(lines) == len(shown) > 1 and head.count("to others") == 2
    _, *lines = table(text, "contracts due")
    assert lines[-1].startswith(f"12 months to {last}")
    assert f"{100 * revenue.due_year.renewal_rate.value:.1f}%" in lines[-1]
    _, *lines = table(text, "onboarding: Onboard")
    assert any(line.startswith("everybody") for line in lines)
    assert f"{100 * revenue.completion.everybody.rate.value:.1f}%" in text


def test_tables_are_plain_columns(revenue: aiueo.Finding) -> None:
    rows = revenue.months.flat()
    assert len(rows) == len(revenue.months)
    last = rows[-1]
    assert last["month"] == revenue.months[-1].month
    assert last["end_mrr_minor_units"] == revenue.months[-1].end.mrr_minor_units
    assert last["rates_nrr"] == revenue.months[-1].rates.nrr.value
    assert last["rates_nrr_lower"] < last["rates_nrr"] < last["rates_nrr_upper"]
    assert last["compounded_year_grr_n"] == revenue.months[-12].start.customers
    assert last["trailing_customer_churn_rate_n"] == revenue.months[-13].end.customers


def test_cohorts_and_segments_are_tables_of_their_rows(revenue: aiueo.Finding) -> None:
    rows = revenue.cohorts.flat()
    assert len(rows) == sum(len(one.months) for one in revenue.cohorts)
    third = next(one for one in revenue.cohorts if len(one.months) > 3)
    [row] = [one for one in rows if (one["cohort"], one["months"]) == (third.cohort, 3)]
    assert row["mrr_kept"] == third.months[3].mrr_kept.value
    assert row["active_customers"] == third.months[3].active.customers
    levels = [(s.segment, level) for s in revenue.segments for level in s.levels]
    for row, (segment, level) in zip(revenue.segments.flat(), levels, strict=True):
        assert (row["segment"], row["level"]) == (segment, level.level)
        assert row["trailing_nrr"] == level.trailing.nrr.value
        assert row["nrr_difference_q"] == level.nrr_difference.q and "months" not in row
    started = [row["started"] for row in revenue.completion.segments.flat()]
    assert started == [one.started for s in revenue.completion.segments for one in s.levels]


def test_without_money_over_time_it_says_what_is_missing() -> None:
    made = aiueo.sim.worlds["flows"].simulate(seed=1, customers=60)
    found = aiueo.load(made.model()).evidence(made.snapshots, made.contracts).study("revenue")
    assert "give data_until" in found.sentence and "data_until" in found.sentence.ja
    assert str(found) == found.sentence
    assert found.text("ja") == found.sentence.ja
    assert found.months == [] and found.data_until is None


def test_options(revenue: aiueo.Finding) -> None:
    few = found_of(200, {"months": 3, "segment": "plan", "reactivation": "counted"})
    assert len(few.months) == 3 and [one.segment for one in few.segments] == ["plan"]
    assert few.reactivation == "counted" and revenue.reactivation == "left_out"
    with pytest.raises(aiueo.ArgumentError, match="from 1 to 1200"):
        found_of(60, {"months": 0})
    with pytest.raises(aiueo.NotFoundError, match="no segment"):
        found_of(60, {"segment": "plans"})
