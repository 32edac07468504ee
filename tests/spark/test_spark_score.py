"""Scores made on a cluster of two worker processes are those of one process, to the bit."""

from __future__ import annotations

import datetime
import os
import warnings
from collections.abc import Iterator
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
from cluster import jobs, marks, most  # noqa: E402
from pyspark.errors import PythonException  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402
from tables import GOLDEN, assert_same, golden_table, rows_of, without_dictionaries  # noqa: E402

pytestmark = pytest.mark.filterwarnings(cluster.IGNORE)
DAY = datetime.date(2026, 11, 21)
MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "small",
    "currency": "JPY",
    "metrics": {
        "logins": {"type": "number", "min": 0, "max": 1000},
        "mrr": {"type": "money"},
        "done": {"type": "flag"},
        "plan": {"type": "category"},
        "seen": {"type": "date"},
    },
    "axes": {
        "U": {
            "components": {
                "logins": {"metric": "logins", "curve": [[0, 0], [7, 40], [90, 100]]},
                "seen": {"metric": "seen", "days_since": [[0, 100], [90, 0]]},
            }
        },
        "I": {
            "components": {
                "done": {"metric": "done"},
                "plan": {"metric": "plan", "table": {"pro": 90, "trial": 30}, "weight": 3},
                "mrr": {"metric": "mrr", "curve": [[0, 0], [700, 100]]},
            }
        },
    },
    "ladders": {"stage": [{"name": "Low"}, {"name": "High", "when": "U >= 50"}]},
}


@pytest.fixture(scope="session")
def spark() -> Any:
    return cluster.session()


@pytest.fixture(scope="session")
def world() -> Any:
    out = aiueo.sim.simulate(customers=400, months=6, seed=5)
    snapshots = without_dictionaries(out.snapshots.to_arrow())
    initiatives = without_dictionaries(out.initiatives.to_arrow())
    model = out.model()
    wanted = aiueo.load(model).score(snapshots, initiatives=initiatives, detail=True).to_arrow()
    return model, snapshots, initiatives, wanted


def small(rows: int = 40) -> Any:
    return pa.table(
        {
            "customer": [f"c-{k}" for k in range(rows)],
            "as_of": [DAY] * rows,
            "logins": [None if k % 9 == 0 else k * 1.25 for k in range(rows)],
            "mrr": pa.array([k * 11 for k in range(rows)], pa.int64()),
            "done": [None if k % 5 == 0 else k % 2 == 0 for k in range(rows)],
            "plan": [("pro", "trial", None, "other")[k % 4] for k in range(rows)],
            "seen": [DAY - datetime.timedelta(days=3 * k) for k in range(rows)],
        }
    )


def failure_of(frame: Any) -> str:
    with pytest.raises(PythonException) as raised:
        frame.collect()
    return str(raised.value)


# ── sameness ─────────────────────────────────────────────────────────────────────────────────


def test_two_worker_processes_take_part(spark: Any) -> None:
    def probe(batches: Iterator[Any]) -> Iterator[Any]:
        import time

        for batch in batches:
            time.sleep(0.2)
            yield pa.record_batch({"pid": [os.getpid()] * batch.num_rows})

    found = spark.range(0, 8, 1, 8).mapInArrow(probe, "pid long").distinct().count()
    assert found == 2


@pytest.mark.parametrize(
    "case", ["hr-saas", "random-5", "initiatives-window", "time-zone-new-york", "japanese-texts"]
)
def test_golden_scores(spark: Any, case: str) -> None:
    folder = GOLDEN / "scores" / case
    snapshots = golden_table(folder / "snapshots.csv")
    initiatives = None
    if (folder / "initiatives.csv").exists():
        initiatives = golden_table(folder / "initiatives.csv")
    model = str(folder / "model.json")
    plan = aiueo.load(model)
    wanted = plan.score(snapshots, initiatives=initiatives, detail=True).to_arrow()
    frame = spark.createDataFrame(snapshots).repartition(3)
    if initiatives is not None:
        initiatives = spark.createDataFrame(initiatives)
    found = aiueo.spark.score(frame, model, initiatives=initiatives, detail=True).toArrow()
    assert_same(found, without_dictionaries(wanted))
    # What the reference says, apart from the core's single process.
    expected = golden_table(folder / "expected.csv")
    assert [row[0] for row in rows_of(found)] == [row[0] for row in rows_of(expected)]
    overall = found.column_names.index("overall")
    bits = [row[overall] or "" for row in rows_of(found)]
    assert bits == [row[overall] for row in rows_of(expected)]


