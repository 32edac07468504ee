"""What became of each stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._text import number
from ._style import COLOURS, altair, data, finished, names_of, nothing, shown
from ._words import language_at, word


def renewal_by_stage(
    found: Mapping[str, Any],
    *,
    of: str | None = None,
    plan: Any = None,
    language: str = "en",
    width: int = 640,
    title: bool = True,
) -> Any:
    """The renewal rate of each level with its interval, of the study "renewal". ``of``: a table of
    the finding, "stage", "band", "pattern", …; the first if absent. All terms together."""
    alt, at = altair(), language_at(language)
    table = table_of(found, of)
    rows, everybody = [], None
    names = names_of(plan, language)
    for one in table["rows"] if table else []:
        rate = one["rate"]
        if rate["value"] is None:
            continue
        if one["level"] == "everybody":
            everybody = rate["value"]
            continue
        rows.append(
            {
                "level": f"{shown(names.get(one['level'], one['level']))}\nn {number(rate['n'])}",
                "rate": rate["value"],
                "lower": rate["lower"] if rate["lower"] is not None else rate["value"],
                "upper": rate["upper"] if rate["upper"] is not None else rate["value"],
                "said": f"{100 * rate['value']:.0f}%",
            }
        )
    if not rows:
        return nothing("renewal", language, width, title, word("nobody", at))
    rows.reverse()  # the highest on top
    labels = alt.Axis(
        title=None, labelExpr="split(datum.label, '\\n')", tickSize=0, domain=False, labelPadding=8
    )
    y = alt.Y("level:N", sort=[row["level"] for row in rows], axis=labels)
    percent = alt.Axis(format="%", title=word("renewed", at), tickCount=5)
    x = alt.X("rate:Q", scale=alt.Scale(domain=[0, 1]), axis=percent)
    base = alt.Chart(data(rows))
    layers = [
        base.mark_rule(strokeWidth=3, color=COLOURS["calm"]).encode(
            y=y, x=alt.X("lower:Q"), x2=alt.X2("upper:Q")
        ),
        base.mark_point(filled=True, size=90, opacity=1, color=COLOURS["main"]).encode(x=x, y=y),
        base.mark_text(dy=-12, fontWeight="bold").encode(x=x, y=y, text=alt.Text("said:N")),
    ]
    if everybody is not None:
        line = alt.Chart(data([{"rate": everybody}]))
        layers.insert(
            0, line.mark_rule(strokeDash=[5, 4], color=COLOURS["calm"]).encode(x=alt.X("rate:Q"))
        )
    chart = alt.layer(*layers).properties(height=44 * len(rows) + 40)
    return finished(chart, "renewal", language, width, title)


def table_of(found: Mapping[str, Any], of: str | None = None) -> Mapping[str, Any] | None:
    """The table of a finding of renewal that is of all terms."""
    for one in found["tables"]:
        if one["terms"] == "all" and of in (None, one["of"]):
            table: Mapping[str, Any] = one
            return table
    return None


__all__ = ["renewal_by_stage", "table_of"]
