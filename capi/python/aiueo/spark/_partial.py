"""Evidence in parts: what a worker counts of a partition, and how parts become one. Nothing here
imports Spark's JVM side."""

from __future__ import annotations

import datetime
import json
import re
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .._batch import Batch, BatchSettings
from .._by_customer import ByCustomer
from .._dates import day_of
from .._errors import DataWarning, Error, error_of
from .._histories import outside
from ..evidence import Evidence
from ..plan import Plan
from ._worker import Held, Layout, Parcel, prepared, said_on_the_driver, tables_first, where

#: Of the rows that tasks give: a state or what went wrong, and what is to be told.
PARTS = pa.schema(
    [
        ("slot", pa.int32()),
        ("partition", pa.int32()),
        ("state", pa.binary()),
        ("told", pa.string()),
        ("code", pa.int32()),
        ("message", pa.string()),
    ]
)
_COUNTED = re.compile(r"(\d+) of \d+ (.+)")
_ROW = re.compile(r"(\w+), row (\d+)(?!\d|, customer )")


class Told:
    """What is doubtful about tables that came in parts, to be told once and of all rows."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.found: dict[str, dict[str, int]] = {}  #: so many rows of a table, by what they are
        self.initiatives: set[str] = set()  #: names: that one is in no row is known of all parts

    def note(self, name: str, table: Any, prepared: Any) -> None:
        found = {}
        if name in ("ranks", "ledger"):
            return  # nothing about them is doubtful: they are right, or an error
        if name == "initiatives":
            names = pc.unique(table["initiative"]).cast(pa.string()).to_pylist()
            self.initiatives.update(one for one in names if one)
        else:
            for text in prepared.warnings:
                counted = _COUNTED.fullmatch(text)
                found[counted[2] if counted else text] = int(counted[1]) if counted else 0
        self._add(name, table.num_rows, found)

    def _add(self, name: str, rows: int, found: dict[str, int]) -> None:
        self.rows[name] = self.rows.get(name, 0) + rows
        mine = self.found.setdefault(name, {})
        for text, count in found.items():
            mine[text] = mine.get(text, 0) + count

    def add(self, other: str) -> None:
        """Of another part, as `str` gave it."""
        given = json.loads(other)
        for name, rows in given["rows"].items():
            self._add(name, rows, given["found"][name])
        self.initiatives.update(given["initiatives"])

    def __str__(self) -> str:
        names = sorted(self.initiatives)
        return json.dumps({"rows": self.rows, "found": self.found, "initiatives": names})

    def warn(self, plan: Plan) -> None:
        """As the tables would have, had they been whole."""
        for name, found in sorted(self.found.items()):
            for text, count in sorted(found.items()):
                counted = f"{count} of {self.rows[name]} {text}" if count else text
                warnings.warn(counted, DataWarning, stacklevel=outside())
        if self.initiatives:
            names = sorted(self.initiatives)
            rows = {"customer": names, "initiative": names, "date": ["2000-01-01"] * len(names)}
            plan.initiatives(rows)


class Sum:
    """Parts as one. Of those that failed the first partition's error is kept."""

    def __init__(self, plan: Plan, drop_leaks: bool = False) -> None:
        self.plan = plan
        self.seen = Evidence(plan, drop_leaks)
        self.told = Told()
        self.failed: tuple[int, int, str] | None = None  #: partition, code, message

    def add(self, partition: int, state: bytes, told: str, code: int, message: str) -> None:
        if code:
            failed = (partition, code, message)
            self.failed = failed if self.failed is None else min(self.failed, failed)
        elif self.failed is None:
            self.told.add(told)
            self.seen.merge(self.plan.read_evidence(state))

    def checked(self) -> Evidence:
        if self.failed is not None:
            raise error_of(*self.failed[1:])
        return self.seen


