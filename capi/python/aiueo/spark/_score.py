"""Scoring a Spark DataFrame."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from .._dates import DateLike
from .._errors import DUPLICATE_ROW, ArgumentError, DataError
from .._initiatives import Initiatives
from .._library import version
from .._optional import needed
from .._scorers import ScorerMap
from ..plan import Plan, load
from ..problems import ModelSource

for _name in ("pyspark", "pyarrow"):
    needed(_name, "aiueo.spark")

import pyarrow as pa  # noqa: E402
from pyspark import cloudpickle  # noqa: E402
from pyspark.sql import DataFrame  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

from ._types import no_rows, spark_fields  # noqa: E402
from ._worker import Parcel, Task, said_on_the_driver  # noqa: E402

_INITIATIVES = ("customer", "initiative", "date", "attended", "responded")
_BROADCAST_FROM = 1 << 20  # bytes; less travels with each task


def score(
    snapshots: DataFrame,
    model: ModelSource | Plan,
    *,
    initiatives: Any = None,
    scorers: ScorerMap | None = None,
    keep: Iterable[str] = (),
    as_of: DateLike | None = None,
    detail: bool = False,
    overrides: bool = True,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
    check: bool | str = True,
) -> DataFrame:
    """Score every row of a Spark DataFrame: the scores table of `Plan.score`, as a DataFrame.

    The scores are those of a single process to the bit, whatever the partitions. Nothing is
    computed before an action asks for it; each worker process loads the model once.

    ``model``, ``scorers``: as of `aiueo.load`; or a plan. ``as_of``, ``detail``, ``overrides``,
    ``missing_columns``, ``null_texts``: as of `Plan.score`.

    ``initiatives``: a Spark DataFrame, whose rows are brought to their customers by a shuffle; or a
    table that this process holds (``frame.toArrow()``, pandas, a dict of lists), which every worker
    gets whole, so that the snapshots stay where they are.

    ``keep``: names of snapshots columns that go along, after the columns of scores.

    ``check``: True looks for rows without customer or date, and for two rows of one customer and
    date within each partition, while it scores. ``"all"`` looks for two in different partitions
    too: a job that scores, shuffles the keys and ends before this function returns. False does
    neither.

    Levels are strings, counts are bigint, as Spark has neither dictionaries nor unsigned integers.

    Raises, before any task runs: ModelError, DataError for a column that is missing or of a wrong
    type, ArgumentError, OSError. What only the values tell (a text that is no number) fails the
    task with the same sentence.
    """
    if not isinstance(snapshots, DataFrame):
        raise TypeError(
            f"snapshots is {type(snapshots).__name__}, no Spark DataFrame; aiueo.load(model)"
            ".score() takes other tables"
        )
    if check not in (True, False, "all"):
        raise ArgumentError(10, f'check is {check!r}; it is True, False or "all"')
    plan = _plan(model, scorers)
    null_texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)
    common: dict[str, Any] = {
        "as_of": as_of,
        "detail": detail,
        "overrides": overrides,
        "missing_columns": missing_columns,
        "null_texts": null_texts,
    }
    frame = _Snapshots(snapshots, plan, keep)
    table, rows = _initiatives(initiatives, plan)
    sample = no_rows(frame.fields)
    scored = plan.score(_Once(sample), initiatives=table, **common).to_arrow()
    fields = spark_fields(scored.schema)
    schema = t.StructType(fields + frame.kept_fields(scored.schema.names))
    if not plan.needs_initiatives:
        table = rows = None
    task = Task(
        parcel=_parcel(snapshots, plan, table),
        names=tuple(frame.names),
        columns=tuple(scored.schema.names),
        kept=len(frame.kept),
        initiatives=None if rows is None else tuple(rows.names),
        # As in `Plan.score`: without keys there is nothing to check.
        options={**common, "check": check is not False and "customer" in frame.names},
    )
    source = frame.selected() if rows is None else frame.with_initiatives(rows)
    out = source.mapInArrow(task, schema)
    if check == "all" and "customer" in scored.schema.names:
        _check_all(out)
    return out


def _plan(model: ModelSource | Plan, scorers: ScorerMap | None) -> Plan:
    if not isinstance(model, Plan):
        return load(model, scorers)
    if scorers is not None:
        raise ArgumentError(10, "a plan has its scorers already; give the model, or no scorers")
    return model


class _Once:
    """A record batch as nothing but one Arrow array, so that it counts though it has no rows."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self._batch.__arrow_c_array__(requested_schema)


