"""One customer a call: a batch of one row, kept by each thread, that is set and scored in two calls
of the library."""

from __future__ import annotations

import ctypes
import datetime
import math
import struct
from collections.abc import Mapping
from ctypes import byref, c_int32, c_int64, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Callable

from . import _structs as c
from ._batch import BatchSettings
from ._dates import DateLike, date_of, day_of
from ._errors import BAD_COLUMN, BAD_VALUE, INVALID_ARGUMENT, ArgumentError, DataError
from ._library import call, library, make, raise_error, utf8
from ._memory import Column, address_of
from ._objects import is_unknown, key_of
from .scores import ScoresRow

if TYPE_CHECKING:
    from ._initiatives import Initiatives
    from .plan import Plan

_WORDS = 4096  # texts that a row remembers before it is made anew
_KEY = 4096  # bytes of a customer's key
_STATES = {c.TYPE_FLOAT64: ctypes.c_double, c.TYPE_INT16: ctypes.c_int16}
_NAN = math.nan
_IMMUTABLE = frozenset((str, datetime.date))


class OneRow:
    """Every metric that scoring reads has a place in three arrays that the library takes at once:
    its number, its value (NaN = unknown; dates in days, categories as ids), when it was observed.
    """

    def __init__(self, plan: Plan, initiatives: Initiatives | None) -> None:
        self.plan = plan
        self.initiatives = initiatives
        self.worn = False
        self.dated = False
        self._settings = BatchSettings(plan, initiatives, None, "unknown", ())
        self._batch = make(
            "batch",
            library().aiueo_batch_new,
            plan.handle.pointer,
            c.SNAPSHOTS,
            1,
            byref(self._settings.struct),
            keep=(plan.handle, initiatives),
        )
        self._bind_customer()
        call(library().aiueo_batch_own, self._batch.pointer)
        self._words: dict[str, int] = {}
        self._accepted: set[str] = set()  # metrics of the model that scoring does not read
        self._make_places()
        self._scores = make(
            "scores", library().aiueo_scores_new, plan.handle.pointer, 1, None, keep=plan.handle
        )
        self._make_readers()
        self._make_calls()
        self._as_of: int | None = None
        self._as_of_given: Any = None  # text or a date, and what it is
        self._as_of_date: datetime.date | None = None

    # ── memory in ────────────────────────────────────────────────────────────────────────────

    def _bind_customer(self) -> None:
        self._key = (ctypes.c_char * _KEY)()
        self._offsets = (ctypes.c_int64 * 2)()
        start, kept = address_of(self._offsets)
        column = Column(
            c.TYPE_TEXT64,
            1,
            kept,
            offsets=start,
            bytes=ctypes.addressof(self._key),
            bytes_size=_KEY,
        )
        self._customer = column
        call(
            library().aiueo_batch_bind,
            self._batch.pointer,
            b"customer",
            8,
            byref(column.struct),
        )

    def _make_places(self) -> None:
        read = [m for m in self.plan.describe()["metrics"] if m["read"] and m["from"] == "column"]
        self._types: dict[str, str] = {one["name"]: one["type"] for one in read}
        self._unknown: dict[str, Any] = dict.fromkeys(self._types)
        self._count = len(read)
        self._numbers = (c_int32 * self._count)(*(self._number(name) for name in self._types))
        self._values = (ctypes.c_double * self._count)()
        self._days = (c_int32 * self._count)(*([c.NO_DATE] * self._count))
        self._days_given = False
        self._ages = {one["name"]: k for k, one in enumerate(read) if "max_age_days" in one}
        self._pack = struct.Struct(f"{self._count}d").pack_into
        makers: dict[str, Callable[[str], Callable[[Any], float | None]]] = {
            "category": self._category,
            "date": self._date,
        }
        self._converted = [
            (name, makers[type_](name)) for name, type_ in self._types.items() if type_ in makers
        ]

    def _number(self, name: str) -> int:
        raw, number = utf8(name), c_int32()
        call(library().aiueo_batch_metric, self._batch.pointer, raw, len(raw), byref(number))
        return number.value

    def _date(self, name: str) -> Callable[[Any], float | None]:
        zone = self.plan.time_zone

        def convert(value: Any) -> float | None:
            return None if is_unknown(value) else day_of(value, name, zone)

        return convert

    def _category(self, name: str) -> Callable[[Any], float | None]:
        words = self._words

        def convert(value: Any) -> float | None:
            if isinstance(value, str):
                found = words.get(value)
                return self._word(value) if found is None else found
            if is_unknown(value):
                return None
            raise _wrong(name, "category", value)

        return convert

    def _word(self, text: str) -> int:
        out = c_int32(-1)
        if text:
            raw = utf8(text)
            call(library().aiueo_batch_text, self._batch.pointer, raw, len(raw), byref(out))
        self._words[text] = out.value
        self.worn = len(self._words) >= _WORDS
        return out.value

    # ── memory out, and the calls ────────────────────────────────────────────────────────────

    def _make_readers(self) -> None:
        """Each column's memory; of levels also the names, the last for −1: none."""
        self._blank: dict[str, Any] = {}
        self._read_numbers: list[tuple[str, Any]] = []
        self._read_levels: list[tuple[str, Any, list[str | None]]] = []
        for column in self.plan.describe()["columns"]:
            name, kind = column["name"], column["type"]
            self._blank[name] = None
            if kind in ("text", "date", "flag"):
                continue
            type_, address = c_int32(), c_void_p()
            raw = utf8(name)
            call(
                library().aiueo_scores_column,
                self._scores.pointer,
                raw,
                len(raw),
                byref(type_),
                byref(address),
            )
            cell: Any = _STATES.get(type_.value, ctypes.c_uint8).from_address(address.value or 0)
            if kind == "number":
                self._read_numbers.append((name, cell))
            else:
                self._read_levels.append((name, cell, [*column["names"], None]))

    def _make_calls(self) -> None:
        """Arguments that are converted once."""
        self._error = c.new_error()
        error, batch = ctypes.pointer(self._error), c_void_p(self._batch.pointer)
        self._set_row = library().aiueo_batch_set_row
        self._set_arguments = (
            batch,
            c_int64(0),
            c_void_p(ctypes.addressof(self._numbers)),
            c_void_p(ctypes.addressof(self._values)),
            c_void_p(ctypes.addressof(self._days)),
            c_size_t(self._count),
            error,
        )
        self._score = library().aiueo_plan_score
        self._score_arguments = (
            c_void_p(self.plan.handle.pointer),
            batch,
            c_int64(0),
            c_int64(1),
            c_void_p(self._scores.pointer),
            error,
        )

    # ── a call ───────────────────────────────────────────────────────────────────────────────

    def score(
        self,
        as_of: DateLike | None,
        customer: Any | None,
        metrics: Mapping[str, Any],
        observed: Mapping[str, DateLike] | None,
    ) -> ScoresRow:
        row = {**self._unknown, **metrics}
        if len(row) != self._count:
            self._leave_out(row)
        for name, convert in self._converted:
            if row[name] is not None:
                row[name] = convert(row[name])
        try:
            # What is neither a number nor None is no common case.
            self._pack(self._values, 0, *[_NAN if one is None else one for one in row.values()])
        except (struct.error, TypeError, ValueError, OverflowError):
            self._pack(self._values, 0, *[self._plain(name, row[name]) for name in row])
        if observed or self._days_given:
            self._set_observed(observed or {})
        if as_of is None:
            self._as_of_given = self._as_of_date = None
        elif type(as_of) not in _IMMUTABLE or as_of != self._as_of_given:
            self._set_as_of(as_of)
        key = self._set_customer(customer)
        if status := self._set_row(*self._set_arguments):
            raise_error(self._error, status)
        if self.plan._calls_back:
            self.plan._score_range(self._batch, 0, 1, self._scores)
        elif status := self._score(*self._score_arguments):
            raise_error(self._error, status)
        values = self._blank.copy()
        for name, cell in self._read_numbers:
            value = cell.value
            if value == value:
                values[name] = value
        for name, cell, names in self._read_levels:
            values[name] = names[cell.value]
        values["customer"] = key
        values["as_of"] = self._as_of_date
        values["insufficient"] = values["overall"] is None
        return ScoresRow(values)

    def _plain(self, name: str, value: Any) -> float:
        """Whatever is a number to Python, as one."""
        if value is None or is_unknown(value):
            return _NAN
        if not isinstance(value, (str, bytes)):
            try:
                return float(value)
            except OverflowError:
                return math.inf if value > 0 else -math.inf
            except (TypeError, ValueError):
                pass
        raise _wrong(name, self._types[name], value)

    def _leave_out(self, row: dict[str, Any]) -> None:
        """Metrics that scoring does not read are accepted; others get the library's suggestion."""
        for name in row.keys() - self._unknown.keys():
            if name not in self._accepted:
                self._accept(name)
            del row[name]

    def _accept(self, name: str) -> None:
        self._number(name)
        metric = self.plan.metrics[name]
        if metric["from"] != "column":
            how = (
                "is computed by the model from other metrics"
                if metric["from"] == "derived"
                else "is counted from the initiatives table"
            )
            raise DataError(BAD_COLUMN, f'metric "{name}" {how}; leave it out')
        self._accepted.add(name)

    def _set_observed(self, observed: Mapping[str, DateLike]) -> None:
        if not isinstance(observed, Mapping):
            raise ArgumentError(
                INVALID_ARGUMENT,
                f"observed is {observed!r}; give the dates of metrics by name (a metric that is "
                'called so goes into a mapping: score_one({"observed": 3}))',
            )
        days = dict.fromkeys(self._ages.values(), c.NO_DATE)
        for name, date in observed.items():
            at = self._ages.get(name)
            if at is None:
                if name not in self._types and name not in self._accepted:
                    self._accept(name)
            elif not is_unknown(date):
                what = f'the date on which "{name}" was observed'
                days[at] = day_of(date, what, self.plan.time_zone)
        self._days_given = bool(observed)
        for at, day in days.items():
            self._days[at] = day

    def _set_customer(self, customer: Any) -> str | None:
        if customer is None:
            self._offsets[1] = 0
            return None
        text, raw = key_of(customer)
        if len(raw) > _KEY:
            raise DataError(
                BAD_VALUE, f"customer: the key has {len(raw)} bytes; at most {_KEY} are read here"
            )
        ctypes.memmove(self._key, raw, len(raw))
        self._offsets[1] = len(raw)
        return text

    def _set_as_of(self, as_of: DateLike) -> None:
        day = day_of(as_of, "as_of", self.plan.time_zone)
        if day != self._as_of:
            call(library().aiueo_batch_set_as_of, self._batch.pointer, day)
            self._as_of = day
        self.dated = True
        self._as_of_date = date_of(day)
        self._as_of_given = as_of


def _wrong(name: str, type_: str, value: Any) -> DataError:
    right = {
        "category": "text",
        "flag": "true or false",
        "money": "an amount in major units",
    }.get(type_, "a number")
    return DataError(BAD_VALUE, f'metric "{name}": {value!r} is no {type_}; give {right}')


__all__ = ["OneRow"]
