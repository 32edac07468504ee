"""Python's scores are those of the golden vectors to the bit, by columns and by Arrow."""

from __future__ import annotations

import csv
import struct
from pathlib import Path
from typing import Any

import aiueo
import pyarrow as pa
import pytest
from places import GOLDEN

CASES = (GOLDEN / "scores" / "cases.txt").read_text(encoding="utf-8").split()


def table(path: Path) -> dict[str, list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return {name: [row[k] for row in rows] for k, name in enumerate(head)}


def written(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "insufficient":
        return "true" if value else "false"
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    return str(value)


def as_columns(columns: dict[str, list[str]]) -> Any:
    return columns


def as_arrow(columns: dict[str, list[str]]) -> Any:
    return pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()})


def as_chunks(columns: dict[str, list[str]]) -> Any:
    return pa.Table.from_batches(as_arrow(columns).to_batches(max_chunksize=3))


@pytest.mark.parametrize("shape", [as_columns, as_arrow, as_chunks])
@pytest.mark.parametrize("case", CASES)
def test_scores_are_the_golden_ones(case: str, shape: Any) -> None:
    must_be_golden(case, shape)


@pytest.mark.parametrize("instruction_set", aiueo.instruction_sets())
def test_every_instruction_set_gives_the_golden_scores(instruction_set: str) -> None:
    for case in CASES:
        must_be_golden(case, as_columns, instruction_set)


def must_be_golden(case: str, shape: Any, instruction_set: str | None = None) -> None:
    folder = GOLDEN / "scores" / case
    plan = aiueo.load(folder / "model.json", instruction_set=instruction_set)
    assert instruction_set in (None, plan.instruction_set)
    initiatives = None
    if (folder / "initiatives.csv").exists():
        initiatives = plan.initiatives(table(folder / "initiatives.csv"))
    scores = plan.score(
        shape(table(folder / "snapshots.csv")), initiatives=initiatives, detail=True
    )
    expected = table(folder / "expected.csv")
    got = scores.to_dict()
    for name, wanted in expected.items():
        if name in ("customer", "as_of"):
            continue
        assert [written(name, value) for value in got[name]] == wanted, name


def test_a_golden_state_is_read_and_written_as_it_was() -> None:
    """It was counted in C++: tests/golden/golden_state.cpp."""
    state = GOLDEN / "state" / "counted.state"
    seen = aiueo.load(GOLDEN / "state" / "model.json").read_evidence(state)
    assert bytes(seen) == state.read_bytes()
    assert seen.counts["customer_months"] > 100
