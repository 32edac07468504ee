"""The engine over its C interface, by plain ctypes: text tables in, the scores table out.

The library is AIUEO_LIBRARY. Nothing of the Python package is used, so that the comparison with the
reference tests the engine alone.
"""

from __future__ import annotations

import ctypes as c
import datetime
import functools
import json
import math
import os
import struct
from pathlib import Path

from score_tables import rows_of

SNAPSHOTS = 1
TEXT32, INT16, UINT8, UINT16, FLOAT64 = 21, 4, 7, 8, 13
DETAIL = 1
NO_DATE = -(2**31)
EPOCH = datetime.date(1970, 1, 1).toordinal()


class Failure(Exception):  # noqa: N818 (what the engine said)
    pass


class Error(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("code", c.c_int32), ("message", c.c_char * 504)]


class Column(c.Structure):
    _fields_ = [
        ("struct_size", c.c_uint32),
        ("type", c.c_int32),
        ("length", c.c_int64),
        ("offset", c.c_int64),
        ("values", c.c_void_p),
        ("validity", c.c_void_p),
        ("offsets", c.c_void_p),
        ("bytes", c.c_char_p),
        ("bytes_size", c.c_int64),
        ("scale", c.c_int32),
        ("unit", c.c_int32),
        ("index_type", c.c_int32),
        ("flags", c.c_uint32),
        ("dictionary", c.c_void_p),
    ]


class BatchOptions(c.Structure):
    _fields_ = [
        ("struct_size", c.c_uint32),
        ("flags", c.c_uint32),
        ("first_row", c.c_int64),
        ("null_texts", c.c_char_p),
        ("null_texts_length", c.c_size_t),
        ("initiatives", c.c_void_p),
        ("as_of", c.c_int32),
        ("has_as_of", c.c_int32),
    ]


class ScoresOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("flags", c.c_uint32)]


HANDLE, OUT, TEXT = c.c_void_p, c.POINTER(c.c_void_p), (c.c_char_p, c.c_size_t)
SIGNATURES = {
    "plan_load": (*TEXT, c.c_void_p, OUT),
    "plan_describe": (HANDLE, c.c_char_p, c.c_size_t, c.POINTER(c.c_size_t)),
    "initiatives_new": (HANDLE, OUT),
    "initiatives_add": (HANDLE, *TEXT, *TEXT, c.c_int32, c.c_int32, c.c_int32),
    "initiatives_finish": (HANDLE,),
    "batch_new": (HANDLE, c.c_int32, c.c_int64, c.POINTER(BatchOptions), OUT),
    "batch_bind": (HANDLE, *TEXT, c.POINTER(Column)),
    "scores_new": (HANDLE, c.c_int64, c.POINTER(ScoresOptions), OUT),
    "plan_score": (HANDLE, HANDLE, c.c_int64, c.c_int64, HANDLE),
    "scores_column": (HANDLE, *TEXT, c.POINTER(c.c_int32), OUT),
}


@functools.cache
def shared_library() -> c.CDLL | None:
    path = os.environ.get("AIUEO_LIBRARY")
    if not path or not Path(path).exists():
        return None
    loaded = c.CDLL(path)
    for name, arguments in SIGNATURES.items():
        function = getattr(loaded, f"aiueo_{name}")
        function.argtypes = [*arguments, c.POINTER(Error)]
        function.restype = c.c_int32
    for name in ("plan", "initiatives", "batch", "scores"):
        free = getattr(loaded, f"aiueo_{name}_free")
        free.argtypes = [HANDLE]
        free.restype = None
    return loaded


def call(name: str, *arguments) -> None:
    error = Error(struct_size=c.sizeof(Error))
    found = shared_library()
    assert found is not None
    if getattr(found, f"aiueo_{name}")(*arguments, c.byref(error)) != 0:
        raise Failure(error.message.decode())


class Handle:
    def __init__(self, kind: str, make: str, *arguments):
        self.kind = kind
        self.value = c.c_void_p()
        call(make, *arguments, c.byref(self.value))

    def __enter__(self) -> c.c_void_p:
        return self.value

    def __exit__(self, *_) -> None:
        getattr(shared_library(), f"aiueo_{self.kind}_free")(self.value)


