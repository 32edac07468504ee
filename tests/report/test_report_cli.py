"""aiueo report, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiueo.cli import cli
from click.testing import CliRunner, Result


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    done = run("demo", "--customers", "300", "--write", str(folder))
    assert done.exit_code == 0, done.stderr
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="aiueo")


def tables(folder: Path) -> list[str]:
    return [str(folder / name) for name in ("model.json", "snapshots.csv", "contracts.csv")]


def test_a_page_from_files(files: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    beside = [
        part
        for name in ("initiatives", "ranks", "ledger")
        for part in (f"--{name}", str(files / f"{name}.csv"))
    ]
    done = run("report", *tables(files), *beside, "-o", str(page), "--language", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"written: {page} ({page.stat().st_size:,} bytes)\n"
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>") and "hr-saas" in html and 'lang="ja"' not in html
    again = tmp_path / "again.html"
    said = run("report", *tables(files), *beside, "-o", str(again), "--language", "en", "--json")
    assert again.read_text(encoding="utf-8") == html  # the same page of the same files
    told = {"output": str(again), "bytes": again.stat().st_size, "language": "en"}
    assert json.loads(said.stdout) == told


def test_the_effort_that_there_is(files: Path, tmp_path: Path) -> None:
    """As the option of the action: the same sentence above the list."""
    pages = []
    for capacity in ("3", "20", None):
        page = tmp_path / f"{capacity}.html"
        wish = [] if capacity is None else ["--capacity", capacity]
        ledger = ["--ledger", str(files / "ledger.csv"), "--most", "1", "--language", "en"]
        done = run("report", *tables(files), *ledger, "-o", str(page), "--quiet", *wish)
        assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
        pages.append(page.read_text(encoding="utf-8"))
    assert "for an effort of 3." in pages[0]
    assert pages[1] == pages[2]  # the model's own


def test_one_line_says_what_is_wrong(files: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    model, snapshots, contracts = tables(files)
    for arguments, line in (
        ([model, snapshots, contracts], "Missing option '-o'"),
        ([model, snapshots, snapshots, "-o", str(page)], "snapshots.csv"),
        ([model, snapshots, "none.csv", "-o", str(page)], "none.csv: No such file"),
        ([model, "-", "-", "-o", str(page)], "standard input can be one of the files"),
        ([model, snapshots, contracts, "-o", str(page), "--language", "fr"], "'fr' is not one of"),
        ([model, snapshots, contracts, "-o", str(page), "--most", "1001"], "1001 is not in"),
        ([model, snapshots, contracts, "-o", str(page), "--capacity", "-1"], "-1.0 is not in"),
        ([model, snapshots, contracts, "-o", str(tmp_path / "no" / "r.html")], "does not exist"),
    ):
        done = run("report", *arguments)
        assert done.exit_code == 2 and line in done.stderr, (arguments, done.stderr)
        assert done.stderr.count("\n") == 1 and done.stdout == ""
    assert list(tmp_path.iterdir()) == []
