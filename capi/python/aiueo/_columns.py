"""One column of somebody's table as an aiueo_column, read in place where its layout allows.

A `Column` holds the structure and everything that keeps its memory alive. Python objects are
turned into one of Arrow's layouts once; what is mixed or of a type without meaning is an error
that names row and column.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from . import _structs as c
from ._errors import column_error
from ._memory import Column, address_of
from ._objects import from_objects
from ._optional import loaded, numpy

# ── anything ─────────────────────────────────────────────────────────────────────────────────


def column_of(name: str, values: Any) -> Column:
    """A column from whatever somebody has as a column."""
    np = numpy()
    if np is not None and isinstance(values, np.ndarray):
        return from_numpy(name, values)
    pandas = loaded("pandas")
    if pandas is not None:
        from ._pandas import from_extension, from_series

        if isinstance(values, (pandas.Series, pandas.Index)):
            return from_series(name, values)
        if isinstance(values, pandas.api.extensions.ExtensionArray):
            return from_extension(name, values)
    if hasattr(values, "__arrow_c_array__") or hasattr(values, "__arrow_c_stream__"):
        from ._arrow_columns import from_arrow

        return from_arrow(name, values)
    if isinstance(values, (str, bytes)):
        raise column_error(name, f"is one {type(values).__name__}; give a value for every row")
    if isinstance(values, (array, memoryview, bytearray, ctypes.Array)):
        return from_buffer(name, values)
    if np is not None and hasattr(values, "__array__"):
        return from_numpy(name, np.asarray(values))
    if isinstance(values, (set, frozenset, Mapping)):
        raise column_error(
            name, f"is a {type(values).__name__}, whose items are not in the order of the rows"
        )
    if isinstance(values, Iterable):
        return from_objects(name, values)
    raise column_error(
        name, f"is {type(values).__name__}; give an array or a list with a value for every row"
    )


# ── buffers without NumPy ────────────────────────────────────────────────────────────────────

_BUFFER_TYPES = {
    **dict.fromkeys("bhilqn", (c.TYPE_INT8, c.TYPE_INT16, c.TYPE_INT32, c.TYPE_INT64)),
    **dict.fromkeys("BHILQN", (c.TYPE_UINT8, c.TYPE_UINT16, c.TYPE_UINT32, c.TYPE_UINT64)),
}
_FLOAT_CODES = {"e": c.TYPE_FLOAT16, "f": c.TYPE_FLOAT32, "d": c.TYPE_FLOAT64, "?": c.TYPE_BYTE}


def from_buffer(name: str, values: Any) -> Column:
    """array.array, memoryview, bytearray, ctypes arrays: borrowed."""
    view = memoryview(values)
    if view.ndim != 1:
        raise column_error(name, f"has {view.ndim} dimensions; a column has one")
    code = view.format.lstrip("@=") if view.format.lstrip("@=<")[:1] else view.format
    if code.startswith("<"):
        code = code[1:]
    if not view.contiguous:
        return from_objects(name, view.tolist())
    if code in _FLOAT_CODES:
        type_ = _FLOAT_CODES[code]
    elif code in _BUFFER_TYPES:
        type_ = _BUFFER_TYPES[code][view.itemsize.bit_length() - 1]
    elif code in ("u", "w"):
        return from_objects(name, view.tolist())
    else:
        raise column_error(name, f'has items of format "{view.format}"; give numbers or booleans')
    start, kept = address_of(values)
    return Column(type_, len(view), kept, values=start)


# ── NumPy ────────────────────────────────────────────────────────────────────────────────────

_NUMBERS = {
    ("b", 1): c.TYPE_BYTE,
    ("i", 1): c.TYPE_INT8,
    ("i", 2): c.TYPE_INT16,
    ("i", 4): c.TYPE_INT32,
    ("i", 8): c.TYPE_INT64,
    ("u", 1): c.TYPE_UINT8,
    ("u", 2): c.TYPE_UINT16,
    ("u", 4): c.TYPE_UINT32,
    ("u", 8): c.TYPE_UINT64,
    ("f", 2): c.TYPE_FLOAT16,
    ("f", 4): c.TYPE_FLOAT32,
    ("f", 8): c.TYPE_FLOAT64,
}
_UNITS = {
    "s": c.UNIT_SECOND,
    "ms": c.UNIT_MILLI,
    "us": c.UNIT_MICRO,
    "ns": c.UNIT_NANO,
}


def from_numpy(name: str, values: Any, mask: Any = None) -> Column:
    """An array of one dimension. Borrowed if contiguous, aligned and in the machine's byte order.

    `mask`: true where unknown. A masked array's own mask counts as well.
    """
    np = numpy()
    if values.ndim != 1:
        raise column_error(name, f"has shape {values.shape}; a column has one dimension")
    if isinstance(values, np.ma.MaskedArray):
        own = np.ma.getmaskarray(values)
        mask = own if mask is None else mask | own
        values = np.ma.getdata(values)
    kind = values.dtype.kind
    if kind == "M":
        return _from_datetimes(name, values, mask)
    if kind in "OUST":
        items = values.tolist()
        if kind == "S":
            items = [item.decode("utf-8", "surrogateescape") for item in items]
        if mask is not None:
            items = [None if hidden else item for item, hidden in zip(items, mask.tolist())]
        return from_objects(name, items)
    if kind == "f" and values.dtype.itemsize > 8:
        values = values.astype(np.float64)
    type_ = _NUMBERS.get((kind, values.dtype.itemsize))
    if type_ is None:
        raise column_error(
            name, f"has dtype {values.dtype}; give numbers, booleans, datetime64 or text"
        )
    values = _plain(values)
    start, kept = address_of(values)
    return _masked(Column(type_, len(values), kept, values=start), mask)


def _plain(values: Any) -> Any:
    """In the layout of aiueo.h: the array itself, or a copy if it must be."""
    np = numpy()
    native = values.dtype.newbyteorder("=")
    return np.require(values, dtype=native, requirements=["C", "A"])


def _masked(column: Column, mask: Any) -> Column:
    if mask is None:
        return column
    np = numpy()
    mask = np.asarray(mask, dtype=bool)
    return column.with_validity(np.packbits(~mask, bitorder="little")) if mask.any() else column


def _from_datetimes(name: str, values: Any, mask: Any, flags: int = 0) -> Column:
    np = numpy()
    unit, count = np.datetime_data(values.dtype)
    missing = np.isnat(values)
    if mask is not None:
        missing = missing | mask
    if unit in ("Y", "M", "W", "D", "generic"):
        days = values.astype("datetime64[D]").view(np.int64)
        days = np.where(missing, 0, days)
        if len(days) and (days.min() < -(2**31) or days.max() >= 2**31):
            raise column_error(name, "holds a date beyond what a calendar has")
        start, kept = address_of(np.ascontiguousarray(days.astype(np.int32)))
        return _masked(Column(c.TYPE_DATE32, len(values), kept, values=start), missing)
    if unit not in _UNITS or count != 1:
        unit = "s" if unit in ("h", "m", "s") else "ns"
        values = values.astype(f"datetime64[{unit}]")
    values = _plain(values)
    start, kept = address_of(values)
    column = Column(
        c.TYPE_TIMESTAMP, len(values), kept, values=start, unit=_UNITS[unit], flags=flags
    )
    return _masked(column, missing)


__all__ = ["Column", "column_of", "from_numpy"]
