"""Every figure of a finding by a name: its kind and which of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: The members that tell the objects of a list from each other, the first that is there.
_NAMES = ("name", "of", "level", "segment", "band", "share", "lead_days", "read_as")

#: Chosen by what was seen, so that the same question is not asked of every run: which levels fall;
#: curves that were fitted to the run itself.
_CHOSEN = ("falls",)
_FITTED = ("isotonic", "platt")
_WORDS = {"en", "ja"}


def _id_of(one: Mapping[str, Any]) -> str:
    if "terms" in one:
        return f"{one['of']}, {one['terms']}"
    if one.keys() >= {"segment", "level"}:
        return f"{one['segment']} {one['level']}"
    if "predicted" in one:
        return f"{min(9, int(one['predicted'] * 10))} tenths"
    for name in _NAMES:
        if name in one:
            return str(one[name])
    raise KeyError(f"nothing names {sorted(one)}")


def figures_of(finding: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(kind, which, figure): ("renewal.tables.rows.rate", "stage, all / Active", {...})."""

    def walk(value: Any, kind: str, which: tuple[str, ...]) -> Iterator[Any]:
        if isinstance(value, Mapping):
            if value.keys() >= {"value", "lower", "upper", "n"}:
                yield kind, " / ".join(which), value
                return
            for key, item in value.items():
                if key not in _CHOSEN:
                    yield from walk(item, f"{kind}.{key}", which)
        elif isinstance(value, list):
            for item in value:
                if not isinstance(item, Mapping) or item.get("read_as") in _FITTED:
                    continue
                if not item.keys() <= _WORDS:
                    yield from walk(item, kind, (*which, _id_of(item)))

    yield from walk(finding, finding["study"], ())
