"""Evidence of a table that is read a piece at a time: the same bytes, in bounded memory."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, Callable

import aiueo
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from histories import MODEL, World, small_contracts, small_rows
from places import ROOT


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def small() -> aiueo.Plan:
    return aiueo.load(MODEL)


def by_customer(world: World, order: str = "ascending") -> Any:
    """The snapshots, a customer's rows one after the other."""
    table = pa.Table.from_pandas(world.snapshots, preserve_index=False)
    return table.sort_by([("customer", "ascending"), ("as_of", order)])


def stream(table: Any, size: int) -> Any:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(size))


def counted(world: World, batches: Any, **options: Any) -> bytes:
    seen = aiueo.Evidence(world.plan)
    found = seen.update_stream(batches, world.contracts, initiatives=world.prepared, **options)
    assert found is seen
    return bytes(seen)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each update of evidence was given."""
    out: list[int] = []
    count = aiueo.Evidence._count

    def noted(self: Any, batch: Any, *others: Any) -> None:
        out.append(len(batch))
        count(self, batch, *others)

    monkeypatch.setattr(aiueo.Evidence, "_count", noted)
    return out


# ── the same bytes ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "size"), [(1, 7), (30, 1), (30, 100), (1000, 7), (1000, 100_000), (65_536, 1)]
)
def test_pieces_are_bounded_and_give_the_same_bytes(
    world: World, pieces: list[int], rows: int, size: int
) -> None:
    table = by_customer(world, "descending")
    most = max(Counter(table["customer"].to_pylist()).values())
    assert most == 20
    state = counted(world, stream(table, size), rows=rows)
    assert state == world.state
    assert sum(pieces) == table.num_rows and max(pieces) <= rows + most
    assert len(pieces) <= 2 * table.num_rows / rows + 1
    assert len(pieces) > 200 or rows > 1


def test_no_more_is_read_than_is_counted(world: World, pieces: list[int]) -> None:
    table = by_customer(world)
    ahead = []

    def batches() -> Iterator[Any]:
        given = 0
        for batch in table.to_batches(50):
            ahead.append(given - sum(pieces))
            given += batch.num_rows
            yield batch

    assert counted(world, batches(), rows=100) == world.state
    assert len(ahead) > 50 and max(ahead) <= 100 + 50 + 20


def test_a_customer_with_more_rows_than_a_piece(world: World, pieces: list[int]) -> None:
    names = by_customer(world)["customer"].to_pylist()
    counts = Counter(names)
    large = next(name for name, count in counts.items() if count == 20 and name != names[0])
    table = by_customer(world)
    assert counted(world, stream(table, 3), rows=4) == world.state
    assert max(pieces) >= counts[large] and max(pieces) <= 4 + 20


KINDS: dict[str, Callable[[Any], Any]] = {
    "a table": lambda table: table,
    "a reader": lambda table: stream(table, 90),
    "record batches": lambda table: table.to_batches(90),
    "tables": lambda table: (table.slice(at, 90) for at in range(0, table.num_rows, 90)),
    "polars": pl.from_arrow,
    "frames of polars": lambda table: pl.from_arrow(table).iter_slices(90),
    "duckdb": duckdb.from_arrow,
    "arrays": lambda table: map(_Array, table.to_batches(90)),
}


class _Array:
    """A record batch that offers nothing but its array."""

    def __init__(self, batch: Any) -> None:
        self.__arrow_c_array__ = batch.__arrow_c_array__


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_streams_arrow(world: World, kind: str) -> None:
    assert counted(world, KINDS[kind](by_customer(world)), rows=200) == world.state


def coded(texts: Any) -> Any:
    """A dictionary of one batch's own words, last first, its codes of the smallest type."""
    words = sorted(set(texts.to_pylist()), reverse=True)
    codes = pa.array([words.index(text) for text in texts.to_pylist()], pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words))


