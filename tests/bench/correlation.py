"""What W2 is measured against: pandas.corr on the same 24 columns, one JSON line."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="24 x rows doubles (.npy)")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    columns = np.load(asked.data, mmap_mode="r")
    frame = pd.DataFrame(np.ascontiguousarray(columns.T))
    frame.iloc[:1000].corr()
    clock: list[float] = []
    cpu: list[float] = []
    for _ in range(asked.rounds):
        begin, begin_cpu = time.perf_counter_ns(), time.process_time_ns()
        frame.corr()
        clock.append((time.perf_counter_ns() - begin) / len(frame))
        cpu.append((time.process_time_ns() - begin_cpu) / len(frame))
    line = {
        "workload": "W2",
        "variant": "pandas.corr",
        "isa": "",
        "threads": 1,
        "rows": len(frame),
        "ns_per_row": min(clock),
        "median_ns_per_row": float(np.median(clock)),
        "cpu_ns_per_row": min(cpu),
        "rounds": asked.rounds,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
