"""One customer a call: a batch of one row whose memory Python writes, kept by each thread."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping
from ctypes import byref, c_int32, c_void_p
from typing import TYPE_CHECKING, Any, Callable

from . import _structs as c
from ._batch import BatchSettings
from ._dates import DateLike, date_of, day_of
from ._errors import BAD_COLUMN, BAD_VALUE, DataError
from ._library import call, library, make, utf8
from ._memory import Column, address_of
from ._objects import is_unknown
from .scores import ScoresRow

if TYPE_CHECKING:
    from ._initiatives import Initiatives
    from .plan import Plan

_WORDS = 4096  # texts that a row remembers before it is made anew
_KEY = 4096  # bytes of a customer's key
_SURELY_KNOWN = frozenset((int, bool, str))
_STATES = {c.TYPE_FLOAT64: ctypes.c_double, c.TYPE_INT16: ctypes.c_int16}


class OneRow:
    """Memory for one row: numbers and flags as float64 (NaN = unknown), dates as int32 with a bit,
    categories as ids."""

    def __init__(self, plan: Plan, initiatives: Initiatives | None) -> None:
        self.plan = plan
        self.initiatives = initiatives
        self.worn = False
        self._words: dict[str, int] = {}
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
        self._setters: dict[str, Callable[[Any], None]] = {}
        self._clear: dict[str, Callable[[], None]] = {}
        self._observers: dict[str, Callable[[Any], None]] = {}
        self._given: list[Callable[[], None]] = []
        self._as_of: int | None = None
        self._bind_customer()
        for metric in plan.describe()["metrics"]:
            if metric["read"] and metric["from"] == "column":
                self._reserve(metric)
        self._scores = make(
            "scores", library().aiueo_scores_new, plan.handle.pointer, 1, None, keep=plan.handle
        )
        self._columns = [self._reader(one) for one in plan.describe()["columns"]]

    @property
    def dated(self) -> bool:
        return self._as_of is not None

    # ── columns in ───────────────────────────────────────────────────────────────────────────

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

    def _memory(self, name: str, type_: int) -> tuple[int, int]:
        values, validity = c_void_p(), c_void_p()
        raw = utf8(name)
        call(
            library().aiueo_batch_reserve,
            self._batch.pointer,
            raw,
            len(raw),
            type_,
            byref(values),
            byref(validity),
        )
        return values.value or 0, validity.value or 0

    def _reserve(self, metric: dict[str, Any]) -> None:
        name, type_ = metric["name"], metric["type"]
        if type_ == "category":
            self._category(name)
        elif type_ == "date":
            self._setters[name], self._clear[name] = self._date(name, name)
        else:
            self._number(name, type_)
        if "max_age_days" in metric:
            self._observers[name], self._clear[name + "@"] = self._date(
                name + "@", f'the date on which "{name}" was observed'
            )

    def _number(self, name: str, type_: str) -> None:
        address, validity = self._memory(name, c.TYPE_FLOAT64)
        cell = ctypes.c_double.from_address(address)
        ctypes.c_uint8.from_address(validity).value = 1
        cell.value = math.nan

        def put(value: Any) -> None:
            if isinstance(value, str):
                raise _wrong(name, type_, value)
            try:
                cell.value = value
            except TypeError:
                try:
                    cell.value = float(value)
                except (TypeError, ValueError):
                    raise _wrong(name, type_, value) from None
            except OverflowError:
                cell.value = math.inf if value > 0 else -math.inf

        def clear() -> None:
            cell.value = math.nan

        self._setters[name], self._clear[name] = put, clear

    def _date(self, name: str, what: str) -> tuple[Callable[[Any], None], Callable[[], None]]:
        address, validity = self._memory(name, c.TYPE_DATE32)
        cell = ctypes.c_int32.from_address(address)
        bit = ctypes.c_uint8.from_address(validity)
        zone = self.plan.time_zone

        def put(value: Any) -> None:
            cell.value = day_of(value, what, zone)
            bit.value = 1

        def clear() -> None:
            bit.value = 0

        return put, clear

    def _category(self, name: str) -> None:
        address, _ = self._memory(name, c.TYPE_INT32)
        cell = ctypes.c_int32.from_address(address)
        words = self._words

        def put(value: Any) -> None:
            if not isinstance(value, str):
                raise _wrong(name, "category", value)
            found = words.get(value)
            if found is None:
                found = words[value] = self._word(value)
                self.worn = len(words) >= _WORDS
            cell.value = found

        def clear() -> None:
            cell.value = -1

        self._setters[name], self._clear[name] = put, clear

    def _word(self, text: str) -> int:
        if not text:
            return -1
        raw, out = utf8(text), c_int32()
        call(library().aiueo_batch_text, self._batch.pointer, raw, len(raw), byref(out))
        return out.value

    # ── columns out ──────────────────────────────────────────────────────────────────────────

    def _reader(self, column: dict[str, Any]) -> tuple[str, Any, Any]:
        """A column's name, its memory, and for levels the names (the last for −1: none)."""
        name, kind = column["name"], column["type"]
        if kind in ("text", "date", "flag"):
            return name, None, None
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
        return name, cell, None if kind == "number" else [*column["names"], None]

    # ── a call ───────────────────────────────────────────────────────────────────────────────

    def score(
        self,
        as_of: DateLike | None,
        customer: Any | None,
        metrics: Mapping[str, Any],
        observed: Mapping[str, DateLike],
    ) -> ScoresRow:
        for clear in self._given:
            clear()
        self._given.clear()
        setters, clears = self._setters, self._clear
        for name, value in metrics.items():
            put = setters.get(name)
            if put is None:
                self._refuse(name)
            elif type(value) in _SURELY_KNOWN or not is_unknown(value):
                self._given.append(clears[name])
                put(value)
        for name, date in observed.items():
            put = self._observers.get(name)
            if put is None:
                self._refuse(name)
            elif not is_unknown(date):
                self._given.append(clears[name + "@"])
                put(date)
        key = self._set_customer(customer)
        day = None if as_of is None else day_of(as_of, "as_of", self.plan.time_zone)
        self._set_as_of(day)
        self.plan._score_range(self._batch, 0, 1, self._scores)
        values: dict[str, Any] = {}
        for name, cell, names in self._columns:
            if cell is None:
                values[name] = None  # filled in below
                continue
            value = cell.value
            if names is None:
                values[name] = value if value == value else None
            else:
                values[name] = names[value]
        values["customer"] = key
        values["as_of"] = None if day is None else date_of(day)
        values["insufficient"] = values["overall"] is None
        return ScoresRow(values)

    def _refuse(self, name: str) -> None:
        """Metrics that scoring does not read are accepted; others get the library's suggestion."""
        raw, number = utf8(name), c_int32()
        call(library().aiueo_batch_metric, self._batch.pointer, raw, len(raw), byref(number))
        metric = self.plan.metrics[name]
        if metric["from"] == "column":
            return
        how = (
            "is computed by the model from other metrics"
            if metric["from"] == "derived"
            else "is counted from the initiatives table"
        )
        raise DataError(BAD_COLUMN, f'metric "{name}" {how}; leave it out')

    def _set_customer(self, customer: Any) -> str | None:
        if customer is None:
            self._offsets[1] = 0
            return None
        raw = utf8(str(customer))
        if len(raw) > _KEY:
            raise DataError(
                BAD_VALUE, f"customer: the key has {len(raw)} bytes; at most {_KEY} are read here"
            )
        ctypes.memmove(self._key, raw, len(raw))
        self._offsets[1] = len(raw)
        return str(customer)

    def _set_as_of(self, day: int | None) -> None:
        if day is not None and day != self._as_of:
            call(library().aiueo_batch_set_as_of, self._batch.pointer, day)
            self._as_of = day


def _wrong(name: str, type_: str, value: Any) -> DataError:
    right = {
        "category": "text",
        "flag": "true or false",
        "money": "an amount in major units",
    }.get(type_, "a number")
    return DataError(BAD_VALUE, f'metric "{name}": {value!r} is no {type_}; give {right}')


__all__ = ["OneRow"]
