"""Money over time that is wrong, odd or on an edge: each case of the table in docs/revenue.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiueo
import pytest
from test_cli import refused, run

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "cases",
    "currency": "USD",
    "metrics": {"logins": {"type": "number"}},
    "axes": {"U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}}},
    "study": {"grace_days": 0},
}
LEDGER = "customer,start,end,mrr,currency\nok,2025-01-01,,1,\n"
CONTRACTS = "customer,start,end,outcome,mrr_before,mrr_after,currency\n"
PAID = ("--ledger", "ledger.csv")
OUT = ("--data-until", "2025-06-30", "-o", "out.state")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("snapshots.csv").write_text("customer,as_of,logins\nok,2025-01-31,3\n", encoding="utf-8")
    Path("contracts.csv").write_text(CONTRACTS, encoding="utf-8")
    put_model()
    return tmp_path


def put_model(**study: Any) -> None:
    model = {**MODEL, "study": {**MODEL["study"], **study}}
    Path("model.json").write_text(json.dumps(model), encoding="utf-8")


# ── what is refused ──────────────────────────────────────────────────────────────────────────

#: A row of the ledger, the column that is named, and what is said.
REFUSED = [
    ("a,2025-03-01,2025-02-01,5,", "end", "2025-02-01 is not later than the start, 2025-03-01"),
    ("a,2025-03-01,2025-03-01,5,", "end", "is not later than the start"),
    ("a,,2025-03-01,5,", "start", "is empty; every row has a start"),
    ("a,2025-02-29,,5,", "start", '"2025-02-29" is not a date'),
    ("a,2025-02-28,2025-04-31,5,", "end", '"2025-04-31" is not a date'),
    ("a,1000-01-01,,5,", "start", "1000-01-01 is more than a hundred years before data_un"),
    ("a,2025-03-01,,-5,", "mrr", "is negative; an MRR is 0 or more"),
    ("a,2025-03-01,,,", "mrr", "is empty; every row has an MRR"),
    ("a,2025-03-01,,5.005,", "mrr", "5.005 is finer than the currency"),
    ('a,2025-03-01,,"5,000",', "mrr", '"5,000" is not an amount'),
    ("a,2025-03-01,,3e12,", "mrr", "is too large"),
    ("a,2025-03-01,,5,EUR", "currency", '"EUR" is not the model\'s currency, "USD"'),
    ("a,2025-03-01,,5,usd", "currency", "write it the same way"),
    (",2025-03-01,,5,", "customer", "the customer's key is missing"),
]


#: A row of the contracts, likewise.
REFUSED_CONTRACTS = [
    ("a,2025-03-01,2025-02-01,,5,,", "end", "2025-02-01 is not later than the start, 2025-03-01"),
    ("a,2025-03-01,2025-03-01,,5,,", "end", "is not later than the start"),
    ("a,,2025-03-01,,5,,", "start", "is empty; every contract has a start"),
    ("a,2025-03-01,,,5,,", "end", "is empty; every contract has an end"),
    ("a,2023-02-29,2025-04-01,,5,,", "start", '"2023-02-29" is not a date'),
    ("a,1000-01-01,2025-04-01,,5,,", "start", "1000-01-01 is more than a hundred years before"),
    ("a,2025-03-01,2025-04-01,,-5,,", "mrr_before", "is negative; an MRR is 0 or more"),
    ("a,2025-03-01,2025-04-01,renewed,5,-1,", "mrr_after", "is negative"),
    ("a,2025-03-01,2025-04-01,,5.005,,", "mrr_before", "is finer than the currency"),
    ("a,2025-03-01,2025-04-01,,3e12,,", "mrr_before", "is too large"),
    ("a,2025-03-01,2025-04-01,churned,5,5,", "mrr_after", "is more than 0, but the outcome is"),
    ("a,2025-03-01,2025-04-01,,5,,JPY", "currency", '"JPY" is not the model\'s currency, "USD"'),
    ("ok,2025-01-01,2025-02-01,churned,5,,", "", "this customer already has a contract from"),
]


def said_of(table: str, row: str, column: str, said: str) -> None:
    tables = ("evidence", "model.json", "snapshots.csv", "contracts.csv")
    message = refused(*tables, *OUT, *(PAID if table == "ledger" else ()))
    assert message.startswith(f"aiueo: {table}.csv, ") and said in message
    assert not column or f'column "{column}"' in message
    # Until when data tells is known later than the tables: the customer is named instead.
    assert "row 2, " in message or ("hundred years" in said and "customer a, " in message)


@pytest.mark.parametrize(("row", "column", "said"), REFUSED)
def test_a_row_of_the_ledger_is_refused(row: str, column: str, said: str) -> None:
    Path("ledger.csv").write_text(f"{LEDGER}{row}\n", encoding="utf-8")
    said_of("ledger", row, column, said)


@pytest.mark.parametrize(("row", "column", "said"), REFUSED_CONTRACTS)
def test_a_contract_is_refused(row: str, column: str, said: str) -> None:
    good = "ok,2025-01-01,2025-02-01,churned,1,,"
    Path("contracts.csv").write_text(f"{CONTRACTS}{good}\n{row}\n", encoding="utf-8")
    said_of("contracts", row, column, said)


def test_amounts_that_add_up_to_too_much(folder: Path) -> None:
    rows = "".join(f"c{k},2015-01-01,,2e12,\n" for k in range(1, 3))
    Path("ledger.csv").write_text(LEDGER + rows, encoding="utf-8")
    message = refused("evidence", "model.json", "snapshots.csv", "contracts.csv", *OUT, *PAID)
    assert "more than 2^53 minor units; are amounts in the right unit?" in message


def test_two_currencies_where_the_model_names_none(folder: Path) -> None:
    model = {key: value for key, value in MODEL.items() if key != "currency"}
    Path("model.json").write_text(json.dumps(model), encoding="utf-8")
    tables = ("evidence", "model.json", "snapshots.csv", "contracts.csv", *OUT, *PAID)
    Path("ledger.csv").write_text(f"{LEDGER}a,2025-03-01,,5,EUR\n", encoding="utf-8")
    assert run(*tables).exit_code == 0
    Path("out.state").unlink()
    Path("contracts.csv").write_text(f"{CONTRACTS}a,2025-03-01,2025-04-01,,5,,USD\n")
    assert "of the ledger are in EUR, those of the contracts in USD" in refused(*tables)
    Path("ledger.csv").write_text(f"{LEDGER}a,2025-03-01,,5,EUR\na,2025-03-01,,5,USD\n")
    said = refused(*tables)
    assert said.startswith('aiueo: ledger.csv, row 3, column "currency": "USD" is not the currency')


# ── what is defined ──────────────────────────────────────────────────────────────────────────


def months(rows: str, until: str = "2025-06-30", **study: Any) -> dict[str, str]:
    """What moved by month, of customers of a ledger, by the command line: amounts in USD."""
    put_model(**study)
    Path("ledger.csv").write_text(f"customer,start,end,mrr\n{rows}", encoding="utf-8")
    files = ("model.json", "snapshots.csv", "contracts.csv", *PAID, "--data-until", until)
    result = run("study", "revenue", *files, "--json")
    assert result.exit_code == 0, result.output
    out = {}
    for month in json.loads(result.stdout)["months"]:
        moved = {
            what: month[what]["mrr_minor_units"] / 100
            for what in ("new", "reactivation", "expansion", "contraction", "churn")
            if month[what]["customers"]
        }
        parts = [f"{what} {amount:g}" for what, amount in moved.items()]
        out[month["month"]] = " ".join([*parts, f"= {month['end']['mrr_minor_units'] / 100:g}"])
    return out


def moved(rows: str, **more: Any) -> list[str]:
    return [f"{month[-2:]} {what}" for month, what in months(rows, **more).items()]


def test_overlapping_periods_add_up() -> None:
    assert moved("a,2025-01-01,,10\na,2025-02-15,2025-04-15,5\n", until="2025-04-30") == [
        "01 new 10 = 10",
        "02 expansion 5 = 15",
        "03 = 15",
        "04 contraction 5 = 10",
    ]
    # The same row twice is two subscriptions.
    assert moved("a,2025-01-01,,10\na,2025-01-01,,10\n", until="2025-01-31") == ["01 new 20 = 20"]


def test_a_gap_of_a_day() -> None:
    """It shows where the day is a month's last, unless grace days bridge it."""
    at_close = "a,2025-01-01,2025-02-28,10\na,2025-03-01,,10\n"
    within = "a,2025-01-01,2025-02-27,10\na,2025-02-28,,10\n"
    steady = ["01 new 10 = 10", "02 = 10", "03 = 10"]
    until = "2025-03-31"
    assert moved(at_close, until=until) == [
        "01 new 10 = 10",
        "02 churn 10 = 0",
        "03 reactivation 10 = 10",
    ]
    assert moved(within, until=until) == steady
    assert moved(at_close, until=until, grace_days=1) == steady
    two_days = at_close.replace("2025-03-01,,", "2025-03-02,,")
    assert moved(two_days, until=until, grace_days=1)[1] == "02 churn 10 = 0"
    assert moved(two_days, until=until, grace_days=2) == steady


