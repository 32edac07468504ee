"""What scoring gives: columns, rows, a table, a summary."""

from __future__ import annotations

import ctypes
import datetime
import math
from collections.abc import Iterator, Sequence
from ctypes import byref, c_int32, c_void_p
from typing import TYPE_CHECKING, Any, Optional, overload

from . import _structs as c
from ._arrow import OwnedArray, OwnedSchema, stream_capsule
from ._dates import date_of
from ._errors import NotFoundError
from ._library import Handle, NotPickled, call, library, utf8
from ._optional import needed, numpy, pyarrow
from ._text import named
from .summary import Summary, summary_of

if TYPE_CHECKING:
    from ._batch import Batch
    from .plan import Plan

_TYPES: dict[int, tuple[Any, str]] = {
    c.TYPE_FLOAT64: (ctypes.c_double, "d"),
    c.TYPE_INT16: (ctypes.c_int16, "h"),
    c.TYPE_UINT8: (ctypes.c_uint8, "B"),
    c.TYPE_UINT16: (ctypes.c_uint16, "H"),
}


class Levels(Sequence[Optional[str]]):
    """Rungs, bands, profiles, patterns or steps, one a row: names made when asked for.

    ``codes`` are indices into ``names``, −1 = none; shape ``(rows,)``. ``levels == "Active"`` is a
    mask.
    """

    def __init__(self, codes: Any, names: Sequence[str]) -> None:
        self.codes = codes
        self.names = tuple(names)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> Levels: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return Levels(self.codes[at], self.names)
        code = int(self.codes[at])
        return self.names[code] if code >= 0 else None

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.to_list())

    def to_list(self) -> list[str | None]:
        words: list[str | None] = [*self.names, None]
        return [words[code] for code in self.codes.tolist()]

    def counts(self) -> dict[str, int]:
        """How many rows have each name, in the names' order; rows without are left out."""
        codes = self.codes.tolist()
        return {name: codes.count(k) for k, name in enumerate(self.names)}

    def __eq__(self, other: object) -> Any:
        if isinstance(other, str):
            code = self.names.index(other) if other in self.names else -2
            if numpy() is not None:
                return self.codes == code
            return [one == code for one in self.codes.tolist()]
        if isinstance(other, (Levels, list, tuple)):
            return self.to_list() == list(other)
        return NotImplemented

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        if same is NotImplemented:
            return same
        if isinstance(same, bool):
            return not same
        return [not one for one in same] if isinstance(same, list) else ~same

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        np = needed("numpy", "an array of levels")
        return np.array(self.to_list(), dtype=dtype or object)

    def __repr__(self) -> str:
        shown = ", ".join(str(name) for name in self[:6].to_list())
        return f"<Levels of {', '.join(self.names)}: {shown}{', …' if len(self) > 6 else ''}>"


class ScoresRow:
    """One customer's scores. Every column is an attribute and an item; None is unknown.

    ``row.overall``, ``row.U``, ``row.stage``, ``row["stage_provisional"]``. An insufficient score
    is None, and ``row.insufficient`` is true if overall is.
    """

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no column {name!r}; there are {', '.join(self)}") from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def keys(self) -> list[str]:
        return list(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScoresRow) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __getstate__(self) -> dict[str, Any]:
        return self._values

    def __setstate__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def to_dict(self) -> dict[str, Any]:
        return dict(self._values)

    def __repr__(self) -> str:
        shown = []
        for name, value in self._values.items():
            text = f"{value:.4g}" if isinstance(value, float) else repr(value)
            shown.append(f"{name}={text}")
        return f"ScoresRow({', '.join(shown)})"


def known(value: float) -> float | None:
    return None if math.isnan(value) else value


