"""Charts as pictures inside the page: drawn once, reduced to what a picture needs."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as Tree
from typing import Any

from .._optional import needed
from ..plot._style import COLOURS

_NAMESPACE = "{http://www.w3.org/2000/svg}"
#: Everything else that a drawing holds, its own notes for screen readers included, is left out: the
#: figure has a label and a table.
_ELEMENTS = frozenset(("svg", "g", "path", "line", "rect", "circle", "text", "tspan"))
_ATTRIBUTES = [
    "d",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "rx",
    "width",
    "height",
    "transform",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "text-anchor",
    "font-size",
    "font-weight",
]
_LONG = re.compile(r"-?\d+\.\d{2,}")
#: Where a default says the same.
_IDLE = {
    "opacity": "1",
    "stroke-width": "1",
    "transform": "translate(0,0)",
    "font-weight": "normal",
}


def drawn(chart: Any, label: str) -> str:
    """An Altair chart as an ``<svg>`` that a screen reader meets as one picture with a label."""
    text = needed("vl_convert", "a report").vegalite_to_svg(chart.to_dict(validate=False))
    root = Tree.fromstring(text)
    _reduce(root)
    width, height = root.get("width"), root.get("height")
    root.attrib.clear()
    inner = "".join(_written(child) for child in root)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(label)}">{inner}</svg>'
    )


def _reduce(element: Tree.Element) -> None:
    for child in list(element):
        name = child.tag.removeprefix(_NAMESPACE)
        hidden = child.get("display") == "none" or (name == "path" and not child.get("d"))
        if (
            name not in _ELEMENTS
            or hidden
            or (child.get("class") == "background" and _is_idle(child))
        ):
            element.remove(child)
            continue
        _reduce(child)
        if name == "g" and len(child) == 0:
            element.remove(child)


def _is_idle(path: Tree.Element) -> bool:
    return path.get("stroke") in (None, "none") and path.get("fill") in (None, "none")


def _written(element: Tree.Element) -> str:
    name = element.tag.removeprefix(_NAMESPACE)
    parts = []
    for key in _ATTRIBUTES:
        value = element.get(key)
        if value is None or _IDLE.get(key) == value:
            continue
        if key not in ("fill", "stroke"):
            value = _LONG.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)
        parts.append(f' {key}="{html.escape(value)}"')
    inner = "".join(_written(child) for child in element)
    if name in ("text", "tspan"):
        inner = html.escape(element.text or "", quote=False) + inner
    elif name == "g" and not parts:
        return inner
    return f"<{name}{''.join(parts)}>{inner}</{name}>" if inner else f"<{name}{''.join(parts)}/>"


def colour_rules() -> str:
    """Rules that give each of the charts' colours the value that the page's theme has for it."""
    lines = []
    for name, value in COLOURS.items():
        for part in ("fill", "stroke"):
            lines.append(f'figure [{part}="{value}"]{{{part}:var(--{name})}}')
    return "\n".join(lines)


__all__ = ["colour_rules", "drawn"]
