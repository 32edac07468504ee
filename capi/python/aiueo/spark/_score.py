"""Scoring a Spark DataFrame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._dates import DateLike
from .._errors import DUPLICATE_ROW, INVALID_ARGUMENT, ArgumentError, DataError
from .._limits import Limits
from .._optional import needed
from .._scorers import ScorerMap
from ..plan import Plan
from ..problems import ModelSource

for _name in ("pyspark", "pyarrow"):
    needed(_name, "aiueo.spark")

from pyspark.sql import DataFrame  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

from ._frames import Beside, Once, Snapshots, must_be_frame, parcel, plan_of  # noqa: E402
from ._types import no_rows, spark_fields  # noqa: E402
from ._worker import Task  # noqa: E402


def score(
    snapshots: DataFrame,
    model: ModelSource | Plan,
    *,
    initiatives: Any = None,
    scorers: ScorerMap | None = None,
    limits: Limits | None = None,
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

    ``model``, ``scorers``, ``limits``: as of `aiueo.load`, on the workers, too; or a plan.
    ``as_of``, ``detail``, ``overrides``, ``missing_columns``, ``null_texts``: as of `Plan.score`.

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
    must_be_frame(snapshots, "score")
    if check not in (True, False, "all"):
        raise ArgumentError(INVALID_ARGUMENT, f'check is {check!r}; it is True, False or "all"')
    plan = plan_of(model, scorers, limits)
    null_texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)
    common: dict[str, Any] = {
        "as_of": as_of,
        "detail": detail,
        "overrides": overrides,
        "missing_columns": missing_columns,
        "null_texts": null_texts,
    }
    frame = Snapshots(snapshots, plan.reads, keep)
    beside = Beside(plan, initiatives=initiatives)
    sample = Once(no_rows(frame.fields))
    scored = plan.score(sample, **beside.samples, **common).to_arrow()
    fields = spark_fields(scored.schema)
    schema = t.StructType(fields + frame.kept_fields(scored.schema.names))
    if not plan.needs_initiatives:
        beside = Beside(plan)
    task = Task(
        parcel=parcel(snapshots, plan, beside),
        names=tuple(frame.names),
        columns=tuple(scored.schema.names),
        kept=len(frame.kept),
        beside=beside.layout,
        # As in `Plan.score`: without keys there is nothing to check.
        options={**common, "check": check is not False and "customer" in frame.names},
    )
    source = frame.selected()
    if beside.rows:
        both = frame.together_with(beside.rows).repartition("key").drop("key")
        source = both.sortWithinPartitions("which")
    out = source.mapInArrow(task, schema)
    if check == "all" and "customer" in scored.schema.names:
        _check_all(out)
    return out


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
