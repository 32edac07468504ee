"""Tables of text as values, for the scores reference: one cell at a time, in plain Python.

A value is None (unknown) or a float, bool, str or Day; money is the double nearest to the amount in
major units.
"""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from conditions_reference import EPOCH, Day

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "KWD": 3, "CLF": 4}
MINOR_LIMIT = 2**48


class InvalidValueError(Exception):
    """Of the right kind, but nothing the metric can hold."""


def rows_of(text: str) -> list[dict[str, str]]:
    """CSV without quotes: the first line names the columns."""
    lines = text.splitlines()
    header = lines[0].split(",")
    rows = [line.split(",") for line in lines[1:]]
    assert all(len(row) == len(header) for row in rows), "every line has a cell for each column"
    return [dict(zip(header, row)) for row in rows]


def read_number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise InvalidValueError
    return value


def read_money(text: str, currency: str) -> float:
    minor = Decimal(text).scaleb(MINOR_DIGITS[currency])
    if minor != minor.to_integral_value() or abs(minor) >= MINOR_LIMIT:
        raise InvalidValueError
    return float(Fraction(int(minor), 10 ** MINOR_DIGITS[currency]))


def read_flag(text: str) -> bool:
    word = text.lower()
    if word in ("1", "true", "yes", "t", "y"):
        return True
    if word in ("0", "false", "no", "f", "n"):
        return False
    if float(text) in (0, 1):
        return float(text) == 1
    raise InvalidValueError


def read_date(text: str, zone: str) -> Day:
    """A date, or a timestamp: with an offset the date it is in `zone`, without only at 00:00."""
    if len(text) == 10:
        return Day(datetime.date.fromisoformat(text).toordinal() - EPOCH)
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is not None:
        at = at.astimezone(ZoneInfo(zone))
    elif at.time() != datetime.time():
        raise ValueError(f"{text} has a time of day but no offset")
    return Day(at.date().toordinal() - EPOCH)


def read_cell(text: str, kind: str, currency: str, zone: str):
    """A cell's value; raises InvalidValueError."""
    if not text.strip():
        return None
    if kind == "category":
        return text
    text = text.strip()
    if kind == "number":
        return read_number(text)
    if kind == "money":
        return read_money(text, currency)
    if kind == "flag":
        return read_flag(text)
    return read_date(text, zone)
