"""Writes the portfolio into a folder: python make.py FOLDER

Every chance stands below and depends on the level, on whether the subscriber is devoted, which
nobody sees, and on the team that looks after it. So what a level keeps over twelve months, and what
lifting it would do, follow exactly: `planted`.
"""

from __future__ import annotations

import csv
import datetime
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIRST, MONTHS = 2022 * 12 + 10, 72  # November 2022 to October 2028
JOIN_A_MONTH = 45
LEVELS = range(6)
#: To the next level, and down to the one below, in a month.
UP = (0.35, 0.25, 0.03, 0.05, 0.03, 0.0)
DOWN = (0.0, 0.05, 0.03, 0.03, 0.03, 0.06)
#: A contract of a year is renewed, by the level at the close before the month of its end.
RENEWS = (0.45, 0.55, 0.64, 0.84, 0.92, 0.94)
#: What is renewed below level 3 goes over to a plan at three quarters of the price.
CHEAPER, CHEAPER_BY = 0.12, 0.75
#: One more package in a month, which adds 30 % to the MRR; before and since the goods ran short.
ADDS = ((0.0, 0.005, 0.01, 0.04, 0.10, 0.12), (0.0, 0.005, 0.01, 0.04, 0.06, 0.07))
PACKAGE, SHORT = 0.32, 48
#: The devoted (30 %) rise more often, leave less and buy more, whatever their level.
DEVOTED, RISES, LEAVES, BUYS = 0.30, 2.0, 0.4, 1.6
#: In the last six months team west shows its subscribers at level 2 what else there is.
PUSH, PUSHED = MONTHS - 6, 4.0
MEMBERS = {"akita": "east", "baba": "east", "chiba": "east", "doi": "west", "endo": "west"}
PRICES = (800, 1200, 1600, 3000)
CHARACTERS = ("the swordsman", "the sister", "the fox")
COUNT = "the count"


