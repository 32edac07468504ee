"""Asks the room `stats` through the program aiueo_stats_probe, and keeps how far answers were off.

A test module compares with `agree`, which asserts and remembers; `stats_table.py` prints what was
remembered. Figures agree when |found - expected| <= TOLERANCE * max(|expected|, floor), with the
floor 1 unless a comparison says otherwise (p values are compared relatively), or are both NaN.
"""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("AIUEO_LIBRARY", ROOT / "build/release/lib/libaiueo.so"))
PROBE = LIBRARY.parent.parent / "bin" / "aiueo_stats_probe"
TOLERANCE = 1e-9
# Relative, for p values: below this they are only asked to be as small.
P = 1e-280

needs_probe = pytest.mark.skipif(
    not PROBE.exists(), reason="the library's folder has no ../bin/aiueo_stats_probe"
)


def word(argument: Any) -> str:
    if isinstance(argument, (list, tuple)) or hasattr(argument, "tolist"):
        items = argument.tolist() if hasattr(argument, "tolist") else argument
        if not isinstance(items, list):
            return word(items)
        return " ".join([str(len(items)), *(word(item) for item in items)])
    return repr(argument) if isinstance(argument, float) else str(int(argument))


def ask(requests: Sequence[Sequence[Any]]) -> list[list[float]]:
    """The figures for each request (name, argument ...), in order, by one run of the program.

    A list argument is sent with its length, so int and float arguments must be what they are in
    C++; list elements are counts where they are int.
    """
    lines = "".join(
        " ".join([request[0], *(word(argument) for argument in request[1:])]) + "\n"
        for request in requests
    )
    done = subprocess.run(
        [str(PROBE)], input=lines, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[:500]
    answers = [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
    assert len(answers) == len(requests)
    return answers


@dataclasses.dataclass
class Comparison:
    """How often a statistic was compared with a reference, and the largest difference."""

    cases: int = 0
    undefined: int = 0
    failed: int = 0
    largest: float = 0.0


LEDGER: dict[tuple[str, str], Comparison] = {}
# False: what disagrees is only remembered, so that a table shows all of it.
STRICT = True


def agree(
    statistic: str,
    reference: str,
    found: Iterable[float] | float,
    expected: Iterable[float] | float,
    floor: float = 1.0,
    tolerance: float = TOLERANCE,
    about: Any = None,
) -> None:
    found = [found] if isinstance(found, float) else list(found)
    one = isinstance(expected, (int, float)) or not hasattr(expected, "__len__")
    wanted = [float(x) for x in ([expected] if one else expected)]  # type: ignore[union-attr]
    assert len(found) == len(wanted), (statistic, found, wanted)
    kept = LEDGER.setdefault((statistic, reference), Comparison())
    for a, b in zip(found, wanted):
        kept.cases += 1
        if math.isnan(a) and math.isnan(b):
            kept.undefined += 1
            continue
        off = 0.0 if a == b else abs(a - b) / max(abs(b), floor)
        if math.isnan(off):
            off = math.inf
        kept.largest = max(kept.largest, off)
        if off > tolerance:
            kept.failed += 1
            assert not STRICT, f"{statistic}: found {found}, {reference} has {wanted}; {about}"


def undefined(figures: Iterable[float]) -> bool:
    return all(math.isnan(x) for x in figures)
