"""Column types of Spark as those of Arrow, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from pyspark.sql import types as t

from .._errors import column_error

_TO_ARROW: dict[type, Any] = {
    t.StringType: pa.string(),
    t.CharType: pa.string(),
    t.VarcharType: pa.string(),
    t.BinaryType: pa.binary(),
    t.BooleanType: pa.bool_(),
    t.ByteType: pa.int8(),
    t.ShortType: pa.int16(),
    t.IntegerType: pa.int32(),
    t.LongType: pa.int64(),
    t.FloatType: pa.float32(),
    t.DoubleType: pa.float64(),
    t.DateType: pa.date32(),
    t.TimestampType: pa.timestamp("us", "UTC"),
    t.TimestampNTZType: pa.timestamp("us"),
    t.NullType: pa.null(),
}

_FROM_ARROW: dict[Any, t.DataType] = {
    pa.string(): t.StringType(),
    pa.date32(): t.DateType(),
    pa.float64(): t.DoubleType(),
    pa.bool_(): t.BooleanType(),
    pa.uint32(): t.LongType(),  # Spark's integers are signed
}


def for_spark(column: Any) -> Any:
    """A column of Arrow as one that Spark takes, with the same values. Times without a zone are
    dates: they were found to be at midnight."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pa.chunked_array(
            [one.dictionary_decode() for one in column.chunks], kind.value_type
        )
        kind = column.type
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", kind.tz) if kind.tz else pa.date32(), safe=False)
    if pa.types.is_date64(kind):
        return column.cast(pa.date32())
    wider = _WIDER.get(str(kind))
    return column if wider is None else column.cast(wider)


#: What Spark has not got.
_WIDER: dict[str, Any] = {
    "uint8": pa.int16(),
    "uint16": pa.int32(),
    "uint32": pa.int64(),
    "uint64": pa.decimal128(20, 0),
    "halffloat": pa.float32(),
    "string_view": pa.string(),
    "large_string": pa.string(),
    "binary_view": pa.binary(),
    "large_binary": pa.binary(),
}


def no_rows(fields: Iterable[t.StructField], table: str = "snapshots") -> Any:
    """A record batch without rows, of the types that a task will get."""
    arrow = [pa.field(field.name, _to_arrow(field, table)) for field in fields]
    arrays = [pa.array([], field.type) for field in arrow]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(arrow))


def _to_arrow(field: t.StructField, table: str) -> Any:
    kind = field.dataType
    if isinstance(kind, t.DecimalType):
        return pa.decimal128(kind.precision, kind.scale)
    found = _TO_ARROW.get(type(kind))
    if found is None:
        raise column_error(
            field.name,
            f"the column is {kind.simpleString()}; cast it to numbers, dates, booleans or text",
            table,
        )
    return found


def spark_fields(schema: Any) -> list[t.StructField]:
    """Of a table of scores: dictionaries are text there, as Spark has none."""
    return [t.StructField(one.name, _FROM_ARROW[_plain(one.type)]) for one in schema]


def plain(column: Any) -> Any:
    """A column of scores in the type that `spark_fields` declares."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column.cast(pa.int64()) if pa.types.is_uint32(column.type) else column


def _plain(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


__all__ = ["no_rows", "plain", "spark_fields"]
