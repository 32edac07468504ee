"""The tables of examples/scenarios/churnsim_crm. The data are optional: the folder named by
AIUEO_DATA, else ../shared/data beside the repository."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("AIUEO_DATA") or ROOT.parent / "shared" / "data") / "churnsim_crm"


def churnsim() -> tuple[str, Any]:
    """The model, and the snapshots as an Arrow table; skips where the data are not."""
    if not DATA.is_dir():
        pytest.skip(f"churnsim_crm is not in {DATA.parent}; AIUEO_DATA names the folder")
    model, snapshots, _ = _loaded()
    return model, snapshots


def churnsim_history() -> tuple[str, Any, Any]:
    """The model, the snapshots and the contracts, likewise."""
    churnsim()
    return _loaded()


@functools.lru_cache(maxsize=1)
def _loaded() -> tuple[str, Any, Any]:
    import pyarrow.parquet as pq

    scenario = ROOT / "examples" / "scenarios" / "churnsim_crm"
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, str(scenario / "load.py"), str(DATA), made, "parquet"]
        subprocess.run(command, check=True)
        snapshots, contracts = (
            pq.read_table(Path(made) / f"{name}.parquet", memory_map=False)
            for name in ("snapshots", "contracts")
        )
    return str(scenario / "model.json"), snapshots, contracts
