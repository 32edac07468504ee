"""One column of somebody's table as an aiueo_column, read in place where its layout allows.

A `Column` holds the structure and everything that keeps its memory alive. Python objects are
turned into one of Arrow's layouts once; what is mixed or of a type without meaning is an error
that names row and column.
"""

from __future__ import annotations

import ctypes
import datetime
import decimal
import math
from array import array
from collections.abc import Iterable, Sequence
from ctypes import pointer
from typing import Any

from . import _structs as c
from ._errors import DataError, column_error, value_error
from ._optional import loaded, numpy

EPOCH = datetime.date(1970, 1, 1).toordinal()
_SIZE = ctypes.sizeof(c.ColumnStruct)


class Column:
    """An aiueo_column and what it borrows from."""

    __slots__ = ("keep", "struct")

    def __init__(self, type_: int, length: int, *keep: Any, **fields: Any) -> None:
        self.struct = c.ColumnStruct(_SIZE, type_, length, **fields)
        self.keep = list(keep)

    def __len__(self) -> int:
        return int(self.struct.length)

    def with_validity(self, bits: Any) -> Column:
        """`bits`: NumPy array or bytes-like, a bit for each row from the first."""
        self.struct.validity, kept = address_of(bits)
        self.keep.append(kept)
        return self


def address_of(values: Any) -> tuple[int, Any]:
    """Where a contiguous array begins, and what keeps it there. Not 0 even where it is empty."""
    interface = getattr(values, "__array_interface__", None)
    if interface is not None:
        return interface["data"][0] or 1, values
    borrowed = Borrowed(values)
    return borrowed.address or 1, borrowed


class _PyBuffer(ctypes.Structure):
    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get_buffer = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int
)(("PyObject_GetBuffer", ctypes.pythonapi))
_release_buffer = ctypes.PYFUNCTYPE(None, ctypes.POINTER(_PyBuffer))(
    ("PyBuffer_Release", ctypes.pythonapi)
)


class Borrowed:
    """The contiguous memory of anything with the buffer protocol, read-only or not."""

    __slots__ = ("_view", "address")

    def __init__(self, values: Any) -> None:
        self._view = _PyBuffer()
        _get_buffer(values, ctypes.byref(self._view), 0)
        self.address: int = self._view.buf or 0

    def __del__(self) -> None:
        if self._view.obj:
            _release_buffer(ctypes.byref(self._view))


def bits_of(known: Iterable[bool]) -> bytearray:
    """A bit for each row, least significant first."""
    out = bytearray()
    byte = at = 0
    for one in known:
        if one:
            byte |= 1 << at
        at += 1
        if at == 8:
            out.append(byte)
            byte = at = 0
    if at:
        out.append(byte)
    return out


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
    if isinstance(values, Sequence):
        return from_objects(name, values)
    if isinstance(values, Iterable):
        return from_objects(name, list(values))
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


# ── Python objects ───────────────────────────────────────────────────────────────────────────

_KINDS = {
    "text": "text",
    "flag": "booleans",
    "number": "numbers",
    "decimal": "decimals",
    "date": "dates",
    "time": "dates with a time",
}


def _kind_of(type_: type) -> str | None:
    """What values of a Python type are; None: unknown (None, NaT, pandas.NA, …)."""
    if type_ is type(None) or type_.__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return None
    if issubclass(type_, str):
        return "text"
    if issubclass(type_, bytes):
        return "text"
    if issubclass(type_, bool) or type_.__name__ in ("bool_", "bool"):
        return "flag"
    if issubclass(type_, int) or issubclass(type_, float):
        return "number"
    if issubclass(type_, decimal.Decimal):
        return "decimal"
    if issubclass(type_, datetime.datetime):
        return "time"
    if issubclass(type_, datetime.date):
        return "date"
    np = numpy()
    if np is not None and issubclass(type_, np.generic):
        if issubclass(type_, np.number) and not issubclass(
            type_, (np.complexfloating, np.timedelta64)
        ):
            return "number"
        if issubclass(type_, np.datetime64):
            return "datetime64"
    return "?"


