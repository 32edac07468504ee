"""Scores three customers through the C interface with nothing but ctypes: score.py [MODEL]"""

import ctypes as c
import json
import math
import os
import pathlib
import sys

lib = c.CDLL(os.environ.get("AIUEO_LIBRARY", "libaiueo.so"))
assert lib.aiueo_abi_version() == 1, "another version of the library"


class Error(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("code", c.c_int32), ("message", c.c_char * 504)]


class Column(c.Structure):  # aiueo_column
    _fields_ = [("struct_size", c.c_uint32), ("type", c.c_int32), ("length", c.c_int64)]
    _fields_ += [("offset", c.c_int64), ("values", c.c_void_p), ("unused", c.c_int64 * 7)]


def call(name, *arguments):
    """Call a function of aiueo.h, whose last parameter is the error."""
    error = Error(c.sizeof(Error))
    if getattr(lib, name)(*arguments, c.byref(error)):
        sys.exit(f"{name}: {error.message.decode()}")


here = pathlib.Path(__file__).parent
model = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else here / "../c_minimal/model.json")
json_text, size, rows = model.read_bytes(), c.c_size_t, c.c_int64(3)
plan, batch, scores = c.c_void_p(), c.c_void_p(), c.c_void_p()
call("aiueo_plan_load", json_text, size(len(json_text)), None, c.byref(plan))
call("aiueo_batch_new", plan, 1, rows, None, c.byref(batch))  # 1: AIUEO_SNAPSHOTS

BYTE, INT32, FLOAT64, DATE32 = 2, 5, 13, 18  # AIUEO_TYPE_…
day = 20778  # 2026-11-21 in days since 1970-01-01
columns = {  # borrowed: they must live as long as the batch
    "as_of": (DATE32, (c.c_int32 * 3)(day, day, day)),
    "setup_done": (BYTE, (c.c_uint8 * 3)(1, 1, 0)),
    "admins": (INT32, (c.c_int32 * 3)(2, 1, 0)),
    "logins_28d": (FLOAT64, (c.c_double * 3)(35, 4, 12)),
    "last_login": (DATE32, (c.c_int32 * 3)(day, day - 7, day - 30)),
    "nps": (FLOAT64, (c.c_double * 3)(9, math.nan, 6)),  # NaN is unknown, not zero
}
for name, (type_, values) in columns.items():
    column = Column(c.sizeof(Column), type_, 3, values=c.addressof(values))
    call("aiueo_batch_bind", batch, name.encode(), size(len(name)), c.byref(column))
call("aiueo_scores_new", plan, rows, None, c.byref(scores))
call("aiueo_plan_score", plan, batch, c.c_int64(0), rows, scores)
overall, text, needed = c.POINTER(c.c_double)(), c.create_string_buffer(1 << 16), size()
call("aiueo_scores_column", scores, b"overall", size(7), c.byref(c.c_int32()), c.byref(overall))
print("overall", *(f"{value:.1f}" for value in overall[:3]))
call("aiueo_plan_explain", plan, batch, c.c_int64(1), text, size(len(text)), c.byref(needed))
for axis in json.loads(text.raw[: needed.value])["axes"]:
    print(axis["name"], *(f"{part['name']}={part['response']}" for part in axis["components"]))
