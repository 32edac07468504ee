"""The figures in the README of each scenario: loaded, scored and set against what came after.

usage: python figures.py DATA [NAME ...] [--write]

DATA holds a folder per scenario (telco_ibm, churnsim_crm, saasguard_panel). Prints Markdown;
--write puts it between the marks `<!-- figures -->` of each README instead.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiueo
import pandas as pd

HERE = Path(__file__).resolve().parent
NAMES = ("telco_ibm", "churnsim_crm", "saasguard_panel")
MARK = "<!-- figures -->"


def auc(score: pd.Series, left: pd.Series) -> tuple[float, int]:
    """The chance that a customer who stayed scores higher than one who left, and the rows known."""
    known = score.notna() & left.notna()
    ranks, gone = score[known].rank(), left[known] == 1
    stayed = int((~gone).sum())
    pairs = stayed * int(gone.sum())
    return float((ranks[~gone].sum() - stayed * (stayed + 1) / 2) / pairs), int(known.sum())


def rate_table(
    scored: pd.DataFrame, by: str, order: list[str], label: str, outcome: str = "churned"
) -> list[str]:
    """Rows, rows whose outcome is known, and to how many of these it happened, per rung or band."""
    lines = [f"| {by} | rows | outcome known | {label} | rate |", "| --- | --: | --: | --: | --: |"]
    for name in order:
        rows = scored[scored[by] == name]
        known, left = int(rows[outcome].count()), int(rows[outcome].sum())
        share = f"{100 * left / known:.2f} %" if known else "-"
        lines.append(f"| {name} | {len(rows):,} | {known:,} | {left:,} | {share} |")
    return lines


def run(name: str, data: Path) -> tuple[aiueo.Plan, pd.DataFrame, dict[str, Any]]:
    """A scenario's plan, its scores with the label beside them, and how fast they came."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made)
        subprocess.run(
            [sys.executable, HERE / name / "load.py", data / name, out, "parquet"], check=True
        )
        tables = {file.stem: pd.read_parquet(file) for file in out.glob("*.parquet")}
    plan = aiueo.load(HERE / name / "model.json")
    times = []
    for _ in range(5):
        start = time.perf_counter()
        scores = plan.score(tables["snapshots"])
        times.append(time.perf_counter() - start)
    scored = scores.to_pandas()
    for label in tables["labels"].columns.difference(["customer", "as_of"]):
        scored[label] = tables["labels"][label].astype(float)
    tables["rows_a_second"] = len(scored) / statistics.median(times)
    return plan, scored, tables


def prepaid_renewals(scored: pd.DataFrame, tables: dict[str, Any], ladder: str) -> list[str]:
    """ChurnSim: half-yearly and yearly periods, by the level at the last month end before."""
    ends = tables["contracts"].dropna(subset=["outcome"])
    ends = ends.assign(end=pd.to_datetime(ends.end), start=pd.to_datetime(ends.start))
    ends = ends[(ends.end - ends.start).dt.days > 60].sort_values("end")
    seen = scored.assign(as_of=pd.to_datetime(scored.as_of)).sort_values("as_of")
    seen = seen[["customer", "as_of", ladder]]
    joined = pd.merge_asof(
        ends,
        seen,
        left_on="end",
        right_on="as_of",
        by="customer",
        allow_exact_matches=False,
        tolerance=pd.Timedelta(days=31),
    )
    joined["churned"] = (joined.outcome == "churned").astype(float)
    levels = list(seen[ladder].dropna().unique())
    return [
        "",
        "Periods of half a year or longer that ended, by the level at the last month end before:",
        "",
        *rate_table(joined, ladder, sorted(levels), "not renewed"),
    ]


def figures(name: str, data: Path) -> str:
    plan, scored, tables = run(name, data)
    ladder, rungs = next(iter(plan.ladders.items()))
    known = int(scored.churned.count())
    speed = float(f"{tables['rows_a_second']:.2g}")
    lines = [
        f"{len(scored):,} rows, {scored.customer.nunique():,} customers; outcome known for "
        f"{known:,} rows; {int(scored.churned.sum()):,} left "
        f"({100 * scored.churned.mean():.2f} %).",
        f"Scored at {speed:,.0f} rows a second (one thread, from pandas, the median of 5 runs).",
        "",
        *rate_table(scored, ladder, rungs, "left"),
        "",
        *rate_table(scored, "band", ["Lv1", "Lv2", "Lv3", "Lv4", "Lv5"], "left"),
        "",
        "| score | AUC (stays scores higher) | n | insufficient |",
        "| --- | --: | --: | --: |",
    ]
    for column in (*plan.axes, "overall"):
        value, rows = auc(scored[column], scored.churned)
        empty = int(scored[column].isna().sum())
        lines.append(f"| {column} | {value:.3f} | {rows:,} | {empty:,} |")
    for profile, rows in scored.groupby("profile"):
        value, count = auc(rows.overall, rows.churned)
        lines.append(f"| overall, profile {profile} | {value:.3f} | {count:,} | |")
    if name == "churnsim_crm":
        lines += prepaid_renewals(scored, tables, ladder)
    if "upgraded" in scored:
        lines += ["", "Upgrades within 90 days, of those that had not upgraded yet:", ""]
        lines += rate_table(scored, ladder, rungs, "upgraded", "upgraded")
    return "\n".join(lines)


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--write"]
    unknown = [word for word in words[1:] if word not in NAMES]
    if not words or unknown:
        sys.exit(f"usage: python figures.py DATA [{' '.join(NAMES)}] [--write]")
    for name in words[1:] or NAMES:
        text = figures(name, Path(words[0]))
        if "--write" in sys.argv:
            readme = HERE / name / "README.md"
            before, _, after = readme.read_text(encoding="utf-8").split(MARK)
            readme.write_text(f"{before}{MARK}\n{text}\n{MARK}{after}", encoding="utf-8")
        else:
            print(f"## {name}\n\n{text}\n")


if __name__ == "__main__":
    main()
