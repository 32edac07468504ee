"""What a worker holds, and what it does with a partition. Nothing here imports Spark's JVM side."""

from __future__ import annotations

import logging
import pickle
import warnings
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Union

import pyarrow as pa
import pyarrow.compute as pc

from .._errors import DataError, DataWarning, Error, LibraryError
from .._initiatives import Initiatives
from .._library import version
from ..plan import Plan
from ._types import plain

#: What a worker process has made ready, newest last, by the digest of what it was made of.
_held: OrderedDict[str, Held] = OrderedDict()
_MOST_HELD = 8

Payload = Union[bytes, Any]  # bytes, or a broadcast of them


@dataclass(frozen=True)
class Held:
    """A plan, and the initiatives that every worker has whole."""

    plan: Plan
    initiatives: Initiatives | None


@dataclass(frozen=True)
class Parcel:
    """What travels to the workers: the model, its scorers, and perhaps initiatives."""

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
            source, table = pickle.loads(payload)
            with said_on_the_driver():
                plan = Plan(*source)
                held = Held(plan, None if table is None else plan.initiatives(table))
            _held[self.digest] = held
            while len(_held) > _MOST_HELD:
                _held.popitem(last=False)
        _held.move_to_end(self.digest)
        return held


@contextmanager
def said_on_the_driver() -> Iterator[None]:
    """Warnings of a model and of initiatives are given once, not by every process."""
    log = logging.getLogger("aiueo")
    before = log.disabled
    log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
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
    initiatives: (
        tuple[str, ...] | None
    )  #: names of the columns after these, in rows that come first
    options: dict[str, Any]  #: of `Plan.score_stream`

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        held = self.parcel.open()
        try:
            yield from self._score(held, batches)
        except Error as failure:
            raise type(failure)(failure.code, f"{failure.message}{_where()}") from None

    def _score(self, held: Held, batches: Iterator[Any]) -> Iterator[Any]:
        initiatives = held.initiatives
        if self.initiatives is not None:
            initiatives, batches = self._initiatives_first(held.plan, batches)
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
                yield pa.RecordBatch.from_arrays(columns[:count], self.names)

        schema = pa.schema(
            [first.schema.field(k).with_name(name) for k, name in enumerate(self.names)]
        )
        reader = pa.RecordBatchReader.from_batches(schema, snapshots())
        stream = held.plan.score_stream(reader, initiatives=initiatives, **self.options)
        for scored in stream:
            columns = [plain(scored.column(name)) for name in self.columns] + waiting.popleft()
            names = [*self.columns, *(f"kept {k}" for k in range(self.kept))]
            yield pa.RecordBatch.from_arrays(columns, names)

    def _initiatives_first(
        self, plan: Plan, batches: Iterator[Any]
    ) -> tuple[Initiatives, Iterator[Any]]:
        """The rows of initiatives, read; and the snapshots, which follow them.

        The last column says which a row is: 0 or 1, ascending."""
        assert self.initiatives is not None
        begin = len(self.names) + self.kept
        end = begin + len(self.initiatives)
        pieces = []
        rest: Any = None
        for batch in batches:
            rows = batch.num_rows - (pc.sum(batch.column(end)).as_py() or 0)
            pieces.append(
                pa.RecordBatch.from_arrays(
                    batch.slice(0, rows).columns[begin:end], self.initiatives
                )
            )
            if rows < batch.num_rows:
                rest = batch.slice(rows)
                break
        with said_on_the_driver():
            # A partition without a row has no batch to tell the types, and nothing to count.
            table = pa.Table.from_batches(pieces) if pieces else _NO_INITIATIVES
            prepared = plan.initiatives(table)
        return prepared, iter(()) if rest is None else chain([rest], batches)


_NO_INITIATIVES = pa.table(
    {
        "customer": pa.array([], pa.string()),
        "initiative": pa.array([], pa.string()),
        "date": pa.array([], pa.date32()),
    }
)


def _where() -> str:
    from pyspark import TaskContext

    context = TaskContext.get()
    return f" (rows counted within partition {context.partitionId()})" if context else ""


__all__ = ["DataError", "Parcel", "Task", "said_on_the_driver"]
