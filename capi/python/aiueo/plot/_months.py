"""Scores and stages of a portfolio, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._text import rounded
from ..explain import label_of
from ._style import (
    COLOURS,
    altair,
    data,
    finished,
    month_axis,
    names_of,
    nothing,
    over_rung,
    rung_colours,
    shown,
)
from ._words import language_at, word

#: Summaries of a portfolio's scores by month, "2026-10", in order.
Months = Mapping[str, Mapping[str, Any]]


def axes_over_time(
    months: Months, *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """A small chart for each axis, touch and overall: the median of those who have a score, and
    the middle half of them. ``months``: ``scores.summary()`` by month, as `aiueo.report.monthly`
    gives them."""
    alt, at = altair(), language_at(language)
    series = _series(months, language, at)
    if not series:
        return nothing("axes", language, width, title, word("nobody", at))
    columns = min(len(series), 3 if width >= 520 else 2)
    each = (width - 8 - (columns - 1) * 18) // columns - 30
    order = list(months)
    charts = []
    for name, rows in series:
        base = alt.Chart(data(rows), width=each, height=96 if width >= 520 else 80)
        x = month_axis(order, each)
        y = alt.Y(
            "median:Q",
            scale=alt.Scale(domain=[0, 100]),
            axis=alt.Axis(title=None, values=[0, 50, 100], tickSize=0),
        )
        band = base.mark_area(color=COLOURS["band"]).encode(
            x=x, y=alt.Y("q25:Q"), y2=alt.Y2("q75:Q")
        )
        line = base.mark_line(color=COLOURS["main"], strokeWidth=2).encode(x=x, y=y)
        last = base.transform_filter(alt.datum.month == order[-1])
        dot = last.mark_point(color=COLOURS["main"], filled=True, size=36, opacity=1)
        value = last.mark_text(align="right", dy=-10, fontWeight="bold")
        heading = alt.TitleParams(text=shown(name), anchor="start", fontSize=12, offset=6)
        marks = (band, line, dot.encode(x=x, y=y), value.encode(x=x, y=y, text=alt.Text("said:N")))
        charts.append(alt.layer(*marks).properties(title=heading))
    chart = alt.concat(*charts, columns=columns, spacing={"row": 14, "column": 18})
    return finished(chart, "axes", language, width, title, fit=False)


def _series(months: Months, language: str, at: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """A row for each month, by axis; months without a score leave a gap."""
    out: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    for month, summary in months.items():
        known = [(one["name"], axis_name(one, language), one) for one in summary["axes"]]
        if summary.get("overall"):
            known.append(("overall", word("overall", at), summary["overall"]))
        for key, called, one in known:
            quantiles = one["quantiles"]
            median = quantiles["median"]
            row = {
                "month": month,
                "median": median,
                "q25": quantiles["q25"],
                "q75": quantiles["q75"],
                "said": "" if median is None else rounded(median, 0),
            }
            out.setdefault(key, (called, []))[1].append(row)
    return [one for one in out.values() if any(row["median"] is not None for row in one[1])]


#: What the axes are called where a model does not say it.
_JAPANESE = {
    "A": "顧客情報",
    "I": "導入",
    "U": "活用",
    "E": "信頼関係",
    "O": "成果",
    "touch": "伴走",
}


def axis_name(axis: Mapping[str, Any], language: str) -> str:
    """``う Utilization``: the kana, and the model's own label where it has one."""
    kana = axis.get("kana") or ""
    title = axis.get("title") or axis["name"]
    if language == "ja":
        title = _JAPANESE.get(axis["name"], title)
    label = label_of(axis, language) if axis.get("label") else title
    return f"{kana} {label}".strip() if kana != label else str(label)


