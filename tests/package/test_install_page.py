"""docs/install.md: its commands run as they are written, its projects configure and build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from installed import (
    C_MINIMAL,
    ROOT,
    build,
    configure_and_build,
    libdir,
    prefix,
    run,
    says_c_minimal,
    sdist,
    tool,
    version,
)

PAGE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")


def blocks(word: str) -> list[str]:
    return re.findall(rf"^```{word}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the reader is: beside the sources, with a program, a build and an installation."""
    for name in ("main.c", "model.json"):
        (tmp_path / name).write_bytes((C_MINIMAL / name).read_bytes())
    (tmp_path / "aiueo").symlink_to(ROOT)
    (tmp_path / "installed").symlink_to(prefix())
    return tmp_path


def test_the_programs_of_pkg_config(folder: Path) -> None:
    tool("pkg-config")
    (block,) = (one for one in blocks("sh") if "pkg-config" in one)
    run("sh", "-ec", block.replace("/opt/aiueo", str(folder / "installed")), cwd=folder)
    programs = re.findall(r"-o (\w+)", block)
    assert len(programs) == 4
    for name in programs:
        shared = {"LD_LIBRARY_PATH": str(libdir())} if name == "with_the_shared_library" else {}
        says_c_minimal(folder / name, **shared)


def test_building_and_installing(folder: Path) -> None:
    """The sources are configured as it says; what is installed was built before."""
    configuring, _, installing = blocks("sh")[0].splitlines()
    said = run("sh", "-ec", configuring, cwd=folder)
    assert "Manually-specified variables were not used" not in said
    installing = installing.replace("install build ", f"install {build()} ")
    run("sh", "-ec", installing.replace("/opt/aiueo", str(folder / "opt")), cwd=folder)
    names = re.findall(r"`((?:lib|include)/[\w./]+)`", PAGE)
    assert len(names) >= 7
    for name in names:
        assert (folder / "opt" / name).exists(), name


def test_the_debian_package(folder: Path) -> None:
    tool("dpkg-deb")
    (block,) = (one for one in blocks("sh") if "cpack" in one)
    made = folder / "made"
    run("sh", "-ec", block.replace("cd build", f"cd {build()}").replace("packages", str(made)))
    assert list(made.glob("*.deb"))


@pytest.mark.parametrize("word", ["find_package", "add_subdirectory", "FetchContent"])
def test_the_projects(folder: Path, word: str) -> None:
    (block,) = (one for one in blocks("cmake") if word in one)
    text = "cmake_minimum_required(VERSION 3.22)\nproject(reader LANGUAGES C)\n"
    if word == "find_package":
        text += "add_executable(backend main.c)\n"
    (folder / "CMakeLists.txt").write_text(text + block)
    definitions = [f"-DCMAKE_PREFIX_PATH={prefix()}"]
    if word == "find_package":
        configure_and_build(folder, folder / "b", *definitions)
        says_c_minimal(folder / "b" / "backend")
    else:  # what they build, test_cmake.py builds
        definitions.append(f"-Daiueo_archive=file://{sdist()}")
        run(tool("cmake"), "-S", folder, "-B", folder / "b", *definitions)


def test_it_speaks_of_this_version() -> None:
    assert set(re.findall(r"\d+\.\d+\.\d+", PAGE)) == {version()}
