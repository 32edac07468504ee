"""Snapshots bound to a plan."""

from __future__ import annotations

import ctypes
import datetime
from collections.abc import Iterable
from ctypes import byref, c_int32, c_int64
from typing import TYPE_CHECKING, Any

from . import _structs as c
from ._dates import DateLike, date_of, day_of
from ._errors import ArgumentError, NotFoundError
from ._library import Handle, NotPickled, call, library, make, utf8
from ._objects import key_of
from ._optional import loaded
from ._tables import Part, joined, names_of, parts_of, row_count, same_length
from ._text import named

if TYPE_CHECKING:
    from ._initiatives import Initiatives
    from .plan import Plan

MISSING_COLUMNS = ("error", "unknown")


class BatchSettings:
    """Options of a batch, as the caller gives them, checked; and as a structure."""

    def __init__(
        self,
        plan: Plan,
        initiatives: Initiatives | None,
        as_of: DateLike | None,
        missing_columns: str,
        null_texts: Iterable[str],
        all_metrics: bool = False,
    ) -> None:
        if missing_columns not in MISSING_COLUMNS:
            raise ArgumentError(
                10, f'missing_columns is {missing_columns!r}; it is "error" or "unknown"'
            )
        if isinstance(null_texts, str):
            null_texts = [null_texts]
        texts = list(null_texts)
        if any("\n" in text for text in texts):
            raise ArgumentError(10, "a null text has no line break")
        self.initiatives = initiatives
        self.all_metrics = all_metrics
        self.null_texts = utf8("".join(f"{text}\n" for text in texts))
        self.struct = c.BatchOptions(
            struct_size=_OPTIONS_SIZE,
            flags=(c.BATCH_MISSING_COLUMNS_UNKNOWN if missing_columns == "unknown" else 0)
            | (c.BATCH_ALL_METRICS if all_metrics else 0),
            null_texts=self.null_texts,
            null_texts_length=len(self.null_texts),
            initiatives=initiatives.handle.pointer if initiatives is not None else None,
        )
        if as_of is not None:
            self.struct.as_of = day_of(as_of, "as_of", plan.time_zone)
            self.struct.has_as_of = 1


_BUDGET = 1 << 24  # what the library remembers unless it is told
_OPTIONS_SIZE = ctypes.sizeof(c.BatchOptions)


class BatchPart:
    """One aiueo_batch and what its columns are borrowed from."""

    __slots__ = ("first_row", "handle", "has_customer", "rows")

    def __init__(self, plan: Plan, part: Part, settings: BatchSettings, first_row: int) -> None:
        settings.struct.first_row = first_row
        self.first_row = first_row
        self.rows = row_count(part)
        if isinstance(part, tuple):
            schema, array = part
            self.has_customer = "customer" in names_of(schema)
            self.handle = make(
                "batch",
                library().aiueo_batch_import,
                plan.handle.pointer,
                c.SNAPSHOTS,
                byref(schema.struct),
                byref(array.struct),
                0,
                byref(settings.struct),
                keep=(plan.handle, settings.initiatives),
            )
            return
        same_length(part)
        self.has_customer = any(name == "customer" for name, _ in part)
        self.handle = make(
            "batch",
            library().aiueo_batch_new,
            plan.handle.pointer,
            c.SNAPSHOTS,
            self.rows,
            byref(settings.struct),
            keep=(plan.handle, settings.initiatives, part),
        )
        bind = library().aiueo_batch_bind
        for name, column in part:
            raw = utf8(name)
            call(bind, self.handle.pointer, raw, len(raw), byref(column.struct))


class Batch(NotPickled):
    """Snapshots bound to a plan, to be scored or explained as often as needed.

    Made by ``plan.batch(snapshots)``. Numbers, booleans, dates and dictionaries are read where they
    lie, and kept alive; text is converted once. Do not change arrays that a batch has borrowed.
    """

    _instead = "take the plan and the table, and bind it anew: plan.batch(table)"

    def __init__(
        self, plan: Plan, snapshots: Any, settings: BatchSettings, first_row: int = 0
    ) -> None:
        """`first_row`: of the table that these rows are a piece of, for messages."""
        self.plan = plan
        self._settings = settings
        self._checked = False
        self.parts: list[BatchPart] = []
        rows = 0
        if settings.all_metrics:
            polars = loaded("polars")
            if polars is not None and isinstance(snapshots, polars.DataFrame):
                snapshots = snapshots.rechunk()
            parts: Iterable[Part] = joined(parts_of(snapshots, plan.knows), plan.knows)
        else:
            parts = parts_of(snapshots, plan.reads)
        for part in parts:
            one = BatchPart(plan, part, settings, first_row + rows)
            rows += one.rows
            # A part without rows adds nothing, but the first says which columns there are.
            if one.rows or not self.parts:
                self.parts.append(one)
        if len(self.parts) > 1 and self.parts[0].rows == 0:
            del self.parts[0]
        self.rows: int = rows

    def __len__(self) -> int:
        return self.rows

    def __repr__(self) -> str:
        return f"<aiueo.Batch {self.rows:,} rows{named(self.plan.name, ' for ')}>"

    @property
    def initiatives(self) -> Initiatives | None:
        return self._settings.initiatives

    @property
    def all_metrics(self) -> bool:
        """Does it keep the columns of metrics that scoring does not read, as evidence needs?"""
        return self._settings.all_metrics

    def check_rows(self) -> None:
        """Every row has a key and a date, and no customer two rows for one date. DataError if not;
        nothing to check where there is no column ``customer``."""
        if self._checked or not self.parts or not self.parts[0].has_customer:
            return
        if len(self.parts) == 1:
            call(library().aiueo_batch_check_rows, self.parts[0].handle.pointer)
        else:
            # The rows are in memory anyway, so all of them are remembered.
            seen = make("duplicates", library().aiueo_duplicates_new, max(self.rows, _BUDGET))
            for part in self.parts:
                call(library().aiueo_duplicates_add, seen.pointer, part.handle.pointer)
        self._checked = True

    def latest_as_of(self) -> datetime.date | None:
        """The latest date of all rows; None if there is none. Raises DataError."""
        found = []
        for part in self.parts:
            day = c_int32()
            try:
                call(library().aiueo_batch_latest_as_of, part.handle.pointer, byref(day))
            except NotFoundError:
                continue
            found.append(day.value)
        return date_of(max(found)) if found else None

    def find(self, customer: Any) -> int:
        """The row of a customer's latest snapshot, from 0. NotFoundError if there is none."""
        raw = key_of(customer)[1]
        best: tuple[str, int] | None = None
        missing: NotFoundError | None = None
        for part in self.parts:
            row = c_int64()
            try:
                call(library().aiueo_batch_find, part.handle.pointer, raw, len(raw), byref(row))
            except NotFoundError as failure:
                missing = failure
                continue
            at = part.first_row + row.value
            if len(self.parts) == 1:
                return at
            day = self.plan._explain_row(self, at).get("as_of") or ""
            if best is None or day >= best[0]:
                best = (day, at)
        if best is None:
            raise missing or NotFoundError(12, f"there is no customer {customer!r}")
        return best[1]

    def locate(self, row: int) -> tuple[Handle, int]:
        """The part that holds a row, and the row's place in it."""
        if row < 0:
            row += self.rows
        for part in self.parts:
            if part.first_row <= row < part.first_row + part.rows:
                return part.handle, row - part.first_row
        raise ArgumentError(10, f"row {row} is not within the {self.rows} rows of the snapshots")


__all__ = ["Batch", "BatchSettings"]
