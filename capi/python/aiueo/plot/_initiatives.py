"""What goes with renewal among all that is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._text import number
from ._style import COLOURS, altair, data, finished, nothing, shown
from ._words import language_at, word

_SHAPES = {"judged": "circle", "few": "diamond", "effect": "triangle-up"}


def initiatives(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """All initiatives on one axis, of the study "initiative": by how many points contracts with it
    were renewed more often than those without it at the same stage. Those with hold-outs have a
    line of their own, which is an effect."""
    alt, at = altair(), language_at(language)
    rows = list(_rows(found, at))
    if not rows:
        return nothing("initiatives", language, width, title, word("nobody", at))
    labels = alt.Axis(
        title=None, labelExpr="split(datum.label, '\\n')", tickSize=0, domain=False, labelPadding=8
    )
    y = alt.Y("name:N", sort=[row["name"] for row in rows], axis=labels)
    x = alt.X("points:Q", axis=alt.Axis(title=word("points", at), tickCount=5))
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values())),
        legend=None,
    )
    base = alt.Chart(data(rows))
    layers = [
        alt.Chart(data([{"points": 0}]))
        .mark_rule(strokeDash=[5, 4], color=COLOURS["calm"])
        .encode(x=x),
        base.mark_rule(strokeWidth=3, color=COLOURS["calm"]).encode(
            y=y, x=alt.X("lower:Q"), x2=alt.X2("upper:Q")
        ),
        base.mark_point(filled=True, size=90, opacity=1, color=COLOURS["main"]).encode(
            x=x, y=y, shape=shape
        ),
        base.mark_text(dy=-12, fontWeight="bold").encode(x=x, y=y, text=alt.Text("said:N")),
    ]
    chart = alt.layer(*layers).properties(height=44 * len(rows) + 40)
    return finished(chart, "initiatives", language, width, title)


def _rows(found: Mapping[str, Any], at: int) -> Iterator[dict[str, Any]]:
    for one in found["effects"]:
        n = one["chosen"]["n"] + one["held_out"]["n"]
        kind = "effect" if one["judged"] else "few"
        yield from _row(one["initiative"], word("drawn", at), n, kind, one["effect"])
    for one in found["initiatives"]:
        kind = "judged" if one["judged"] else "few"
        exposure = word(one["exposure"], at)
        yield from _row(one["initiative"], exposure, one["exposed"]["n"], kind, one["stratified"])


def _row(
    name: str, exposure: str, n: int, kind: str, figure: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """In points; nothing where the figure is not defined."""
    value = figure["value"]
    if value is None:
        return
    lower, upper = (value if figure[side] is None else figure[side] for side in ("lower", "upper"))
    yield {
        "name": f"{shown(name)}\n{exposure}, n {number(n)}",
        "kind": kind,
        "points": 100 * value,
        "lower": 100 * lower,
        "upper": 100 * upper,
        "said": f"{100 * value:+.1f}".replace("-", "−"),
    }


__all__ = ["initiatives"]
