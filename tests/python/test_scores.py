"""What comes out: columns, rows, tables, summaries, explanations; the same by threads and rows."""

from __future__ import annotations

import copy
import datetime
import pickle
import re
import sys
from typing import Any

import aiueo
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from portfolio import INITIATIVES, assert_same, snapshots

Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def scores(plan: aiueo.Plan, rows: Rows) -> aiueo.Scores:
    return plan.score(rows, initiatives=INITIATIVES, detail=True)


def test_summaries_merge(plan: aiueo.Plan, model: dict[str, Any], rows: Rows) -> None:
    whole = plan.score(rows).summary()
    table = pa.table(rows)
    same = aiueo.load(model)
    stream = same.score_stream(table.slice(250, 100))
    early = stream.summary()
    list(stream)
    parts = [plan.score(table.slice(0, 250)).summary(), stream.summary()]
    before = [dict(part) for part in parts]
    last = plan.score(table.slice(350)).summary()
    assert last.merge(*parts) == whole
    assert parts[0].merge(parts[1]).merge(last) == whole
    assert [dict(part) for part in parts] == before
    assert early["rows"] == 0
    assert last.merge(early, *parts) == whole

    with pytest.raises(aiueo.ArgumentError, match="given twice"):
        last.merge(last)
    copied = pickle.loads(pickle.dumps(last))
    assert copied == last
    with pytest.raises(aiueo.ArgumentError, match="copy without its counts"):
        last.merge(copied)
    other = aiueo.load({**model, "currency": "USD"})
    with pytest.raises(aiueo.ArgumentError, match="different models"):
        last.merge(other.score(rows).summary())


def test_what_a_plan_says(plan: aiueo.Plan) -> None:
    assert plan.name == "hr-saas"
    assert plan.axes == ["I", "U", "E", "O", "touch"]
    assert plan.ladders == {"stage": ["Entry", "Onboard", "Active", "Loyal"]}
    assert plan.metrics["nps"]["max_age_days"] == 180
    assert plan.metrics["login_rate"]["from"] == "derived"
    assert plan.time_zone == "Asia/Tokyo"
    assert len(plan.fingerprint) == 64
    assert plan.needs_initiatives
    assert "Entry < Onboard" in repr(plan)
    again = pickle.loads(pickle.dumps(plan))
    assert again.fingerprint == plan.fingerprint


def test_models_from_anywhere(model: dict[str, Any], golden: Any) -> None:
    path = golden / "models" / "hr-saas.json"
    text = path.read_text(encoding="utf-8")
    plans = [aiueo.load(one) for one in (path, str(path), text, text.encode(), model)]
    assert len({plan.fingerprint for plan in plans}) == 1


def test_columns(scores: aiueo.Scores) -> None:
    assert len(scores) == 600
    assert scores.overall.dtype == np.float64
    assert scores.overall.shape == (600,)
    assert scores.overall is scores["overall"]
    assert not scores.overall.flags.writeable
    assert scores["coverage"].max() <= 1
    assert (scores.insufficient == np.isnan(scores.overall)).all()
    assert scores.stage.names == ("Entry", "Onboard", "Active", "Loyal")
    assert len(scores.stage) == 600
    assert scores.stage[0] in scores.stage.names
    assert set(scores.stage.to_list()) <= {*scores.stage.names, None}
    assert ((scores.stage == "Active") == (scores.stage.codes == 2)).all()
    assert (scores.stage != "Active").sum() + (scores.stage == "Active").sum() == 600
    assert scores.stage.counts()["Active"] == (scores.stage == "Active").sum()
    assert scores.stage[:3].to_list() == scores.stage.to_list()[:3]
    assert np.array(scores.stage).dtype == object
    assert scores.customer[7] == "顧客7"
    assert scores.as_of[0] == np.datetime64("2026-11-21")
    assert scores["U.logins"].shape == (600,)
    assert scores["stale"].dtype == np.uint16
    assert "U" in dir(scores)
    with pytest.raises(AttributeError):
        _ = scores.nothing


def test_rows(scores: aiueo.Scores) -> None:
    row = scores[7]
    assert row.customer == "顧客7"
    assert row.as_of == datetime.date(2026, 11, 21)
    assert scores["U"][7] == row.U or row.U is None
    assert row["stage"] == scores.stage[7]
    assert isinstance(row.stale, int)
    assert row == scores[7 - 600] == pickle.loads(pickle.dumps(row)) == copy.copy(row)
    assert list(row) == row.keys() == scores.columns
    assert "customer='顧客7'" in repr(row)
    assert sum(1 for _ in scores) == 600
    with pytest.raises(IndexError):
        scores[600]
    with pytest.raises(AttributeError, match="there are customer"):
        _ = row.nothing


