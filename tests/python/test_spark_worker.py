"""What a worker of Spark does with a partition, without a cluster: see tests/spark for those."""

from __future__ import annotations

import pickle
from typing import Any

import aiueo
import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyspark", reason="PySpark is not installed")

pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support pandas:FutureWarning"
)


def scored(plan: aiueo.Plan, names: tuple[str, ...], kept: int, batches: list[Any]) -> list[Any]:
    """What comes out of a task: columns that scoring reads first, then those that go along."""
    from aiueo.spark._worker import Parcel, Task

    options: dict[str, Any] = {"as_of": "2026-11-21", "missing_columns": "unknown"}
    task = Task(
        parcel=Parcel("a plan", pickle.dumps((plan._source, {}, False)), aiueo.version()),
        names=names,
        columns=("U", "overall", "stage"),
        kept=kept,
        beside=(),
        options={**options, "check": "customer" in names},
    )
    return list(task(iter(batches)))


@pytest.mark.parametrize("kept", [0, 1])
def test_rows_without_a_known_column_are_scored(plan: aiueo.Plan, kept: int) -> None:
    """Their scores are unknown, and what is kept goes along, row by row."""
    batches = [pa.record_batch({"s0": pa.array(range(k, k + 3))}) for k in (0, 3)]
    out = scored(plan, (), kept, batches)
    table = pa.Table.from_batches(out)
    assert [batch.num_rows for batch in out] == [3, 3]
    row = plan.score_one(as_of="2026-11-21")
    assert set(table["U"].to_pylist()) == {row.U} == {None}
    assert set(table["stage"].to_pylist()) == {row.stage}
    assert table.num_columns == 3 + kept
    if kept:
        assert table["kept 0"].to_pylist() == list(range(6))


def test_rows_with_known_columns_are_scored(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> None:
    names = ("customer", "logins_28d", "seats")
    columns = {name: rows[name] for name in names}
    batches = pa.table({**columns, "note": range(600)}).to_batches(max_chunksize=97)
    table = pa.Table.from_batches(scored(plan, names, 1, batches))
    wanted = plan.score(columns, as_of="2026-11-21", missing_columns="unknown").to_arrow()
    assert table["U"].equals(wanted["U"])
    assert table["kept 0"].to_pylist() == list(range(600))
