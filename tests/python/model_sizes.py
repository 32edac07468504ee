"""Models of a given size in bytes, values, levels, …; and what docs/limits.md says of each."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import aiueo
from places import ROOT

PAGE = ROOT / "docs" / "limits.md"
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

BASE: dict[str, Any] = {
    "aiueo": 1,
    "name": "limits",
    "currency": "USD",
    "metrics": {"x": {"type": "number"}, "kind": {"type": "category"}, "paid": {"type": "money"}},
    "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [9, 100]]}}}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "x > 1"}]},
}


def rows_of_page() -> dict[str, str]:
    """Each row's first cell, and its second."""
    out = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] not in ("what", "---"):
            out[cells[0]] = cells[1]
    return out


def size_of(cell: str) -> int:
    """4 MiB, 16,384, 10¹⁸, 2³¹ − 1."""
    found = re.match(r"([\d,]+)(?: (KiB|MiB|GiB))?$", cell)
    if found:
        return int(found[1].replace(",", "")) * UNITS.get(found[2] or "", 1)
    power = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    found = re.match(r"(2|10)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)( − 1)?$", cell)
    assert found, cell
    return int(found[1]) ** int(found[2].translate(power)) - (1 if found[3] else 0)


def model(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    out = copy.deepcopy(BASE)
    change(out)
    return out


def said(of: Any, limits: aiueo.Limits | None = None) -> str:
    """What is wrong with a model; nothing if it can be used."""
    found = aiueo.check(of, limits=limits)
    return "" if found.usable else str(found)


def padded(size: int) -> str:
    text = json.dumps(BASE)
    return text[:-1] + " " * (size - len(text)) + "}"


def nested(levels: int) -> dict[str, Any]:
    """The parameters of a scorer are any JSON: they stand on the sixth level."""
    deep: Any = 1
    for _ in range(levels - 6):
        deep = [deep]
    own = {"scorer": "own", "metrics": ["x"], "params": {"deep": deep}}
    return model(lambda one: one["axes"]["U"]["components"].update(own=own))


def valued(count: int) -> dict[str, Any]:
    def with_values(n: int) -> dict[str, Any]:
        own = {"scorer": "own", "metrics": ["x"], "params": {"many": [0] * n}}
        return model(lambda one: one["axes"]["U"]["components"].update(own=own))

    def values(of: Any) -> int:
        inner = of.values() if isinstance(of, dict) else of if isinstance(of, list) else ()
        return 1 + sum(values(one) for one in inner)

    return with_values(count - values(with_values(0)))


def condition(text: str) -> dict[str, Any]:
    return model(lambda one: one["ladders"]["stage"][1].update(when=text))


def long_condition(size: int) -> dict[str, Any]:
    return condition("x > 1" + " " * (size - 5))


def parted_condition(count: int) -> dict[str, Any]:
    """`x>1` has three parts, each `||` is one, and a minus one more."""
    many, rest = divmod(count + 1, 4)
    return condition("||".join(["x>-x"] * rest + ["x>1"] * (many - rest)))


def deep_condition(levels: int) -> dict[str, Any]:
    return condition("(" * (levels - 1) + "x > 1" + ")" * (levels - 1))


#: Limits that a host may change, by their name: row of the page, a model of that size, what its
#: refusal says, a limit that is lower than the usual one, one that is higher, and the highest.
CHANGED: dict[str, tuple[str, Callable[[int], Any], str, int, int, int | None]] = {
    "max_bytes": ("bytes of a model file", padded, "a model file may have {}", 900, 5 << 20, None),
    "max_depth": ("levels of nesting in a model", nested, "nested more than {}", 10, 256, 256),
    "max_nodes": ("values in a model", valued, "more than {} values", 60, 250_000, None),
    "max_condition_bytes": (
        "bytes of a condition",
        long_condition,
        "longer than {} bytes",
        50,
        100_000,
        None,
    ),
    "max_condition_parts": (
        "parts of a condition",
        parted_condition,
        "more than {} parts",
        50,
        8192,
        8192,
    ),
    "max_condition_depth": (
        "levels of nesting in a condition",
        deep_condition,
        "nested deeper than {}",
        10,
        128,
        128,
    ),
}
