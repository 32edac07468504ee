"""Cells and columns of the pages that findings print: figures with their intervals, money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ._text import number, pad, rounded, width

Row = Mapping[str, Any]
#: Positions of the languages in pairs of words.
EN, JA = 0, 1


class Money:
    """Amounts in minor units of a currency, shown in whole major ones."""

    def __init__(self, currency: str | None, digits: int) -> None:
        self.digits = digits
        self.unit = currency or ""

    def head(self, words: str, at: int) -> str:
        if not self.unit:
            return words
        return (f"{words} ({self.unit})", f"{words}（{self.unit}）")[at]

    def bare(self, minor: float | None) -> str:
        if minor is None:
            return "–"
        return rounded(_major(minor, self.digits), 0).replace("-", "−")


def _major(minor: float, digits: int) -> float:
    return float(Decimal(minor).scaleb(-digits))


def percent(value: float | None) -> str:
    return "–" if value is None else f"{points(value)}%"


def points(share: float | None) -> str:
    return "–" if share is None else rounded(100 * share, 1).replace("-", "−")


def parts(one: Row, shown: Callable[[float], str], at: int) -> tuple[str, str]:
    """The value, and its interval in brackets."""
    if one["value"] is None:
        return "–", ""
    value = shown(one["value"])
    if one["lower"] is None or one["upper"] is None:
        return value, ""
    bounds = [shown(one[end]) for end in ("lower", "upper")]
    negative = any(text.startswith("−") for text in bounds)
    between = "〜" if at == JA else " to " if negative else "–"
    return value, f"({between.join(bounds)})"


def share_parts(one: Row, at: int) -> tuple[str, str]:
    value, bounds = parts(one, points, at)
    return (value if value == "–" else f"{value}%"), bounds


def point_parts(one: Row, at: int) -> tuple[str, str]:
    return parts(one, points, at)


def ratio_parts(one: Row, at: int) -> tuple[str, str]:
    return parts(one, lambda value: rounded(value, 2), at)


def money_parts(one: Row, money: Money, at: int) -> tuple[str, str]:
    return parts(one, money.bare, at)


def p(value: float | None) -> str:
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else number(value, 3)


def side_by_side(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    """Columns; those in `right` to the right. A column of nothing is left out; a head may reach
    over the one behind it that has none."""
    heads, columns = list(head), [[row[k] for row in rows] for k in range(len(head))]
    lines = [""] * (len(rows) + 1)
    k = 0
    while k < len(heads):
        # Value and interval, count and unit: one column of two parts below one head.
        parts, beside = [k], k + 1 < len(heads) and not heads[k + 1]
        if beside and any(columns[k + 1]):
            parts.append(k + 1)
        cells = [""] * len(rows)
        for part in parts:
            most = max(map(width, columns[part]), default=0)
            if part != k:
                cells = [f"{cell} " for cell in cells]
            cells = [
                cell + pad(text, most, part in right) for cell, text in zip(cells, columns[part])
            ]
        alone = len(parts) == 1 and k in right
        most = max(map(width, [heads[k], *cells]))
        made = [pad(heads[k], most, alone), *(pad(cell, most, alone) for cell in cells)]
        lines = [f"{line}  {cell}" if k else cell for line, cell in zip(lines, made)]
        k += 1 + beside
    return "\n".join(line.rstrip() for line in lines)


__all__ = [
    "EN",
    "JA",
    "Money",
    "Row",
    "money_parts",
    "p",
    "parts",
    "percent",
    "point_parts",
    "points",
    "ratio_parts",
    "share_parts",
    "side_by_side",
]
