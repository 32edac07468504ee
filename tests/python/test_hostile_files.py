"""What a host's world does to the command line: a full disk, a stop at the last moment, inputs that
are no files of that kind, pipes. One line, exit status 2 (130 when stopped), nothing half-written,
and what was there before is there still."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import aiueo
import aiueo._whole_file as whole_file
import aiueo.sim
import pyarrow as pa
import pytest
from test_cli import refused, run

#: Every command that writes a file, and the name of the file.
TABLES = ["model.json", "snapshots.csv"]
WRITERS: dict[str, tuple[list[str], str]] = {
    "score, CSV": (["score", *TABLES, "-o", "out.csv"], "out.csv"),
    "score, Parquet": (["score", *TABLES, "-o", "out.parquet"], "out.parquet"),
    "score, Arrow": (["score", *TABLES, "-o", "out.arrow"], "out.arrow"),
    "evidence": (["evidence", *TABLES, "contracts.csv", "-o", "out"], "out"),
    "merge": (["merge", "model.json", "a.state", "-o", "out"], "out"),
    "act": (["act", "next", *TABLES, "-o", "out.csv"], "out.csv"),
    "change": (["change", *TABLES, "snapshots.csv", "-o", "out.csv"], "out.csv"),
    "rollup": (["rollup", *TABLES, "-o", "out.csv"], "out.csv"),
    "agreement seal": (["agreement", "seal", *TABLES, "-o", "out"], "out"),
    "agreement sheet": (["agreement", "seal", *TABLES, "-o", "-", "--sheet", "out"], "out"),
    "report": (["report", *TABLES, "contracts.csv", "-o", "out"], "out"),
    "demo": (["demo", "--customers", "200", "--months", "12", "--write", "."], "snapshots.csv"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    world = aiueo.sim.simulate(customers=60, months=8, seed=3)
    for name in ("snapshots", "contracts", "initiatives", "ledger"):
        world.tables[name].write_csv(place / f"{name}.csv")
    model = {**world.model(), "study": {"ranks": ["bad", "good"]}}
    (place / "model.json").write_text(json.dumps(model), encoding="utf-8")
    plan = aiueo.load(model)
    plan.evidence(world.snapshots, world.contracts).write(place / "a.state")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in made.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    import aiueo.report._make as maker

    # What is drawn is not looked at here, and takes its time.
    monkeypatch.setattr(maker, "page", lambda *_, **__: "<!DOCTYPE html>" + 5000 * "x")
    return tmp_path


def failed(arguments: list[str], status: int, older: str) -> str:
    """What is said on standard error; nothing but that came of it."""
    before = {name: Path(name).read_bytes() for name in os.listdir()}
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert {name: Path(name).read_bytes() for name in os.listdir()} == before
    assert older in before
    return result.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk(folder: Path, name: str) -> None:
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    arguments, out = WRITERS[name]
    if name != "demo":  # which reads nothing, and writes over what is there
        (folder / out).write_bytes(b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        said = failed(arguments, 2, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert said == f"aiueo: {out}: File too large"


@pytest.mark.parametrize("name", WRITERS)
def test_a_stop_at_the_last_moment(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When all is written and only the name is missing."""
    arguments, out = WRITERS[name]
    if name != "demo":
        (folder / out).write_bytes(b"older")

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file.os, "replace", stop)
    assert failed(arguments, 130, out) == "aiueo: stopped"


@pytest.mark.parametrize("name", WRITERS)
def test_no_folder_and_a_folder(folder: Path, name: str) -> None:
    arguments, out = WRITERS[name]
    if name == "demo":
        (folder / "file").write_bytes(b"")
        result = run(*[one.replace(".", "file") for one in arguments])
        assert (result.exit_code, result.stderr) == (2, "aiueo: file: File exists\n")
        return
    nowhere = [f"nowhere/{one}" if one == out else one for one in arguments]
    said = run(*nowhere).stderr.splitlines()[-1]
    assert said == f"aiueo: nowhere/{out}: the folder {folder}/nowhere does not exist"
    (folder / out).mkdir()
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith(f"aiueo: {out}: is a folder")
    assert os.listdir(out) == []


# ── what comes in ────────────────────────────────────────────────────────────────────────────────

#: Every command that reads a table, with X in the table's place.
READERS = {
    "snapshots": ["score", "model.json", "X", "-o", "out.csv"],
    "initiatives": ["score", *TABLES, "--initiatives", "X", "-o", "out.csv"],
    "explained": ["explain", "model.json", "X", "--customer", "c"],
    "counted": ["evidence", "model.json", "X", "contracts.csv", "-o", "out"],
    "contracts": ["evidence", *TABLES, "X", "-o", "out"],
    "ledger": ["evidence", *TABLES, "contracts.csv", "--ledger", "X", "-o", "out"],
    "ranks": ["evidence", *TABLES, "contracts.csv", "--ranks", "X", "-o", "out"],
    "acted on": ["act", "next", "model.json", "X"],
    "before": ["change", "model.json", "X", "snapshots.csv"],
    "compared": ["compare", "model.json", "model.json", "X"],
    "rolled up": ["rollup", "model.json", "X"],
    "sealed": ["agreement", "seal", "model.json", "X", "-o", "out"],
    "reported": ["report", "model.json", "X", "contracts.csv", "-o", "out"],
}


