"""Programs that were compiled against an older header go on working: by comparison, and by one."""

from __future__ import annotations

import re
from pathlib import Path

import abi
import pytest
from installed import CONSUMERS, ROOT, build, libdir, run, tool

HEADERS = sorted((ROOT / "capi" / "abi").glob("aiueo-*.h"))


def test_nothing_was_removed_or_changed() -> None:
    tool("abidw")
    today = build() / "abi" / "today.xml"
    library = abi.built_for_abi(build())
    today.write_text(abi.dump(library), encoding="utf-8")
    words, _, broken = abi.compare(abi.BASELINE, today)
    print(words)  # what was added
    assert not broken, words


CHANGES = {
    "a function": (r" *<function-decl name='aiueo_plan_gap'[\s\S]*?</function-decl>\n", ""),
    "a size": ("(?<=name='aiueo_batch_options' size-in-bits=)'384'", "'448'"),
    "a place": (r"'352'(?=>\s+<var-decl name='has_as_of')", "'320'"),
    "a type": (r"(?<=name='has_as_of' type-id=)'\w+'", "'8f92235e'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparison_sees(change: str, tmp_path: Path) -> None:
    tool("abidiff")
    before = abi.BASELINE.read_text(encoding="utf-8")
    after, count = re.subn(*CHANGES[change], before)
    if change == "a function":
        after, more = re.subn(" *<elf-symbol name='aiueo_plan_gap'.*\n", "", after)
        count += more - 1
    assert count == 1
    changed = tmp_path / "changed.xml"
    changed.write_text(after, encoding="utf-8")
    assert abi.compare(abi.BASELINE, changed)[2]
    if change == "a function":  # what is new is no harm, and is said
        words, added, broken = abi.compare(changed, abi.BASELINE)
        assert added and not broken
        assert "aiueo_plan_gap" in words


def test_the_comparison_sees_nothing_where_nothing_is() -> None:
    tool("abidiff")
    assert abi.compare(abi.BASELINE, abi.BASELINE)[1:] == (False, False)


def test_the_baseline_names_no_place() -> None:
    assert not re.search(r"='[^'\n]*/[^'\n]*'", abi.BASELINE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("header", HEADERS, ids=lambda one: one.stem)
@pytest.mark.parametrize("link", ["libaiueo.so", "libaiueo.a"])
def test_an_old_program_runs(header: Path, link: str, tmp_path: Path) -> None:
    (tmp_path / "aiueo.h").write_bytes(header.read_bytes())
    program = tmp_path / "old_program"
    run(
        *(tool("gcc"), "-std=c99", "-pedantic", "-Werror", f"-I{tmp_path}"),
        *(CONSUMERS / "old_program.c", libdir() / link, "-lstdc++", "-lm", "-o", program),
    )
    assert run(program, env={"LD_LIBRARY_PATH": str(libdir())}) == "as ever\n"


def constants(header: Path) -> dict[str, str]:
    """What debug information does not have."""
    lines = run(tool("gcc"), "-E", "-dM", "-x", "c", header).splitlines()
    found = (re.fullmatch(r"#define (AIUEO_[A-Z0-9_]+) (.+)", line) for line in lines)
    return {one[1]: one[2] for one in found if one and one[1] != "AIUEO_API"}


@pytest.mark.parametrize("header", HEADERS, ids=lambda one: one.stem)
def test_constants_are_what_they_were(header: Path) -> None:
    old = constants(header)
    new = constants(ROOT / "capi" / "include" / "aiueo.h")
    assert len(old) > 50
    assert old.items() <= new.items(), sorted(old.items() - new.items())


def test_there_is_a_program_of_every_function() -> None:
    """What the oldest header declares, the old program calls."""
    text = HEADERS[0].read_text(encoding="utf-8")
    declared = set(re.findall(r"AIUEO_API [^;(]*?\b(aiueo_\w+)\(", text))
    called = set(re.findall(r"\b(aiueo_\w+)\(", (CONSUMERS / "old_program.c").read_text()))
    assert declared - called == set()