def first_day(month: int) -> datetime.date:
    return datetime.date((FIRST + month) // 12, (FIRST + month) % 12 + 1, 1)


def last_day(month: int) -> datetime.date:
    return first_day(month + 1) - datetime.timedelta(days=1)


def moves(month: int, level: int, devoted: bool, west: bool) -> tuple[float, float]:
    """Chances to rise and to fall in a month."""
    up = UP[level] * (RISES if devoted else 1)
    pushed = west and level == 2 and month >= PUSH
    return min(up * (PUSHED if pushed else 1), 0.9), DOWN[level]


def renews(level: int, devoted: bool) -> float:
    return 1 - (1 - RENEWS[level]) * (LEAVES if devoted else 1)


def buys(month: int, level: int, devoted: bool) -> float:
    return ADDS[month >= SHORT][level] * (BUYS if devoted else 1)


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────


class Subscriber:
    def __init__(self, chance: random.Random, number: int, month: int) -> None:
        self.key = f"s-{number:05d}"
        self.began = month
        self.day = chance.randrange(1, 29)
        self.devoted = chance.random() < DEVOTED
        self.member = chance.choice(list(MEMBERS))
        self.level = 0
        self.mrr = chance.choice(PRICES)
        self.left = False
        self.contracts: list[dict[str, Any]] = []
        self.ledger: list[dict[str, Any]] = []
        self.sign(month)

    def date(self, month: int) -> datetime.date:
        return first_day(month).replace(day=self.day)

    def sign(self, month: int) -> None:
        """A contract of a year, from this month on."""
        self.contracts.append(
            {
                "customer": self.key,
                "start": self.date(month),
                "end": self.date(month + 12),
                "outcome": "",
                "mrr_before": self.mrr,
                "mrr_after": "",
            }
        )
        self.pays(self.date(month))

    def pays(self, since: datetime.date) -> None:
        """From this day on it pays what `mrr` says."""
        if self.ledger and self.ledger[-1]["start"] == since:
            self.ledger[-1]["mrr"] = self.mrr
            return
        if self.ledger:
            self.ledger[-1]["end"] = since
        row = {"customer": self.key, "start": since, "end": "", "mrr": self.mrr}
        self.ledger.append(row)

    def decide(self, chance: random.Random, month: int) -> None:
        kept = chance.random() < renews(self.level, self.devoted)
        self.contracts[-1]["mrr_before"] = self.mrr
        self.contracts[-1]["outcome"] = "renewed" if kept else "churned"
        if not kept:
            self.left = True
            self.ledger[-1]["end"] = self.date(month)
            return
        if self.level < 3 and chance.random() < CHEAPER:
            self.mrr = round(self.mrr * CHEAPER_BY)
        self.contracts[-1]["mrr_after"] = self.mrr
        self.sign(month)

    def live(self, chance: random.Random, month: int) -> None:
        """A month: at its end of a year it decides, then it moves, then it may buy."""
        if month > self.began and (month - self.began) % 12 == 0:
            self.decide(chance, month)
            if self.left:
                return
        if month == self.began:
            return
        up, down = moves(month, self.level, self.devoted, MEMBERS[self.member] == "west")
        drawn = chance.random()
        self.level += 1 if drawn < up else -1 if drawn > 1 - down else 0
        if chance.random() < buys(month, self.level, self.devoted):
            self.mrr = round(self.mrr * (1 + PACKAGE))
            self.contracts[-1]["mrr_before"] = self.mrr
            self.pays(last_day(month))

    def row(self, chance: random.Random, month: int) -> dict[str, Any]:
        """Its metrics. A condition above the next one may hold as it happens: levels are AND."""
        level = self.level
        visits = chance.randint(12, 28) if level >= 1 else chance.randint(0, 11)
        read = chance.randint(4, 8) if level >= 2 else chance.randint(0, 3 if level else 8)
        seen = (12, 40) if level >= 3 else (1, 11) if level == 2 else (1, 30)
        views = 10 + visits * chance.randint(1, 4)
        fond = level >= 4 or (level < 3 and chance.random() < 0.3)
        share = chance.uniform(0.35, 0.75) if fond else chance.uniform(0.05, 0.25)
        anybody = chance.choice([*CHARACTERS, COUNT])
        only = COUNT if level == 5 else chance.choice(CHARACTERS) if level == 4 else anybody
        return {
            "customer": self.key,
            "as_of": last_day(month),
            "member": self.member,
            "team": MEMBERS[self.member],
            "since": self.contracts[0]["start"],
            "contract_end": self.contracts[-1]["end"],
            "mrr": self.mrr,
            "visits_28d": visits,
            "notices_28d": 8,
            "notices_read_28d": read,
            "titles_seen": chance.randint(*seen),
            "titles": 40,
            "views_28d": views,
            "top_views": round(views * share),
            "top_character": only,
        }


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def drawn(seed: int) -> tuple[list[Subscriber], list[dict[str, Any]]]:
    """All subscribers that ever were, and the snapshots of all months."""
    chance = random.Random(seed)
    everybody: list[Subscriber] = []
    snapshots: list[dict[str, Any]] = []
    for month in range(MONTHS):
        for _ in range(JOIN_A_MONTH):
            everybody.append(Subscriber(chance, len(everybody), month))
        for one in everybody:
            if not one.left:
                one.live(chance, month)
            if not one.left:
                snapshots.append(one.row(chance, month))
    return everybody, snapshots


def make(seed: int, into: Path) -> None:
    """Writes snapshots.csv, contracts.csv and ledger.csv."""
    everybody, snapshots = drawn(seed)
    into.mkdir(parents=True, exist_ok=True)
    write(into / "snapshots.csv", snapshots)
    write(into / "contracts.csv", [row for one in everybody for row in one.contracts])
    write(into / "ledger.csv", [row for one in everybody for row in one.ledger])


# ── what is true ─────────────────────────────────────────────────────────────────────────────────

#: devoted, west, months since the contract began (0 to 11), level → MRR expected there.
State = tuple[bool, bool, int, int]
Money = dict[State, float]


def states() -> Iterator[State]:
    for devoted in (False, True):
        for west in (False, True):
            for since in range(12):
                for level in LEVELS:
                    yield devoted, west, since, level


def after_a_month(month: int, state: State) -> Iterator[tuple[State, float]]:
    """Where a yen of MRR at the close before `month` is expected at its own close."""
    devoted, west, since, level = state
    kept = 1.0
    if since == 11:
        kept = renews(level, devoted)
        kept *= 1 - CHEAPER * (1 - CHEAPER_BY) if level < 3 else 1
    up, down = moves(month, level, devoted, west)
    for step, share in ((1, up), (-1, down), (0, 1 - up - down)):
        if share:
            grown = 1 + PACKAGE * buys(month, level + step, devoted)
            yield (devoted, west, (since + 1) % 12, level + step), kept * share * grown


def kept_after(month: int, months: int = 12) -> Money:
    """Of a yen in each state at the close of `month`, what is expected so many months later."""
    value = dict.fromkeys(states(), 1.0)
    for then in range(month + months, month, -1):
        value = {
            state: sum(part * value[to] for to, part in after_a_month(then, state))
            for state in states()
        }
    return value


def expected_money() -> list[Money]:
    """MRR expected in each state at the close of each month, in mean prices."""
    west = sum(team == "west" for team in MEMBERS.values()) / len(MEMBERS)
    out: list[Money] = []
    money: Money = {}
    for month in range(MONTHS):
        then: Money = dict.fromkeys(states(), 0.0)
        for state, yen in money.items():
            for to, part in after_a_month(month, state):
                then[to] += yen * part
        for devoted in (False, True):
            for in_west in (False, True):
                share = (DEVOTED if devoted else 1 - DEVOTED) * (west if in_west else 1 - west)
                then[devoted, in_west, 0, 0] += JOIN_A_MONTH * share
        out.append(then)
        money = then
    return out


def planted(first: int, last: int) -> dict[str, list[float]]:
    """By level, of the starting months `first` to `last` (0: the first with snapshots): the `nrr`
    over twelve months, and what lifting its subscribers by one level really `lifts` it by."""
    before, kept, lifted = ([0.0] * len(LEVELS) for _ in range(3))
    money = expected_money()
    for month in range(first, last + 1):
        value = kept_after(month)
        for state, yen in money[month].items():
            devoted, west, since, level = state
            before[level] += yen
            kept[level] += yen * value[state]
            higher = value.get((devoted, west, since, level + 1), 0.0)
            lifted[level] += yen * higher
    nrr = [part / whole for part, whole in zip(kept, before)]
    lifts = [part / whole - one for part, whole, one in zip(lifted, before, nrr)]
    return {"nrr": nrr, "lifts": lifts[:-1], "money": before}


def to_come(everybody: list[Subscriber]) -> float:
    """The NRR that is to be expected of those who are there at the end, over the next year."""
    value = kept_after(MONTHS - 1)
    now, then = 0.0, 0.0
    for one in everybody:
        if not one.left:
            since = (MONTHS - 1 - one.began) % 12
            now += one.mrr
            then += one.mrr * value[one.devoted, MEMBERS[one.member] == "west", since, one.level]
    return then / now


if __name__ == "__main__":
    make(1, Path(sys.argv[1]))
