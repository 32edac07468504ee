"""Tables on their way to the workers: Spark DataFrames by place, others whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable

from .._contracts import COLUMNS as CONTRACTS
from .._contracts import Contracts
from .._errors import INVALID_ARGUMENT, ArgumentError
from .._histories import arrow_of
from .._initiatives import COLUMNS as INITIATIVES
from .._initiatives import Initiatives
from .._ledger import COLUMNS as LEDGER
from .._ledger import Ledger
from .._library import version
from .._limits import Limits
from .._optional import needed
from .._ranks import COLUMNS as RANKS
from .._ranks import Ranks
from .._scorers import ScorerMap
from .._told import prepared
from ..plan import Plan, load
from ..problems import ModelSource

for _name in ("pyspark", "pyarrow"):
    needed(_name, "aiueo.spark")

import pyarrow as pa  # noqa: E402
from pyspark import cloudpickle  # noqa: E402
from pyspark.sql import DataFrame  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

from ._types import for_spark, no_rows  # noqa: E402
from ._worker import Parcel  # noqa: E402

#: The tables beside the snapshots, by the name of the plan's function that prepares them.
_COLUMNS = {
    "contracts": CONTRACTS,
    "initiatives": INITIATIVES,
    "ranks": RANKS,
    "ledger": LEDGER,
}
_PREPARED = (Contracts, Initiatives, Ranks, Ledger)
_BROADCAST_FROM = 1 << 20  # bytes; less travels with each task


def plan_of(
    model: ModelSource | Plan, scorers: ScorerMap | None, limits: Limits | None = None
) -> Plan:
    if not isinstance(model, Plan):
        return load(model, scorers, limits=limits)
    for name, given in (("scorers", scorers), ("limits", limits)):
        if given is not None:
            raise ArgumentError(
                INVALID_ARGUMENT, f"a plan has its {name} already; give the model, or no {name}"
            )
    return model


def must_be_frame(snapshots: Any, instead: str) -> None:
    if not isinstance(snapshots, DataFrame):
        raise TypeError(
            f"snapshots is {type(snapshots).__name__}, no Spark DataFrame; aiueo.load(model)"
            f".{instead}() takes other tables"
        )


class Once:
    """A record batch as nothing but one Arrow array, so that it counts though it has no rows."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self._batch.__arrow_c_array__(requested_schema)


class Snapshots:
    """The columns that matter, by place: names may differ in case alone, and may have dots."""

    def __init__(
        self, frame: DataFrame, wanted: Callable[[str], bool], keep: Iterable[str] = ()
    ) -> None:
        fields = frame.schema.fields
        keep = [keep] if isinstance(keep, str) else list(keep)
        self.read = [k for k, field in enumerate(fields) if wanted(field.name)]
        self.fields = [fields[k] for k in self.read]
        self.names = [field.name for field in self.fields]
        self.kept = [_place(name, [field.name for field in fields]) for name in keep]
        self._kept_fields = [fields[k] for k in self.kept]
        self._frame = frame.toDF(*(f"c{k}" for k in range(len(fields))))

    def kept_fields(self, taken: list[str]) -> list[t.StructField]:
        for field in self._kept_fields:
            if field.name in taken:
                raise ArgumentError(
                    INVALID_ARGUMENT,
                    f'keep: "{field.name}" is a column of the scores, or is kept twice',
                )
            taken = [*taken, field.name]
        return self._kept_fields

    def selected(self) -> DataFrame:
        columns = [f.col(f"c{k}").alias(f"s{at}") for at, k in enumerate(self.read + self.kept)]
        # Even a table without a column that matters has its rows.
        return self._frame.select(*(columns or [f.lit(None).alias("s0")]))

    def column(self, name: str) -> DataFrame:
        """One of the columns that are read, alone."""
        return self._frame.select(f.col(f"c{self.read[self.names.index(name)]}").alias("s0"))

    def together_with(self, tables: Sequence[Rows]) -> DataFrame:
        """All tables in one, a row having the columns of all: those of the snapshots (s0, …), then
        those of each of `tables`; ``which`` says whose row it is, from 0, the snapshots' last; and
        ``key`` whose customer's."""
        if "customer" not in self.names:
            raise ArgumentError(
                INVALID_ARGUMENT,
                f"{tables[0].table} are of customers; snapshots need the column",
            )
        blocks = [("s", self.fields + self._kept_fields)]
        blocks += [(f"t{n}_", table.fields) for n, table in enumerate(tables)]

        def in_line(block: int, frame: DataFrame, names: list[str], which: int) -> DataFrame:
            columns = [
                f.col(f"{first}{k}")
                if n == block
                else f.lit(None).cast(field.dataType).alias(f"{first}{k}")
                for n, (first, fields) in enumerate(blocks)
                for k, field in enumerate(fields)
            ]
            # As bytes: two keys are the same if their text is, whatever the collation.
            key = f.col(f"{blocks[block][0]}{names.index('customer')}")
            key = key.cast("string").cast("binary").alias("key")
            return frame.select(*columns, f.lit(which).alias("which"), key)

        out = in_line(0, self.selected(), self.names, len(tables))
        for n, table in enumerate(tables):
            out = out.union(in_line(n + 1, table.frame, table.names, n))
        return out


