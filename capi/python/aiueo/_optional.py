"""Libraries that are used where they are installed, imported when first needed."""

from __future__ import annotations

import importlib
import sys
from typing import Any

_found: dict[str, Any] = {}


def optional(name: str) -> Any:
    """The module, or None where it is not installed."""
    if name not in _found:
        try:
            _found[name] = importlib.import_module(name)
        except ImportError:
            _found[name] = None
    return _found[name]


def needed(name: str, what: str) -> Any:
    """The module; an ImportError that names `what` needs it."""
    module = optional(name)
    if module is None:
        raise ImportError(f"{what} needs {name}, which is not installed: pip install {name}")
    return module


def loaded(name: str) -> Any:
    """The module if somebody has imported it already: else no value can be of its types."""
    return sys.modules.get(name)


def numpy() -> Any:
    return optional("numpy")


def pyarrow() -> Any:
    return optional("pyarrow")
