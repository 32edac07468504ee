"""What the page says above its lists: of the list for today, of what happened, of what to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._cells import Money as Amounts
from .._cells import money_parts
from .._text import number
from ..actions import Actions
from ..explain import label_of
from ..plan import Plan
from ._customers import called
from ._lists import Lists
from ._sections import Table
from ._today import Wanted, model_of, target_rung
from ._words import words

#: Rows of the list that can be on the page.
_LOOKED_AT = 1000


@dataclass
class Above:
    """What stands above a list, and below it."""

    name: str
    title: str
    missing: str = ""  #: why there is no list
    sentence: str = ""
    counts: Table | None = None
    order: str = ""  #: how its rows are ordered; empty: there are none
    cautions: list[str] = field(default_factory=list)


@dataclass
class Today:
    """What stands above the list for today, and its bands."""

    why: str = ""  #: why it goes by contract end
    sentence: str = ""
    order: str = ""
    cautions: list[str] = field(default_factory=list)
    bands: Table | None = None


def unranked(made: Lists) -> str | None:
    """Why the list cannot go by gain: the library's reason, or the name of the page's own words;
    None where it can."""
    if not made.plays:
        return "no_plays"
    if isinstance(made.priority, str):
        return made.priority
    if made.priority.head["chosen"]["customers"] == 0:
        return ""
    return None


def today_of(
    plan: Plan,
    made: Lists,
    listed: Sequence[Wanted],
    held: int,
    names: Mapping[str, str],
    language: str,
) -> Today:
    """``held``: customers with an open contract or trial. ``names``: of the rungs."""
    w = words(language)
    why = unranked(made)
    out = Today()
    if why is None and isinstance(made.priority, Actions):
        _by_gain(made.priority, out, w, language)
    else:
        out.why = w["no_priority"].format(_reason(made, why or "", w, language))
        if not isinstance(made.priority, str) and made.plays:
            out.cautions = [one.in_(language) for one in made.priority.cautions]
        target = target_rung(plan)
        out.order = w["today_note_plain"]
        if target is not None:
            out.order = w["today_note"].format(names.get(target[1], target[1]))
    if not listed:
        out.order = w["nobody_today"]
        return out
    ranked = sum(one.ranked is not None for one in listed)
    others = len(listed) - ranked
    if why is None and isinstance(made.priority, Actions):
        notes = [] if held else [w["nobody_today"]]
        notes += [w["others_note"]] if others else []
        counts = (ranked, made.priority.head["ranked"], others)
        notes.append(w["listed_ranked"].format(*map(number, counts)))
    elif others < held:
        notes = [w["listed"].format(number(others), number(held))]
    else:
        notes = [w["listed_all"].format(number(held))]
    out.order = _space(language).join([out.order, *notes])
    return out


def _space(language: str) -> str:
    return "" if language == "ja" else " "


def _reason(made: Lists, why: str, w: Mapping[str, str], language: str) -> str:
    if why == "no_plays":
        return w["no_plays"]
    if not why and isinstance(made.priority, Actions):
        return made.priority.sentence.in_(language)
    return why


def _by_gain(made: Actions, out: Today, w: Mapping[str, str], language: str) -> None:
    head = made.head
    out.sentence = made.sentence.in_(language)
    out.cautions = [one.in_(language) for one in made.cautions]
    notes = [w["priority_note"].format(head["lag_months"], head["horizon_months"])]
    first = [one["band"] for one in head["bands"] if one["first"]]
    if first:
        notes.append(w["first_note"].format((", ", "、")[language == "ja"].join(first)))
    if head["capacity"] is not None:
        notes.append(w["capacity_note"].format(number(head["capacity"])))
    if any(row["gain_lower"] <= 0 for row in made.rows(0, _LOOKED_AT)):
        notes.append(w["unsure_note"])
    if head["at_top"]:
        notes.append(w["at_top_note"].format(number(head["at_top"])))
    out.order = _space(language).join(notes)
    if head["bands"]:
        out.bands = _bands(head, w, language)


def _bands(head: Mapping[str, Any], w: Mapping[str, str], language: str) -> Table:
    """What each band would gain, so that the rule of whom to start with can be judged."""
    at = ("en", "ja").index(language)
    # Major units here: the head's amounts are.
    money = Amounts(head["currency"], 0)
    rows = []
    for one in head["bands"]:
        all_ = one["all"]
        rows.append(
            [
                one["band"],
                w["yes"] if one["first"] else "",
                number(all_["customers"]),
                money.bare(all_["mrr"]),
                " ".join(filter(None, money_parts(all_["gain"], money, at))),
                number(all_["effort"]),
                money.bare(all_["gain_per_effort"]),
            ]
        )
    names = ("band", "start_with", "number")
    return Table(
        [
            *(w[name] for name in names),
            money.head("MRR", at),
            money.head(w["gain"], at),
            w["effort"],
            money.head(w["ratio"], at),
        ],
        rows,
    )


def happened(plan: Plan, made: Actions | str | None, shown: int, language: str) -> Above:
    """Of the alerts: so many rows are ``shown``."""
    w = words(language)
    out = Above("alerts", w["alerts"])
    if not isinstance(made, Actions):
        out.missing = w["no_alerts"] if made is None else w["not_there"].format(made)
        return out
    declared = model_of(plan).get("alerts", {})
    out.sentence = made.sentence.in_(language)
    out.cautions = [one.in_(language) for one in made.cautions]
    rows = [
        [
            _name(one["alert"], declared, language),
            w[f"on_{one['kind']}"],
            number(one["fired"]),
            number(one["open"]),
        ]
        for one in made.head["alerts"]
    ]
    out.counts = Table([w[name] for name in ("alert", "kind", "fired", "still_open")], rows)
    if shown:
        out.order = w["rows_all"]
        if shown < len(made):
            out.order = w["rows_some"].format(number(shown), number(len(made)))
    return out


def to_send(plan: Plan, made: Actions | str | None, shown: int, language: str) -> Above:
    """Of the triggers: so many rows are ``shown``."""
    w = words(language)
    out = Above("triggers", w["triggers"])
    if not isinstance(made, Actions):
        out.missing = w["no_triggers"] if made is None else w["not_there"].format(made)
        return out
    model = model_of(plan)
    declared, plays = model.get("triggers", {}), model.get("plays", {})
    out.sentence = made.sentence.in_(language)
    out.cautions = [one.in_(language) for one in made.cautions]
    counted = ("to_send", "sent_before", "succeeded", "held_out")
    rows = [
        [
            _name(one["trigger"], declared, language),
            one["when"],
            _name(one["play"], plays, language),
            *(number(one[name]) for name in counted),
            number(one["unknown"]),
        ]
        for one in made.head["triggers"]
    ]
    heads = ("trigger", "when", "play", *counted, "cannot_tell")
    out.counts = Table([w[name] for name in heads], rows)
    if shown:
        out.order = w["send_all"]
        if shown < len(made):
            out.order = w["send_some"].format(number(shown), number(len(made)))
    return out


def _name(name: str, declared: Mapping[str, Any], language: str) -> str:
    """By its label."""
    return label_of({"name": name, **called(declared.get(name, {}))}, language)


__all__ = ["Above", "Today", "happened", "to_send", "today_of", "unranked"]
