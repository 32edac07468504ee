"""Evidence of tables that are sorted by customer and read in pieces, side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiueo
import aiueo._side_by_side
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import pytest
from filters import filters_stay
from histories import MODEL, World, small_contracts, small_ledger, small_rows
from pyarrow import csv
from test_cli import refused, run
from test_histories import KINDS

NAMES = ("snapshots", "contracts", "initiatives", "ranks", "ledger")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def tables(world: World) -> dict[str, Any]:
    return {name: pa.table(world.made.tables[name]).sort_by("customer") for name in NAMES}


@pytest.fixture(scope="module")
def until(world: World) -> str:
    return max(str(one) for one in world.snapshots["as_of"])[:10]


@pytest.fixture(scope="module")
def wanted(world: World, tables: dict[str, Any], until: str) -> bytes:
    return bytes(world.plan.evidence(**tables, data_until=until))


def pieces(table: Any, rows: int) -> Any:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(rows))


# ── sameness ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("rows", "size"), [(1, 1), (7, 3), (50, 1000), (65_536, 100)])
def test_the_state_is_that_of_whole_tables(
    world: World,
    tables: dict[str, Any],
    until: str,
    wanted: bytes,
    rows: int,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the pieces, and however often what was counted is put together."""
    given = tables
    for part in (1, 1 << 19):
        monkeypatch.setattr(aiueo._side_by_side, "_PART", part if rows > 1 else 1 << 19)
        some = {name: pieces(table, size) for name, table in given.items()}
        seen = world.plan.evidence_sorted(**some, data_until=until, rows=rows)
        assert bytes(seen) == wanted
        assert seen.counts["payers_unseen"] > 5


def test_less_tables(world: World, tables: dict[str, Any], until: str) -> None:
    for names, day in (
        (("initiatives",), None),
        ((), until),
        (("ledger",), until),
        (("ranks", "initiatives"), None),
    ):
        some = {name: tables[name] for name in ("snapshots", "contracts", *names)}
        wanted = bytes(world.plan.evidence(**some, data_until=day))
        for rows in (40, 100_000):
            seen = world.plan.evidence_sorted(**some, data_until=day, rows=rows)
            assert bytes(seen) == wanted, names


def test_customers_of_some_tables_only(tables: dict[str, Any], world: World, until: str) -> None:
    """Tables that end early, begin late, and have no row in common."""
    keys = sorted(set(tables["contracts"]["customer"].to_pylist()))
    third = len(keys) // 3

    def of(name: str, some: list[str]) -> Any:
        table = tables[name]
        return table.filter(pa.compute.is_in(table["customer"], pa.array(some)))

    some = {
        "snapshots": of("snapshots", keys[third : 2 * third]),
        "contracts": of("contracts", keys[: third + 10]),
        "initiatives": tables["initiatives"].slice(0, 0),
        "ledger": of("ledger", keys[2 * third :]),
    }
    wanted = bytes(world.plan.evidence(**some, data_until=until))
    for rows in (9, 100_000):
        assert bytes(world.plan.evidence_sorted(**some, data_until=until, rows=rows)) == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_every_kind(kind: str) -> None:
    plan, made = aiueo.load(MODEL), KINDS[kind]
    wanted = bytes(plan.evidence(small_rows(), small_contracts(), ledger=small_ledger()))
    seen = plan.evidence_sorted(
        pa.table(small_rows()),
        made(small_contracts()),
        ledger=made(small_ledger()),
        data_until="2026-01-31",
    )
    assert bytes(seen) == wanted


def test_keys_that_are_numbers() -> None:
    """They are sorted as their texts are, and are the same as those."""
    plan = aiueo.load(MODEL)
    codes = {"a": 10, "b": 100, "c": 9, "d": 90, "z": 91}

    def coded(table: dict[str, list[Any]], kind: Any) -> Any:
        return pa.table(
            {**table, "customer": pa.array([codes[k] for k in table["customer"]])}
        ).set_column(0, "customer", pa.array([codes[k] for k in table["customer"]]).cast(kind))

    given = [
        coded(small_rows(), pa.int64()),
        coded(small_contracts(), pa.string()),
        coded(small_ledger(), pa.int16()),
    ]
    wanted = bytes(plan.evidence(given[0], given[1], ledger=given[2]))
    seen = plan.evidence_sorted(*given[:2], ledger=given[2], data_until="2026-01-31", rows=1)
    assert bytes(seen) == wanted
    backward = given[0].take([2, 3, 0, 1])  # 9, 9, 10, 100: as numbers
    with pytest.raises(aiueo.DataError, match='row 3, column "customer": "10" comes after "9"'):
        plan.evidence_sorted(backward, given[1])


