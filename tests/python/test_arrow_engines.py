"""Arrow in and out: every type and layout; DuckDB, Polars and PyArrow as both ends."""

from __future__ import annotations

import datetime
import decimal
import io
from collections.abc import Callable
from typing import Any

import aiueo
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pytest
from portfolio import assert_same

DAY = datetime.date(2026, 11, 21)
ROWS = 203  # no multiple of 8, so that bitmaps end within a byte

MODEL = {
    "aiueo": 1,
    "name": "arrow",
    "currency": "USD",
    "metrics": {
        "number": {"type": "number"},
        "money": {"type": "money"},
        "flag": {"type": "flag"},
        "day": {"type": "date"},
        "category": {"type": "category"},
    },
    "axes": {
        "I": {"components": {"flag": {"metric": "flag"}}},
        "U": {
            "components": {
                "number": {"metric": "number", "curve": [[0, 0], [60, 80], [120, 100]]},
                "day": {"metric": "day", "days_since": [[0, 100], [90, 0]]},
            }
        },
        "E": {
            "components": {
                "category": {
                    "metric": "category",
                    "table": {"a": 10, "日本": 50, "a longer word than twelve": 100},
                    "else": 70,
                }
            }
        },
        "O": {"components": {"money": {"metric": "money", "curve": [[0, 0], [100, 100]]}}},
    },
    "overall": {"weights": {"I": 1, "U": 2, "E": 1, "O": 1}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "U >= 50 && flag"}]},
}

WORDS = ["a", "日本", "a longer word than twelve", "x", ""]


def values(holes: bool) -> dict[str, list[Any]]:
    """Small whole numbers, so that every type can hold them. Row 0 is known in all columns."""

    def column(make: Callable[[int], Any], every: int) -> list[Any]:
        return [None if holes and k % every == every - 1 else make(k) for k in range(ROWS)]

    return {
        "customer": [str(1000 + k) for k in range(ROWS)],
        "as_of": [DAY] * ROWS,
        "number": column(lambda k: k * 7 % 120, 5),
        "money": column(lambda k: k * 3 % 100, 7),
        "flag": column(lambda k: k % 3 == 0, 4),
        "day": column(lambda k: DAY - datetime.timedelta(days=k % 90), 6),
        "category": column(lambda k: WORDS[k % len(WORDS)] or None, 9),
    }


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(MODEL)


def unsigned(bits: int) -> pa.DataType:
    return getattr(pa, f"uint{bits}")()


def signed(bits: int) -> pa.DataType:
    return getattr(pa, f"int{bits}")()


