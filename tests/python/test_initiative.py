"""The study of initiatives: the figures that pandas finds, and the truth of a simulation."""

from __future__ import annotations

from typing import Any

import aiueo
import pandas as pd
import pytest
from histories import MODEL, World, small_contracts, small_rows


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def found(world: World) -> aiueo.Finding:
    return world.seen.study("initiative", min_n=10)


def days(values: Any) -> Any:
    return pd.to_datetime(values).astype("datetime64[us]")


def latest(rows: Any, ends: Any, on: Any, name: str) -> Any:
    """Each end's latest snapshot in the 31 days up to a day."""
    return pd.merge_asof(
        ends.assign(day=on).sort_values("day"),
        rows.rename(columns={"as_of": "seen", "level": name}),
        left_on="day",
        right_on="seen",
        by="customer",
        tolerance=pd.Timedelta(days=31),
    ).drop(columns=["day", "seen"])


@pytest.fixture(scope="module")
def ends(world: World) -> Any:
    """Each decided contract with a snapshot in time, and the stage at its window's start."""
    scored = world.plan.score(world.snapshots, overrides=False, initiatives=world.prepared)
    rows = pd.DataFrame(
        {
            "customer": world.snapshots["customer"],
            "as_of": days(world.snapshots["as_of"]),
            "level": scored[next(iter(world.plan.ladders))].to_list(),
        }
    ).sort_values("as_of")
    all_ends = world.contracts
    mine = all_ends[all_ends["outcome"].notna() & (all_ends["kind"] == "contract")].copy()
    for day in ("start", "end"):
        mine[day] = days(mine[day])
    mine = mine[(mine["end"] - mine["start"]).dt.days > 90]
    mine["cutoff"] = mine["end"] - pd.Timedelta(days=90)
    mine = latest(rows, mine, mine["cutoff"], "now")
    mine = mine[mine["now"].notna()]
    mine = latest(rows, mine, mine["cutoff"] - pd.Timedelta(days=90), "stage")
    mine["kept"] = mine["outcome"] == "renewed"
    return mine.reset_index(drop=True)


def met(world: World, ends: Any, initiative: str, fact: str) -> Any:
    """Is the fact dated in the 90 days up to the end's cutoff?"""
    rows = world.initiatives[world.initiatives["initiative"] == initiative]
    if fact == "invited":
        rows = rows[~rows["holdout"]]
    day = rows[["customer"]].assign(day=days(rows["date" if fact == "invited" else fact]))
    pairs = ends.reset_index()[["index", "customer", "cutoff"]].merge(day.dropna(), on="customer")
    after = pairs["cutoff"] - pd.Timedelta(days=90)
    hits = pairs[(pairs["day"] > after) & (pairs["day"] <= pairs["cutoff"])]["index"]
    return ends.index.isin(hits)


def test_renewal_with_and_without_is_what_pandas_counts(
    world: World, ends: Any, found: aiueo.Finding
) -> None:
    assert found.ends == found.known == len(ends) > 100
    assert found.without_stage == ends["stage"].isna().sum()
    names = {(row.initiative, row.exposure) for row in found.initiatives}
    assert {("user_meeting", "attended"), ("nps", "responded")} <= names
    for row in found.initiatives:
        facts = row.exposure.split(" and ")
        hit = ends.assign(hit=True)["hit"].to_numpy()
        for fact in facts:
            hit = hit & met(world, ends, row.initiative, fact)
        yes, no = ends[hit], ends[~hit]
        assert (row.exposed.n, row.unexposed.n) == (len(yes), len(no)), row
        assert row.exposed.value == pytest.approx(yes["kept"].mean(), rel=1e-12)
        assert row.crude.value == pytest.approx(yes["kept"].mean() - no["kept"].mean(), rel=1e-9)
        above = below = 0.0
        strata = 0
        for _, some in ends.assign(hit=hit).groupby("stage", dropna=False):
            n1, n0 = some["hit"].sum(), (~some["hit"]).sum()
            if n1 and n0:
                a, c = some[some["hit"]]["kept"].sum(), some[~some["hit"]]["kept"].sum()
                above += (a * n0 - c * n1) / (n1 + n0)
                below += n1 * n0 / (n1 + n0)
                strata += 1
        assert row.strata == strata == sum(one.carried for one in row.stages)
        assert row.stratified.value == pytest.approx(above / below, rel=1e-9, abs=1e-12)
        assert row.judged == (min(len(yes), len(no)) >= 10 and row.stratified.p is not None)