@pytest.mark.parametrize("name", READERS)
def test_no_table(folder: Path, name: str) -> None:
    os.mkdir("folder.csv")
    Path("empty.csv").write_bytes(b"")
    Path("nul.csv").write_bytes(bytes(5000))
    Path("packed.csv").write_bytes(gzip.compress(Path("snapshots.csv").read_bytes()))
    wanted = {
        "folder.csv": "is a folder",
        "empty.csv": "is empty; the first row names the columns",
        "nul.csv": "is no CSV: the header has NUL bytes",
        "packed.csv": "is no CSV; name a Parquet file .parquet, unpack others",
        "gone.csv": "No such file or directory",
    }
    for file, words in wanted.items():
        said = refused(*[file if one == "X" else one for one in READERS[name]])
        assert said.startswith(f"aiueo: {file}: {words}"), said


def test_no_state_and_no_model(folder: Path) -> None:
    os.mkdir("folder")
    Path("empty").write_bytes(b"")
    Path("nul").write_bytes(bytes(500))
    Path("packed").write_bytes(gzip.compress(Path("a.state").read_bytes()))
    Path("short").write_bytes(Path("a.state").read_bytes()[:-1])
    for arguments in (
        ["merge", "model.json", "X", "-o", "out"],
        ["study", "renewal", "model.json", "X"],
    ):
        for file in ("empty", "nul", "packed", "short"):
            said = refused(*[file if one == "X" else one for one in arguments])
            assert said.startswith(f"aiueo: {file}: not a state of evidence, or a damaged one"), (
                said
            )
        said = refused(*["folder" if one == "X" else one for one in arguments])
        assert said == "aiueo: folder: is a folder; give a file"
    for file in ("empty", "nul", "packed"):
        assert refused("score", file, "snapshots.csv", "-o", "out.csv").startswith(
            f"aiueo: {file}:1:1: "
        )
        assert run("check", file).exit_code == 1
    assert refused("check", "folder") == "aiueo: folder: Is a directory"


def test_a_model_without_end(folder: Path) -> None:
    if not os.path.exists("/dev/zero"):
        pytest.skip("no /dev/zero")
    said = refused("score", "/dev/zero", "snapshots.csv", "-o", "out.csv")
    assert said.startswith("aiueo: /dev/zero:1:1: the text has")


def test_a_name_cannot_steer_the_terminal(folder: Path) -> None:
    Path("odd.csv").write_bytes(b"\x1b[2Ja,b\r\n1,2\r\n")
    said = refused("score", "model.json", "odd.csv", "-o", "out.csv")
    assert "(\\x1b[2Ja, b)" in said and said.isprintable()


# ── pipes ────────────────────────────────────────────────────────────────────────────────────────


def through(path: str, data: bytes) -> threading.Thread:
    """Somebody who writes into a FIFO once, and nobody after."""

    def write() -> None:
        with contextlib.suppress(BrokenPipeError), open(path, "wb") as file:
            file.write(data)

    if not os.path.exists(path):
        os.mkfifo(path)
    out = threading.Thread(target=write, daemon=True)
    out.start()
    return out


@pytest.mark.skipif(os.name != "posix", reason="FIFOs are POSIX's")
def test_pipes_with_names(folder: Path) -> None:
    run("score", *TABLES, "-o", "wanted.csv", "--quiet")
    through("model.fifo", Path("model.json").read_bytes())
    through("rows.csv", Path("snapshots.csv").read_bytes())
    taken: list[bytes] = []
    os.mkfifo("out.csv")
    reader = threading.Thread(target=lambda: taken.append(Path("out.csv").read_bytes()))
    reader.start()
    assert run("score", "model.fifo", "rows.csv", "-o", "out.csv", "--quiet").exit_code == 0
    reader.join(20)
    assert taken == [Path("wanted.csv").read_bytes()]
    through("model.fifo", Path("model.json").read_bytes())  # read once, although asked twice
    assert run("check", "model.fifo").exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="FIFOs are POSIX's")
def test_what_cannot_come_through_a_pipe(folder: Path) -> None:
    table = pa.table({"customer": ["a"], "as_of": ["2026-01-31"]})
    with pa.OSFile("rows.arrow", "wb") as file, pa.ipc.new_stream(file, table.schema) as out:
        out.write_table(table)
    for ending, what in ((".parquet", "Parquet"), (".arrow", "Arrow IPC")):
        through(f"pipe{ending}", Path("rows.arrow").read_bytes())
        said = refused("score", "model.json", f"pipe{ending}", "-o", "out.csv")
        assert said == (
            f"aiueo: pipe{ending}: is a pipe; {what} is read from a file, CSV from pipes too"
        )
    through("rows.csv", Path("snapshots.csv").read_bytes())
    said = refused(
        *["evidence", "model.json", "rows.csv", "contracts.csv", "--ledger", "ledger.csv"],
        *["--sorted", "-o", "out"],
    )
    assert said.startswith("aiueo: --ledger needs --data-until DATE")


def test_streams_that_are_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `aiueo … <&- >&-`."""
    from aiueo.cli._files import WholeFile, open_binary

    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OSError, match="is closed: 'standard input'"):
        open_binary("-")
    with pytest.raises(OSError, match="is closed: 'standard output'"), WholeFile("-"):
        pass