def is_unknown(value: Any) -> bool:
    """None, NaN, NaT, pandas.NA, a decimal's NaN."""
    if value is None or type(value).__name__ == "NAType":
        return True
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return bool(value != value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def from_objects(name: str, values: Sequence[Any]) -> Column:
    """Python objects, encoded once. None, NaN, NaT and pandas.NA are unknown."""
    kinds: dict[str, type] = {}
    missing_types = set()
    for type_ in {type(value) for value in values}:
        kind = _kind_of(type_)
        if kind is None:
            missing_types.add(type_)
        else:
            kinds.setdefault(kind, type_)
    if missing_types - {type(None)}:
        values = [None if type(value) in missing_types else value for value in values]
    # NaN among texts or dates is a hole, as pandas has them.
    if "number" in kinds and len(kinds) > 1 and issubclass(kinds["number"], float):
        holes = [None if _is_nan(value) else value for value in values]
        if not any(_kind_of(type(value)) == "number" for value in holes):
            del kinds["number"]
            values = holes
    if "?" in kinds:
        _refuse(name, values, "?")
    kind = _only_kind(name, values, set(kinds))
    if kind is None:
        if name in ("customer", "parent"):  # keys are text even where there are none
            return _text_column(name, values)
        return Column(c.TYPE_NONE, len(values))
    return _ENCODERS[kind](name, values)


def _only_kind(name: str, values: Sequence[Any], kinds: set[str]) -> str | None:
    if kinds == {"flag", "number"}:
        return "number"  # True is 1, as in Python
    if kinds == {"decimal", "number"}:
        return "decimal"
    if kinds == {"date", "time"}:
        return "time"
    if len(kinds) > 1:
        first = _kind_of(type(next(value for value in values if value is not None)))
        _refuse(name, values, first or "?", other=True)
    return next(iter(kinds), None)


def _refuse(name: str, values: Sequence[Any], kind: str, *, other: bool = False) -> None:
    """The first value of `kind` (or of another kind) is the culprit."""
    for row, value in enumerate(values):
        own = _kind_of(type(value))
        if own is None or (own == kind) == other:
            continue
        shown = repr(value)
        shown = shown if len(shown) <= 40 else shown[:37] + "…"
        if other:
            raise value_error(
                name,
                row,
                f"{shown} is among {_KINDS.get(kind, kind)}; a column holds values of one kind",
            )
        raise value_error(
            name,
            row,
            f"{shown} is {type(value).__name__}; give numbers, booleans, dates or text",
        )


def _encode_text(name: str, values: Sequence[Any]) -> Column:
    """Keys as they are, everything else as a dictionary."""
    if name in ("customer", "parent"):
        return _text_column(name, values)
    words: dict[Any, int] = {}
    count = len(values)
    codes = array("i", bytes(4 * count))
    holes = False
    for row, value in enumerate(values):
        if value is None:
            holes = True
        else:
            codes[row] = words.setdefault(value, len(words))
    dictionary = _text_column(name, list(words))
    start, kept = address_of(codes)
    column = Column(
        c.TYPE_DICTIONARY,
        count,
        kept,
        dictionary,
        values=start,
        index_type=c.TYPE_INT32,
        dictionary=pointer(dictionary.struct),
    )
    if holes:
        column.with_validity(bits_of(value is not None for value in values))
    return column


def _text_column(name: str, values: Sequence[Any]) -> Column:
    parts = []
    offsets = array("q", [0])
    at = 0
    holes = False
    for value in values:
        if value is None:
            holes = True
        else:
            part = value if type(value) is bytes else _utf8(value)
            parts.append(part)
            at += len(part)
        offsets.append(at)
    text = b"".join(parts)
    start, kept = address_of(offsets)
    characters, kept_text = address_of(text)
    column = Column(
        c.TYPE_TEXT64,
        len(values),
        kept,
        kept_text,
        offsets=start,
        bytes=characters,
        bytes_size=len(text),
    )
    if holes:
        column.with_validity(bits_of(value is not None for value in values))
    return column


def _utf8(value: Any) -> bytes:
    text = str(value)
    try:
        return text.encode()
    except UnicodeEncodeError:  # bytes that were no UTF-8 come out as they went in
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")


def _with_holes(column: Column, values: Sequence[Any]) -> Column:
    if any(value is None for value in values):
        column.with_validity(bits_of(value is not None for value in values))
    return column


def _encode_flags(name: str, values: Sequence[Any]) -> Column:
    start, kept = address_of(bytearray(1 if value else 0 for value in values))
    return _with_holes(Column(c.TYPE_BYTE, len(values), kept, values=start), values)


def _encode_numbers(name: str, values: Sequence[Any]) -> Column:
    if all(value is None or hasattr(value, "__index__") for value in values):
        try:
            whole = array("q", (0 if value is None else int(value) for value in values))
        except OverflowError:
            pass
        else:
            start, kept = address_of(whole)
            return _with_holes(Column(c.TYPE_INT64, len(values), kept, values=start), values)
    numbers = array("d", bytes(8 * len(values)))
    for row, value in enumerate(values):
        try:
            numbers[row] = math.nan if value is None else float(value)
        except OverflowError:  # an integer beyond a double
            numbers[row] = math.inf if value > 0 else -math.inf
    start, kept = address_of(numbers)
    return Column(c.TYPE_FLOAT64, len(values), kept, values=start)


def _encode_decimals(name: str, values: Sequence[Any]) -> Column:
    """Exactly, as text that the library reads as amounts."""
    texts: list[str | None] = []
    for row, value in enumerate(values):
        if is_unknown(value):
            texts.append(None)
        elif isinstance(value, float) and math.isinf(value):
            raise value_error(name, row, "an infinite number is among decimals")
        else:
            texts.append(str(value))
    return _text_column(name, texts)


def _encode_dates(name: str, values: Sequence[Any]) -> Column:
    days = array("i", (0 if value is None else value.toordinal() - EPOCH for value in values))
    start, kept = address_of(days)
    return _with_holes(Column(c.TYPE_DATE32, len(values), kept, values=start), values)


_ZERO = datetime.datetime(1970, 1, 1)
_ZERO_UTC = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICRO = datetime.timedelta(microseconds=1)


def _encode_times(name: str, values: Sequence[Any]) -> Column:
    zoned: bool | None = None
    micros = array("q", bytes(8 * len(values)))
    for row, value in enumerate(values):
        if value is None:
            continue
        if not isinstance(value, datetime.datetime):
            value = datetime.datetime(value.year, value.month, value.day)
        aware = value.tzinfo is not None
        if zoned is None:
            zoned = aware
        if aware != zoned:
            raise value_error(
                name, row, "has a time zone where others have none, or none where others have one"
            )
        micros[row] = (value - (_ZERO_UTC if aware else _ZERO)) // _MICRO
    start, kept = address_of(micros)
    column = Column(
        c.TYPE_TIMESTAMP,
        len(values),
        kept,
        values=start,
        unit=c.UNIT_MICRO,
        flags=c.COLUMN_ZONED if zoned else 0,
    )
    return _with_holes(column, values)


def _encode_datetime64(name: str, values: Sequence[Any]) -> Column:
    np = numpy()
    nat = np.datetime64("NaT")
    return from_numpy(name, np.array([nat if v is None else v for v in values]))


_ENCODERS = {
    "text": _encode_text,
    "flag": _encode_flags,
    "number": _encode_numbers,
    "decimal": _encode_decimals,
    "date": _encode_dates,
    "time": _encode_times,
    "datetime64": _encode_datetime64,
}

__all__ = ["Column", "DataError", "column_of", "from_numpy", "from_objects"]
