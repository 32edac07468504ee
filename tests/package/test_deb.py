"""The Debian package: what it holds, and a program that is built against nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from installed import C_MINIMAL, build, run, says_c_minimal, temporary, tool, version


def package() -> Path:
    tool("dpkg-deb")
    folder = temporary() / "deb"
    if not folder.exists():
        run(tool("cpack"), "-G", "DEB", "-B", folder, cwd=build())
    (found,) = folder.glob("*.deb")
    return found


def test_what_it_says() -> None:
    said = dict(
        line.split(": ", 1)
        for line in run("dpkg-deb", "--field", package()).splitlines()
        if re.match(r"\w[\w-]*: ", line)
    )
    architecture = run("dpkg", "--print-architecture").strip()
    assert (said["Package"], said["Version"]) == ("aiueo", version())
    assert package().name == f"aiueo_{version()}_{architecture}.deb"
    assert "libstdc++6" in said["Depends"]


def test_what_it_holds() -> None:
    files = {line.split()[5].removeprefix("./") for line in listing() if line[0] != "d"}
    major = version().split(".")[0]
    assert {
        *("usr/include/aiueo.h", "usr/include/aiueo/aiueo.hpp", "usr/lib/libaiueo.a"),
        *("usr/lib/libaiueo_core.a", "usr/lib/libaiueo.so", f"usr/lib/libaiueo.so.{major}"),
        *(f"usr/lib/libaiueo.so.{version()}", "usr/lib/pkgconfig/aiueo.pc"),
        *("usr/lib/pkgconfig/aiueo-static.pc", "usr/lib/cmake/aiueo/aiueo-config.cmake"),
        "usr/share/doc/aiueo/LICENSE",
    } <= files
    places = ("usr/include/aiueo", "usr/lib/", "usr/share/doc/aiueo/")
    assert all(name.startswith(places) for name in files)
    assert not any("python" in name or name.endswith(".py") for name in files)


def listing() -> list[str]:
    lines = run("dpkg-deb", "--contents", package()).splitlines()
    assert all(line.split()[1] == "root/root" for line in lines)
    return lines


def test_a_program_against_its_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    run("dpkg-deb", "--extract", package(), root)
    env = {"PKG_CONFIG_PATH": str(root / "usr" / "lib" / "pkgconfig")}
    flags = run(tool("pkg-config"), "--cflags", "--libs", "aiueo", env=env).split()
    program = tmp_path / "program"
    run(tool("cc"), "-std=c99", C_MINIMAL / "main.c", *flags, "-o", program)
    says_c_minimal(program, LD_LIBRARY_PATH=str(root / "usr" / "lib"))
    archive = (root / "usr" / "lib" / "libaiueo.a", "-lstdc++", "-lm")
    include = f"-I{root / 'usr' / 'include'}"
    run(tool("cc"), "-std=c99", include, C_MINIMAL / "main.c", *archive, "-o", program)
    says_c_minimal(program)
