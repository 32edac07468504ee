"""Lists for people from Python: rows, columns, pages, options, and everything refused."""

from __future__ import annotations

import copy
import datetime
import json
import os
import pickle
import subprocess
import sys
import threading
from typing import Any

import aiueo
import pytest
from acting import DAY, MODEL, OF_SNAPSHOTS, WHEN, check_schema, drawn, latest, snapshots
from aiueo import _actions_text
from places import ROOT

SCHEMAS = ROOT / "schema" / "actions"


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(MODEL)


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Any]]:
    return snapshots()


def list_of(plan: aiueo.Plan, name: str, rows: Any, **options: Any) -> aiueo.Actions:
    when = WHEN if name == "segment" else None
    return plan.act(name, rows, when=when, **options)


# ── what they list ───────────────────────────────────────────────────────────────────────────


def test_next_is_the_gap_of_each_customer(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    made = plan.act("next", rows)
    of = latest(rows)
    assert [row.customer for row in made] == sorted(of, key=str.encode)
    batch = plan.batch(rows)
    stages = plan.score(rows)["stage"]
    numbers = {
        customer: k for k, customer in enumerate(rows["customer"]) if rows["as_of"][k] == DAY
    }
    for row in made:
        k = numbers[row.customer]
        gap = plan.gap(batch, row=k)
        assert row.stage == stages[k] == gap.stage
        assert row.target == gap.target
        if row.target is None:
            assert row.reason is None and row.conditions is None
            continue
        assert row.conditions == len(gap.conditions)
        for one in gap.conditions:
            assert one.condition in row.reason and one.condition in row.reason_ja
        play = {"setup": "call", "U >= 60": "train"}[gap.conditions[0].condition]
        assert row.play == play and row.effort == MODEL["plays"][play]["effort"]
        assert row.mrr == of[row.customer]["mrr"] and row.member == of[row.customer]["member"]
        ends = of[row.customer]["finish"]
        assert row.ends == (None if ends is None else ends.isoformat())
    assert sum(step["customers"] for step in made.head["steps"]) + made.head["at_top"] == len(made)


def test_triggers_are_sent_once_by_the_drawn_variant(
    plan: aiueo.Plan, rows: dict[str, list[Any]]
) -> None:
    of = latest(rows)
    made = plan.act("triggers", rows)
    keys = sorted(of, key=str.encode)
    quiet = [key for key in keys if of[key]["logins"] is not None and of[key]["logins"] < 30]
    welcome = [
        key for key in keys if of[key]["setup"] is False and not (of[key]["logins"] or 0) > 90
    ]
    assert [(row.initiative, row.customer) for row in made] == [
        *(("quiet", key) for key in quiet),
        *(("welcome", key) for key in welcome),
    ]
    for row in made:
        assert row.date == "2026-04-30"
        if row.initiative == "quiet":
            start = of[row.customer]["start"]
            assert row.key == f"quiet:{start or ''}:{row.customer}"
            assert row.variant is None and row.holdout is False
            continue
        assert row.key == f"welcome::{row.customer}"
        at = drawn("welcome", row.customer)
        assert row.holdout == (at < 0.2)
        assert row.variant == (None if at < 0.2 else "video" if at < 0.7 else "text")
    held = sum(row.holdout for row in made)
    assert 0 < held < len(welcome)
    assert len(plan.act("triggers", rows, holdouts=False)) == len(made) - held
    assert {row.initiative for row in plan.act("triggers", rows, trigger="welcome")} == {"welcome"}


def test_what_was_sent_is_recorded_and_not_sent_again(
    plan: aiueo.Plan, rows: dict[str, list[Any]]
) -> None:
    first = plan.act("triggers", rows)
    assert "nobody knows what was sent" in first.cautions[0]
    none = plan.act("triggers", rows, initiatives={"customer": [], "initiative": [], "date": []})
    assert [row.key for row in none] == [row.key for row in first] and not any(
        "nobody knows" in one for one in none.cautions
    )
    # Its first columns are those of an initiatives table.
    again = plan.act("triggers", rows, initiatives=first)
    assert len(again) == 0 and again.head["triggers"][0]["to_send"] == 0
    half = {
        name: [row[name] for row in first][: len(first) // 2]
        for name in ("customer", "initiative", "date", "variant", "holdout")
    }
    rest = plan.act("triggers", rows, initiatives=half)
    assert [row.key for row in rest] == [row.key for row in first][len(first) // 2 :]


def test_hold_outs_are_measured_by_the_study(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    sent = plan.act("triggers", rows)
    customers = list(latest(rows))
    kept = [k % 3 > 0 for k in range(len(customers))]
    contracts = {
        "customer": customers,
        "start": [datetime.date(2025, 8, 10)] * len(customers),
        "end": [datetime.date(2026, 8, 10)] * len(customers),
        "outcome": ["renewed" if one else "churned" for one in kept],
        "mrr_before": [900] * len(customers),
        "mrr_after": [900 if one else 0 for one in kept],
    }
    found = plan.evidence(rows, contracts, initiatives=sent).study("initiative")
    (effect,) = found["effects"]
    renewed = dict(zip(customers, kept))
    for key, holdout in (("chosen", False), ("held_out", True)):
        of = [row for row in sent if row.initiative == "welcome" and row.holdout == holdout]
        assert effect[key].n == len(of) > 0
        assert effect[key].value == sum(renewed[row.customer] for row in of) / len(of)
    assert effect["initiative"] == "welcome"


def test_a_segment_is_whom_the_condition_holds_for(
    plan: aiueo.Plan, rows: dict[str, list[Any]]
) -> None:
    made = plan.act("segment", rows, when=WHEN)
    of = latest(rows)
    # U is the logins; what is unknown holds for nobody.
    wanted = [
        key
        for key in sorted(of, key=str.encode)
        if None not in (of[key]["logins"], of[key]["mrr"])
        and of[key]["logins"] < 60
        and of[key]["mrr"] >= 1000
    ]
    assert [row.customer for row in made] == wanted and wanted
    overall = dict(zip(rows["customer"], plan.score(rows)["overall"]))
    for row in made:
        assert row.reason.startswith(f"{WHEN} (mrr {of[row.customer]['mrr']}")
        if rows["customer"].count(row.customer) == 1:
            assert row.overall == overall[row.customer]
    undecided = sum(
        (row["logins"] is None and (row["mrr"] is None or row["mrr"] >= 1000))
        or (row["mrr"] is None and row["logins"] is not None and row["logins"] < 60)
        for row in of.values()
    )
    assert made.head["unknown"] == undecided > 0


# ── how they are read ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_a_list_is_a_sequence_and_a_table(
    plan: aiueo.Plan, rows: dict[str, list[Any]], name: str
) -> None:
    made = list_of(plan, name, rows)
    assert made.action == name and isinstance(made, aiueo.Actions)
    whole = list(made)
    assert len(whole) == len(made) > 20
    assert made[0] == whole[0] and made[-1] == whole[-1]
    assert made.rows(3, 4) == whole[3:7] and made.rows(len(made) - 1, 9) == whole[-1:]
    assert made.rows(len(made)) == []
    for wrong in (len(made), -len(made) - 1):
        with pytest.raises(IndexError, match=f"of {len(made)}"):
            made[wrong]
    assert made.to_dict()["rows"] == [dict(one) for one in whole]
    assert json.loads(made.to_json()) == made.to_dict()

    table = made.to_arrow()
    assert table.num_rows == len(made) and table.column_names == list(whole[0])
    plain = [
        {
            key: str(value) if isinstance(value, datetime.date) else value
            for key, value in row.items()
        }
        for row in table.to_pylist()
    ]
    assert plain == [dict(one) for one in whole]
    frame = made.to_pandas()
    assert list(frame.columns) == table.column_names and len(frame) == len(made)
    polars = pytest.importorskip("polars", reason="polars is not installed")
    assert made.to_polars().equals(polars.from_arrow(table))


def test_pages_of_rows_are_read_one_after_the_other(
    plan: aiueo.Plan, rows: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan.act("next", rows)
    whole = list(made)
    monkeypatch.setattr(sys.modules["aiueo.actions"], "_PAGE", 7)
    assert list(made) == whole and made.rows() == whole and made.rows(5, 20) == whole[5:25]


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_a_list_reads_in_both_languages(
    plan: aiueo.Plan, rows: dict[str, list[Any]], name: str
) -> None:
    made = list_of(plan, name, rows)
    english, japanese = made.text(), made.text("ja")
    assert english == str(made) == repr(made)
    assert english.startswith(made.sentence) and japanese.startswith(made.sentence.ja)
    assert f"… and {len(made) - 20:,} more rows" in english
    assert f"… ほか{len(made) - 20:,}行" in japanese
    for one in made.cautions:
        assert f"- {one}" in english and f"- {one.ja}" in japanese
    assert made[0].customer in english and made[19].customer in english
    assert made[20].customer not in english.splitlines()[-1]
    assert len(made.text(rows=3).splitlines()) < len(english.splitlines())
    assert "more rows" not in made.text(rows=len(made))
    title = {en: ja for _, en, ja, _ in _actions_text._COLUMNS[name]}
    assert "customer" in english and title["customer"] in japanese
    assert made._repr_html_().startswith("<pre")
    with pytest.raises(aiueo.ArgumentError, match="language 'de'"):
        made.text("de")


def test_an_empty_list_is_a_sentence(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    made = plan.act("segment", rows, when="logins > 1000")
    assert len(made) == 0 and list(made) == []
    assert made.text().splitlines()[0] == "For 0 customers of 200: logins > 1000."
    assert made.to_pandas().empty and made.to_arrow().num_rows == 0


# ── plans and batches ────────────────────────────────────────────────────────────────────────


def test_one_batch_for_several_actions(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    acting = plan.for_actions(WHEN)
    done = acting.initiatives(
        {"customer": ["c-0001"], "initiative": ["welcome"], "date": [DAY]}, keep_all=True
    )
    batch = acting.batch(rows, all_metrics=True)
    for name in OF_SNAPSHOTS:
        assert acting.act(name, batch).to_dict() == list_of(plan, name, rows).to_dict()
    prepared = acting.batch(rows, all_metrics=True, initiatives=done)
    by_table = plan.act(
        "triggers",
        rows,
        initiatives={"customer": ["c-0001"], "initiative": ["welcome"], "date": [DAY]},
    )
    assert acting.act("triggers", prepared).to_dict() == by_table.to_dict()
    with pytest.raises(aiueo.ArgumentError, match="all_metrics=True"):
        acting.act("next", acting.batch(rows))
    with pytest.raises(aiueo.ArgumentError):
        acting.act("next", plan.batch(rows, all_metrics=True))


def test_a_plan_that_acts_scores_as_its_own(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    scored, other = plan.score(rows), plan.for_actions(WHEN).score(rows)
    assert list(scored["stage"]) == list(other["stage"])
    assert scored["overall"].tolist() == pytest.approx(
        other["overall"].tolist(), nan_ok=True, abs=0
    )
    again = pickle.loads(pickle.dumps(plan.for_actions(WHEN)))
    assert again.act("segment", rows).to_dict() == plan.act("segment", rows, when=WHEN).to_dict()
    # The list outlives the plan.
    made = aiueo.load(MODEL).act("next", rows)
    assert made.to_dict() == plan.act("next", rows).to_dict()


def test_scorers_are_asked_by_plans_that_act(rows: dict[str, list[Any]]) -> None:
    model = copy.deepcopy(MODEL)
    model["axes"]["U"]["components"]["logins"] = {"scorer": "half", "metrics": ["logins"]}

    def half(logins: Any) -> Any:
        return logins / 2

    plan = aiueo.load(model, scorers={"half": half})
    made = plan.act("segment", rows, when="U < 10")
    of = latest(rows)
    for row in made:
        assert of[row.customer]["logins"] < 20
    assert len(made) > 5


def test_lists_are_made_side_by_side(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    wanted = {name: list_of(plan, name, rows).to_dict() for name in OF_SNAPSHOTS}
    found: list[bool] = []

    def work(k: int) -> None:
        name = OF_SNAPSHOTS[k % 3]
        found.append(list_of(plan, name, rows).to_dict() == wanted[name])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [True] * 6


def test_a_trigger_may_read_initiatives_that_no_score_reads(rows: dict[str, list[Any]]) -> None:
    model = copy.deepcopy(MODEL)
    model["metrics"]["calls"] = {
        "from": "initiatives",
        "initiative": "call",
        "value": "count",
        "window_days": 30,
    }
    model["triggers"] = {"uncalled": {"when": "calls == 0", "play": "call", "once_per": "customer"}}
    plan = aiueo.load(model)
    assert not plan.needs_initiatives and plan.for_actions().needs_initiatives
    calls = {"customer": ["c-0001"], "initiative": ["call"], "date": [DAY]}
    made = plan.act("triggers", rows, initiatives=calls)
    assert {row.customer for row in made} == set(latest(rows)) - {"c-0001"}


# ── what is refused ──────────────────────────────────────────────────────────────────────────


def test_what_is_refused(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    assert aiueo.actions()[0] == "next" and set(OF_SNAPSHOTS) <= set(aiueo.actions())
    with pytest.raises(aiueo.NotFoundError, match='did you mean "next"'):
        plan.act("nxt", rows)
    with pytest.raises(aiueo.ArgumentError, match='"lader" is not an option'):
        plan.act("next", rows, lader="stage")
    with pytest.raises(aiueo.NotFoundError, match='did you mean "stage"'):
        plan.act("next", rows, ladder="stge")
    with pytest.raises(aiueo.NotFoundError, match='did you mean "welcome"'):
        plan.act("triggers", rows, trigger="welcom")
    with pytest.raises(aiueo.ModelError, match="when at character 4"):
        plan.act("segment", rows, when="U <")
    with pytest.raises(aiueo.ModelError, match='did you mean "logins"'):
        plan.for_actions("logns < 3")
    with pytest.raises(aiueo.ArgumentError, match="no condition to ask"):
        plan.act("segment", rows)
    with pytest.raises(aiueo.NotFoundError, match="2020-01-01"):
        plan.act("next", rows, as_of="2020-01-01")
    with pytest.raises(aiueo.ArgumentError, match="a date"):
        plan.act("next", rows, as_of="April")
    with pytest.raises(TypeError, match="cannot be object"):
        plan.act("next", rows, as_of=object())
    for column in ("customer", "as_of"):
        with pytest.raises(aiueo.DataError, match=column):
            plan.act("next", {name: cells for name, cells in rows.items() if name != column})
    twice = {name: [*cells, cells[0]] for name, cells in rows.items()}
    with pytest.raises(aiueo.DataError, match="two snapshots of 2026-04-30"):
        plan.act("next", twice)
    for day in (DAY, datetime.datetime(2026, 4, 30, 9), "2026-04-30"):
        assert plan.act("next", rows, as_of=day).head["as_of"] == "2026-04-30"


def test_pieces_are_refused_where_nothing_joins_them(
    plan: aiueo.Plan, rows: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of the first record batch alone would leave customers out and not say so."""
    import pyarrow as pa
    from aiueo import _optional

    table = pa.table(rows)
    pieces = [table.to_reader(max_chunksize=40) for _ in range(2)]
    assert [dict(one) for one in plan.act("next", pieces[0])] == [
        dict(one) for one in plan.act("next", rows)
    ]
    monkeypatch.setitem(_optional._found, "pyarrow", None)
    with pytest.raises(aiueo.ArgumentError, match="come in several pieces; give one table"):
        plan.act("next", pieces[1])


def test_without_the_optional_packages(rows: dict[str, list[Any]]) -> None:
    """In an interpreter that finds none of them, rows are there, and tables say what they need."""
    program = """
import json, sys
for name in ("pyarrow", "pandas", "polars", "numpy"):
    sys.modules[name] = None
import aiueo
from acting import MODEL, snapshots
made = aiueo.load(MODEL).act("next", snapshots(20))
for call in (made.to_arrow, made.to_pandas, made.to_polars):
    try:
        call()
    except ImportError as failure:
        print(str(failure).split()[0], file=sys.stderr)
print(json.dumps([len(made), made.sentence]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    made = aiueo.load(MODEL).act("next", snapshots(20))
    assert json.loads(done.stdout) == [20, made.sentence]
    assert len(done.stderr.split()) == 3


# ── by their schemas ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_heads_and_rows_are_by_their_schema(
    plan: aiueo.Plan, rows: dict[str, list[Any]], name: str
) -> None:
    check_schema(name, list_of(plan, name, rows))


def test_every_action_has_its_schema() -> None:
    assert {path.name.split(".")[0] for path in SCHEMAS.glob("*.json")} == set(aiueo.actions())