def test_dictionaries_that_differ_from_batch_to_batch(world: World, pieces: list[int]) -> None:
    table = by_customer(world)
    at = table.column_names.index("customer")
    batches = []
    for batch in table.to_batches(60):
        columns = batch.columns
        columns[at] = coded(columns[at])
        batches.append(pa.RecordBatch.from_arrays(columns, batch.schema.names))
    assert counted(world, batches, rows=500) == world.state
    assert counted(world, batches, rows=65_536) == world.state  # more words than int8 numbers
    assert bytes(world.evidence(pa.Table.from_batches(batches))) == world.state


def test_more_text_than_short_offsets_reach(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiueo._tables._MOST_BYTES", 1000)
    assert counted(world, stream(by_customer(world), 90), rows=500) == world.state


def test_keys_of_any_type(small: aiueo.Plan) -> None:
    wanted = bytes(
        small.evidence(
            {**small_rows(), "customer": [11, 12, 13, 13]},
            {**small_contracts(), "customer": ["11", "12", "13", "14"]},
        )
    )
    contracts = {**small_contracts(), "customer": [11, 12, 13, 14]}
    for kind in (pa.int16(), pa.uint64(), pa.string(), pa.large_string(), pa.binary()):
        keys = pa.array([11, 12, 13, 13]).cast(pa.string()).cast(kind)
        table = pa.table({**small_rows(), "customer": keys})
        for rows in (1, 2, 100):
            seen = aiueo.Evidence(small)
            seen.update_stream(stream(table, 1), contracts, rows=rows)
            assert bytes(seen) == wanted, (kind, rows)


# ── what is wrong ────────────────────────────────────────────────────────────────────────────


def refused(plan: aiueo.Plan, batches: Any, **options: Any) -> aiueo.DataError:
    with pytest.raises(aiueo.DataError) as caught:
        aiueo.Evidence(plan).update_stream(batches, small_contracts(), **options)
    return caught.value


def test_a_customer_that_comes_again(world: World, small: aiueo.Plan) -> None:
    rows = {**small_rows(), "customer": ["c", "a", "c", "b"]}
    said = refused(small, pa.table(rows), rows=1)
    assert said.status == "duplicate_row"
    assert 'row 3, customer c, column "customer": was counted before' in str(said)
    assert str(said).endswith("sort it by customer")
    seen = aiueo.Evidence(small).update_stream(pa.table(rows), small_contracts())  # in one piece
    assert seen.counts["customers"] == 3
    with pytest.raises(aiueo.DataError, match=r"customer c, .* was counted before"):
        seen.update_stream(pa.table(rows), small_contracts(), rows=1)
    shuffled = world.snapshots.sample(frac=1, random_state=3)
    with pytest.raises(aiueo.DataError, match="sort it by customer"):
        counted(world, pa.Table.from_pandas(shuffled), rows=500)


@pytest.mark.parametrize("rows", [1, 100])
def test_rows_are_those_of_the_stream(small: aiueo.Plan, rows: int) -> None:
    late = {**small_rows(), "nps@": ["2026-01-10", None, "2025-12-01", "2026-02-06"]}
    assert 'row 4, customer c, column "nps"' in str(refused(small, pa.table(late), rows=rows))
    again = {**small_rows(), "as_of": ["2026-01-31"] * 4}
    said = refused(small, pa.table(again), rows=rows)
    assert "row 4, customer c: has a second snapshot" in str(said) and "after row 3" in str(said)
    assert "sort it" not in str(said)
    texts = {**small_rows(), "logins": ["1", "9", "many", "8"]}
    assert 'row 3, column "logins": "many"' in str(refused(small, pa.table(texts), rows=rows))
    seen = aiueo.Evidence(small, drop_leaks=True)
    assert seen.update_stream(pa.table(late), small_contracts(), rows=rows).counts["leaked"] == 1


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize("place", range(4))
def test_a_key_that_is_missing(small: aiueo.Plan, rows: int, place: int) -> None:
    keys: list[Any] = ["a", "b", "c", "c"]
    keys[place] = None
    said = refused(small, stream(pa.table({**small_rows(), "customer": keys}), 1), rows=rows)
    assert f'row {place + 1}, column "customer": the customer\'s key is missing' in str(said)


def test_keys_that_are_all_missing_do_not_wait_for_the_end(small: aiueo.Plan) -> None:
    [batch] = pa.table({**small_rows(), "customer": pa.nulls(4, pa.string())}).to_batches()
    batches = itertools.repeat(batch, 1000)
    said = refused(small, batches, rows=6)
    assert "row 1, " in str(said) and "is missing" in str(said)
    assert len(list(batches)) > 990


def test_columns_that_are_missing_or_of_no_use(small: aiueo.Plan) -> None:
    table = pa.table(small_rows())
    for some in (table, table.slice(0, 0)):
        for column in ("customer", "as_of", "plan"):
            said = refused(small, stream(some.drop_columns([column]), 2), rows=1)
            assert f'column "{column}": is not there' in str(said)
    for keys in (pa.array([1.5] * 4), pa.nulls(4), pa.array([["a"]] * 4)):
        said = refused(small, table.set_column(0, "customer", keys), rows=1)
        assert 'column "customer"' in str(said)
    assert 'column "customer"' in str(refused(small, table.append_column("customer", table[0])))
    assert "not there" in str(refused(small, pa.table({"other": [1, 2]})))
    less = table.drop_columns(["plan"])
    seen = aiueo.Evidence(small).update_stream(less, small_contracts(), missing_columns="unknown")
    assert seen.counts["observed"] == 3


def test_nothing_counts_nothing(small: aiueo.Plan) -> None:
    empty = pa.table(small_rows()).slice(0, 0)
    wanted = bytes(aiueo.Evidence(small))
    for some in (empty, stream(empty, 1), empty.to_batches(), [], iter(empty.to_batches() * 3)):
        assert bytes(aiueo.Evidence(small).update_stream(some, small_contracts())) == wanted


def test_batches_that_are_none(small: aiueo.Plan) -> None:
    table = pa.table(small_rows())
    other = table.set_column(2, "logins", table["logins"].cast(pa.string())).slice(2)
    said = refused(small, [table.slice(0, 2), other])
    assert "batch 2 has other columns than the first" in str(said) and "logins string" in str(said)
    seen = aiueo.Evidence(small)
    for bad in (small_rows(), "snapshots.parquet", 7):
        with pytest.raises(TypeError, match="batches is"):
            seen.update_stream(bad, small_contracts())
    with pytest.raises(TypeError, match="batch 2 is dict"):
        seen.update_stream([table, small_rows()], small_contracts())
    with pytest.raises(aiueo.ArgumentError, match="rows is 0"):
        seen.update_stream(table, small_contracts(), rows=0)
    assert seen.counts["rows"] == 0


def test_a_producer_that_fails(world: World) -> None:
    table = by_customer(world)

    def batches() -> Iterator[Any]:
        yield table.to_batches(100)[0]
        raise RuntimeError("the disk is gone")

    with pytest.raises(aiueo.DataError, match="the disk is gone"):
        counted(world, pa.RecordBatchReader.from_batches(table.schema, batches()))
    with pytest.raises(RuntimeError, match="the disk is gone"):
        counted(world, batches())


def test_without_pyarrow() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'pyarrow')))\n"
        f"sys.path[:0] = {[str(ROOT / 'capi' / 'python'), str(ROOT / 'tests' / 'python')]!r}\n"
        f"import aiueo\nplan = aiueo.load({MODEL!r})\n"
        "try: aiueo.Evidence(plan).update_stream([], {})\n"
        "except ImportError as failure: print(failure)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    wanted = "update_stream() needs pyarrow, which is not installed: pip install pyarrow"
    assert done.stdout.strip() == wanted, done.stderr


def test_the_sort_that_a_stream_needs(world: World) -> None:
    """DuckDB sorts a table that is larger than memory, and streams it."""
    shuffled = pa.Table.from_pandas(world.snapshots.sample(frac=1, random_state=5))
    assert pc.sort_indices(shuffled["customer"]).to_pylist() != list(range(shuffled.num_rows))
    rows = duckdb.sql("select * from shuffled order by customer")
    assert counted(world, rows, rows=200) == world.state
