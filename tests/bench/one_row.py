"""W4 from Python: one customer by score_one, and a batch of 1,024 rows that is used again.

Called by run.py. Prints JSON lines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any, Callable

import numpy as np

HERE = Path(__file__).resolve().parent
ROWS = 1024


def main() -> None:
    import aiueo
    from aiueo._library import library, make
    from aiueo._one import OneRow

    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--isa", default="")
    asked = parser.parse_args()
    plan = aiueo.load(HERE / "model.json", instruction_set=asked.isa or None)
    data = np.array(np.load(asked.data, mmap_mode="r")[:, :ROWS])
    rows = data.shape[1]
    columns = dict(zip(plan.metrics, data))
    # What a request brings: Python numbers, None where unknown, flags as bool.
    flags = {name for name, one in plan.metrics.items() if one["type"] == "flag"}
    requests = [
        {
            name: None if x[k] != x[k] else (bool(x[k]) if name in flags else float(x[k]))
            for name, x in columns.items()
        }
        for k in range(rows)
    ]
    batch = plan.batch(columns)
    handle = batch.parts[0].handle
    kept = make("scores", library().aiueo_scores_new, plan.handle.pointer, rows, None)

    table = plan.score(batch)
    for k, request in enumerate(requests):
        one, other = plan.score_one(**request).to_dict(), table[k].to_dict()
        different = [name for name in one if name in other and one[name] != other[name]]
        if different:
            raise SystemExit(f"bench: row {k}: {different[0]} differs between score_one and score")

    def each() -> None:
        for request in requests:
            plan.score_one(**request)

    def anew() -> None:
        fresh = make("scores", library().aiueo_scores_new, plan.handle.pointer, rows, None)
        plan._score_range(handle, 0, rows, fresh)

    row = OneRow(plan, None)

    def alone() -> None:
        for _ in requests:
            row._score(*row._score_arguments)

    turns: dict[str, tuple[int, Callable[[], Any]]] = {
        "python score_one": (1, each),
        # One row that is set already: what of score_one is scoring, and a call.
        "ctypes row": (1, alone),
        "python score(batch)": (rows, lambda: plan.score(batch)),
        # The same calls of the library without what Python adds: memory for the scores, scoring.
        "ctypes batch, new scores": (rows, anew),
        "ctypes batch": (rows, lambda: plan._score_range(handle, 0, rows, kept)),
        # Everything but the rows: the binding, and the little that the C side does once a call.
        "ctypes batch, no rows": (rows, lambda: plan._score_range(handle, 0, 0, kept)),
    }
    repeats = {name: 1 if count == 1 else 20 for name, (count, _) in turns.items()}
    wall: dict[str, list[float]] = {name: [] for name in turns}
    cpu: dict[str, list[float]] = {name: [] for name in turns}
    for measured in [False] + [True] * asked.rounds:
        for name, (_, run) in turns.items():
            cpu_begin, begin = time.process_time(), time.perf_counter()
            for _ in range(repeats[name]):
                run()
            end, cpu_end = time.perf_counter(), time.process_time()
            if measured:
                per_row = 1e9 / (rows * repeats[name])
                wall[name].append((end - begin) * per_row)
                cpu[name].append((cpu_end - cpu_begin) * per_row)
    nothing = min(cpu["ctypes batch, no rows"])
    for name, (count, _) in turns.items():
        line = {
            "workload": "W4",
            "variant": name,
            "isa": plan.instruction_set,
            "threads": 1,
            "rows": count,
            "ns_per_row": round(min(wall[name]), 4),
            "median_ns_per_row": round(statistics.median(wall[name]), 4),
            "cpu_ns_per_row": round(min(cpu[name]), 4),
            "rounds": asked.rounds,
        }
        if name == "ctypes batch":
            line["binding_share"] = round(nothing / min(cpu[name]), 5)
        if name == "python score(batch)":
            inside = min(cpu["ctypes batch, new scores"]) - 2 * nothing
            line["binding_share"] = round(1 - inside / min(cpu[name]), 5)
        print(json.dumps(line))


if __name__ == "__main__":
    main()
