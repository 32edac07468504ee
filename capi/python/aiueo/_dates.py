"""A date as a number of days since 1970-01-01, from whatever Python has as a date."""

from __future__ import annotations

import datetime
import functools
from typing import Any, Union

from ._errors import BAD_VALUE, INVALID_ARGUMENT, ArgumentError, DataError
from ._optional import loaded

EPOCH = datetime.date(1970, 1, 1).toordinal()

#: A date, its ISO text, a NumPy or pandas timestamp at midnight.
DateLike = Union[datetime.date, str, Any]


def day_of(value: DateLike, what: str = "as_of", zone: str = "UTC") -> int:
    """Days since 1970-01-01. Instants fall on their date in `zone`; times without a zone must be
    midnight. Raises DataError."""
    if isinstance(value, datetime.datetime):  # a pandas.Timestamp is one too
        return _day_of_time(value, what, zone)
    if isinstance(value, datetime.date):
        return value.toordinal() - EPOCH
    if isinstance(value, str):
        return _day_of_text(value, what, zone)
    np = loaded("numpy")
    if np is not None and isinstance(value, np.datetime64):
        if np.isnat(value):
            raise _bad(value, what, "is not a date")
        # By years, which do not overflow; days do, and go round.
        if not 1 <= int(value.astype("datetime64[Y]").astype(np.int64)) + 1970 <= 9999:
            raise _bad(value, what, "is on no day from year 1 to 9999")
        day = value.astype("datetime64[D]")
        if day != value:
            raise _bad(value, what, "has a time of day; give the date alone")
        return int(day.astype(np.int64))
    raise _bad(value, what, "is not a date; give datetime.date or text such as 2026-11-21")


def _bad(value: Any, what: str, found: str) -> DataError:
    return DataError(BAD_VALUE, f"{what}: {value!r} {found}")


def _day_of_time(value: datetime.datetime, what: str, zone: str) -> int:
    if value != value:  # NaT
        raise _bad(value, what, "is not a date")
    if value.tzinfo is not None:
        try:
            return value.astimezone(_zone(zone)).date().toordinal() - EPOCH
        except OverflowError:  # there is no year 0, and no year 10,000
            raise _bad(value, what, f"is on no day from year 1 to 9999 in {zone}") from None
    if value.time() != datetime.time(0):
        raise _bad(
            value, what, "has a time of day but no zone; give the date alone, or a zone as well"
        )
    return value.date().toordinal() - EPOCH


def _zone(name: str) -> datetime.tzinfo:
    """A zone by the name that a plan gives it: IANA's, or an offset such as +09:00."""
    if name[:1] in ("+", "-"):
        east = datetime.timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
        return datetime.timezone(east if name[0] == "+" else -east)
    import zoneinfo

    return zoneinfo.ZoneInfo(name)


@functools.lru_cache(maxsize=4096)
def _day_of_text(value: str, what: str, zone: str) -> int:
    text = value.strip()
    try:
        if len(text) == 10:
            return datetime.date.fromisoformat(text).toordinal() - EPOCH
        # Python 3.9 and 3.10 do not read the Z.
        time = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] == "Z" else text)
    except ValueError:
        raise _bad(value, what, "is not a date; write it as 2026-11-21") from None
    return _day_of_time(time, what, zone)


def date_of(day: int) -> datetime.date:
    """The date of a number of days since 1970-01-01."""
    return datetime.date.fromordinal(day + EPOCH)


def month_of(value: Any, what: str) -> Any:
    """``2026-04`` of whatever has a month: a date, a NumPy or pandas timestamp, a pandas period of
    a month or less. What has none stays as it is. Raises ArgumentError."""
    np = loaded("numpy")
    if np is not None and isinstance(value, np.datetime64):
        if np.isnat(value) or np.datetime_data(value)[0] == "Y":
            raise _no_month(value, what)
        return str(value.astype("datetime64[M]"))
    pd = loaded("pandas")
    if pd is not None and isinstance(value, pd.Period):
        first, last = (
            f"{end.year:04}-{end.month:02}" for end in (value.start_time, value.end_time)
        )
        if first != last:
            raise _no_month(value, what)
        return first
    if isinstance(value, datetime.date):
        if value != value:  # NaT
            raise _no_month(value, what)
        return f"{value.year:04}-{value.month:02}"
    return value


def _no_month(value: Any, what: str) -> ArgumentError:
    return ArgumentError(
        INVALID_ARGUMENT, f"{what}: {value!r} is not a month; give 2026-04, or a date in it"
    )
