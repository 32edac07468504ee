"""Whether the model is right: calibration, lift, and what has moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._style import COLOURS, altair, data, finished, nothing, shown
from ._words import language_at, word

#: Rows of the chart of drift; the finding has all.
MOST_ROWS = 15


def score_of(found: Mapping[str, Any], name: str | None = None) -> Mapping[str, Any] | None:
    """A score of the study "validation" by its name; the first, which is overall, if absent."""
    for one in found["scores"]:
        if name in (None, one["name"]):
            score: Mapping[str, Any] = one
            return score
    return None


def readings_of(score: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """How a score can be read as a probability: as a percentage, and by the fitted curve that is
    off least."""
    plain = [one for one in score["probability"] if one["read_as"] == "score"]
    fitted = [
        one
        for one in score["probability"]
        if one["read_as"] != "score" and one["calibration_error"] is not None
    ]
    return plain + sorted(fitted, key=lambda one: one["calibration_error"])[:1]


def calibration(
    found: Mapping[str, Any],
    *,
    score: str | None = None,
    language: str = "en",
    width: int = 420,
    title: bool = True,
) -> Any:
    """Predicted beside observed renewal, of the study "validation": overall, or another ``score``,
    read as a percentage and by its fitted curve."""
    alt, at = altair(), language_at(language)
    chosen = score_of(found, score)
    layers: list[Any] = []
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("predicted:Q", scale=unit, axis=alt.Axis(format="%", title=word("predicted", at)))
    y = alt.Y("rate:Q", scale=unit, axis=alt.Axis(format="%", title=word("renewed", at)))
    for reading in readings_of(chosen) if chosen else []:
        rows = []
        for one in reading["table"]:
            rate = one["rate"]
            if rate["value"] is None:
                continue
            lower, upper = (rate[end] if rate[end] is not None else rate["value"] for end in _ENDS)
            rows.append(
                {
                    "predicted": one["predicted"],
                    "rate": rate["value"],
                    "lower": lower,
                    "upper": upper,
                }
            )
        fitted = reading["read_as"] != "score"
        base = alt.Chart(data(rows))
        colour = COLOURS["main" if fitted else "calm"]
        layers.append(
            base.mark_rule(color=colour).encode(x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q"))
        )
        fill = COLOURS["main" if fitted else "ground"]
        shape = "circle" if fitted else "diamond"
        mark = base.mark_point(shape=shape, size=64, opacity=1, stroke=colour, fill=fill)
        layers.append(mark.encode(x=x, y=y))
    if not layers:
        return nothing("calibration", language, width, title, word("nobody", at))
    ends = [{"predicted": 0, "rate": 0}, {"predicted": 1, "rate": 1}]
    diagonal = alt.Chart(data(ends)).mark_line(strokeDash=[5, 4], color=COLOURS["calm"])
    layers.insert(0, diagonal.encode(x=x, y=y))
    chart = alt.layer(*layers).properties(height=min(width - 60, 300))
    return finished(chart, "calibration", language, width, title)


_ENDS = ("lower", "upper")


def lift(
    found: Mapping[str, Any],
    *,
    score: str | None = None,
    language: str = "en",
    width: int = 420,
    title: bool = True,
) -> Any:
    """How many of those who left are among the lowest scores, of the study "validation"."""
    alt, at = altair(), language_at(language)
    chosen = score_of(found, score)
    rows = []
    for one in chosen["lowest"] if chosen else []:
        capture = one["capture"]
        if capture["value"] is None:
            continue
        lower, upper = (
            capture[end] if capture[end] is not None else capture["value"] for end in _ENDS
        )
        rows.append(
            {"share": one["share"], "found": capture["value"], "lower": lower, "upper": upper}
        )
    if not rows:
        return nothing("lift", language, width, title, word("nobody", at))
    most = max(row["share"] for row in rows)
    x = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, most * 1.06], nice=False),
        axis=alt.Axis(format="%", title=word("lowest", at), grid=False, tickCount=5),
    )
    y = alt.Y(
        "found:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", title=word("captured", at)),
    )
    base = alt.Chart(data(rows))
    line = alt.Chart(data([{"share": 0, "found": 0}, {"share": most, "found": most}]))
    layers = [
        line.mark_line(strokeDash=[5, 4], color=COLOURS["calm"]).encode(x=x, y=y),
        base.mark_rule(color=COLOURS["calm"], strokeWidth=2).encode(
            x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")
        ),
        base.mark_line(color=COLOURS["main"], strokeWidth=2).encode(x=x, y=y),
        base.mark_point(filled=True, size=64, opacity=1, color=COLOURS["main"]).encode(x=x, y=y),
    ]
    chart = alt.layer(*layers).properties(height=min(width - 60, 300))
    return finished(chart, "lift", language, width, title)


def moved_of(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Scores and inputs with a figure, those with an alarm and the farthest above or least below
    their threshold first."""
    known = [one for one in found["inputs"] if one["psi"] is not None]
    return sorted(known, key=lambda one: (not one["alarm"], one["threshold"] - one["psi"]))


def drift(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """How far scores and inputs moved between two windows, of the study "drift": the 15 nearest to
    an alarm or beyond."""
    alt, at = altair(), language_at(language)
    rows = [
        {
            "name": f"{shown(one['name'])}\n{k}",  # two may be shortened to the same
            "zero": 0,
            "psi": one["psi"],
            "threshold": one["threshold"],
            "alarm": bool(one["alarm"]),
        }
        for k, one in enumerate(moved_of(found)[:MOST_ROWS])
    ]
    if not rows:
        return nothing("drift", language, width, title, word("nobody", at))
    names = alt.Axis(title=None, labelExpr="split(datum.label, '\\n')[0]", tickSize=0, domain=False)
    y = alt.Y("name:N", sort=[row["name"] for row in rows], axis=names)
    scale = alt.Scale(type="sqrt", zero=True, domainMax=max(row["psi"] for row in rows) * 1.05 or 1)
    x = alt.X("psi:Q", scale=scale, axis=alt.Axis(title=word("psi", at), tickCount=5))
    base = alt.Chart(data(rows))
    layers = [
        base.mark_rule(color=COLOURS["grid"], strokeWidth=2).encode(
            y=y, x=alt.X("zero:Q"), x2=alt.X2("psi:Q")
        ),
        base.mark_tick(color=COLOURS["ink"], thickness=2, orient="vertical", size=13).encode(
            y=y, x=alt.X("threshold:Q")
        ),
    ]
    for alarm in (False, True):
        own = alt.Chart(data([row for row in rows if row["alarm"] == alarm]))
        mark = own.mark_point(
            shape="triangle-up" if alarm else "circle",
            filled=True,
            size=80,
            opacity=1,
            color=COLOURS["warn" if alarm else "main"],
        )
        layers.append(mark.encode(x=x, y=y))
    chart = alt.layer(*layers).properties(height=22 * len(rows) + 40)
    return finished(chart, "drift", language, width, title)


__all__ = ["MOST_ROWS", "calibration", "drift", "lift", "moved_of", "readings_of", "score_of"]
