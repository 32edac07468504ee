"""A portfolio's scores in counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ._errors import ArgumentError
from ._library import Handle, call, library, make, text_of
from ._text import named, number, rounded, table

if TYPE_CHECKING:
    from ._initiatives import Initiatives
    from .plan import Plan

LACKS_INITIATIVES = "the model counts initiatives and none were given; what they decide is unknown"


class Summary(dict[str, Any]):
    """Counts over many scores: the library's JSON (schema/summary.schema.json) as a dict.

    ``summary["axes"]``, ``["overall"]``, ``["ladders"]``, ``["bands"]``, ``["patterns"]``,
    ``["steps"]``, ``["metrics"]``, ``["components"]``, ``["values"]``, ``["warnings"]``;
    ``str(summary)`` reads.
    """

    #: The library's counts behind it; not there in a copy or where it was unpickled.
    _counts: tuple[Plan, Handle] | None = None

    def merge(self, *others: Summary) -> Summary:
        """A summary of this one's rows and the others': the same as if all had been scored at once.
        None of them is changed. The plans may be different ones of models that score alike.

        Raises ArgumentError for models that score differently, one summary given twice, and copies,
        which have the figures but not the counts.
        """
        parts = [one._counted() for one in (self, *others)]
        if len({id(handle) for _, handle in parts}) < len(parts):
            raise ArgumentError(10, "a summary is given twice; its rows would count twice")
        plan = parts[0][0]
        handle = new_summary(plan)
        for _, part in parts:
            call(library().aiueo_summary_merge, handle.pointer, part.pointer)
        out = read_summary(plan, handle)
        warnings = out["warnings"]
        for one in (self, *others):
            warnings += [text for text in one["warnings"] if text not in warnings]
        return out

    def _counted(self) -> tuple[Plan, Handle]:
        if self._counts is None:
            raise ArgumentError(
                11, "this summary is a copy without its counts; merge what scoring gave"
            )
        return self._counts

    def __reduce__(self) -> tuple[Any, ...]:
        return Summary, (dict(self),)

    def __str__(self) -> str:
        return "\n\n".join(_blocks(self))

    def __repr__(self) -> str:
        return str(self)


def axis_title(axis: Any) -> str:
    """``う Utilization``: the axis's kana where it is first met."""
    kana, title = axis.get("kana") or "", axis.get("title") or axis["name"]
    return f"{kana} {title}".strip()


def share(count: int, rows: int) -> str:
    return f"{rounded(100 * count / rows, 1)}%" if rows else "–"


def score_rows(summary: Any) -> list[list[str]]:
    """A line for each axis in use and for overall: n, insufficient, mean, quartiles."""
    lines = []
    entries = [(axis_title(axis), axis) for axis in summary["axes"]]
    if summary.get("overall"):
        entries.append(("Overall", summary["overall"]))
    for title, one in entries:
        quantiles = one["quantiles"]
        lines.append(
            [
                title,
                number(one["scored"]),
                number(one["insufficient"]),
                *(
                    number(v)
                    for v in (one["mean"], *(quantiles[q] for q in ("q25", "median", "q75")))
                ),
            ]
        )
    return lines


SCORE_HEAD = ["", "scored", "insufficient", "mean", "25%", "median", "75%"]


def concerns(summary: Any) -> list[list[str]]:
    """Metrics and components with values that did not count, worst first."""
    lines = []
    seen = ("stale", "invalid", "unseen")
    for one in summary["metrics"]:
        if any(one[state] for state in seen):
            lines.append((one["name"], [one[state] for state in seen]))
    for one in summary["components"]:
        counts = [0, one["found_invalid"], one["found_unseen"]]
        if any(counts):
            lines.append((one["name"], counts))
    lines.sort(key=lambda line: -sum(line[1]))
    return [[name, *(number(count) if count else "" for count in counts)] for name, counts in lines]


CONCERN_HEAD = ["values that do not count", "stale", "invalid", "unseen"]


def _blocks(summary: Any) -> Iterable[str]:
    rows = summary["rows"]
    yield f"{rows:,} rows{named(summary['model'], ', model ')}"
    yield table(SCORE_HEAD, score_rows(summary))
    for ladder in summary["ladders"]:
        lines = [
            [
                rung["name"],
                number(rung["count"]),
                share(rung["count"], rows),
                number(rung["could_be"]) if rung["could_be"] else "",
            ]
            for rung in ladder["rungs"]
        ]
        yield table([ladder["name"], "rows", "share", "could be"], lines)
    if summary.get("bands"):
        lines = [
            [one["name"], number(one["count"]), share(one["count"], rows)]
            for one in summary["bands"]
        ]
        yield table(["band", "rows", "share"], lines)
    if summary.get("patterns"):
        lines = [
            [one["name"], number(one["count"]), share(one["count"], rows)]
            for one in summary["patterns"]
            if one["count"]
        ]
        if lines:
            yield table(["pattern", "rows", "share"], lines)
    if summary.get("steps"):
        yield table(STEP_HEAD, step_rows(summary))
    worst = concerns(summary)
    if worst:
        yield table(CONCERN_HEAD, worst)
    if summary["warnings"]:
        yield "\n".join(f"warning: {text}" for text in summary["warnings"])


STEP_HEAD = ["step", "achieved", "not achieved", "unknown"]


def step_rows(summary: dict[str, Any]) -> list[list[str]]:
    """How many rows achieve each step."""
    return [
        [one["name"], number(one["achieved"]), number(one["not_achieved"]), number(one["unknown"])]
        for one in summary["steps"]
    ]


def read_summary(plan: Plan, handle: Handle) -> Summary:
    """Of counts that nothing is added to any more."""
    out = Summary(json.loads(text_of(library().aiueo_summary_json, handle.pointer)))
    out._counts = plan, handle
    return out


def new_summary(plan: Plan) -> Handle:
    return make("summary", library().aiueo_summary_new, plan.handle.pointer, keep=plan.handle)


def summary_of(
    plan: Plan, parts: list[tuple[Handle, int]], initiatives: Initiatives | None
) -> Summary:
    handle = new_summary(plan)
    for scores, rows in parts:
        call(library().aiueo_summary_add, handle.pointer, scores.pointer, rows)
    out = read_summary(plan, handle)
    if initiatives is not None:
        out["warnings"] += initiatives.warnings
    elif plan.needs_initiatives and out["rows"]:
        out["warnings"].append(LACKS_INITIATIVES)
    return out
