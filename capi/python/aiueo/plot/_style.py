"""How charts look: their colours, their type, and what every one of them is finished with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._optional import needed
from .._text import width as cells_of
from ..explain import label_of
from ._words import key_of, title_of

#: By name, the colour on white. A page that has another ground gives them by these values.
COLOURS = {
    "ink": "#1f2933",
    "muted": "#59636e",
    "grid": "#e2e7ec",
    "ground": "#fefefe",
    "main": "#1f6aa5",
    "band": "#c9dff0",
    "warn": "#b84a00",
    "calm": "#6f7b87",
    "on-dark": "#fcfcfd",
    # Rungs, lowest first: told apart by lightness, so also without colour.
    "rung-1": "#dfe7ee",
    "rung-2": "#bcd3e6",
    "rung-3": "#93b9d9",
    "rung-4": "#659bc8",
    "rung-5": "#3a7cb3",
    "rung-6": "#1c5c92",
    "rung-7": "#0d3f6b",
}
_RUNGS = 7
_FIRST_DARK_RUNG = 4
_FONT = "sans-serif"
#: Longer names would push a chart off its page; the table beside it has them whole.
_NAME_CELLS = 26
#: What no font shows, and what would turn the text around it.
_UNSHOWN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def altair() -> Any:
    return needed("altair", "a chart")


def data(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as the text of their JSON: Altair copies charts whole, and a text costs it nothing."""
    alt = altair()
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False)
    return alt.InlineData(values=text, format=alt.DataFormat(type="json"))


def shown(text: object, cells: int = _NAME_CELLS) -> str:
    """A name as a chart shows it: in one line, not too long, with a mark for what has no shape."""
    line = _UNSHOWN.sub("\ufffd", str(text))
    if cells_of(line) <= cells:
        return line
    kept = line[:cells]
    while cells_of(kept) > cells - 1:
        kept = kept[:-1]
    return kept + "…"


def names_of(plan: Any, language: str) -> dict[str, str]:
    """Labels of a model's axes and rungs by their names."""
    if plan is None:
        return {}
    described = plan.describe()
    named = [*described["axes"], *(one for of in described["ladders"] for one in of["rungs"])]
    return {one["name"]: label_of(one, language) for one in named}


def rung_colours(count: int) -> list[str]:
    """From the lowest to the highest, as far apart as there is room."""
    last = max(count - 1, 1)
    return [COLOURS[f"rung-{1 + k * (_RUNGS - 1) // last}"] for k in range(count)]


def over_rung(colour: str) -> str:
    """The colour of text on a rung's colour."""
    dark = {COLOURS[f"rung-{k}"] for k in range(_FIRST_DARK_RUNG, _RUNGS + 1)}
    return COLOURS["on-dark" if colour in dark else "ink"]


def few(values: Sequence[str], most: int) -> list[str]:
    """At most so many of a row of labels, at equal distances, the last among them."""
    step = -(-len(values) // max(most, 1)) or 1
    return [value for k, value in enumerate(values) if (len(values) - 1 - k) % step == 0]


def month_axis(months: Sequence[str], width: int, **more: Any) -> Any:
    """Months along the bottom, as many labels as have room."""
    alt = altair()
    axis = alt.Axis(values=few(months, width // 64), labelAngle=0, title=None, grid=False)
    return alt.X("month:O", sort=list(months), axis=axis, **more)


def wrapped(text: str, width: int) -> list[str]:
    """Lines that fit beside each other's width, broken at spaces, or after any sign of Japanese."""
    most = max(width // 6, 12)
    lines, line = [], ""
    for piece in re.findall(
        r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff]+|\s", text
    ):
        if line and cells_of(line + piece) > most:
            lines.append(line.strip())
            line = ""
        line += piece
    return [one for one in [*lines, line.strip()] if one]


def finished(
    chart: Any, name: str, language: str, width: int, title: bool, fit: bool = True
) -> Any:
    """With a heading and a key if wanted, and in the one style. `fit`: the width is that of all."""
    alt = altair()
    if title:
        chart = chart.properties(
            title=alt.TitleParams(
                text=title_of(name, language),
                subtitle=wrapped(key_of(name, language), width),
                anchor="start",
                offset=12,
            )
        )
    if fit:
        chart = chart.properties(
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), width=width
        )
    axis = {
        "labelColor": COLOURS["muted"],
        "titleColor": COLOURS["muted"],
        "tickColor": COLOURS["grid"],
        "domainColor": COLOURS["grid"],
        "gridColor": COLOURS["grid"],
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 170,
        "titlePadding": 8,
    }
    return chart.configure(
        background="transparent",
        font=_FONT,
        padding=4,
        axis=axis,
        view={"stroke": None},
        text={"fontSize": 11, "fill": COLOURS["ink"]},
        title={
            "color": COLOURS["ink"],
            "subtitleColor": COLOURS["muted"],
            "fontSize": 14,
            "subtitleFontSize": 11,
        },
    )


def nothing(name: str, language: str, width: int, title: bool, text: str) -> Any:
    """A chart that says that there is nothing to show."""
    alt = altair()
    mark = alt.Chart(data([{"text": text}])).mark_text(color=COLOURS["muted"])
    chart = mark.encode(text=alt.Text("text:N")).properties(height=60)
    return finished(chart, name, language, width, title)


__all__ = [
    "COLOURS",
    "altair",
    "data",
    "few",
    "finished",
    "month_axis",
    "names_of",
    "nothing",
    "over_rung",
    "rung_colours",
    "shown",
    "wrapped",
]
