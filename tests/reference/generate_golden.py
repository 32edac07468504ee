#!/usr/bin/env python3
"""The golden vectors of scores: tests/golden/scores/CASE/expected.csv, made by the reference alone.

    generate_golden.py            write what the reference says
    generate_golden.py --check    fail if a file is not what this program would write

cases.txt lists the cases. Each is a folder with model.json, snapshots.csv and, where there are
any, initiatives.csv. Those of the cases named random-… are made here from fixed seeds; the others
are written by hand. The tables have no quotes, and no commas inside cells.

expected.csv has the columns of the scores table with detail: doubles as the 16 hexadecimal digits
of their bits, texts as they are, counts as numbers, `insufficient` as true or false; empty is
insufficient, unknown or none. No value but those of rounding-ties comes from within 1e-9 of a tie
in rounding, so that correct floating point agrees.
"""

from __future__ import annotations

import argparse
import datetime
import json
import struct
import sys
from pathlib import Path

import random_models
import score_reference
from conditions_reference import EPOCH, Day

CASES = Path(__file__).resolve().parent.parent / "golden" / "scores"
RANDOM_SEEDS = {f"random-{i}": 4200 + i for i in range(1, 6)}
ROWS = {"random-5": 200}  # more than are scored at a time; otherwise 40
MARGIN = 1e-9
WITH_TIES = {"rounding-ties"}


def written(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Day):
        return datetime.date.fromordinal(int(value) + EPOCH).isoformat()
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    return str(value)


def compact(value, indent: int = 0, before: int = 0) -> str:
    """JSON as people write it: what fits a line stays on it."""
    whole = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or indent + before + len(whole) <= 100:
        return whole
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        keys = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
        lines = [key + compact(one, indent + 2, len(key)) for key, one in zip(keys, value.values())]
    else:
        lines = [compact(one, indent + 2) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(lines) + f"\n{' ' * indent}{closing}"


def expected(model: str, snapshots: str, initiatives: str | None, ties: bool = False) -> str:
    columns, rows, cells = score_reference.score(model, snapshots, initiatives)
    lines = [",".join(columns)]
    for row, values in zip(rows, cells):
        if row.nearest_tie < MARGIN and not ties:
            raise AssertionError(f"{row.cells['customer']}: a value {row.nearest_tie} from a tie")
        lines.append(",".join(written(values[column]) for column in columns))
    return "\n".join(lines) + "\n"


def without_ties(
    model: str, snapshots: str, initiatives: str | None, margin: float = MARGIN
) -> str:
    """The snapshots without the rows that floating point may round the other way."""
    _, rows, _ = score_reference.score(model, snapshots, initiatives)
    header, *lines = snapshots.splitlines()
    kept = [line for line, row in zip(lines, rows) if row.nearest_tie >= margin]
    return "\n".join([header, *kept]) + "\n"


def folders() -> list[Path]:
    return [path for path in CASES.iterdir() if path.is_dir()]


def golden() -> dict[Path, str]:
    """All files that this program is responsible for."""
    out: dict[Path, str] = {}
    for name, seed in RANDOM_SEEDS.items():
        model, snapshots, initiatives = random_models.random_case(seed, ROWS.get(name, 40))
        snapshots = without_ties(model, snapshots, initiatives)
        out[CASES / name / "model.json"] = compact(json.loads(model)) + "\n"
        out[CASES / name / "snapshots.csv"] = snapshots
        if initiatives is not None:
            out[CASES / name / "initiatives.csv"] = initiatives
    for folder in sorted({*folders(), *(path.parent for path in out)}):

        def read(name: str, folder: Path = folder) -> str | None:
            path = folder / name
            made = out.get(path)
            if made is not None or folder.name in RANDOM_SEEDS:
                return made
            return path.read_text("utf-8") if path.exists() else None

        model, snapshots = read("model.json"), read("snapshots.csv")
        assert model is not None and snapshots is not None, folder
        try:
            text = expected(model, snapshots, read("initiatives.csv"), folder.name in WITH_TIES)
        except Exception as error:
            raise AssertionError(f"case {folder.name}: {error}") from error
        out[folder / "expected.csv"] = text
    out[CASES / "cases.txt"] = "".join(
        f"{name}\n" for name in sorted({path.parent.name for path in out})
    )
    return out


def differences() -> list[str]:
    files = golden()
    wrong = [
        path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text
    ]
    there = {
        path for folder in folders() if folder.name in RANDOM_SEEDS for path in folder.iterdir()
    }
    return [f"{path.parent.name}/{path.name}" for path in [*wrong, *sorted(there - set(files))]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the files instead of writing them"
    )
    if parser.parse_args().check:
        wrong = differences()
        if wrong:
            print(
                f"not what the reference says: {', '.join(wrong)}; run {Path(__file__).name}",
                file=sys.stderr,
            )
        return 1 if wrong else 0
    files = golden()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"{len(folders())} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
