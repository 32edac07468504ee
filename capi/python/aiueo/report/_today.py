"""Who comes first today, and why."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from .._dates import date_of, day_of
from ..explain import Explanation, Gap
from ..plan import Plan

#: Customers that the list, and so the page, has.
MOST_CUSTOMERS = 1000
#: Contracts are taken together by days to their end: who ends within a month comes before others.
_STEPS = (30, 90, 180, 365)


@dataclass(frozen=True)
class Open:
    """The contract or trial of a customer that is decided next."""

    customer: str
    end: datetime.date
    days: int  #: from today; below 0 it is overdue
    mrr: float | None  #: in major units
    trial: bool
    row: int | None  #: of the customer's snapshot in the batch; None without one of today
    seen: datetime.date | None  #: the date of the latest snapshot


@dataclass(frozen=True)
class Wanted:
    """A customer on the list: its contract, what its next rung lacks, and why its score is so."""

    open: Open
    gap: Gap | None
    why: Explanation | None
    plays: list[str] = field(default_factory=list)


def open_contracts(plan: Plan, contracts: Any, day: int, latest: Mapping[str, Any]) -> list[Open]:
    """Of each customer the contract that has begun, is not decided and ends first. ``latest``: the
    row and day of each customer's latest snapshot; ``contracts`` has passed `Plan.contracts`."""
    from ._panel import CURRENT_DAYS

    first: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for one in _undecided(contracts).to_pylist():
        customer, end = _text(one["customer"]), _day(one["end"], plan)
        start = _day(one.get("start"), plan)
        if end is None or (start is not None and start > day):
            continue
        if customer not in first or end < first[customer][0]:
            first[customer] = end, one
    out = []
    for customer, (end, one) in first.items():
        row, seen = latest.get(customer, (None, None))
        current = seen is not None and day - seen <= CURRENT_DAYS
        out.append(
            Open(
                customer,
                date_of(end),
                end - day,
                _money(one.get("mrr_before")),
                _text(one.get("kind")) == "trial",
                row if current else None,
                None if seen is None else date_of(seen),
            )
        )
    return out


def _undecided(contracts: Any) -> Any:
    """The rows of a contracts table without an outcome, and the columns that matter."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = contracts.select([name for name in _COLUMNS if name in contracts.column_names])
    if "outcome" not in there.column_names:
        return there
    outcome = there.column("outcome")
    if pa.types.is_dictionary(outcome.type):
        outcome = pc.cast(outcome, outcome.type.value_type)
    said = pc.utf8_trim_whitespace(pc.cast(outcome, pa.string()))
    return there.filter(pc.equal(pc.fill_null(said, ""), ""))


_COLUMNS = ("customer", "start", "end", "outcome", "mrr_before", "kind")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else str(value).strip()


def _day(value: Any, plan: Plan) -> int | None:
    if isinstance(value, (bytes, str)):
        value = _text(value)
    return None if value is None or value == "" else day_of(value, "end", plan.time_zone)


def _money(value: Any) -> float | None:
    text = _text(value)
    try:
        return float(Decimal(text)) if text else None
    except InvalidOperation:
        return None


def target_rung(plan: Plan) -> tuple[str, str] | None:
    """The first ladder, and the rung that the model's goals want on it; without such a goal the
    highest."""
    ladders = plan.ladders
    if not ladders:
        return None
    ladder, rungs = next(iter(ladders.items()))
    for goal in model_of(plan).get("goals", {}).values():
        if goal.get("ladder") == ladder and goal.get("at_least") in rungs:
            return ladder, str(goal["at_least"])
    return ladder, rungs[-1]


def model_of(plan: Plan) -> dict[str, Any]:
    """The model's own document."""
    out: dict[str, Any] = json.loads(plan._source[0])
    return out


def today(
    plan: Plan, batch: Any, stages: Sequence[int], contracts: Sequence[Open], most: int
) -> list[Wanted]:
    """The customers to look after first, at most so many: contracts that end soonest (within 30,
    90, 180 and 365 days), among them those below the target rung, among them those with most MRR.

    ``stages``: positions on the first ladder by row of the batch, below 0 where it is not known.
    The reason is what the next rung lacks.
    """
    target = target_rung(plan)
    least = plan.ladders[target[0]].index(target[1]) if target else 0

    def place(one: Open) -> tuple[int, bool, float, int, str]:
        step = sum(one.days > bound for bound in _STEPS)
        below = one.row is None or (target is not None and stages[one.row] < least)
        return step, not below, -(one.mrr or 0.0), one.days, one.customer

    chosen = sorted(contracts, key=place)[:most]
    plays = model_of(plan).get("plays", {})
    return [_wanted(plan, batch, one, target, plays) for one in chosen]


def _wanted(plan: Plan, batch: Any, one: Open, target: Any, plays: Mapping[str, Any]) -> Wanted:
    if one.row is None:
        return Wanted(one, None, None)
    why = plan.explain(batch, row=one.row)
    gap = plan.gap(batch, row=one.row, ladder=target[0]) if target else None
    return Wanted(one, gap, why, _plays(why, plays))


def _plays(why: Explanation, plays: Mapping[str, Any]) -> list[str]:
    """Plays for what would move the customer's overall most."""
    out: list[str] = []
    for move in why["movers"][:3]:
        for name, play in plays.items():
            if move["component"] in play.get("for", []) and name not in out:
                out.append(name)
    return out


__all__ = ["MOST_CUSTOMERS", "Open", "Wanted", "model_of", "open_contracts", "target_rung", "today"]
