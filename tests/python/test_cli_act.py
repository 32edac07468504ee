"""The command line's act: pages, files, options, what is refused and in how many lines."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import aiueo
import pytest
from acting import MODEL, OF_SNAPSHOTS, WHEN, snapshots
from test_cli import refused, run

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pa_csv = pytest.importorskip("pyarrow.csv", reason="pyarrow is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("model.json").write_text(json.dumps(MODEL), encoding="utf-8")
    table = pa.table(snapshots())
    pa_csv.write_csv(table, "snapshots.csv")
    parquet.write_table(table, "snapshots.parquet")
    return tmp_path


def made(name: str, **options: Any) -> aiueo.Actions:
    when = WHEN if name == "segment" else None
    return aiueo.load(MODEL).act(name, snapshots(), when=when, **options)


def asked(name: str) -> list[str]:
    return ["--when", WHEN] if name == "segment" else []


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_a_list_is_printed_and_written(folder: Path, name: str) -> None:
    wanted = made(name)
    result = run("act", name, "model.json", "snapshots.csv", *asked(name))
    assert result.exit_code == 0, result.output
    assert result.stdout == wanted.text() + "\n" and result.stderr == ""
    result = run(
        "act",
        name,
        "model.json",
        "snapshots.parquet",
        *asked(name),
        "--language",
        "ja",
        "--rows",
        "3",
    )
    assert result.stdout == wanted.text("ja", 3) + "\n"

    result = run("--json", "act", name, "model.json", "snapshots.csv", *asked(name))
    assert json.loads(result.stdout) == wanted.to_dict()

    for file in ("list.csv", "list.parquet", "list.arrow"):
        before = set(os.listdir())
        result = run("act", name, "model.json", "snapshots.csv", *asked(name), "-o", file)
        assert result.exit_code == 0, result.output
        assert set(os.listdir()) == before | {file}
        assert result.stdout.endswith(f"\nwritten: {file} ({len(wanted):,} rows)\n")
    assert parquet.read_table("list.parquet").equals(wanted.to_arrow())
    with open("list.csv", encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [row["customer"] for row in cells] == [row.customer for row in wanted]
    assert list(cells[0]) == list(wanted[0])
    for row, cell in zip(wanted, cells):
        for key, value in row.items():
            if value is None:
                assert cell[key] == ""
            elif isinstance(value, str):
                assert cell[key] == value

    result = run("--json", "act", name, "model.json", "snapshots.csv", *asked(name), "-o", "a.csv")
    assert json.loads(result.stdout) == {**wanted.head, "output": "a.csv"}


def test_a_list_to_standard_output(folder: Path) -> None:
    result = run("act", "next", "model.json", "snapshots.csv", "-o", "-")
    assert result.exit_code == 0, result.output
    assert len(list(csv.DictReader(result.stdout.splitlines()))) == 200
    assert result.stderr.startswith(made("next").sentence)
    stdin = Path("snapshots.csv").read_bytes()
    assert run("act", "next", "model.json", "-", stdin=stdin).stdout == made("next").text() + "\n"


def test_every_morning(folder: Path) -> None:
    """What was written is added to the table of initiatives, and is not there the next day."""
    Path("initiatives.csv").write_text("customer,initiative,date,variant,holdout\n", "utf-8")
    tables = ["model.json", "snapshots.csv", "--initiatives", "initiatives.csv"]
    first = run("act", "triggers", *tables, "-o", "today.csv")
    assert first.exit_code == 0, first.output
    assert "nobody knows what was sent" not in first.stdout
    with open("today.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with open("initiatives.csv", "a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow(
                [row[name] for name in ("customer", "initiative", "date", "variant", "holdout")]
            )
    second = json.loads(run("--json", "act", "triggers", *tables).stdout)
    assert second["rows"] == [] and len(rows) > 20
    for one in second["triggers"]:
        assert one["to_send"] == one["held_out"] == 0 and one["sent_before"] > 0
    # The list itself is a table of initiatives, too.
    again = run("--json", "act", "triggers", *tables[:3], "today.csv")
    assert json.loads(again.stdout)["rows"] == []


def test_options_and_dates(folder: Path) -> None:
    result = run(
        "--json", "act", "next", "model.json", "snapshots.csv", "--as-of", "2026-04-01",
        "--option", "ladder=stage",
    )  # fmt: skip
    found = json.loads(result.stdout)
    assert (
        found["as_of"] == "2026-04-01" and found["customers"] == 40 and found["ladder"] == "stage"
    )
    result = run(
        "--json", "act", "triggers", "model.json", "snapshots.csv",
        "--option", "trigger=welcome", "--option", "holdouts=false",
    )  # fmt: skip
    found = json.loads(result.stdout)
    assert {row["holdout"] for row in found["rows"]} == {False}
    assert [one["trigger"] for one in found["triggers"]] == ["welcome"]


def test_texts_that_spreadsheets_would_run(folder: Path) -> None:
    rows = snapshots(3)
    rows["customer"] = ["=1+1" if one == "c-0001" else one for one in rows["customer"]]
    pa_csv.write_csv(pa.table(rows), "formulas.csv")
    for flag, wanted in ((["--formula-safe"], "'=1+1"), ([], "=1+1")):
        run("act", "next", "model.json", "formulas.csv", "-o", "out.csv", *flag)
        with open("out.csv", encoding="utf-8", newline="") as file:
            assert wanted in {row["customer"] for row in csv.DictReader(file)}


def test_help_names_the_actions(folder: Path) -> None:
    text = " ".join(run("act", "--help").stdout.split())
    for name in aiueo.actions():
        assert name in text


def test_what_is_refused_in_a_line(folder: Path) -> None:
    files = ("model.json", "snapshots.csv")
    for says, args in [
        ('"nxt" is not an action; did you mean "next"?', ["nxt", *files]),
        ('"zzz" is not an action; there are next', ["zzz", *files]),
        ("--when is for the action segment", ["next", *files, "--when", "U < 4"]),
        ("the action segment needs --when", ["segment", *files]),
        ('did you mean "logins"?', ["segment", *files, "--when", "logns < 4"]),
        ("when at character 4", ["segment", *files, "--when", "U <"]),
        ('"lader" is not an option of this action', ["next", *files, "--option", "lader=x"]),
        ("is not KEY=VALUE", ["next", *files, "--option", "ladder"]),
        ('did you mean "stage"?', ["next", *files, "--option", "ladder=stge"]),
        ("snapshots.csv: ", ["next", *files, "--as-of", "2020-01-01"]),
        ("2026-13-01", ["next", *files, "--as-of", "2026-13-01"]),
        ("--ledger goes with CONTRACTS", ["next", *files, "--ledger", "l.csv"]),
        ("a state is counted already", ["next", *files, "a.state", "--data-until", "2026-04-30"]),
        ("are read twice", ["next", "model.json", "-", "contracts.csv"]),
        ("none.csv", ["next", "model.json", "none.csv"]),
        ("none.json", ["next", "none.json", "snapshots.csv"]),
        ("list.xlsx", ["next", *files, "-o", "list.xlsx"]),
    ]:
        assert says in refused("act", *args), args
