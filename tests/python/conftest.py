"""Where the tests find the package, the library and each other."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE.parents[1] / "capi" / "python", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from places import GOLDEN, ROOT  # noqa: E402

os.environ.setdefault("AIUEO_LIBRARY", str(ROOT / "build" / "release" / "lib" / "libaiueo.so"))


@pytest.fixture(scope="session")
def golden() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def model() -> dict[str, Any]:
    """The model of the documentation. Do not change it: copy it."""
    with open(GOLDEN / "models" / "hr-saas.json", encoding="utf-8") as file:
        return json.load(file)


@pytest.fixture(scope="session")
def plan(model: dict[str, Any]) -> Any:
    import aiueo

    return aiueo.load(model)


@pytest.fixture(scope="session")
def rows() -> dict[str, list[Any]]:
    """600 snapshots as lists of Python values; None is unknown."""
    from portfolio import snapshots

    return snapshots(600)
