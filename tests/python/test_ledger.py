"""A ledger: read from every kind of table, refused in words; money over time in evidence."""

from __future__ import annotations

import datetime
from typing import Any

import aiueo
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from aiueo._histories import arrow_of
from aiueo._ledger import COLUMNS
from histories import MODEL, World, small_contracts, small_ledger, small_rows
from test_histories import KINDS

LATEST = "2026-01-31"  # of small_rows()


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(MODEL)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def money(seen: aiueo.Evidence) -> tuple[int, int]:
    return seen.counts["payers"], seen.counts["payers_unseen"]


# ── the table ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_ledger_is_read_from_every_kind_of_table(plan: aiueo.Plan, kind: str) -> None:
    made = KINDS[kind]
    prepared = plan.ledger(made(small_ledger()))
    assert prepared.plan is plan and plan.ledger(prepared) is prepared
    wanted = bytes(plan.evidence(small_rows(), small_contracts(), ledger=small_ledger()))
    for one in (prepared, made(small_ledger())):
        assert bytes(plan.evidence(small_rows(), small_contracts(), ledger=one)) == wanted
    wrong = {**small_ledger(), "end": ["2026-05-10", None, "2024-05-10", None]}
    with pytest.raises(aiueo.DataError, match=r'^ledger, row 3.*column "end".*not later than'):
        plan.ledger(made(wrong))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_handed_over_is_the_table(kind: str) -> None:
    """As PyArrow reads it, in memory that is not clean."""
    table = arrow_of(KINDS[kind](small_ledger()), COLUMNS, "ledger")
    for name, values in small_ledger().items():
        found = [None if one is None or one != one else one for one in table[name].to_pylist()]
        assert [one and str(one)[:10].removesuffix(".0") for one in found] == [
            one and str(one) for one in values
        ]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("customer", None, 'row 2, column "customer"'),
        ("start", None, 'row 2.*column "start".*every row has a start'),
        ("start", "soon", 'row 2.*column "start"'),
        ("mrr", None, 'row 2.*column "mrr".*every row has an MRR'),
        ("mrr", -1, 'row 2.*column "mrr".*is negative'),
        ("mrr", 1e15, 'row 2.*column "mrr".*is too large'),
        ("mrr", object(), 'ledger, row 2, column "mrr": .* is object'),
    ],
)
def test_a_wrong_ledger_is_refused(plan: aiueo.Plan, column: str, value: Any, message: str) -> None:
    table = small_ledger()
    table[column][1] = value
    with pytest.raises(aiueo.DataError, match=message):
        plan.ledger(table)


def test_a_ledger_has_its_columns(plan: aiueo.Plan) -> None:
    for column in ("customer", "start", "end", "mrr"):
        less = {name: values for name, values in small_ledger().items() if name != column}
        for table in (less, pd.DataFrame(less), pa.table(less)):
            with pytest.raises(aiueo.DataError, match=f'ledger, column "{column}": is not there'):
                plan.ledger(table)
    plan.ledger({name: [] for name in small_ledger()})
    plan.ledger({**small_ledger(), "notes": [object()] * 4})
    with pytest.raises(TypeError, match="ledger is a path"):
        plan.ledger("ledger.csv")


