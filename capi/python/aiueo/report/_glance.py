"""The portfolio in a row of figures, each with what it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._cells import Money, points, share_parts
from .._text import number, rounded
from ..finding import Finding
from ..plan import Plan
from ..plot._course import target_of
from ..plot._style import names_of
from ..scores import Scores
from ._today import Open, target_rung
from ._words import words

_SOON = 90


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    notes: list[str]


@dataclass(frozen=True)
class Now:
    """The customers under contract today, and the scores of those with a snapshot."""

    contracts: Sequence[Open]
    scores: Scores | None  #: with detail; of the customers of contracts, not of trials


def tiles(
    plan: Plan, now: Now, nrr: Finding | str, goals: Sequence[Mapping[str, Any]], language: str
) -> list[Tile]:
    at = ("en", "ja").index(language)
    w = words(language)
    paying = [one for one in now.contracts if not one.trial]
    trials = len(now.contracts) - len(paying)
    unseen = sum(one.row is None for one in paying)
    notes = [w["without"].format(number(unseen)) if unseen else w["all_seen"]]
    if trials:
        notes.append(w["trials_beside"].format(number(trials)))
    out = [Tile(w["customers"], number(len(paying)), notes)]
    described = plan.describe()
    money = Money(described.get("currency"), int(described.get("minor_digits") or 0))
    out += _money_tiles(nrr, money, w, at)
    out.append(_due(paying, money, w))
    if now.scores is not None:
        out += _scored(plan, now.scores, goals, w, language)
    return out


def _money_tiles(nrr: Finding | str, money: Money, w: Mapping[str, str], at: int) -> list[Tile]:
    nothing: tuple[str, list[str]] = w["unknown"], []
    mrr = expected = nothing
    months = "12"
    if isinstance(nrr, Finding):
        found = nrr.to_dict()
        months = number(found["horizon_months"])
        portfolio = found["portfolio"]
        if portfolio and portfolio["now"]:
            held = portfolio["now"]
            note = w["mrr_of"].format(number(held["customers"]), found["last_month"])
            mrr = money.bare(held["mrr_minor_units"]), [note]
        if portfolio and portfolio["expected"]["value"] is not None:
            value, bounds = share_parts(portfolio["expected"], at)
            notes = [w["interval"].format(bounds.strip("()"))] if bounds else []
            target = target_of(found)
            if target is not None:
                notes.append(w["target"].format(f"{points(target)}%"))
            expected = value, notes
    return [
        Tile(money.head(w["mrr"], at), *mrr),
        Tile(w["expected"].format(months), *expected),
    ]


def _due(paying: Sequence[Open], money: Money, w: Mapping[str, str]) -> Tile:
    soon = [one for one in paying if 0 <= one.days <= _SOON]
    priced = [one.mrr for one in soon if one.mrr is not None]
    note = w["due_mrr"].format(rounded(sum(priced), 0))
    if len(priced) < len(soon):
        note += w["due_unpriced"].format(number(len(soon) - len(priced)))
    notes = [note] if soon else []
    late = sum(one.days < 0 for one in paying)
    if late:
        notes.append(w["overdue"].format(number(late)))
    return Tile(w["due"], number(len(soon)), notes)


def _scored(
    plan: Plan,
    scores: Scores,
    goals: Sequence[Mapping[str, Any]],
    w: Mapping[str, str],
    language: str,
) -> list[Tile]:
    summary = scores.summary()
    rows = summary["rows"]
    out = []
    target = target_rung(plan)
    if target is not None and rows:
        ladder = next(one for one in summary["ladders"] if one["name"] == target[0])
        rungs = ladder["rungs"]
        first = [one["name"] for one in rungs].index(target[1])
        there = sum(one["count"] for one in rungs[first:])
        perhaps = sum(one["could_be"] for one in rungs[first:])
        note = w["top_of"].format(number(there), number(rows))
        if perhaps:
            note += w["perhaps"].format(number(perhaps))
        name = names_of(plan, language).get(target[1], target[1])
        notes = [note, *_goals(goals, target, w)]
        out.append(Tile(w["top"].format(name), f"{points(there / rows)}%", notes))
    if summary.get("overall"):
        lacking = number(summary["overall"]["insufficient"])
        out.append(Tile(w["insufficient"], lacking, [w["insufficient_of"].format(number(rows))]))
    for state in ("stale", "invalid"):
        customers = sum(1 for count in scores[state] if count)
        values = number(summary["values"][state])
        out.append(Tile(w[state], values, [w["values_of"].format(number(customers))]))
    return out


def _goals(
    goals: Sequence[Mapping[str, Any]], target: tuple[str, str], w: Mapping[str, str]
) -> list[str]:
    """What the model wants of that rung, and by when."""
    out = []
    for one in goals:
        if (one.get("ladder"), one.get("at_least")) != target:
            continue
        share, count = one.get("share"), one.get("count")
        wanted = f"{points(share)}%" if share is not None else number(count)
        out.append(w["goal"].format(wanted, one.get("by") or "–"))
    return out


__all__ = ["Now", "Tile", "tiles"]
