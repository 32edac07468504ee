"""Evidence: the same bytes however it was counted, and figures that pandas finds, too."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable

import aiueo
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from histories import MODEL, World, small_contracts, small_rows
from places import ROOT


@pytest.fixture(scope="module")
def world() -> World:
    return World()


# ── the same customers, the same bytes ───────────────────────────────────────────────────────


def test_partitions_give_the_same_bytes(world: World) -> None:
    keys = world.snapshots["customer"].unique()
    assert len(keys) > 200
    for parts in (2, 7):
        dice = np.random.default_rng(parts)
        part_of = dict(zip(keys, dice.integers(0, parts, len(keys))))
        pieces = []
        for k in range(parts):
            mine = world.snapshots[world.snapshots["customer"].map(part_of) == k]
            pieces.append(world.evidence(mine.sample(frac=1, random_state=k)))
        dice.shuffle(pieces)
        merged = world.plan.evidence(world.snapshots.iloc[:0], world.contracts)
        assert bytes(merged.merge(*pieces)) == world.state
        assert merged.counts == world.seen.counts

        updated = aiueo.Evidence(world.plan)
        for k in range(parts):
            mine = world.snapshots[world.snapshots["customer"].map(part_of) == k]
            updated.update(mine, world.contracts, initiatives=world.prepared)
        assert bytes(updated) == world.state


KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "polars, in chunks": lambda frame: pl.concat(
        pl.from_pandas(frame).iter_slices(100), rechunk=False
    ),
    "pyarrow": pa.Table.from_pandas,
    "pyarrow, in batches": lambda frame: pa.RecordBatchReader.from_batches(
        pa.Table.from_pandas(frame).schema, pa.Table.from_pandas(frame).to_batches(100)
    ),
    "duckdb": lambda frame: duckdb.from_df(frame),
    "dict": lambda frame: {name: frame[name].to_numpy() for name in frame},
    "rows": lambda frame: frame.astype(object).where(frame.notna(), None).to_dict("records"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_bytes(world: World, kind: str) -> None:
    made = KINDS[kind]
    seen = world.plan.evidence(
        made(world.snapshots), made(world.contracts), initiatives=made(world.initiatives)
    )
    assert bytes(seen) == world.state


def test_prepared_parts_serve_again(world: World) -> None:
    batch = world.plan.batch(world.made.snapshots, initiatives=world.prepared, all_metrics=True)
    contracts = world.plan.contracts(world.made.contracts)
    for threads in (1, 3):
        assert bytes(world.plan.evidence(batch, contracts, threads=threads)) == world.state
    plain = world.plan.batch(world.made.snapshots)
    with pytest.raises(aiueo.ArgumentError, match="all_metrics=True"):
        world.plan.evidence(plain, contracts)


def test_threads_share_evidence(world: World) -> None:
    keys = sorted(world.snapshots["customer"].unique())
    seen = aiueo.Evidence(world.plan)
    contracts = world.plan.contracts(world.contracts)

    def count(k: int) -> None:
        mine = world.snapshots[world.snapshots["customer"].isin(keys[k::8])]
        seen.update(mine, contracts, initiatives=world.prepared)
        seen.study("renewal")
        assert seen.counts["customers"] > 0

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(8)))
    assert bytes(seen) == world.state


def test_the_managers_word_does_not_confirm_itself() -> None:
    metrics = {**MODEL["metrics"], "pulse": {"type": "number", "max_age_days": 90}}
    axes = {**MODEL["axes"]}
    axes["U"] = {**axes["U"], "override": {"metric": "pulse", "mode": "replace"}}
    plan = aiueo.load({**MODEL, "metrics": metrics, "axes": axes})
    stages, findings = [], []
    for pulse in (0, 100):
        rows = {**small_rows(), "pulse": [pulse] * 4, "pulse@": small_rows()["as_of"]}
        stages.append(plan.score(rows).stage.to_list())
        findings.append(plan.evidence(rows, small_contracts()).study("renewal"))
    assert stages == [["低い"] * 4, ["Active"] * 4]
    assert findings[0] == findings[1]


# ── written, read ────────────────────────────────────────────────────────────────────────────


def test_a_state_is_written_and_read(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.state"
    world.seen.write(path)
    assert path.read_bytes() == world.state and os.listdir(tmp_path) == ["a.state"]
    for source in (path, str(path), world.state, bytearray(world.state), memoryview(world.state)):
        read = world.plan.read_evidence(source)
        assert bytes(read) == world.state and read.counts == world.seen.counts
        assert read.study("renewal") == world.seen.study("renewal")
    assert bytes(pickle.loads(pickle.dumps(world.seen))) == world.state
    with pytest.raises(FileNotFoundError):
        world.seen.write(tmp_path / "none" / "a.state")
    with pytest.raises(FileNotFoundError):
        world.plan.read_evidence(tmp_path / "b.state")


def test_a_broken_state_is_refused(world: World) -> None:
    state = world.state
    flipped = bytearray(state)
    flipped[len(state) // 2] ^= 4
    for broken in (b"", state[:7], state[:100], state[:-1], state + b"x", bytes(flipped)):
        with pytest.raises(aiueo.DataError) as caught:
            world.plan.read_evidence(broken)
        assert caught.value.status == "bad_state"


def test_what_could_not_be_read_is_not_written(small: aiueo.Plan, tmp_path: Path) -> None:
    """Merging adds up more than there can be: that shows where it is written, not when it is too
    late."""
    seen = small.evidence(small_rows(), small_contracts())
    for _ in range(63):
        try:
            state = bytes(seen)
        except aiueo.DataError as failure:
            said = str(failure)
            break
        seen.merge(small.read_evidence(state))
    else:
        pytest.fail("there is no end of it")
    assert seen.counts["rows"] > 1 << 40
    assert said == 'the state contradicts itself: table "totals" counts more than there can be'
    with pytest.raises(aiueo.DataError, match="more than there can be") as caught:
        seen.write(tmp_path / "all.state")
    assert caught.value.status == "bad_state" and not list(tmp_path.iterdir())
    assert small.read_evidence(state).counts["rows"] == seen.counts["rows"] // 2


def test_a_state_of_another_model_is_refused(world: World) -> None:
    labels = {**world.model, "label": {"en": "Something else"}}
    assert bytes(aiueo.load(labels).read_evidence(world.state)) == world.state
    leads = {**world.model, "study": {**world.model.get("study", {}), "leads": [60]}}
    other = aiueo.load(leads)
    with pytest.raises(aiueo.ArgumentError, match="model"):
        other.read_evidence(world.state)
    mine = other.evidence(world.snapshots, world.contracts, initiatives=world.initiatives)
    with pytest.raises(aiueo.ArgumentError, match="different models"):
        mine.merge(world.seen)
    with pytest.raises(aiueo.ArgumentError, match="itself"):
        mine.merge(mine)


# ── what is wrong ────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def small() -> aiueo.Plan:
    return aiueo.load(MODEL)


def test_a_small_history_by_hand(small: aiueo.Plan) -> None:
    seen = small.evidence(small_rows(), small_contracts())
    # a and b are seen 90 days ahead (9 February) only, c at its end only; d has no snapshot.
    assert seen.counts == {
        "rows": 4,
        "customers": 3,
        "ends": 3,
        "open": 0,
        "observed": 3,
        "unobserved": 3,
        "lead_too_long": 0,
        "leaked": 0,
        "without_contract": 0,
        "customer_months": 4,
        "pending_calls": 0,
        "ranks_seen": 0,
        "ranks_unseen": 0,
        "customers_ranked": 0,
        "payers": 0,
        "payers_unseen": 0,
        "never_active": 0,
        "unpriced": 0,
        "overdue": 0,
        "begun_unseen": 0,
    }
    found = seen.study("renewal", lead=90)
    [stage] = [one for one in found.tables if one.of == "stage"]
    assert [(row.level, row.kept, row.rate.n, row.rate.value) for row in stage.rows] == [
        ("everybody", 1, 2, 0.5),
        ("低い", 0, 1, 0.0),
        ("Active", 1, 1, 1.0),
    ]
    assert stage.rows[0].weighted.value == 200 / 300 and stage.rows[0].retained.value == 250 / 300
    assert seen.study("renewal", lead=0).tables[0].rows[0].rate.n == 1
    assert seen.study("renewal", kind="trial").customers == 0


def test_leaks_are_found(small: aiueo.Plan) -> None:
    rows = small_rows()
    rows["nps@"] = ["2026-01-10", None, "2025-12-01", "2026-02-06"]
    with pytest.raises(aiueo.DataError, match=r'row 4, customer c, column "nps"') as caught:
        small.evidence(rows, small_contracts())
    assert caught.value.status == "bad_value"
    dropped = small.evidence(rows, small_contracts(), drop_leaks=True).counts
    assert (dropped["leaked"], dropped["observed"]) == (1, 2)
    read = small.read_evidence(
        bytes(small.evidence({**rows, "customer": list("wxyz")}, small_contracts())),
        drop_leaks=True,
    )
    assert read.update(rows, small_contracts()).counts["leaked"] == 1


def test_what_evidence_needs(small: aiueo.Plan) -> None:
    rows, contracts = small_rows(), small_contracts()
    for column in ("customer", "as_of", "plan"):
        less = {name: values for name, values in rows.items() if name != column}
        with pytest.raises(aiueo.DataError, match=f'snapshots, column "{column}": is not there'):
            small.evidence(less, contracts)
    less = {name: values for name, values in rows.items() if name != "plan"}
    assert small.evidence(less, contracts, missing_columns="unknown").counts["observed"] == 3
    assert bytes(small.evidence({**rows, "unread": [5] * 4}, contracts)) != bytes(
        small.evidence(rows, contracts)
    )
    for column in ("customer", "start", "end", "outcome"):
        less = {name: values for name, values in contracts.items() if name != column}
        with pytest.raises(aiueo.DataError, match=f'contracts, column "{column}": is not there'):
            small.evidence(rows, less)
    seen = small.evidence(rows, contracts)
    before = bytes(seen)
    with pytest.raises(aiueo.DataError, match="was counted before"):
        seen.update(rows, contracts)
    assert bytes(seen) == before
    twice = {name: [*values, values[0]] for name, values in rows.items()}
    with pytest.raises(aiueo.DataError) as caught:
        small.evidence(twice, contracts)
    assert caught.value.status == "duplicate_row"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("outcome", "renewd", 'row 2, column "outcome": "renewd".*did you mean "renewed"'),
        ("outcome", "lapsed", "row 2, customer b"),
        ("end", "2025-05-10", "not later than the start"),
        ("end", None, "is empty; every contract has an end"),
        ("mrr_before", -1, "is negative"),
        ("customer", None, 'row 2, column "customer"'),
        ("start", object(), r'contracts, row 2, column "start": .* is object'),
    ],
)
def test_wrong_contracts_are_refused(
    small: aiueo.Plan, column: str, value: Any, message: str
) -> None:
    contracts = small_contracts()
    contracts[column] = [*contracts[column]]
    contracts[column][1] = value
    if column == "outcome" and value == "lapsed":
        contracts["kind"] = ["contract"] * 4
    with pytest.raises(aiueo.DataError, match=message):
        small.evidence(small_rows(), contracts)


def test_contracts_of_other_shapes(small: aiueo.Plan) -> None:
    wanted = bytes(small.evidence(small_rows(), small_contracts()))
    contracts = small_contracts()
    dates = {
        **contracts,
        "start": pd.to_datetime(contracts["start"]),
        "end": np.array(contracts["end"], dtype="datetime64[D]"),
        "outcome": pd.Categorical(contracts["outcome"]),
        "mrr_before": pd.array(contracts["mrr_before"], dtype="Int64"),
        "mrr_after": np.array([np.nan, 250, 300, np.nan], dtype=np.float32),
        "notes": [object()] * 4,
    }
    assert bytes(small.evidence(small_rows(), dates)) == wanted
    assert bytes(small.evidence(small_rows(), pd.DataFrame(dates))) == wanted
    [batch] = pa.table(contracts).to_batches()
    assert bytes(small.evidence(small_rows(), batch)) == wanted
    with pytest.raises(aiueo.DataError, match='contracts, column "end": has 3 rows'):
        small.evidence(small_rows(), {**contracts, "end": contracts["end"][:3]})
    with pytest.raises(TypeError, match="contracts is a path"):
        small.evidence(small_rows(), "contracts.csv")
    nothing = {name: [] for name in contracts}
    assert small.evidence(small_rows(), nothing).counts["without_contract"] == 3
    still_open = {**contracts, "outcome": [None] * 4}
    assert small.evidence(small_rows(), still_open).counts["open"] == 3


def test_nothing_of_contracts_stays_behind(small: aiueo.Plan) -> None:
    from aiueo import _arrow, _export

    before = len(_arrow._exported)
    small.contracts(small_contracts())
    with pytest.raises(aiueo.DataError):
        small.contracts({**small_contracts(), "end": ["2025-01-01"] * 4})
    assert not _export._alive and len(_arrow._exported) == before


def test_neither_pyarrow_nor_numpy_is_needed() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'pyarrow')))\n"
        f"sys.path[:0] = {[str(ROOT / 'capi' / 'python'), str(Path(__file__).parent)]!r}\n"
        "import json, aiueo\n"
        "model, rows, contracts = json.load(sys.stdin)\n"
        "print(aiueo.load(model).evidence(rows, contracts).study('renewal'))\n"
    )
    given = json.dumps([MODEL, small_rows(), small_contracts()])
    done = subprocess.run(
        [sys.executable, "-c", program], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wanted = aiueo.load(MODEL).evidence(small_rows(), small_contracts()).study("renewal")
    assert done.stdout == f"{wanted}\n"


def test_doubtful_contracts_are_told(small: aiueo.Plan) -> None:
    contracts = small_contracts()
    contracts["mrr_before"] = [None, 200, 300, 400]
    with pytest.warns(aiueo.DataWarning, match="1 of 4 contracts lack an MRR"):
        prepared = small.contracts(contracts)
    assert len(prepared.warnings) == 1
    assert small.contracts(prepared) is prepared
