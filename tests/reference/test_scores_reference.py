"""The engine computes what the exact reference does: every column, bit for bit."""

from __future__ import annotations

import os
import random

import engine
import generate_golden
import pytest
import random_models
import score_reference
from score_tables import rows_of

needs_engine = pytest.mark.skipif(
    engine.shared_library() is None, reason="AIUEO_LIBRARY does not name the library"
)
CASES = sorted(path.name for path in generate_golden.folders())
# Floating point may be off by some 1e-13 before it is rounded.
MARGIN = 1e-11


def differences(model: str, snapshots: str, initiatives: str | None, expected: str) -> list[str]:
    wanted = rows_of(expected)
    names, cells = engine.score(model, snapshots, initiatives)
    out = []
    if names != expected.splitlines()[0].split(","):
        out.append(f"columns are {names}")
    for name, column in cells.items():
        for i, (found, row) in enumerate(zip(column, wanted)):
            if found != row.get(name):
                out.append(f"{name} of row {i + 1} is {found!r}, expected {row.get(name)!r}")
    return out


def test_golden_vectors_are_up_to_date():
    assert generate_golden.differences() == []
    assert len(CASES) >= 30


def test_rounding_is_to_the_nearest_multiple_and_ties_to_even():
    row = object.__new__(score_reference.Row)
    row.nearest_tie = 1.0
    unit = score_reference.Fraction(1, 2**20)
    for halves, wanted in {1: 0, 2: 1, 3: 2, 5: 2, 7: 4, 120 * 2**20: 60 * 2**20}.items():
        assert row.rounded(halves * unit / 2) == float(wanted * unit)
    assert row.nearest_tie == 0


@needs_engine
@pytest.mark.parametrize("name", CASES)
def test_golden_case(name):
    folder = generate_golden.CASES / name

    def read(file: str) -> str | None:
        return (folder / file).read_text("utf-8") if (folder / file).exists() else None

    model, snapshots, expected = read("model.json"), read("snapshots.csv"), read("expected.csv")
    assert model and snapshots and expected
    assert differences(model, snapshots, read("initiatives.csv"), expected) == []


def compare_random_models(count: int, rows: int) -> None:
    first = int(os.environ.get("AIUEO_SEED", random.SystemRandom().randrange(2**31)))
    print(f"{count} random models from seed {first} (AIUEO_SEED repeats them)")
    scored = compared = 0
    for seed in range(first, first + count):
        model, snapshots, initiatives = random_models.random_case(seed, rows)
        snapshots = generate_golden.without_ties(model, snapshots, initiatives, MARGIN)
        expected = generate_golden.expected(model, snapshots, initiatives, ties=True)
        assert differences(model, snapshots, initiatives, expected) == [], f"seed {seed}\n{model}"
        table = rows_of(expected)
        compared += len(table)
        scored += sum(row["overall"] != "" for row in table)
    # A generator whose customers are all insufficient would test little.
    assert compared > 0.9 * count * rows
    assert scored > 0.3 * compared


@needs_engine
def test_random_models():
    compare_random_models(200, 50)


@needs_engine
@pytest.mark.slow
def test_many_random_models():
    compare_random_models(5000, 50)
