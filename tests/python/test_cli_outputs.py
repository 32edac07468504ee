"""Outputs that are inputs, or each other, are refused before anything is read or written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import numpy as np
import pytest
from test_cli import environment, refused, run

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


def main(*words: str, stdin: str = os.devnull, out: str = os.devnull, mode: str = "rb+") -> str:
    """Of a process with redirected streams, what is refused; every file is as it was."""
    before = {name: Path(name).read_bytes() for name in os.listdir()}
    with open(stdin, "rb") as source, open(out, mode) as sink:
        done = subprocess.run(
            [sys.executable, "-m", "aiueo", *words],
            stdin=source,
            stdout=sink,
            stderr=subprocess.PIPE,
            check=False,
            env=environment(),
        )
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert {name: Path(name).read_bytes() for name in os.listdir()} == before
    return said.strip()


def test_a_file_of_options_is_an_input(folder: Path) -> None:
    act = ("act", "next", *TABLES)
    Path("limit.csv").write_text("stage", encoding="utf-8")
    os.symlink("limit.csv", "link.csv")
    said = kept(*act, "--option", "ladder=@limit.csv", "-o", "limit.csv")
    assert said.endswith("limit.csv: is read, too; write to another file")
    said = kept(*act, "--option", "ladder=@link.csv", "-o", "./limit.csv")
    assert said.endswith("./limit.csv: is read, too, as link.csv; write to another file")
    assert run(*act, "--option", "ladder=@limit.csv", "-o", "other.csv").exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="streams are files of POSIX")
def test_a_stream_that_is_redirected_is_its_file(folder: Path) -> None:
    """Neither what a shell reads into the command, nor what it adds its output to, is lost."""
    score = ("score", "model.json", "-", "-o")
    wanted = "snapshots.csv: is read, too, as standard input; write to another file"
    assert main(*score, "snapshots.csv", stdin="snapshots.csv").endswith(wanted)
    os.symlink("snapshots.csv", "link.csv")
    assert "link.csv: is read, too" in main(*score, "link.csv", stdin="snapshots.csv")
    merge = ("merge", "model.json", "-", "b.state", "-o", "a.state")
    assert "a.state: is read, too, as standard input" in main(*merge, stdin="a.state")
    given = main("merge", "model.json", "a.state", "-", "-o", "c.state", stdin="a.state")
    assert "standard input: is given twice, as a.state, and its" in given
    # Added to what is being read, a file would never end.
    for name in ("snapshots.csv", "-"):
        said = main(
            "score", "model.json", name, "-o", "-", stdin="snapshots.csv", out="snapshots.csv"
        )
        assert "standard output: is read, too, as " in said
    seal = ("agreement", "seal", *TABLES, "-o", "seal.json", "--sheet", "-")
    Path("seal.json").touch()
    assert "standard output: is written twice" in main(*seal, out="seal.json", mode="ab")
    # Standard input that nobody reads may be any file.
    said = main("score", "model.json", "none.csv", "-o", "snapshots.csv", stdin="snapshots.csv")
    assert said == "aiueo: none.csv: No such file or directory"


def test_a_copy_of_a_state_is_not_merged(folder: Path) -> None:
    shutil.copy("a.state", "copy.state")
    out = ("-o", "all.state")
    for states in (("a.state", "b.state", "copy.state"), ("a.state", "copy.state")):
        said = kept("merge", "model.json", *states, *out)
        assert "copy.state: is equal to a.state, byte by byte: a copy, whose customers" in said
    stdin = Path("a.state").read_bytes()
    said = refused("merge", "model.json", "a.state", "-", *out, stdin=stdin)
    assert "standard input: is equal to a.state" in said
    words = ("merge", "model.json", "a.state", "copy.state", *out, "--json")
    once = json.loads(run("merge", "model.json", "a.state", *out, "--json").stdout)
    twice = json.loads(run(*words, "--allow-identical").stdout)
    assert twice["customers"] == 2 * once["customers"] > 0
    # Parts that nobody is in are all the same, and add nothing.
    plan = aiueo.load("model.json")
    for name in ("none.state", "nobody.state"):
        plan.evidence(
            {"customer": [], "as_of": []},
            {"customer": [], "start": [], "end": [], "outcome": []},
            missing_columns="unknown",
        ).write(name)
    assert Path("none.state").read_bytes() == Path("nobody.state").read_bytes()
    states = ("none.state", "a.state", "nobody.state")
    assert run("merge", "model.json", *states, *out, "--quiet").exit_code == 0
    assert Path("all.state").read_bytes() == Path("a.state").read_bytes()


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
