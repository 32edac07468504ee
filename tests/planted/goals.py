"""Where the action "goals" says customers will stand, and where they came to stand.

./dev run python tests/planted/goals.py [--seeds N]    # the table of README.md

Simulated portfolios (`aiueo.sim`), asked half a year before they end: who will be Active or higher,
who Loyal, in three months and in six? Levels are not drawn by a chain there: what customers are
like and how long they have been customers decides, so this is what the forecast meets outside.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import aiueo
import aiueo.sim
import pandas as pd

WORLDS = ("flows", "reversed", "rough-months")
CUSTOMERS, MONTHS, AHEAD = 1500, 30, 6


@dataclass
class Said:
    """Of one goal over the seeds."""

    of: int = 0
    held_80: int = 0
    held_95: int = 0
    z: float = 0.0  #: Σ of what came less what was expected, in its errors

    def add(self, row: aiueo.actions.Record, came: float) -> None:
        self.of += 1
        self.held_80 += row.lower <= came <= row.upper
        self.held_95 += row.lower_95 <= came <= row.upper_95
        self.z += (came - row.expected) / ((row.upper - row.lower) / 2 / 1.3277)


def goals_at(dates: list[str]) -> dict[str, dict[str, object]]:
    active = {"ladder": "stage", "at_least": "Active"}
    loyal = {"ladder": "stage", "at_least": "Loyal"}
    return {
        "Active, share, 3": {**active, "share": 0.5, "by": dates[-4]},
        "Active, share, 6": {**active, "share": 0.5, "by": dates[-1]},
        "Active, count, 3": {**active, "count": 300, "by": dates[-4]},
        "Loyal, count, 6": {**loyal, "count": 300, "by": dates[-1]},
    }


def look(name: str, seed: int, to: dict[str, Said]) -> None:
    world = aiueo.sim.worlds[name].simulate(seed=seed, customers=CUSTOMERS, months=MONTHS)
    rows = world.snapshots.to_pandas()
    day = rows.as_of.astype(str).str[:10]
    dates = sorted(day.unique())
    asked = dates[-1 - AHEAD]
    model = {**world.model(), "goals": goals_at(dates)}
    plan = aiueo.load(model)
    past = rows[day <= asked]
    beside = {"initiatives": world.initiatives}
    seen = plan.evidence(
        past, world.contracts, ledger=world.ledger, data_until=asked, drop_leaks=True, **beside
    )
    rungs = plan.ladders["stage"]
    for row in plan.act("goals", past, evidence=seen, **beside):
        then = plan.score(rows[day == row.by], **beside).to_pandas()
        there = pd.Series(then.stage.cat.codes) >= rungs.index(row.at_least)
        to.setdefault(row.goal, Said()).add(row, there.sum() if row.of == "count" else there.mean())


def measure(seeds: int) -> dict[str, dict[str, Said]]:
    """By world and goal."""
    out: dict[str, dict[str, Said]] = {}
    for name in WORLDS:
        for seed in range(1, seeds + 1):
            look(name, seed, out.setdefault(name, {}))
    return out


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seeds", type=int, default=40)
    found = measure(options.parse_args().seeds)
    print("| world | goal | within 80 % | within 95 % | what came, in errors above |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name, goals in found.items():
        for goal, one in goals.items():
            shares = f"{one.held_80 / one.of:.1%} | {one.held_95 / one.of:.1%}"
            print(f"| {name} | {goal} | {shares} | {one.z / one.of:+.2f} |")
    every = [one for goals in found.values() for one in goals.values()]
    of = sum(one.of for one in every)
    held = sum(one.held_80 for one in every), sum(one.held_95 for one in every)
    print(f"| all | | {held[0] / of:.1%} | {held[1] / of:.1%} | |")


if __name__ == "__main__":
    main()
