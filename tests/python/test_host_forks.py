"""Processes that fork after a model was loaded: the same bits in every child and in the parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from test_host_world import HERE, MODEL, environment


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forking is POSIX's")
def test_children_tell_what_the_parent_tells() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(HERE / "host_forks.py"), MODEL],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=300,  # a child that waits for a lock which nobody holds would wait for ever
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == {
        "prefork": [0] * 5,
        "nested": [0, 0],
        "pool": [True] * 6,
        "beside threads": [[0] * 3] * 3,
        "parent": True,
    }