def test_doubts_are_told_once_and_of_all(world: World, tables: dict[str, Any], until: str) -> None:
    def told(function: Any, **more: Any) -> set[str]:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            function(**some, **more)
        texts = [str(one.message) for one in found]
        assert len(texts) == len(set(texts))
        assert all(one.filename == __file__ for one in found)
        return set(texts)

    contracts = tables["contracts"]
    nothing = pa.nulls(len(contracts), contracts["mrr_before"].type)
    at = contracts.column_names.index("mrr_before")
    doubtful = contracts.set_column(at, "mrr_before", nothing)
    some = {**tables, "contracts": doubtful, "data_until": until}
    wanted = told(world.plan.evidence)
    assert any("lack an MRR" in text for text in wanted)
    assert told(world.plan.evidence_sorted, rows=30) == wanted


def test_filters_of_warnings_are_left_alone(
    world: World, tables: dict[str, Any], until: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the process's: two threads that set and restore them leave warnings off for all."""
    with monkeypatch.context() as patch:
        filters_stay(patch)
        seen = world.plan.evidence_sorted(**tables, data_until=until, rows=100)
    assert seen.counts["rows"]


# ── what is refused ──────────────────────────────────────────────────────────────────────────


def put(table: Any, row: int, column: str, value: Any) -> Any:
    values = table[column].to_pylist()
    values[row] = value
    at = table.column_names.index(column)
    return table.set_column(at, column, pa.array(values, table[column].type))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [11, 65_536])
def test_a_table_that_is_not_sorted(
    world: World, tables: dict[str, Any], until: str, name: str, rows: int
) -> None:
    table = tables[name]
    for wrong in (
        pa.concat_tables([table.slice(40), table.slice(0, 40)]),
        table.take(list(range(len(table)))[::-1]),
    ):
        keys = wrong["customer"].to_pylist()
        row = next(k for k in range(1, len(keys)) if keys[k] < keys[k - 1])
        with pytest.raises(aiueo.DataError) as failure:
            world.plan.evidence_sorted(**{**tables, name: wrong}, data_until=until, rows=rows)
        assert failure.value.message == (
            f'{name}, row {row + 1}, column "customer": "{keys[row]}" comes after '
            f'"{keys[row - 1]}"; sort the table by customer, by the bytes of the keys'
        )


@pytest.mark.parametrize(
    ("name", "column", "value", "said"),
    [
        ("snapshots", "customer", None, "the customer's key is missing"),
        ("ledger", "customer", None, "the customer's key is missing"),
        ("ledger", "mrr", -5.0, "is negative"),
        ("contracts", "start", None, "every contract has a start"),
        ("contracts", "outcome", "row 3", '"row 3" is not an outcome'),
        ("ranks", "rank", "row 4", '"row 4" is not a rank'),
        ("initiatives", "initiative", None, "initiative"),
    ],
)
def test_rows_are_those_of_the_table(
    world: World,
    tables: dict[str, Any],
    until: str,
    name: str,
    column: str,
    value: Any,
    said: str,
) -> None:
    row = len(tables[name]) * 2 // 3
    wrong = {**tables, name: put(tables[name], row, column, value)}
    for rows in (13, 65_536):
        with pytest.raises(aiueo.DataError) as failure:
            world.plan.evidence_sorted(**wrong, data_until=until, rows=rows)
        assert failure.value.message.startswith(f"{name}, row {row + 1}, "), rows
        assert said in failure.value.message


def test_a_contract_that_is_there_twice(world: World, tables: dict[str, Any]) -> None:
    """Both rows are named by their places in the table."""
    contracts = tables["contracts"]
    at = len(contracts) * 3 // 4
    twice = pa.concat_tables([contracts.slice(0, at + 1), contracts.slice(at)])
    for rows in (13, 65_536):
        with pytest.raises(aiueo.DataError) as failure:
            world.plan.evidence_sorted(tables["snapshots"], twice, rows=rows)
        text = failure.value.message
        assert text.startswith(f"contracts, row {at + 2}, ") and f", row {at + 1};" in text


def test_what_cannot_be_read_in_pieces() -> None:
    plan = aiueo.load(MODEL)
    rows, contracts = pa.table(small_rows()), pa.table(small_contracts())
    with pytest.raises(aiueo.ArgumentError, match="contracts: what is prepared is held whole"):
        plan.evidence_sorted(rows, plan.contracts(contracts))
    with pytest.raises(aiueo.ArgumentError, match="a ledger needs data_until"):
        plan.evidence_sorted(rows, contracts, ledger=small_ledger())
    with pytest.raises(aiueo.ArgumentError, match="rows is 0"):
        plan.evidence_sorted(rows, contracts, rows=0)
    with pytest.raises(aiueo.DataError, match='contracts, column "outcome": is not there'):
        plan.evidence_sorted(rows, contracts.drop_columns(["outcome"]))
    with pytest.raises(aiueo.DataError, match="customer"):
        plan.evidence_sorted(rows, contracts.drop_columns(["customer"]))
    with pytest.raises(aiueo.DataError, match="contracts: no batch comes"):
        plan.evidence_sorted(rows, iter(()))
    with pytest.raises(aiueo.DataError, match="snapshots: no batch comes"):
        plan.evidence_sorted(iter(()), contracts)

    def two_kinds() -> Iterator[Any]:
        yield contracts.to_batches()[0]
        yield contracts.drop_columns(["mrr_after"]).to_batches()[0]

    with pytest.raises(aiueo.DataError, match="contracts: batch 2 has other columns"):
        plan.evidence_sorted(rows, two_kinds())