TEXT = [pa.string(), pa.large_string(), pa.string_view()]
DICTIONARIES = [
    pa.dictionary(index, pa.string())
    for index in (*map(signed, (8, 16, 32, 64)), *map(unsigned, (8, 16, 32, 64)))
] + [pa.dictionary(pa.int32(), pa.large_string()), pa.dictionary(pa.int16(), pa.string_view())]
INTEGERS = [*map(signed, (8, 16, 32, 64)), *map(unsigned, (8, 16, 32, 64))]
FLOATS = [pa.float16(), pa.float32(), pa.float64()]
DECIMALS = [pa.decimal32(7, 2), pa.decimal64(15, 4), pa.decimal128(30, 6), pa.decimal256(60, 3)]
DATES = [pa.date32(), pa.date64(), *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns"))]
INSTANTS = [pa.timestamp(unit, "UTC") for unit in ("s", "ms", "us", "ns")]

#: What each metric may be read from: table/accepts.hpp.
ACCEPTED = {
    "number": [*INTEGERS, *FLOATS, *DECIMALS, *TEXT, *DICTIONARIES[:2]],
    "money": [*INTEGERS, *FLOATS, *DECIMALS, *TEXT, *DICTIONARIES[:2]],
    "flag": [pa.bool_(), *INTEGERS, *FLOATS, pa.bool8(), *TEXT, *DICTIONARIES[:2]],
    "day": [*DATES, *INSTANTS, *TEXT, *DICTIONARIES[:2]],
    "category": [*TEXT, *DICTIONARIES, pa.binary(), pa.large_binary(), pa.binary_view()],
    "customer": [*INTEGERS[1:4], *TEXT, *DICTIONARIES[1:4]],
    "as_of": [*DATES, *INSTANTS, *TEXT, *DICTIONARIES[:2]],
}
PAIRS = [(name, type_) for name, types in ACCEPTED.items() for type_ in types]


def plain(value: Any) -> Any:
    """As the text of a file would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def array_of(items: list[Any], type_: pa.DataType) -> pa.Array:
    """The values as an array of that type; a type that cannot hold them all is a mistake here."""
    if isinstance(type_, pa.DictionaryType):
        texts = pa.array(list(map(plain, items)), pa.string()).dictionary_encode()
        words = texts.dictionary.cast(type_.value_type)
        return pa.DictionaryArray.from_arrays(texts.indices.cast(type_.index_type), words)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or type_ == pa.string_view():
        return pa.array(list(map(plain, items)), type_)
    if type_ in (pa.binary(), pa.large_binary(), pa.binary_view()):
        return pa.array([None if v is None else plain(v).encode() for v in items], type_)
    if isinstance(type_, pa.Bool8Type):
        storage = pa.array([None if v is None else int(v) for v in items], pa.int8())
        return pa.ExtensionArray.from_storage(type_, storage)
    if pa.types.is_integer(type_):
        return pa.array([None if v is None else int(v) for v in items], type_)
    if pa.types.is_floating(type_):
        return pa.array([None if v is None else float(v) for v in items], pa.float64()).cast(type_)
    if pa.types.is_decimal(type_):
        return pa.array([None if v is None else decimal.Decimal(v) for v in items], type_)
    return pa.array(items, pa.date32() if pa.types.is_timestamp(type_) else type_).cast(type_)


BASE = {"customer": pa.string(), "as_of": pa.date32(), "number": pa.int64(), "money": pa.int64()}
BASE |= {"flag": pa.bool_(), "day": pa.date32(), "category": pa.string()}


def table_of(items: dict[str, list[Any]], **types: pa.DataType) -> pa.Table:
    wanted = {**BASE, **types}
    return pa.table({name: array_of(column, wanted[name]) for name, column in items.items()})


# Ways to lay the same rows out. Each gives a table of rows 0 … ROWS − 1.


def whole(table: pa.Table) -> pa.Table:
    return table


def sliced(table: pa.Table) -> pa.Table:
    """Rows that begin within a larger table's memory, and within a byte of its bitmaps."""
    return pa.concat_tables([table.slice(0, 13), table]).combine_chunks().slice(13)


def in_chunks(table: pa.Table) -> pa.Table:
    """Batches of unequal length, an empty one among them; each with its own dictionaries."""
    pieces = [table.slice(0, 1), table.slice(1, 0), table.slice(1, 64), table.slice(65)]
    return pa.concat_tables([pa.Table.from_pylist(p.to_pylist(), p.schema) for p in pieces])


def uncounted(table: pa.Table) -> pa.Table:
    """Nobody has counted the nulls: null_count is −1."""
    out = []
    for column in table.combine_chunks().columns:
        array = column.chunk(0)
        storage = array.storage if isinstance(array, pa.ExtensionArray) else array
        if isinstance(storage, pa.DictionaryArray):
            again = pa.DictionaryArray.from_buffers(
                storage.type, len(storage), storage.buffers(), storage.dictionary, -1
            )
        else:
            again = pa.Array.from_buffers(storage.type, len(storage), storage.buffers(), -1)
        out.append(again if storage is array else pa.ExtensionArray.from_storage(array.type, again))
    return pa.Table.from_arrays(out, schema=table.schema)


def by_batch(plan: aiueo.Plan, table: pa.Table) -> Any:
    return plan.score(table).to_arrow()


def by_stream(plan: aiueo.Plan, table: pa.Table) -> Any:
    return plan.score_stream(table).to_arrow_reader().read_all()


def by_column(plan: aiueo.Plan, table: pa.Table) -> Any:
    return plan.score(dict(zip(table.column_names, table.columns))).to_arrow()


def same(found: pa.Table, wanted: pa.Table) -> None:
    assert found.schema == wanted.schema
    assert found.combine_chunks().equals(wanted.combine_chunks())


@pytest.fixture(scope="module")
def wanted(plan: aiueo.Plan) -> dict[bool, pa.Table]:
    """The scores of the same values as lists, with and without holes."""
    return {holes: plan.score(values(holes)).to_arrow() for holes in (False, True)}


@pytest.mark.parametrize(("name", "type_"), PAIRS, ids=[f"{n}-{t}" for n, t in PAIRS])
def test_every_type_in_every_layout(
    plan: aiueo.Plan, wanted: dict[bool, pa.Table], name: str, type_: pa.DataType
) -> None:
    for holes in (True, False):
        table = table_of(values(holes), **{name: type_})
        first = table.column(name).chunk(0)
        has_bitmap = (first.storage if isinstance(first, pa.ExtensionArray) else first).buffers()[0]
        assert (has_bitmap is None) == (first.null_count == 0)  # so that both are met
        layouts = [whole, sliced, in_chunks, uncounted]
        if isinstance(type_, pa.Bool8Type) or type_ == DICTIONARIES[-1]:
            layouts.remove(in_chunks)  # PyArrow makes no such column of Python values
        for layout in layouts:
            for way in (by_batch, by_stream, by_column):
                same(way(plan, layout(table)), wanted[holes])


def test_a_column_of_nulls(plan: aiueo.Plan) -> None:
    items = values(True)
    for name in ("number", "money", "flag", "day", "category"):
        table = table_of(items)
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.nulls(ROWS))
        expected = plan.score({**items, name: [None] * ROWS}).to_arrow()
        for way in (by_batch, by_stream, by_column):
            same(way(plan, table), expected)


