"""The wheel and the source distribution, in an environment that has nothing else.

Building the wheel compiles the whole library, so it is done once: from the source distribution,
which proves that this is complete.
"""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path

from installed import ROOT, run, sdist, temporary, version


@cache
def wheel() -> Path:
    """Compiled without optimisation: what is asked is what is inside."""
    with tarfile.open(sdist()) as archive:
        archive.extractall(temporary() / "unpacked")
    (source,) = (temporary() / "unpacked").iterdir()
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("-C", "cmake.build-type=None", "--outdir", temporary() / "wheel", source),
    )
    (found,) = (temporary() / "wheel").iterdir()
    return found


def test_the_source_distribution_is_the_source() -> None:
    assert sdist().name == f"aiueo-{version()}.tar.gz"
    with tarfile.open(sdist()) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    for needed in (
        "CMakeLists.txt",
        "LICENSE",
        "README.md",
        "capi/include/aiueo.h",
        "cmake/install.cmake",
    ):
        assert needed in names
    for unwanted in ("build/", ".git/", ".ci/"):
        assert not any(name.startswith(unwanted) for name in names), unwanted
    assert sdist().stat().st_size < 8 << 20


def test_what_is_in_the_wheel() -> None:
    name, number, python, abi, platform = wheel().stem.split("-")
    assert (name, number, python, abi) == ("aiueo", version(), "py3", "none")
    assert platform != "any"
    with zipfile.ZipFile(wheel()) as archive:
        names = archive.namelist()
        (metadata,) = (one for one in names if one.endswith("METADATA"))
        text = archive.read(metadata).decode()
    assert "aiueo/libaiueo.so" in names and "aiueo/py.typed" in names
    assert not any(one.endswith((".hpp", ".cmake", ".pc", ".a")) for one in names)
    inside = sorted(one for one in names if one.endswith(".py"))
    tree = ROOT / "capi" / "python"
    assert inside == sorted(str(one.relative_to(tree)) for one in tree.rglob("*.py"))
    others = {"report/page.html", "report/page.css", "report/page.js"}
    assert {f"aiueo/{one}" for one in others} <= set(names)
    needs = [line for line in text.splitlines() if line.startswith("Requires-Dist:")]
    assert all("extra ==" in line for line in needs), needs


SCORE = """
import aiueo, json, sys
assert aiueo.__file__.startswith(sys.prefix), aiueo.__file__
model = {
    "aiueo": 1,
    "metrics": {"logins": {"type": "number"}},
    "axes": {"U": {"components": {"use": {"metric": "logins", "curve": [[0, 0], [10, 100]]}}}},
    "overall": {"weights": {"U": 1}},
}
plan = aiueo.load(model)
scores = plan.score({"customer": ["a", "b", "c"], "logins": [10, 2.5, None]})
print(list(scores["U"]))
print(plan.score_one(logins=5).U)
"""


def test_an_empty_environment(tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", wheel())
    said = run(python, "-c", SCORE, cwd=tmp_path).split("\n")
    assert said[:2] == ["[100.0, 25.0, nan]", "50.0"]
    command = tmp_path / "venv" / "bin" / "aiueo"
    assert os.access(command, os.X_OK)
    run(python, "-m", "pip", "uninstall", "--yes", "--quiet", "aiueo")
    assert list((tmp_path / "venv").rglob("*aiueo*")) == []