def test_the_latest_date_of_a_batch(plan: aiueo.Plan) -> None:
    rows = small_rows()
    wanted = datetime.date(2026, 1, 31)
    for dates in (
        rows["as_of"],
        [datetime.date.fromisoformat(one) for one in rows["as_of"]],
        np.array(rows["as_of"], dtype="datetime64[D]"),
        pd.to_datetime(rows["as_of"]),
        ["2026-01-31T10:00:00Z", "2025-01-01", "2024-01-01", "2023-01-01"],
    ):
        assert plan.batch({**rows, "as_of": dates}).latest_as_of() == wanted
    pieces = pa.table(rows).to_batches(1)
    reader = pa.RecordBatchReader.from_batches(pieces[0].schema, [*pieces[:0:-1], pieces[0]])
    assert plan.batch(reader).latest_as_of() == wanted
    del rows["as_of"]
    assert plan.batch(rows, as_of="1969-12-30").latest_as_of() == datetime.date(1969, 12, 30)
    assert plan.batch(rows, missing_columns="unknown").latest_as_of() is None
    nothing = {name: [] for name in small_rows()}
    assert plan.batch(nothing).latest_as_of() is None
    with pytest.raises(aiueo.DataError, match=r'row 3.*"as_of": "soon"'):
        plan.batch({**small_rows(), "as_of": [LATEST, LATEST, "soon", None]}).latest_as_of()


# ── until when ───────────────────────────────────────────────────────────────────────────────


def test_what_is_given_decides_whether_money_is_counted(plan: aiueo.Plan) -> None:
    tables = small_rows(), small_contracts()
    assert money(plan.evidence(*tables)) == (0, 0)
    # d has a contract and no snapshot; z is in the ledger alone.
    assert money(plan.evidence(*tables, data_until=LATEST)) == (4, 1)
    assert money(plan.evidence(*tables, ledger=small_ledger())) == (3, 2)
    early = plan.evidence(*tables, ledger=small_ledger(), data_until="2025-02-01")
    assert money(early) == (3, 2) and early.counts["never_active"] == 1  # a comes later


def test_the_latest_snapshot_is_the_default(plan: aiueo.Plan) -> None:
    tables = small_rows(), small_contracts()
    wanted = bytes(plan.evidence(*tables, ledger=small_ledger()))
    for until in (
        LATEST,
        datetime.date(2026, 1, 31),
        datetime.datetime(2026, 1, 31),
        np.datetime64(LATEST),
        pd.Timestamp(LATEST),
    ):
        seen = plan.evidence(*tables, ledger=small_ledger(), data_until=until)
        assert bytes(seen) == wanted, until
    other = plan.evidence(*tables, ledger=small_ledger(), data_until="2026-02-01")
    assert bytes(other) != wanted
    for wrong in ("soon", "2026-01-31 10:00", 7):
        with pytest.raises(aiueo.DataError, match=r"^data_until: "):
            plan.evidence(*tables, data_until=wrong)
    nothing = {name: [] for name in small_rows()}
    with pytest.raises(aiueo.ArgumentError, match=r"needs data_until.*without snapshots"):
        plan.evidence(nothing, small_contracts(), ledger=small_ledger())
    seen = plan.evidence(nothing, small_contracts(), ledger=small_ledger(), data_until=LATEST)
    assert money(seen) == (3, 5)  # nobody was seen


def test_what_does_not_see_all_snapshots_is_told(plan: aiueo.Plan) -> None:
    seen = aiueo.Evidence(plan)
    with pytest.raises(aiueo.ArgumentError, match=r"ledger needs data_until.*update\(\)"):
        seen.update(small_rows(), small_contracts(), ledger=small_ledger())
    with pytest.raises(aiueo.ArgumentError, match=r"ledger needs data_until.*a stream"):
        seen.update_stream(pa.table(small_rows()), small_contracts(), ledger=small_ledger())
    with pytest.raises(TypeError, match="data_until"):
        seen.count_unseen(small_contracts(), ledger=small_ledger())
    assert bytes(seen) == bytes(aiueo.Evidence(plan))
    seen.update(small_rows(), small_contracts())
    assert bytes(seen) == bytes(plan.evidence(small_rows(), small_contracts()))


