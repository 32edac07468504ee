"""What came out of scoring, for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from .._text import named, number
from ..plan import Plan
from ..summary import (
    CONCERN_HEAD,
    SCORE_HEAD,
    STEP_HEAD,
    concerns,
    score_rows,
    share,
    step_rows,
)
from ._common import grid


def show_summary(
    out: Console, summary: dict[str, Any], seconds: float | None, plan: Plan | None = None
) -> None:
    """Rows and rate; axes, stages, bands, patterns, steps; what did not count; warnings."""
    rows = summary["rows"]
    rate = f" in {seconds:.2f} s ({rows / max(seconds, 1e-9):,.0f} a second)" if seconds else ""
    by = named(summary["model"], " by ")
    out.print(Text(f"{rows:,} rows scored{by}{rate}\n", style="bold"))
    out.print(grid("", SCORE_HEAD, score_rows(summary)))
    for ladder in summary["ladders"]:
        out.print()
        out.print(levels(ladder["name"], ladder["rungs"], rows, provisional=True))
    if summary.get("bands"):
        out.print()
        out.print(levels("band", summary["bands"], rows))
        if summary.get("without_band"):
            out.print(Text(f"without a band: {number(summary['without_band'])}"))
    patterns = [one for one in summary.get("patterns") or [] if one["count"]]
    if patterns:
        out.print()
        out.print(levels("pattern", patterns, rows))
    if summary.get("steps"):
        out.print()
        out.print(grid("", STEP_HEAD, step_rows(summary)))
    profiles = [one for one in summary["profiles"] if one["count"]]
    if len(profiles) > 1:
        out.print()
        out.print(levels("profile", profiles, rows))
    worst = concerns(summary)
    out.print()
    if worst:
        out.print(grid("", CONCERN_HEAD, worst))
    values = summary["values"]
    out.print(
        Text(
            f"values: {number(values['known'])} known, {number(values['missing'])} missing, "
            f"{number(values['stale'])} stale, {number(values['invalid'])} invalid, "
            f"{number(values['unseen'])} unseen"
        )
    )
    for text in [*(plan.warnings if plan else []), *summary["warnings"]]:
        out.print(Text(f"warning: {text}", style="yellow"))


def levels(name: str, entries: list[dict[str, Any]], rows: int, provisional: bool = False) -> Any:
    """Counts and shares with a bar, and how many could be there."""
    head = [name, "", "rows", "share"]
    could = provisional and any(one.get("could_be") for one in entries)
    if could:
        head.append("could be")
    lines = []
    for one in entries:
        bar = "█" * round(24 * one["count"] / rows) if rows else ""
        line = [one["name"], bar, number(one["count"]), share(one["count"], rows)]
        if could:
            line.append(number(one["could_be"]) if one["could_be"] else "")
        lines.append(line)
    return grid("", head, lines, left=2)
