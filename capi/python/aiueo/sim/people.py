"""Who the customers are: traits that do not change, drawn before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .knobs import INDUSTRIES, INDUSTRY_SHARES, MEMBERS, PLANS, TEAMS, Knobs, Segment
from .streams import Streams, pick

Array = NDArray[Any]


@dataclass(frozen=True)
class People:
    """Arrays of shape ``(customers,)``; months count from the first simulated month."""

    key: Array  #: "c-000001", ascending
    parent: Array  #: key of the group a customer belongs to, or None
    plan: Array  #: index into PLANS
    industry: Array  #: index into INDUSTRIES
    member: Array  #: index into MEMBERS
    team: Array  #: index into TEAMS
    term: Array  #: months of a contract
    trial: Array  #: starts with a trial
    start: Array  #: month of the first contract or trial
    day: Array  #: day of the month on which contracts start and end, 1..28
    fit: Array  #: standard normal: how well product and customer suit each other
    size: Array  #: plan step: -1 starter, 0 standard, 1 enterprise
    seats: Array  #: contracted seats
    hiring_plan: Array  #: hires planned in 12 months
    mrr: Array  #: first MRR in yen, a multiple of 100

    def __len__(self) -> int:
        return len(self.key)

    def level(self, segment: Segment) -> Array:
        """True for the customers of a segment level."""
        if segment.variable == "plan":
            return np.equal(self.plan, PLANS.index(segment.level))
        if segment.variable == "industry":
            return np.equal(self.industry, INDUSTRIES.index(segment.level))
        if segment.variable == "team":
            return np.equal(self.team, TEAMS.index(segment.level))
        return np.equal(self.term, int(segment.level))

    def levels(self, variable: str) -> tuple[Array, tuple[str, ...]]:
        """Codes and names of a segment variable."""
        if variable == "plan":
            return self.plan, PLANS
        if variable == "industry":
            return self.industry, INDUSTRIES
        if variable == "team":
            return self.team, TEAMS
        if variable == "term_months":
            return np.searchsorted([1, 12, 24], self.term), ("1", "12", "24")
        raise ValueError(
            f"no segment variable {variable!r}; there are plan, industry, team, term_months"
        )


def draw_people(count: int, history: int, months: int, knobs: Knobs, streams: Streams) -> People:
    """Customers whose first contract or trial starts in one of ``history + months`` months."""
    scale = streams.normal("size", count)
    # Plans are cut from size, so that within a plan nothing of the planted confounding is left.
    plan = np.searchsorted([0.0, 1.1], scale, side="right")
    seats = np.clip(np.rint(np.exp(2.4 + 0.8 * scale)), 5, 600).astype(np.int64)
    price = np.exp(np.log(4200.0) + 0.25 * streams.normal("price", count)) * (1.0 + 0.15 * plan)
    mrr = np.maximum(np.rint(seats * price / 100.0), 10).astype(np.int64) * 100
    hiring = np.rint(np.exp(1.9 + 0.5 * scale + 0.4 * streams.normal("hiring", count)))

    before = streams.uniform("established", count) < knobs.established
    when = streams.uniform("start", count)
    start = np.where(before, np.floor(when * history), history + np.floor(when * months)).astype(
        np.int64
    )
    if history == 0:
        start = np.floor(when * months).astype(np.int64)

    member = np.floor(streams.uniform("member", count) * len(MEMBERS)).astype(np.int64)
    group = np.floor(streams.uniform("group", count) * max(1, count // 40)).astype(np.int64)
    grouped = (streams.uniform("grouped", count) < 0.08) & (plan > 0)
    width = max(6, len(str(count)))
    key = np.array([f"c-{i:0{width}d}" for i in range(1, count + 1)], dtype=object)
    parent = np.array(
        [f"g-{g + 1:04d}" if yes else None for g, yes in zip(group.tolist(), grouped.tolist())],
        dtype=object,
    )
    return People(
        key=key,
        parent=parent,
        plan=plan,
        industry=pick(streams.uniform("industry", count), INDUSTRY_SHARES),
        member=member,
        team=member % len(TEAMS),
        term=np.asarray([term for term, _ in knobs.terms])[
            pick(streams.uniform("term", count), tuple(share for _, share in knobs.terms))
        ],
        trial=streams.uniform("trial", count) < knobs.trial_share,
        start=start,
        day=1 + np.floor(streams.uniform("day", count) * 28).astype(np.int64),
        fit=streams.normal("fit", count),
        size=plan - 1,
        seats=seats,
        hiring_plan=np.clip(hiring, 2, 300).astype(np.int64),
        mrr=mrr,
    )
