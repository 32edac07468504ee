"""The library through its C ABI beside NumPy, DuckDB and Polars, in one process, taking turns.

Called by run.py, which sets POLARS_MAX_THREADS before Polars is first imported. Prints JSON lines.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable

import engines
import numpy as np

HERE = Path(__file__).resolve().parent


class Ours:
    """A batch bound once, scores made once; `run` is what is timed."""

    def __init__(self, columns: dict[str, np.ndarray], threads: int, fresh: bool) -> None:
        import aiueo
        from aiueo import _structs as c
        from aiueo._library import library, make

        self.plan = aiueo.load(HERE / "model.json")
        self.batch = self.plan.batch(columns)
        self.rows = self.batch.rows
        self.threads = threads
        self.fresh = fresh
        self._make = lambda: make(
            "scores", library().aiueo_scores_new, self.plan.handle.pointer, self.rows, None
        )
        self._score = library().aiueo_plan_score
        self._column = library().aiueo_scores_column
        self._pool = ThreadPoolExecutor(threads)
        share = -(-self.rows // threads // 64) * 64
        self._ranges = [
            (min(self.rows, k * share), min(self.rows, (k + 1) * share)) for k in range(threads)
        ]
        self._ranges[-1] = (self._ranges[-1][0], self.rows)
        self._kinds = {c.TYPE_FLOAT64: np.float64, c.TYPE_INT16: np.int16}
        self.scores = self._make()

    def _part(self, begin: int, end: int) -> int:
        batch = self.batch.parts[0].handle.pointer
        return self._score(self.plan.handle.pointer, batch, begin, end, self.scores.pointer, None)

    def run(self) -> None:
        if self.fresh:
            self.scores = self._make()
        if self.threads == 1:
            failed = self._part(0, self.rows)
        else:
            failed = max(self._pool.map(lambda both: self._part(*both), self._ranges))
        if failed:
            raise SystemExit(f"bench: scoring failed with status {failed}")

    def results(self) -> dict[str, np.ndarray]:
        out = {}
        for name in (*engines.NUMBERS, *engines.LEVELS):
            kind, address = ctypes.c_int32(), ctypes.c_void_p()
            raw = name.encode()
            self._column(
                self.scores.pointer,
                raw,
                len(raw),
                ctypes.byref(kind),
                ctypes.byref(address),
                None,
            )
            dtype = np.dtype(self._kinds[kind.value])
            memory = (ctypes.c_char * (self.rows * dtype.itemsize)).from_address(address.value)
            out[name] = np.frombuffer(memory, dtype)
        return out


def must_equal(
    ours: dict[str, Any], theirs: dict[str, Any], whose: str, within: float = 0.0
) -> None:
    """Exits with 1 at the first row that differs: levels at all, numbers by more than ``within``
    (0: to the bit). Where nothing is known stand NaN and -1."""
    for name, values in ours.items():
        other = np.asarray(theirs[name])
        if len(values) != len(other):
            raise SystemExit(f"bench: {whose} has {len(other)} rows of {len(values)}")
        same = values == other
        if name in engines.NUMBERS:
            same |= np.isnan(values) & np.isnan(other)
            if within:
                same |= np.abs(values - other) <= within
        if not same.all():
            row = int(np.argmin(same))
            raise SystemExit(f"bench: row {row}: {name} is {values[row]}, by {whose} {other[row]}")


def from_arrow(table: Any) -> dict[str, np.ndarray]:
    out = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        fill = float("nan") if name in engines.NUMBERS else -1
        out[name] = column.fill_null(fill).to_numpy(zero_copy_only=False)
    return out


class Race:
    def __init__(self, rows: int, rounds: int) -> None:
        self.rows, self.rounds = rows, rounds
        self.runs: dict[tuple[str, int], Callable[[], Any]] = {}
        self.wall: dict[tuple[str, int], list[float]] = {}
        self.cpu: dict[tuple[str, int], list[float]] = {}

    def go(self) -> None:
        for key in self.runs:
            self.wall[key], self.cpu[key] = [], []
        for measured in [False] + [True] * self.rounds:
            for key, run in self.runs.items():
                cpu, wall = time.process_time(), time.perf_counter()
                result = run()
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                del result
                if measured:
                    self.wall[key].append(wall * 1e9 / self.rows)
                    self.cpu[key].append(cpu * 1e9 / self.rows)

    def _line(self, key: tuple[str, int], isa: str) -> dict[str, Any]:
        return {
            "workload": "W1",
            "variant": key[0],
            "isa": isa if key[0].startswith("aiueo") else "",
            "threads": key[1],
            "rows": self.rows,
            "ns_per_row": round(min(self.wall[key]), 4),
            "median_ns_per_row": round(statistics.median(self.wall[key]), 4),
            "cpu_ns_per_row": round(min(self.cpu[key]), 4),
            "rounds": self.rounds,
        }

    def lines(self, isa: str) -> list[dict[str, Any]]:
        out = [self._line(key, isa) for key in self.runs if not key[0].startswith("aiueo")]
        for key in self.runs:
            if not key[0].startswith("aiueo"):
                continue
            for other in self.runs:
                if other[0].startswith("aiueo") or other[1] != key[1]:
                    continue
                pairs = zip(self.wall[other], self.wall[key])
                out.append(
                    self._line(key, isa)
                    | {
                        "against": other[0],
                        "ratio": round(min(self.wall[other]) / min(self.wall[key]), 3),
                        "median_ratio": round(statistics.median(a / b for a, b in pairs), 3),
                        "cpu_ratio": round(min(self.cpu[other]) / min(self.cpu[key]), 3),
                    }
                )
        return out


def with_nulls(columns: dict[str, np.ndarray]) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array(x, mask=np.isnan(x)) for name, x in columns.items()})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", default="numpy,duckdb,polars")
    parser.add_argument("--isa", default="")
    asked = parser.parse_args()
    wanted = asked.engines.split(",")
    with open(HERE / "model.json", encoding="utf-8") as file:
        spec = engines.read(json.load(file))
    data = np.load(asked.data, mmap_mode="r")
    # A copy in memory for all: a page of the file that is read for the first time costs extra.
    columns = {name: np.array(data[k]) for k, name in enumerate(spec.ranges)}
    rows = len(data[0])
    race = Race(rows, asked.rounds)

    for threads in (1, 2):
        for fresh in (False, True):
            one = Ours(columns, threads, fresh)
            one.run()
            race.runs["aiueo" + (", new scores" if fresh else ""), threads] = one.run
    expected = one.results()

    if "numpy" in wanted:
        blocks = engines.NumpyBlocks(spec, columns)
        blocks.run()
        must_equal(expected, blocks.out, "numpy")
        race.runs["numpy", 1] = blocks.run
    if "duckdb" in wanted:
        import duckdb

        table = with_nulls(columns)
        query = engines.sql(spec, "w1")
        for threads in (1, 2):
            link = duckdb.connect(":memory:", config={"threads": threads})
            link.register("columns", table)
            link.execute("CREATE TABLE w1 AS SELECT * FROM columns")
            link.unregister("columns")

            def run(link: Any = link) -> Any:
                return link.sql(query).to_arrow_table()

            must_equal(expected, from_arrow(run()), f"duckdb with {threads} threads")
            race.runs["duckdb", threads] = run
        del table
    if "polars" in wanted:
        threads = os.environ.get("POLARS_MAX_THREADS")
        import polars as pl

        if pl.thread_pool_size() != int(threads or 0):
            raise SystemExit("bench: set POLARS_MAX_THREADS to 1 or 2 before this program starts")
        lazy = engines.polars_query(spec, pl.from_arrow(with_nulls(columns)))
        # Polars divides by a constant by multiplying with its reciprocal: a last bit may differ,
        # and so, once in a hundred million, a score by one step of its grid.
        must_equal(expected, from_arrow(lazy.collect().to_arrow()), "polars", 2.0**-20)
        race.runs["polars", int(threads)] = lazy.collect

    race.go()
    for line in race.lines(asked.isa):
        print(json.dumps(line))


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1] / "capi" / "python"))
    main()