class Rows:
    """A Spark DataFrame beside the snapshots: the columns that count, as t<number>_0, …"""

    def __init__(
        self, table: str, number: int, frame: DataFrame, plan: Plan, keep_all: bool
    ) -> None:
        fields = frame.schema.fields
        places = [k for k, field in enumerate(fields) if field.name in _COLUMNS[table]]
        self.table = table
        self.fields = [fields[k] for k in places]
        self.names = [field.name for field in self.fields]
        sample = no_rows(self.fields, table)
        self.schema = sample.schema
        reader = pa.RecordBatchReader.from_batches(sample.schema, [sample])
        # That no row has a name is true of the sample alone.
        self.sample = prepared(plan, table, reader, keep_all=keep_all, quiet=True)
        self.frame = frame.toDF(*(f"c{k}" for k in range(len(fields)))).select(
            *(f.col(f"c{k}").alias(f"t{number}_{at}") for at, k in enumerate(places))
        )


class Beside:
    """What is known of customers beside their snapshots: rows to be shuffled, and tables that every
    worker gets whole. `samples`: prepared of either, for this process; `whole` travels. `keep_all`:
    of the initiatives, for evidence."""

    def __init__(self, plan: Plan, keep_all: bool = False, **given: Any) -> None:
        self.keep_all = keep_all
        self.rows: list[Rows] = []
        self.whole: dict[str, Any] = {}
        self.samples: dict[str, Any] = {}
        for table, one in given.items():
            if one is None:
                continue
            if isinstance(one, DataFrame):
                rows = Rows(table, len(self.rows), one, plan, keep_all)
                self.rows.append(rows)
                self.samples[table] = rows.sample
                continue
            _must_travel(table, one)
            self.whole[table] = _plain(one, _COLUMNS[table])
            self.samples[table] = prepared(plan, table, self.whole[table], keep_all=keep_all)

    @property
    def layout(self) -> tuple[tuple[str, Any], ...]:
        """Of the rows, as they come to a task: name and types of each table."""
        return tuple((one.table, one.schema) for one in self.rows)


def spread(session: Any, plan: Plan, table: str, given: Any) -> Any:
    """A table of this process as a Spark DataFrame of the columns that count, once its values are
    known to be right: each of its customers is then in one partition, snapshots or not."""
    if given is None or isinstance(given, DataFrame):
        return given
    _must_travel(table, given)
    columns = _COLUMNS[table]
    given = _plain(given, columns)
    prepared(plan, table, given, keep_all=True, quiet=True)  # the workers tell what is doubtful
    arrow = arrow_of(given, columns, table)
    return session.createDataFrame(
        pa.table({name: for_spark(arrow[name]) for name in arrow.column_names if name in columns})
    )


def _must_travel(table: str, given: Any) -> None:
    if isinstance(given, _PREPARED):
        are = "that is" if table == "ledger" else "that are"
        raise ArgumentError(
            INVALID_ARGUMENT, f"{table} {are} prepared cannot travel; give the table"
        )


def _plain(given: Any, columns: Sequence[str]) -> Any:
    """As something that can be pickled."""
    if not hasattr(given, "__arrow_c_stream__") and not isinstance(given, Mapping):
        to_arrow = getattr(given, "to_arrow", None)
        given = given if to_arrow is None else to_arrow()
    if hasattr(given, "__arrow_c_stream__") and type(given).__module__.split(".")[0] != "pandas":
        given = pa.table(given)
        given = given.select([k for k, n in enumerate(given.column_names) if n in columns])
    return given


def _place(name: str, names: list[str]) -> int:
    places = [k for k, other in enumerate(names) if other == name]
    if len(places) != 1:
        found = "is not there" if not places else f"is there {len(places)} times"
        raise ArgumentError(INVALID_ARGUMENT, f'keep: snapshots column "{name}" {found}')
    return places[0]


def parcel(frame: DataFrame, plan: Plan, beside: Beside) -> Parcel:
    dumps: Any = cloudpickle.dumps  # functions of the caller's script travel too
    payload = dumps((plan._source, beside.whole, beside.keep_all))
    digest = hashlib.sha256(payload).hexdigest()
    if len(payload) >= _BROADCAST_FROM:
        session = frame.sparkSession
        context = getattr(session, "_sc", None)  # Spark Connect has none: it travels with the tasks
        payload = payload if context is None else context.broadcast(payload)
    return Parcel(digest, payload, version())


__all__ = ["Beside", "Once", "Snapshots", "must_be_frame", "parcel", "plan_of", "spread"]
