"""A Sphinx domain for declarations of any language: they are found by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from sphinx.domains import Domain, ObjType


def address(name: str) -> str:
    """What a name is called in addresses; operators by words."""
    marks = {"[": "index", "(": "call", "*": "star", "<": "lt", ">": "gt", "=": "eq", "-": "minus"}
    marks |= {"+": "plus", "!": "not", "/": "over", "&": "and", "|": "or", "%": "mod"}
    return re.sub(
        r"[^\w.]+", lambda found: "-" + "".join(marks.get(c, "") for c in found[0]), name
    ).strip("-")


class ApiDomain(Domain):
    name = "api"
    label = "Declarations"
    object_types: ClassVar = {  # type: ignore[misc]
        one: ObjType(one)
        for one in ("class", "concept", "constant", "function", "macro", "type", "variable")
    }
    initial_data: ClassVar[dict[str, Any]] = {"objects": {}}
    data_version = 1

    def note(self, language: str, name: str, kind: str, page: str) -> str:
        """Remember an object; its address on the page. Overloads are numbered."""
        first = target = f"{language}-{address(name)}"
        number = 1
        while target in self.data["objects"]:
            number += 1
            target = f"{first}-{number}"
        self.data["objects"][target] = (name, kind, page, number)
        return target

    def clear_doc(self, docname: str) -> None:
        for key in [k for k, one in self.data["objects"].items() if one[2] == docname]:
            del self.data["objects"][key]

    def merge_domaindata(self, docnames: set[str], otherdata: dict[str, Any]) -> None:
        found = otherdata["objects"].items()
        self.data["objects"].update({key: one for key, one in found if one[2] in docnames})

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """For the search; of overloads the first."""
        for target, (name, kind, page, number) in self.data["objects"].items():
            if number == 1:
                yield name, name, kind, page, target, 1

    def resolve_any_xref(self, *args: Any, **extra: Any) -> list[Any]:
        return []
