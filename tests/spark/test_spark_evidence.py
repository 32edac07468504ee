"""Evidence counted on a cluster of two worker processes is that of one process, to the byte."""

from __future__ import annotations

import datetime
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cluster
import pytest

pa = pytest.importorskip("pyarrow")
if cluster.why_not():
    pytest.skip(cluster.why_not(), allow_module_level=True)

import aiueo  # noqa: E402
import aiueo.sim  # noqa: E402
import aiueo.spark  # noqa: E402
from aiueo.spark._partial import Told  # noqa: E402
from cluster import jobs, marks, most  # noqa: E402
from pyspark.errors import PythonException  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402
from tables import without_dictionaries  # noqa: E402

pytestmark = pytest.mark.filterwarnings(cluster.IGNORE)
MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "small",
    "currency": "JPY",
    "metrics": {
        "logins": {"type": "number"},
        "nps": {"type": "number", "max_age_days": 90},
        "plan": {"type": "category"},
        "unread": {"type": "number"},
        "talks": {"from": "initiatives", "initiative": "talk", "value": "count", "window_days": 90},
    },
    "segments": ["plan"],
    "axes": {
        "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}},
        "E": {
            "components": {
                "nps": {"metric": "nps", "curve": [[0, 0], [10, 100]]},
                "talks": {"metric": "talks", "curve": [[0, 0], [2, 100]]},
            }
        },
    },
    "overall": {"weights": {"U": 1, "E": 1}},
    "ladders": {"stage": [{"name": "Low"}, {"name": "High", "when": "U >= 50"}]},
    "study": {"leads": [90, 0]},
}
DAY = datetime.date(2026, 1, 31)


@dataclass
class History:
    """Tables of Arrow, and what one process says of them."""

    model: Any
    snapshots: Any
    contracts: Any
    initiatives: Any = None
    ranks: Any = None
    ledger: Any = None

    def seen(self, **options: Any) -> aiueo.Evidence:
        plan = aiueo.load(self.model)
        options = {**self.beside(), **options}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", aiueo.DataWarning)
            return plan.evidence(self.snapshots, self.contracts, **options)

    def counted(self, spark: Any, **options: Any) -> aiueo.Evidence:
        """On the cluster, all tables being Spark's, in any order."""

        def frame(one: Any) -> Any:
            if one is None:
                return None
            return spark.createDataFrame(one).orderBy(f.rand(7)).repartition(5)

        beside = {name: frame(one) for name, one in self.beside().items()}
        options = {"model": self.model, **beside, **options}
        return aiueo.spark.evidence(frame(self.snapshots), frame(self.contracts), **options)

    def beside(self) -> dict[str, Any]:
        return {"initiatives": self.initiatives, "ranks": self.ranks, "ledger": self.ledger}


@pytest.fixture(scope="session")
def spark() -> Any:
    return cluster.session()


@pytest.fixture(scope="session")
def world() -> History:
    made = aiueo.sim.simulate(customers=150, months=15, seed=6)
    tables = (
        without_dictionaries(made.tables[name].to_arrow())
        for name in ("snapshots", "contracts", "initiatives", "ranks")
    )
    return History(made.model(), *tables)


