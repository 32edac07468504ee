"""The reference of the Python package: what it exports, by autodoc."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any

_MODULES = {
    "aiueo": "the package: plans, scores, evidence",
    "aiueo.report": "a portfolio on one page",
    "aiueo.plot": "charts of scores and findings",
    "aiueo.spark": "the same on Spark",
    "aiueo.sim": "portfolios with a known truth",
}
_FIRST = ("load", "check", "schema", "Plan", "Scores", "ScoresRow", "Summary", "Explanation", "Gap")


def title(text: str, mark: str) -> str:
    return f"{text}\n{mark * (2 * len(text))}\n"


def _directive(module: str, name: str, value: Any) -> str:
    if inspect.isclass(value):
        lines = [f".. autoclass:: {module}.{name}", "   :members:"]
        if issubclass(value, BaseException):
            lines.append("   :show-inheritance:")
        return "\n".join(lines) + "\n"
    if callable(value):
        return f".. autofunction:: {module}.{name}\n"
    return f".. autodata:: {module}.{name}\n   :no-value:\n"


def module_text(module: ModuleType, mark: str) -> str:
    """The exported names of a module, functions first."""
    names: list[str] = list(module.__all__)
    values = {name: getattr(module, name) for name in names}
    groups = {
        "Functions": [n for n in names if not inspect.isclass(values[n]) and callable(values[n])],
        "Types": [n for n in names if inspect.isclass(values[n])],
        "Values": [n for n in names if not callable(values[n])],
    }
    types = groups["Types"]
    groups["Errors"] = [n for n in types if issubclass(values[n], BaseException)]
    groups["Types"] = [n for n in types if n not in groups["Errors"]]
    for group in groups.values():
        group.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    out = []
    for heading, each in groups.items():
        if each:
            out.append(title(heading, mark))
            out += [_directive(module.__name__, name, values[name]) for name in each]
    return "\n".join(out)


def pages() -> dict[str, str]:
    """A page for each module that users import, and one that lists them."""
    out = {}
    for name in _MODULES:
        module = importlib.import_module(name)
        text = f".. _python-{name.replace('.', '-')}:\n\n{title(name, '=')}\n"
        text += ".. highlight:: python\n\n"
        text += f".. automodule:: {name}\n   :no-members:\n\n" + module_text(module, "-")
        out["python/" + name.replace(".", "-")] = text
    rows = "\n".join(
        f"   {name}: {about} <python/{name.replace('.', '-')}>" for name, about in _MODULES.items()
    )
    out["python"] = (
        f".. _python-reference:\n\n{title('Python package', '=')}\n"
        "What each module exports. How it is used: :doc:`/python`.\n\n"
        f".. toctree::\n   :maxdepth: 1\n\n{rows}\n"
    )
    return out
