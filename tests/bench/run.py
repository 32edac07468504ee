"""./dev bench: runs the workloads, prints a table and writes JSON lines. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORKLOADS = (
    "W1",
    "sizes",
    "engines",
    "W1n",
    "W2",
    "links",
    "lists",
    "counts",
    "ledger",
    "W3",
    "W4",
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Measure, side by side. Results are compared row by row before any time is"
        " taken; the first that differs ends the bench with status 1.",
    )
    parser.add_argument(
        "workloads",
        nargs="*",
        metavar="WORKLOAD",
        help=f"of {', '.join(WORKLOADS)}; all of them by default",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one JSON object a line")
    parser.add_argument(
        "--rows", type=int, metavar="N", help="1,000,000; of W3 and sizes ten times"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="turns of each, 9; of engines 5")
    parser.add_argument(
        "--isa", metavar="NAME,…", help="instruction sets of the library, or all (default)"
    )
    parser.add_argument("--quick", action="store_true", help="few rows: do the results agree?")
    parser.add_argument(
        "--build", type=Path, metavar="FOLDER", help="a build that is there already"
    )
    asked = parser.parse_args()
    names = {one.lower(): one for one in WORKLOADS}
    unknown = [one for one in asked.workloads if one.lower() not in names]
    if unknown:
        parser.error(f"no workload {unknown[0]!r}; there are {', '.join(WORKLOADS)}")
    asked.workloads = [names[one.lower()] for one in asked.workloads] or list(WORKLOADS)
    if asked.rows is not None and asked.rows < 1:
        parser.error("--rows takes a number above 0")
    return asked


class Bench:
    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.lines: list[dict[str, Any]] = []
        build = asked.build or ROOT / "build" / "release"
        if asked.build is None:
            command = ["cmake", "--build", str(build), "--target", "aiueo_bench", "aiueo_capi"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.program = build / "bin" / "aiueo_bench"
        self.environment = dict(os.environ, POLARS_MAX_THREADS="1")
        if asked.build is not None:
            self.environment["AIUEO_LIBRARY"] = str(build / "lib" / "libaiueo.so")
        package = str(ROOT / "capi" / "python")
        self.environment["PYTHONPATH"] = os.pathsep.join(
            [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        )

    def _run(self, command: list[str]) -> None:
        """One program; its lines are kept as they come."""
        print(f"   {Path(command[0]).name} {' '.join(command[1:])}", file=sys.stderr)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=self.environment
        ) as process:
            assert process.stdout is not None
            for text in process.stdout:
                self.lines.append(json.loads(text))
        if process.returncode:
            raise SystemExit(1)

    def native(self, workload: str, *more: str) -> None:
        command = [str(self.program), workload, *more]
        if self.asked.isa:
            command += ["--isa", self.asked.isa]
        if self.asked.quick:
            command.append("--quick")
        if self.asked.rounds:
            command += ["--rounds", str(self.asked.rounds)]
        self._run(command)

    def rows(self, times: int = 1) -> list[str]:
        return [] if self.asked.rows is None else ["--rows", str(self.asked.rows * times)]

    def python(self, script: str, data: Path, isa: str, rounds: int) -> None:
        asked = 2 if self.asked.quick else self.asked.rounds or rounds
        options = ["--rounds", str(asked), "--isa", isa]
        self._run([sys.executable, str(HERE / script), str(data), *options])

    def run(self) -> None:
        listed = subprocess.run(
            [self.program, "isas"], check=True, stdout=subprocess.PIPE, text=True
        )
        own_choice = listed.stdout.split()[-1]
        with tempfile.TemporaryDirectory(prefix="aiueo-bench-") as folder:
            for workload in self.asked.workloads:
                if workload == "engines":
                    data = self.data(Path(folder), self.asked.rows)
                    self.python("compare.py", data, own_choice, 5)
                elif workload == "sizes":
                    self.native("sizes", *self.rows(10))
                elif workload == "W2":
                    self.evidence(self.data(Path(folder), self.asked.rows))
                elif workload == "links":
                    self.native("links")
                elif workload == "ledger":
                    self.ledger()
                elif workload == "W3":
                    self.native("w3", *self.rows(10))
                elif workload == "W4":
                    self.native("w4")
                    self.python("one_row.py", self.data(Path(folder), 1024), own_choice, 9)
                else:
                    self.native(workload.lower(), *self.rows())

    def evidence(self, data: Path) -> None:
        """All of evidence beside the correlations of the same columns. One after the other, so the
        ratio by CPU time is the one to look at."""
        self.native("w2", *self.rows())
        ours = self.lines[-1]
        rounds = "2" if self.asked.quick else str(self.asked.rounds or 3)
        self._run([sys.executable, str(HERE / "correlation.py"), str(data), "--rounds", rounds])
        theirs = self.lines[-1]
        self.lines.append(
            {
                **ours,
                "against": "pandas",
                "ratio": theirs["ns_per_row"] / ours["ns_per_row"],
                "median_ratio": theirs["median_ns_per_row"] / ours["median_ns_per_row"],
                "cpu_ratio": theirs["cpu_ns_per_row"] / ours["cpu_ns_per_row"],
            }
        )

    def ledger(self) -> None:
        rows = 2000 if self.asked.quick else self.asked.rows or 1_000_000
        rounds = 2 if self.asked.quick else self.asked.rounds or 3
        script = str(HERE / "ledger.py")
        self._run([sys.executable, script, "--rows", str(rows), "--rounds", str(rounds)])

    def data(self, folder: Path, rows: int | None) -> Path:
        """The columns of W1 in a file that other programs map."""
        file = folder / f"{rows or 'all'}.npy"
        if not file.exists():
            size = ["--rows", str(rows)] if rows else []
            quick = ["--quick"] if self.asked.quick else []
            subprocess.run(
                [self.program, "data", "--data", file, *size, *quick],
                check=True,
            )
        return file


def table(lines: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    def number(line: dict[str, Any], key: str) -> str:
        return f"{line[key]:.4g}" if key in line else ""

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, left in (("workload", 1), ("variant", 1), ("isa", 1), ("threads", 0), ("rows", 0)):
        out.add_column(name, justify="left" if left else "right")
    for name in ("ns/row", "cpu ns"):
        out.add_column(name, justify="right")
    out.add_column("against")
    for name in ("ratio", "median", "by cpu"):
        out.add_column(name, justify="right")
    out.add_column("also", overflow="fold")
    shown = {"workload", "variant", "isa", "threads", "rows", "ns_per_row", "median_ns_per_row"}
    shown |= {"cpu_ns_per_row", "rounds", "against", "ratio", "median_ratio", "cpu_ratio"}
    for line in lines:
        also = [f"{k} {v:,}" for k, v in line.items() if k not in shown]
        out.add_row(
            line["workload"],
            line["variant"],
            line["isa"],
            str(line["threads"]),
            f"{line['rows']:,}",
            number(line, "ns_per_row"),
            number(line, "cpu_ns_per_row"),
            line.get("against", ""),
            number(line, "ratio"),
            number(line, "median_ratio"),
            number(line, "cpu_ratio"),
            "\n".join(also),
        )
    console = Console()
    if not console.is_terminal:
        console = Console(width=180)
    console.print(out)
    console.print("ratio: their best round ÷ our best; median: of the rounds; by cpu: by CPU time.")


def main() -> None:
    bench = Bench(arguments())
    bench.run()
    if bench.asked.json:
        text = "".join(json.dumps(line) + "\n" for line in bench.lines)
        bench.asked.json.write_text(text, encoding="utf-8")
    table(bench.lines)


if __name__ == "__main__":
    main()
