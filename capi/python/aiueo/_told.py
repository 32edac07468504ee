"""What is doubtful about tables that come in parts."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

from ._errors import DataWarning
from ._histories import outside
from ._optional import needed

if TYPE_CHECKING:
    from .plan import Plan

_COUNTED = re.compile(r"(\d+) of \d+ (.+)")


class Told:
    """What is doubtful about tables that came in parts, to be told once and of all rows."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.found: dict[str, dict[str, int]] = {}  #: so many rows of a table, by what they are
        self.initiatives: set[str] = set()  #: names: that one is in no row is known of all parts

    def note(self, name: str, table: Any, prepared: Any) -> None:
        found = {}
        if name in ("ranks", "ledger"):
            return  # nothing about them is doubtful: they are right, or an error
        if name == "initiatives":
            unique = needed("pyarrow.compute", "tables in parts").unique
            names = unique(table["initiative"]).cast("string").to_pylist()
            self.initiatives.update(one for one in names if one)
        else:
            for text in prepared.warnings:
                counted = _COUNTED.fullmatch(text)
                found[counted[2] if counted else text] = int(counted[1]) if counted else 0
        self._add(name, table.num_rows, found)

    def _add(self, name: str, rows: int, found: dict[str, int]) -> None:
        self.rows[name] = self.rows.get(name, 0) + rows
        mine = self.found.setdefault(name, {})
        for text, count in found.items():
            mine[text] = mine.get(text, 0) + count

    def add(self, other: str) -> None:
        """Of another part, as `str` gave it."""
        given = json.loads(other)
        for name, rows in given["rows"].items():
            self._add(name, rows, given["found"][name])
        self.initiatives.update(given["initiatives"])

    def __str__(self) -> str:
        names = sorted(self.initiatives)
        return json.dumps({"rows": self.rows, "found": self.found, "initiatives": names})

    def doubts(self, plan: Plan) -> list[str]:
        """As the tables would have told, had they been whole."""
        out = [
            f"{count} of {self.rows[name]} {text}" if count else text
            for name, found in sorted(self.found.items())
            for text, count in sorted(found.items())
        ]
        if self.initiatives:
            names = sorted(self.initiatives)
            rows = {"customer": names, "initiative": names, "date": ["2000-01-01"] * len(names)}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DataWarning)
                out += plan.initiatives(rows).warnings
        return out

    def warn(self, plan: Plan) -> None:
        for text in self.doubts(plan):
            warnings.warn(text, DataWarning, stacklevel=outside())


__all__ = ["Told"]