@pytest.mark.parametrize("shape", ["one", "many", "shuffled", "by customer", "descending"])
def test_a_simulated_portfolio_in_any_partitions_and_order(
    spark: Any, world: Any, shape: str
) -> None:
    model, snapshots, initiatives, wanted = world
    frame = spark.createDataFrame(snapshots)
    frame = {
        "one": lambda: frame.coalesce(1),
        "many": lambda: frame.repartition(13),
        "shuffled": lambda: frame.orderBy(f.rand(7)),
        "by customer": lambda: frame.repartition(5, "customer"),
        "descending": lambda: frame.repartition(3).sortWithinPartitions(f.desc("as_of")),
    }[shape]()
    scores = aiueo.spark.score(frame, model, initiatives=initiatives, detail=True)
    assert_same(scores.toArrow(), without_dictionaries(wanted))


@pytest.mark.parametrize("partitions", [1, 6])
def test_initiatives_as_a_frame_come_to_their_customers(
    spark: Any, world: Any, partitions: int
) -> None:
    model, snapshots, initiatives, wanted = world
    frame = spark.createDataFrame(snapshots).repartition(partitions)
    rows = spark.createDataFrame(initiatives).orderBy(f.rand(3))
    scores = aiueo.spark.score(frame, model, initiatives=rows, detail=True, keep=["mrr"])
    found = scores.toArrow()
    assert_same(found.drop_columns(["mrr"]), without_dictionaries(wanted))
    kept = dict(zip(zip(*(found[k].to_pylist() for k in ("customer", "as_of"))), found["mrr"]))
    assert kept == dict(
        zip(zip(*(snapshots[k].to_pylist() for k in ("customer", "as_of"))), snapshots["mrr"])
    )


def test_initiatives_of_nobody_and_of_no_rows(spark: Any, world: Any) -> None:
    model, snapshots, initiatives, _ = world
    plan = aiueo.load(model)
    frame = spark.createDataFrame(snapshots)
    for some in (initiatives.slice(0, 0), initiatives.slice(0, 1)):
        with warnings.catch_warnings():  # that no row has a name is known where all rows are
            warnings.simplefilter("ignore", aiueo.DataWarning)
            wanted = plan.score(snapshots, initiatives=some).to_arrow()
        rows = spark.createDataFrame(some, schema=spark.createDataFrame(initiatives).schema)
        found = aiueo.spark.score(frame, plan, initiatives=rows).toArrow()
        assert_same(found, without_dictionaries(wanted))


def test_churnsim(spark: Any, tmp_path: Path) -> None:
    from churnsim import churnsim

    model, snapshots = churnsim()
    wanted = aiueo.load(model).score(snapshots, detail=True).to_arrow()
    path = str(tmp_path / "parquet")
    spark.createDataFrame(without_dictionaries(snapshots)).repartition(4).write.parquet(path)
    found = aiueo.spark.score(spark.read.parquet(path), model, detail=True).toArrow()
    assert found.num_rows == 25563
    assert_same(found, without_dictionaries(wanted))


# ── tables ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "types"),
    [
        ("logins", ["float", "string", "decimal(10,2)", "double"]),
        ("mrr", ["int", "smallint", "string", "decimal(12,0)", "double", "float"]),
        ("done", ["tinyint", "string", "int"]),
        ("plan", ["varchar(9)", "binary"]),
        ("seen", ["string", "timestamp_ntz"]),
        ("as_of", ["string", "timestamp", "timestamp_ntz"]),
        ("customer", ["binary", "varchar(9)"]),
    ],
)
def test_a_column_of_any_type_that_holds_the_values(
    spark: Any, column: str, types: list[str]
) -> None:
    model = {**MODEL, "time_zone": "Asia/Tokyo"}  # that of the session, which shows timestamps
    table = small()
    wanted = without_dictionaries(aiueo.load(model).score(table).to_arrow())
    frame = spark.createDataFrame(table)
    for kind in types:
        other = frame.withColumn(column, f.col(column).cast(kind))
        assert kind in ("varchar(9)", other.schema[column].dataType.simpleString())
        assert_same(aiueo.spark.score(other, model).toArrow(), wanted)


