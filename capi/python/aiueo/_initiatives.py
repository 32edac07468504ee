"""What was done for customers, ready to be counted."""

from __future__ import annotations

import ctypes
import json
import sys
import warnings
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from . import _structs as c
from ._arrow import Stream
from ._dates import day_of
from ._errors import BAD_COLUMN, BAD_VALUE, DataError, DataWarning
from ._library import Handle, call, library, make, text_of, utf8
from ._objects import is_unknown
from ._optional import loaded

if TYPE_CHECKING:
    from .plan import Plan

_DATES = ("date", "attended", "responded")


class Initiatives:
    """The initiatives table, prepared for one plan. Made by ``plan.initiatives(table)``.

    Columns: ``customer``, ``initiative``, ``date``; optionally ``attended``, ``responded``.

    ``warnings``: a sentence for each initiative that the model counts and no row has, perhaps a
    slip in a name. They are emitted as `aiueo.DataWarning` too, and are in the summary of scores.
    """

    def __init__(self, plan: Plan, table: Any) -> None:
        self.plan = plan
        self.handle: Handle = make(
            "initiatives", library().aiueo_initiatives_new, plan.handle.pointer, keep=plan.handle
        )
        arrow = arrow_stream(table)
        if arrow is not None:
            struct = c.ArrowArrayStream()
            ctypes.memmove(ctypes.byref(struct), ctypes.byref(arrow.struct), ctypes.sizeof(struct))
            arrow.struct.release = c.ReleaseStream()
            call(
                library().aiueo_initiatives_add_stream,
                self.handle.pointer,
                ctypes.byref(struct),
            )
        else:
            self._add_rows(table)
        call(library().aiueo_initiatives_finish, self.handle.pointer)
        self.warnings: list[str] = json.loads(
            text_of(library().aiueo_initiatives_warnings, self.handle.pointer)
        )
        for text in self.warnings:
            warnings.warn(text, DataWarning, stacklevel=outside())

    def _add_rows(self, table: Any) -> None:
        columns = _lists(table)
        for name in ("customer", "initiative", "date"):
            if name not in columns:
                raise DataError(BAD_COLUMN, f'initiatives, column "{name}": is not there')
        rows = len(columns["customer"])
        for name, values in columns.items():
            if len(values) != rows:
                raise DataError(
                    BAD_COLUMN,
                    f'initiatives, column "{name}": has {len(values)} rows; customer has {rows}',
                )
        nothing: list[Any] = [None] * rows
        dates = [columns.get(name, nothing) for name in _DATES]
        add = library().aiueo_initiatives_add
        for row, (customer, initiative) in enumerate(
            zip(columns["customer"], columns["initiative"])
        ):
            key = _text(customer, row, "customer")
            what = _text(initiative, row, "initiative")
            days = [self._day(dates[k][row], row, _DATES[k]) for k in range(3)]
            try:
                call(add, self.handle.pointer, key, len(key), what, len(what), *days)
            except DataError as failure:
                raise DataError(
                    failure.code, f"initiatives, row {row + 1}: {failure.message}"
                ) from None

    def _day(self, value: Any, row: int, column: str) -> int:
        if is_unknown(value) or value == "":
            return c.NO_DATE
        return day_of(value, f'initiatives, row {row + 1}, column "{column}"', self.plan.time_zone)


def outside() -> int:
    """The stack level, counted from the caller of this, of whoever called the package."""
    frame: FrameType | None = sys._getframe(1)
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == "aiueo":
        frame = frame.f_back
        level += 1
    return level


def _text(value: Any, row: int, column: str) -> bytes:
    if isinstance(value, str):
        return utf8(value)
    if hasattr(value, "__index__") and column == "customer":
        return utf8(str(int(value)))
    raise DataError(
        BAD_VALUE, f'initiatives, row {row + 1}, column "{column}": {value!r} is not text'
    )


def arrow_stream(table: Any) -> Stream | None:
    """The table's own Arrow stream; None where it is made of columns or rows."""
    pandas = loaded("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return None
    if isinstance(table, (Mapping, list)) or type(table).__module__ == "aiueo.sim.table":
        return None
    polars = loaded("polars")
    if polars is not None and isinstance(table, polars.LazyFrame):
        table = table.collect()
    if hasattr(table, "__arrow_c_stream__"):
        return Stream.of(table)
    for method in ("fetch_record_batch", "arrow"):
        if hasattr(table, method):
            return Stream.of(getattr(table, method)())
    return None


def _lists(table: Any) -> dict[str, list[Any]]:
    """Columns as Python lists; dates as datetime.date or text."""
    wanted = ("customer", "initiative", *_DATES)
    if isinstance(table, list):
        return {name: [row.get(name) for row in table] for name in wanted}
    pandas = loaded("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        frame = table.reset_index() if table.index.names != [None] else table
        return {
            name: [None if missing else value for value, missing in zip(column, column.isna())]
            for name in wanted
            if name in frame.columns
            for column in [frame[name]]
        }
    if hasattr(table, "keys"):
        return {name: _items(table[name]) for name in wanted if name in table}
    raise TypeError(
        f"initiatives is {type(table).__name__}; give a pandas, Polars or PyArrow table, a DuckDB "
        "relation, or a dict of lists"
    )


def _items(values: Any) -> list[Any]:
    if type(values).__module__ == "numpy" and values.dtype.kind == "M":
        # Whole days become dates, NaT becomes None.
        return list(values.astype("datetime64[us]").tolist())
    return values.tolist() if hasattr(values, "tolist") else list(values)


__all__ = ["Initiatives"]
