#!/usr/bin/env python3
"""Prints statistic × reference × largest difference: runs all of test_stats_*.py once.

Differences are relative to the larger of the expected figure and 1 (p values and tails: to the
figure itself); `beyond` counts those that the tests do not accept. Status 1 if there are any.

python tests/reference/stats_table.py
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

import stats_probe


def main() -> int:
    if not stats_probe.PROBE.exists():
        print(f"build {stats_probe.PROBE.name} first", file=sys.stderr)
        return 2
    failed = 0
    stats_probe.STRICT = False
    for path in sorted(Path(__file__).parent.glob("test_stats_*.py")):
        module = importlib.import_module(path.stem)
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("test_"):
                continue
            try:
                test()
            except AssertionError as error:
                failed += 1
                print(f"{path.stem}.{name}: {error}", file=sys.stderr)
    rows = [("statistic", "reference", "figures", "undefined", "largest", "beyond")]
    for (statistic, reference), kept in sorted(stats_probe.LEDGER.items()):
        failed += kept.failed
        counts = (kept.cases, kept.undefined, f"{kept.largest:.1e}", kept.failed or "")
        rows.append((statistic, reference, *(str(count) for count in counts)))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
