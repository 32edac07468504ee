"""Lists for people: whom to help with what. The library's columns, with what is said above them."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from ctypes import byref, c_int64
from typing import TYPE_CHECKING, Any

from ._actions_text import page
from ._arrow import OwnedArray, OwnedSchema
from ._errors import INVALID_ARGUMENT, ArgumentError
from ._exported_table import ExportedTable
from ._library import Handle, call, library, make, text_of, utf8
from ._optional import needed, pyarrow
from .change import one_part
from .explain import Record, _page
from .finding import Told

if TYPE_CHECKING:
    from ._batch import Batch
    from .evidence import Evidence
    from .plan import Plan

#: So many rows are decoded at a time.
_PAGE = 4096
_LANGUAGES = ("en", "ja")


def actions() -> list[str]:
    """The names of the actions, in the order in which a reader meets them."""
    names: list[str] = []
    while (name := library().aiueo_action_name(len(names))) is not None:
        names.append(name.decode())
    return names


class Actions(ExportedTable):
    """A list for people. Made by ``plan.act("next", snapshots)``.

    ``len()``, iteration and ``[k]`` give rows in the order in which they are to be read, with their
    columns as items and attributes; dates are text, None is unknown. ``head``: what is said above
    the list, as the library's JSON has it. ``to_pandas()``, ``to_arrow()``, ``to_polars()`` give
    the whole list. Prints as text; ``text("ja")`` is in Japanese.
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.head: dict[str, Any] = json.loads(
            text_of(library().aiueo_actions_head, handle.pointer)
        )
        rows = c_int64()
        call(library().aiueo_actions_count, handle.pointer, byref(rows))
        self._rows = rows.value

    @property
    def action(self) -> str:
        return str(self.head["action"])

    @property
    def sentence(self) -> Told:
        """The list in one sentence; ``.ja`` in Japanese."""
        return Told(**self.head["sentence"])

    @property
    def cautions(self) -> list[Told]:
        """What the list does not say, a sentence each."""
        return [Told(**one) for one in self.head["cautions"]]

    def __len__(self) -> int:
        return self._rows

    def rows(self, first: int = 0, count: int | None = None) -> list[Record]:
        """So many rows from row ``first`` on, counted from 0."""
        last = self._rows if count is None else min(self._rows, first + count)
        out: list[Record] = []
        for begin in range(max(0, first), last, _PAGE):
            many = min(_PAGE, last - begin)
            text = text_of(library().aiueo_actions_rows, self.handle.pointer, begin, many)
            out += [Record(one) for one in json.loads(text)]
        return out

    def __getitem__(self, at: int) -> Record:
        index = at + self._rows if at < 0 else at
        if not 0 <= index < self._rows:
            raise IndexError(f"row {at} of {self._rows}")
        return self.rows(index, 1)[0]

    def __iter__(self) -> Iterator[Record]:
        for begin in range(0, self._rows, _PAGE):
            yield from self.rows(begin, _PAGE)

    # ── tables ───────────────────────────────────────────────────────────────────────────────

    def _export(self) -> tuple[OwnedSchema, OwnedArray]:
        schema, array = OwnedSchema(), OwnedArray()
        call(
            library().aiueo_actions_export,
            self.handle.pointer,
            byref(schema.struct),
            byref(array.struct),
        )
        return schema, array

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``; dates as text where PyArrow is not installed."""
        if pyarrow() is not None:
            return super().to_pandas()
        return needed("pandas", "to_pandas()").DataFrame([dict(one) for one in self])

    def to_dict(self) -> dict[str, Any]:
        """The head, and all rows under ``"rows"``: plain dicts and lists."""
        return {**copy.deepcopy(self.head), "rows": [dict(one) for one in self]}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False)

    # ── for people ───────────────────────────────────────────────────────────────────────────

    def text(self, language: str = "en", rows: int = 20) -> str:
        """The sentence, the first ``rows`` rows, and what the list does not say; ``"en"`` or
        ``"ja"``. Raises ArgumentError for another language."""
        if language not in _LANGUAGES:
            known = ", ".join(map(repr, _LANGUAGES))
            raise ArgumentError(INVALID_ARGUMENT, f"language {language!r} is none of {known}")
        return page(self.head, self.rows(0, rows), self._rows, language)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return _page(str(self))


def act(
    plan: Plan, name: str, batch: Batch, seen: Evidence | None, options: Mapping[str, Any]
) -> Actions:
    """`name` on a batch that is bound to `plan` with all metrics."""
    raw, wishes = utf8(name), utf8(json.dumps(options, default=_plain, ensure_ascii=False))
    part = one_part(batch, "given")
    with nullcontext() if seen is None else seen._lock:  # no update beside it
        handle = make(
            "actions",
            library().aiueo_plan_act,
            plan.handle.pointer,
            raw,
            len(raw),
            part.pointer,
            None if seen is None else seen.handle.pointer,
            wishes,
            len(wishes),
            keep=(plan.handle, part),
        )
    return Actions(handle)


def _plain(value: Any) -> Any:
    """Dates of all kinds in options, as JSON has them."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"an option cannot be {type(value).__name__}")


__all__ = ["Actions", "actions"]