def test_dictionaries_that_differ_from_batch_to_batch(
    plan: aiueo.Plan, wanted: dict[bool, pa.Table]
) -> None:
    table = table_of(values(True))
    encoded = pa.chunked_array(
        [
            table["category"].slice(begin, 50).combine_chunks().dictionary_encode()
            for begin in range(0, ROWS, 50)
        ]
    )
    # Words in another order, and one that no row has.
    last = encoded.chunk(4)
    words = pa.concat_arrays([pa.array(["nobody"]), last.dictionary])
    moved = pa.DictionaryArray.from_arrays(
        pa.compute.add(last.indices, pa.scalar(1, pa.int32())), words
    )
    chunks = pa.chunked_array([*encoded.chunks[:4], moved])
    assert len({str(chunk.dictionary) for chunk in chunks.chunks}) > 1
    table = table.set_column(table.column_names.index("category"), "category", chunks)
    for way in (by_batch, by_stream, by_column):
        same(way(plan, table), wanted[True])


REFUSED = {
    "a list": pa.array([[1]] * 3),
    "a list, large": pa.array([[1]] * 3, pa.large_list(pa.int64())),
    "a list, fixed": pa.array([[1, 2]] * 3, pa.list_(pa.int64(), 2)),
    "a list, view": pa.array([[1]] * 3, pa.list_view(pa.int64())),
    "a struct": pa.array([{"x": 1}] * 3),
    "a map": pa.array([[("x", 1)]] * 3, pa.map_(pa.string(), pa.int64())),
    "a union": pa.UnionArray.from_sparse(pa.array([0] * 3, pa.int8()), [pa.array([1, 2, 3])]),
    "run-end encoded": pa.RunEndEncodedArray.from_arrays([3], [1.0]),
    "a time of day": pa.array([datetime.time(12)] * 3),
    "a duration": pa.array([datetime.timedelta(1)] * 3),
    "an interval": pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()),
    "binary of a fixed size": pa.array([b"ab"] * 3, pa.binary(2)),
    "a dictionary of values that are not text": pa.array([1, 1, 2]).dictionary_encode(),
    "of the extension type": pa.ExtensionArray.from_storage(
        pa.uuid(), pa.array([b"0123456789abcdef"] * 3, pa.binary(16))
    ),
}