def test_whole_numbers_are_keys_too(spark: Any, world: Any) -> None:
    model, snapshots, initiatives, _ = world
    plan = aiueo.load(model)
    numbers = pa.array([int(k.split("-")[1]) for k in snapshots["customer"].to_pylist()])
    texts = pa.array([str(int(k.split("-")[1])) for k in initiatives["customer"].to_pylist()])
    snapshots = snapshots.set_column(0, "customer", numbers)
    initiatives = initiatives.set_column(0, "customer", texts)
    wanted = plan.score(snapshots, initiatives=initiatives).to_arrow()
    rows = spark.createDataFrame(initiatives)
    found = aiueo.spark.score(spark.createDataFrame(snapshots), plan, initiatives=rows)
    assert_same(found.toArrow(), without_dictionaries(wanted))


def test_null_columns_empty_partitions_and_no_rows(spark: Any) -> None:
    table = small(3).drop_columns(["logins", "done"])
    frame = spark.createDataFrame(table).withColumn("logins", f.lit(None))
    frame = frame.withColumn("done", f.lit(None).cast("boolean")).repartition(8)
    nulls = small(3)
    for name in ("logins", "done"):
        at = nulls.column_names.index(name)
        nulls = nulls.set_column(at, name, pa.nulls(3, nulls[name].type))
    wanted = without_dictionaries(aiueo.load(MODEL).score(nulls).to_arrow())
    scores = aiueo.spark.score(frame, MODEL)
    assert scores.rdd.getNumPartitions() == 8
    assert_same(scores.toArrow(), wanted)

    nothing = aiueo.spark.score(spark.createDataFrame(small()).limit(0), MODEL, detail=True)
    assert nothing.count() == 0
    detailed = without_dictionaries(aiueo.load(MODEL).score(small(), detail=True).to_arrow())
    assert nothing.columns == detailed.column_names


def test_the_schema_is_that_of_the_scores_table(spark: Any) -> None:
    scores = aiueo.spark.score(spark.createDataFrame(small()), MODEL, detail=True)
    before = jobs(spark)
    table = aiueo.load(MODEL).score(small(), detail=True).to_arrow()
    wanted = {
        pa.string(): "string",
        pa.date32(): "date",
        pa.float64(): "double",
        pa.bool_(): "boolean",
        pa.uint32(): "bigint",
    }
    assert scores.dtypes == [
        (field.name, wanted[getattr(field.type, "value_type", field.type)])
        for field in table.schema
    ]
    assert jobs(spark) == before


def test_columns_that_differ_in_case_or_have_dots(spark: Any) -> None:
    table = small()
    frame = spark.createDataFrame(
        table.append_column("PLAN", pa.array(["x"] * 40)).append_column(
            "a.b c`d", pa.array(range(40))
        )
    )
    wanted = without_dictionaries(aiueo.load(MODEL).score(table).to_arrow())
    found = aiueo.spark.score(frame, MODEL, keep=["a.b c`d"]).toArrow()
    assert sorted(found["a.b c`d"].to_pylist()) == list(range(40))
    assert_same(found.drop_columns(["a.b c`d"]), wanted)
    for keep, said in (
        (["customer"], '"customer" is a column of the scores'),
        (["PLAN", "PLAN"], '"PLAN" is a column of the scores, or is kept twice'),
        ("nothing", '"nothing" is not there'),
    ):
        with pytest.raises(aiueo.ArgumentError, match=said):
            aiueo.spark.score(frame, MODEL, keep=keep)


