"""The scenario of expected NRR: what its README shows is what the commands print, and what is
measured is what follows from the chances that make.py draws by."""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import pytest
from consoles import wrong
from places import ROOT

FOLDER = ROOT / "examples" / "scenarios" / "expected_nrr"
README = FOLDER / "README.md"
LAST = 59  # the latest month whose close twelve months on is seen


@pytest.fixture(scope="module")
def made() -> Any:
    spec = importlib.util.spec_from_file_location("make_expected_nrr", FOLDER / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("nrr")
    command = [sys.executable, str(FOLDER / "make.py"), str(into / "OUT")]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copy(FOLDER / "model.json", into / "OUT")
    return into


@pytest.fixture(scope="module")
def seen(place: Path) -> aiueo.Evidence:
    from pyarrow.csv import read_csv

    tables = {name: read_csv(place / "OUT" / f"{name}.csv") for name in NAMES}
    plan = aiueo.load(FOLDER / "model.json")
    return plan.evidence(tables["snapshots"], tables["contracts"], ledger=tables["ledger"])


NAMES = ("snapshots", "contracts", "ledger")


@pytest.fixture(scope="module")
def found(seen: aiueo.Evidence) -> Any:
    return seen.study("nrr")


def test_the_readme_shows_what_is_printed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    assert not list(aiueo.check(FOLDER / "model.json"))
    assert wrong(README, commands=12) == []


def test_a_level_keeps_what_was_planted(found: Any, made: Any) -> None:
    planted = made.planted(0, LAST)["nrr"]
    for level, true in enumerate(planted):
        nrr = found.levels[f"Level {level}"].nrr
        assert nrr.lower <= true <= nrr.upper, level
    # Narrow enough to tell a level from the one below it, but for the highest.
    for level in range(1, 5):
        nrr = found.levels[f"Level {level}"].nrr
        assert not nrr.lower <= planted[level - 1] <= nrr.upper, level


def test_a_level_up_is_the_planted_association_which_is_more_than_lifting_does(
    found: Any, made: Any
) -> None:
    planted, now = made.planted(0, LAST), made.planted(71, 71)
    for level, step in enumerate(found.level_ups):
        assert step.evidence == "association"
        true = planted["nrr"][level + 1] - planted["nrr"][level]
        assert step.difference.lower <= true <= step.difference.upper, level
        assert level == 0 or true > planted["lifts"][level], level
    assert now["lifts"][3] < found.level_ups[3].difference.lower
    assert [step["from"] for step in found.plan.steps] == ["Level 2", "Level 3"]
    assert found.plan.state == "reached" and found.plan.target == 1.25


def test_the_team_that_worked_is_the_one_that_rose(found: Any) -> None:
    teams = {one.name: one for one in found.reviews[-1].teams}
    west, east = teams["west"], teams["east"]
    assert found.reviews[-1].months == 6
    assert west.change.lower > east.change.upper
    assert west.parts.level_ups.lower > east.parts.level_ups.upper


def test_the_deviation_is_where_it_was_planted(found: Any) -> None:
    parts = {one.level: one for one in found.backtest.levels}
    assert parts["Level 4"].part.upper < 0
    for level in ("Level 4", "Level 5"):
        assert parts[level].by_expansion < -0.015
    assert all(abs(parts[f"Level {level}"].by_renewal) < 0.01 for level in range(6))
    assert all(abs(parts[f"Level {level}"].by_expansion) < 0.005 for level in range(4))


def test_the_tables_of_what_is_planted_say_what_make_plants(
    place: Path, found: Any, seen: aiueo.Evidence, made: Any
) -> None:
    text = README.read_text(encoding="utf-8")
    planted, now = made.planted(0, LAST), made.planted(71, 71)
    for level in range(6):
        assert f"| {level} | {100 * planted['nrr'][level]:.1f} % | " in text
    for level in range(5):
        (row,) = re.findall(rf"^\| level {level} → {level + 1} \|.*\|$", text, re.MULTILINE)
        apart = planted["nrr"][level + 1] - planted["nrr"][level]
        cells = [apart, planted["lifts"][level], now["lifts"][level]]
        assert row.endswith("".join(f"| {100 * cell:.1f} " for cell in cells) + "|"), level
    for name in ("RENEWS", "UP"):
        assert all(f"{round(100 * chance)} %" in text for chance in getattr(made, name)[:5])
    # The same tables each time; and what its subscribers will keep is what the README calls true.
    everybody, snapshots = made.drawn(1)
    with open(place / "OUT" / "ledger.csv", encoding="utf-8", newline="") as file:
        paid = [int(row["mrr"]) for row in csv.DictReader(file)]
    assert paid == [row["mrr"] for one in everybody for row in one.ledger]
    assert len(snapshots) == 82_030
    true = made.to_come(everybody)
    assert f"| {100 * true:.1f} % |" in text
    for one in (found, seen.study("nrr", months=12)):
        nrr = one.portfolio.expected
        assert nrr.lower <= true <= nrr.upper
