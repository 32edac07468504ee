"""The same snapshots in every kind of table give the same bits."""

from __future__ import annotations

import array
import datetime
import decimal
import enum
from collections.abc import Iterator, Sequence
from typing import Any, Callable

import aiueo
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from portfolio import CATEGORIES, DATES, INITIATIVES, NUMBERS, assert_same, snapshots

Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def wanted(plan: aiueo.Plan, rows: Rows) -> aiueo.Scores:
    return plan.score(rows, detail=True)


def floats(values: list[Any]) -> Any:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def numpy_dict(rows: Rows) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, values in rows.items():
        if name in DATES:
            out[name] = np.array(values, dtype="datetime64[D]")
        elif name == "setup_done":
            hole = [v is None for v in values]
            out[name] = np.ma.array([bool(v) for v in values], mask=hole)
        elif name in CATEGORIES or name == "customer":
            out[name] = np.array(values, dtype=object)
        else:
            out[name] = floats(values)
    return out


def numpy_narrow(rows: Rows) -> dict[str, Any]:
    """Counts as masked int16, dates in other units, text as U and StringDType."""
    out = numpy_dict(rows)
    for k, name in enumerate(NUMBERS):
        hole = [v is None for v in rows[name]]
        kind = [np.int16, np.uint16, np.int64, np.float32][k % 4]
        out[name] = np.ma.array([v or 0 for v in rows[name]], dtype=kind, mask=hole)
    for unit, name in zip(("s", "ms", "us", "ns"), DATES):
        out[name] = out[name].astype(f"datetime64[{unit}]")
    out["customer"] = np.array(rows["customer"])
    out["champion"] = np.ma.array(
        [v or "" for v in rows["champion"]], mask=[v is None for v in rows["champion"]]
    )
    out["plan"] = np.array(rows["plan"], dtype=np.dtypes.StringDType(na_object=None))
    return out


def numpy_strided(rows: Rows) -> dict[str, Any]:
    """Views that are not contiguous, and a byte order that is not the machine's."""
    out = numpy_dict(rows)
    for k, name in enumerate(NUMBERS):
        values = out[name]
        if k % 2:
            wide = np.empty((len(values), 3))
            wide[:, 1] = values
            out[name] = wide[:, 1]
        else:
            out[name] = values.astype(values.dtype.newbyteorder())
    return out


def numpy_structured(rows: Rows) -> Any:
    columns = numpy_dict(rows)
    plain = {n: v for n, v in columns.items() if n != "setup_done"}
    plain["setup_done"] = floats(rows["setup_done"])
    out = np.empty(len(rows["customer"]), dtype=[(n, v.dtype) for n, v in plain.items()])
    for name, values in plain.items():
        out[name] = values
    return out


def records(rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(rows, row)) for row in zip(*rows.values())]


def buffers(rows: Rows) -> dict[str, Any]:
    out: dict[str, Any] = dict(rows)
    for k, name in enumerate(NUMBERS):
        values = array.array("d" if k % 2 else "f", floats(rows[name]).tolist())
        out[name] = memoryview(values) if k % 3 else values
    return out


def decimals(rows: Rows) -> dict[str, Any]:
    out = dict(rows)
    for name in ("mrr", "mrr_12m_ago", "seats"):
        out[name] = [None if v is None else decimal.Decimal(v) for v in rows[name]]
    return out


def times(rows: Rows) -> dict[str, Any]:
    """Dates as datetimes at midnight, and as instants of the model's time zone."""
    out = dict(rows)
    jst = datetime.timezone(datetime.timedelta(hours=9))

    def at(day: Any, zone: Any) -> Any:
        if day is None:
            return None
        return datetime.datetime(
            day.year, day.month, day.day, 0 if zone is None else 1, tzinfo=zone
        )

    out["last_login"] = [at(v, jst) for v in rows["last_login"]]
    out["nps@"] = [at(v, None) for v in rows["nps@"]]
    out["as_of"] = [v.isoformat() for v in rows["as_of"]]
    return out


def pandas_object(rows: Rows) -> Any:
    return pd.DataFrame({n: pd.Series(v, dtype=object) for n, v in rows.items()})


def pandas_inferred(rows: Rows) -> Any:
    return pd.DataFrame(rows)


