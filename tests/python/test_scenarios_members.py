"""The scenario of many members at a low price: what its README shows is what the commands print,
and what is measured is what was planted."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import pytest
from places import ROOT
from test_cli import run

FOLDER = ROOT / "examples" / "scenarios" / "many_members"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("members")
    command = [sys.executable, str(FOLDER / "make.py"), str(place / "OUT")]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copy(FOLDER / "model.json", place / "OUT")
    return place


def shown() -> list[tuple[str, list[str]]]:
    """Commands and what they print; a line … stands for any lines."""
    found: list[tuple[str, list[str]]] = []
    inside = False
    for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ aiueo "):
            found.append((line[8:], []))
        elif inside:
            found[-1][1].append(line)
    return found


def same(said: list[str], wanted: list[str]) -> bool:
    if "…" not in wanted:
        return said == wanted
    at = wanted.index("…")
    rest = wanted[at + 1 :]
    return said[:at] == wanted[:at] and (not rest or said[-len(rest) :] == rest)


def test_the_readme_shows_what_is_printed(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out)
    assert len(shown()) == 6
    for command, wanted in shown():
        result = run(*shlex.split(command))
        assert result.exit_code == 0, result.output
        said = result.stdout.rstrip().splitlines()
        while wanted and not wanted[-1]:
            wanted.pop()
        assert same(said, wanted), f"$ aiueo {command}\n{result.stdout}"


def test_what_was_planted_is_measured(out: Path) -> None:
    import pyarrow.csv as csv

    plan = aiueo.load(FOLDER / "model.json")
    tables: dict[str, Any] = {
        name: csv.read_csv(out / "OUT" / f"{name}.csv")
        for name in ("snapshots", "contracts", "initiatives")
    }
    seen = plan.evidence(
        tables["snapshots"], tables["contracts"], initiatives=tables["initiatives"]
    )
    (call,) = seen.study("initiative").calls
    planted = {"video": 0.30 - 0.06, "text": 0.14 - 0.06}
    for variant in call.rows:
        if variant.variant in planted:
            effect = variant.difference
            assert effect.lower <= planted[variant.variant] <= effect.upper
    # The night after, nothing is sent twice.
    again = plan.act("triggers", tables["snapshots"], initiatives=tables["initiatives"])
    assert len(again) == 0 and again.head["triggers"][0]["sent_before"] > 500
