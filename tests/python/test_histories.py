"""Ranks and all initiatives: read from every kind of table, refused in words, given to evidence."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import aiueo
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from histories import MODEL, World, small_contracts, small_ledger, small_rows
from places import ROOT

JUDGED: dict[str, Any] = {
    **MODEL,
    "metrics": {
        **MODEL["metrics"],
        "calls": {"from": "initiatives", "initiative": "call", "value": "count", "window_days": 60},
    },
    "axes": {
        **MODEL["axes"],
        "U": {"components": {"calls": {"metric": "calls", "steps": [[1, 50], [2, 100]]}}},
    },
    "study": {"leads": [90, 0], "ranks": ["risk", "normal", "good"]},
}

RANKS: dict[str, list[Any]] = {
    "customer": ["a", "a", "b"],
    "as_of": ["2026-01-31", "2026-01-31", "2025-12-31"],
    "rank": ["good", " normal", "risk"],
    "by": ["mika", "jun", None],
}

DONE: dict[str, list[Any]] = {
    "customer": ["a", "a", "b", "c"],
    "initiative": ["call", "call", "mail", "call"],
    "date": ["2026-01-10", "2026-01-20", "2026-01-20", "2024-01-01"],
    "attended": ["2026-01-11", None, None, None],
    "responded": [None, None, "2026-01-22", None],
    "variant": ["long", "short", None, None],
    "holdout": [False, None, True, None],
}


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(JUDGED)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _cast(kind: pa.DataType) -> Callable[[dict[str, list[Any]]], pa.Table]:
    def table(columns: dict[str, list[Any]]) -> pa.Table:
        made = pa.table(columns)
        texts = [name for name in made.column_names if made[name].type == pa.string()]
        for name in texts:
            made = made.set_column(
                made.column_names.index(name), name, made[name].combine_chunks().cast(kind)
            )
        return made

    return table


def _dated(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    dates = ("as_of", "date", "attended", "responded", "start", "end")
    return {
        name: [one and datetime.date.fromisoformat(one) if name in dates else one for one in values]
        for name, values in columns.items()
    }


KINDS: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "dict": dict,
    "dict of dates": _dated,
    "rows": lambda columns: [dict(zip(columns, row)) for row in zip(*columns.values())],
    "pandas": pd.DataFrame,
    "pandas, categorical": lambda columns: pd.DataFrame(columns).astype(
        {name: "category" for name in columns if name in ("rank", "by", "initiative", "variant")}
    ),
    "pandas, of PyArrow": lambda columns: pd.DataFrame(columns).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "polars": lambda columns: pl.DataFrame(columns),
    "polars, lazy": lambda columns: pl.LazyFrame(columns),
    "polars, categorical": lambda columns: pl.DataFrame(columns).with_columns(
        pl.col(pl.String).cast(pl.Categorical)
    ),
    "duckdb": lambda columns: duckdb.from_arrow(pa.table(columns)),
    "pyarrow": pa.table,
    "pyarrow, views": _cast(pa.string_view()),
    "pyarrow, large": _cast(pa.large_string()),
    "pyarrow, dictionary": _cast(pa.dictionary(pa.int16(), pa.string())),
    "pyarrow, batches": lambda columns: pa.RecordBatchReader.from_batches(
        pa.table(columns).schema, pa.table(columns).to_batches(2)
    ),
}


# ── ranks ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_ranks_are_read_from_every_kind_of_table(plan: aiueo.Plan, kind: str) -> None:
    made = KINDS[kind]
    prepared = plan.ranks(made(RANKS))
    assert prepared.plan is plan and plan.ranks(prepared) is prepared
    # What was read is seen in what is refused: the whole of the key, the rank's text.
    twice = {name: [*values, values[1]] for name, values in RANKS.items()}
    with pytest.raises(aiueo.DataError, match='2026-01-31 by "jun", row 2; a member') as caught:
        plan.ranks(made(twice))
    assert caught.value.status == "duplicate_row"
    wrong = {**RANKS, "rank": ["good", "normal", "rusk"]}
    with pytest.raises(aiueo.DataError, match=r'^ranks, row 3.*"rusk".*did you mean "risk"'):
        plan.ranks(made(wrong))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("rank", None, 'row 2.*column "rank".*every row gives a rank'),
        ("as_of", None, 'row 2.*column "as_of".*is empty'),
        ("as_of", "soon", 'row 2.*column "as_of"'),
        ("customer", None, 'row 2, column "customer"'),
        ("by", object(), r'ranks, row 2, column "by": .* is object'),
    ],
)
def test_wrong_ranks_are_refused(plan: aiueo.Plan, column: str, value: Any, message: str) -> None:
    table = {**RANKS, column: [RANKS[column][0], value, RANKS[column][2]]}
    with pytest.raises(aiueo.DataError, match=message):
        plan.ranks(table)


def test_ranks_have_their_columns(plan: aiueo.Plan) -> None:
    for column in ("customer", "as_of", "rank"):
        less = {name: values for name, values in RANKS.items() if name != column}
        for table in (less, pd.DataFrame(less), pa.table(less)):
            with pytest.raises(aiueo.DataError, match=f'ranks, column "{column}": is not there'):
                plan.ranks(table)
    anonymous = {name: values for name, values in RANKS.items() if name != "by"}
    with pytest.raises(aiueo.DataError, match="already has a rank for 2026-01-31, row 1; "):
        plan.ranks(anonymous)  # nobody ranked a twice
    plan.ranks({name: values[1:] for name, values in anonymous.items()})
    plan.ranks({name: [] for name in RANKS})
    with pytest.raises(aiueo.DataError, match='ranks, column "by": has 2 rows'):
        plan.ranks({**RANKS, "by": ["x", "y"]})
    with pytest.raises(TypeError, match="ranks is a path"):
        plan.ranks("ranks.csv")
    with pytest.raises(aiueo.DataError, match="list them in study"):
        aiueo.load(MODEL).ranks(RANKS)


def test_nothing_of_a_table_stays_behind(plan: aiueo.Plan) -> None:
    from aiueo import _arrow, _export

    before = len(_arrow._exported)
    plan.ranks(RANKS)
    plan.initiatives(DONE, keep_all=True)
    with pytest.raises(aiueo.DataError):
        plan.ranks({**RANKS, "rank": ["x"] * 3})
    with pytest.raises(aiueo.DataError):
        plan.initiatives({**DONE, "holdout": [7] * 4}, keep_all=True)
    assert not _export._alive and len(_arrow._exported) == before


# ── initiatives ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_all_initiatives_are_read_from_every_kind_of_table(plan: aiueo.Plan, kind: str) -> None:
    made = KINDS[kind]
    wanted = plan.score(small_rows(), initiatives=DONE).to_dict()
    assert wanted["U"] == [100, 0, 0, 0]
    for keep_all in (False, True):
        prepared = plan.initiatives(made(DONE), keep_all=keep_all)
        assert prepared.keep_all == keep_all and not prepared.warnings
        assert plan.score(small_rows(), initiatives=prepared).to_dict() == wanted
    wrong = {**DONE, "holdout": [0, None, 2, 1]}
    for keep_all in (False, True):
        message = r'initiatives, row 3, column "holdout": 2 is not a'
        with pytest.raises(aiueo.DataError, match=message):
            plan.initiatives(made(wrong), keep_all=keep_all)


def test_initiatives_that_no_row_has_are_told_of_all_rows(plan: aiueo.Plan) -> None:
    slip = {**DONE, "initiative": ["cal", "cal", "mail", "cal"]}
    with pytest.warns(aiueo.DataWarning, match='did you mean "cal"') as caught:
        prepared = plan.initiatives(slip, keep_all=True)
    assert len(prepared.warnings) == 1 and caught[0].filename == __file__


def test_flags_of_every_layout(plan: aiueo.Plan) -> None:
    for flags in (
        [True, False, True, None],
        np.array([True, False, True, True]),
        np.array([True, False] * 4)[::2],
        pd.array([True, None, False, True], dtype="boolean"),
        ["true", "", "no", None],
        [1, 0, 0, None],
        [None] * 4,
    ):
        plan.initiatives({**DONE, "holdout": flags}, keep_all=True)
    for wrong in (["maybe"] * 4, [0.5] * 4):
        with pytest.raises(aiueo.DataError, match="holdout"):
            plan.initiatives({**DONE, "holdout": wrong}, keep_all=True)
    # Booleans are no amounts and no dates.
    for column in ("mrr_before", "start"):
        with pytest.raises(aiueo.DataError, match=column):
            plan.contracts({**small_contracts(), column: np.array([True] * 4)})


# ── evidence ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_bytes(plan: aiueo.Plan, kind: str) -> None:
    made = KINDS[kind]
    known = {"initiatives": DONE, "ranks": RANKS}
    wanted = bytes(plan.evidence(small_rows(), small_contracts(), **known))
    given = {name: made(table) for name, table in known.items()}
    assert bytes(plan.evidence(small_rows(), small_contracts(), **given)) == wanted
    updated = aiueo.Evidence(plan)
    given = {name: made(table) for name, table in known.items()}
    assert bytes(updated.update(small_rows(), small_contracts(), **given)) == wanted


def test_simulated_tables(world: World) -> None:
    made = world.made
    known = {"initiatives": made.initiatives, "ranks": made.ranks}
    seen = world.plan.evidence(made.snapshots, made.contracts, **known)
    ranked = ("ranks_seen", "ranks_unseen", "customers_ranked")
    assert seen.counts["ranks_seen"] > seen.counts["customers_ranked"] > 100
    assert seen.counts == {**world.seen.counts, **{name: seen.counts[name] for name in ranked}}
    as_pandas = {name: pa.table(table).to_pandas() for name, table in known.items()}
    again = world.plan.evidence(world.snapshots, world.contracts, **as_pandas)
    assert bytes(again) == bytes(seen)
    with pytest.raises(aiueo.DataError, match=r'is not a rank of the model.*"S"'):
        world.plan.ranks({"customer": ["a"], "as_of": ["2026-01-01"], "rank": ["s"]})


@pytest.mark.parametrize("keep_all", [False, True])
def test_a_hold_out_was_not_done(plan: aiueo.Plan, keep_all: bool) -> None:
    def scored(**columns: Any) -> Any:
        made = plan.initiatives({**DONE, **columns}, keep_all=keep_all)
        return plan.score(small_rows(), initiatives=made).to_dict()

    nobody = scored(customer=["zz"] * 4)
    assert scored(holdout=[True] * 4) == nobody != scored(holdout=[False] * 4)
    assert not plan.initiatives({**DONE, "holdout": [True] * 4}, keep_all=keep_all).warnings


def test_prepared_initiatives_are_whole(plan: aiueo.Plan) -> None:
    rows, contracts = small_rows(), small_contracts()
    some = plan.initiatives(DONE)
    whole = plan.initiatives(DONE, keep_all=True)
    assert plan.initiatives(whole) is whole and plan.initiatives(some) is some
    wanted = bytes(plan.evidence(rows, contracts, initiatives=whole))
    assert bytes(plan.evidence(rows, contracts, initiatives=DONE)) == wanted
    seen = aiueo.Evidence(plan)
    with pytest.raises(aiueo.ArgumentError, match=r"plan.initiatives\(table, keep_all=True\)"):
        seen.update(rows, contracts, initiatives=some)
    # A batch brings its initiatives along.
    batch = plan.batch(rows, initiatives=whole, all_metrics=True)
    assert bytes(plan.evidence(batch, contracts)) == wanted
    batch = plan.batch(rows, initiatives=some, all_metrics=True)
    with pytest.raises(aiueo.ArgumentError, match="keep_all=True"):
        seen.update(batch, contracts)
    assert seen.counts["rows"] == 0


def test_ranks_of_another_plan(plan: aiueo.Plan) -> None:
    rows, contracts = small_rows(), small_contracts()
    same = aiueo.load(JUDGED).ranks(RANKS)
    wanted = bytes(plan.evidence(rows, contracts, ranks=plan.ranks(RANKS)))
    assert bytes(plan.evidence(rows, contracts, ranks=same)) == wanted
    study = {**JUDGED["study"], "ranks": ["risk", "good", "normal"]}
    other = aiueo.load({**JUDGED, "study": study}).ranks(RANKS)
    message = 'another plan: its model has the ranks "risk", "good", "normal"'
    with pytest.raises(aiueo.ArgumentError, match=message):
        plan.evidence(rows, contracts, ranks=other)


def test_neither_pyarrow_nor_numpy_is_needed() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'pyarrow')))\n"
        f"sys.path[:0] = {[str(ROOT / 'capi' / 'python'), str(Path(__file__).parent)]!r}\n"
        "import json, aiueo\n"
        "model, rows, contracts, known = json.load(sys.stdin)\n"
        "seen = aiueo.load(model).evidence(rows, contracts, **known)\n"
        "print(bytes(seen).hex())\n"
    )
    known = {"initiatives": DONE, "ranks": RANKS, "ledger": small_ledger()}
    given = json.dumps([JUDGED, small_rows(), small_contracts(), known])
    done = subprocess.run(
        [sys.executable, "-c", program], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wanted = aiueo.load(JUDGED).evidence(small_rows(), small_contracts(), **known)
    assert bytes.fromhex(done.stdout) == bytes(wanted)
