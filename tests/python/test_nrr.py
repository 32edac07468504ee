"""The study "nrr" from tables to its page: a simulated portfolio with a ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

aiueo = pytest.importorskip("aiueo", reason="the package aiueo cannot be imported")
sim = pytest.importorskip("aiueo.sim", reason="the simulation needs NumPy")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world():
    return sim.worlds["flows"].simulate(seed=3, customers=500, months=40)


@pytest.fixture(scope="module")
def seen(world):
    plan = aiueo.load(world.model())
    return plan.evidence(
        world.snapshots, world.contracts, initiatives=world.initiatives, ledger=world.ledger
    )


@pytest.fixture(scope="module")
def found(seen):
    return seen.study("nrr", target=1.08)


def paid_at(world, month):
    """What each customer paid at the close of a month, from the ledger itself."""
    last = (month + 1).astype("M8[D]") - 1
    table = world.ledger
    out = {}
    missing = table.missing("end")
    for k in range(len(table["customer"])):
        if table["start"][k] <= last and (
            (missing is not None and missing[k]) or table["end"][k] > last
        ):
            key = table["customer"][k]
            out[key] = out.get(key, 0) + int(table["mrr"][k])
    return out


def test_everybody_is_what_the_ledger_says(world, found):
    import numpy as np

    first, last = np.datetime64(found.first_start, "M"), np.datetime64(found.last_start, "M")
    then = later = lasting = 0
    for month in np.arange(first, last + 1):
        at, after = paid_at(world, month), paid_at(world, month + 12)
        then += sum(at.values())
        later += sum(after.get(customer, 0) for customer in at)
        lasting += sum(min(paid, after.get(customer, 0)) for customer, paid in at.items())
    assert found.everybody.nrr.value == pytest.approx(later / then, rel=1e-12)
    assert found.everybody.grr.value == pytest.approx(lasting / then, rel=1e-12)
    assert last + 12 == np.datetime64(found.last_month, "M")
    now = paid_at(world, np.datetime64(found.last_month, "M"))
    digits = 10**found.minor_digits
    assert found.portfolio.now.customers == len(now)
    assert found.portfolio.now.mrr_minor_units == sum(now.values()) * digits


def test_what_belongs_together_adds_up(found):
    portfolio = found.portfolio
    expected = 0.0
    for level in [*found.levels, found.unseen]:
        if level.now.customers:
            rate = level.nrr.value if level.level else found.everybody.nrr.value
            expected += level.share * rate
    assert portfolio.expected.value == pytest.approx(expected, rel=1e-9)
    assert sum(one.now.customers for one in found.members) == portfolio.now.customers
    assert sum(one.now.mrr_minor_units for one in found.teams) == portfolio.now.mrr_minor_units
    for review in found.reviews:
        parts = review.all.parts
        assert sum(one["value"] for one in parts.values()) == pytest.approx(
            review.all.change.value, abs=1e-12
        )
        for owners in (review.members, review.teams):
            assert sum(one.of_all for one in owners) == pytest.approx(
                review.all.change.value, abs=1e-12
            )
    for origin in found.backtest.each:
        assert origin.deviation == pytest.approx(origin.realised - origin.expected, abs=1e-12)
    assert sum(one.part.value for one in found.backtest.levels) == pytest.approx(
        found.backtest.bias.value, abs=1e-12
    )
    assert found.curve.points[-1].required.value == pytest.approx(1.08, rel=1e-9)


def test_level_ups_are_called_what_they_are(found):
    for one in found.level_ups:
        assert one.evidence == "association"
        assert one.impact_minor_units.value == one.association_minor_units.value
        shares = [each.share.value for each in one.reach]
        assert shares == sorted(shares)
    assert found.plan.evidence == "association"
    assert "by association" in found.sentence or found.plan.state != "reached"
    assert any("experiment" in one for one in found.cautions)


def test_hold_outs_are_told_beside_level_ups(world):
    model = json.loads(json.dumps(world.model()))
    model["steps"]["min_n"] = 8
    seen = aiueo.load(model).evidence(
        world.snapshots, world.contracts, initiatives=world.initiatives, ledger=world.ledger
    )
    found = seen.study("nrr")
    tried = [one.experiment for one in found.level_ups if one.experiment is not None]
    assert tried
    page, ja = str(found), found.text("ja")
    assert "experiment at" in page
    assert "実験（段階）" in ja
    for one in tried:
        # Meetings bring nobody a rung up in this world.
        assert not one.established
        assert one.initiative in page
        assert one.effect.value == pytest.approx(one.chosen.value - one.held_out.value)
        assert min(one.chosen.n, one.held_out.n) >= 8


def test_options(seen, found):
    target = found.portfolio.expected.value + 0.01
    plan = seen.study("nrr", target=target).plan
    assert plan.state == "reached"
    assert plan.expected.value >= target - 1e-12
    assert plan.effort == sum(one.customers for one in plan.steps)
    few = seen.study("nrr", target=target, capacity=plan.effort - 1).plan
    assert few.state == "capacity"
    assert few.expected.value < target
    dear = seen.study("nrr", target=target, effort={one["from"]: 2.5 for one in plan.steps}).plan
    assert dear.effort >= plan.effort
    band = seen.study("nrr", of="band")
    assert band.portfolio.why == "other_levels"
    assert band.everybody.nrr.value == found.everybody.nrr.value
    assert seen.study("nrr", months=3).first_start > found.first_start
    with pytest.raises(aiueo.Error, match="effort"):
        seen.study("nrr", effort={"Entrance": 1})


def test_pages(found):
    page, ja = str(found), found.text("ja")
    for word in ("expected NRR", "GRR", "level-up", "rests on", "plan to"):
        assert word in page
    for word in ("at the same rates", "change (points)", "required", "●"):
        assert word in page
    for word in ("期待NRR", "GRR", "レベルアップ", "根拠", "同じ率での変化", "目標に必要", "●"):
        assert word in ja
    for one in found.cautions:
        assert str(one) in page and one.ja in ja
    assert found.levels["Active"].nrr.n > 0
    frame = pytest.importorskip("pandas", reason="pandas is not installed") and (
        found.levels.to_pandas()
    )
    assert list(frame["level"]) == [one.level for one in found.levels]


def test_without_a_target_or_history(world, seen):
    found = seen.study("nrr")
    target = json.loads(json.dumps(world.model()))["study"].get("nrr_target")
    assert found.plan.target == target
    plan = aiueo.load(world.model())
    nothing = plan.evidence(world.snapshots, world.contracts, initiatives=world.initiatives)
    said = nothing.study("nrr")
    assert said.why == "nothing_counted"
    assert "data_until" in str(said)
    assert "data_until" in said.text("ja")


def test_a_finding_is_what_its_schema_says(found):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    path = ROOT / "schema" / "findings" / "nrr.schema.json"
    jsonschema.validate(found.to_dict(), json.loads(path.read_text(encoding="utf-8")))