class Scores(NotPickled):
    """The scores of a table, a column each, in the table's order.

    Columns come as NumPy arrays of shape ``(rows,)`` over the library's memory (read-only, not
    copied), or as memoryviews where NumPy is not installed:

    - ``scores.overall``, ``scores["U"]``: float64, 0..100, NaN = insufficient;
    - ``scores["coverage"]`` 0..1, ``scores["lower"]``, ``scores["upper"]``: of overall;
    - ``scores.stage`` (or any ladder's name), ``scores["stage_provisional"]``, ``scores.band``,
      ``scores.pattern``, ``scores.profile``: `Levels`;
    - ``scores.insufficient``: bool;
    - with ``detail=True`` also ``scores["U.coverage"]``, ``scores["U.logins"]``,
      ``scores["stale"]`` and so on; of a model with steps ``scores.accompany``,
      ``scores.process``, ``scores.success`` (`Levels`: unknown, not_achieved, achieved),
      ``scores["process.score"]`` and ``scores["success.score"]``.

    ``scores[7]`` is a `ScoresRow`. ``to_pandas()``, ``to_polars()``, ``to_arrow()``, ``to_dict()``
    give the table; anything that reads Arrow takes the object as it is.
    """

    _instead = "take its table: to_arrow(), to_pandas() or to_dict()"

    def __init__(
        self, plan: Plan, batch: Batch, parts: list[tuple[Handle, int]], detail: bool
    ) -> None:
        self.plan = plan
        self.detail = detail
        self._batch = batch
        self._parts = parts
        self._rows = batch.rows
        self._cache: dict[str, Any] = {}
        has_customer = bool(batch.parts) and batch.parts[0].has_customer
        self._kinds = plan._columns(detail, has_customer)

    # ── columns ──────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return self._rows

    @property
    def columns(self) -> list[str]:
        """Names of the scores table's columns, in order."""
        return list(self._kinds)

    @property
    def axes(self) -> list[str]:
        """The axes in use, and ``touch`` if it is."""
        return self.plan.axes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.__dict__.get("_kinds", {}):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self._kinds if name.isidentifier())]

    @overload
    def __getitem__(self, key: str) -> Any: ...
    @overload
    def __getitem__(self, key: int) -> ScoresRow: ...
    def __getitem__(self, key: str | int) -> Any:
        """A column by its name, or a row by its number."""
        if not isinstance(key, str):
            return self._row(key)
        if key not in self._cache:
            self._cache[key] = self._column(key)
        return self._cache[key]

    def _column(self, name: str) -> Any:
        kind = self._kinds.get(name)
        if kind is None:
            hint = "" if self.detail or "." not in name else "; score with detail=True for it"
            raise NotFoundError(
                12, f'there is no column "{name}"; there are {", ".join(self._kinds)}{hint}'
            )
        if kind["type"] in ("text", "date"):
            self._read_keys()
            return self._cache[name]
        if name == "insufficient":
            overall = self["overall"]
            if numpy() is not None:
                return numpy().isnan(overall)
            return [value != value for value in overall]
        values = self._numbers(name)
        return Levels(values, kind["names"]) if kind["type"] == "level" else values

    def _numbers(self, name: str) -> Any:
        raw = utf8(name)
        pieces = []
        code: Any = "d"
        for handle, rows in self._parts:
            type_, address = c_int32(), c_void_p()
            call(
                library().aiueo_scores_column,
                handle.pointer,
                raw,
                len(raw),
                byref(type_),
                byref(address),
            )
            item, code = _TYPES[type_.value]
            if rows:
                buffer = (item * rows).from_address(address.value or 0)
                buffer._owner = handle  # the view keeps the memory
                pieces.append(buffer)
        np = numpy()
        if np is not None:
            arrays = [np.frombuffer(piece, dtype=code) for piece in pieces]
            if not arrays:
                return np.empty(0, dtype=code)
            values = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
            values.flags.writeable = False
            return values
        if len(pieces) == 1:
            return memoryview(pieces[0]).cast("B").cast(code).toreadonly()
        return memoryview(b"".join(bytes(piece) for piece in pieces)).cast(code)

    def _exports(self) -> Iterator[tuple[OwnedSchema, OwnedArray]]:
        """The scores table of each part, as Arrow."""
        for (handle, rows), part in zip(self._parts, self._batch.parts):
            schema, array = OwnedSchema(), OwnedArray()
            call(
                library().aiueo_scores_export,
                handle.pointer,
                part.handle.pointer,
                rows,
                byref(schema.struct),
                byref(array.struct),
            )
            yield schema, array

    def _read_keys(self) -> None:
        """Customers and dates: the library writes them out, once for all."""
        customers: list[str | None] = []
        days: list[int | None] = []
        for schema, array in self._exports():
            rows = array.struct.length
            for k in range(schema.struct.n_children):
                name = schema.struct.children[k].contents.name
                child = array.struct.children[k].contents
                if name == b"customer":
                    customers += _texts(child, rows)
                elif name == b"as_of":
                    days += _days(child, rows)
        self._cache["customer"] = customers
        np = numpy()
        if np is None:
            self._cache["as_of"] = [None if day is None else date_of(day) for day in days]
        else:
            nat = np.iinfo(np.int64).min
            numbers = np.array([nat if day is None else day for day in days], dtype=np.int64)
            self._cache["as_of"] = numbers.view("datetime64[D]")

    def _row(self, at: int) -> ScoresRow:
        index = at + self._rows if at < 0 else at
        if not 0 <= index < self._rows:
            raise IndexError(f"row {at} of {self._rows}")
        values: dict[str, Any] = {}
        for name, kind in self._kinds.items():
            column = self[name]
            value = column[index]
            if kind["type"] == "number":
                value = known(float(value))
            elif kind["type"] == "count":
                value = int(value)
            elif kind["type"] == "flag":
                value = bool(value)
            elif kind["type"] == "date" and not isinstance(value, datetime.date):
                value = value.item() if value is not None else None
            values[name] = value
        return ScoresRow(values)

    def __iter__(self) -> Iterator[ScoresRow]:
        return (self._row(at) for at in range(self._rows))

    # ── tables ───────────────────────────────────────────────────────────────────────────────

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns as lists of Python values; None is unknown."""
        out: dict[str, list[Any]] = {}
        for name, kind in self._kinds.items():
            values = self[name]
            if isinstance(values, list):
                items = values
            else:
                items = values.to_list() if isinstance(values, Levels) else values.tolist()
            if kind["type"] == "number":
                items = [known(value) for value in items]
            out[name] = list(items)
        return out

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``: levels as categories, rungs and bands ordered; insufficient
        scores as NaN."""
        pandas = needed("pandas", "to_pandas()")
        frame: dict[str, Any] = {}
        unordered = {"profile", "pattern"}
        if "pattern" in self._kinds:  # else they may be ladders
            unordered |= {"accompany", "process", "success"}
        for name, kind in self._kinds.items():
            values = self[name]
            if kind["type"] == "level":
                frame[name] = pandas.Categorical.from_codes(
                    values.codes.astype("int16"), values.names, ordered=name not in unordered
                )
            elif kind["type"] == "date":
                frame[name] = values.astype("datetime64[s]")
            else:
                frame[name] = values
        return pandas.DataFrame(frame, copy=False)

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``: levels as dictionaries, insufficient scores as null."""
        pa = needed("pyarrow", "to_arrow()")
        batches = [
            pa.RecordBatch._import_from_c(
                ctypes.addressof(array.struct), ctypes.addressof(schema.struct)
            )
            for schema, array in self._exports()
        ]
        if "customer" not in self._kinds:
            batches = [batch.drop_columns(["customer"]) for batch in batches]
        return pa.Table.from_batches(batches)

    def to_polars(self) -> Any:
        """A ``polars.DataFrame``."""
        return needed("polars", "to_polars()").DataFrame(self)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        if pyarrow() is not None:
            return self.to_arrow().__arrow_c_stream__(requested_schema)
        exports = list(self._exports())

        def schema(out: c.ArrowSchema) -> None:
            struct = exports[0][0].struct
            ctypes.memmove(byref(out), byref(struct), ctypes.sizeof(struct))
            struct.release = c.ReleaseSchema()

        def move(array: OwnedArray) -> Any:
            def fill(out: c.ArrowArray) -> None:
                ctypes.memmove(byref(out), byref(array.struct), ctypes.sizeof(array.struct))
                array.struct.release = c.ReleaseArray()

            return fill

        return stream_capsule(schema, iter([move(array) for _, array in exports]))

    # ── for people ───────────────────────────────────────────────────────────────────────────

    def summary(self) -> Summary:
        """Counts over all rows: per axis scored, insufficient, mean and quartiles; stages, bands,
        patterns, steps; what was missing, stale, invalid and unseen. A dict that prints as
        text."""
        if "\0summary" not in self._cache:
            self._cache["\0summary"] = summary_of(
                self.plan,
                [(handle, rows) for handle, rows in self._parts],
                self._batch.initiatives,
            )
        out: Summary = self._cache["\0summary"]
        return out

    def __repr__(self) -> str:
        from ._text import table

        described = self.plan.describe()
        shown: list[str] = [name for name in ("customer", "as_of") if name in self._kinds]
        shown += [*self.axes, "overall", *(ladder["name"] for ladder in described["ladders"])]
        shown += ["band"] if "band" in self._kinds else []
        rows = []
        for at in range(min(self._rows, 5)):
            row = self._row(at)
            rows.append(["–" if row[n] is None else _shown(row[n]) for n in shown])
        head = f"Scores of {self._rows:,} customers' snapshots{named(self.plan.name, ' by ')}"
        if not rows:
            return head
        more = [] if self._rows <= 5 else [f"… and {self._rows - 5:,} more rows; .summary() counts"]
        return "\n".join([head, table(shown, rows), *more])


def _shown(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _bit(address: int | None, at: int) -> bool:
    if not address:
        return True
    byte = ctypes.c_uint8.from_address(address + (at >> 3)).value
    return bool(byte >> (at & 7) & 1)


def _texts(array: Any, rows: int) -> list[str | None]:
    """A text column of the library's own export."""
    if rows == 0:
        return []
    offsets = (ctypes.c_int32 * (rows + 1)).from_address(array.buffers[1])[:]
    text = ctypes.string_at(array.buffers[2], offsets[rows]) if offsets[rows] else b""
    out: list[str | None] = [
        text[begin:end].decode("utf-8", "replace") for begin, end in zip(offsets, offsets[1:])
    ]
    if array.null_count:
        out = [value if _bit(array.buffers[0], k) else None for k, value in enumerate(out)]
    return out


def _days(array: Any, rows: int) -> list[int | None]:
    if rows == 0:
        return []
    days: list[int] = (ctypes.c_int32 * rows).from_address(array.buffers[1])[:]
    if not array.null_count:
        return list(days)
    return [day if _bit(array.buffers[0], k) else None for k, day in enumerate(days)]
