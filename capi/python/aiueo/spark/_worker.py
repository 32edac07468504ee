"""What a worker holds, and what it does with a partition. Nothing here imports Spark's JVM side."""

from __future__ import annotations

import logging
import pickle
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Union

import pyarrow as pa
import pyarrow.compute as pc

from .._errors import Error, LibraryError
from .._library import version
from .._told import prepared
from ..plan import Plan
from ._types import plain

#: What a worker process has made ready, newest last, by the digest of what it was made of.
_held: OrderedDict[str, Held] = OrderedDict()
_MOST_HELD = 8

Payload = Union[bytes, Any]  # bytes, or a broadcast of them


#: Tables that follow a task's first columns: the name of each, and an Arrow schema.
Layout = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Held:
    """A plan, and prepared tables that every worker has whole, by name."""

    plan: Plan
    tables: dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """What travels to the workers: the model, its scorers, and perhaps tables."""

    digest: str
    payload: Payload
    version: str

    def open(self) -> Held:
        """Of this process: made at the first task, found by the later ones."""
        held = _held.get(self.digest)
        if held is None:
            if version() != self.version:
                raise LibraryError(
                    99, f"this worker has aiueo {version()}, the driver {self.version}; they differ"
                )
            payload = self.payload if isinstance(self.payload, bytes) else self.payload.value
            source, tables, keep_all = pickle.loads(payload)
            with said_on_the_driver():
                plan = Plan(*source)
            held = Held(plan, {n: quiet(plan, n, one, keep_all) for n, one in tables.items()})
            _held[self.digest] = held
            while len(_held) > _MOST_HELD:
                _held.popitem(last=False)
        _held.move_to_end(self.digest)
        return held


def quiet(plan: Plan, name: str, table: Any, keep_all: bool) -> Any:
    """A prepared table of which the driver, or the sum of all parts, says what is doubtful."""
    return prepared(plan, name, table, keep_all=keep_all, quiet=True)


@contextmanager
def said_on_the_driver() -> Iterator[None]:
    """Warnings of a model are given once, not by every process."""
    log = logging.getLogger("aiueo")
    before = log.disabled
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = before


@dataclass(frozen=True)
class Task:
    """Scores a partition: what `mapInArrow` calls."""

    parcel: Parcel
    names: tuple[str, ...]  #: of the columns that scoring reads: the first in each batch
    columns: tuple[str, ...]  #: of the scores
    kept: int  #: so many columns follow that go along as they are
    beside: Layout  #: of the columns after these, in rows that come first
    options: dict[str, Any]  #: of `Plan.score_stream`

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        held = self.parcel.open()
        try:
            yield from self._score(held, batches)
        except Error as failure:
            raise type(failure)(failure.code, f"{failure.message}{where()}") from None

    def _score(self, held: Held, batches: Iterator[Any]) -> Iterator[Any]:
        tables = held.tables
        if self.beside:
            begin = len(self.names) + self.kept
            found, batches = tables_first(self.beside, begin, batches)
            made = {n: quiet(held.plan, n, one, False) for n, one in found.items()}
            tables = {**tables, **made}
        batches = (batch for batch in batches if batch.num_rows)
        first = next(batches, None)
        if first is None:
            return
        waiting: deque[list[Any]] = deque()
        count = len(self.names)

        def snapshots() -> Iterator[Any]:
            for batch in chain([first], batches):
                columns = batch.columns
                waiting.append(columns[count : count + self.kept])
                yield _named(columns[:count], self.names, batch.num_rows)

        schema = pa.schema(
            [first.schema.field(k).with_name(name) for k, name in enumerate(self.names)]
        )
        reader = pa.RecordBatchReader.from_batches(schema, snapshots())
        stream = held.plan.score_stream(reader, **tables, **self.options)
        for scored in stream:
            columns = [plain(scored.column(name)) for name in self.columns] + waiting.popleft()
            names = [*self.columns, *(f"kept {k}" for k in range(self.kept))]
            yield pa.RecordBatch.from_arrays(columns, names)


def _named(columns: list[Any], names: tuple[str, ...], rows: int) -> Any:
    """A record batch of so many rows, which are scored though the model knows none of its columns:
    what is made of arrays has as many as these, and none without any."""
    if columns:
        return pa.RecordBatch.from_arrays(columns, names)
    return pa.RecordBatch.from_struct_array(pa.Array.from_buffers(pa.struct([]), rows, [None]))


def tables_first(
    layout: Layout, begin: int, batches: Iterator[Any]
) -> tuple[dict[str, Any], Iterator[Any]]:
    """The rows of the tables, whole; and the batches of snapshots, which follow them.

    Columns of the first table are at `begin`. The last column says whose a row is: its place in the
    layout, snapshots behind it, ascending."""
    pieces: dict[str, list[Any]] = {name: [] for name, _ in layout}
    rest: Any = None
    for batch in batches:
        which = batch.columns[-1]
        at, row = begin, 0
        for number, (name, schema) in enumerate(layout):
            rows = pc.sum(pc.equal(which, number)).as_py() or 0
            if rows:
                columns = batch.slice(row, rows).columns[at : at + len(schema)]
                pieces[name].append(pa.RecordBatch.from_arrays(columns, schema.names))
            at, row = at + len(schema), row + rows
        if row < batch.num_rows:
            rest = batch.slice(row)
            break
    # A partition without a row has no batch to tell the types, and nothing to count.
    tables = {
        name: pa.Table.from_batches(pieces[name]) if pieces[name] else schema.empty_table()
        for name, schema in layout
    }
    return tables, iter(()) if rest is None else chain([rest], batches)


def where() -> str:
    from pyspark import TaskContext

    context = TaskContext.get()
    return f" (rows counted within partition {context.partitionId()})" if context else ""


__all__ = ["Layout", "Parcel", "Task", "quiet", "tables_first", "where"]
