"""Python objects as columns: encoded once, with one kind of value a column."""

from __future__ import annotations

import datetime
import decimal
import math
from array import array
from collections.abc import Iterable, Sequence
from ctypes import pointer
from typing import Any

from . import _structs as c
from ._dates import EPOCH
from ._errors import value_error
from ._memory import Column, address_of, bits_of
from ._optional import numpy

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


def _text_of(value: Any) -> str:
    """A key as a column of such values has it: `str` of a member of an enumeration is its name."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes):
        return bytes(value).decode("utf-8", "surrogateescape")
    return _digits(value)


def key_of(value: Any) -> tuple[str, bytes]:
    """One customer's key as text, and as the library has it."""
    text = _text_of(value)
    return text, _utf8(text)


def _digits(value: Any) -> str:
    """Of a number, which may be a member of an enumeration too."""
    if isinstance(value, decimal.Decimal):
        return decimal.Decimal.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__repr__(value)
    return float.__repr__(value) if isinstance(value, float) else str(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def from_objects(name: str, values: Iterable[Any]) -> Column:
    """Python objects, encoded once. None, NaN, NaT and pandas.NA are unknown."""
    # Memory, rows and bits must be of the same items, whoever changes or miscounts what was given.
    values = list(values)
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
            return text_column(name, values)
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
        return text_column(name, values)
    words: dict[Any, int] = {}
    count = len(values)
    codes = array("i", bytes(4 * count))
    holes = False
    for row, value in enumerate(values):
        if value is None:
            holes = True
        else:
            codes[row] = words.setdefault(value, len(words))
    dictionary = text_column(name, list(words))
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


def text_column(name: str, values: Sequence[Any]) -> Column:
    parts = []
    offsets = array("q", [0])
    at = 0
    holes = False
    for value in values:
        if value is None:
            holes = True
        else:
            part = bytes(value) if isinstance(value, bytes) else _utf8(value)
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


def _utf8(text: str) -> bytes:
    encode = str.encode  # of the text itself, whatever a class of its own makes of it
    try:
        return encode(text)
    except UnicodeEncodeError:  # bytes that were no UTF-8 come out as they went in
        try:
            return encode(text, "utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return encode(text, "utf-8", "surrogatepass")


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
            texts.append(_digits(value))
    return text_column(name, texts)


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
    from ._columns import from_numpy

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
