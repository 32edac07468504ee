"""Lines and branches that the C++ and C tests reach, by room, held against floors.

    python tests/support/coverage.py build/coverage

Reads what clang counted by source (llvm-profdata and llvm-cov of version 14). A branch is one of
the text: both ways of a condition, whatever functions a template becomes; of a condition that is
known when it is compiled there is none. Writes the pages html/index.html beside the counts. Exits
with 1 below a floor, and names the lines.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Of everything, in percent.
LINES, BRANCHES = 95.0, 90.0
#: What stands between the library and what it must not believe: each line.
WHOLE = ("capi/guard.hpp", "src/evidence/codec.cpp")
FOLDERS = ("include", "src", "capi")
#: Ways of a condition by where it is written: how often it was true, and false.
Branches = dict[tuple[int, int, int, int], list[int]]


class Counts:
    """Of one file: how often each line ran, and each way of a condition."""

    def __init__(self) -> None:
        self.lines: dict[int, int] = defaultdict(int)
        self.branches: Branches = defaultdict(lambda: [0, 0])


def counted(build: Path) -> dict[str, Counts]:
    data = build / "coverage.profdata"
    raw = sorted((build / "counts").glob("*.profraw"))
    if not raw:
        raise SystemExit(f"no counts in {build / 'counts'}: run ./dev test --coverage")
    subprocess.run(["llvm-profdata-14", "merge", "-sparse", "-o", data, *raw], check=True)
    programs = [one for one in sorted((build / "bin").iterdir()) if one.is_file()]
    programs += sorted((build / "lib").glob("libaiueo.so.0.*"))
    objects = [str(programs[0])]
    for one in programs[1:]:
        objects += ["-object", str(one)]
    sources = [str(ROOT / folder) for folder in FOLDERS]
    options = [f"-instr-profile={data}", *objects]
    subprocess.run(
        [
            "llvm-cov-14",
            "show",
            "-format=html",
            f"-output-dir={build / 'html'}",
            *options,
            *sources,
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    out: dict[str, Counts] = defaultdict(Counts)

    def export(form: str) -> str:
        command = ["llvm-cov-14", "export", f"-format={form}", *options, *sources]
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return done.stdout.decode()

    file = ""
    for line in export("lcov").splitlines():
        if line.startswith("SF:"):
            file = str(Path(line[3:]).relative_to(ROOT))
        elif line.startswith("DA:"):
            number, count = line[3:].split(",")[:2]
            out[file].lines[int(number)] += int(count)
    for one in json.loads(export("text"))["data"][0]["files"]:
        to = out[str(Path(one["filename"]).relative_to(ROOT))]
        for a, b, c, d, true, false, *_ in one["branches"]:
            ways = to.branches[a, b, c, d]
            ways[0] += true
            ways[1] += false
    return out


class Share:
    """How many of how many."""

    def __init__(self) -> None:
        self.lines = self.lines_hit = self.branches = self.branches_hit = 0
        self.missed: list[int] = []

    def add(self, counts: Counts) -> None:
        self.lines += len(counts.lines)
        self.lines_hit += sum(count > 0 for count in counts.lines.values())
        self.missed += [line for line, count in sorted(counts.lines.items()) if count == 0]
        for (line, *_), ways in counts.branches.items():
            # It ran and went no way: the condition is known when it is compiled.
            if not any(ways) and counts.lines.get(line, 0) > 0:
                continue
            self.branches += 2
            self.branches_hit += sum(count > 0 for count in ways)

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
    options = parser.parse_args()

    files: dict[str, Share] = defaultdict(Share)
    rooms: dict[str, Share] = defaultdict(Share)
    everything = Share()
    for file, counts in counted(options.build.resolve()).items():
        for share in (files[file], rooms[room_of(file)], everything):
            share.add(counts)

    print(f"{'room':12} {'lines':>15} {'':16} {'branches':>12}")
    for name, share in sorted(rooms.items()):
        print(f"{name:12} {share}")
    print(f"{'all':12} {everything}")
    print("\nmost branches that no test takes:")
    worst = sorted(files.items(), key=lambda one: one[1].branches_hit - one[1].branches)
    for name, share in worst[:20]:
        print(f"{share.branches - share.branches_hit:6} of {share.branches:5}  {name}")

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