def pandas_nullable(rows: Rows) -> Any:
    out = {}
    for name, values in rows.items():
        if name in NUMBERS or name.startswith("mrr"):
            out[name] = pd.array(values, dtype="Int64")
        elif name == "setup_done":
            out[name] = pd.array(values, dtype="boolean")
        elif name in CATEGORIES:
            out[name] = pd.Categorical(values)
        elif name in DATES:
            out[name] = pd.to_datetime(pd.Series(values))
        elif name == "customer":
            out[name] = pd.array(values, dtype="string[python]")
        else:
            out[name] = pd.array(values, dtype="Float64")
    return pd.DataFrame(out)


def pandas_arrow(rows: Rows) -> Any:
    return pa.table(rows).to_pandas(types_mapper=pd.ArrowDtype)


def pandas_zoned(rows: Rows) -> Any:
    out = pandas_nullable(rows)
    out["last_login"] = out["last_login"].dt.tz_localize("Asia/Tokyo")
    return out


def pandas_indexed(rows: Rows) -> Any:
    return pandas_nullable(rows).set_index(["customer", "as_of"])


def pandas_block(rows: Rows) -> Any:
    """Numbers of one block, as a wide read gives them."""
    numbers = pd.DataFrame({n: floats(rows[n]) for n in NUMBERS})
    others = pandas_nullable({n: v for n, v in rows.items() if n not in NUMBERS})
    return pd.concat([numbers.copy(), others], axis=1)


def arrow(rows: Rows) -> Any:
    return pa.table(rows)


def arrow_rich(rows: Rows) -> Any:
    """Dictionaries, decimals, narrow numbers, timestamps, large and view strings."""
    out = {n: pa.array(v) for n, v in rows.items()}
    for k, name in enumerate(CATEGORIES):
        index = [pa.int8(), pa.uint32()][k % 2]
        out[name] = out[name].cast(pa.dictionary(index, pa.string()))
    out["mrr"] = out["mrr"].cast(pa.decimal128(30, 4))
    out["mrr_12m_ago"] = out["mrr_12m_ago"].cast(pa.decimal256(40, 2))
    out["seats"] = out["seats"].cast(pa.float32())
    out["admins"] = out["admins"].cast(pa.uint8())
    out["views"] = out["views"].cast(pa.decimal128(21, 1)).cast(pa.decimal64(12, 1))
    out["last_login"] = out["last_login"].cast(pa.timestamp("us"))
    out["nps@"] = out["nps@"].cast(pa.date64())
    out["contract_start"] = out["contract_start"].cast(pa.timestamp("ns"))
    out["customer"] = out["customer"].cast(pa.large_string())
    out["champion"] = pa.array(rows["champion"], pa.string_view())
    return pa.table(out)


def arrow_sliced(rows: Rows) -> Any:
    """An offset of 13 rows in every buffer."""
    padding = snapshots(13, seed=9)
    padded = {n: padding[n] + rows[n] for n in rows}
    return pa.table(padded).combine_chunks().slice(13)


def arrow_reader(rows: Rows) -> Any:
    return arrow_rich(rows).to_reader(max_chunksize=100)


def arrow_dictionaries(rows: Rows) -> Any:
    """Every batch has dictionaries of its own."""
    table = pa.table(rows)
    batches = []
    for begin in range(0, table.num_rows, 97):
        piece = table.slice(begin, 97).combine_chunks()
        for name in CATEGORIES:
            at = piece.schema.get_field_index(name)
            words = piece.column(name).combine_chunks().dictionary_encode()
            piece = piece.set_column(at, name, words)
        batches += piece.to_batches()
    return pa.RecordBatchReader.from_batches(batches[0].schema, batches)


def arrow_array(rows: Rows) -> Any:
    return arrow_rich(rows).combine_chunks().to_batches()[0]


def arrow_columns(rows: Rows) -> Any:
    """A dict of Arrow arrays, sliced ones and chunked ones among them."""
    table = arrow_rich(rows)
    out: dict[str, Any] = {}
    for k, name in enumerate(table.column_names):
        column = table.column(name).combine_chunks()
        if k % 3 == 0:
            column = pa.concat_arrays([column.slice(0, 5), column]).slice(5)
        out[name] = (
            pa.chunked_array([column.slice(0, 50), column.slice(50)]) if k % 3 == 1 else column
        )
    return out


def polars(rows: Rows) -> Any:
    return pl.DataFrame(rows)


def polars_categorical(rows: Rows) -> Any:
    return pl.DataFrame(rows).with_columns(pl.col("plan", "champion").cast(pl.Categorical))


