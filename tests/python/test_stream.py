"""Streams: a batch at a time, the same bits, errors and progress."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import aiueo
import duckdb
import polars as pl
import pyarrow as pa
import pytest
from portfolio import INITIATIVES

Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def wanted(plan: aiueo.Plan, rows: Rows) -> Any:
    return plan.score(rows, initiatives=INITIATIVES, detail=True).to_arrow()


@pytest.mark.parametrize("size", [1, 64, 77, 600])
def test_streams_give_the_same_table(plan: aiueo.Plan, rows: Rows, wanted: Any, size: int) -> None:
    reader = pa.table(rows).to_reader(max_chunksize=size)
    stream = plan.score_stream(reader, initiatives=INITIATIVES, detail=True)
    table = pa.RecordBatchReader.from_stream(stream).read_all()
    assert table.combine_chunks().equals(wanted.combine_chunks())
    assert stream.rows == 600
    scores = plan.score(rows, initiatives=INITIATIVES, detail=True)
    assert stream.summary() == scores.summary()


def test_any_arrow_stream_in_and_out(plan: aiueo.Plan, rows: Rows, wanted: Any) -> None:
    sources = [pl.DataFrame(rows), duckdb.connect().from_arrow(pa.table(rows))]
    for source in sources:
        stream = plan.score_stream(source, initiatives=INITIATIVES, detail=True)
        assert pl.DataFrame(stream).equals(pl.DataFrame(wanted))
    batches = list(plan.score_stream(pa.table(rows).to_reader(max_chunksize=100)))
    assert [batch.num_rows for batch in batches] == [100] * 6


def test_without_pyarrow(
    plan: aiueo.Plan, rows: Rows, wanted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiueo import _arrow, _optional

    monkeypatch.setitem(_optional._found, "pyarrow", None)
    stream = plan.score_stream(pl.DataFrame(rows), initiatives=INITIATIVES, detail=True)
    assert pl.DataFrame(stream).equals(pl.DataFrame(wanted))
    with pytest.raises(ImportError, match="pip install pyarrow"):
        iter(plan.score_stream(pl.DataFrame(rows)))
    assert not _arrow._exported
    assert not _arrow._capsules


def test_a_stream_is_read_once(plan: aiueo.Plan, rows: Rows) -> None:
    stream = plan.score_stream(pa.table(rows))
    list(stream)
    with pytest.raises(aiueo.ArgumentError, match="read already"):
        list(stream)
    with pytest.raises(TypeError, match="no Arrow stream"):
        plan.score_stream({"a": [1]})
    with pytest.raises(aiueo.ArgumentError, match="validate"):
        plan.score_stream(pa.table(rows), validate="some")


def test_errors_name_the_row_of_the_whole_table(plan: aiueo.Plan, rows: Rows) -> None:
    texts = {**rows, "seats": [None if v is None else str(v) for v in rows["seats"]]}
    texts["seats"][450] = "many"
    stream = plan.score_stream(pa.table(texts).to_reader(max_chunksize=100))
    with pytest.raises(aiueo.DataError, match=r'row 451.*"seats".*"many"'):
        list(stream)
    stream = plan.score_stream(pa.table(texts).to_reader(max_chunksize=100))
    with pytest.raises(Exception, match="row 451"):
        stream.to_arrow_reader().read_all()
    again = dict(rows)
    again["customer"] = [*rows["customer"][:599], rows["customer"][2]]
    with pytest.raises(aiueo.DataError, match="row 600"):
        list(plan.score_stream(pa.table(again).to_reader(max_chunksize=100)))
    assert len(list(plan.score_stream(pa.table(again), check=False))) == 1


def test_duplicates_beyond_what_is_remembered(plan: aiueo.Plan, rows: Rows) -> None:
    """Row 600 is row 3 again; in this table the customers are in no order from row 8 on."""
    again = pa.table({**rows, "customer": [*rows["customer"][:599], rows["customer"][2]]})
    stream = plan.score_stream(again.to_reader(max_chunksize=100), duplicate_budget=100)
    assert sum(batch.num_rows for batch in stream) == 600
    assert any("only the first 100 rows" in text for text in stream.summary()["warnings"])
    for budget in (600, 2**40, None):
        with pytest.raises(aiueo.DataError, match="row 600"):
            list(plan.score_stream(again, duplicate_budget=budget))
    with pytest.raises(aiueo.ArgumentError, match="duplicate_budget is 0"):
        plan.score_stream(again, duplicate_budget=0)


def test_progress_and_stopping(plan: aiueo.Plan, rows: Rows) -> None:
    seen: list[int] = []
    reader = pa.table(rows).to_reader(max_chunksize=100)
    list(plan.score_stream(reader, progress=seen.append))
    assert seen == [100, 200, 300, 400, 500, 600]

    def stop(done: int) -> None:
        if done >= 300:
            raise KeyboardInterrupt

    reader = pa.table(rows).to_reader(max_chunksize=100)
    with pytest.raises(KeyboardInterrupt):
        list(plan.score_stream(reader, progress=stop))


def test_a_summary_is_of_whole_batches(plan: aiueo.Plan, rows: Rows) -> None:
    """Another thread that asks waits until the batch is scored; progress itself need not."""
    within: list[int] = []
    beside: list[int] = []
    early: list[bool] = []
    asked = threading.Event()

    def ask() -> None:
        beside.append(stream.summary()["rows"])
        asked.set()

    def progress(done: int) -> None:
        within.append(stream.summary()["rows"])
        if done == 300:
            thread.start()
            early.append(asked.wait(0.3))

    thread = threading.Thread(target=ask)
    stream = plan.score_stream(pa.table(rows).to_reader(max_chunksize=100), progress=progress)
    batches = iter(stream)
    assert [next(batches).num_rows for _ in range(3)] == [100] * 3
    thread.join()
    assert early == [False] and beside == [300]
    assert within == [100, 200, 300]


def test_a_reader_that_fails(plan: aiueo.Plan, rows: Rows) -> None:
    table = pa.table(rows)

    def batches() -> Iterator[Any]:
        yield from table.slice(0, 100).to_batches()
        raise RuntimeError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    with pytest.raises(aiueo.DataError, match="the disk is gone"):
        list(plan.score_stream(reader))


def test_errors_are_told_apart(plan: aiueo.Plan, rows: Rows) -> None:
    """As `score` tells them: a stream has an errno and a sentence."""
    table = pa.table(rows)
    texts = [None if v is None else str(v) for v in rows["seats"]]
    bad = table.set_column(table.column_names.index("seats"), "seats", [["many", *texts[1:]]])
    twice = pa.table({**rows, "customer": [rows["customer"][1], *rows["customer"][1:]]})
    for wrong, status in ((bad, "bad_value"), (twice, "duplicate_row")):
        found = []
        for read in (plan.score, lambda one: list(plan.score_stream(one))):
            with pytest.raises(aiueo.DataError) as caught:
                read(wrong)
            found.append((caught.value.status, str(caught.value)))
        assert found == [(status, found[0][1])] * 2

    def failing(raised: BaseException) -> Any:
        def batches() -> Iterator[Any]:
            yield from table.slice(0, 100).to_batches()
            raise raised

        return pa.RecordBatchReader.from_batches(table.schema, batches())

    for raised, kind, code in (
        (RuntimeError("the disk is gone"), aiueo.DataError, 60),
        (MemoryError("the disk is gone"), MemoryError, None),
    ):
        with pytest.raises(kind, match="the disk is gone") as failure:
            list(plan.score_stream(failing(raised)))
        assert getattr(failure.value, "code", None) == code
    with pytest.raises(MemoryError, match="the disk is gone"):
        plan.score(failing(MemoryError("the disk is gone")))


def test_memory_is_bounded(plan: aiueo.Plan, rows: Rows) -> None:
    """A stream a thousand batches long holds a few of them at a time."""
    batch = pa.table(rows).combine_chunks().to_batches()[0]
    most = 0

    def batches() -> Iterator[Any]:
        for _ in range(300):
            yield batch

    before = pa.total_allocated_bytes()
    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    for _ in plan.score_stream(reader, check=False):
        most = max(most, pa.total_allocated_bytes() - before)
    assert most < 10 * batch.nbytes
