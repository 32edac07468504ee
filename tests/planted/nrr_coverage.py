"""How often the intervals of the study "nrr" hold the truth, and its words on what comes.

./dev run python tests/planted/nrr_coverage.py [RUNS]    # the table of README.md
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiueo
from nrr_worlds import MODEL, WORLDS, NrrWorld, looked_at


@dataclass
class Seen:
    """How often intervals of a kind held the truth."""

    held: int = 0
    of: int = 0
    undefined: int = 0
    above: int = 0  #: the truth lay above

    @property
    def share(self) -> float:
        return self.held / self.of

    def error(self, at: float) -> float:
        return math.sqrt(at * (1 - at) / self.of)


@dataclass
class Measured:
    kinds: dict[str, Seen] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    cohorts: Counter[str] = field(default_factory=Counter)
    covered: dict[float, list[float]] = field(default_factory=dict)

    def see(self, kind: str, figure: Any, truth: float) -> None:
        to = self.kinds.setdefault(kind, Seen())
        if figure["lower"] is None:
            to.undefined += 1
            return
        to.of += 1
        to.held += figure["lower"] <= truth <= figure["upper"]
        to.above += truth > figure["upper"]


def look(work: tuple[NrrWorld, int]) -> list[tuple[str, Any, float]]:
    """What one portfolio of a world says: kind, figure, truth."""
    world, seed = work
    course = world.simulate(seed)
    found = course.evidence(aiueo.load(MODEL)).study("nrr", target=world.of_lives()).to_dict()
    nrr, renewal = world.nrr(), world.renewal()
    out: list[tuple[str, Any, float]] = []
    for k, level in enumerate(found["levels"]):
        out.append(("nrr", level["nrr"], nrr[k]))
        out.append(("renewal", level["renewal"], renewal[k]))
        out.append(("expansion", level["expansion"], nrr[k] / renewal[k]))
        out.append(("change", level["change"], 0.0))
    for k, up in enumerate(found["level_ups"]):
        out.append(("difference", up["difference"], nrr[k + 1] - nrr[k]))
        for one in up["reach"]:
            out.append(("reach", one["share"], world.reach(k, one["months"])))
        out.append(("gain", up["gain"], (nrr[k + 1] - nrr[k]) * world.reach(k, 3)))
    portfolio = found["portfolio"]
    out.append(("portfolio", portfolio["expected"], float(course.shares() @ nrr)))
    came = course.came()
    out += [(f"what comes, {one['level']:.0%}", one, came) for one in portfolio["realised"]]
    test = found["backtest"]
    out.append(("bias", test["bias"], 0.0))
    out += [("covered", one, one["level"]) for one in test["coverage"]]
    out.append(("verdict", test["verdict"], 0.0))
    together = found["curve"]["together"]
    out.append(("cohorts", together["difference"], 0.0))
    out.append(("cohort verdict", together["verdict"], 0.0))
    return out


def measure(world: NrrWorld, runs: int, jobs: int = 1) -> Measured:
    out = Measured()
    for said in looked_at(look, world, runs, jobs):
        for kind, figure, truth in said:
            if kind == "verdict":
                out.verdicts[figure] += 1
            elif kind == "cohort verdict":
                out.cohorts[figure] += 1
            elif kind == "covered":
                if figure["covered"] is not None:
                    out.covered.setdefault(truth, []).append(figure["covered"])
            else:
                out.see(kind, figure, truth)
    return out


def table(runs: int) -> str:
    """The figures of README.md."""
    rows = {name: measure(world, runs, jobs=2) for name, world in WORLDS.items()}
    kinds = list(next(iter(rows.values())).kinds)
    lines = ["| 95 % intervals of | " + " | ".join(rows) + " |", "| --- |" + " --: |" * len(rows)]
    for kind in kinds:
        cells = [f"{one.kinds[kind].share:.1%}" for one in rows.values()]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    for level in (0.5, 0.8, 0.95):
        cells = [
            f"{sum(one.covered[level]) / len(one.covered[level]):.1%}" for one in rows.values()
        ]
        lines.append(f"| past closes, {level:.0%} | " + " | ".join(cells) + " |")
    for word in ("trust", "biased", "overconfident"):
        cells = [f"{one.verdicts[word] / runs:.1%}" for one in rows.values()]
        lines.append(f"| called {word} | " + " | ".join(cells) + " |")
    cells = [
        f"{(one.cohorts['ahead'] + one.cohorts['behind']) / runs:.1%}" for one in rows.values()
    ]
    lines.append("| cohorts called ahead or behind | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