def polars_chunks(rows: Rows) -> Any:
    table = pl.DataFrame(rows)
    return pl.concat([table[:200], table[200:333], table[333:]], rechunk=False)


def polars_columns(rows: Rows) -> Any:
    return {n: pl.Series(n, v) for n, v in rows.items()}


def duck(rows: Rows) -> Any:
    source = pa.table(rows)
    return duckdb.connect().from_arrow(source).filter("true")


def texts(rows: Rows) -> Any:
    """As CSV comes: everything is text."""

    def text(value: Any) -> Any:
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {n: [text(v) for v in values] for n, values in rows.items()}


SHAPES: list[Callable[[Rows], Any]] = [
    numpy_dict,
    numpy_narrow,
    numpy_strided,
    numpy_structured,
    records,
    buffers,
    decimals,
    times,
    pandas_object,
    pandas_inferred,
    pandas_nullable,
    pandas_arrow,
    pandas_zoned,
    pandas_indexed,
    pandas_block,
    arrow,
    arrow_rich,
    arrow_sliced,
    arrow_reader,
    arrow_dictionaries,
    arrow_array,
    arrow_columns,
    polars,
    polars_categorical,
    polars_chunks,
    polars_columns,
    duck,
    texts,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_table_gives_the_same_bits(
    plan: aiueo.Plan, rows: Rows, wanted: aiueo.Scores, shape: Any
) -> None:
    assert_same(plan.score(shape(rows), detail=True), wanted)


@pytest.mark.parametrize(
    "shape", [dict, pa.table, pl.DataFrame, pd.DataFrame], ids=["dict", "arrow", "polars", "pandas"]
)
def test_initiatives_of_every_kind(plan: aiueo.Plan, rows: Rows, shape: Any) -> None:
    given = plan.score(rows, initiatives=INITIATIVES)
    assert_same(plan.score(rows, initiatives=shape(INITIATIVES)), given)
    assert given["E"].tobytes() != plan.score(rows)["E"].tobytes()
    prepared = plan.initiatives(shape(INITIATIVES))
    assert_same(plan.score(rows, initiatives=prepared), given)


def test_numbers_are_borrowed_not_copied(plan: aiueo.Plan, rows: Rows) -> None:
    columns = numpy_dict(rows)
    batch = plan.batch(columns)
    before = plan.score(batch)["U"].copy()
    columns["logins_28d"][:] = 0.0
    after = plan.score(batch)["U"]
    assert before.tobytes() != after.tobytes()


class Miscounted(Sequence[Any]):
    """Its length is that of before, as of a result from which others took rows."""

    def __init__(self, items: list[Any], count: int) -> None:
        self.items = items
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, at: Any) -> Any:
        return self.items[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


@pytest.mark.parametrize("name", ["customer", "as_of", "plan", "seats", "setup_done"])
def test_a_sequence_is_as_long_as_what_it_gives(plan: aiueo.Plan, rows: Rows, name: str) -> None:
    for left in (10, 599):
        column = Miscounted(rows[name][:left], 600)
        with pytest.raises(aiueo.DataError, match="rows; column") as failure:
            plan.score({**rows, name: column})
        assert str(left) in str(failure.value)
    assert_same(plan.score({**rows, name: Miscounted(rows[name], 9)}), plan.score(rows))


class Plans(str, enum.Enum):
    TRIAL = "trial"
    STANDARD = "standard"


class Keys(str, enum.Enum):
    FIRST = "c-0001"
    SECOND = "c-0002"


class Numbers(int, enum.Enum):
    SEVEN = 7


class Amounts(decimal.Decimal, enum.Enum):
    SMALL = "12.50"


def test_members_of_enumerations_and_texts_of_numpy_are_their_text(plan: aiueo.Plan) -> None:
    given = {
        "customer": [Keys.FIRST, np.str_("c-0001"), b"c-0001", np.bytes_(b"c-0001")],
        "plan": [Plans.TRIAL, np.str_("trial"), b"trial", np.bytes_(b"trial")],
    }
    found = set()
    for customer, word in zip(*given.values()):
        columns = {"customer": [customer, "c-9"], "plan": [word, "standard"], "seats": [5, 6]}
        scores = plan.score(columns, as_of="2026-11-21", missing_columns="unknown")
        batch = plan.batch(columns, as_of="2026-11-21", missing_columns="unknown")
        why = plan.explain(batch, customer=customer)
        found.add((scores[0].customer, scores[0].profile, why["customer"], why.profile))
        assert why["row"] == 0
        alone = plan.score_one(
            as_of="2026-11-21",
            customer=customer,
            seats=5,
            plan=word.decode() if isinstance(word, bytes) else word,
        )
        assert dict(alone) == dict(scores[0])
    assert found == {("c-0001", "trial", "c-0001", "trial")}
    with pytest.raises(aiueo.DataError, match="row 2"):  # one key, not two
        plan.score(
            {"customer": given["customer"][:2], "plan": given["plan"][:2]},
            as_of="2026-11-21",
            missing_columns="unknown",
        )


def test_members_of_enumerations_in_other_tables_and_numbers(plan: aiueo.Plan) -> None:
    def rows(keys: list[Any], seats: Any, mrr: Any) -> dict[str, Any]:
        given = {"seats": [seats, 8], "mrr": [mrr, decimal.Decimal(9)], "mrr_12m_ago": [10, 10]}
        return {"customer": keys, "as_of": ["2026-11-21"] * 2, **given}

    member = {"c-0001": Keys.FIRST, "c-0002": Keys.SECOND}
    done = {**INITIATIVES, "customer": [member.get(one, one) for one in INITIATIVES["customer"]]}
    options: dict[str, Any] = {"missing_columns": "unknown", "detail": True}
    wanted = plan.score(
        rows([*member], 7, decimal.Decimal("12.50")), initiatives=INITIATIVES, **options
    )
    given = rows([*Keys], Numbers.SEVEN, Amounts.SMALL)
    assert_same(plan.score(given, initiatives=done, **options), wanted)
    numbered = {"customer": [Numbers.SEVEN], "as_of": ["2026-11-21"]}
    assert plan.explain(numbered, customer=Numbers.SEVEN, missing_columns="unknown")["row"] == 0


def test_what_has_no_order_is_no_column(plan: aiueo.Plan, rows: Rows) -> None:
    for column, said in ((set(range(600)), "set"), (dict(enumerate(range(600))), "dict")):
        with pytest.raises(aiueo.DataError, match=f"is a {said}, whose items are not in the order"):
            plan.score({**rows, "seats": column})


def test_pandas_without_pyarrow(
    plan: aiueo.Plan, rows: Rows, wanted: aiueo.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiueo import _optional

    frames = [pandas_object(rows), pandas_nullable(rows)]
    monkeypatch.setitem(_optional._found, "pyarrow", None)
    for frame in frames:
        assert_same(plan.score(frame, detail=True), wanted)


def test_columns_the_model_does_not_know_are_not_looked_at(plan: aiueo.Plan, rows: Rows) -> None:
    assert_same(plan.score({**rows, "note": [object()] * 600, "industry": None}), plan.score(rows))


def test_no_rows(plan: aiueo.Plan, rows: Rows) -> None:
    nothing = {name: values[:0] for name, values in rows.items()}
    for table in (nothing, pa.table(rows).slice(0, 0), pa.table(rows).schema.empty_table()):
        scores = plan.score(table)
        assert len(scores) == 0
        assert scores["U"].shape == (0,)
        assert scores.to_pandas().shape[0] == 0
        assert scores.to_arrow().num_rows == 0
        assert scores.summary()["rows"] == 0


def test_one_date_for_all_rows(plan: aiueo.Plan, rows: Rows, wanted: aiueo.Scores) -> None:
    undated = {name: values for name, values in rows.items() if name != "as_of"}
    for day in ("2026-11-21", datetime.date(2026, 11, 21), np.datetime64("2026-11-21")):
        assert_same(plan.score(undated, as_of=day, detail=True), wanted)


def test_null_texts(plan: aiueo.Plan, rows: Rows, wanted: aiueo.Scores) -> None:
    written = {n: ["n/a" if v == "" else v for v in vs] for n, vs in texts(rows).items()}
    assert_same(plan.score(written, detail=True, null_texts=["NA", "n/a"]), wanted)
    with pytest.raises(aiueo.DataError, match="n/a"):
        plan.score(written)


def test_a_simulated_world_is_a_table(plan: aiueo.Plan) -> None:
    from aiueo import _optional, sim

    world = sim.simulate(customers=60, months=6, seed=2)
    direct = plan.score(world.snapshots, initiatives=world.initiatives)
    assert_same(direct, plan.score(world.snapshots.to_arrow(), initiatives=world.initiatives))
    assert _optional.pyarrow() is not None
