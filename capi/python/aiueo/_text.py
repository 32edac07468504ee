"""Plain tables for terminals, right in East Asian widths too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

#: The axes' kana, and what they stand for.
KANA = {"A": "あ", "I": "い", "U": "う", "E": "え", "O": "お", "touch": "伴走"}
TITLES = {
    "A": "Account",
    "I": "Implementation",
    "U": "Utilization",
    "E": "Engagement",
    "O": "Outcome",
    "touch": "Touch",
}


def width(text: str) -> int:
    """Cells that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def pad(text: str, cells: int, right: bool = False) -> str:
    gap = " " * max(0, cells - width(text))
    return gap + text if right else text + gap


def shortened(text: str, cells: int) -> str:
    """In one line of at most so many cells, with … for what does not fit."""
    text = " ".join(text.split())
    if width(text) <= cells:
        return text
    kept = text
    while width(kept) > cells - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _is_number(text: str) -> bool:
    return text in ("–", "") or text.replace(",", "").replace(".", "").strip("-+%()").isdigit()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side; those of numbers to the right."""
    right = [all(_is_number(row[k]) for row in rows) for k in range(len(head))]
    cells = [max([width(head[k]), *(width(row[k]) for row in rows)]) for k in range(len(head))]
    lines = [
        "  ".join(pad(text, cells[k], right[k]) for k, text in enumerate(line)).rstrip()
        for line in [head, *rows]
    ]
    return "\n".join(lines)


def named(name: str, before: str = " ") -> str:
    """`` 'crm'`` in a sentence; nothing where a model has no name."""
    return f"{before}{name!r}" if name else ""


def rounded(value: float, digits: int) -> str:
    """Every figure for people is rounded here: a half goes up, thousands have commas."""
    if not abs(value) < 1e15:  # no fraction to round, or infinite
        return f"{value:,.{digits}f}"
    exact = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{exact if exact else abs(exact):,f}"


def number(value: object, digits: int = 1) -> str:
    """A figure for people: thousands, few digits, – for none."""
    if value is None or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, float):
        text = rounded(value, digits)
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
