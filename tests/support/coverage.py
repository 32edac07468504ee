"""Lines and branches that the C++ and C tests reach, by room, held against floors.

    python tests/support/coverage.py build/coverage [--jobs N]

Reads what gcov counted (gcovr runs it). A branch that only an exception takes, and one that the
compiler made up, does not count. Writes the pages html/index.html beside the counts. Exits with 1
below a floor, and names the lines.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Of everything, in percent.
LINES, BRANCHES = 95.0, 90.0
#: What stands between the library and what it must not believe: each line.
WHOLE = ("capi/guard.hpp", "src/evidence/codec.cpp")


def counted(build: Path, jobs: int) -> dict[str, Any]:
    out = build / "coverage.json"
    pages = build / "html"
    pages.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "gcovr", "--root", str(ROOT), "--object-directory", str(build)]
    command += [str(build)]
    for folder in ("include", "src", "capi"):
        command += ["--filter", str(ROOT / folder) + "/"]
    command += ["--exclude-throw-branches", "--exclude-unreachable-branches"]
    command += ["--gcov-ignore-parse-errors=suspicious_hits.warn", "-j", str(jobs)]
    command += ["--json", str(out), "--html-details", str(pages / "index.html")]
    subprocess.run(command, check=True)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


class Share:
    """How many of how many."""

    def __init__(self) -> None:
        self.lines = self.lines_hit = self.branches = self.branches_hit = 0
        self.missed: list[int] = []

    def add(self, line: dict[str, Any]) -> None:
        self.lines += 1
        self.lines_hit += line["count"] > 0
        if line["count"] == 0:
            self.missed.append(line["line_number"])
        self.branches += len(line["branches"])
        self.branches_hit += sum(one["count"] > 0 for one in line["branches"])

    @property
    def line_rate(self) -> float:
        return 100 * self.lines_hit / self.lines if self.lines else 100.0

    @property
    def branch_rate(self) -> float:
        return 100 * self.branches_hit / self.branches if self.branches else 100.0

    def __str__(self) -> str:
        return (
            f"{self.lines_hit:7,} / {self.lines:7,} {self.line_rate:6.1f} %"
            f"{self.branches_hit:9,} / {self.branches:7,} {self.branch_rate:6.1f} %"
        )


def room_of(file: str) -> str:
    parts = file.split("/")
    if parts[0] == "include":
        return parts[2] if len(parts) > 3 else "aiueo.hpp"
    return parts[1] if parts[0] == "src" and len(parts) > 2 else parts[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    files: dict[str, Share] = defaultdict(Share)
    rooms: dict[str, Share] = defaultdict(Share)
    everything = Share()
    for file in counted(options.build.resolve(), options.jobs)["files"]:
        # One line of a template has an entry for each function made of it.
        lines: dict[int, dict[str, Any]] = {}
        for line in file["lines"]:
            seen = lines.setdefault(line["line_number"], line)
            if seen is line:
                continue
            seen["count"] += line["count"]
            for mine, other in zip(seen["branches"], line["branches"]):
                mine["count"] += other["count"]
        for line in lines.values():
            for share in (files[file["file"]], rooms[room_of(file["file"])], everything):
                share.add(line)

    print(f"{'room':12} {'lines':>15} {'':16} {'branches':>12}")
    for name, share in sorted(rooms.items()):
        print(f"{name:12} {share}")
    print(f"{'all':12} {everything}")

    bad = []
    if everything.line_rate < LINES:
        bad.append(f"lines: {everything.line_rate:.1f} % of {LINES} %")
    if everything.branch_rate < BRANCHES:
        bad.append(f"branches: {everything.branch_rate:.1f} % of {BRANCHES} %")
    for name in WHOLE:
        if name not in files:
            bad.append(f"{name}: no test reaches it")
        elif files[name].missed:
            bad.append(f"{name}: lines {', '.join(map(str, files[name].missed))}")
    for one in bad:
        print(f"below the floor: {one}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
