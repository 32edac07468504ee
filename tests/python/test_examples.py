"""The examples in Python run, and print what they promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from places import ROOT

EXAMPLES = ROOT / "examples"


def run(script: Path, *arguments: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_the_analysts_five_minutes() -> None:
    done = run(
        EXAMPLES / "python_scoring" / "score_portfolio.py", PYTHONPATH=str(ROOT / "capi" / "python")
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for found in ("う Utilization", "because", "one request: overall", "Loyal"):
        assert found in done.stdout, found


def console(page: Path) -> list[str]:
    """The first block of a README that shows a console: its lines without the command."""
    block = page.read_text(encoding="utf-8").split("```\n$ ")[1].split("```")[0]
    return block.splitlines()[1:]


def test_ctypes_alone(tmp_path: Path) -> None:
    folder = EXAMPLES / "python_ctypes"
    script = folder / "score.py"
    assert len(script.read_text(encoding="utf-8").splitlines()) < 60
    done = run(script, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == console(folder / "README.md")

    good = (EXAMPLES / "c_minimal" / "model.json").read_text(encoding="utf-8")
    bad = tmp_path / "broken.json"
    bad.write_text(good.replace('"metric": "logins_28d"', '"metric": "login_28d"'), "utf-8")
    done = run(script, bad)
    assert done.returncode == 1
    assert done.stderr.strip() in (folder / "README.md").read_text(encoding="utf-8")
    assert 'did you mean "logins_28d"?' in done.stderr
