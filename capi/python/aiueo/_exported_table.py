"""A table that the library exports as one Arrow record batch."""

from __future__ import annotations

import ctypes
from typing import Any

from ._arrow import OwnedArray, OwnedSchema
from ._export import stream_capsule_of
from ._library import NotPickled
from ._optional import needed


class ExportedTable(NotPickled):
    """It is an Arrow stream, and becomes a table of PyArrow, pandas or Polars."""

    _instead = "take its table: to_arrow(), to_pandas() or to_dicts()"

    def _export(self) -> tuple[OwnedSchema, OwnedArray]:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return stream_capsule_of(self._export())

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``."""
        pa = needed("pyarrow", "to_arrow()")
        schema, array = self._export()
        batch = pa.RecordBatch._import_from_c(
            ctypes.addressof(array.struct), ctypes.addressof(schema.struct)
        )
        return pa.Table.from_batches([batch])

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """A ``polars.DataFrame``."""
        return needed("polars", "to_polars()").DataFrame(self)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict a row, None where there is nothing."""
        schema, array = self._export()
        rows = array.struct.length
        columns = {}
        for k in range(schema.struct.n_children):
            field, child = schema.struct.children[k].contents, array.struct.children[k].contents
            columns[field.name.decode()] = _values(field, child, rows)
        return [{name: column[k] for name, column in columns.items()} for k in range(rows)]


_NUMBERS: dict[bytes, Any] = {b"g": ctypes.c_double, b"l": ctypes.c_int64, b"tdD": ctypes.c_int32}


def _bits(address: int, rows: int) -> list[bool]:
    size = (rows + 7) // 8
    raw = ctypes.string_at(address, size)
    return [bool(raw[k >> 3] >> (k & 7) & 1) for k in range(rows)]


def _values(field: Any, array: Any, rows: int) -> list[Any]:
    """A column of the library's own export: its offsets are 0."""
    from ._dates import date_of

    if rows == 0:
        return []
    out: list[Any]
    if field.dictionary:
        words = array.dictionary.contents
        texts = _values(field.dictionary.contents, words, words.length)
        codes = (ctypes.c_uint16 * rows).from_address(array.buffers[1])[:]
        out = [texts[code] if code < len(texts) else None for code in codes]
    elif field.format == b"u":
        offsets = (ctypes.c_int32 * (rows + 1)).from_address(array.buffers[1])[:]
        text = ctypes.string_at(array.buffers[2], offsets[rows]) if offsets[rows] else b""
        out = [text[begin:end].decode() for begin, end in zip(offsets, offsets[1:])]
    elif field.format == b"b":
        out = list(_bits(array.buffers[1], rows))
    else:
        out = (_NUMBERS[field.format] * rows).from_address(array.buffers[1])[:]
        if field.format == b"tdD":
            out = [date_of(day) for day in out]
    if array.null_count and array.buffers[0]:
        known = _bits(array.buffers[0], rows)
        out = [value if is_known else None for value, is_known in zip(out, known)]
    return out


__all__ = ["ExportedTable"]