@dataclass(frozen=True)
class Count:
    """Counts a partition: what `mapInArrow` calls. Its rows: those of the tables beside, then the
    snapshots by customer."""

    parcel: Parcel
    names: tuple[str, ...]  #: of the snapshots' columns: the first in each batch
    beside: Layout  #: of the columns after these
    drop_leaks: bool
    data_until: datetime.date | None  #: of all partitions
    options: dict[str, Any]  #: of `Evidence.update_stream`
    rows: int  #: to be counted at a time
    slots: int  #: parts of so many partitions are put together

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        partition = _partition()
        told = Told()
        state, code, message = b"", 0, ""
        try:
            state = self._count(self.parcel.open(), batches, told)
        except Error as failure:
            code, message = failure.code, failure.message
            deque(batches, maxlen=0)  # a worker whose input is not read to its end is not kept
        yield _part(partition % self.slots, partition, state, told, code, message)

    def _count(self, held: Held, batches: Iterator[Any], told: Told) -> bytes:
        tables, batches = tables_first(self.beside, len(self.names), batches)
        snapshots = (
            pa.RecordBatch.from_arrays(batch.columns[: len(self.names)], self.names)
            for batch in batches
        )
        pieces = ByCustomer(snapshots, self.rows, lambda _: True)
        seen = Evidence(held.plan, self.drop_leaks)

        def customer_at(table: str, row: int) -> Any:
            if table == "snapshots":
                return pieces.customer_at(row)
            return tables[table]["customer"][row].as_py()

        try:
            known = dict(held.tables)
            with said_on_the_driver():
                for name, table in tables.items():
                    known[name] = prepared(held.plan, name, table, keep_all=True)
                    told.note(name, table, known[name])
            until = self.data_until
            seen.update_stream(pieces, **known, data_until=until, **self.options)
            if until is not None:  # contracts and ledger are those of this partition
                ledger = known.get("ledger")
                seen.count_unseen(known["contracts"], ledger=ledger, data_until=until)
        except Error as failure:
            text = _named(failure.message, customer_at)
            raise type(failure)(failure.code, text) from None
        return bytes(seen)


@dataclass(frozen=True)
class Latest:
    """The date of a partition's latest snapshot, as days since 1970-01-01; null without any. What
    is no date is for `Count` to tell."""

    parcel: Parcel
    null_texts: tuple[str, ...]

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        latest: int | None = None
        try:
            plan = self.parcel.open().plan
            settings = BatchSettings(plan, None, None, "unknown", self.null_texts)
            for dates in batches:
                one = Batch(plan, pa.RecordBatch.from_arrays(dates.columns, ["as_of"]), settings)
                found = one.latest_as_of()
                if found is not None:
                    latest = max(day_of(found), day_of(found) if latest is None else latest)
        except Error:
            deque(batches, maxlen=0)
        yield pa.RecordBatch.from_arrays([pa.array([latest], pa.int32())], ["day"])


@dataclass(frozen=True)
class Merge:
    """Puts the parts of a partition together: what `mapInArrow` calls next."""

    parcel: Parcel

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        parts = rows_of(batches)
        first = next(parts, None)
        if first is None:
            return
        partition, state, told = first[0], b"", Told()
        try:
            total = Sum(self.parcel.open().plan)
            for part in chain([first], parts):
                total.add(*part)
            failed = total.failed
            state, told = bytes(total.seen), total.told
        except Error as failure:  # another version here; sums that do not fit
            failed = partition, failure.code, failure.message
            deque(parts, maxlen=0)
        if failed is None:
            yield _part(0, partition, state, told, 0, "")
        else:
            yield _part(0, failed[0], b"", Told(), *failed[1:])


def rows_of(batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Partition, state, told, code and message of each part; one state at a time."""
    for batch in batches:
        for row in range(batch.num_rows):
            yield tuple(column[row].as_py() for column in batch.columns[1:])


def _part(slot: int, partition: int, state: bytes, told: Told, code: int, message: str) -> Any:
    values = (slot, partition, state, str(told), code, message)
    arrays = [pa.array([value], one.type) for value, one in zip(values, PARTS)]
    return pa.RecordBatch.from_arrays(arrays, schema=PARTS)


def _named(message: str, customer_at: Callable[[str, int], Any]) -> str:
    """With the customer whose row it is, as nobody finds a row of a shuffled table again."""
    found = _ROW.match(message)
    if found is not None:
        key = customer_at(found[1], int(found[2]) - 1)
        key = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
        if key is not None:
            message = f"{found[0]}, customer {key}{message[found.end() :]}"
    return f"{message}{where()}" if ", row " in message else message


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return context.partitionId() if context else 0


__all__ = ["PARTS", "Count", "Latest", "Merge", "Sum"]
