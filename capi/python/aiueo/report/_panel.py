"""Which snapshots a page looks at: the latest of each customer, by month and today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from .._optional import loaded, needed
from ..plan import Plan
from ..scores import Scores
from ..summary import Summary

#: Months that the page goes back.
MOST_MONTHS = 24
#: A snapshot that is older says nothing of today.
CURRENT_DAYS = 31


def arrow_table(table: Any) -> Any:
    """A ``pyarrow.Table`` of whatever Python has as a table."""
    pa = needed("pyarrow", "a report")
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, dict):
        return pa.table(table)
    if isinstance(table, list):
        return pa.Table.from_pylist(table)
    pandas = loaded("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return pa.Table.from_pandas(table, preserve_index=False)
    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table).read_all()
    raise TypeError(f"{type(table).__name__} is no table; give pandas, Polars, PyArrow or a dict")


class Panel:
    """Rows of scored snapshots by customer and date."""

    def __init__(self, scores: Scores) -> None:
        self._pa = needed("pyarrow", "a report")
        self._pc = __import__("pyarrow.compute", fromlist=["compute"])
        keys = scores.to_arrow().select(["customer", "as_of"]).combine_chunks()
        column = keys.column("customer").combine_chunks()
        if isinstance(column, self._pa.ChunkedArray):
            column = self._pa.concat_arrays(column.chunks) if column.num_chunks else None
        coded = self._pa.array([], "string") if column is None else column
        if not self._pa.types.is_dictionary(coded.type):
            coded = coded.dictionary_encode()
        self.names: list[str] = coded.dictionary.to_pylist()
        days = keys.column("as_of").cast("int32")
        row = self._pa.array(range(len(keys)), "int64")
        self._table = self._pa.table({"code": coded.indices, "day": days, "row": row})

    def _last(self, table: Any, keys: list[str]) -> Any:
        """The last row of each group of a table sorted by `keys`."""
        pc = self._pc
        count = len(table)
        if count < 2:
            return table
        change = None
        for key in keys:
            column = table.column(key).combine_chunks()
            if isinstance(column, self._pa.ChunkedArray):
                column = self._pa.concat_arrays(column.chunks)
            differs = pc.not_equal(column.slice(0, count - 1), column.slice(1))
            change = differs if change is None else pc.or_(change, differs)
        ends = self._pa.concat_arrays([change, self._pa.array([True])])
        return table.filter(ends)

    def latest(self, day: int) -> dict[str, tuple[int, int]]:
        """The row and the day of each customer's latest snapshot up to a day."""
        pc = self._pc
        table = self._table.filter(pc.less_equal(self._table.column("day"), day))
        order = [("code", "ascending"), ("day", "ascending"), ("row", "ascending")]
        last = self._last(table.sort_by(order), ["code"])
        columns = (last.column(name).to_pylist() for name in ("code", "row", "day"))
        return {self.names[code]: (row, at) for code, row, at in zip(*columns)}

    def without(self, names: Iterable[str]) -> Any:
        """The rows of all other customers, in order; None if that is every row."""
        out = set(names)
        codes = [code for code, name in enumerate(self.names) if name in out]
        if not codes:
            return None
        column = self._table.column("code")
        is_out = self._pc.is_in(column, value_set=self._pa.array(codes, column.type))
        return self._table.filter(self._pc.invert(is_out)).column("row")

    def months(self, day: int) -> dict[str, list[int]]:
        """The rows of each customer's latest snapshot in a month, by month up to a day: the last
        24 that have any."""
        pc, pa = self._pc, self._pa
        table = self._table.filter(pc.less_equal(self._table.column("day"), day))
        dates = table.column("day").cast(pa.date32())
        month = pc.add(pc.multiply(pc.cast(pc.year(dates), "int32"), 12), pc.month(dates))
        table = table.append_column("month", pc.cast(month, "int32"))
        kept = sorted(pc.unique(table.column("month")).to_pylist())[-MOST_MONTHS:]
        if not kept:
            return {}
        table = table.filter(pc.greater_equal(table.column("month"), kept[0]))
        names = ("month", "code", "day", "row")
        table = self._last(
            table.sort_by([(name, "ascending") for name in names]), ["month", "code"]
        )
        out: dict[str, list[int]] = {}
        for number in kept:
            own = table.filter(pc.equal(table.column("month"), number))
            year, index = divmod(number - 1, 12)
            out[f"{year:04}-{index + 1:02}"] = own.column("row").to_pylist()
        return out


def monthly(
    plan: Plan,
    snapshots: Any,
    *,
    until: datetime.date | None = None,
    panel: Panel | None = None,
    **options: Any,
) -> dict[str, Summary]:
    """Summaries of the scores by month, ``{"2026-10": …}``: of each month with any snapshot the
    latest of each customer, the last 24 months up to ``until``. For `aiueo.plot.axes_over_time` and
    `stages_over_time`. ``options`` as in `Plan.score`."""
    table = arrow_table(snapshots)
    panel = panel or Panel(plan.score(table, **options))
    day = 2**31 - 1 if until is None else (until - datetime.date(1970, 1, 1)).days
    return {
        month: plan.score(table.take(rows), **{**options, "check": False}).summary()
        for month, rows in panel.months(day).items()
    }


__all__ = ["CURRENT_DAYS", "MOST_MONTHS", "Panel", "arrow_table", "monthly"]
