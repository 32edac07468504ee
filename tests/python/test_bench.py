"""The benchmarks still run: their results agree, and what they print is well-formed. No times."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests" / "bench"
BUILD = Path(os.environ.get("AIUEO_LIBRARY", ROOT / "build/release/lib/libaiueo.so")).parents[1]

pytestmark = pytest.mark.skipif(
    not (BUILD / "bin" / "aiueo_bench").exists(), reason="aiueo_bench is not built"
)


def compare() -> Any:
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("bench_compare", BENCH / "compare.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(BENCH))


def test_all_workloads_agree(tmp_path: Path) -> None:
    out = tmp_path / "lines.json"
    command = [sys.executable, BENCH / "run.py", "--quick", "--build", BUILD, "--json", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        assert {"workload", "variant", "isa", "threads", "rows", "ns_per_row"} <= line.keys()
        assert line["threads"] >= 1 and line["rows"] >= 1 and line["ns_per_row"] > 0
        assert ("against" in line) == ("ratio" in line)
    assert {line["workload"] for line in lines} == {
        "W1",
        "W1n",
        "W2",
        "links",
        "lists",
        "counts",
        "ledger",
        "W3",
        "W4",
    }
    against = {line.get("against") for line in lines}
    assert {"ceiling", "virtual", "numpy", "duckdb", "polars", "W1", "c++"} <= against
    assert all(line["call_allocations"] == 0 for line in lines if "call_allocations" in line)
    assert any("call_allocations" in line for line in lines)


def test_a_difference_ends_the_bench() -> None:
    numpy = pytest.importorskip("numpy")
    ours = {"U": numpy.array([1.0, numpy.nan, 3.0]), "stage": numpy.array([0, 1, 2])}
    theirs = {"U": numpy.array([1.0, numpy.nan, 3.0]), "stage": numpy.array([0, 1, 1])}
    must_equal = compare().must_equal
    must_equal(ours, ours, "itself")
    with pytest.raises(SystemExit, match="row 2: stage is 2, by another 1"):
        must_equal(ours, theirs, "another")


def test_what_is_not_a_workload_is_named() -> None:
    command = [sys.executable, BENCH / "run.py", "W9"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no workload 'W9'" in done.stderr
