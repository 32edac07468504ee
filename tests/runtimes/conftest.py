"""What the tests of all runtimes share."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / "capi" / "python"),
    str(ROOT / "tests" / "spark"),
    str(ROOT / "tests" / "python"),
]


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built once. capi/go/go.mod says which Go it takes."""
    for go in (shutil.which("go"), "/usr/local/go/bin/go"):
        if not go or not os.access(go, os.X_OK):
            continue
        env = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false"}
        env.setdefault("GOCACHE", str(ROOT / "build" / "cache" / "go"))
        version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=env)
        found = re.match(r"go1\.(\d+)", version.stdout)
        if found and int(found[1]) >= 22:
            break
    else:
        pytest.skip("no Go 1.22 or later")
    out = tmp_path_factory.mktemp("go") / "runtime_go"
    subprocess.run(
        [go, "build", "-tags", "aiueo_source", "-o", str(out), "."],
        cwd=ROOT / "tests" / "runtimes" / "go",
        check=True,
        env=env,
    )
    return out