# ── the command line ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(
    world: World, tables: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The tables as files, whose keys are in the order of their bytes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("aiueo.cli._read._ROWS", 50)
    monkeypatch.setattr("aiueo.cli._read._BLOCK", 20_000)
    Path("model.json").write_text(json.dumps(world.model, ensure_ascii=False), encoding="utf-8")
    for name, table in tables.items():
        pq.write_table(table, f"{name}.parquet")
        csv.write_csv(table, f"{name}.csv")
    return tmp_path


def files(ending: str, *names: str) -> list[str]:
    beside = [word for name in names for word in (f"--{name}", f"{name}.{ending}")]
    return ["evidence", "model.json", f"snapshots.{ending}", f"contracts.{ending}", *beside]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_all_files_are_read_in_pieces(folder: Path, wanted: bytes, ending: str) -> None:
    words = files(ending, "initiatives", "ranks", "ledger")
    result = run(*words, "--all-sorted", "-o", "all.state")
    assert result.exit_code == 0, result.output
    assert Path("all.state").read_bytes() == wanted
    assert "the date of the latest snapshot" in result.stdout
    for more in ([], ["--part", "--data-until", "2025-06-30"]):
        words = files(ending, "ledger") if more else files(ending)
        for name in ("held", "pieces"):
            how = ["--all-sorted"] if name == "pieces" else []
            result = run(*words, *more, *how, "--json", "-o", f"{name}.state")
            assert result.exit_code == 0, result.output
        assert Path("pieces.state").read_bytes() == Path("held.state").read_bytes()
        assert (json.loads(result.stdout)["payers"] > 0) == bool(more)


def test_what_is_wrong_names_the_file(folder: Path, tables: dict[str, Any]) -> None:
    out = ("--all-sorted", "-o", "out.state")
    ledger = tables["ledger"]
    row = len(ledger) * 3 // 4
    for table, said in (
        (put(ledger, row, "mrr", -1.0), f"aiueo: ledger.csv, row {row + 1}, customer "),
        (put(ledger, row, "customer", "a"), f'aiueo: ledger.csv, row {row + 1}, column "customer"'),
        (ledger.drop_columns(["end"]), 'aiueo: ledger.csv, column "end": is not there'),
    ):
        csv.write_csv(table, "ledger.csv")
        assert refused(*files("csv", "ledger"), *out).startswith(said)
    csv.write_csv(ledger, "ledger.csv")
    piped = ["evidence", "model.json", "-", "contracts.csv", "--ledger", "ledger.csv", *out]
    message = refused(*piped, stdin=Path("snapshots.csv").read_bytes())
    assert "--ledger needs --data-until DATE" in message


# ── memory ───────────────────────────────────────────────────────────────────────────────────

_PEAK = """
import sys
from aiueo.cli import cli
try:
    cli(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmHWM")).split()[1])
"""


def peak(customers: int, how: str) -> int:
    """MiB that the command line needs for so many customers, with 15 rows each in the ledger."""
    keys = np.array([f"c{k:09d}" for k in range(customers)])
    days = np.datetime64("2020-01-01") + 100 * np.tile(np.arange(15), customers)
    ended = np.full(customers, days[0] + 1000)
    plain = {"customer": keys, "as_of": ended - 10, "logins": np.ones(customers)}
    pq.write_table(pa.table(plain), "snapshots.parquet")
    plain = {
        "customer": keys,
        "start": ended - 1000,
        "end": ended,
        "outcome": ["renewed"] * customers,
    }
    pq.write_table(pa.table(plain), "contracts.parquet")
    plain = {
        "customer": np.repeat(keys, 15),
        "start": days,
        "end": days + 100,
        "mrr": days.astype(int),
    }
    pq.write_table(pa.table(plain), "ledger.parquet")
    Path("model.json").write_text(
        '{"aiueo": 1, "name": "m", "metrics": {"logins": {"type": "number"}}, "axes": {"U": '
        '{"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}}}}'
    )
    words = [*files("parquet", "ledger"), "--data-until", "2024-01-31", "-o", "out.state"]
    result = subprocess.run(
        [sys.executable, "-c", _PEAK, *words, "--quiet", how],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return int(result.stdout.split()[-1]) >> 10


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux says the peak")
def test_memory_does_not_grow_with_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Holding the ledger of 240,000 more customers takes 250 MiB more."""
    monkeypatch.chdir(tmp_path)
    grown = peak(300_000, "--all-sorted") - peak(60_000, "--all-sorted")
    assert grown < 100, f"{grown} MiB more"
