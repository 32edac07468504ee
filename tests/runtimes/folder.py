"""A folder that a program in any language can read and score, and what it gives back.

    rows            how many
    model.json      the model
    columns.tsv     a line for each column of the snapshots: type, name
    K.values        the K-th column as Arrow lays it out, little-endian: float64, int64, bit,
                    date32, text32 (the characters; the offsets are in K.offsets)
    K.known         a bit for each row, least significant first; absent if all are known
    initiatives.tsv customer, initiative, and three dates as days since 1970-01-01, empty: none;
                    absent if there are none
    contracts.tsv   customer, start and end as days, outcome and kind as numbers of the C interface,
                    MRR before and after in minor units, empty: not known; absent if none
    ledger.tsv      customer, start and end as days, MRR in minor units; beside the contracts
    actions.tsv     a line for each list that is made with all columns and initiatives: action,
                    condition, options as JSON; absent if none
    scores.tsv      a line for each column of scores that is wanted: kind, name

A program called with two folders, IN and OUT, scores the first and writes OUT/K for the K-th line
of scores.tsv: a number as 8 bytes, a level as the int16 of its code, a count as uint16, a flag as
a byte. With contracts it writes OUT/state: the evidence of all customers, initiatives and ledger
beside the contracts, until the day of the latest snapshot. With actions it writes OUT/actions, the
names of all actions, and OUT/NAME.json for each list: its head, and its rows in the next line.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

KINDS = {"number": "d", "level": "h", "count": "H", "flag": "B"}


def write_folder(
    to: Path,
    plan: Any,
    model: dict[str, Any],
    snapshots: Any,
    initiatives: Any = None,
    contracts: Any = None,
    ledger: Any = None,
    actions: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Arrow tables without rows that the model refuses; contracts come with a ledger."""
    to.mkdir()
    (to / "rows").write_text(f"{snapshots.num_rows}\n")
    (to / "model.json").write_text(json.dumps(model), encoding="utf-8")
    lines = []
    for name in filter(
        plan.knows if contracts is not None or actions else plan.reads, snapshots.column_names
    ):
        lines.append(f"{_write_column(to, len(lines), snapshots[name])}\t{name}\n")
    (to / "columns.tsv").write_text("".join(lines), encoding="utf-8")
    if actions:
        _write_lines(to / "actions.tsv", *map(list, zip(*actions)))
    if initiatives is not None:
        _write_initiatives(to / "initiatives.tsv", initiatives)
    if contracts is not None:
        _write_contracts(to / "contracts.tsv", contracts)
        money = ledger["mrr"].to_pylist()
        _write_lines(
            to / "ledger.tsv",
            ledger["customer"].to_pylist(),
            _days(ledger, "start"),
            _days(ledger, "end"),
            money,
        )
    wanted = "".join(f"{kind}\t{name}\n" for name, kind in score_kinds(plan).items())
    (to / "scores.tsv").write_text(wanted, encoding="utf-8")


def score_kinds(plan: Any) -> dict[str, str]:
    described = plan.describe()
    columns = [*described["columns"], *described["detail_columns"]]
    return {one["name"]: one["type"] for one in columns if one["type"] in KINDS}


def _write_column(to: Path, number: int, column: Any) -> str:
    kind, arrow = _type_of(column.type)
    values = column.cast(arrow)
    array = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], arrow)
    rows = len(array)
    known, *buffers = array.buffers()
    bits = (rows + 7) // 8
    if array.null_count:
        (to / f"{number}.known").write_bytes(known.to_pybytes()[:bits])
    if kind == "text32":
        offsets = buffers[0].to_pybytes()[: 4 * (rows + 1)]
        (to / f"{number}.offsets").write_bytes(offsets)
        text = buffers[1].to_pybytes() if buffers[1] is not None else b""
        (to / f"{number}.values").write_bytes(text[: struct.unpack("<i", offsets[-4:])[0]])
    else:
        size = bits if kind == "bit" else rows * arrow.byte_width
        (to / f"{number}.values").write_bytes(buffers[0].to_pybytes()[:size])
    return kind


def _type_of(kind: Any) -> tuple[str, Any]:
    if pa.types.is_boolean(kind):
        return "bit", pa.bool_()
    if pa.types.is_integer(kind):
        return "int64", pa.int64()
    if pa.types.is_floating(kind):
        return "float64", pa.float64()
    if pa.types.is_date(kind):
        return "date32", pa.date32()
    return "text32", pa.string()


def _write_initiatives(to: Path, table: Any) -> None:
    dates = [_days(table, name) for name in ("date", "attended", "responded")]
    _write_lines(to, table["customer"].to_pylist(), table["initiative"].to_pylist(), *dates)


def _write_contracts(to: Path, table: Any) -> None:
    """Of a currency without minor units."""
    outcomes = [None, "renewed", "churned", "converted", "lapsed"]
    kinds = ["contract", "trial"]
    _write_lines(
        to,
        table["customer"].to_pylist(),
        _days(table, "start"),
        _days(table, "end"),
        [outcomes.index(one or None) for one in table["outcome"].to_pylist()],
        [kinds.index(one) for one in table["kind"].to_pylist()],
        table["mrr_before"].to_pylist(),
        table["mrr_after"].to_pylist(),
    )


def _days(table: Any, name: str) -> list[int | None]:
    if name not in table.column_names:
        return [None] * table.num_rows
    return table[name].cast(pa.date32()).cast(pa.int32()).to_pylist()


def _write_lines(to: Path, *columns: Sequence[Any]) -> None:
    rows = ("\t".join("" if v is None else str(v) for v in row) + "\n" for row in zip(*columns))
    to.write_text("".join(rows), encoding="utf-8")


# ── what came back ───────────────────────────────────────────────────────────────────────────


def bits_of_table(plan: Any, table: Any) -> dict[str, list[str]]:
    """A scores table (Arrow) in the form of `bits_of_files`."""
    described = plan.describe()
    names = {
        one["name"]: one.get("names")
        for one in [*described["columns"], *described["detail_columns"]]
    }
    out = {}
    for name, kind in score_kinds(plan).items():
        values = table[name].to_pylist()
        if kind == "level":
            codes = {word: code for code, word in enumerate(names[name])}
            values = [-1 if value is None else codes[value] for value in values]
        elif kind == "number":
            values = [math.nan if value is None else value for value in values]
        out[name] = [_hex(kind, value) for value in values]
    return out


def bits_of_files(folder: Path, plan: Any) -> dict[str, list[str]]:
    """What a program has written: the bits of each value, as hexadecimal digits."""
    out = {}
    for number, (name, kind) in enumerate(score_kinds(plan).items()):
        values = struct.iter_unpack(f"<{KINDS[kind]}", (folder / str(number)).read_bytes())
        out[name] = [_hex(kind, value) for (value,) in values]
    return out


def _hex(kind: str, value: Any) -> str:
    if kind == "number" and math.isnan(value):
        return "nan"
    return struct.pack(f">{KINDS[kind]}", value).hex()


def difference(
    found: dict[str, list[str]], wanted: dict[str, list[str]], keys: Sequence[Any]
) -> str:
    """The first value that differs, in words; empty if none does."""
    if list(found) != list(wanted):
        return f"columns {list(found)}, not {list(wanted)}"
    for name, values in wanted.items():
        if len(found[name]) != len(values):
            return f"{name} has {len(found[name])} rows, not {len(values)}"
        for row, (one, other) in enumerate(zip(found[name], values)):
            if one != other:
                return f"{name} of {keys[row]} is {one}, not {other}"
    return ""
