"""What studies find: read as text and as tables, and the figures that pandas finds, too."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import pandas as pd
import pytest
from aiueo._text import width
from aiueo.finding import Rows
from histories import MODEL, World, small_contracts, small_rows
from places import ROOT

DATA = Path(os.environ.get("AIUEO_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def small() -> aiueo.Plan:
    return aiueo.load(MODEL)


# ── findings ─────────────────────────────────────────────────────────────────────────────────


def test_studies_are_listed_and_asked_by_name(small: aiueo.Plan) -> None:
    assert "renewal" in aiueo.studies()
    seen = small.evidence(small_rows(), small_contracts())
    for name in aiueo.studies():
        assert seen.study(name)["study"] == name
    with pytest.raises(aiueo.NotFoundError, match='did you mean "renewal"'):
        seen.study("renewals")
    with pytest.raises(aiueo.ArgumentError, match="90, 0"):
        seen.study("renewal", lead=30)
    with pytest.raises(aiueo.ArgumentError, match='did you mean "lead"'):
        seen.study("renewal", leads=30)


def test_a_finding_is_a_mapping_and_reads(small: aiueo.Plan) -> None:
    seen = small.evidence(small_rows(), small_contracts())
    found = seen.study("renewal")
    assert isinstance(found, aiueo.Finding)
    assert found["lead_days"] == found.lead_days == 90
    assert found.sentence == found.to_dict()["sentence"]["en"]
    assert found.sentence.ja == found.to_dict()["sentence"]["ja"]
    assert [one.ja for one in found.cautions] == [one["ja"] for one in found.to_dict()["cautions"]]
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(found.sentence)).ja == found.sentence.ja
    with pytest.raises(AttributeError, match="lead_days"):
        found.lead_day  # noqa: B018

    text = str(found)
    assert text.startswith(found.sentence) and text.endswith(f"- {found.cautions[-1]}")
    assert found.text("ja").startswith(found.sentence.ja) and found.cautions[0].ja in found.text(
        "ja"
    )
    # The figures stand below each other whatever the width of the words.
    stage = str(found.tables[0]).splitlines()
    ends = {width(line[: line.index("%") + 1]) for line in stage[1:4]}
    assert stage[0].startswith("stage") and len(ends) == 1, stage
    assert "0.0%" in stage[2] and "100.0%" in stage[3]

    frame = found.tables[0].to_pandas()
    assert list(frame["level"]) == ["everybody", "低い", "Active"]
    assert list(frame["rate"]) == [0.5, 0.0, 1.0] and list(frame["rate_n"]) == [2, 1, 1]
    assert frame["rate_lower"][0] == found.tables[0].rows[0].rate.lower
    whole = found.tables.to_pandas()
    assert set(whole["of"]) >= {"stage"} and len(whole) == sum(len(t.rows) for t in found.tables)


@pytest.mark.parametrize("name", aiueo.studies())
def test_every_study_reads_and_flattens(world: World, name: str) -> None:
    found = world.seen.study(name)
    for language in ("en", "ja"):
        text = found.text(language)
        assert text.startswith(found.sentence.in_(language))
        assert all(one.in_(language) in text for one in found.cautions)
    tables = {key: rows for key, rows in found.items() if isinstance(rows, Rows)}
    for rows in tables.values():
        flat = rows.flat()
        assert not [v for row in flat for v in row.values() if isinstance(v, (dict, list))]
        assert len(rows.to_pandas()) == len(flat)


@pytest.mark.parametrize("name", aiueo.studies())
def test_every_finding_is_as_its_schema_says(world: World, name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    path = ROOT / "schema" / "findings" / f"{name}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(world.seen.study(name).to_dict(), schema)


def test_what_a_test_says_stands_beside_its_figure() -> None:
    auc = {"value": 0.6, "lower": -0.1, "upper": 0.7, "n": 9, "p": 0.0004, "q": None}
    rows = [{"name": "U", "used": True, "auc": auc, "more": {"n": 3, "parts": []}}]
    given = {"sentence": {"en": "So.", "ja": ""}, "cautions": [], "scores": rows}
    found = aiueo.Finding(given)
    head, line = str(found).splitlines()[2:]
    assert head.split() == ["scores", "n", "used", "auc", "p", "q"]
    assert line.split("  ")[0] == "U" and line.endswith(
        "9   yes  0.600  (−0.100 to 0.700)  < 0.001  –"
    )
    [row] = found.scores.flat()
    assert row["auc_p"] == 0.0004 and row["more_n"] == 3 and row["used"] is True


def test_a_curve_is_printed_where_it_changes() -> None:
    def lines(points: list[dict[str, Any]]) -> list[str]:
        given = {"sentence": {"en": "So.", "ja": ""}, "cautions": [], "isotonic": points}
        return str(aiueo.Finding(given)).splitlines()[2:]

    # Ten scores of two probabilities are two lines.
    head, low, high = lines(
        [{"score": k, "probability": 0.25 if k < 4 else 0.875, "n": 2} for k in range(10)]
    )
    assert head.split() == ["isotonic,", "score", "n", "probability"]
    assert low.split() == ["0–3", "8", "0.25"] and high.split() == ["4–9", "12", "0.875"]
    # A hundred are twelve, with both ends, and it says so.
    many = lines([{"score": k, "probability": k / 100, "n": 1} for k in range(100)])
    assert len(many) == 14 and many[-1] == "  12 of 100 levels"
    assert many[1].split()[0] == "0" and many[12].split()[0] == "99"


# ── renewal, counted by pandas ───────────────────────────────────────────────────────────────


def stages_and_ends(
    plan: aiueo.Plan, snapshots: Any, contracts: Any, lead: int, kind: str, **options: Any
) -> Any:
    """Each decided end with the stage of its customer's latest snapshot in the window."""
    scored = plan.score(snapshots, overrides=False, **options)
    rows = pd.DataFrame(
        {
            "customer": snapshots["customer"],
            "as_of": pd.to_datetime(snapshots["as_of"]).astype("datetime64[us]"),
            "level": scored[next(iter(plan.ladders))].to_list(),
        }
    ).sort_values("as_of")
    ends = contracts[contracts["outcome"].notna() & (contracts["kind"] == kind)].copy()
    for day in ("start", "end"):
        ends[day] = pd.to_datetime(ends[day]).astype("datetime64[us]")
    ends = ends[(ends["end"] - ends["start"]).dt.days > lead]
    ends["as_of"] = ends["end"] - pd.Timedelta(days=lead)
    joined = pd.merge_asof(
        ends.sort_values("as_of"),
        rows.rename(columns={"as_of": "seen"}),
        left_on="as_of",
        right_on="seen",
        by="customer",
        tolerance=pd.Timedelta(days=31),
    )
    return joined[joined["level"].notna()]