def test_one_date_for_all_rows_and_no_keys(spark: Any) -> None:
    table = small().drop_columns(["as_of", "customer"])
    wanted = aiueo.load(MODEL).score(table, as_of=DAY).to_arrow()
    found = aiueo.spark.score(spark.createDataFrame(table).coalesce(1), MODEL, as_of=DAY).toArrow()
    assert found.equals(without_dictionaries(wanted))


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────


def test_a_model_that_fails_says_so_once_and_runs_no_task(spark: Any) -> None:
    broken = {**MODEL, "metrics": {**MODEL["metrics"], "logins": {"type": "nummer"}}}
    frame = spark.createDataFrame(small()).repartition(4)
    before = jobs(spark)
    with pytest.raises(aiueo.ModelError) as raised:
        aiueo.load(broken)
    with pytest.raises(aiueo.ModelError) as on_spark:
        aiueo.spark.score(frame, broken)
    assert str(on_spark.value) == str(raised.value)
    assert jobs(spark) == before


def test_a_table_that_does_not_bind_is_refused_before_a_task(spark: Any) -> None:
    frame = spark.createDataFrame(small())
    before = jobs(spark)
    for bad, said in (
        (frame.drop("logins"), 'the model needs column "logins", which is not there'),
        (frame.withColumn("logins", f.col("seen")), '"logins": a number metric cannot be read'),
        (frame.withColumn("logins", f.array(f.lit(1))), '"logins": the column is array<int>; cast'),
        (frame.withColumn("customer", f.lit(1.5)), "a customer's key cannot be"),
        (frame.select("*", f.lit(2).alias("mrr")), '"mrr"'),
    ):
        with pytest.raises(aiueo.DataError) as raised:
            aiueo.spark.score(bad, MODEL)
        assert said in str(raised.value)
    with pytest.raises(TypeError, match=r"Table, no Spark DataFrame"):
        aiueo.spark.score(small(), MODEL)
    with pytest.raises(aiueo.ArgumentError, match="check is 'some'"):
        aiueo.spark.score(frame, MODEL, check="some")
    with pytest.raises(aiueo.ArgumentError, match="missing_columns"):
        aiueo.spark.score(frame, MODEL, missing_columns="none")
    assert jobs(spark) == before


def test_initiatives_that_do_not_bind_are_refused_before_a_task(spark: Any, world: Any) -> None:
    model, snapshots, initiatives, _ = world
    frame = spark.createDataFrame(snapshots)
    rows = spark.createDataFrame(initiatives)
    before = jobs(spark)
    plan = aiueo.load(model)
    for bad, said in (
        (rows.drop("date"), '"date"'),
        (rows.withColumn("date", f.lit(1.5)), '"date"'),
        (initiatives.drop_columns(["initiative"]), '"initiative"'),
    ):
        with pytest.raises(aiueo.DataError) as raised:
            aiueo.spark.score(frame, plan, initiatives=bad)
        assert "initiatives" in str(raised.value) and said in str(raised.value)
    with pytest.raises(aiueo.ArgumentError, match="prepared cannot travel"):
        aiueo.spark.score(frame, plan, initiatives=plan.initiatives(initiatives))
    assert jobs(spark) == before


def test_a_value_that_is_wrong_fails_its_task_with_the_sentence(spark: Any) -> None:
    table = small()
    texts = [str(v) for v in table["logins"].to_pylist()]
    texts[31] = "many"
    table = table.set_column(2, "logins", pa.array([None if t == "None" else t for t in texts]))
    frame = spark.createDataFrame(table).coalesce(1)
    with pytest.raises(aiueo.DataError) as raised:
        aiueo.load(MODEL).score(table)
    said = failure_of(aiueo.spark.score(frame, MODEL))
    assert f"aiueo._errors.DataError: {raised.value} (rows counted within partition 0)" in said
    assert "many" in str(raised.value)


