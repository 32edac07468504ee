"""What the tests of packaging share: an installation, and how to try it from outside.

Not a conftest.py: in one run with tests/python there would be two modules of that name. Each
test builds a user of the library outside the source tree.

The library itself is not built again: what AIUEO_BUILD (or the build that AIUEO_LIBRARY is from, or
build/release) holds is installed once, and moved, so that every test sees an installation that is
not where it was made.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMERS = Path(__file__).parent / "consumers"
C_MINIMAL = ROOT / "examples" / "c_minimal"
C_MINIMAL_SAYS = re.compile(r"Aoba .*95\.8 .*Loyal.*Midori.*Onboard.*Kuro.*Entry", re.DOTALL)


def version() -> str:
    found = re.search(r"\n  VERSION (\d+\.\d+\.\d+)\n", (ROOT / "CMakeLists.txt").read_text())
    assert found
    return found[1]


def tool(name: str) -> str:
    """A program that the test cannot do without."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}")
    return found


def run(*command: Any, env: dict[str, str] | None = None, **options: Any) -> str:
    """Runs it, shows what it printed if it fails, and gives back what it printed."""
    options.setdefault("timeout", 1800)
    done = subprocess.run(
        [str(one) for one in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**clean_environment(), **(env or {})},
        **options,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Without what would lead to the source tree or its build."""
    hidden = ("AIUEO_", "PYTHONPATH", "LD_LIBRARY_PATH", "CPATH", "LIBRARY_PATH", "PKG_CONFIG")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}


@cache
def build() -> Path:
    """The build tree whose products are tried."""
    if "AIUEO_BUILD" in os.environ:
        found = Path(os.environ["AIUEO_BUILD"])
    elif "AIUEO_LIBRARY" in os.environ:
        found = Path(os.environ["AIUEO_LIBRARY"]).resolve().parents[1]
    else:
        found = ROOT / "build" / "release"
    cache = found / "CMakeCache.txt"
    if not cache.exists():
        pytest.skip(f"{found} is not a build tree")
    if re.search(r"^AIUEO_SANITIZE:\w+=.", cache.read_text(), re.MULTILINE):
        pytest.skip("a build with sanitizers is not what is packaged")
    run(tool("cmake"), "--build", found, "--target", "aiueo_static", "aiueo_capi")
    run(tool("cmake"), "--build", found, "--target", "aiueo_capi_static")
    return found


@cache
def temporary() -> Path:
    """A folder for what several tests share, until the run ends."""
    folder = tempfile.TemporaryDirectory(prefix="aiueo-package-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def prefix() -> Path:
    """An installation that was moved after it was made."""
    top = temporary() / "install"
    run(tool("cmake"), "--install", build(), "--prefix", top / "first")
    (top / "first").rename(top / "then moved")
    return top / "then moved"


@cache
def libdir() -> Path:
    (found,) = prefix().glob("lib*/**/libaiueo.a")
    return found.parent


@cache
def sdist() -> Path:
    """The source as it is given away."""
    for module in ("build.env", "scikit_build_core"):
        pytest.importorskip(module, reason=f"no Python package {module}")
    run(
        *(sys.executable, "-m", "build", "--sdist", "--no-isolation"),
        *("--outdir", temporary() / "sdist", ROOT),
    )
    (found,) = (temporary() / "sdist").iterdir()
    return found


def configure_and_build(source: Path, into: Path, *definitions: str) -> Path:
    """A CMake project outside the tree; gives back where its programs are."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    # Not optimised: what is asked is whether it builds.
    kind = "-DCMAKE_BUILD_TYPE=None"
    run(tool("cmake"), "-S", source, "-B", into, *generator, kind, *definitions)
    run(tool("cmake"), "--build", into, "--parallel", str(os.cpu_count() or 2))
    return into


def says_c_minimal(program: Path, **env: str) -> None:
    assert C_MINIMAL_SAYS.search(run(program, C_MINIMAL / "model.json", env=env))
