"""Writes the portfolio into a folder: python make.py FOLDER

Month by month the product's own nightly job runs in it: `act triggers` lists whom to send the
profile mail, with which variant and whom to hold out; the rows are recorded; and members answer by
the chances below. So what `study initiative` measures afterwards has a known truth.
"""

from __future__ import annotations

import csv
import datetime
import random
import sys
from pathlib import Path
from typing import Any

import aiueo

#: A member without a profile makes one within the month: by what was sent. None: nothing yet.
PROFILE = {None: 0.06, "holdout": 0.06, "text": 0.14, "video": 0.30}
#: A month is paid again: by profile and visits.
STAYS = {"visitor": 0.80, "ready": 0.90, "regular": 0.97}
MONTHS, JOIN_A_MONTH, PRICE = 14, 220, 980
FIRST = (2025, 11)


def month_end(month: int) -> datetime.date:
    year, at = divmod(FIRST[0] * 12 + FIRST[1] - 1 + month + 1, 12)
    return datetime.date(year, at + 1, 1) - datetime.timedelta(days=1)


class Member:
    def __init__(self, chance: random.Random, number: int, joined: datetime.date) -> None:
        self.key = f"m-{number:05d}"
        self.joined = joined
        self.profile = chance.random() < 0.35
        self.taste = chance.betavariate(1.2, 1.8)
        self.sent: str | None = None
        self.left: datetime.date | None = None

    @property
    def regular(self) -> bool:
        return self.profile and self.taste > 0.45

    def row(self, chance: random.Random, day: datetime.date) -> dict[str, Any]:
        lively = (0.25 + 0.75 * self.profile) * self.taste
        visits = sum(chance.random() < lively for _ in range(14))
        views = sum(chance.randint(1, 6) for _ in range(visits))
        favourite = self.regular and chance.random() < 0.7
        paid = datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return {
            "customer": self.key,
            "as_of": day,
            "plan": "standard",
            "joined": self.joined,
            "paid_until": paid,
            "mrr": PRICE,
            "profile_done": str(self.profile).lower(),
            "follows": sum(chance.random() < 0.5 for _ in range(5)) if self.profile else 0,
            "visits_28d": visits,
            "views_28d": views,
            "top_views": round(views * (0.5 if favourite else 0.15)),
            "finished_28d": sum(chance.random() < 0.3 for _ in range(visits)),
        }


def stays(chance: random.Random, one: Member) -> bool:
    kind = "regular" if one.regular else "ready" if one.profile else "visitor"
    return chance.random() < STAYS[kind]


def contracts_of(one: Member, until: datetime.date) -> list[dict[str, Any]]:
    """A contract a month, each decided on the first of the next; the last one is open."""
    out, start = [], one.joined
    while True:
        end = datetime.date(start.year + start.month // 12, start.month % 12 + 1, 1)
        last = one.left == end
        open_ = end > until
        out.append(
            {
                "customer": one.key,
                "start": start,
                "end": end,
                "outcome": "" if open_ else "churned" if last else "renewed",
                "mrr_before": PRICE,
                "mrr_after": "" if open_ else 0 if last else PRICE,
            }
        )
        if last or open_:
            return out
        start = end


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def make(seed: int, into: Path) -> None:
    chance = random.Random(seed)
    plan = aiueo.load(Path(__file__).with_name("model.json"))
    members: list[Member] = []
    snapshots: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    for month in range(MONTHS):
        day = month_end(month)
        first = day.replace(day=1)
        for _ in range(JOIN_A_MONTH):
            joined = first + datetime.timedelta(days=chance.randrange(0, 25))
            members.append(Member(chance, len(members), joined))
        here = [one for one in members if one.left is None]
        rows = [one.row(chance, day) for one in here]
        snapshots += rows
        known = {one.key: one for one in here}
        given = {"initiatives": sent} if sent else {}
        for row in plan.act("triggers", rows, **given):
            one = known[row.customer]
            one.sent = "holdout" if row.holdout else row.variant
            answered = chance.random() < PROFILE[one.sent]
            responded = day + datetime.timedelta(days=chance.randrange(1, 20))
            sent.append(
                {
                    "customer": row.customer,
                    "initiative": row.initiative,
                    "date": row.date,
                    "responded": responded.isoformat() if answered else None,
                    "variant": row.variant,
                    "holdout": row.holdout,
                }
            )
            one.profile = one.profile or answered
        for one in here:
            if one.sent is None and not one.profile:
                one.profile = chance.random() < PROFILE[None]
            one.taste = min(1.0, max(0.0, one.taste + chance.gauss(0, 0.06)))
            if not stays(chance, one):
                one.left = day + datetime.timedelta(days=1)
    into.mkdir(parents=True, exist_ok=True)
    until = month_end(MONTHS - 1)
    write(into / "snapshots.csv", snapshots)
    write(into / "contracts.csv", [row for one in members for row in contracts_of(one, until)])
    write(
        into / "initiatives.csv",
        [{**row, "holdout": str(row["holdout"]).lower()} for row in sent],
    )


if __name__ == "__main__":
    make(4, Path(sys.argv[1]))
