"""A portfolio, the page that is made of it, and a browser to read it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, program

pytest.importorskip("vl_convert", reason="a report needs vl-convert-python")
pytest.importorskip("altair", reason="a report needs altair")

from aiueo.report import _make, _sections
from markupsafe import Markup
from reported import Portfolio


@pytest.fixture(scope="session")
def portfolio() -> Portfolio:
    return Portfolio("broken-1-2", 1000, 24)


@pytest.fixture(scope="session")
def both(portfolio: Portfolio) -> str:
    return portfolio.page()


@pytest.fixture(scope="session")
def file(both: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(both, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if program() is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    made = Browser()
    yield made
    made.close()


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without their charts, for tests of what is beside them."""
    monkeypatch.setattr(_make, "drawn", lambda chart, label: Markup("<svg/>"))
    for name in _sections.plot.__all__:
        if name not in ("key_of", "title_of"):
            monkeypatch.setattr(_sections.plot, name, lambda *_, **__: None)
