"""The plan beside what is to be expected: NRR and its target, goals by their day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._cells import points
from .._text import number, rounded
from ..explain import label_of
from ._course import target_of
from ._style import COLOURS, altair, data, finished, month_axis, nothing, shown
from ._words import language_at, word

#: Of each interval, by its level: how thick its bar is, and its colour.
_BARS = {0.95: (2.0, COLOURS["calm"]), 0.8: (6.0, COLOURS["band"]), 0.5: (11.0, COLOURS["rung-4"])}
#: Verdicts of the action "goals", as marks that need no colour.
_MARKS = {"reached": "▲", "likely": "▲", "open": "●", "unlikely": "▼", "missed": "▼"}


def month_after(month: str, months: int) -> str:
    """``"2027-02"`` four months after ``"2026-10"``."""
    year, index = divmod(12 * int(month[:4]) + int(month[5:]) - 1 + months, 12)
    return f"{year:04}-{index + 1:02}"


def _up_to(first: str, last: str) -> list[str]:
    """All months from the first to the last."""
    out = [first]
    while out[-1] < last:
        out.append(month_after(out[-1], 1))
    return out


def nrr_fan(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """NRR over the horizon, of the study "nrr": what it was of past closes, by the month in which
    it was known; where it will lie; and the target as a line."""
    alt, at = altair(), language_at(language)
    now, horizon = found["portfolio"], found["horizon_months"]
    if not now or now["expected"]["value"] is None:
        return nothing("ahead", language, width, title, word("nobody", at))
    due = month_after(found["last_month"], horizon)
    past = [
        {"month": month_after(one["month"], horizon), "value": one["realised"]}
        for one in (found["backtest"] or {}).get("each") or []
        if one["realised"] is not None
    ]
    order = _up_to(past[0]["month"] if past else found["last_month"], due)
    x = month_axis(order, width - 60, scale=alt.Scale(domain=order))
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(format=".0%", title=word("nrr", at), tickCount=5),
    )
    layers = []
    if past:
        line = alt.Chart(data(past))
        layers.append(line.mark_line(color=COLOURS["calm"], strokeWidth=2).encode(x=x, y=y))
        dots = line.mark_point(filled=True, size=30, opacity=1, color=COLOURS["ink"])
        layers.append(dots.encode(x=x, y=y))
    intervals = [(one["level"], one["lower"], one["upper"]) for one in now["realised"] or []]
    layers += _fan(due, intervals, now["expected"]["value"], x, y)
    target = target_of(found)
    if target is not None:
        text = f"{word('target', at)} {rounded(100 * target, 1)}%"
        low = bool(past) and past[0]["value"] > target
        layers += [*_plan_line(target, y), _said_of(target, text, low, y)]
    chart = alt.layer(*layers).properties(height=200 if width >= 520 else 170)
    return finished(chart, "ahead", language, width, title)


def _fan(
    month: str, intervals: Sequence[tuple[float, float, float]], expected: float, x: Any, y: Any
) -> list[Any]:
    """Bars from thin to thick over a month, and the dot of what is expected."""
    alt, out = altair(), []
    for level, low, high in sorted(intervals, reverse=True):
        if level not in _BARS or low is None or high is None:
            continue
        thick, colour = _BARS[level]
        bar = alt.Chart(data([{"month": month, "value": low, "upper": high}]))
        rule = bar.mark_rule(strokeWidth=thick, color=colour)
        out.append(rule.encode(x=x, y=y, y2=alt.Y2("upper:Q")))
    dot = alt.Chart(data([{"month": month, "value": expected}]))
    mark = dot.mark_point(filled=True, size=60, opacity=1, color=COLOURS["main"])
    out.append(mark.encode(x=x, y=y))
    return out


def _plan_line(target: float, y: Any) -> list[Any]:
    line = altair().Chart(data([{"value": target}]))
    return [line.mark_rule(strokeDash=[5, 4], strokeWidth=2, color=COLOURS["warn"]).encode(y=y)]


def _said_of(target: float, text: str, below: bool, y: Any) -> Any:
    """The plan's line in words, at the left, on the side where no other line begins."""
    alt = altair()
    words = alt.Chart(data([{"value": target, "said": text}])).mark_text(
        align="left",
        baseline="top" if below else "bottom",
        dx=4,
        dy=4 if below else -3,
        fontWeight="bold",
        color=COLOURS["warn"],
    )
    return words.encode(x=alt.XValue(0), y=y, text=alt.Text("said:N"))


def goal_fan(
    made: Any, *, language: str = "en", width: int = 640, title: bool = True, said: Any = None
) -> Any:
    """A small chart for each goal, of the action "goals": its course so far, what is expected by
    its day with the 80 and 95 % intervals, and what is wanted as a line. ``said``: the words for
    each verdict, if any."""
    alt, at = altair(), language_at(language)
    heads = made.head["goals"]
    rows = list(made)
    if not rows:
        return nothing("goals", language, width, title, word("nobody", at))
    columns = min(len(rows), 2 if width >= 520 else 1)
    each = (width - 8 - (columns - 1) * 26) // columns - 42
    charts = []
    for head, row in zip(heads, rows):
        name = label_of({"name": row["goal"], "label": head["label"]}, language)
        verdict = (said or {}).get(row["verdict"], "")
        mark = _MARKS.get(row["verdict"], "◇")
        between = (": ", "：")[at] if verdict else ""
        heading = alt.TitleParams(
            text=f"{mark} {shown(name)}{between}{verdict}",
            subtitle=f"{word('goal', at)} {_wanted(row)} ({row['by']})",
            anchor="start",
            fontSize=12,
            offset=6,
            color=COLOURS["ink"],
        )
        charts.append(_goal(head, row, each, width, at).properties(title=heading))
    chart = alt.concat(*charts, columns=columns, spacing={"row": 14, "column": 26})
    return finished(chart, "goals", language, width, title, fit=False)


def _wanted(row: Mapping[str, Any]) -> str:
    return number(row["target"], 0) if row["of"] == "count" else f"{points(row['target'])}%"


def _goal(head: Mapping[str, Any], row: Mapping[str, Any], each: int, width: int, at: int) -> Any:
    alt = altair()
    share = row["of"] != "count"
    by = str(row["by"])[:7]
    course = [
        {"month": one["month"], "value": one["now"]}
        for one in head["course"]
        if one["now"] is not None
    ]
    first = course[0]["month"] if course else by
    last = max(course[-1]["month"] if course else by, by)
    order = _up_to(first, last)
    x = month_axis(order, each, scale=alt.Scale(domain=order))
    axis = alt.Axis(format=".0%" if share else "~s", title=None, tickCount=4)
    y = alt.Y("value:Q", scale=alt.Scale(zero=True), axis=axis)
    layers = []
    if course:
        base = alt.Chart(data(course))
        line = base.mark_line(color=COLOURS["main"], strokeWidth=2)
        layers.append(line.encode(x=x, y=y))
        dot = alt.Chart(data(course[-1:])).mark_point(
            filled=True, size=36, opacity=1, color=COLOURS["main"]
        )
        layers.append(dot.encode(x=x, y=y))
    if row["expected"] is not None:
        intervals = [
            (0.95, row["lower_95"], row["upper_95"]),
            (0.8, row["lower"], row["upper"]),
        ]
        layers += _fan(by, intervals, row["expected"], x, y)
    layers += _plan_line(row["target"], y)
    return alt.layer(*layers).properties(width=each, height=130 if width >= 520 else 110)


__all__ = ["goal_fan", "month_after", "nrr_fan"]
