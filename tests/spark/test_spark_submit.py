"""The example runs by spark-submit, as its page says, and the code of docs/spark.md runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cluster
import pytest

pa = pytest.importorskip("pyarrow")
if cluster.why_not():
    pytest.skip(cluster.why_not(), allow_module_level=True)

import aiueo  # noqa: E402
import aiueo.sim  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import pyspark  # noqa: E402
from cluster import ROOT  # noqa: E402
from tables import assert_same, without_dictionaries  # noqa: E402

pytestmark = pytest.mark.filterwarnings(cluster.IGNORE)
EXAMPLE = ROOT / "examples" / "spark"
PAGE = ROOT / "docs" / "spark.md"


def submit(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    program = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    settings = [f"--conf={name}={value}" for name, value in cluster.SETTINGS.items()]
    command = [str(program), "--master", "local[2]", *settings, str(EXAMPLE / words[0])]
    return subprocess.run(
        [*command, *map(str, words[1:])],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **cluster.environment(str(folder))},
    )


def test_the_example(tmp_path: Path) -> None:
    world = aiueo.sim.simulate(customers=200, months=6, seed=2)
    world.write(str(tmp_path / "demo"))
    demo = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "to_parquet.py"), str(demo)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    model, tables = demo / "model.json", (demo / "snapshots.parquet", demo / "initiatives.parquet")
    done = submit(
        tmp_path, "score_portfolio.py", model, tables[0], demo / "scores",
        "--initiatives", tables[1], "--check-all",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "scored, overall" in done.stdout
    snapshots, initiatives = (pq.read_table(path) for path in tables)
    wanted = aiueo.load(model).score(snapshots, initiatives=initiatives).to_arrow()
    assert_same(pq.read_table(demo / "scores"), without_dictionaries(wanted))

    state = demo / "all.state"
    contracts = demo / "contracts.parquet"
    done = submit(
        tmp_path, "count_evidence.py", model, tables[0], contracts, state,
        "--initiatives", tables[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = aiueo.load(model).evidence(snapshots, pq.read_table(contracts), initiatives=initiatives)
    assert state.read_bytes() == bytes(seen)
    assert str(seen.study("renewal")) in done.stdout

    broken = tmp_path / "broken.json"
    broken.write_text(model.read_text(encoding="utf-8").replace('"number"', '"nummer"', 1))
    done = submit(tmp_path, "score_portfolio.py", broken, tables[0], demo / "never")
    assert done.returncode == 2
    # spark-submit shows both streams of a program in Python as one.
    said = [line for line in done.stdout.splitlines() if line.startswith("score_portfolio:")]
    assert len(said) == 1 and "nummer" in said[0], done.stdout + done.stderr
    assert not (demo / "never").exists()


def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its blocks of Python run one after the other, in a folder with what they read."""
    spark = cluster.session()
    world = aiueo.sim.simulate(customers=60, months=3, seed=4)
    world.write(str(tmp_path))
    for name in ("snapshots", "contracts", "initiatives"):
        table = without_dictionaries(world.tables[name].to_arrow())
        pq.write_table(table, tmp_path / f"{name}.parquet")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) >= 6
    names: dict[str, Any] = {"spark": _Rooted(spark, tmp_path)}
    for block in blocks:
        block = block.replace('.parquet("scores")', f'.parquet("{tmp_path}/scores")')
        exec(compile(block, str(PAGE), "exec"), names)
    assert pq.read_table(tmp_path / "scores").num_rows == len(world.snapshots)
    seen = aiueo.load("model.json").evidence(
        world.snapshots, world.contracts, initiatives=world.initiatives
    )
    assert Path("all.state").read_bytes() == bytes(seen)


class _Rooted:
    """A session whose relative paths are in a folder: the JVM's own stays where it was."""

    def __init__(self, spark: Any, folder: Path) -> None:
        self.spark = spark
        self.folder = folder
        self.read = self

    def parquet(self, path: str) -> Any:
        return self.spark.read.parquet(str(self.folder / path))
