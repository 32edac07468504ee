"""Go: the service of the examples as one binary, against an installation and against the tree."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from installed import ROOT, build, libdir, run, tool

C_ALONE = {"libc.so.6", "libm.so.6", "libresolv.so.2", "ld-linux-x86-64.so.2"}


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    tool("pkg-config")
    found = shutil.which("go") or "/usr/local/go/bin/go"
    settings = {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", "GOPROXY": "off"}
    settings["GOCACHE"] = os.environ.get("GOCACHE", str(ROOT / "build" / "cache" / "go"))
    if not os.access(found, os.X_OK):
        pytest.skip("no Go")
    said = re.match(r"go1\.(\d+)", run(found, "env", "GOVERSION", env=settings))
    if not said or int(said[1]) < 22:
        pytest.skip("no Go 1.22 or later")
    return found, settings


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """The example and the package, outside the tree."""
    for name in ("capi/go", "examples/go_service"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path / "examples" / "go_service"


def needed(program: Path) -> set[str]:
    return set(re.findall(r"NEEDED\).*\[(\S+)\]", run(tool("readelf"), "-d", program)))


def says_it_is_there(program: Path, folder: Path, **env: str) -> None:
    """It loads the model and scores: without -load it would serve."""
    said = run(
        *(program, "-model", folder / "model.json", "-load", "200ms", "-clients", "1"),
        env=env,
        cwd=folder,
    )
    assert re.search(r"with scoring +\d+ requests/s", said), said


def test_one_binary_from_an_installation(go: tuple[str, dict[str, str]], service: Path) -> None:
    program, settings = go
    here = {**settings, "PKG_CONFIG_PATH": str(libdir() / "pkgconfig")}
    run(program, "build", "-tags", "aiueo_static", env=here, cwd=service)
    assert needed(service / "go_service") <= C_ALONE
    says_it_is_there(service / "go_service", service)


def test_no_shared_library_at_all(go: tuple[str, dict[str, str]], service: Path) -> None:
    program, settings = go
    here = {**settings, "PKG_CONFIG_PATH": str(libdir() / "pkgconfig")}
    tags = ("-tags", "aiueo_static,netgo,osusergo", "-ldflags", '-extldflags "-static"')
    run(program, "build", *tags, env=here, cwd=service)
    assert needed(service / "go_service") == set()
    says_it_is_there(service / "go_service", service)


def test_the_shared_library_from_an_installation(
    go: tuple[str, dict[str, str]], service: Path
) -> None:
    program, settings = go
    here = {**settings, "PKG_CONFIG_PATH": str(libdir() / "pkgconfig")}
    run(program, "build", env=here, cwd=service)
    assert "libaiueo.so.0" in needed(service / "go_service")
    says_it_is_there(service / "go_service", service, LD_LIBRARY_PATH=str(libdir()))


def test_one_binary_from_the_tree(go: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    if build() != ROOT / "build" / "release":
        pytest.skip("the tag aiueo_source links build/release")
    program, settings = go
    folder = ROOT / "examples" / "go_service"
    made = tmp_path / "go_service"
    run(
        program, "build", "-tags", "aiueo_static,aiueo_source", "-o", made, env=settings, cwd=folder
    )
    assert needed(made) <= C_ALONE
    says_it_is_there(made, folder)