def test_one_date_for_all(plan: aiueo.Plan) -> None:
    def part(k: int) -> dict[str, list[Any]]:
        return {name: values[k : k + 1] for name, values in small_rows().items()}

    def until(date: str | None, k: int) -> aiueo.Evidence:
        return aiueo.Evidence(plan).update(part(k), small_contracts(), data_until=date)

    seen = until(LATEST, 0)
    state = bytes(seen)
    for date, said in (
        ("2026-02-01", "counted until 2026-01-31"),
        (None, "data_until is missing"),
    ):
        with pytest.raises(aiueo.ArgumentError, match=said):
            seen.update(part(1), small_contracts(), data_until=date)
        with pytest.raises(aiueo.ArgumentError, match="different data_until"):
            seen.merge(until(date, 1))
    with pytest.raises(aiueo.ArgumentError, match="counted until 2026-01-31"):
        seen.count_unseen(small_contracts(), data_until="2026-02-01")
    with pytest.raises(aiueo.ArgumentError, match="counted without it"):
        until(None, 0).update(part(1), small_contracts(), data_until=LATEST)
    assert bytes(seen) == state
    seen.merge(until(LATEST, 1)).count_unseen(small_contracts(), data_until=LATEST)


def test_a_ledger_of_another_currency(plan: aiueo.Plan) -> None:
    yen = aiueo.load({**MODEL, "currency": "JPY"}).ledger(small_ledger())
    with pytest.raises(aiueo.ArgumentError, match="the ledger counts money with 0 digits"):
        plan.evidence(small_rows(), small_contracts(), ledger=yen)


# ── sameness ─────────────────────────────────────────────────────────────────────────────────


def test_a_simulated_ledger(world: World) -> None:
    made = world.made
    seen = world.plan.evidence(made.snapshots, made.contracts, ledger=made.ledger)
    paid, snapshots = set(made.ledger["customer"]), set(made.snapshots["customer"])
    everybody = paid | set(made.contracts["customer"])
    assert money(seen) == (len(paid), len(everybody - snapshots))
    assert money(seen)[1] > 5
    whole = pa.table(made.ledger).to_pandas()
    latest = max(str(one) for one in world.snapshots["as_of"])[:10]
    again = world.plan.evidence(world.snapshots, world.contracts, ledger=whole, data_until=latest)
    assert bytes(again) == bytes(seen)


def test_parts_are_the_whole(world: World) -> None:
    """Whether the tables beside are whole or in parts, too; in a stream or at once."""
    plan, snapshots, contracts = world.plan, world.snapshots, world.contracts
    ledger = pa.table(world.made.ledger).to_pandas()
    until = max(str(one) for one in snapshots["as_of"])[:10]
    wanted = bytes(plan.evidence(snapshots, contracts, ledger=ledger))
    side = [set(), set()]
    for k, key in enumerate(sorted({*contracts["customer"], *ledger["customer"]})):
        side[k % 2].add(key)

    def of(table: Any, k: int) -> Any:
        return table[table["customer"].isin(side[k])]

    at_once = aiueo.Evidence(plan)
    prepared = plan.contracts(contracts), plan.ledger(ledger)
    for k in range(2):
        at_once.update(of(snapshots, k), prepared[0], ledger=prepared[1], data_until=until)
    assert money(at_once)[1] == 0
    at_once.count_unseen(prepared[0], ledger=prepared[1], data_until=until)
    assert bytes(at_once) == wanted
    at_once.count_unseen(prepared[0], ledger=prepared[1], data_until=until)  # nobody twice
    assert bytes(at_once) == wanted

    parts = [
        plan.evidence(of(snapshots, k), of(contracts, k), ledger=of(ledger, k), data_until=until)
        for k in range(2)
    ]
    assert bytes(parts[1].merge(parts[0])) == wanted

    ordered = pa.Table.from_pandas(snapshots.sort_values("customer", kind="stable"))
    streamed = aiueo.Evidence(plan).update_stream(
        ordered, contracts, ledger=ledger, data_until=until, rows=500
    )
    streamed.count_unseen(contracts, ledger=ledger, data_until=until)
    assert bytes(streamed) == wanted


