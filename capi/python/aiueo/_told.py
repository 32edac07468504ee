"""Tables that come in parts, and what is doubtful about them."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

from ._contracts import Contracts
from ._errors import DataWarning
from ._histories import outside
from ._initiatives import Initiatives
from ._ledger import Ledger
from ._optional import needed
from ._ranks import Ranks

if TYPE_CHECKING:
    from .plan import Plan

#: The tables beside the snapshots, by the names that plans and evidence give them.
_TABLES: dict[str, Any] = {
    "contracts": Contracts,
    "initiatives": Initiatives,
    "ledger": Ledger,
    "ranks": Ranks,
}
_COUNTED = re.compile(r"(\d+) of \d+ (.+)")


def prepared(
    plan: Plan, name: str, table: Any, *, keep_all: bool = False, quiet: bool = False
) -> Any:
    """A table beside the snapshots, by its name. `keep_all`: of initiatives, for evidence. `quiet`:
    its warnings are not emitted; filters of warnings are the process's, so no thread sets them."""
    options: dict[str, Any] = {}
    if name == "initiatives":
        options["keep_all"] = keep_all
    if name in ("contracts", "initiatives"):
        options["quiet"] = quiet
    return _TABLES[name](plan, table, **options)


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
            out += Initiatives(plan, rows, quiet=True).warnings
        return out

    def warn(self, plan: Plan) -> None:
        for text in self.doubts(plan):
            warnings.warn(text, DataWarning, stacklevel=outside())


__all__ = ["Told", "prepared"]