def check_renewal(seen: aiueo.Evidence, ends: Any, lead: int, kind: str) -> None:
    found = seen.study("renewal", lead=lead, kind=kind)
    assert found.customers == ends["customer"].nunique() > 0
    ladder = next(iter(seen.plan.ladders))
    [stage] = [one for one in found.tables if (one.of, one.terms) == (ladder, "all")]
    for row in stage.rows:
        mine = ends if row.level == "everybody" else ends[ends["level"] == row.level]
        kept = mine["outcome"].isin(["renewed", "converted"])
        assert (row.rate.n, row.kept) == (len(mine), kept.sum()), row.level
        if not len(mine):
            assert row.rate.value is None
            continue
        assert row.rate.value == pytest.approx(kept.mean(), rel=1e-12)
        priced = mine["mrr_before"].notna()
        due, stays = mine["mrr_before"][priced], mine["mrr_before"][priced & kept]
        if due.sum() > 0:
            assert row.weighted.value == pytest.approx(stays.sum() / due.sum(), rel=1e-9)
        after = mine["mrr_after"].where(kept, 0)
        known = priced & after.notna()
        base = mine["mrr_before"][known].sum()
        if base > 0:
            assert row.retained.value == pytest.approx(after[known].sum() / base, rel=1e-9)
    assert sum(row.rate.n for row in stage.rows[1:]) == len(ends)


@pytest.mark.parametrize(("kind", "lead"), [("contract", 90), ("contract", 0), ("trial", 0)])
def test_renewal_of_a_simulation_is_what_pandas_counts(world: World, kind: str, lead: int) -> None:
    ends = stages_and_ends(
        world.plan, world.snapshots, world.contracts, lead, kind, initiatives=world.prepared
    )
    assert len(ends) > 30
    check_renewal(world.seen, ends, lead, kind)


def test_counts_are_what_pandas_counts(world: World) -> None:
    counts = world.seen.counts
    snapshots, contracts = world.snapshots, world.contracts
    mine = contracts[contracts["customer"].isin(snapshots["customer"])]
    assert counts["rows"] == len(snapshots)
    assert counts["customers"] == snapshots["customer"].nunique()
    assert counts["ends"] == mine["outcome"].notna().sum()
    assert counts["open"] == mine["outcome"].isna().sum()
    pairs = counts["observed"] + counts["unobserved"] + counts["lead_too_long"]
    assert pairs + counts["leaked"] == 2 * counts["ends"]


@pytest.mark.skipif(not (DATA / "churnsim_crm").is_dir(), reason="AIUEO_DATA has no churnsim_crm")
@pytest.mark.parametrize("lead", [90, 0])
def test_renewal_of_churnsim_is_what_pandas_counts(tmp_path: Path, lead: int) -> None:
    scenario = ROOT / "examples" / "scenarios" / "churnsim_crm"
    command = [sys.executable, str(scenario / "load.py"), str(DATA / "churnsim_crm")]
    subprocess.run([*command, str(tmp_path), "parquet"], check=True)
    plan = aiueo.load(scenario / "model.json")
    snapshots = pd.read_parquet(tmp_path / "snapshots.parquet")
    contracts = pd.read_parquet(tmp_path / "contracts.parquet")
    seen = plan.evidence(snapshots, contracts)
    ends = stages_and_ends(plan, snapshots, contracts.assign(kind="contract"), lead, "contract")
    check_renewal(seen, ends, lead, "contract")
