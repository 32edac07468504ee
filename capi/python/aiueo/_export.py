"""Columns of ours as an Arrow stream, without PyArrow; only booleans are copied."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from ctypes import POINTER, byref, c_void_p, memmove, pointer, sizeof, string_at
from typing import Any, Union

from . import _structs as c
from ._arrow import OwnedArray, OwnedSchema, Stream, stream_capsule
from ._arrow_columns import FORMATS
from ._memory import Column, address_of, bits_of

_alive: dict[int, Any] = {}  # what a structure needs, until it is released
_numbers = itertools.count(1)

Exported = Union[Sequence[tuple[str, Column]], tuple[OwnedSchema, OwnedArray]]


def stream_over(part: Exported) -> Stream:
    """A stream of one batch: of columns by name, or a record batch, which is handed over."""
    return Stream.of(_Source(part))


def stream_capsule_of(part: Exported) -> Any:
    """The same as a capsule, for whoever asks for one."""
    return _Source(part).__arrow_c_stream__()


class _Source:
    def __init__(self, part: Exported) -> None:
        self._part = part

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        part = self._part
        if isinstance(part, tuple):
            schema, array = part

            def move_schema(out: c.ArrowSchema) -> None:
                memmove(byref(out), byref(schema.struct), sizeof(out))
                schema.struct.release = c.ReleaseSchema()

            def move_array(out: c.ArrowArray) -> None:
                memmove(byref(out), byref(array.struct), sizeof(out))
                array.struct.release = c.ReleaseArray()

            return stream_capsule(move_schema, iter([move_array]))
        columns = [(name, _packed(column)) for name, column in part]
        fields = [_schema(name, column) for name, column in columns]
        rows = len(columns[0][1]) if columns else 0

        def fill_schema(out: c.ArrowSchema) -> None:
            _fill_schema(out, "+s", "", fields)

        def fill_array(out: c.ArrowArray) -> None:
            _fill_array(out, rows, 0, [None], [_array(column) for _, column in columns])

        return stream_capsule(fill_schema, iter([fill_array]))


def _packed(column: Column) -> Column:
    """Arrow has no booleans of a byte: those are copied as bits."""
    struct = column.struct
    if struct.type != c.TYPE_BYTE:
        return column
    length, offset = struct.length, struct.offset
    flags = string_at(struct.values, offset + length)
    start, bits = address_of(bits_of(flag != 0 for flag in flags))
    fields = {"values": start, "offset": offset, "validity": struct.validity}
    return Column(c.TYPE_BIT, length, column, bits, **fields)


# ── structures ───────────────────────────────────────────────────────────────────────────────


def _release(struct: Any) -> None:
    for k in range(struct.n_children):
        child = struct.children[k]
        if child and child.contents.release:
            child.contents.release(child)
    if struct.dictionary and struct.dictionary.contents.release:
        struct.dictionary.contents.release(struct.dictionary)
    _alive.pop(struct.private_data, None)
    struct.release = type(struct.release)()


_release_schema = c.ReleaseSchema(lambda one: _release(one.contents))
_release_array = c.ReleaseArray(lambda one: _release(one.contents))


def _keep(*what: Any) -> int:
    number = next(_numbers)
    _alive[number] = what
    return number


def _children(type_: Any, all_: Sequence[Any]) -> Any:
    return (POINTER(type_) * max(1, len(all_)))(*[pointer(one) for one in all_])


def _fill_schema(
    out: c.ArrowSchema,
    format_: str,
    name: str,
    children: Sequence[c.ArrowSchema] = (),
    dictionary: c.ArrowSchema | None = None,
) -> None:
    pointers = _children(c.ArrowSchema, children)
    # ctypes would keep these only as long as `out`, and a consumer moves it.
    texts = format_.encode(), name.encode("utf-8", "surrogatepass")
    out.format, out.name = texts
    out.metadata = None  # the caller's memory may hold anything
    out.flags = 2  # nullable
    out.n_children, out.children = len(children), pointers
    out.dictionary = None if dictionary is None else pointer(dictionary)
    out.private_data = _keep(texts, pointers, children, dictionary)
    out.release = _release_schema


def _schema(name: str, column: Column) -> c.ArrowSchema:
    struct = column.struct
    out = c.ArrowSchema()
    if struct.type == c.TYPE_DICTIONARY:
        words = _schema("", _words(column))
        _fill_schema(out, FORMATS[struct.index_type], name, dictionary=words)
        return out
    _fill_schema(out, _format(struct), name)
    return out


def _words(column: Column) -> Column:
    """The dictionary of a column."""
    out = Column(c.TYPE_TEXT32, 0, column)
    out.struct = column.struct.dictionary.contents
    return out


def _format(struct: c.ColumnStruct) -> str:
    if struct.type == c.TYPE_TIMESTAMP:
        return f"ts{'smun'[struct.unit]}:{'UTC' if struct.flags & c.COLUMN_ZONED else ''}"
    widths = {
        c.TYPE_DECIMAL32: 32,
        c.TYPE_DECIMAL64: 64,
        c.TYPE_DECIMAL128: 128,
        c.TYPE_DECIMAL256: 256,
    }
    if struct.type in widths:
        width = widths[struct.type]
        digits = {32: 9, 64: 18, 128: 38, 256: 76}[width]
        return f"d:{digits},{struct.scale},{width}"
    return FORMATS[struct.type]


def _fill_array(
    out: c.ArrowArray,
    length: int,
    offset: int,
    buffers: Sequence[int | None],
    children: Sequence[c.ArrowArray] = (),
    dictionary: c.ArrowArray | None = None,
    *keep: Any,
) -> None:
    pointers = _children(c.ArrowArray, children)
    addresses = (c_void_p * max(1, len(buffers)))(*buffers)
    out.length, out.offset = length, offset
    out.null_count = -1 if buffers and buffers[0] else 0
    out.n_buffers, out.buffers = len(buffers), addresses
    out.n_children, out.children = len(children), pointers
    out.dictionary = None if dictionary is None else pointer(dictionary)
    out.private_data = _keep(pointers, addresses, children, dictionary, keep)
    out.release = _release_array


def _array(column: Column) -> c.ArrowArray:
    struct = column.struct
    out = c.ArrowArray()
    if struct.type == c.TYPE_NONE:
        _fill_array(out, struct.length, 0, [])
        out.null_count = struct.length
        return out
    words = None
    buffers = [struct.validity, struct.values]
    if struct.type in (c.TYPE_TEXT32, c.TYPE_TEXT64):
        buffers = [struct.validity, struct.offsets, struct.bytes]
    if struct.type == c.TYPE_DICTIONARY:
        words = _array(_words(column))
    _fill_array(out, struct.length, struct.offset, buffers, (), words, column)
    return out


__all__ = ["stream_capsule_of", "stream_over"]
