"""Where the portfolio is heading: what will be renewed, expected NRR, the course to a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._cells import _major
from .._text import rounded
from ._style import COLOURS, altair, data, finished, month_axis, nothing
from ._words import language_at, word

#: Of each interval, by its level: how thick its bar is.
_THICK = {0.5: 11.0, 0.8: 6.0, 0.95: 2.0}
_SHADES = {11.0: COLOURS["rung-4"], 6.0: COLOURS["band"], 2.0: COLOURS["calm"]}
_VERDICTS = {"ahead": "triangle-up", "on": "circle", "behind": "triangle-down"}


def _bars(intervals: Sequence[Mapping[str, Any]]) -> list[tuple[float, float, float]]:
    """Thickness, lower, upper, the widest interval first."""
    out = []
    for one in sorted(intervals, key=lambda row: -row["level"]):
        thick = _THICK.get(one["level"])
        if thick is None or one["lower"] is None:
            continue
        out.append((thick, one["lower"], one["upper"]))
    return out


def forecast_fan(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """MRR that will be renewed of what is due, by month, of the study "forecast": mean and ranges,
    in major units of the currency, before what the renewal adds."""
    alt, at = altair(), language_at(language)
    months = [one for one in found["months"] if one["kept_mrr_minor_units"]["mean"] is not None]
    if not months:
        return nothing("forecast", language, width, title, word("nobody", at))
    digits = found["minor_digits"]
    order = [one["month"] for one in months]
    y = alt.Y("value:Q", scale=alt.Scale(zero=True), axis=_money_axis(found, at))
    x = month_axis(order, width - 60)
    layers = []
    thicks = sorted({bar[0] for one in months for bar in _ranges(one)})
    for thick in thicks:
        rows = [
            {"month": one["month"], "value": _major(low, digits), "upper": _major(high, digits)}
            for one in months
            for own, low, high in _ranges(one)
            if own == thick
        ]
        colour = _SHADES[thick]
        bar = alt.Chart(data(rows)).mark_rule(strokeWidth=thick, color=colour)
        layers.append(bar.encode(x=x, y=y, y2=alt.Y2("upper:Q")))
    means = [
        {"month": one["month"], "value": _major(one["kept_mrr_minor_units"]["mean"], digits)}
        for one in months
    ]
    due = [
        {"month": one["month"], "value": _major(one["due_mrr_minor_units"], digits)}
        for one in months
    ]
    layers.append(
        alt.Chart(data(due))
        .mark_tick(color=COLOURS["ink"], thickness=2, orient="horizontal", size=20)
        .encode(x=x, y=y)
    )
    layers.append(
        alt.Chart(data(means))
        .mark_point(filled=True, size=46, opacity=1, color=COLOURS["main"])
        .encode(x=x, y=y)
    )
    chart = alt.layer(*layers).properties(height=240 if width >= 520 else 200)
    return finished(chart, "forecast", language, width, title)


def _ranges(month: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    return _bars(month["kept_mrr_minor_units"]["intervals"])


def _money_axis(found: Mapping[str, Any], at: int) -> Any:
    unit = found["currency"]
    name = word("mrr", at)
    return altair().Axis(title=f"{name} ({unit})" if unit else name, format="~s", tickCount=5)


def expected_nrr(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """The portfolio's expected NRR, of the study "nrr": where what comes may lie, and the
    target."""
    alt, at = altair(), language_at(language)
    now = found["portfolio"]
    if not now or now["expected"]["value"] is None:
        return nothing("expected", language, width, title, word("nobody", at))
    expected, layers = now["expected"]["value"], []
    target = target_of(found)
    ranges = _bars(now["realised"] or [])
    ends = [expected, *(end for _, low, high in ranges for end in (low, high))]
    ends += [] if target is None else [target]
    reach = (max(ends) - min(ends)) * 0.08 or 0.02
    scale = alt.Scale(domain=[min(ends) - reach, max(ends) + reach], nice=False, zero=False)
    x = alt.X("value:Q", scale=scale, axis=alt.Axis(format=".0%", title=None, tickCount=6))
    middle = alt.YValue(34)
    for thick, low, high in ranges:
        colour = _SHADES[thick]
        bar = alt.Chart(data([{"value": low, "upper": high}]))
        layers.append(
            bar.mark_rule(strokeWidth=thick * 1.6, color=colour).encode(
                x=x, x2=alt.X2("upper:Q"), y=middle
            )
        )
    dot = alt.Chart(data([{"value": expected, "said": f"{rounded(100 * expected, 1)}%"}]))
    if target is not None:
        text = f"{word('target', at)} {rounded(100 * target, 1)}%"
        line = alt.Chart(data([{"value": target, "said": text}]))
        rule = line.mark_rule(strokeDash=[5, 4], strokeWidth=2, color=COLOURS["warn"])
        layers.append(rule.encode(x=x, y=alt.YValue(18), y2=alt.Y2Value(52)))
        align = "left" if target > expected else "right"
        words = line.mark_text(align=align, baseline="bottom", color=COLOURS["warn"])
        layers.append(words.encode(x=x, y=alt.YValue(15), text=alt.Text("said:N")))
    layers.append(
        dot.mark_point(filled=True, size=120, opacity=1, color=COLOURS["main"]).encode(
            x=x, y=middle
        )
    )
    words = dot.mark_text(baseline="top", fontWeight="bold", fontSize=13)
    layers.append(words.encode(x=x, y=alt.YValue(48), text=alt.Text("said:N")))
    chart = alt.layer(*layers).properties(height=90)
    return finished(chart, "expected", language, width, title)


def target_of(found: Mapping[str, Any]) -> float | None:
    """The target of NRR that a finding was made with."""
    for part in ("plan", "curve"):
        if found[part] and found[part].get("target") is not None:
            return float(found[part]["target"])
    return None


def nrr_curve(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """The course that reaches the target NRR, of the study "nrr", beside all customers, those who
    reached it, and the cohorts of the last months."""
    alt, at = altair(), language_at(language)
    curve = found["curve"]
    if not curve or not curve["points"]:
        return nothing("nrr", language, width, title, word("nobody", at))
    points = curve["points"]
    last = max(one["months"] for one in points)
    x = alt.X(
        "months:Q",
        scale=alt.Scale(domain=[0, last * (1.12 if width >= 520 else 1.24)], nice=False),
        axis=alt.Axis(
            title=word("months", at),
            values=list(range(0, last + 1, 2 if last > 8 else 1)),
            grid=False,
        ),
    )
    kept = alt.Axis(format=".0%", title=word("kept", at), tickCount=5)
    y = alt.Y("value:Q", scale=alt.Scale(zero=False), axis=kept)
    band = [
        {
            "months": one["months"],
            "value": one["required"]["lower"],
            "upper": one["required"]["upper"],
        }
        for one in points
        if one["required"] and one["required"]["lower"] is not None
    ]
    layers = [
        alt.Chart(data(band))
        .mark_area(color=COLOURS["band"])
        .encode(x=x, y=y, y2=alt.Y2("upper:Q"))
    ]
    ends: list[dict[str, Any]] = []
    for key, dash in (("achievers", [2, 4]), ("all", [7, 5]), ("required", [1, 0])):
        rows = [{"months": one["months"], "value": _course(one[key])} for one in points]
        rows = [row for row in rows if row["value"] is not None]
        if not rows:
            continue
        colour = COLOURS["main" if key == "required" else "calm"]
        line = alt.Chart(data(rows)).mark_line(strokeWidth=2, strokeDash=dash, color=colour)
        layers.append(line.encode(x=x, y=y))
        ends.append({**rows[-1], "said": word(key, at)})
    dots: dict[str, list[dict[str, Any]]] = {}
    for one in curve["cohorts"] or []:
        if one["ratio"]["value"] is not None:
            row = {"months": one["months"], "value": one["ratio"]["value"]}
            dots.setdefault(one["verdict"], []).append(row)
    for verdict, rows in dots.items():
        mark = alt.Chart(data(rows)).mark_point(
            shape=_VERDICTS.get(verdict, "diamond"),
            filled=verdict in _VERDICTS,
            size=70,
            opacity=1,
            color=COLOURS["warn" if verdict == "behind" else "ink"],
        )
        layers.append(mark.encode(x=x, y=y))
    values = [row["value"] for row in ends] + [
        row["value"] for rows in dots.values() for row in rows
    ]
    values += [end for row in band for end in (row["value"], row["upper"])]
    texts = alt.Chart(data(_apart(ends, (max(values) - min(values)) * 0.075)))
    words = texts.mark_text(align="left", dx=5, fontWeight="bold", baseline="middle")
    layers.append(words.encode(x=x, y=y, text=alt.Text("said:N")))
    chart = alt.layer(*layers).properties(height=220)
    return finished(chart, "nrr", language, width, title)


def _apart(ends: list[dict[str, Any]], least: float) -> list[dict[str, Any]]:
    """Words at the ends of lines, no two on top of each other."""
    before = float("-inf")
    for one in sorted(ends, key=lambda row: float(row["value"])):
        one["value"] = before = max(one["value"], before + least)
    return ends


def _course(value: Any) -> float | None:
    if isinstance(value, Mapping):
        value = value["value"]
    return None if value is None else float(value)


__all__ = ["expected_nrr", "forecast_fan", "nrr_curve", "target_of"]
