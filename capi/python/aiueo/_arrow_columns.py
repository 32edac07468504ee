"""One Arrow array as an aiueo_column, in place."""

from __future__ import annotations

import ctypes
from ctypes import c_int32, c_int64, pointer
from typing import Any

from . import _structs as c
from ._arrow import OwnedSchema, Stream, array_of
from ._errors import BAD_ARROW, DataError, column_error
from ._memory import Column
from ._objects import from_objects

_NUMBERS = {
    "c": c.TYPE_INT8,
    "s": c.TYPE_INT16,
    "i": c.TYPE_INT32,
    "l": c.TYPE_INT64,
    "C": c.TYPE_UINT8,
    "S": c.TYPE_UINT16,
    "I": c.TYPE_UINT32,
    "L": c.TYPE_UINT64,
    "e": c.TYPE_FLOAT16,
    "f": c.TYPE_FLOAT32,
    "g": c.TYPE_FLOAT64,
    "b": c.TYPE_BIT,
    "tdD": c.TYPE_DATE32,
    "tdm": c.TYPE_DATE64,
}
_TEXTS = {"u": c.TYPE_TEXT32, "U": c.TYPE_TEXT64, "z": c.TYPE_TEXT32, "Z": c.TYPE_TEXT64}
_TIMES = {"s": c.UNIT_SECOND, "m": c.UNIT_MILLI, "u": c.UNIT_MICRO, "n": c.UNIT_NANO}
#: What a type's layout is called in Arrow; the others need more than their type.
FORMATS = {
    **{type_: format_ for format_, type_ in _NUMBERS.items()},
    c.TYPE_TEXT32: "u",
    c.TYPE_TEXT64: "U",
    c.TYPE_NONE: "n",
}
_DECIMALS = {
    32: c.TYPE_DECIMAL32,
    64: c.TYPE_DECIMAL64,
    128: c.TYPE_DECIMAL128,
    256: c.TYPE_DECIMAL256,
}


def from_arrow(name: str, values: Any) -> Column:
    """An array with ``__arrow_c_array__``, or a chunked one with ``__arrow_c_stream__``."""
    if hasattr(values, "__arrow_c_array__"):
        schema, array = array_of(values)
    else:
        stream = Stream.of(values)
        schema = stream.schema
        arrays = list(stream)
        if len(arrays) != 1:
            return _joined(name, values)
        array = arrays[0]
    column = read(schema.struct, array.struct, [schema, array])
    if column is None:
        return _listed(name, values, schema)
    return column


def _joined(name: str, values: Any) -> Column:
    """Several chunks are one column here."""
    if hasattr(values, "combine_chunks"):  # PyArrow
        joined = values.combine_chunks()
        if not hasattr(joined, "num_chunks"):
            return from_arrow(name, joined)
    elif hasattr(values, "rechunk"):  # Polars
        joined = values.rechunk()
        if joined.n_chunks() == 1:
            return from_arrow(name, joined)
    return from_objects(name, _to_list(name, values))


def _to_list(name: str, values: Any) -> list[Any]:
    for method in ("to_pylist", "to_list"):
        if hasattr(values, method):
            return list(getattr(values, method)())
    raise column_error(name, f"is {type(values).__name__}, which cannot be read as one column")


def _listed(name: str, values: Any, schema: OwnedSchema) -> Column:
    words = schema.struct.dictionary
    format_ = ((words.contents if words else schema.struct).format or b"").decode()
    if format_ not in ("vu", "vz"):
        raise column_error(
            name, f'has Arrow type "{format_}"; give numbers, booleans, dates or text'
        )
    return from_objects(name, _to_list(name, values))


def _buffer(array: Any, at: int) -> int | None:
    buffer: int | None = array.buffers[at] if at < array.n_buffers else None
    return buffer


def read(schema: Any, array: Any, keep: list[Any]) -> Column | None:
    """The structure over the same memory; None for a layout that aiueo.h does not have."""
    format_ = (schema.format or b"").decode("ascii", "replace")
    length, offset = array.length, array.offset
    if length < 0 or offset < 0:
        raise DataError(BAD_ARROW, "an Arrow array has a negative length or offset")
    fields: dict[str, Any] = {"offset": offset, "validity": _buffer(array, 0) if length else None}
    if array.null_count == 0:
        fields["validity"] = None
    if schema.dictionary:
        words = read(schema.dictionary.contents, array.dictionary.contents, keep)
        if words is None or words.struct.type not in (c.TYPE_TEXT32, c.TYPE_TEXT64):
            return None
        index = _NUMBERS.get(format_, 0)
        return Column(
            c.TYPE_DICTIONARY,
            length,
            words,
            *keep,
            values=_buffer(array, 1) or 1,
            index_type=index,
            dictionary=pointer(words.struct),
            **fields,
        )
    if format_ == "n":
        return Column(c.TYPE_NONE, length, *keep)
    if format_ in _NUMBERS:
        return Column(_NUMBERS[format_], length, *keep, values=_buffer(array, 1) or 1, **fields)
    if format_ in _TEXTS:
        return _text(_TEXTS[format_], array, fields, keep)
    if format_.startswith("ts") and format_[2:3] in _TIMES:
        return Column(
            c.TYPE_TIMESTAMP,
            length,
            *keep,
            values=_buffer(array, 1) or 1,
            unit=_TIMES[format_[2]],
            flags=c.COLUMN_ZONED if format_[4:] else 0,
            **fields,
        )
    if format_.startswith("d:"):
        parts = [int(part) for part in format_[2:].split(",")]
        width = parts[2] if len(parts) > 2 else 128
        return Column(
            _DECIMALS[width],
            length,
            *keep,
            values=_buffer(array, 1) or 1,
            scale=parts[1],
            **fields,
        )
    return None


def _text(type_: int, array: Any, fields: dict[str, Any], keep: list[Any]) -> Column:
    wide = type_ == c.TYPE_TEXT64
    offsets = _buffer(array, 1)
    rows = array.offset + array.length
    if not offsets:  # an empty array may leave them out
        zero = (c_int64 * 1)()
        keep = [*keep, zero]
        offsets = ctypes.addressof(zero)
        size = 0
    else:
        kind = c_int64 if wide else c_int32
        size = kind.from_address(offsets + rows * (8 if wide else 4)).value
    return Column(
        type_,
        array.length,
        *keep,
        offsets=offsets,
        bytes=_buffer(array, 2) or 1,
        bytes_size=size,
        **fields,
    )


__all__ = ["from_arrow", "read"]
