"""What an installation holds, and pkg-config."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from installed import C_MINIMAL, ROOT, build, libdir, prefix, run, says_c_minimal, tool, version


def test_the_shared_librarys_names() -> None:
    """libaiueo.so → libaiueo.so.MAJOR → libaiueo.so.VERSION; programs ask for the middle one."""
    major = version().split(".")[0]
    assert os.readlink(libdir() / "libaiueo.so") == f"libaiueo.so.{major}"
    assert os.readlink(libdir() / f"libaiueo.so.{major}") == f"libaiueo.so.{version()}"
    assert not (libdir() / f"libaiueo.so.{version()}").is_symlink()
    dynamic = run(tool("readelf"), "-d", libdir() / "libaiueo.so")
    assert f"Library soname: [libaiueo.so.{major}]" in dynamic
    needed = set(re.findall(r"NEEDED\).*\[(\S+)\]", dynamic))
    assert needed <= {"libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "libc.so.6"}, needed
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic


def test_headers_are_all_there() -> None:
    def headers(folder: Path) -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*.h*")}

    wanted = headers(ROOT / "include") | headers(ROOT / "capi" / "include")
    assert headers(prefix() / "include") == wanted


def test_no_file_knows_where_it_was_made() -> None:
    for path in prefix().rglob("*"):
        if path.suffix not in (".pc", ".cmake"):
            continue
        text = path.read_text(encoding="utf-8")
        for place in (ROOT, build(), prefix().parent):
            assert str(place) not in text, path


def test_the_runtime_alone_is_the_shared_library(tmp_path: Path) -> None:
    run(tool("cmake"), "--install", build(), "--prefix", tmp_path, "--component", "runtime")
    names = {path.name for path in tmp_path.rglob("*") if not path.is_dir()}
    major = version().split(".")[0]
    assert names == {f"libaiueo.so.{major}", f"libaiueo.so.{version()}"}


# ── pkg-config ───────────────────────────────────────────────────────────────────────────────────


def flags(*question: str) -> list[str]:
    """The answer, split as a shell would; paths with spaces come escaped."""
    path = {"PKG_CONFIG_PATH": str(libdir() / "pkgconfig")}
    answer = run(tool("pkg-config"), "--cflags", "--libs", *question, env=path).strip()
    return [re.sub(r"\\(.)", r"\1", one) for one in re.split(r"(?<!\\) +", answer)]


def compiled(folder: Path, *options: str) -> Path:
    program = folder / "program"
    run(
        tool("cc"),
        "-std=c99",
        "-pedantic",
        "-Werror",
        C_MINIMAL / "main.c",
        *options,
        "-o",
        program,
    )
    return program


def shared_libraries(program: Path) -> str:
    return run(tool("readelf"), "-d", program)


def test_pkg_config_shared(tmp_path: Path) -> None:
    program = compiled(tmp_path, *flags("aiueo"))
    assert "[libaiueo.so." in shared_libraries(program)
    assert "libstdc++" not in shared_libraries(program)
    says_c_minimal(program, LD_LIBRARY_PATH=str(libdir()))


def test_pkg_config_the_archive(tmp_path: Path) -> None:
    """The package aiueo-static: the archive, although the shared library lies beside it."""
    program = compiled(tmp_path, *flags("aiueo-static"))
    assert "libaiueo" not in shared_libraries(program)
    assert "libstdc++.so" in shared_libraries(program)
    says_c_minimal(program)


def test_pkg_config_the_archive_and_the_runtime(tmp_path: Path) -> None:
    inside = "--define-variable=cxx=:libstdc++.a"
    program = compiled(tmp_path, "-static-libgcc", *flags(inside, "aiueo-static"))
    assert not re.search(r"libaiueo|libstdc|libgcc", shared_libraries(program))
    says_c_minimal(program)


def test_pkg_config_static(tmp_path: Path) -> None:
    """`--static`: for a program with no shared library at all."""
    program = compiled(tmp_path, "-static", *flags("--static", "aiueo"))
    assert "NEEDED" not in shared_libraries(program)
    says_c_minimal(program)


@pytest.mark.parametrize("name", ["aiueo", "aiueo-static"])
def test_pkg_config_version(name: str) -> None:
    path = {"PKG_CONFIG_PATH": str(libdir() / "pkgconfig")}
    assert run(tool("pkg-config"), "--modversion", name, env=path).strip() == version()
    assert run(tool("pkg-config"), "--validate", name, env=path) == ""


def test_the_examples_makefile(tmp_path: Path) -> None:
    for name in ("Makefile", "main.c"):
        (tmp_path / name).write_bytes((C_MINIMAL / name).read_bytes())
    # make's shell splits what pkg-config says: not for a path with a space.
    (tmp_path / "plain").symlink_to(prefix())
    path = tmp_path / "plain" / libdir().relative_to(prefix()) / "pkgconfig"
    run(tool("make"), "-C", tmp_path, f"PKG_CONFIG_PATH={path}")
    says_c_minimal(tmp_path / "c_minimal", LD_LIBRARY_PATH=str(libdir()))