def test_hold_outs_are_what_pandas_counts(world: World, ends: Any, found: aiueo.Finding) -> None:
    [row] = [one for one in found.effects if one.initiative == "user_meeting"]
    rows = world.initiatives[world.initiatives["initiative"] == "user_meeting"]
    rows = rows.assign(day=days(rows["date"]))[["customer", "day", "holdout"]]
    pairs = ends.reset_index()[["index", "customer", "cutoff", "kept"]].merge(rows, on="customer")
    after = pairs["cutoff"] - pd.Timedelta(days=90)
    first = (
        pairs[(pairs["day"] > after) & (pairs["day"] <= pairs["cutoff"])]
        .sort_values("day")
        .drop_duplicates("index")
    )
    chosen, held = first[~first["holdout"]], first[first["holdout"]]
    assert (row.chosen.n, row.held_out.n) == (len(chosen), len(held))
    assert row.effect.value == pytest.approx(chosen["kept"].mean() - held["kept"].mean(), rel=1e-9)


def test_calls_are_what_pandas_counts_and_what_was_planted(
    world: World, found: aiueo.Finding
) -> None:
    [mail] = [one for one in found.calls if one.initiative == "setup-mail-2"]
    assert mail.answer_days == 7  # the trigger's own
    last = days(world.snapshots["as_of"]).groupby(world.snapshots["customer"]).max()
    rows = world.initiatives.assign(
        day=days(world.initiatives["date"]), back=days(world.initiatives["responded"])
    )
    rows = rows[rows["customer"].isin(last.index) & rows["day"].notna()]
    window = rows["initiative"].map(lambda name: 7 if name == "setup-mail-2" else 14)
    until = rows["day"] + pd.to_timedelta(window, unit="D")
    counted = until <= rows["customer"].map(last)
    assert found.pending_calls == world.seen.counts["pending_calls"] == (~counted).sum() > 0
    rows = rows.assign(answered=(rows["back"] >= rows["day"]) & (rows["back"] <= until))[counted]
    mine = rows[rows["initiative"] == "setup-mail-2"]
    for row in mail.rows:
        some = mine[mine["holdout"]] if row.holdout else mine[mine["variant"] == row.variant]
        assert (row.rate.n, row.answered) == (len(some), some["answered"].sum())
    [held] = [row for row in mail.rows if row.holdout]
    for row in mail.rows[:-1]:
        assert row.difference.value == pytest.approx(row.rate.value - held.rate.value, abs=1e-12)
    rates = dict(zip(("video", "text"), world.made.knobs.action_rates))
    for row in mail.rows[:-1]:
        assert row.rate.lower - 0.05 <= rates[row.variant] <= row.rate.upper + 0.05


def test_without_initiatives_nothing_is_known(world: World) -> None:
    plan = aiueo.load(MODEL)
    seen = plan.evidence(small_rows(), small_contracts())
    found = seen.study("initiative")
    assert found.ends == 2 and found.known == 0 and not found.initiatives
    assert "counted without initiatives" in found.sentence
    assert "施策" in found.sentence.ja
    with pytest.raises(aiueo.ArgumentError, match='"lead" is 90'):
        seen.study("initiative", lead=0)
    rows = {"customer": ["a"], "initiative": ["call"], "date": ["2025-12-20"]}
    known = plan.evidence(small_rows(), small_contracts(), initiatives=rows)
    found = known.study("initiative")
    assert found.known == 2 and [row.initiative for row in found.initiatives] == ["call"]
    assert found.without_stage == 2


def test_a_finding_of_initiatives_reads(found: aiueo.Finding) -> None:
    text = str(found)
    assert "Customers who come and who answer" in text
    head = next(line for line in text.splitlines() if line.startswith("initiatives"))
    assert head.split()[:4] == ["initiatives", "exposure", "n", "judged"]
    assert "setup-mail-2" in text and "best: variant" in text
    frame = found.initiatives.to_pandas()
    assert {"exposed", "exposed_n", "stratified", "stratified_q"} <= set(frame.columns)
    judged = frame[frame["judged"]]["stratified"]
    assert judged.is_monotonic_decreasing