def text(value: str) -> tuple[bytes, int]:
    encoded = value.encode()
    return encoded, len(encoded)


def text_column(cells: list[str]) -> tuple[Column, object]:
    """A column and the memory that it borrows."""
    encoded = [cell.encode() for cell in cells]
    ends = [0]
    for cell in encoded:
        ends.append(ends[-1] + len(cell))
    offsets = (c.c_int32 * len(ends))(*ends)
    column = Column(struct_size=c.sizeof(Column), type=TEXT32, length=len(cells))
    column.offsets = c.cast(offsets, c.c_void_p)
    column.bytes = b"".join(encoded)
    column.bytes_size = ends[-1]
    return column, offsets


def describe(plan: c.c_void_p) -> dict:
    needed = c.c_size_t()
    shared_library().aiueo_plan_describe(plan, None, 0, c.byref(needed), None)
    buffer = c.create_string_buffer(needed.value + 1)
    call("plan_describe", plan, buffer, len(buffer), c.byref(needed))
    return json.loads(buffer.raw[: needed.value])


def day(cell: str) -> int:
    return datetime.date.fromisoformat(cell).toordinal() - EPOCH if cell else NO_DATE


def add_initiatives(to: c.c_void_p, table: str) -> None:
    for row in rows_of(table):
        dates = [day(row[name]) for name in ("date", "attended", "responded")]
        call("initiatives_add", to, *text(row["customer"]), *text(row["initiative"]), *dates)
    call("initiatives_finish", to)


def written(scores: c.c_void_p, one: dict, rows: int) -> list[str]:
    """A column's cells as expected.csv writes them."""
    kind, values = c.c_int32(), c.c_void_p()
    call("scores_column", scores, *text(one["name"]), c.byref(kind), c.byref(values))
    types = {FLOAT64: c.c_double, INT16: c.c_int16, UINT8: c.c_uint8, UINT16: c.c_uint16}
    cells = c.cast(values, c.POINTER(types[kind.value]))[:rows]
    if kind.value == FLOAT64:
        return ["" if math.isnan(cell) else struct.pack(">d", cell).hex() for cell in cells]
    if kind.value == UINT16:
        return [str(cell) for cell in cells]
    return ["" if cell < 0 else one["names"][cell] for cell in cells]


def score(model: str, snapshots: str, initiatives: str | None) -> tuple[list[str], dict]:
    """The names of the columns in their order, and their cells, but customer and as_of."""
    table = rows_of(snapshots)
    rows = len(table)
    with Handle("plan", "plan_load", *text(model), None) as plan:
        options = BatchOptions(struct_size=c.sizeof(BatchOptions))
        described = describe(plan)
        columns = described["columns"] + described["detail_columns"]
        with Handle("initiatives", "initiatives_new", plan) as acts:
            if initiatives is not None:
                add_initiatives(acts, initiatives)
                options.initiatives = acts
            with Handle("batch", "batch_new", plan, SNAPSHOTS, rows, c.byref(options)) as batch:
                kept = []
                for name in table[0]:
                    column, offsets = text_column([row[name] for row in table])
                    kept.append((column, offsets))
                    call("batch_bind", batch, *text(name), c.byref(column))
                detail = ScoresOptions(c.sizeof(ScoresOptions), DETAIL)
                with Handle("scores", "scores_new", plan, rows, c.byref(detail)) as scores:
                    call("plan_score", plan, batch, 0, rows, scores)
                    return [one["name"] for one in columns], cells_of(scores, columns, rows)


def cells_of(scores: c.c_void_p, columns: list[dict], rows: int) -> dict:
    skipped = ("customer", "as_of", "insufficient")
    out = {one["name"]: written(scores, one, rows) for one in columns if one["name"] not in skipped}
    if any(one["name"] == "insufficient" for one in columns):
        out["insufficient"] = ["false" if cell else "true" for cell in out["overall"]]
    return out
