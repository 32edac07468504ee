"""Past verdicts on cohorts, in worlds where cohorts are alike and where they are not.

./dev run python tests/planted/nrr_calls.py [RUNS]    # the table of README.md
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiueo
from nrr_worlds import COHORTS, MODEL, NrrWorld, looked_at


@dataclass
class Calls:
    """Sums over the runs: cohorts by their first call, those that reached the target, verdicts."""

    cohorts: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def called(self) -> float:
        """Share of the cohorts that were called ahead or behind."""
        return 1 - self.cohorts["on"] / sum(self.cohorts.values())

    @property
    def right(self) -> float:
        """Share of these that ended on that side of the target."""
        right = self.reached["ahead"] + self.cohorts["behind"] - self.reached["behind"]
        return right / (self.cohorts["ahead"] + self.cohorts["behind"])


def look(work: tuple[NrrWorld, int]) -> dict[str, Any]:
    world, seed = work
    seen = world.simulate(seed).evidence(aiueo.load(MODEL))
    found: dict[str, Any] = seen.study("nrr", target=world.of_lives()).to_dict()
    return found["curve"]["backtest"]


def measure(world: NrrWorld, runs: int, jobs: int = 1) -> Calls:
    out = Calls()
    for test in looked_at(look, world, runs, jobs):
        out.verdicts[test["verdict"]] += 1
        for one in test["calls"]:
            out.cohorts[one["called"]] += one["cohorts"]
            out.reached[one["called"]] += one["reached"]
    return out


def table(runs: int) -> str:
    """The figures of README.md."""
    rows = {name: measure(world, runs, jobs=2) for name, world in COHORTS.items()}
    lines = ["| of cohorts | " + " | ".join(rows) + " |", "| --- |" + " --: |" * len(rows)]
    lines += [
        "| called ahead or behind | " + " | ".join(f"{o.called:.1%}" for o in rows.values()) + " |",
        "| of these on that side | " + " | ".join(f"{o.right:.1%}" for o in rows.values()) + " |",
    ]
    for word in ("trust", "undecided", "misleading", "too_little_history"):
        cells = [f"{one.verdicts[word] / runs:.1%}" for one in rows.values()]
        lines.append(f"| verdict `{word}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
