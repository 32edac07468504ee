"""A Spark of two worker processes on this machine, started once for all tests, loopback only."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "capi" / "python"
os.environ.setdefault("AIUEO_LIBRARY", str(ROOT / "build" / "release" / "lib" / "libaiueo.so"))
if str(PACKAGE) not in sys.path:
    sys.path.insert(0, str(PACKAGE))

#: Spark 4.3 says this of pandas 3, which nothing here uses.
IGNORE = "ignore:PySpark does not yet fully support pandas:FutureWarning"

# A short life: compile little, collect simply.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

SETTINGS = {
    "spark.driver.extraJavaOptions": JVM,
    "spark.executor.extraJavaOptions": JVM,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "97",  # so that a partition has many
    "spark.default.parallelism": "4",
    "spark.sql.session.timeZone": "Asia/Tokyo",
    "spark.executor.memory": "512m",
    "spark.task.maxFailures": "1",
}


def java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java")) if home else shutil.which("java")


def why_not() -> str:
    """A line that says what Spark's tests lack here; empty where they can run."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "PySpark is not installed"
    return "" if java() else "there is no Java for Spark"


def environment(folder: str) -> dict[str, str]:
    """What the processes that Spark starts need to find Python, the package and loopback."""
    path = [str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_LOCAL_DIRS": folder,
        "SPARK_WORKER_DIR": folder,
    }


@functools.lru_cache(maxsize=1)
def session() -> Any:
    """The session; skips where Spark cannot run."""
    if why_not():
        pytest.skip(why_not())
    folder = tempfile.mkdtemp(prefix="aiueo-spark-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(environment(folder))
    try:
        out = _start("local-cluster[2,1,1024]", folder)
        found = out.sparkContext.parallelize(range(4), 4).map(lambda _: os.getpid()).collect()
        assert len(set(found)) >= 1
    except Exception as failure:
        print(f"no cluster of two worker processes here, so local[2]: {failure}", file=sys.stderr)
        out = _start("local[2]", folder)
    return out


def _start(master: str, folder: str) -> Any:
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = SparkSession.builder.master(master).appName("aiueo tests")
        for name, value in {**SETTINGS, "spark.sql.warehouse.dir": folder}.items():
            builder = builder.config(name, value)
        out = builder.getOrCreate()
    out.sparkContext.setLogLevel("OFF")
    atexit.register(out.stop)
    return out


# ── what a session does ──────────────────────────────────────────────────────────────────────


def jobs(spark: Any) -> int:
    """How many jobs the session has run."""
    return len(spark.sparkContext.statusTracker().getJobIdsForGroup(None))


def marks(spark: Any, mark: bool) -> list[tuple[int, int]]:
    """Of each worker process: its id, and how many of its plans were marked before."""

    def probe(batches: Iterator[Any]) -> Iterator[Any]:
        import time

        import pyarrow as pa
        from aiueo.spark._worker import _held

        list(batches)
        time.sleep(0.2)
        seen = sum(getattr(held.plan, "marked", False) for held in _held.values())
        for held in _held.values() if mark else ():
            held.plan.marked = True
        yield pa.record_batch({"pid": [os.getpid()], "seen": [seen]})

    frame = spark.range(0, 4, 1, 4).mapInArrow(probe, "pid long, seen long")
    return [tuple(row) for row in frame.collect()]


def most(found: list[tuple[int, int]], pid: int) -> int:
    return max(seen for one, seen in found if one == pid)
