"""Borrowed memory stays while it is needed, and nothing stays longer."""

from __future__ import annotations

import copy
import gc
import pickle
import re
import tracemalloc
import weakref
from typing import Any

import aiueo
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from portfolio import INITIATIVES, assert_same, snapshots

Rows = dict[str, list[Any]]


def shapes(rows: Rows) -> list[Any]:
    columns = {n: np.array([np.nan if v is None else v for v in rows[n]]) for n in ("seats", "nps")}
    return [
        dict(rows),
        {**rows, **columns},
        pa.table(rows),
        pa.table(rows).to_reader(max_chunksize=64),
        pl.DataFrame(rows),
        pd.DataFrame(rows),
    ]


def churn() -> None:
    """Memory that was given back is written over."""
    gc.collect()
    trash = [np.full(600, 1e300) for _ in range(200)]
    more = [bytes([k % 251]) * 5000 for k in range(500)]
    del trash, more


@pytest.mark.parametrize("kind", range(6))
def test_batches_keep_what_they_borrow(plan: aiueo.Plan, rows: Rows, kind: int) -> None:
    wanted = plan.score(rows, detail=True)
    batch = plan.batch(shapes(rows)[kind])
    churn()
    scores = plan.score(batch, detail=True)
    del batch
    churn()
    assert_same(scores, wanted)


def test_columns_keep_the_scores(plan: aiueo.Plan, rows: Rows) -> None:
    wanted = plan.score(rows)["U"].tobytes()
    column = plan.score(rows)["U"]
    view = plan.score(rows).overall[5:50]
    churn()
    assert column.tobytes() == wanted
    assert view.shape == (45,)


def test_exports_live_on_their_own(plan: aiueo.Plan, rows: Rows) -> None:
    table = plan.score(rows).to_arrow()
    stream = plan.score_stream(pa.table(rows)).to_arrow_reader()
    churn()
    assert table.column("U").to_pylist() == stream.read_all().column("U").to_pylist()


def test_a_plan_may_go_before_its_scores(model: dict[str, Any], rows: Rows) -> None:
    scores = aiueo.load(model).score(rows, initiatives=INITIATIVES)
    churn()
    assert len(scores.to_dict()["U"]) == 600


def test_what_the_library_holds_is_not_copied_or_pickled(plan: aiueo.Plan, rows: Rows) -> None:
    """A copy of a handle would free its memory twice. What holds one says what to take instead."""
    one = {"customer": ["c-0001"], "start": ["2026-01-01"], "end": ["2027-01-01"]}
    ends = {**one, "outcome": [None], "mrr_before": [100]}
    scores = plan.score(rows)
    held = {
        "take its table: to_arrow(), to_pandas() or to_dict()": scores,
        "bind it anew: plan.batch(table)": plan.batch(rows),
        "prepare it anew: plan.contracts(table)": plan.contracts(ends),
        "prepare it anew: plan.initiatives(table)": plan.initiatives(INITIATIVES),
        "prepare it anew: plan.ledger(table)": plan.ledger({**one, "mrr": [3]}),
        "take its table: to_arrow(), to_pandas() or to_dicts()": plan.act("next", rows),
        "read it, and take the tables that it gives": plan.score_stream(pa.table(rows)),
        "copy the object that holds it": plan.handle,
    }
    for instead, value in held.items():
        for copied in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match=re.escape(instead) + "$"):
                copied(value)
    with pytest.raises(TypeError, match="copy the object that holds it"):
        copy.copy(plan.handle)
    again = copy.copy(scores)
    wanted = scores["U"].tobytes()
    del scores, held, value
    churn()
    assert again["U"].tobytes() == wanted


def test_arrays_are_released(plan: aiueo.Plan, rows: Rows) -> None:
    class Tracked(np.ndarray):  # an array that can be watched
        pass

    seats = np.array([1.0] * 600).view(Tracked)
    seen = weakref.ref(seats)
    scores = plan.score({**rows, "seats": seats})
    del seats
    gc.collect()
    assert seen() is not None  # the batch, and so the scores, still read it
    del scores
    gc.collect()
    assert seen() is None


def test_arrow_memory_is_released(plan: aiueo.Plan, rows: Rows) -> None:
    gc.collect()
    before = pa.total_allocated_bytes()
    for _ in range(5):
        plan.score(pa.table(rows), detail=True).to_arrow()
        plan.score_stream(pa.table(rows)).to_arrow_reader().read_all()
        stream = plan.score_stream(pa.table(rows))  # that nobody reads
        del stream
    gc.collect()
    assert pa.total_allocated_bytes() == before


def _round(plan: aiueo.Plan, tables: list[Any]) -> None:
    for table in tables:
        scores = plan.score(table, detail=True)
        scores.summary()
        scores.to_dict()
    plan.explain(tables[0], row=1)
    plan.gap(tables[0], row=1)
    for k in range(50):
        plan.score_one(as_of="2026-11-21", customer=f"c{k}", seats=k, plan="trial")
    for bad in ({"seats": ["x"]}, {"customer": ["a", "a"]}):
        with pytest.raises(aiueo.Error):
            plan.score(bad, as_of="2026-11-21", missing_columns="unknown")


def test_nothing_leaks(plan: aiueo.Plan) -> None:
    tables = [table for k, table in enumerate(shapes(snapshots(200))) if k != 3]
    for _ in range(3):
        _round(plan, tables)
    gc.collect()
    tracemalloc.start()
    try:
        _round(plan, tables)
        gc.collect()
        before = tracemalloc.take_snapshot()
        for _ in range(20):
            _round(plan, tables)
        gc.collect()
        after = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    ours = [
        stat
        for stat in after.compare_to(before, "filename")
        if "aiueo" in stat.traceback[0].filename
    ]
    # One table of scores that stayed would be several KiB each round; caches of Python come and go.
    assert sum(stat.size_diff for stat in ours) < 40_000, [str(stat) for stat in ours]


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_the_library_does_not_leak(model: dict[str, Any]) -> None:
    rows = snapshots(2000)

    def run() -> None:
        plan = aiueo.load(model)
        scores = plan.score(rows, initiatives=INITIATIVES, detail=True)
        scores.to_arrow()
        scores.summary()
        plan.score_one(as_of="2026-11-21", seats=3)

    for _ in range(6):
        run()
    gc.collect()
    before = resident()
    for _ in range(40):
        run()
    gc.collect()
    # One round takes a few MiB: a leak of any part of it would show.
    assert resident() - before < 8 << 20