def test_tables_agree(scores: aiueo.Scores) -> None:
    plain = scores.to_dict()
    frame = scores.to_pandas()
    table = scores.to_arrow()
    polars = scores.to_polars()
    assert table.column_names == list(plain) == list(frame.columns) == polars.columns
    for name, values in plain.items():
        assert table.column(name).to_pylist() == values, name
        assert polars[name].to_list() == values, name
        got = [None if pd.isna(v) else v for v in frame[name].tolist()]
        want = [pd.Timestamp(v) if name == "as_of" else v for v in values]
        assert got == want, name
    assert frame["stage"].cat.ordered
    assert pa.table(scores).equals(table)
    assert pl.DataFrame(scores).equals(polars)


def test_an_arrow_stream_without_pyarrow(
    scores: aiueo.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiueo import _arrow, _optional

    wanted = scores.to_polars()
    monkeypatch.setitem(_optional._found, "pyarrow", None)
    for _ in range(3):
        assert pl.DataFrame(scores).equals(wanted)
    capsule = scores.__arrow_c_stream__()  # one that nobody reads
    del capsule
    assert not _arrow._exported
    assert not _arrow._capsules


def test_without_numpy(
    plan: aiueo.Plan, rows: Rows, scores: aiueo.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiueo import _optional

    for name in ("numpy", "pyarrow"):
        monkeypatch.setitem(_optional._found, name, None)
    bare = plan.score(rows, initiatives=INITIATIVES, detail=True)
    assert isinstance(bare.overall, memoryview)
    assert bare.overall.format == "d"
    assert bare.to_dict() == scores.to_dict()
    assert (bare.stage == "Active") == [name == "Active" for name in scores.stage.to_list()]
    assert bare.insufficient == scores.insufficient.tolist()
    assert bare[3] == scores[3]
    assert repr(bare) == repr(scores)


def test_reprs_are_short_and_say_something(scores: aiueo.Scores) -> None:
    text = repr(scores)
    assert "600" in text
    assert "c-0001" in text
    assert "Entry" in repr(scores.stage)
    assert len(text.splitlines()) <= 8


def test_the_summary_counts(scores: aiueo.Scores) -> None:
    summary = scores.summary()
    assert summary is scores.summary()
    assert summary["rows"] == 600
    for axis in summary["axes"]:
        known = ~np.isnan(scores[axis["name"]])
        assert axis["scored"] == known.sum()
        assert axis["insufficient"] == 600 - known.sum()
        assert axis["mean"] == pytest.approx(scores[axis["name"]][known].mean())
    rungs = {one["name"]: one["count"] for one in summary["ladders"][0]["rungs"]}
    assert rungs == scores.stage.counts()
    stale = sum(one["stale"] for one in summary["metrics"])
    assert stale == scores["stale"].sum() > 0
    text = str(summary)
    for word in ("う Utilization", "伴走 Touch", "Onboard", "Lv3", "nps", "600 rows"):
        assert word in text
    assert summary["warnings"] == []


def test_the_summary_warns_without_initiatives(plan: aiueo.Plan, rows: Rows) -> None:
    assert any("initiatives" in one for one in plan.score(rows).summary()["warnings"])


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_give_the_same_bits(plan: aiueo.Plan, threads: int) -> None:
    many = snapshots(30_000, seed=4)
    assert_same(plan.score(many, threads=threads), plan.score(many))


def test_threads_at_once_on_one_plan(plan: aiueo.Plan) -> None:
    from concurrent.futures import ThreadPoolExecutor

    many = plan.batch(snapshots(3_000, seed=5))
    wanted = plan.score(many)
    one = {"as_of": "2026-11-21", "logins_28d": 12, "seats": 3}
    with ThreadPoolExecutor(8) as pool:
        tables = [pool.submit(plan.score, many) for _ in range(16)]
        singles = [pool.submit(plan.score_one, **one) for _ in range(200)]
        for job in tables:
            assert_same(job.result(), wanted)
        assert {job.result() for job in singles} == {plan.score_one(**one)}


def test_overrides_can_be_left_out(plan: aiueo.Plan, rows: Rows) -> None:
    given, without = plan.score(rows), plan.score(rows, overrides=False)
    assert given["E"].tobytes() != without["E"].tobytes()
    assert given["U"].tobytes() == without["U"].tobytes()


def test_an_explanation_adds_up(plan: aiueo.Plan, rows: Rows, scores: aiueo.Scores) -> None:
    batch = plan.batch(rows, initiatives=INITIATIVES)
    for row in range(40):
        why = plan.explain(batch, row=row)
        assert why.row == row
        assert why.customer == rows["customer"][row]
        for axis in why.axes:
            score = scores[axis.name][row]
            assert axis.insufficient == np.isnan(score)
            if not axis.insufficient:
                assert axis.score == score
        parts = [p.contribution for p in why.axis("U").components if p.contribution is not None]
        if why.axis("U").before_limits is not None and why.axis("U").coverage == 1:
            assert sum(parts) == pytest.approx(why.axis("U").before_limits, abs=1e-5)
        assert why.ladders[0].stage == scores.stage[row]


def test_explanations_and_gaps_read_well(plan: aiueo.Plan, rows: Rows) -> None:
    why = plan.explain(rows, "顧客7", initiatives=INITIATIVES)
    assert why.customer == "顧客7"
    assert "う Utilization" in str(why)
    assert str(why) == repr(why)
    assert why._repr_html_().startswith("<pre>")
    assert "nps" in why.axis("E").components[0].name
    with pytest.raises(AttributeError, match="no member"):
        _ = why.nothing
    gap = plan.gap(rows, "顧客7", target="Loyal", initiatives=INITIATIVES)
    assert gap.target == "Loyal"
    assert gap.ladder == "stage"
    assert all(part.condition for part in gap.conditions)
    assert "for Loyal" in str(gap) or "top rung" in str(gap) or "nothing" in str(gap)
    assert plan.gap(rows, row=0).ladder == "stage"


def test_a_gap_shows_dates_as_dates() -> None:
    when = "last >= date('2024-10-01') && days_since(last) < 5 && due > date('2024-09-25')"
    plan = aiueo.load(
        {
            "aiueo": 1,
            "name": "dates",
            "metrics": {"last": {"type": "date"}, "due": {"type": "date"}},
            "axes": {
                "U": {"components": {"last": {"metric": "last", "days_since": [[0, 100], [9, 0]]}}}
            },
            "ladders": {"stage": [{"name": "a"}, {"name": "b", "when": when}]},
        }
    )
    day = datetime.date(2024, 9, 24)
    gap = plan.gap(
        {"customer": ["x"], "as_of": [datetime.date(2024, 10, 4)], "last": [day], "due": [day]},
        row=0,
    )
    assert [(one["now"], one["distance"]) for one in gap.conditions] == [
        ("2024-09-24", 7),
        (10, -5),
        ("2024-09-24", 1),
    ]
    assert str(gap).splitlines()[1:] == [
        "  last >= date('2024-10-01') (b): unmet, now 2024-09-24, 7 days to go",
        "  days_since(last) < 5 (b): unmet, now 10, more than -5 to go",
        "  due > date('2024-09-25') (b): unmet, now 2024-09-24, more than 1 day to go",
    ]


def test_rows_of_several_batches_are_found(plan: aiueo.Plan, rows: Rows) -> None:
    earlier = {**rows, "as_of": [datetime.date(2026, 10, 31)] * 600}
    both = pa.concat_tables([pa.table(rows), pa.table(earlier)])
    batch = plan.batch(both.to_reader(max_chunksize=100))
    assert len(batch) == 1200
    row = batch.find("c-0123")
    assert row == 123
    assert plan.explain(batch, customer="c-0123").as_of == "2026-11-21"
    assert plan.explain(batch, row=723).customer == "c-0123"
    assert plan.explain(batch, row=-1).customer == rows["customer"][-1]


def test_names_are_exported() -> None:
    for name in aiueo.__all__:
        assert getattr(aiueo, name) is not None
    assert aiueo.version().count(".") == 2
    assert "numpy" in sys.modules


def test_instruction_sets_are_listed_chosen_and_refused(
    model: dict[str, Any], rows: dict[str, list[Any]]
) -> None:
    there = aiueo.instruction_sets()
    assert there[0] == "portable" and len(set(there)) == len(there)
    assert aiueo.load(model).instruction_set == there[-1]
    wanted = aiueo.load(model).score(rows, detail=True).to_dict()
    for name in there:
        plan = aiueo.load(model, instruction_set=name)
        assert plan.instruction_set == name
        assert pickle.loads(pickle.dumps(plan)).instruction_set == name
        assert plan.score(rows, detail=True).to_dict() == wanted
    with pytest.raises(aiueo.Error, match='"sse9" is not available here; there are portable') as at:
        aiueo.load(model, instruction_set="sse9")
    assert at.value.status == "unsupported"


def test_initiatives_that_no_row_has_are_doubtful(plan: aiueo.Plan, rows: Rows) -> None:
    counted = {m["initiative"] for m in plan.describe()["metrics"] if m["from"] == "initiatives"}
    name = min(counted)
    table = {
        "customer": ["c-1"] * len(counted),
        "initiative": [*sorted(counted - {name}), name[:-1]],
        "date": ["2026-11-01"] * len(counted),
    }
    said = f'has initiative "{name}", which the model counts; did you mean "{name[:-1]}"'
    for make in (plan.initiatives, lambda t: plan.initiatives(pa.table(t))):
        with pytest.warns(aiueo.DataWarning, match=re.escape(said)) as caught:
            prepared = make(table)
        assert caught[0].filename == __file__  # whoever called
        assert [said in text for text in prepared.warnings] == [True]
        assert plan.score(rows, initiatives=prepared).summary()["warnings"] == prepared.warnings
    with pytest.warns(aiueo.DataWarning) as caught:
        plan.score(rows, initiatives=table)
    assert caught[0].filename == __file__
    table["initiative"][-1] = name
    assert plan.initiatives(table).warnings == []
