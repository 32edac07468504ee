"""Outputs that are inputs, or each other, are refused before anything is read or written."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import numpy as np
import pytest
from test_cli import refused, run

TABLES = ("model.json", "snapshots.csv")
THREE = (*TABLES, "contracts.csv")
BESIDE = ("--initiatives", "initiatives.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    world = aiueo.sim.simulate(customers=60, months=8, seed=3)
    for name in ("snapshots", "contracts", "initiatives", "ledger", "ranks"):
        world.tables[name].write_csv(place / f"{name}.csv")
    model = {**world.model(), "study": {"ranks": ["bad", "good"]}}
    (place / "model.json").write_text(json.dumps(model), encoding="utf-8")
    plan = aiueo.load(model)
    keys = world.snapshots["customer"]
    odd = np.array([key[-1] in "13579" for key in keys])
    for name, rows in (("a", world.snapshots[odd]), ("b", world.snapshots[~odd])):
        plan.evidence(rows, world.contracts).write(place / f"{name}.state")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in made.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(*arguments: str) -> str:
    """What is refused; every file is as it was."""
    before = {name: Path(name).read_bytes() for name in os.listdir()}
    said = refused(*arguments)
    assert {name: Path(name).read_bytes() for name in os.listdir()} == before
    return said


@pytest.mark.parametrize(
    "words",
    [
        ("score", *TABLES, "-o", "snapshots.csv"),
        ("score", *TABLES, *BESIDE, "-o", "initiatives.csv"),
        ("act", "next", *TABLES, "-o", "snapshots.csv"),
        ("act", "next", *THREE, *BESIDE, "-o", "contracts.csv"),
        ("act", "next", *TABLES, *BESIDE, "-o", "initiatives.csv"),
        ("act", "next", *THREE, "--ledger", "ledger.csv", "-o", "ledger.csv"),
        ("rollup", *TABLES, "-o", "snapshots.csv"),
        ("rollup", *TABLES, *BESIDE, "-o", "initiatives.csv"),
        ("change", *TABLES, "contracts.csv", "-o", "snapshots.csv"),
        ("change", *TABLES, "contracts.csv", "-o", "contracts.csv"),
        ("change", *TABLES, "snapshots.csv", *BESIDE, "-o", "initiatives.csv"),
        ("evidence", *THREE, "-o", "contracts.csv"),
        ("evidence", *THREE, "-o", "snapshots.csv"),
        ("evidence", *THREE, "-o", "model.json"),
        ("evidence", *THREE, *BESIDE, "-o", "initiatives.csv"),
        ("evidence", *THREE, "--ranks", "ranks.csv", "-o", "ranks.csv"),
        ("evidence", *THREE, "--ledger", "ledger.csv", "-o", "ledger.csv"),
        ("merge", "model.json", "a.state", "b.state", "-o", "a.state"),
        ("merge", "model.json", "a.state", "b.state", "-o", "b.state"),
        ("merge", "model.json", "a.state", "b.state", "-o", "model.json"),
        ("agreement", "seal", *TABLES, "-o", "model.json"),
        ("agreement", "seal", *TABLES, "-o", "snapshots.csv"),
        ("agreement", "seal", *TABLES, "-o", "seal.json", "--sheet", "snapshots.csv"),
        ("agreement", "seal", *TABLES, *BESIDE, "-o", "-", "--sheet", "initiatives.csv"),
        ("report", *THREE, "-o", "model.json"),
        ("report", *THREE, "-o", "contracts.csv"),
        ("report", *THREE, "--ledger", "ledger.csv", "-o", "ledger.csv"),
    ],
)
def test_an_output_that_is_an_input(folder: Path, words: tuple[str, ...]) -> None:
    said = kept(*words)
    assert said.endswith(f"{words[-1]}: is read, too; write to another file"), said


def test_an_output_that_is_an_input_by_another_name(folder: Path) -> None:
    os.symlink("snapshots.csv", "link.csv")
    os.link("snapshots.csv", "hard.csv")
    os.symlink(folder, "folder")
    for name in ("./snapshots.csv", "link.csv", "hard.csv", str(folder / "snapshots.csv")):
        assert f"{name}: is read, too, as snapshots.csv;" in refused("score", *TABLES, "-o", name)
    for name in ("link.csv", "./snapshots.csv"):
        assert "snapshots.csv: is read" in refused("score", TABLES[0], name, "-o", "snapshots.csv")
    assert "as snapshots.csv" in refused("score", *TABLES, "-o", "folder/snapshots.csv")


def test_two_outputs_that_are_one(folder: Path) -> None:
    seal = ("agreement", "seal", *TABLES, "-o", "seal.json", "--sheet")
    os.symlink("seal.json", "link.json")  # of what is not there yet
    for sheet in ("./seal.json", str(folder / "seal.json"), "link.json"):
        assert refused(*seal, sheet).endswith(f"{sheet}: is written twice; give two files")
    assert "written twice" in refused(*seal, "seal.json")
    assert "two files" in refused(*seal[:5], "-", "--sheet", "-")
    assert run(*seal, "sheet.csv").exit_code == 0
    assert "two files" in refused(*seal[:-2], "sheet.csv", "--sheet", "./sheet.csv")
    assert run(*seal, "sheet.csv").exit_code == 0  # what was written may be written anew


@pytest.mark.skipif(os.name != "posix", reason="devices are POSIX's")
def test_devices_and_streams_are_no_files(folder: Path) -> None:
    stdin = Path("snapshots.csv").read_bytes()
    assert run("score", "model.json", "-", "-o", "-", stdin=stdin).exit_code == 0
    seal = ("agreement", "seal", *TABLES, "-o", os.devnull, "--sheet", os.devnull)
    assert run(*seal).exit_code == 0
    assert run("merge", "model.json", "a.state", "-o", "a2.state").exit_code == 0
    said = refused("merge", "model.json", os.devnull, os.devnull, "-o", "c.state")
    assert "not a state" in said


def test_a_state_is_merged_once(folder: Path) -> None:
    os.symlink("a.state", "link.state")
    out = ("-o", "all.state")
    for states, message in [
        (("a.state", "a.state"), "a.state: is given twice and its customers"),
        (("a.state", "b.state", "./a.state"), "./a.state: is given twice, as a.state, and its"),
        (("link.state", "b.state", "a.state"), "a.state: is given twice, as link.state, and its"),
    ]:
        assert message in kept("merge", "model.json", *states, *out), states
    os.unlink("link.state")
    states = ("a.state", "b.state")
    assert run("merge", "model.json", *states, *out, "--quiet").exit_code == 0
    again = kept("merge", "model.json", *states, "all.state", *out)  # *.state, a second time
    assert again.endswith("all.state: is read, too; write to another file")


@pytest.mark.parametrize(
    "words",
    [
        ("study", "renewal", "model.json", "a.state"),
        ("act", "next", *TABLES),
    ],
)
def test_parameters_of_python_are_no_options(folder: Path, words: tuple[str, ...]) -> None:
    names = ["self", "name", "options", "snapshots", "evidence", "initiatives", "when"]
    for name in [*names, "missing_columns", "null_texts"]:
        for value in ("x", "1", "null", "[]"):
            if (value, words[0]) == ("null", "study") and name not in ("self", "name"):
                continue  # None is an option's default
            said = refused(*words, "--option", f"{name}={value}")
            what = "action" if words[0] == "act" else "study"
            assert said.startswith(f'aiueo: "{name}" is not an option of this {what}'), said


def test_a_fault_has_a_status_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that of a model that is not usable nor that of bad use."""
    import aiueo.cli._check as check

    def broken(*_: Any) -> None:
        raise RuntimeError("of some kind\nin two lines")

    monkeypatch.setattr(check, "read_model", broken)
    monkeypatch.delenv("AIUEO_DEBUG", raising=False)
    result = run("check", "model.json")
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr == (
        "aiueo: unexpected RuntimeError: of some kind in two lines; this is a fault of aiueo "
        "(AIUEO_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("AIUEO_DEBUG", "1")
    result = run("check", "model.json")
    assert result.exit_code == 70 and "in broken" in result.stderr