def test_whom_count_unseen_has_counted_is_seen(plan: aiueo.Plan) -> None:
    seen = aiueo.Evidence(plan).count_unseen(small_contracts(), data_until=LATEST)
    assert seen.counts["payers_unseen"] == 4
    with pytest.raises(aiueo.DataError, match="counted before"):
        seen.update(small_rows(), small_contracts(), data_until=LATEST)


# ── currency ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_amounts_are_in_the_models_currency(kind: str) -> None:
    plan, made = aiueo.load({**MODEL, "currency": "USD"}), KINDS[kind]
    for prepare, table in ((plan.ledger, small_ledger()), (plan.contracts, small_contracts())):
        for currency in ([None] * 4, ["USD", None, "", "USD"]):
            prepare(made({**table, "currency": currency}))
        with pytest.raises(aiueo.DataError, match=r'row 3, column "currency": "EUR" is not the'):
            prepare(made({**table, "currency": ["USD", None, "EUR", "GBP"]}))


def test_a_model_without_a_currency_takes_one(plan: aiueo.Plan) -> None:
    def seen(of_ledger: str | None, of_contracts: str | None) -> aiueo.Evidence:
        contracts = {**small_contracts(), "currency": [of_contracts, None, None, of_contracts]}
        ledger = {**small_ledger(), "currency": [None, None, of_ledger, of_ledger]}
        return plan.evidence(small_rows(), contracts, ledger=ledger)

    wanted = bytes(seen(None, None))
    for one in (seen("EUR", None), seen(None, "USD"), seen("EUR", "EUR")):
        assert bytes(one) == wanted  # no state says in which currency it is
    with pytest.raises(aiueo.ArgumentError, match="ledger are in EUR, those of the contracts in U"):
        seen("EUR", "USD")
    with pytest.raises(aiueo.ArgumentError, match="one was counted in EUR, the other in USD"):
        seen("EUR", None).merge(seen("USD", None))
    with pytest.raises(aiueo.DataError, match=r'row 4.*"GBP" is not the currency of row 3, "EUR"'):
        plan.ledger({**small_ledger(), "currency": [None, None, "EUR", "GBP"]})


def test_free_entries_that_are_ignored_begin_and_end_no_onboarding() -> None:
    plan = aiueo.load(
        {
            "aiueo": 1,
            "name": "free",
            "currency": "JPY",
            "metrics": {"x": {"type": "number"}},
            "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [3, 100]]}}}},
            "ladders": {
                "stage": [
                    {"name": "new"},
                    {"name": "ready", "when": "x >= 1", "expected_by_days": 60},
                ]
            },
            "study": {"free_entries": "ignored", "completion": {"stage": "ready"}},
        }
    )
    # Free for two months, then paying; paying for a month, then free.
    paid = [("up", "2024-03-01", None, 100), ("down", "2024-03-01", "2024-04-01", 100)]
    free = [("up", "2024-01-01", "2024-03-01", 0), ("down", "2024-04-01", None, 0)]
    rows = [("up", month, float(month >= 4)) for month in range(1, 8)]
    rows += [("down", month, 0.0) for month in range(3, 8)]
    snapshots = {
        "customer": [row[0] for row in rows],
        "as_of": [datetime.date(2024, row[1], 15) for row in rows],
        "x": [row[2] for row in rows],
    }
    contracts = {"customer": ["z"], "start": ["2024-01-01"], "end": ["2024-02-01"]}
    contracts |= {"outcome": [None], "kind": ["trial"]}
    found = []
    for ledger in (paid, free + paid):
        seen = plan.evidence(
            snapshots,
            contracts,
            ledger=dict(zip(("customer", "start", "end", "mrr"), zip(*ledger))),
            data_until="2024-07-31",
        )
        found.append(seen.study("revenue").completion.everybody)
    assert found[0] == found[1]
    assert (found[0].started, found[0].in_time, found[0].left) == (2, 1, 1)