@pytest.mark.parametrize("what", REFUSED, ids=lambda what: what.replace(" ", "_"))
def test_what_cannot_be_read_is_refused_where_it_is_needed(plan: aiueo.Plan, what: str) -> None:
    table = table_of(values(True)).slice(0, 3)
    good = plan.score(table).to_arrow()
    at = table.column_names.index("number")
    bad = table.set_column(at, "number", REFUSED[what])
    words = what.split(",")[0]
    if what == "of the extension type":
        words = "binary of a fixed size|extension type"
    for way in (by_batch, by_stream):
        with pytest.raises(aiueo.DataError, match=f'column "number".*({words})') as caught:
            way(plan, bad)
        # A stream has an errno and a sentence, and no more codes.
        assert caught.value.status == ("bad_column" if way is by_batch else "bad_value")
    with pytest.raises(aiueo.DataError, match='column "number": has Arrow type'):
        by_column(plan, bad)
    # A column that scoring does not read may be anything.
    same(by_batch(plan, table.append_column("other", REFUSED[what])), good)
    same(by_stream(plan, table.append_column("other", REFUSED[what])), good)


# ── hostile structures ───────────────────────────────────────────────────────────────────────


def lies() -> dict[str, pa.Array]:
    """Arrays that contradict themselves, as PyArrow lets them be made unchecked."""
    words = pa.array(["a", "x"])
    offsets = pa.py_buffer(b"".join(v.to_bytes(4, "little") for v in (0, 3, 1, 4)))
    text = pa.py_buffer(b"abcd")
    return {
        "an index beyond its dictionary": pa.DictionaryArray.from_arrays(
            pa.array([0, 5, 1], pa.int8()), words, safe=False
        ),
        "a negative index": pa.DictionaryArray.from_arrays(
            pa.array([0, -1, 1], pa.int8()), words, safe=False
        ),
        "offsets that go back": pa.Array.from_buffers(pa.string(), 3, [None, offsets, text]),
        "not UTF-8": pa.Array.from_buffers(
            pa.string(),
            3,
            [
                None,
                pa.py_buffer(bytes([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])),
                pa.py_buffer(b"a\xffb"),
            ],
        ),
        "more nulls than were counted": pa.Array.from_buffers(
            pa.string(), 3, [pa.py_buffer(b"\x01"), *pa.array(["a", "x", "a"]).buffers()[1:]], 1
        ),
    }


@pytest.mark.parametrize("what", lies(), ids=lambda what: what.replace(" ", "_"))
def test_lies_are_found_at_the_full_level(plan: aiueo.Plan, what: str) -> None:
    table = table_of(values(False)).slice(0, 3)
    bad = table.set_column(table.column_names.index("category"), "category", lies()[what])
    for way in (by_batch, by_stream):
        with pytest.raises(aiueo.DataError, match='column "category"') as caught:
            way(plan, bad)
        assert caught.value.status in ("bad_arrow", "bad_value"), caught.value.status


def test_the_level_is_the_callers_choice(plan: aiueo.Plan) -> None:
    """A wrong null count, which does no harm: found at the full level, believed at the others."""
    table = table_of(values(False)).slice(0, 3)
    lie = lies()["more nulls than were counted"]
    bad = table.set_column(table.column_names.index("category"), "category", lie)
    with pytest.raises(aiueo.DataError, match="null_count is 1 but 2"):
        list(plan.score_stream(bad))
    with pytest.raises(aiueo.DataError, match="null_count is 1 but 2"):
        list(plan.score_stream(bad, validate="full"))
    for level in ("basic", "none"):
        assert sum(b.num_rows for b in plan.score_stream(bad, validate=level)) == 3


# ── engines ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["plain", "views", "lossless"])
def database(request: pytest.FixtureRequest) -> Any:
    """DuckDB with the snapshots in a table of its own types, exporting Arrow as it can."""
    connection = duckdb.connect()
    if request.param == "views":
        connection.execute("set produce_arrow_string_view = true; set arrow_output_version = '1.5'")
    if request.param == "lossless":
        connection.execute(
            "set arrow_lossless_conversion = true; set arrow_large_buffer_size = true"
        )
    source = table_of(values(True))
    connection.register("source", source)
    connection.execute(
        "create type word as enum ('a', '日本', 'a longer word than twelve', 'x');"
        "create table snapshots as select customer, as_of, number::utinyint as number,"
        " money::decimal(18, 2) as money, flag, day::timestamp as day, category::word as category"
        " from source order by customer"
    )
    yield connection
    connection.close()


def ordered(connection: Any) -> Any:
    return connection.sql("from snapshots order by customer")


def polars_of(scores: Any) -> pl.DataFrame:
    return pl.DataFrame(scores)


