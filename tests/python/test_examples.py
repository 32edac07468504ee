"""The examples in Python run, and print what they promise."""

from __future__ import annotations

import os
import subprocess
import sys

from conftest import ROOT


def test_the_analysts_five_minutes() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "python_scoring" / "score_portfolio.py")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "capi" / "python")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for found in ("う Utilization", "because", "one request: overall", "Loyal"):
        assert found in done.stdout, found