def test_starts_and_ends_at_the_end_of_a_month() -> None:
    """A close sees what starts on its day, and not what ends on it: that day is without it."""
    assert moved("a,2025-01-31,2025-03-31,10\n", until="2025-03-31") == [
        "01 new 10 = 10",
        "02 = 10",
        "03 churn 10 = 0",
    ]
    assert moved("a,2025-02-01,2025-04-01,10\n", until="2025-04-30") == [
        "02 new 10 = 10",
        "03 = 10",
        "04 churn 10 = 0",
    ]
    # Between two closes nobody sees it.
    assert moved("a,2025-01-01,,1\nb,2025-02-01,2025-02-28,9\n", until="2025-02-28") == [
        "01 new 1 = 1",
        "02 = 1",
    ]


def test_leap_days() -> None:
    rows = "a,2024-02-29,2024-03-31,10\nb,2024-01-31,2024-02-29,5\n"
    assert moved(rows, until="2024-03-31") == [
        "01 new 5 = 5",
        "02 new 10 churn 5 = 10",
        "03 churn 10 = 0",
    ]
    assert moved(rows, until="2024-02-28") == ["01 new 5 = 5"]  # a leap year's February goes on
    assert moved("a,2025-01-01,2025-02-28,5\n", until="2025-02-28")[1] == "02 churn 5 = 0"


