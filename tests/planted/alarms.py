"""How often does a study cry wolf where nothing is there, and how often does it see what is?

    ./dev run python tests/planted/alarms.py                    # 2,000 runs of each design
    ./dev run python tests/planted/alarms.py null-once --runs 500

Prints the tables of README.md: for each thing that a finding can claim, the share of the runs in
which it did.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import aiueo
from designs import ALARMS
from runs import Design, each_run

Claims = dict[str, bool]


def _beyond(figure: Mapping[str, Any], null: float) -> tuple[bool, bool]:
    """Is the interval above it, below it?"""
    if figure["lower"] is None or figure["upper"] is None:
        return False, False
    return figure["lower"] > null, figure["upper"] < null


def claims(design: Design, evidence: aiueo.Evidence) -> Claims:
    """What the studies of a run claim."""
    out: Claims = {}
    for name, options in design.studies:
        if options.get("kind") == "trial":
            continue
        found = evidence.study(name, **options)
        if name == "association":
            alpha = found["alpha"]
            for kind in ("scores", "metrics"):
                for test in ("auc", "spearman", "point_biserial"):
                    tests = [row[test] for row in found[kind] if test in row]
                    if tests:
                        out[f"{kind}: any {test} with q ≤ {alpha}"] = _any(tests, alpha)
                gaps = [row["known_against_unknown"]["difference"] for row in found[kind]]
                out[f"{kind}: any known against unknown with q ≤ {alpha}"] = _any(gaps, alpha)
                out[f"{kind}: KS of the first row above 0"] = _first_ks(found[kind])
            segments = [one for row in found["scores"] for one in row["segments"]]
            out["scores: any reversal"] = any(one["reversed"] for one in segments)
            out["scores: a reversal of O by plan"] = any(
                one["reversed"]
                for row in found["scores"]
                for one in row["segments"]
                if row["name"] == "O" and one["segment"] == "plan"
            )
        elif name == "validation":
            for row in found["scores"][:1]:
                above, below = _beyond(row["auc"], 0.5)
                out["overall: AUC's interval above ½"] = above
                out["overall: AUC's interval below ½"] = below
                out["overall: KS's interval above 0"] = _beyond(row["ks"], 0)[0]
            if found["out_of_time"]:
                worse = _beyond(found["out_of_time"]["difference"], 0)[1]
                out["overall: told more of the earlier ends"] = worse
        elif name == "renewal":
            table = found["tables"][0]
            out["stages: trend with p ≤ 0.05"] = (table["trend"]["p"] or 1) <= 0.05
            falls = [_beyond(one["difference"], 0)[1] for one in table["falls"]]
            out["stages: any fall beyond chance"] = any(falls)
    return out


def _any(tests: Sequence[Mapping[str, Any]], alpha: float) -> bool:
    return any(one["q"] is not None and one["q"] <= alpha for one in tests)


def _first_ks(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Of a row chosen by the model's order, not by what was seen."""
    return _beyond(min(rows, key=lambda row: row["name"])["ks"], 0)[0]


def measure(design: Design, runs: int, jobs: int = 1) -> dict[str, tuple[float, float]]:
    """The share of the runs with each claim, and its Monte-Carlo standard error."""

    def progress(done: int) -> None:
        end = "\n" if done == runs else ""
        print(f"\r{design.name}: {done:,} of {runs:,} runs ", end=end, file=sys.stderr, flush=True)

    seen, _ = each_run(design, runs, claims, jobs, progress=progress)
    out = {}
    for claim in dict.fromkeys(claim for one in seen for claim in one):
        made = [one[claim] for one in seen if claim in one]
        share = sum(made) / len(made)
        out[claim] = share, math.sqrt(share * (1 - share) / len(made))
    return out


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("design", nargs="*", default=list(ALARMS), help=", ".join(ALARMS))
    ask.add_argument("--runs", type=int, default=2000)
    ask.add_argument("--jobs", type=int, default=1)
    given = ask.parse_args()
    shares = {n: measure(ALARMS[n], given.runs, given.jobs) for n in given.design}
    print("| share of the runs with | " + " | ".join(shares) + " |")
    print("| --- |" + " ---: |" * len(shares))
    for claim in dict.fromkeys(claim for one in shares.values() for claim in one):
        cells = [
            f"{one[claim][0]:.1%} ± {one[claim][1]:.1%}" if claim in one else "–"
            for one in shares.values()
        ]
        print(f"| {claim} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
