"""Tables for Spark's tests, and how scores are compared."""

from __future__ import annotations

import csv
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def golden_table(path: Path) -> Any:
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return pa.table({name: [row[k] for row in rows] for k, name in enumerate(head)})


def without_dictionaries(table: Any) -> Any:
    """As Spark would have it: it has no dictionaries."""
    columns = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    """The rows, ordered by key and date; numbers as the hexadecimal digits of their bits."""
    columns = [[_bits(value) for value in column.to_pylist()] for column in table.columns]
    return sorted(zip(*columns), key=lambda row: (str(row[0]), str(row[1])))


def _bits(value: Any) -> Any:
    return struct.pack(">d", value).hex() if isinstance(value, float) else value


def assert_same(found: Any, wanted: Any) -> None:
    """Two tables of scores: the same columns, and the same rows in any order, bit for bit."""
    assert found.column_names == wanted.column_names
    left, right = rows_of(found), rows_of(wanted)
    assert len(left) == len(right)
    for one, other in zip(left, right):
        different = [(name, a, b) for name, a, b in zip(wanted.column_names, one, other) if a != b]
        assert not different, (other[:2], different)
