"""Memory that runs out inside the library, at its first, second, … allocation, is a MemoryError,
and the next call answers as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import pytest
from places import GOLDEN, ROOT

HERE = Path(__file__).resolve().parent
PRELOADED = ROOT / "build" / "release" / "lib" / "libaiueo_failing_new.so"

#: Needs no memory of the library's own: what a row is scored with is there before.
WITHOUT = {"score one", "summary"}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    if not PRELOADED.exists():
        pytest.skip(f"{PRELOADED.name} is not built: it is for ELF systems, beside `./dev build`")
    path = os.pathsep.join([str(ROOT / "capi" / "python"), str(HERE)])
    done = subprocess.run(
        [sys.executable, str(HERE / "short_of_memory.py"), str(GOLDEN / "models" / "hr-saas.json")],
        env={**os.environ, "PYTHONPATH": path, "LD_PRELOAD": str(PRELOADED)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out: dict[str, Any] = json.loads(done.stdout)
    return out


def test_every_call_says_so_and_the_next_one_works(told: dict[str, Any]) -> None:
    assert {name: one["wrong"] for name, one in told.items() if one["wrong"]} == {}


def test_memory_did_run_out(told: dict[str, Any]) -> None:
    assert {name for name, one in told.items() if one["failed"] == 0} == WITHOUT
    assert all(f"study {name}" in told for name in aiueo.studies())
    assert sum(one["failed"] for one in told.values()) > 2000
