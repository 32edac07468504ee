"""The lists that the page is made of: who first, what happened, what to send, the goals. Each is an
action's own; the page picks whose it may be, and how many rows of it there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._dates import date_of
from .._errors import Error
from .._initiatives import Initiatives
from .._told import prepared
from ..actions import Actions
from ..evidence import Evidence
from ..explain import Record
from ..plan import Plan
from ._panel import Panel
from ._today import gone, model_of

#: Rows that the lists of what happened and of what to send have on the page.
MOST_ROWS = 1000
#: Why triggers are not asked, as the library would say it.
_PREPARED = "what was sent before is not known: give the initiatives as a table, not prepared"


@dataclass(frozen=True)
class Lists:
    """Lists, or why they cannot be made; None: the model declares nothing that makes one."""

    priority: Actions | str
    alerts: Actions | str | None
    triggers: Actions | str | None
    goals: Actions | str | None
    plays: bool  #: does the model declare any?


def lists(
    plan: Plan,
    batch: Any,
    table: Any,
    contracts: Any,
    panel: Panel,
    latest: Mapping[str, tuple[int, int]],
    day: int,
    seen: Evidence,
    *,
    initiatives: Initiatives | None,
    capacity: float | None,
    most: int,
    columns: Mapping[str, Any],
) -> Lists:
    """The lists of a day. ``batch``: all snapshots, with all metrics; ``table``: the same rows;
    ``latest``: of each customer the row and day of its latest snapshot up to then.

    Customers whose contract or trial has ended for good are in none of them but the goals', whose
    course they were part of.
    """
    declared = model_of(plan)
    left = gone(plan, contracts, day)
    wish: dict[str, Any] = {"as_of": date_of(day)}
    first = wish if capacity is None else {**wish, "capacity": capacity}
    how: dict[str, Any] = {"initiatives": initiatives, "all_metrics": True, **columns}
    # Two of them look at the latest row of each customer only.
    now = table.take(sorted(row for name, (row, _) in latest.items() if name not in left))
    current = plan.batch(now, **how)
    return Lists(
        priority=_made(plan, "priority", current, evidence=seen, limit=most, **first),
        alerts=_made(plan, "alerts", _of_those_here(plan, batch, table, panel, left, how), **wish)
        if declared.get("alerts")
        else None,
        triggers=_triggers(plan, now, initiatives, wish, columns)
        if declared.get("triggers")
        else None,
        goals=_made(plan, "goals", batch, evidence=seen, **wish) if declared.get("goals") else None,
        plays=bool(declared.get("plays")),
    )


def _of_those_here(
    plan: Plan, batch: Any, table: Any, panel: Panel, left: set[str], how: Mapping[str, Any]
) -> Any:
    """All snapshots of the customers who are still there."""
    rows = panel.without(left)
    return batch if rows is None else plan.batch(table.take(rows), **how)


def _made(plan: Plan, name: str, batch: Any, **options: Any) -> Actions | str:
    try:
        return plan.act(name, batch, **options)
    except Error as failure:
        return str(failure)


def _triggers(
    plan: Plan,
    table: Any,
    initiatives: Initiatives | None,
    wish: Mapping[str, Any],
    columns: Mapping[str, Any],
) -> Actions | str:
    """Only a plan that is made to act asks triggers, of a batch and of initiatives of its own."""
    acting, done = plan.for_actions(), None
    if initiatives is not None:
        if initiatives.table is None:
            return _PREPARED
        # Quiet: the plan's own preparation has told what is doubtful.
        done = prepared(acting, "initiatives", initiatives.table, keep_all=True, quiet=True)
    own = acting.batch(table, initiatives=done, all_metrics=True, **columns)
    return _made(acting, "triggers", own, holdouts=False, **wish)


def newest(made: Actions, key: str, names: Sequence[str], most: int = MOST_ROWS) -> list[Record]:
    """Rows by the name in the column `key`, at most so many: every name has its share of the room,
    and what one does not need is the others'. Of a day those with most MRR come first."""
    by_name: dict[str, list[Record]] = {name: [] for name in names}
    for row in made:
        by_name.setdefault(row[key], []).append(row)
    room, out = most, []
    for left, rows in zip(
        range(len(by_name), 0, -1), sorted(by_name.values(), key=lambda one: len(one))
    ):
        kept = sorted(rows, key=_worth)[: room // left]
        room -= len(kept)
        out += kept
    return sorted(out, key=_worth)


def _worth(row: Record) -> tuple[int, float, str]:
    day = row.get("fired") or row.get("date") or ""
    return -int(str(day).replace("-", "") or 0), -(row["mrr"] or 0.0), row["customer"]


__all__ = ["MOST_ROWS", "Lists", "lists", "newest"]
