"""C++, C, Go and Python count the same evidence to the same bytes, or say why not."""

from __future__ import annotations

import os
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")

import aiueo  # noqa: E402
import aiueo.sim  # noqa: E402
from folder import write_folder  # noqa: E402
from tables import without_dictionaries  # noqa: E402
from test_same_bits import BIN, program, run  # noqa: E402


@dataclass
class History:
    folder: Path
    wanted: bytes


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A simulated portfolio with its ledger. Customers left before the snapshots begin."""
    world = aiueo.sim.simulate(customers=300, months=14, seed=11)
    names = ("snapshots", "contracts", "initiatives", "ledger")
    tables = {name: without_dictionaries(world.tables[name].to_arrow()) for name in names}
    plain = ["customer", "initiative", "date", "attended", "responded"]
    tables["initiatives"] = tables["initiatives"].select(plain)
    model = world.model()
    plan = aiueo.load(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aiueo.DataWarning)
        seen = plan.evidence(**tables)
    assert seen.counts["payers_unseen"] > 10 and seen.counts["observed"] > 100
    folder = tmp_path_factory.mktemp("made") / "in"
    write_folder(folder, plan, model, **tables)
    return History(folder, bytes(seen))


@pytest.mark.parametrize("name", ["cpp", "c"])
def test_programs(history: History, name: str, tmp_path: Path) -> None:
    run([str(program(f"runtime_{name}"))], history.folder, tmp_path / "out")
    assert (tmp_path / "out" / "state").read_bytes() == history.wanted


def test_go(history: History, go_program: Path, tmp_path: Path) -> None:
    run([str(go_program)], history.folder, tmp_path / "out")
    assert (tmp_path / "out" / "state").read_bytes() == history.wanted


@pytest.mark.parametrize("name", ["c", "go"])
def test_short_of_memory(
    history: History, name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whichever allocation of the library fails, the program says so and ends by itself."""
    preloaded = BIN.parent / "lib" / "libaiueo_failing_new.so"
    if not preloaded.exists():
        pytest.skip(f"{preloaded.name} is not built: it is for ELF systems")
    path = request.getfixturevalue("go_program") if name == "go" else program("runtime_c")
    at, failed = 1, 0
    while True:
        out = tmp_path / str(at)
        out.mkdir()
        done = subprocess.run(
            [str(path), str(history.folder), str(out)],
            env={
                **os.environ,
                "LD_LIBRARY_PATH": str(BIN.parent / "lib"),
                "LD_PRELOAD": str(preloaded),
                "AIUEO_FAIL_AT": str(at),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode in (1, 2) and "memory" in done.stderr, (at, done)
        assert not (out / "state").exists()
        failed += 1
        at += 1 + at // 2
    assert (out / "state").read_bytes() == history.wanted
    assert failed > 10
