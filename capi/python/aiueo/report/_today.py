"""Who comes first today, and why; who is a customer no more."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from .._dates import date_of, day_of
from ..explain import Gap
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

    customer: str
    open: Open | None  #: None: no contract or trial of it is open
    row: int | None  #: of its snapshot in the batch; None without one of today
    seen: datetime.date | None  #: the date of the latest snapshot
    gap: Gap | None = None
    why: Mapping[str, Any] | None = None  #: as `Plan.explain` has it
    plays: list[str] = field(default_factory=list)
    ranked: Mapping[str, Any] | None = None  #: its row of the action "priority"


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
    import pyarrow.compute as pc

    there = contracts.select([name for name in _COLUMNS if name in contracts.column_names])
    if "outcome" not in there.column_names:
        return there
    return there.filter(pc.equal(_outcomes(there), ""))


def _outcomes(contracts: Any) -> Any:
    """Of each row, without spaces around it; empty: still open."""
    import pyarrow.compute as pc

    said = pc.utf8_trim_whitespace(_as_text(contracts.column("outcome")))
    return pc.fill_null(said, "")


def _as_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    return pc.cast(column, pa.string())


def _texts(values: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.array(list(values), pa.string())


_COLUMNS = ("customer", "start", "end", "outcome", "mrr_before", "kind")
#: Outcomes after which there is no customer any more.
_LOST = ("churned", "lapsed")


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


def gone(plan: Plan, contracts: Any, day: int) -> set[str]:
    """Customers that left: their latest contract or trial has ended and was not renewed, and none
    is open. ``contracts`` has passed `Plan.contracts`."""
    import pyarrow.compute as pc

    if "outcome" not in contracts.column_names:
        return set()
    there = contracts.select([name for name in _COLUMNS if name in contracts.column_names])
    said = _outcomes(there)
    lost = _ends(there.filter(pc.is_in(said, value_set=_texts(_LOST))), plan, day)
    if not lost:
        return set()
    stayed = there.filter(pc.invert(pc.is_in(said, value_set=_texts(_LOST))))
    own = pc.is_in(_as_text(stayed.column("customer")), value_set=_texts(lost))
    for one in stayed.filter(own).to_pylist():
        customer, start = _text(one["customer"]), _day(one.get("start"), plan)
        if start is not None and start > day:
            continue
        end = _day(one["end"], plan)
        if not _text(one.get("outcome")) or end is None or end > lost.get(customer, day):
            lost.pop(customer, None)
    return set(lost)


def _ends(contracts: Any, plan: Plan, day: int) -> dict[str, int]:
    """The latest end up to a day, by customer."""
    out: dict[str, int] = {}
    for one in contracts.to_pylist():
        customer, end = _text(one["customer"]), _day(one["end"], plan)
        if end is not None and end <= day:
            out[customer] = max(end, out.get(customer, end))
    return out


def today(
    plan: Plan,
    batch: Any,
    stages: Sequence[int],
    contracts: Sequence[Open],
    most: int,
    ranked: Sequence[Mapping[str, Any]] = (),
    latest: Mapping[str, tuple[int, int]] | None = None,
) -> list[Wanted]:
    """The customers to look after first, at most so many: those that the action "priority" ranks,
    in its order, and after them those whose contracts end soonest (within 30, 90, 180 and 365
    days), among them those below the target rung, among them those with most MRR.

    ``stages``: positions on the first ladder by row of the batch, below 0 where it is not known.
    ``ranked``: rows of the action; ``latest``: row and day of each customer's latest snapshot. The
    reason is what the next rung lacks.
    """
    target = target_rung(plan)
    least = plan.ladders[target[0]].index(target[1]) if target else 0

    def place(one: Open) -> tuple[int, bool, float, int, str]:
        step = sum(one.days > bound for bound in _STEPS)
        below = one.row is None or (target is not None and stages[one.row] < least)
        return step, not below, -(one.mrr or 0.0), one.days, one.customer

    held = {one.customer: one for one in contracts}
    chosen = []
    for row in ranked[:most]:
        own = held.pop(row["customer"], None)
        at, seen = (latest or {})[row["customer"]]
        chosen.append(Wanted(row["customer"], own, at, date_of(seen), ranked=row))
    for one in sorted(held.values(), key=place)[: most - len(chosen)]:
        chosen.append(Wanted(one.customer, one, one.row, one.seen))
    plays = model_of(plan).get("plays", {})
    return [_explained(plan, batch, one, target, plays) for one in chosen]


def _explained(
    plan: Plan, batch: Any, one: Wanted, target: Any, plays: Mapping[str, Any]
) -> Wanted:
    if one.row is None:
        return one
    why = plan._explain_row(batch, one.row)
    gap = plan.gap(batch, row=one.row, ladder=target[0]) if target else None
    # Of a ranked customer the action says which play; of others what would move the score most.
    found = _plays(why, plays) if one.ranked is None else []
    return replace(one, gap=gap, why=why, plays=found)


def _plays(why: Mapping[str, Any], plays: Mapping[str, Any]) -> list[str]:
    """Plays for what would move the customer's overall most."""
    out: list[str] = []
    for move in why["movers"][:3]:
        for name, play in plays.items():
            if move["component"] in play.get("for", []) and name not in out:
                out.append(name)
    return out


__all__ = [
    "MOST_CUSTOMERS",
    "Open",
    "Wanted",
    "gone",
    "model_of",
    "open_contracts",
    "target_rung",
    "today",
]
