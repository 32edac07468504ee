"""Evidence in parts: what a worker counts of a partition, and how parts become one. Nothing here
imports Spark's JVM side."""

from __future__ import annotations

import datetime
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from .._batch import Batch, BatchSettings
from .._by_customer import ByCustomer
from .._dates import day_of
from .._errors import Error, error_of
from .._told import Told
from ..evidence import Evidence
from ..plan import Plan
from ._worker import Held, Layout, Parcel, quiet, tables_first, where

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
_ROW = re.compile(r"(\w+), row (\d+)(?!\d|, customer )")


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
            for name, table in tables.items():
                known[name] = quiet(held.plan, name, table, keep_all=True)
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