def test_an_amount_of_nothing() -> None:
    rows = "a,2025-01-01,2025-02-10,0\na,2025-02-10,,7\n"
    until = "2025-02-28"
    assert moved(rows, until=until) == ["01 new 0 = 0", "02 expansion 7 = 7"]
    assert moved(rows, until=until, free_entries="ignored") == ["02 new 7 = 7"]


def test_what_is_later_than_the_data() -> None:
    rows = "a,2025-01-01,2025-02-20,10\nb,2025-02-25,,5\nc,2025-01-01,2026-01-01,1\n"
    assert moved(rows, until="2025-02-15") == ["01 new 11 = 11"]
    assert moved(rows, until="2025-02-28") == ["01 new 11 = 11", "02 new 5 churn 10 = 6"]


def test_contracts_that_overlap_are_counted_and_told() -> None:
    rows = "a,2025-01-01,2025-03-01,churned,10,,\na,2025-02-01,2025-04-01,churned,5,,\n"
    Path("contracts.csv").write_text(CONTRACTS + rows, encoding="utf-8")
    files = ("model.json", "snapshots.csv", "contracts.csv", "--data-until", "2025-04-30")
    result = run("study", "revenue", *files, "--json")
    assert result.exit_code == 0 and "1 of 2 contracts overlap another" in result.output
    ends = [one["end"]["mrr_minor_units"] for one in json.loads(result.stdout)["months"]]
    assert ends == [1000, 1500, 500, 0]


def test_the_same_in_python() -> None:
    """The package says what the command line says, but for the file's name."""
    plan = aiueo.load(MODEL)
    names = LEDGER.split("\n")[0].split(",")
    for row, _, said in REFUSED:
        if '"' in row or "hundred" in said:
            continue
        cells = dict(zip(names, ([cell or None] for cell in row.split(","))))
        with pytest.raises(aiueo.DataError) as failure:
            plan.ledger(cells)
        assert str(failure.value).startswith("ledger, row 1, ") and said in str(failure.value)
