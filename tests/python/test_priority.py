"""Whom to help first, and goals: the study's figures applied to customers, and nothing else."""

from __future__ import annotations

import copy
import itertools
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import pandas as pd
import pytest
from acting import check_schema


class World:
    """A simulated portfolio, counted."""

    def __init__(self) -> None:
        made = aiueo.sim.simulate(customers=900, months=24, seed=5)
        self.tables = made
        self.model = made.model()
        self.plan = aiueo.load(self.model)
        self.seen = self.plan.evidence(
            made.snapshots, made.contracts, initiatives=made.initiatives, ledger=made.ledger
        )
        self.nrr = self.seen.study("nrr")

    def act(self, name: str, **options: Any) -> aiueo.Actions:
        return self.plan.act(
            name,
            self.tables.snapshots,
            evidence=self.seen,
            initiatives=self.tables.initiatives,
            **options,
        )


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_gain_is_the_studys_for_the_level(world: World) -> None:
    made = world.act("priority", capacity=1e9)
    gains = {one["from"]: one.gain for one in world.nrr.level_ups}
    rates = {one.level: one.nrr for one in world.nrr.levels}
    assert len(made) > 100
    check_schema("priority", made)
    for one in made:
        gain, rate = gains[one.stage], rates[one.stage]
        for key, part in (("gain", "value"), ("gain_lower", "lower"), ("gain_upper", "upper")):
            assert one[key] == pytest.approx(one.mrr * gain[part], rel=1e-12)
        assert one.n == gain.n
        assert (one.expected_nrr, one.expected_nrr_lower) == (rate.value, rate.lower)
        assert one.gain_per_effort == pytest.approx(one.gain / one.effort, rel=1e-12)
        assert one.chosen == (one.gain > 0)


def test_the_list_goes_by_gain_per_effort_and_keeps_to_the_capacity(world: World) -> None:
    made = world.act("priority", capacity=12, first=False)
    rows = made.rows()
    assert [one.rank for one in rows] == list(range(1, len(rows) + 1))
    for wanted in (True, False):
        ratios = [one.gain_per_effort for one in rows if one.chosen is wanted]
        assert ratios == sorted(ratios, reverse=True)
    chosen = [one for one in rows if one.chosen]
    assert rows[: len(chosen)] == chosen
    assert sum(one.effort for one in chosen) <= 12
    # Nobody else with a gain would fit.
    left = 12 - sum(one.effort for one in chosen)
    assert all(one.effort > left for one in rows if not one.chosen and one.gain > 0)
    head = made.head["chosen"]
    assert head["customers"] == len(chosen)
    assert head["gain"]["value"] == pytest.approx(sum(one.gain for one in chosen))
    assert head["gain"]["lower"] == pytest.approx(sum(one.gain_lower for one in chosen))
    # No choice is better than the bound; by the best of all small sets of the first rows.
    few = [one for one in rows if one.gain > 0][:14]
    best = max(
        sum(one.gain for one in pick)
        for size in range(len(few) + 1)
        for pick in itertools.combinations(few, size)
        if sum(one.effort for one in pick) <= 12
    )
    assert head["gain"]["value"] <= made.head["at_most"]
    assert best <= made.head["at_most"] * (1 + 1e-12)


def test_bands_to_start_with_come_first_and_their_price_is_told(world: World) -> None:
    made = world.act("priority", capacity=20)
    first = world.model["priority"]["first"]
    rows = made.rows()
    assert all(one.first == (one.band in first) for one in rows)
    chosen = [one.first for one in rows if one.chosen]
    assert chosen == sorted(chosen, reverse=True)
    by_band = {one["band"]: one["all"] for one in made.head["bands"]}
    for band, sums in by_band.items():
        assert sums["customers"] == sum(one.band == band for one in rows)
    free = world.act("priority", capacity=20, first=False)
    assert free.head["chosen"]["gain"]["value"] >= made.head["chosen"]["gain"]["value"]
    assert made.head["at_most"] == free.head["at_most"]


def test_everybody_is_ranked_or_counted(world: World) -> None:
    head = world.act("priority").head
    others = (
        "at_top",
        "ended",
        "without_mrr",
        "below_zero",
        "without_rate",
        "without_play",
    )
    assert head["customers"] == head["ranked"] + sum(head[key] for key in others)
    assert head["basis"] == "association"
    texts = [one["en"] for one in head["cautions"]]
    assert any("association" in text for text in texts)
    assert len(world.act("priority", limit=3)) == 3


def test_every_customer_has_the_nrr_of_its_level(world: World) -> None:
    rates = {one.level: one.nrr for one in world.nrr.levels}
    made = world.act("next")
    assert {one.stage for one in made} == set(rates)
    for one in made:
        rate = rates[one.stage]
        told = (one.expected_nrr, one.expected_nrr_lower, one.expected_nrr_upper)
        assert told == (rate.value, rate.lower, rate.upper)
    assert {one.expected_nrr for one in world.plan.act("next", world.tables.snapshots)} == {None}


