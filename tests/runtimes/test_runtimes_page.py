"""Every test that docs/runtimes.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "runtimes.md"
NAMED = re.findall(
    r"\[`([^`]+)`\]\((\.\./(?:tests|capi|examples)/[^)#]+)\)", PAGE.read_text("utf-8")
)
DEFINED = {
    ".py": "def {}(",
    ".go": "func {}(",
    ".c": "static void {}(",
    ".cpp": 'TEST_CASE("{}"',
}


def test_every_cell_names_a_test() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    head, _, *cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert head[1:] == ["C++", "C", "Python", "Go", "Spark"]
    assert {row[0] for row in cells} >= {"install", "score", "explain", "errors", "stream"}
    for row in cells:
        assert len(row) == len(head)
        for cell in row[1:]:
            assert re.search(r"\[`[^`]+`\]\(\.\./", cell), f"{row[0]}: {cell}"


@pytest.mark.parametrize(("name", "path"), NAMED)
def test_the_named_test_is_there(name: str, path: str) -> None:
    file = PAGE.parent / path
    assert file.is_file(), f"{path} is not there"
    definition = DEFINED[file.suffix].format(name)
    assert definition in file.read_text(encoding="utf-8"), f"{path} has no {definition}"
