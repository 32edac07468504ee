"""Filters of warnings are the process's: threads that set and restore them leave others' off."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import pytest


def filters_stay(patch: pytest.MonkeyPatch) -> None:
    """From now on the package changes none of them."""

    class Filtered(warnings.catch_warnings):  # type: ignore[type-arg,unused-ignore]
        def __init__(self, **options: Any) -> None:
            name = str(sys._getframe(1).f_globals.get("__name__"))
            assert name.partition(".")[0] != "aiueo", f"{name} changes the process's filters"
            super().__init__(**options)

    patch.setattr(warnings, "catch_warnings", Filtered)