def stages_over_time(
    months: Months,
    *,
    ladder: str | None = None,
    goals: Sequence[Mapping[str, Any]] = (),
    plan: Any = None,
    language: str = "en",
    width: int = 640,
    title: bool = True,
) -> Any:
    """The share of each rung of a ladder (the first if absent), the highest at the bottom.
    ``goals``: of the model, those of this ladder with a ``share``; drawn as dashed lines."""
    alt, at = altair(), language_at(language)
    counted = _rungs(months, ladder)
    if not counted:
        return nothing("stages", language, width, title, word("nobody", at))
    names = names_of(plan, language)
    order = list(counted)
    rungs = [one["name"] for one in counted[order[-1]]]
    colours = rung_colours(len(rungs))
    rows, ends = [], []
    for month in order:
        total = sum(one["count"] for one in counted[month])
        top = 0.0
        for k, one in reversed(list(enumerate(counted[month]))):
            part = one["count"] / total if total else 0.0
            row = {"month": month, "from": top, "to": top + part, "rung": one["name"]}
            rows.append(row)
            top += part
            if month == order[-1]:
                text = f"{shown(names.get(one['name'], one['name']), 18)} {rounded(100 * part, 0)}%"
                ends.append({**row, "middle": top - part / 2, "said": text, "at": k})
    x = month_axis(order, width - 150, scale=alt.Scale(paddingInner=0.12, paddingOuter=0.06))
    colour = alt.Color("rung:N", scale=alt.Scale(domain=rungs, range=colours), legend=None)
    share = alt.Axis(format="%", title=word("share", at), values=[0, 0.25, 0.5, 0.75, 1])
    y = alt.Y("from:Q", scale=alt.Scale(domain=[0, 1]), axis=share)
    bars = alt.Chart(data(rows)).mark_bar(stroke=COLOURS["ground"], strokeWidth=0.5)
    layers = [bars.encode(x=x, y=y, y2=alt.Y2("to:Q"), color=colour)]
    # Words beside the last column: whoever sees no colour reads the order.
    texts = alt.Chart(data(_apart(ends, 0.075))).mark_text(align="left", dx=6)
    right = alt.XValue("width") if len(order) == 1 else alt.X("month:O", sort=order, bandPosition=1)
    layers.append(texts.encode(x=right, y="middle:Q", text=alt.Text("said:N")))
    for one in _shares(goals, ladder, months):
        said = shown(names.get(one["at_least"], one["at_least"]), 18)
        text = f"{word('goal', at)}: ≥ {said} {rounded(100 * one['share'], 0)}%"
        line = alt.Chart(data([{"share": one["share"], "said": text}]))
        rule = line.mark_rule(strokeDash=[5, 4], color=COLOURS["warn"], strokeWidth=2)
        layers.append(rule.encode(y=alt.Y("share:Q")))
    height = 240 if width >= 520 else 200
    return finished(alt.layer(*layers).properties(height=height), "stages", language, width, title)


def _rungs(months: Months, ladder: str | None) -> dict[str, list[Mapping[str, Any]]]:
    out = {}
    for month, summary in months.items():
        for one in summary["ladders"]:
            if ladder in (None, one["name"]):
                out[month] = one["rungs"]
                break
    return out


def _shares(
    goals: Sequence[Mapping[str, Any]], ladder: str | None, months: Months
) -> list[Mapping[str, Any]]:
    """Goals of the ladder that are a share of the customers."""
    last = list(months.values())[-1]["ladders"]
    of = ladder or (last[0]["name"] if last else None)
    return [
        one
        for one in goals
        if one.get("ladder") == of
        and one.get("share") is not None
        and one.get("weight", "customers") == "customers"
    ]


def _apart(ends: list[dict[str, Any]], least: float) -> list[dict[str, Any]]:
    """Texts pushed apart where thin shares lie close together."""
    before = -1.0
    for one in sorted(ends, key=lambda row: row["middle"]):
        one["middle"] = before = max(one["middle"], before + least)
    over = before - 1.0
    if over > 0:
        after = 2.0
        for one in sorted(ends, key=lambda row: -row["middle"]):
            one["middle"] = after = min(one["middle"], after - least, 1.0)
    return ends


__all__ = ["Months", "axes_over_time", "axis_name", "over_rung", "stages_over_time"]
