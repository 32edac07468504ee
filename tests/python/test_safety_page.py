"""Every test that docs/safety.md and docs/limits.md name is there, and every promise names one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from places import ROOT

SAFETY = ROOT / "docs" / "safety.md"
LIMITS = ROOT / "docs" / "limits.md"
NAMED = re.findall(r"\[`([^`]+)`\]\((\.\./tests/[^)#]+)\)", SAFETY.read_text(encoding="utf-8"))
DEFINED = {".py": "def {}(", ".c": "static void {}(", ".cpp": 'TEST_CASE("{}"'}


def files_of(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    return set(re.findall(r"`(tests/[\w/.]+)`", text)) | {
        path.removeprefix("../") for path in re.findall(r"\]\((\.\./tests/[^)#]+)\)", text)
    }


def test_every_promise_names_a_test() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", SAFETY.read_text(encoding="utf-8") + "\n", re.MULTILINE)
    held = [table.splitlines() for table in tables if table[2:].startswith(("promise", "whatever"))]
    promises = [row for table in held for row in table[2:]]
    assert len(held) > 3 and len(promises) > 20
    for row in promises:
        _, test = (cell.strip() for cell in row.strip("|").split("|"))
        assert re.fullmatch(r"\[`[^`]+`\]\([^)]+\)(, \[`[^`]+`\]\([^)]+\))*", test), row


@pytest.mark.parametrize(("name", "path"), NAMED)
def test_the_named_test_is_there(name: str, path: str) -> None:
    file = SAFETY.parent / path
    assert file.is_file(), f"{path} is not there"
    definition = DEFINED[file.suffix].format(name)
    assert definition in file.read_text(encoding="utf-8"), f"{path} has no {definition}"


@pytest.mark.parametrize("page", [SAFETY, LIMITS], ids=lambda page: page.name)
def test_the_named_files_are_there(page: Path) -> None:
    named = files_of(page)
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_every_fuzz_target_is_named() -> None:
    there = {f"tests/fuzz/{one.name}" for one in (ROOT / "tests" / "fuzz").glob("fuzz_*.cpp")}
    assert there == {path for path in files_of(SAFETY) if path.startswith("tests/fuzz/fuzz_")}