class _Snapshots:
    """The columns that matter, by place: names may differ in case alone, and may have dots."""

    def __init__(self, frame: DataFrame, plan: Plan, keep: Iterable[str]) -> None:
        fields = frame.schema.fields
        keep = [keep] if isinstance(keep, str) else list(keep)
        self.read = [k for k, field in enumerate(fields) if plan.reads(field.name)]
        self.fields = [fields[k] for k in self.read]
        self.names = [field.name for field in self.fields]
        self.kept = [_place(name, [field.name for field in fields]) for name in keep]
        self._kept_fields = [fields[k] for k in self.kept]
        self._frame = frame.toDF(*(f"c{k}" for k in range(len(fields))))

    def kept_fields(self, taken: list[str]) -> list[t.StructField]:
        for field in self._kept_fields:
            if field.name in taken:
                raise ArgumentError(
                    10, f'keep: "{field.name}" is a column of the scores, or is kept twice'
                )
            taken = [*taken, field.name]
        return self._kept_fields

    def selected(self) -> DataFrame:
        columns = [f.col(f"c{k}").alias(f"s{at}") for at, k in enumerate(self.read + self.kept)]
        # Even a table without a column that matters has its rows.
        return self._frame.select(*(columns or [f.lit(None).alias("s0")]))

    def with_initiatives(self, rows: _InitiativeRows) -> DataFrame:
        """Both tables in one, a customer's rows in one partition, initiatives before snapshots."""
        if "customer" not in self.names:
            raise ArgumentError(10, "initiatives are of customers; snapshots need the column")
        key = f.col(f"s{self.names.index('customer')}").cast("string")
        snapshots = self.selected()
        for at, field in enumerate(rows.fields):
            snapshots = snapshots.withColumn(f"i{at}", f.lit(None).cast(field.dataType))
        snapshots = snapshots.withColumn("second", f.lit(1)).withColumn("key", key)
        other = rows.frame
        kinds = [field.dataType for field in self.fields + self._kept_fields]
        key = f.col(f"i{rows.names.index('customer')}").cast("string")
        other = other.select(
            *(f.lit(None).cast(kind).alias(f"s{at}") for at, kind in enumerate(kinds)),
            *(f.col(f"i{at}") for at in range(len(rows.fields))),
            f.lit(0).alias("second"),
            key.alias("key"),
        )
        both = snapshots.unionByName(other).repartition("key").drop("key")
        return both.sortWithinPartitions("second")


class _InitiativeRows:
    """A Spark DataFrame of initiatives: the columns that count."""

    def __init__(self, frame: DataFrame, plan: Plan) -> None:
        fields = frame.schema.fields
        places = [k for k, field in enumerate(fields) if field.name in _INITIATIVES]
        self.fields = [fields[k] for k in places]
        self.names = [field.name for field in self.fields]
        with said_on_the_driver():  # that no row has a name is true of the sample alone
            sample = no_rows(self.fields, "initiatives")
            plan.initiatives(pa.RecordBatchReader.from_batches(sample.schema, [sample]))
        self.frame = frame.toDF(*(f"c{k}" for k in range(len(fields)))).select(
            *(f.col(f"c{k}").alias(f"i{at}") for at, k in enumerate(places))
        )


def _initiatives(given: Any, plan: Plan) -> tuple[Any, _InitiativeRows | None]:
    """A table for every worker, or rows to be shuffled."""
    if given is None:
        return None, None
    if isinstance(given, DataFrame):
        return None, _InitiativeRows(given, plan)
    if isinstance(given, Initiatives):
        raise ArgumentError(10, "initiatives that are prepared cannot travel; give the table")
    if not hasattr(given, "__arrow_c_stream__") and not isinstance(given, Mapping):
        to_arrow = getattr(given, "to_arrow", None)
        given = given if to_arrow is None else to_arrow()
    if hasattr(given, "__arrow_c_stream__") and type(given).__module__.split(".")[0] != "pandas":
        given = pa.table(given)
        given = given.select([k for k, n in enumerate(given.column_names) if n in _INITIATIVES])
    plan.initiatives(given)
    return given, None


def _place(name: str, names: list[str]) -> int:
    places = [k for k, other in enumerate(names) if other == name]
    if len(places) != 1:
        found = "is not there" if not places else f"is there {len(places)} times"
        raise ArgumentError(10, f'keep: snapshots column "{name}" {found}')
    return places[0]


def _parcel(frame: DataFrame, plan: Plan, table: Any) -> Parcel:
    dumps: Any = cloudpickle.dumps  # functions of the caller's script travel too
    payload = dumps((plan._source, table))
    digest = hashlib.sha256(payload).hexdigest()
    if len(payload) >= _BROADCAST_FROM:
        session = frame.sparkSession
        context = getattr(session, "_sc", None)  # Spark Connect has none: it travels with the tasks
        payload = payload if context is None else context.broadcast(payload)
    return Parcel(digest, payload, version())


def _check_all(scores: DataFrame) -> None:
    twice = scores.groupBy("customer", "as_of").count().where("count > 1").take(1)
    if twice:
        customer, day, count = twice[0]
        raise DataError(
            DUPLICATE_ROW,
            f"snapshots, customer {customer}: there are {count} rows for {day}; a customer has one "
            "row for each date",
        )


__all__ = ["score"]
