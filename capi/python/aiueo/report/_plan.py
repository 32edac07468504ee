"""The part of the page that holds the plan beside what is to be expected: the target of NRR, the
course that leads to it, the goals. Every figure is a finding's or an action's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import plot
from .._cells import percent, points
from .._nrr_course_text import _VERDICTS as _COURSES
from .._text import number
from ..actions import Actions
from ..explain import label_of
from ..finding import Finding
from ..plot._ahead import month_after
from ..plot._course import target_of
from ._sections import Figure, Section, Table
from ._words import words

#: The interval by which something is ahead or behind, as goals and forecasts have it.
_LEVEL = 0.8


def plan_section(nrr: Finding | str, goals: Actions | str | None, language: str) -> Section:
    """Ahead, behind, or neither: a sentence for the target, for the course to it and for the goals,
    a table of all, and the fans beside the plan's line."""
    w, at = words(language), ("en", "ja").index(language)
    section = Section("plan")
    told: list[str] = []
    rows: list[list[str]] = []
    if isinstance(nrr, Finding):
        _target(nrr.to_dict(), w, at, told, rows)
    how: dict[str, Any] = {"language": language, "title": False}
    if isinstance(nrr, Finding) and rows:
        section.figures.append(
            Figure("ahead", lambda width: plot.nrr_fan(nrr, width=width, **how), _past(nrr, w, at))
        )
    if isinstance(goals, Actions):
        told.append(goals.sentence.in_(language))
        rows += _goals(goals, language, w, at)
        said = {name[5:]: text for name, text in w.items() if name.startswith("goal_")}
        section.figures.append(
            Figure(
                "goals",
                lambda width: plot.goal_fan(goals, width=width, said=said, **how),
                _courses(goals, language, w),
            )
        )
        section.cautions = [one.in_(language) for one in goals.cautions]
    elif goals is not None:
        section.missing = w["not_there"].format(goals)
    if not rows:
        section.missing = section.missing or w["no_plan"]
        return section
    section.sentence = "\n".join(told)
    head = [w[name] for name in ("plan_of", "by_when", "now", "wanted", "expected_80", "verdict")]
    section.tables = [(w["beside"], Table(head, rows))]
    return section


def _past(nrr: Finding, w: Mapping[str, str], at: int) -> Table:
    """What NRR came to by month, newest first, and what is expected next."""
    found = nrr.to_dict()
    months, now = found["horizon_months"], found["portfolio"]["expected"]["value"]
    rows = [[month_after(found["last_month"], months), percent(now), "–"]]
    rows += [
        [month_after(one["month"], months), percent(one["expected"]), percent(one["realised"])]
        for one in reversed((found["backtest"] or {}).get("each") or [])
    ]
    return Table([w["month"], w["expected_then"], w["came"]], rows)


def _courses(made: Actions, language: str, w: Mapping[str, str]) -> Table:
    """Where each goal stood by month, newest first."""
    head = [w["month"]]
    by_month: dict[str, list[str]] = {}
    heads = made.head["goals"]
    for k, (goal, row) in enumerate(zip(heads, made)):
        head.append(label_of({"name": row["goal"], "label": goal["label"]}, language))
        shown = _count if row["of"] == "count" else percent
        for one in goal["course"]:
            cells = by_month.setdefault(one["month"], ["–"] * len(heads))
            cells[k] = shown(one["now"])
    return Table(head, [[month, *by_month[month]] for month in sorted(by_month, reverse=True)])


def _target(
    found: Mapping[str, Any], w: Mapping[str, str], at: int, told: list[str], rows: list[list[str]]
) -> None:
    """NRR beside its target, and the recent customers beside the course that reaches it."""
    target, now = target_of(found), found["portfolio"]
    if target is None:
        return
    months = found["horizon_months"]
    if not now or now["expected"]["value"] is None:
        told.append(w["nrr_unknown"].format(percent(target)))
        rows.append([w["nrr_in"].format(months), "–", "–", percent(target), "–", w["goal_unknown"]])
        return
    expected = now["expected"]["value"]
    bounds = next((one for one in now["realised"] or [] if one["level"] == _LEVEL), None)
    verdict = _beside(target, bounds)
    within = _within(bounds, percent, at)
    if verdict == "unknown":
        shown = percent(expected)
    else:
        shown = f"{percent(expected)} ({within})"
        head = w[f"head_{verdict}"]
        told.append(w["nrr_told"].format(head, months, percent(expected), within, percent(target)))
    rows.append(
        [
            w["nrr_in"].format(months),
            month_after(found["last_month"], months),
            percent(_so_far(found)),
            percent(target),
            shown,
            _COURSES[verdict][at],
        ]
    )
    curve = found["curve"]
    together = curve.get("together") if curve else None
    if together and together["verdict"] != "unknown" and together["required"] is not None:
        difference = together["difference"]
        ratio, required = percent(together["ratio"]["value"]), percent(together["required"])
        told.append(
            w["course_told"].format(
                w[f"head_{together['verdict']}"],
                months,
                ratio,
                required,
                points(difference["value"]),
                _within(difference, points, at),
            )
        )
        name = w["course"].format(months)
        rows.append([name, "–", ratio, required, "–", _COURSES[together["verdict"]][at]])


def _so_far(found: Mapping[str, Any]) -> float | None:
    """NRR over the months up to the last close, where it is known."""
    for one in (found["backtest"] or {}).get("each") or []:
        if month_after(one["month"], found["horizon_months"]) == found["last_month"]:
            return float(one["realised"]) if one["realised"] is not None else None
    return None


def _beside(target: float, bounds: Mapping[str, Any] | None) -> str:
    """Where the interval of what comes lies."""
    if bounds is None or bounds["lower"] is None or bounds["upper"] is None:
        return "unknown"
    if bounds["lower"] > target:
        return "ahead"
    return "behind" if bounds["upper"] < target else "on"


def _within(one: Mapping[str, Any] | None, shown: Any, at: int) -> str:
    if one is None or one["lower"] is None or one["upper"] is None:
        return "–"
    return f"{shown(one['lower'])}{'〜' if at else ' to '}{shown(one['upper'])}"


def _goals(made: Actions, language: str, w: Mapping[str, str], at: int) -> list[list[str]]:
    out = []
    for head, row in zip(made.head["goals"], made):
        name = label_of({"name": row["goal"], "label": head["label"]}, language)
        shown = _count if row["of"] == "count" else percent
        expected = "–"
        if row["expected"] is not None:
            within = _within({"lower": row["lower"], "upper": row["upper"]}, shown, at)
            expected = f"{shown(row['expected'])} ({within})"
        now, wanted = shown(row["now"]), shown(row["target"])
        out.append([name, row["by"], now, wanted, expected, w[f"goal_{row['verdict']}"]])
    return out


def _count(value: float | None) -> str:
    return number(value, 0)


__all__ = ["plan_section"]