def small(customers: int = 12, dates: int = 4, **columns: Any) -> History:
    """Customers with a snapshot a month up to the end of January, and a contract that ends soon."""
    keys = [f"c-{k:02}" for k in range(customers)]
    n = customers * dates
    days = [DAY - datetime.timedelta(days=30 * k) for k in range(dates)]
    snapshots = {
        "customer": [key for key in keys for _ in days],
        "as_of": days * customers,
        "logins": [None if k % 7 == 0 else k % 10 for k in range(n)],
        "nps": pa.array([k % 11 for k in range(n)], pa.int16()),
        "nps@": days * customers,
        "plan": [("pro", "trial", None)[k // dates % 3] for k in range(n)],
        "unread": [k / 4 for k in range(n)],
        **columns,
    }
    contracts = {
        "customer": keys,
        "start": [datetime.date(2025, 2, 5)] * customers,
        "end": [datetime.date(2026, 2, 5) + datetime.timedelta(days=k) for k in range(customers)],
        "outcome": [("renewed", "churned", None)[k % 3] for k in range(customers)],
        "mrr_before": pa.array([k * 11 + 100 for k in range(customers)], pa.int64()),
        "mrr_after": [(100.0, None, None)[k % 3] for k in range(customers)],
    }
    initiatives = {
        "customer": keys,
        "initiative": ["talk"] * customers,
        "date": [DAY - datetime.timedelta(days=k) for k in range(customers)],
    }
    return History(MODEL, pa.table(snapshots), pa.table(contracts), pa.table(initiatives))


def small_ledger(customers: int = 12, others: int = 7) -> Any:
    """What the customers of `small` pay, and others who have no snapshot."""
    keys = [f"c-{k:02}" for k in range(customers)] + [f"x-{k}" for k in range(others)]
    return pa.table(
        {
            "customer": keys,
            "start": [DAY - datetime.timedelta(days=400 + k) for k in range(len(keys))],
            "end": [DAY - datetime.timedelta(days=k) if k % 3 else None for k in range(len(keys))],
            "mrr": pa.array([100 + k for k in range(len(keys))], pa.int64()),
        }
    )


def with_column(table: Any, name: str, values: Any) -> Any:
    return table.set_column(table.column_names.index(name), name, values)


def with_value(table: Any, name: str, row: int, value: Any) -> Any:
    """The column becomes text where the value is."""
    column = table[name]
    values = column.to_pylist()
    if isinstance(value, str) and not pa.types.is_string(column.type):
        values = [None if one is None else str(one) for one in values]
        column = pa.chunked_array([], pa.string())
    values[row] = value
    return with_column(table, name, pa.array(values, column.type))


# ── sameness ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("partitions", [1, 3, 17, None])
def test_a_simulated_portfolio_in_any_partitions(
    spark: Any, world: History, partitions: int | None
) -> None:
    wanted = world.seen()
    found = world.counted(spark, partitions=partitions)
    assert bytes(found) == bytes(wanted) and found.counts == wanted.counts
    assert found.counts["observed"] > 50
    trials = found.study("renewal", kind="trial", lead=0)
    assert trials == wanted.study("renewal", kind="trial", lead=0) and trials.customers > 5


@pytest.mark.parametrize("kind", ["arrow", "pandas", "lists"])
def test_tables_that_every_worker_gets_whole(spark: Any, world: History, kind: str) -> None:
    made: dict[str, Callable[[Any], Any]] = {
        "arrow": lambda table: table,
        "pandas": lambda table: table.to_pandas(),
        "lists": lambda table: table.to_pydict(),
    }
    frame = spark.createDataFrame(world.snapshots)
    contracts, initiatives, ranks = (
        made[kind](one) for one in (world.contracts, world.initiatives, world.ranks)
    )
    wanted = bytes(world.seen())
    plan = aiueo.load(world.model)
    found = aiueo.spark.evidence(
        frame, contracts, plan, initiatives=initiatives, ranks=ranks, partitions=3
    )
    assert bytes(found) == wanted
    rows = spark.createDataFrame(world.initiatives)
    found = aiueo.spark.evidence(
        frame, contracts, plan, initiatives=rows, ranks=ranks, partitions=2
    )
    assert bytes(found) == wanted


def test_churnsim(spark: Any, tmp_path: Path) -> None:
    from churnsim import churnsim_history

    history = History(*churnsim_history())
    wanted = history.seen()
    assert wanted.counts["rows"] == 25563
    names = ("snapshots", "contracts")
    for name in names:
        table = spark.createDataFrame(without_dictionaries(getattr(history, name)))
        table.repartition(4).write.parquet(str(tmp_path / name))
    frames = [spark.read.parquet(str(tmp_path / name)) for name in names]
    found = aiueo.spark.evidence(*frames, history.model)
    assert bytes(found) == bytes(wanted)
    assert found.study("renewal") == wanted.study("renewal")


def test_customers_of_any_size(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has more rows than are counted at a time, and than a batch of Spark's."""
    monkeypatch.setattr("aiueo.spark._evidence._ROWS", 50)
    history = small(40)
    days = [DAY - datetime.timedelta(days=k) for k in range(1, 701)]
    large = history.snapshots.slice(28, 1).take(pa.array([0] * 700))
    for name in ("as_of", "nps@"):
        large = with_column(large, name, pa.array(days))
    history.snapshots = pa.concat_tables(
        [history.snapshots.slice(0, 28), large, history.snapshots.slice(32)]
    )
    wanted = bytes(history.seen())
    for partitions in (1, 4):
        assert bytes(history.counted(spark, partitions=partitions)) == wanted


def test_few_customers_in_many_partitions(spark: Any) -> None:
    history = small(3)
    assert bytes(history.counted(spark, partitions=17)) == bytes(history.seen())


def test_customers_without_contracts_and_contracts_without_customers(spark: Any) -> None:
    history = small(20)
    history.contracts = history.contracts.slice(5)
    history.snapshots = history.snapshots.slice(0, 48)
    history.initiatives = history.initiatives.slice(3, 2)
    wanted = history.seen()
    assert wanted.counts["without_contract"] == 5 and wanted.counts["customers"] == 12
    assert bytes(history.counted(spark, partitions=4)) == bytes(wanted)
    nobody = History(MODEL, history.snapshots.slice(0, 12), history.contracts.slice(9))
    assert nobody.seen().counts["without_contract"] == 3
    assert bytes(nobody.counted(spark, partitions=2)) == bytes(nobody.seen())


def test_tables_without_rows(spark: Any) -> None:
    full = small()
    frames = [spark.createDataFrame(one) for one in (full.snapshots, full.contracts)]
    nothing = [one.where("customer = 'nobody'") for one in frames]
    plan = aiueo.load(MODEL)
    empty = History(MODEL, full.snapshots.slice(0, 0), full.contracts)
    found = aiueo.spark.evidence(nothing[0], frames[1], plan)
    assert bytes(found) == bytes(empty.seen()) == bytes(aiueo.Evidence(plan))
    empty = History(MODEL, full.snapshots, full.contracts.slice(0, 0))
    found = aiueo.spark.evidence(frames[0], nothing[1], plan, partitions=3)
    assert bytes(found) == bytes(empty.seen())
    assert found.counts["without_contract"] == 12


def test_keys_of_any_type_are_the_same_customers(spark: Any) -> None:
    def keyed(history: History, of: Callable[[str], Any]) -> History:
        tables = (
            with_column(one, "customer", pa.array([of(k) for k in one["customer"].to_pylist()]))
            for one in (history.snapshots, history.contracts, history.initiatives)
        )
        return History(MODEL, *tables)

    numbers = keyed(small(), lambda key: int(key[2:]) - 4)
    wanted = bytes(numbers.seen())
    texts = keyed(small(), lambda key: str(int(key[2:]) - 4))
    assert bytes(texts.seen()) == wanted
    mixed = History(MODEL, numbers.snapshots, texts.contracts, numbers.initiatives)
    assert bytes(mixed.counted(spark, partitions=5)) == wanted
    frame = spark.createDataFrame(texts.snapshots)
    rows = spark.createDataFrame(numbers.contracts)
    talks = spark.createDataFrame(texts.initiatives)
    for kind in ("smallint", "binary"):
        cast = frame.withColumn("customer", f.col("customer").cast(kind))
        found = aiueo.spark.evidence(cast, rows, MODEL, initiatives=talks, partitions=3)
        assert bytes(found) == wanted, kind

    def either(key: str) -> str:
        number = int(key[2:])
        return f"{'Cc'[number % 2]}-{number // 2}"

    # Keys that a collation would have for the same are different customers.
    cased = keyed(small(), either)
    collated = [
        spark.createDataFrame(one).withColumn("customer", f.expr("customer collate UTF8_LCASE"))
        for one in (cased.snapshots, cased.contracts, cased.initiatives)
    ]
    found = aiueo.spark.evidence(*collated[:2], MODEL, initiatives=collated[2], partitions=1)
    assert bytes(found) == bytes(cased.seen()) and found.counts["customers"] == 12


def test_columns_of_any_type(spark: Any) -> None:
    history = small()
    wanted = bytes(history.seen())
    tables = (history.snapshots, history.contracts, history.initiatives)
    snapshots, contracts, initiatives = (spark.createDataFrame(one) for one in tables)
    for name, kind in (("unread", "decimal(9,2)"), ("as_of", "string"), ("nps@", "timestamp_ntz")):
        snapshots = snapshots.withColumn(name, f.col(f"`{name}`").cast(kind))
    for name, kind in (("start", "string"), ("mrr_before", "decimal(12,0)"), ("mrr_after", "int")):
        contracts = contracts.withColumn(name, f.col(name).cast(kind))
    contracts = contracts.withColumn("notes", f.array(f.lit(1)))
    initiatives = initiatives.withColumn("date", f.col("date").cast("string"))
    found = aiueo.spark.evidence(snapshots, contracts, MODEL, initiatives=initiatives, partitions=2)
    assert bytes(found) == wanted


def test_columns_that_are_missing_and_texts_that_mean_nothing(spark: Any) -> None:
    history = small(plan=["?", "pro", "trial"] * 16)
    history.snapshots = history.snapshots.drop_columns(["unread"])
    options = {"missing_columns": "unknown", "null_texts": ["?"]}
    wanted = bytes(history.seen(**options))
    assert wanted != bytes(history.seen(missing_columns="unknown"))
    assert bytes(history.counted(spark, partitions=2, **options)) == wanted


# ── money over time ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def paid() -> History:
    """A simulated portfolio with its ledger, and customers who left before the snapshots begin."""
    made = aiueo.sim.simulate(customers=150, months=15, seed=6)
    names = ("snapshots", "contracts", "initiatives", "ranks", "ledger")
    return History(made.model(), *(without_dictionaries(made.tables[n].to_arrow()) for n in names))


@pytest.mark.parametrize("partitions", [1, 7, None])
def test_a_simulated_ledger_in_any_partitions(
    spark: Any, paid: History, partitions: int | None
) -> None:
    wanted = paid.seen()
    assert wanted.counts["payers"] > 100 and wanted.counts["payers_unseen"] > 5
    found = paid.counted(spark, partitions=partitions)
    assert bytes(found) == bytes(wanted) and found.counts == wanted.counts


@pytest.mark.parametrize("kind", ["arrow", "pandas", "lists", "dictionaries", "rows"])
def test_customers_of_a_table_of_the_driver_are_counted_once(
    spark: Any, paid: History, kind: str
) -> None:
    made: dict[str, Callable[[Any], Any]] = {
        "arrow": lambda table: table,
        "pandas": lambda table: table.to_pandas(),
        "lists": lambda table: table.to_pydict(),
        "dictionaries": lambda table: with_column(
            table, "customer", table["customer"].dictionary_encode()
        ),
        "rows": lambda table: table.to_pylist(),
    }
    frame = spark.createDataFrame(paid.snapshots)
    wanted = paid.seen(initiatives=None, ranks=None)
    contracts, ledger = made[kind](paid.contracts), made[kind](paid.ledger)
    found = aiueo.spark.evidence(frame, contracts, paid.model, ledger=ledger, partitions=3)
    assert bytes(found) == bytes(wanted)
    rows = spark.createDataFrame(paid.contracts)
    found = aiueo.spark.evidence(frame, rows, paid.model, ledger=ledger, partitions=4)
    assert bytes(found) == bytes(wanted)
    # Without a ledger the contracts tell, if it is said until when.
    options = {"ledger": None, "data_until": "2026-01-31"}
    wanted = paid.seen(initiatives=None, ranks=None, **options)
    assert wanted.counts["payers_unseen"] > 5
    found = aiueo.spark.evidence(frame, contracts, paid.model, **options, partitions=3)
    assert bytes(found) == bytes(wanted)


def test_a_ledger_of_columns_of_any_type(spark: Any) -> None:
    history = small()
    history.ledger = small_ledger()
    wanted = history.seen()
    assert wanted.counts["payers_unseen"] == 7
    ledger = history.ledger
    noon = pa.array([one.isoformat() + "T12:00:00Z" for one in ledger["start"].to_pylist()])
    frames = [spark.createDataFrame(one) for one in (history.snapshots, history.contracts)]
    talks = spark.createDataFrame(history.initiatives)
    for table in (
        with_column(ledger, "start", ledger["start"].cast(pa.timestamp("ns"))),
        with_column(ledger, "start", ledger["start"].cast(pa.date64())),
        with_column(ledger, "start", noon),
        with_column(ledger, "start", pa.array([f"{one[:-1]}+00:00" for one in noon.to_pylist()])),
        with_column(ledger, "mrr", ledger["mrr"].cast(pa.uint64())),
        with_column(ledger, "mrr", ledger["mrr"].cast(pa.float32())),
        with_column(ledger, "mrr", ledger["mrr"].cast(pa.decimal128(21, 2))),
        with_column(ledger, "customer", ledger["customer"].cast(pa.large_string())),
        with_column(ledger, "customer", ledger["customer"].cast(pa.string_view())),
        with_column(ledger, "customer", ledger["customer"].cast(pa.binary())),
        ledger.append_column("notes", pa.array([[1]] * len(ledger))),
    ):
        found = aiueo.spark.evidence(*frames, MODEL, initiatives=talks, ledger=table, partitions=2)
        assert bytes(found) == bytes(wanted), table.schema
    zoned = pa.array([one.isoformat() for one in ledger["start"].to_pylist()])
    instants = zoned.cast(pa.timestamp("ms")).cast(pa.timestamp("ms", "UTC"))
    table = with_column(ledger, "start", instants)
    found = aiueo.spark.evidence(*frames, MODEL, initiatives=talks, ledger=table, partitions=2)
    assert bytes(found) == bytes(wanted)
    frame = spark.createDataFrame(ledger)
    for name, kind in (("start", "string"), ("end", "timestamp_ntz"), ("mrr", "decimal(9,0)")):
        frame = frame.withColumn(name, f.col(name).cast(kind))
    found = aiueo.spark.evidence(*frames, MODEL, initiatives=talks, ledger=frame, partitions=2)
    assert bytes(found) == bytes(wanted)


def test_until_when(spark: Any) -> None:
    history = small()
    assert bytes(history.counted(spark, partitions=2)) == bytes(history.seen())
    until = {"data_until": DAY - datetime.timedelta(days=20)}
    contracts_alone = history.seen(**until)
    assert bytes(contracts_alone) != bytes(history.seen())
    assert bytes(history.counted(spark, partitions=2, **until)) == bytes(contracts_alone)
    history.ledger = small_ledger()
    wanted = bytes(history.seen())
    assert bytes(history.seen(data_until=DAY)) == wanted != bytes(history.seen(**until))
    before = jobs(spark)
    assert bytes(history.counted(spark, partitions=2, data_until=str(DAY))) == wanted
    with_date = jobs(spark) - before
    assert bytes(history.counted(spark, partitions=2)) == wanted
    assert jobs(spark) - before > 2 * with_date  # that looks for the latest snapshot
    # Dates as text; one that means nothing by what the caller says is the caller's error.
    history.snapshots = with_column(
        history.snapshots, "as_of", history.snapshots["as_of"].cast(pa.string())
    )
    assert bytes(history.counted(spark, partitions=2)) == wanted
    history.snapshots = with_value(history.snapshots, "as_of", 5, "soon")
    with pytest.raises(aiueo.DataError, match=r'customer c-01, column "as_of": "soon"'):
        history.counted(spark, partitions=2)


def test_customers_without_snapshots_in_partitions_of_their_own(spark: Any) -> None:
    history = small(3)
    history.ledger = small_ledger(3, others=40)
    wanted = history.seen()
    assert wanted.counts["payers_unseen"] == 40
    assert bytes(history.counted(spark, partitions=17)) == bytes(wanted)
    history.snapshots = history.snapshots.slice(0, 0)
    nobody = history.seen(data_until=DAY)
    assert nobody.counts["payers_unseen"] == 43
    frames = [spark.createDataFrame(one) for one in (small(3).snapshots, history.contracts)]
    nothing = frames[0].where("customer = 'nobody'")
    options = {"ledger": history.ledger, "initiatives": history.initiatives, "partitions": 2}
    found = aiueo.spark.evidence(nothing, frames[1], MODEL, data_until=DAY, **options)
    assert bytes(found) == bytes(nobody)
    with pytest.raises(aiueo.ArgumentError, match="a ledger needs data_until"):
        aiueo.spark.evidence(nothing, frames[1], MODEL, **options)


def test_a_ledger_that_is_wrong(spark: Any) -> None:
    history = small()
    history.ledger = with_value(small_ledger(), "mrr", 7, -1)
    with pytest.raises(aiueo.DataError, match=r"^ledger, row .*customer c-07.*is negative"):
        history.counted(spark, partitions=3)
    frames = [spark.createDataFrame(one) for one in (history.snapshots, history.contracts)]
    plan = aiueo.load(MODEL)
    before = jobs(spark)
    with pytest.raises(aiueo.DataError, match=r"^ledger, row 8, .*is negative"):
        aiueo.spark.evidence(*frames, plan, ledger=history.ledger)
    with pytest.raises(aiueo.DataError, match='ledger, column "mrr": is not there'):
        aiueo.spark.evidence(
            *frames, plan, ledger=spark.createDataFrame(small_ledger()).drop("mrr")
        )
    with pytest.raises(aiueo.ArgumentError, match="ledger that is prepared cannot travel"):
        aiueo.spark.evidence(*frames, plan, ledger=plan.ledger(small_ledger()))
    with pytest.raises(aiueo.DataError, match=r"^data_until: "):
        aiueo.spark.evidence(*frames, plan, data_until="soon")
    assert jobs(spark) == before


def test_what_is_doubtful_is_told_of_shuffled_tables_of_the_driver(spark: Any) -> None:
    history = small()
    mrr = [None if k % 4 == 0 else 100 for k in range(12)]
    contracts = with_column(history.contracts, "mrr_before", pa.array(mrr, pa.int64()))
    frame = spark.createDataFrame(history.snapshots)
    with pytest.warns(aiueo.DataWarning) as found:
        aiueo.spark.evidence(frame, contracts, MODEL, ledger=small_ledger(), partitions=5)
    mine = [one for one in found if one.category is aiueo.DataWarning]
    assert ["3 of 12 contracts lack an MRR" in str(one.message) for one in mine] == [True]


# ── what is doubtful, what is wrong ──────────────────────────────────────────────────────────


def test_what_is_doubtful_is_told_once(spark: Any) -> None:
    history = small(40)
    mrr = [None if k % 4 == 0 else 100 for k in range(40)]
    history.contracts = with_column(history.contracts, "mrr_before", pa.array(mrr, pa.int64()))
    twin = with_column(
        history.contracts.slice(0, 9), "start", pa.array([datetime.date(2025, 5, 1)] * 9)
    )
    history.contracts = pa.concat_tables([history.contracts, twin])
    history.initiatives = with_column(
        history.initiatives, "initiative", pa.array(["talks", "walk"] * 20)
    )
    plan = aiueo.load(MODEL)
    with warnings.catch_warnings(record=True) as wanted:
        warnings.simplefilter("always")
        plan.evidence(history.snapshots, history.contracts, initiatives=history.initiatives)
    texts = sorted(str(one.message) for one in wanted)
    assert len(texts) == 3 and "talks" in texts[-1]
    plain = (history.contracts, history.initiatives)
    frames = tuple(spark.createDataFrame(one) for one in plain)
    for contracts, initiatives in (frames, plain):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            aiueo.spark.evidence(
                spark.createDataFrame(history.snapshots),
                contracts,
                MODEL,
                initiatives=initiatives,
                partitions=9,
            )
        mine = [one for one in found if one.category is aiueo.DataWarning]
        assert sorted(str(one.message) for one in mine) == texts
        assert {one.filename for one in mine} == {__file__}


def test_an_initiative_that_one_partition_has_is_not_missed(spark: Any) -> None:
    history = small(6)
    history.initiatives = history.initiatives.slice(0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", aiueo.DataWarning)
        found = history.counted(spark, partitions=9)
    assert bytes(found) == bytes(history.seen())


def test_leaks(spark: Any) -> None:
    history = small()
    late = pa.array([DAY + datetime.timedelta(days=30)] * 48)
    history.snapshots = with_column(history.snapshots, "nps@", late)
    wanted = history.seen(drop_leaks=True)
    assert wanted.counts["leaked"] > 5
    found = history.counted(spark, drop_leaks=True, partitions=3)
    assert bytes(found) == bytes(wanted) and found.drop_leaks
    with pytest.raises(aiueo.DataError) as raised:
        history.counted(spark, partitions=3)
    said = str(raised.value)
    assert raised.value.status == "bad_value" and "after the cutoff" in said
    assert "customer c-0" in said and 'column "nps"' in said
    assert "(rows counted within partition " in said


@pytest.mark.parametrize(
    ("table", "column", "row", "value", "said"),
    [
        ("snapshots", "logins", 17, "many", 'customer c-04, column "logins": "many"'),
        ("snapshots", "customer", 17, None, 'column "customer": the customer\'s key is missing'),
        ("snapshots", "as_of", 17, None, 'customer c-04, column "as_of"'),
        ("snapshots", "as_of", 17, DAY, "customer c-04: has a second snapshot of 2026-01-31"),
        ("contracts", "outcome", 7, "renewd", 'customer c-07, column "outcome": "renewd" is not'),
        ("contracts", "end", 7, datetime.date(2025, 1, 1), "customer c-07, column \"end\""),
        ("contracts", "mrr_before", 7, -1, "customer c-07, column \"mrr_before\": is negative"),
        ("contracts", "customer", 7, None, 'column "customer": the customer\'s key is missing'),
        ("initiatives", "date", 7, "soon", 'customer c-07, column "date": "soon"'),
    ],
)  # fmt: skip
def test_a_value_that_is_wrong(
    spark: Any, table: str, column: str, row: int, value: Any, said: str
) -> None:
    history = small()
    setattr(history, table, with_value(getattr(history, table), column, row, value))
    with pytest.raises(aiueo.DataError) as wanted:
        history.seen()
    with pytest.raises(aiueo.DataError) as raised:
        history.counted(spark, partitions=3)
    assert raised.value.status == wanted.value.status
    assert str(raised.value).startswith(f"{table}, row ") and said in str(raised.value)


def test_a_contract_that_is_there_twice(spark: Any) -> None:
    history = small()
    history.contracts = pa.concat_tables([history.contracts, history.contracts.slice(4, 1)])
    with pytest.raises(aiueo.DataError, match="customer c-04: this customer already has") as raised:
        history.counted(spark, partitions=5)
    assert raised.value.status == "duplicate_row"


def test_of_several_errors_the_first_partition_has_the_word(spark: Any) -> None:
    history = small()
    history.contracts = with_column(history.contracts, "outcome", pa.array(["gone"] * 12))
    said = set()
    for _ in range(2):
        with pytest.raises(aiueo.DataError) as raised:
            history.counted(spark, partitions=6)
        said.add(str(raised.value).partition(" (")[2])
    assert len(said) == 1


def test_what_does_not_bind_is_refused_before_a_task(spark: Any) -> None:
    history = small()
    frame, rows = (spark.createDataFrame(one) for one in (history.snapshots, history.contracts))
    plan = aiueo.load(MODEL)
    before = jobs(spark)
    broken = {**MODEL, "segments": ["plam"]}
    with pytest.raises(aiueo.ModelError, match="did you mean"):
        aiueo.spark.evidence(frame, rows, broken)
    for snapshots, contracts, said in (
        (frame.drop("customer"), rows, 'snapshots, column "customer": is not there'),
        (frame.drop("as_of"), rows, 'snapshots, column "as_of": is not there'),
        (frame.drop("plan"), rows, 'snapshots, column "plan": is not there'),
        (frame.withColumn("customer", f.lit(1.5)), rows, "a customer's key cannot be"),
        (frame.withColumn("unread", f.array(f.lit(1))), rows, '"unread": the column is array<int>'),
        (frame, rows.drop("outcome"), 'contracts, column "outcome": is not there'),
        (frame, rows.withColumn("start", f.lit(1.5)), 'contracts, column "start"'),
        (frame, history.contracts.drop_columns(["end"]), 'contracts, column "end": is not there'),
        (frame, with_value(history.contracts, "outcome", 3, "gone"), "contracts, row 4, "),
    ):
        with pytest.raises(aiueo.DataError) as raised:
            aiueo.spark.evidence(snapshots, contracts, plan)
        assert said in str(raised.value)
    with pytest.raises(aiueo.ArgumentError, match="contracts that are prepared cannot travel"):
        aiueo.spark.evidence(frame, plan.contracts(history.contracts), plan)
    with pytest.raises(aiueo.ArgumentError, match="partitions is 0"):
        aiueo.spark.evidence(frame, rows, plan, partitions=0)
    with pytest.raises(aiueo.ArgumentError, match="missing_columns"):
        aiueo.spark.evidence(frame, rows, plan, missing_columns="none")
    with pytest.raises(TypeError, match=r"Table, no Spark DataFrame; .*\.evidence\(\)"):
        aiueo.spark.evidence(history.snapshots, rows, plan)
    with pytest.raises(TypeError, match="contracts is NoneType"):
        aiueo.spark.evidence(frame, None, plan)
    assert jobs(spark) == before


# ── workers ──────────────────────────────────────────────────────────────────────────────────


def test_a_worker_loads_the_plan_once_and_survives_errors(spark: Any) -> None:
    history = small()
    history.model = {**MODEL, "name": "evidence, loaded once"}
    for _ in range(2):
        history.counted(spark, partitions=8)
    pids = {pid for pid, _ in marks(spark, True)}
    assert len(pids) == 2
    before = {pid: most(marks(spark, False), pid) for pid in pids}
    assert min(before.values()) >= 1
    # Refused before the snapshots of its partition are read.
    wrong = with_value(history.contracts, "outcome", 3, "gone")
    with pytest.raises(aiueo.DataError, match="gone"):
        History(history.model, history.snapshots, wrong, history.initiatives).counted(
            spark, partitions=2
        )
    assert bytes(history.counted(spark, partitions=4)) == bytes(history.seen())
    after = marks(spark, False)
    assert {pid: most(after, pid) for pid in pids} == before


def test_large_parcels_and_scorers_travel(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiueo.spark._frames._BROADCAST_FROM", 1)
    history = small()
    axes = {**MODEL["axes"], "U": {"components": {"own": {"scorer": "own", "metrics": ["logins"]}}}}
    model = {**MODEL, "axes": axes}
    frames = [spark.createDataFrame(one) for one in (history.snapshots, history.contracts)]
    plan = aiueo.load(model, {"own": lambda logins: logins * 5})
    wanted = bytes(plan.evidence(history.snapshots, history.contracts))
    assert bytes(aiueo.spark.evidence(*frames, plan, partitions=2)) == wanted

    def fail(logins: Any) -> Any:
        if len(logins):
            raise RuntimeError("the scorer gave up")
        return logins

    with pytest.raises(PythonException, match="the scorer gave up"):
        aiueo.spark.evidence(*frames, model, scorers={"own": fail})


def test_another_version_on_a_worker(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiueo.spark._frames.version", lambda: "0.0.0")
    history = small()
    history.model = {**MODEL, "name": "evidence from another version"}
    with pytest.raises(aiueo.LibraryError, match=f"has aiueo {aiueo.version()}, the driver 0.0.0"):
        history.counted(spark)


def test_doubts_add_up() -> None:
    """However parts are put together, and what has no count is told as it is."""
    one, other, both = Told(), Told(), Told()
    one._add("contracts", 5, {"contracts lack an MRR": 2, "is odd": 0})
    other._add("contracts", 7, {"contracts lack an MRR": 3})
    other._add("initiatives", 1, {})
    other.initiatives.add("talk")
    for part in (other, one):
        both.add(str(part))
    assert json.loads(str(both)) == {
        "rows": {"contracts": 12, "initiatives": 1},
        "found": {"contracts": {"contracts lack an MRR": 5, "is odd": 0}, "initiatives": {}},
        "initiatives": ["talk"],
    }
    with pytest.warns(aiueo.DataWarning) as found:
        both.warn(aiueo.load(MODEL))
    assert [str(w.message) for w in found] == ["5 of 12 contracts lack an MRR", "is odd"]
