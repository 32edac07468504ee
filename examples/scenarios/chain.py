"""Made-up portfolios in which one link of the chain contact → use → success → mission is broken.

Each month every customer has or has not contact, use and success. Chances depend on the month
before alone, so what a step does is known: `Rates`. A script of a scenario says how the states show
in its metrics. Python's own generator, seeded: the same tables everywhere.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST = 2024 * 12 + 4  # May 2024
MONTHS = 30
CUSTOMERS = 400
TERM = 12
PLANS = {"small": 30_000, "large": 90_000}


@dataclass(frozen=True)
class Rates:
    """Chances: without the step before, and with it."""

    contact: tuple[float, float]  #: in a month, without and with use
    use: tuple[float, float]  #: to begin in a month, without and with contact the month before
    success: tuple[float, float]  #: likewise, by use
    renewal: tuple[float, float]  #: at the end of a contract, by success
    growth: tuple[float, float]  #: of the MRR of what is renewed, by success
    lost: float = 0.06  #: use or success that ends in a month


@dataclass
class State:
    contact: bool = False
    use: bool = False
    success: bool = False


Observe = Callable[[random.Random, State], dict[str, Any]]


def first_day(month: int) -> datetime.date:
    return datetime.date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> datetime.date:
    return first_day(month + 1) - datetime.timedelta(days=1)


def make(seed: int, rates: Rates, observe: Observe, folder: Path) -> None:
    """Writes snapshots.csv and contracts.csv into the folder."""
    chance = random.Random(seed)
    snapshots: list[dict[str, Any]] = []
    contracts: list[dict[str, Any]] = []
    for number in range(1, CUSTOMERS + 1):
        name = f"c-{number:03d}"
        plan = chance.choice(list(PLANS))
        mrr = PLANS[plan] + 1_000 * chance.randrange(-9, 10)
        # Customers differ: some take up everything sooner, whatever is done for them.
        eager = chance.choice([0.7, 1.0, 1.3])
        begin = FIRST + chance.randrange(-TERM, MONTHS - 6)
        paid: dict[int, int] = {}
        state = State()
        for month in range(begin, FIRST + MONTHS):
            if month > begin and (month - begin) % TERM == 0:
                kept = chance.random() < rates.renewal[state.success]
                grows = chance.random() < rates.growth[state.success]
                after = mrr * 13 // 10 if grows else mrr
                contracts[-1]["outcome"] = "renewed" if kept else "churned"
                contracts[-1]["mrr_after"] = after if kept else ""
                if not kept:
                    break
                mrr = after
            if (month - begin) % TERM == 0:
                term = first_day(month), first_day(month + TERM)
                contracts.append(
                    {"customer": name, "start": term[0], "end": term[1], "outcome": "",
                     "mrr_before": mrr, "mrr_after": ""}
                )  # fmt: skip
            before = State(state.contact, state.use, state.success)
            state.use = goes_on(chance, before.use, eager * rates.use[before.contact], rates.lost)
            state.success = goes_on(
                chance, before.success, eager * rates.success[before.use], rates.lost
            )
            state.contact = chance.random() < rates.contact[state.use]
            paid[month] = mrr
            if month >= FIRST:
                money = {"mrr": mrr, "mrr_12m_ago": paid.get(month - 12, "")}
                seen = observe(chance, state)
                snapshots.append(
                    {"customer": name, "as_of": last_day(month), "plan": plan, **money, **seen}
                )
    folder.mkdir(parents=True, exist_ok=True)
    for file, rows in (("snapshots", snapshots), ("contracts", contracts)):
        with open(folder / f"{file}.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def goes_on(chance: random.Random, before: bool, begins: float, ends: float) -> bool:
    return chance.random() >= ends if before else chance.random() < begins


def some(chance: random.Random, there: bool, low: tuple[int, int], high: tuple[int, int]) -> int:
    """A count from one of two ranges."""
    return chance.randint(*(high if there else low))
