"""Evidence from Spark DataFrames."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._dates import DateLike, date_of, day_of
from .._errors import INVALID_ARGUMENT, ArgumentError
from .._limits import Limits
from .._optional import needed
from .._scorers import ScorerMap
from ..evidence import Evidence
from ..plan import Plan
from ..problems import ModelSource

for _name in ("pyspark", "pyarrow"):
    needed(_name, "aiueo.spark")

from pyspark.sql import functions as f  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

from ._frames import (  # noqa: E402
    Beside,
    Once,
    Snapshots,
    must_be_frame,
    parcel,
    plan_of,
    spread,
)
from ._partial import PARTS, Count, Latest, Merge, Sum  # noqa: E402
from ._types import no_rows  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from ._worker import Parcel

_ROWS = 65_536  # counted at a time
_SPARK = {"int32": t.IntegerType(), "binary": t.BinaryType(), "string": t.StringType()}


def evidence(
    snapshots: DataFrame,
    contracts: Any,
    model: ModelSource | Plan,
    *,
    initiatives: Any = None,
    ranks: Any = None,
    ledger: Any = None,
    data_until: DateLike | None = None,
    scorers: ScorerMap | None = None,
    limits: Limits | None = None,
    drop_leaks: bool = False,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
    partitions: int | None = None,
) -> Evidence:
    """What history says of a model, counted on the cluster: an `aiueo.Evidence` of this process.

    Its bytes are those of `Plan.evidence`, whatever the partitions, their order and the number of
    workers. Runs a job, and returns when it is done: the snapshots are shuffled by customer, sorted
    within partitions, and counted some 65,000 rows at a time; the states of the partitions are
    merged on the workers, then here, one after the other.

    ``contracts``, ``ledger``, ``initiatives``, ``ranks``: a Spark DataFrame, whose rows are brought
    to their customers by the same shuffle and are held in memory a partition at a time; or a table
    that this process holds (``frame.toArrow()``, pandas, a dict of lists), which every worker gets
    whole. Where money over time is counted, contracts and ledger are shuffled in any case, so that
    customers without snapshots are counted once.

    ``ledger``, ``data_until``: as of `Plan.evidence`. A ledger without ``data_until`` takes a job
    that looks for the latest snapshot.

    ``model``, ``scorers``, ``limits``: as of `aiueo.load`, on the workers and for the states of
    partitions, too; or a plan. ``drop_leaks``, ``missing_columns``, ``null_texts``: as of
    `Plan.evidence`. ``partitions``: of the shuffle, unless Spark is to say.

    Raises, before any task runs: ModelError, DataError for a column that is missing or of a wrong
    type, ArgumentError, OSError. What only the values tell is the same DataError as of
    `Plan.evidence`; it names the customer, as rows are counted within a partition. What is doubtful
    about contracts and initiatives is given as `aiueo.DataWarning`, once.
    """
    must_be_frame(snapshots, "evidence")
    if partitions is not None and partitions < 1:
        raise ArgumentError(INVALID_ARGUMENT, f"partitions is {partitions}; at least 1 is needed")
    plan = plan_of(model, scorers, limits)
    null_texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)
    options: dict[str, Any] = {"missing_columns": missing_columns, "null_texts": null_texts}
    frame = Snapshots(snapshots, plan.knows)
    until: datetime.date | None = None
    if data_until is not None:
        until = date_of(day_of(data_until, "data_until", plan.time_zone))
    session = snapshots.sparkSession
    if ledger is not None or until is not None:
        contracts = spread(session, plan, "contracts", contracts)
        ledger = spread(session, plan, "ledger", ledger)
    beside = Beside(
        plan, True, contracts=contracts, initiatives=initiatives, ranks=ranks, ledger=ledger
    )
    known = {"contracts": None, **beside.samples}
    any_day = until if ledger is None else until or datetime.date(2000, 1, 1)
    Evidence(plan, drop_leaks).update(
        Once(no_rows(frame.fields)), **known, data_until=any_day, **options
    )

    travels = parcel(snapshots, plan, beside)
    if until is None and ledger is not None:
        until = _latest(frame, travels, null_texts)
        if until is None:
            raise ArgumentError(
                INVALID_ARGUMENT,
                "a ledger needs data_until, the last day that it tells of, which snapshots without "
                "a row do not know",
            )
    most = _shuffle_partitions(snapshots.sparkSession) if partitions is None else partitions
    slots = math.isqrt(most - 1) + 1
    count = Count(
        parcel=travels,
        names=tuple(frame.names),
        beside=beside.layout,
        drop_leaks=drop_leaks,
        data_until=until,
        options=options,
        rows=_ROWS,
        slots=slots,
    )
    together = frame.together_with(beside.rows)
    if partitions is None:
        shuffled = together.repartition("key")
    else:
        shuffled = together.repartition(partitions, "key")
    in_order = shuffled.sortWithinPartitions("which", "key").drop("key")
    schema = t.StructType([t.StructField(one.name, _SPARK[str(one.type)]) for one in PARTS])
    parts = in_order.mapInArrow(count, schema)
    # The parts are made by all workers at once; of what is merged one comes here after the other.
    merged = parts.repartition(slots, "slot").mapInArrow(Merge(travels), schema)
    total = Sum(plan, drop_leaks)
    for _, partition, state, *rest in merged.toLocalIterator(prefetchPartitions=True):
        total.add(partition, bytes(state), *rest)
    seen = total.checked()
    total.told.warn(plan)
    return seen


def _latest(frame: Snapshots, travels: Parcel, null_texts: Iterable[str]) -> datetime.date | None:
    """The date of the latest snapshot."""
    days = frame.column("as_of").mapInArrow(Latest(travels, tuple(null_texts)), "day int")
    [[day]] = days.agg(f.max("day")).collect()
    return None if day is None else date_of(day)


def _shuffle_partitions(session: SparkSession) -> int:
    """As many as there can be, more or less: it decides how many parts are merged at a time."""
    text = session.conf.get("spark.sql.shuffle.partitions") or ""
    return max(1, int(text)) if text.isdigit() else 200


__all__ = ["evidence"]
