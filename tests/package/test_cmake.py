"""find_package, add_subdirectory and FetchContent, from hosts that enable no more than needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from installed import (
    C_MINIMAL,
    CONSUMERS,
    ROOT,
    configure_and_build,
    libdir,
    prefix,
    run,
    says_c_minimal,
    sdist,
    version,
)


def consumer(into: Path, component: str, origin: str, *more: str) -> Path:
    folder = configure_and_build(
        CONSUMERS,
        into,
        f"-DAIUEO_FROM={origin}",
        f"-DAIUEO_COMPONENT={component}",
        f"-DAIUEO_C_PROGRAM={C_MINIMAL / 'main.c'}",
        *more,
    )
    return folder / "consumer"


def try_out(program: Path, component: str) -> None:
    if component == "core":
        assert run(program).split() == ["100", "25", "0"]
    elif component == "aiueo":
        assert run(program, C_MINIMAL / "model.json").split("\n")[1] == "refused"
    else:
        says_c_minimal(program)


@pytest.mark.parametrize("component", ["core", "aiueo", "capi", "capi_static"])
def test_find_package(tmp_path: Path, component: str) -> None:
    program = consumer(tmp_path, component, "install", f"-DCMAKE_PREFIX_PATH={prefix()}")
    try_out(program, component)
    needed = run("readelf", "-d", program)
    assert ("libaiueo.so" in needed) == (component == "capi")


def test_a_component_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="aiueo"):
        consumer(tmp_path, "gui", "install", f"-DCMAKE_PREFIX_PATH={prefix()}")


def test_another_minor_version_is_not_taken(tmp_path: Path) -> None:
    major, minor, _ = version().split(".")
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(other LANGUAGES NONE)\n"
        f"find_package(aiueo {major}.{int(minor) + 1} REQUIRED COMPONENTS capi)\n"
    )
    with pytest.raises(AssertionError, match=rf"requested version[\s\S]*{version()}"):
        run("cmake", "-S", tmp_path, "-B", tmp_path / "b", f"-DCMAKE_PREFIX_PATH={prefix()}")


def test_an_installation_without_the_c_libraries_is_a_good_one(tmp_path: Path) -> None:
    for export in (libdir() / "cmake" / "aiueo").glob("aiueo-capi*"):
        hidden = tmp_path / export.name
        export.rename(hidden)
    try:
        find = ("cmake", "-S", CONSUMERS, f"-DCMAKE_PREFIX_PATH={prefix()}", "-DAIUEO_FROM=install")
        run(*find, "-B", tmp_path / "b", "-DAIUEO_COMPONENT=core")
        with pytest.raises(AssertionError, match="capi"):
            run(*find, "-B", tmp_path / "c", "-DAIUEO_COMPONENT=capi")
    finally:
        for hidden in tmp_path.glob("aiueo-capi*"):
            hidden.rename(libdir() / "cmake" / "aiueo" / hidden.name)


def test_add_subdirectory(tmp_path: Path) -> None:
    """The headers: nothing of the library is compiled."""
    program = consumer(tmp_path, "core", "subdirectory", f"-DAIUEO_SOURCE={ROOT}")
    try_out(program, "core")
    assert not list(tmp_path.rglob("*.a"))


def test_fetch_content(tmp_path: Path) -> None:
    """The archive, from the source as a host's CMake unpacks it."""
    program = consumer(tmp_path, "capi_static", "fetch", f"-DAIUEO_SOURCE=file://{sdist()}")
    try_out(program, "capi_static")
