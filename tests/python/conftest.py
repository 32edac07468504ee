"""Where the tests find the package, the library and each other."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "capi" / "python", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
os.environ.setdefault("AIUEO_LIBRARY", str(ROOT / "build" / "release" / "lib" / "libaiueo.so"))

GOLDEN = ROOT / "tests" / "golden"


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
