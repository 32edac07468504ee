"""The chain from our work to revenue, and where it breaks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .._bottleneck_text import _BROKEN, _VERDICTS
from .._cells import share_parts
from .._text import number
from ._style import COLOURS, altair, data, finished, nothing, shown
from ._words import language_at, word

_STEPS = {
    "1": ("Accompany", "伴走"),
    "2": ("Use", "利用"),
    "3": ("Success", "成果"),
    "4a": ("Renewal", "更新"),
    "4b": ("Growth", "拡大"),
}
#: Where things lie: of each step its left and top edge, of each link its ends and its words'.
_WIDE = {
    "size": (640, 214),
    "node": (100, 46),
    "steps": {"1": (0, 84), "2": (180, 84), "3": (360, 84), "4a": (540, 22), "4b": (540, 146)},
    "links": {
        "1-2": ((104, 107), (176, 107)),
        "2-3": ((284, 107), (356, 107)),
        "3-4a": ((464, 99), (536, 51)),
        "3-4b": ((464, 115), (536, 163)),
    },
    "words": {
        "1-2": ((140, 68), (140, 83), (140, 131), (140, 146)),
        "2-3": ((320, 68), (320, 83), (320, 131), (320, 146)),
        "3-4a": ((470, 16), (470, 31), (470, 46), (470, 61)),
        "3-4b": ((470, 160), (470, 175), (470, 190), (470, 205)),
    },
    "align": {"1-2": "center", "2-3": "center", "3-4a": "center", "3-4b": "center"},
}
_NARROW = {
    "size": (320, 388),
    "node": (112, 40),
    "steps": {"1": (0, 0), "2": (0, 112), "3": (0, 224), "4a": (0, 344), "4b": (208, 344)},
    "links": {
        "1-2": ((56, 44), (56, 108)),
        "2-3": ((56, 156), (56, 220)),
        "3-4a": ((56, 268), (56, 340)),
        "3-4b": ((116, 252), (248, 340)),
    },
    "words": {
        "1-2": ((72, 54), (72, 69), (72, 84), (72, 99)),
        "2-3": ((72, 166), (72, 181), (72, 196), (72, 211)),
        "3-4a": ((66, 284), (66, 299), (66, 314), (66, 329)),
        "3-4b": ((318, 268), (318, 283), (318, 298), (318, 313)),
    },
    "align": {"1-2": "left", "2-3": "left", "3-4a": "left", "3-4b": "right"},
}


def bottleneck(
    found: Mapping[str, Any], *, language: str = "en", width: int = 640, title: bool = True
) -> Any:
    """The four links of the study "bottleneck": how many reach the next step, the verdict, and the
    customers that are stuck. Narrower than 520 pixels it goes from top to bottom."""
    alt, at = altair(), language_at(language)
    if not found["links"]:
        return nothing("bottleneck", language, width, title, word("nobody", at))
    place: Any = _WIDE if width >= 520 else _NARROW
    across, down = place["size"]
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, across], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[down, 0], nice=False, zero=False), axis=None)
    layers: list[Any] = []
    for link in found["links"]:
        layers += _link(link, place, x, y, at)
    wide, high = place["node"]
    nodes = [
        {"x": left, "y": top, "x2": left + wide, "y2": top + high, "said": _STEPS[step][at]}
        for step, (left, top) in place["steps"].items()
    ]
    box = alt.Chart(data(nodes)).mark_rect(
        color=COLOURS["band"], stroke=COLOURS["main"], cornerRadius=6
    )
    layers.append(box.encode(x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q")))
    centres = [
        {"x": one["x"] + wide / 2, "y": one["y"] + high / 2, "said": one["said"]} for one in nodes
    ]
    names = alt.Chart(data(centres)).mark_text(fontSize=13, fontWeight="bold", baseline="middle")
    layers.append(names.encode(x=x, y=y, text=alt.Text("said:N")))
    chart = alt.layer(*layers).properties(height=down)
    return finished(chart, "bottleneck", language, width, title)


def _link(link: Mapping[str, Any], place: Any, x: Any, y: Any, at: int) -> list[Any]:
    """An arrow in the manner of its verdict, and what is known of it beside."""
    alt = altair()
    name, verdict = link["link"], link["verdict"]
    (x0, y0), (x1, y1) = place["links"][name]
    broken, flows = verdict in _BROKEN, verdict == "flows"
    colour = COLOURS["warn" if broken else "main" if flows else "calm"]
    dash = [7, 5] if broken else [1, 0] if flows else [2, 5]
    line = alt.Chart(data([{"x": x0, "y": y0, "x2": x1, "y2": y1}]))
    out = [
        line.mark_rule(color=colour, strokeWidth=4 if flows else 3, strokeDash=dash).encode(
            x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q")
        )
    ]
    head = alt.Chart(data([{"x": x1, "y": y1}])).mark_point(
        shape="triangle-right",
        filled=True,
        size=130,
        opacity=1,
        color=colour,
        angle=_turn(link, place),
    )
    out.append(head.encode(x=x, y=y))
    if not flows:
        sign = [{"x": (x0 + x1) / 2, "y": (y0 + y1) / 2, "said": "✕" if broken else "?"}]
        disc = alt.Chart(data(sign))
        out.append(
            disc.mark_point(
                shape="circle",
                filled=True,
                size=330,
                opacity=1,
                color=COLOURS["ground"],
                stroke=colour,
                strokeWidth=2,
            ).encode(x=x, y=y)
        )
        out.append(
            disc.mark_text(fontSize=12, fontWeight="bold", color=colour, baseline="middle").encode(
                x=x, y=y, text=alt.Text("said:N")
            )
        )
    value, bounds = share_parts(link["conversion"], at)
    stuck = link["stuck"]["customers"] if link["stuck"] else None
    lines = [
        (_VERDICTS[verdict][at], True),
        (value, False),
        (bounds, False),
        (f"{word('stuck', at)}: {number(stuck)}" if stuck else "", False),
    ]
    for (left, top), (text, bold) in zip(place["words"][name], lines):
        if not text:
            continue
        mark = alt.Chart(data([{"x": left, "y": top, "said": shown(text)}])).mark_text(
            align=place["align"][name],
            baseline="middle",
            fontWeight="bold" if bold else "normal",
            color=colour if bold else COLOURS["ink"],
        )
        out.append(mark.encode(x=x, y=y, text=alt.Text("said:N")))
    return out


def _turn(link: Mapping[str, Any], place: Any) -> float:
    """Degrees clockwise that an arrow's head is turned by."""
    (x0, y0), (x1, y1) = place["links"][link["link"]]
    return math.degrees(math.atan2(y1 - y0, x1 - x0)) % 360


__all__ = ["bottleneck"]