def test_duckdb_to_scores(plan: aiueo.Plan, wanted: dict[bool, pa.Table], database: Any) -> None:
    scores = plan.score(ordered(database))
    assert_same(scores, plan.score(values(True)))
    same(plan.score_stream(ordered(database)).to_arrow_reader().read_all(), wanted[True])


def test_duckdb_to_duckdb(plan: aiueo.Plan, wanted: dict[bool, pa.Table], database: Any) -> None:
    stream = plan.score_stream(ordered(database)).to_arrow_reader()
    # A stream is read on DuckDB's own threads, and its producer is DuckDB again.
    other = duckdb.connect()
    other.register("scored", stream)
    other.execute("create table kept as from scored")
    question = "select stage, count(*), sum(overall) from {} group by stage order by stage"
    other.register("reference", wanted[True])
    found = other.sql(question.format("kept")).fetchall()
    assert found == other.sql(question.format("reference")).fetchall()
    assert {row[0] for row in found} == {"Entry", "Active"}
    whole_scores = plan.score(ordered(database))
    other.register("whole", whole_scores.to_arrow())
    assert other.sql(question.format("whole")).fetchall() == found
    other.close()


def test_duckdb_to_polars(plan: aiueo.Plan, wanted: dict[bool, pa.Table], database: Any) -> None:
    frame = pl.DataFrame(wanted[True])
    assert polars_of(plan.score_stream(ordered(database))).equals(frame)
    assert polars_of(plan.score(ordered(database))).equals(frame)


def frames() -> list[pl.DataFrame]:
    """Polars' own types: string views, categoricals, enums, decimals, times; several chunks."""
    plain_frame = pl.DataFrame(table_of(values(True)))
    typed = plain_frame.with_columns(
        pl.col("number").cast(pl.UInt8),
        pl.col("money").cast(pl.Decimal(12, 2)),
        pl.col("day").cast(pl.Datetime("ms")),
        pl.col("category").cast(pl.Categorical),
    )
    small = plain_frame.with_columns(
        pl.col("number").cast(pl.Float32), pl.col("category").cast(pl.Enum(WORDS[:4]))
    )
    pieces = pl.concat([plain_frame.slice(k, 50) for k in range(0, ROWS, 50)], rechunk=False)
    assert pieces.n_chunks() == 5
    return [plain_frame, typed, small, pieces]


@pytest.mark.parametrize("which", range(4), ids=["plain", "typed", "small", "chunks"])
def test_polars_both_ways(plan: aiueo.Plan, wanted: dict[bool, pa.Table], which: int) -> None:
    frame, expected = frames()[which], pl.DataFrame(wanted[True])
    for source in (frame, frame.lazy()):
        assert polars_of(plan.score(source)).equals(expected)
    assert polars_of(plan.score_stream(frame)).equals(expected)
    columns = {name: frame[name] for name in frame.columns}
    assert polars_of(plan.score(columns)).equals(expected)
    connection = duckdb.connect()
    connection.register("scored", plan.score_stream(frame).to_arrow_reader())
    total = connection.sql("select sum(overall), count(*) from scored").fetchall()
    assert total == [(pytest.approx(expected["overall"].sum(), abs=1e-9), ROWS)]
    connection.close()


@pytest.mark.parametrize("kind", ["stream", "file", "compressed"])
def test_ipc_both_ways(plan: aiueo.Plan, wanted: dict[bool, pa.Table], kind: str) -> None:
    """Files of Arrow, whose buffers lie in one block at any distance, read without a copy."""
    table = in_chunks(table_of(values(True), category=pa.dictionary(pa.int8(), pa.string())))
    table = table.unify_dictionaries()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if kind == "compressed" else None)
    make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    sink = io.BytesIO()
    with make(sink, table.schema, options=options) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)
    buffer = pa.py_buffer(sink.getvalue())

    def source() -> Any:
        if kind == "file":
            return pa.ipc.open_file(buffer).read_all()
        return pa.ipc.open_stream(buffer)

    same(plan.score(source()).to_arrow(), wanted[True])
    back = io.BytesIO()
    scored = plan.score_stream(source()).to_arrow_reader()
    with pa.ipc.new_stream(back, scored.schema) as writer:
        for batch in scored:
            writer.write_batch(batch)
    same(pa.ipc.open_stream(back.getvalue()).read_all(), wanted[True])