def test_without_plays_every_customer_takes_the_same(world: World) -> None:
    model = copy.deepcopy(world.model)
    for key in ("plays", "triggers"):
        del model[key]
    bare = aiueo.load(model)
    made = bare.act("priority", world.tables.snapshots, evidence=world.seen, capacity=5)
    assert made.head["without_play"] == 0
    assert sum(one.chosen for one in made) == 5
    assert all(one.effort == 1 and one.play is None for one in made)


def test_priority_needs_evidence_of_money(world: World) -> None:
    with pytest.raises(aiueo.ArgumentError, match="comes from evidence; give it"):
        world.plan.act("priority", world.tables.snapshots)
    blind = world.plan.evidence(world.tables.snapshots, world.tables.contracts)
    with pytest.raises(aiueo.ArgumentError, match=r"does not say .* \(nothing_counted\)"):
        world.plan.act("priority", world.tables.snapshots, evidence=blind)
    with pytest.raises(aiueo.ArgumentError, match='"capacity" is a number from 0'):
        world.act("priority", capacity=-1)


# ── goals ────────────────────────────────────────────────────────────────────────────────────


def test_goals_say_where_they_are(world: World) -> None:
    made = world.act("goals")
    frame = world.plan.score(
        world.tables.snapshots, initiatives=world.tables.initiatives
    ).to_pandas()
    last = frame.as_of.max()
    ends = world.tables.snapshots.to_pandas()[["customer", "as_of", "contract_end"]]
    for column in ("as_of", "contract_end"):
        ends[column] = pd.to_datetime(ends[column])
    frame["as_of"] = pd.to_datetime(frame.as_of)
    frame, last = frame.merge(ends, on=["customer", "as_of"]), pd.Timestamp(last)
    today = frame[frame.as_of >= last - pd.Timedelta(days=31)]
    today = today.sort_values("as_of").groupby("customer").tail(1)
    left = (today.as_of < last) & (today.contract_end >= today.as_of) & (today.contract_end <= last)
    assert left.sum() == made.head["left"] > 0
    today = today[~left]
    rungs = world.plan.ladders["stage"]
    level = today.stage.astype(str).map(rungs.index)
    could = today.stage_provisional.astype(object).map(
        lambda name: rungs.index(name) if name in rungs else -1
    )
    share, count = made.rows()
    assert (share.goal, count.goal) == ("active-share", "loyal-count")
    assert share.customers == len(today)
    assert share.now == pytest.approx((level >= 2).mean())
    assert share.could == pytest.approx(((level >= 2) | (could >= 2)).mean())
    assert count.now == (level >= 3).sum()
    assert share.missing == pytest.approx(0.6 - share.now)
    assert share.months == 5 and share.by == "2027-03-31"
    for one in (share, count):
        assert one.lower_95 <= one.lower <= one.expected <= one.upper <= one.upper_95
        assert 0 <= one.probability <= 1 and one.n > 1000 and one.origins > 3
    check_schema("goals", made)
    course = made.head["goals"][0]["course"]
    assert len(course) == 24 and course[-1]["now"] == share.now


def test_a_goal_without_a_forecast_says_why(world: World) -> None:
    bare = world.plan.act("goals", world.tables.snapshots)
    assert {(one.verdict, one.why) for one in bare} <= {
        ("unknown", "no_evidence"),
        ("reached", "no_evidence"),
    }
    goals = {
        "late": {"ladder": "stage", "at_least": "Loyal", "count": 5000, "by": "2026-01-31"},
        "rich": {
            "ladder": "stage",
            "at_least": "Active",
            "share": 0.99,
            "weight": "mrr",
            "by": "2027-06-30",
        },
        "far": {"ladder": "stage", "at_least": "Loyal", "count": 5000, "by": "2027-06-30"},
        "near": {"ladder": "stage", "at_least": "Onboard", "share": 0.01, "by": "2027-06-30"},
    }
    plan = aiueo.load({**world.model, "goals": goals})
    made = plan.act("goals", world.tables.snapshots, evidence=world.seen)
    assert [(one.goal, one.verdict, one.why) for one in made] == [
        ("late", "missed", "past"),
        ("rich", "unknown", "weighted"),
        ("far", "unlikely", None),
        ("near", "reached", None),
    ]
    assert made[1].of == "share of mrr"
    assert made[2].probability < 1e-6 < 0.999 < made[3].probability


def test_no_goals() -> None:
    model = {
        "aiueo": 1,
        "metrics": {"x": {"type": "number"}},
        "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [1, 100]]}}}},
    }
    made = aiueo.load(model).act("goals", {"customer": ["a"], "as_of": ["2026-01-01"], "x": [1]})
    assert len(made) == 0 and made.sentence == "The model has no goals."


def test_lists_on_the_command_line(world: World, tmp_path: Path) -> None:
    from test_cli import run

    world.tables.write(tmp_path)
    state = tmp_path / "all.state"
    state.write_bytes(bytes(world.seen))
    base = [str(tmp_path / "model.json"), str(tmp_path / "snapshots.csv"), str(state)]
    given = ["--initiatives", str(tmp_path / "initiatives.csv")]
    shown = run("act", "priority", *base, *given, "--option", "capacity=12").stdout
    assert shown.startswith("Help ") and "Keep in mind:" in shown
    goals = run("act", "goals", *base, *given, "--language", "ja").stdout
    assert "目標" in goals and "見込み" in goals