def test_two_rows_of_one_customer_and_date(spark: Any) -> None:
    table = pa.concat_tables([small(), small().slice(7, 1)])
    frame = spark.createDataFrame(table)
    together, apart = frame.coalesce(1), frame.repartition(41)
    said = failure_of(aiueo.spark.score(together, MODEL))
    assert "this customer already has a row for 2026-11-21" in said
    assert aiueo.spark.score(together, MODEL, check=False).count() == 41
    split = frame.where("customer != 'c-7'").unionByName(spark.createDataFrame(small().slice(7, 1)))
    assert aiueo.spark.score(split, MODEL, check="all").count() == 40
    split = split.unionByName(spark.createDataFrame(small().slice(7, 1)))
    assert aiueo.spark.score(split, MODEL).count() == 41
    with pytest.raises(aiueo.DataError, match="c-7: there are 2 rows for 2026-11-21") as raised:
        aiueo.spark.score(split, MODEL, check="all")
    assert raised.value.status == "duplicate_row"
    assert apart.count() == 41


def test_a_key_that_is_missing(spark: Any) -> None:
    frame = spark.createDataFrame(small()).withColumn(
        "customer", f.when(f.col("customer") != "c-3", f.col("customer"))
    )
    assert "the customer's key is missing" in failure_of(aiueo.spark.score(frame, MODEL))


# ── workers ──────────────────────────────────────────────────────────────────────────────────


def test_a_worker_loads_the_plan_once(spark: Any) -> None:
    """A plan that is marked in a worker is still the one that a later job finds there."""
    model = {**MODEL, "name": "loaded once"}
    frame = spark.createDataFrame(small()).repartition(8)
    for _ in range(2):
        assert aiueo.spark.score(frame, model).count() == 40
    pids = {pid for pid, _ in marks(spark, True)}
    assert len(pids) == 2
    before = {pid: most(marks(spark, False), pid) for pid in pids}
    assert min(before.values()) >= 1
    assert aiueo.spark.score(frame, model, detail=True).count() == 40
    assert aiueo.spark.score(frame, dict(model)).toArrow().num_rows == 40
    after = marks(spark, False)
    assert {pid for pid, _ in after} == pids
    assert {pid: most(after, pid) for pid in pids} == before
    assert aiueo.spark.score(frame, {**MODEL, "name": "another"}).toArrow().num_rows == 40
    assert {pid: most(marks(spark, False), pid) for pid in pids} == before


def test_a_large_parcel_is_broadcast(
    spark: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, snapshots, initiatives, wanted = world
    monkeypatch.setattr("aiueo.spark._frames._BROADCAST_FROM", 1)
    frame = spark.createDataFrame(snapshots).repartition(2)
    scores = aiueo.spark.score(frame, model, initiatives=initiatives.to_pandas(), detail=True)
    assert_same(scores.toArrow(), without_dictionaries(wanted))


def test_scorers_travel_with_the_model(spark: Any) -> None:
    model = {
        "aiueo": 1,
        "name": "own",
        "metrics": {"logins": {"type": "number"}},
        "axes": {"U": {"components": {"own": {"scorer": "own", "metrics": ["logins"]}}}},
        "ladders": {"stage": [{"name": "Low"}]},
    }
    table = small().select(["customer", "as_of", "logins"])
    scorers = {"own": lambda logins: logins * 2}
    wanted = aiueo.load(model, scorers).score(table).to_arrow()
    found = aiueo.spark.score(spark.createDataFrame(table), model, scorers=scorers).toArrow()
    assert_same(found, without_dictionaries(wanted))
    assert found["U"].null_count < 40

    def fail(logins: Any) -> Any:
        raise RuntimeError("the scorer gave up")

    broken = aiueo.spark.score(spark.createDataFrame(table), model, scorers={"own": fail})
    assert "the scorer gave up" in failure_of(broken)
    with pytest.raises(aiueo.ArgumentError, match="has its scorers already"):
        aiueo.spark.score(spark.createDataFrame(table), aiueo.load(model, scorers), scorers=scorers)


def test_another_version_on_a_worker(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiueo.spark._frames.version", lambda: "0.0.0")
    model = {**MODEL, "name": "from another version"}
    said = failure_of(aiueo.spark.score(spark.createDataFrame(small()), model))
    assert f"this worker has aiueo {aiueo.version()}, the driver 0.0.0; they differ" in said
