"""The customers of the lists as data for the page's script: names once, figures short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..explain import gives_text, label_of, standing
from ..plan import Plan
from ..plot._months import axis_name
from ._today import Wanted, model_of

_STATES = ("known", "missing", "stale", "invalid", "unseen", "unused")
_LANGUAGES = ("en", "ja")


class Names:
    """Positions of names, in the order in which they are first met, with labels by language."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self.labels: list[list[str]] = []

    def at(self, name: str, one: Mapping[str, Any] | None = None) -> int:
        if name not in self._at:
            self._at[name] = len(self.labels)
            said = [label_of({"name": name, **(one or {})}, language) for language in _LANGUAGES]
            self.labels.append(said if said[0] != said[1] else said[:1])
        return self._at[name]


class Labels:
    """The names that the rows of the lists point to."""

    def __init__(self, plan: Plan) -> None:
        self.described = plan.describe()
        self.declared = model_of(plan)
        self.metrics, self.parts, self.rungs, self.bands = (Names() for _ in range(4))
        self.patterns, self.plays, self.texts = (Names() for _ in range(3))
        for ladder in self.described["ladders"]:
            for rung in ladder["rungs"]:
                self.rungs.at(rung["name"], rung)
        for name, play in self.declared.get("plays", {}).items():
            self.plays.at(name, called(play))
        for axis in self.described["axes"]:
            for part in axis["components"]:
                named = _called(part, self.described["metrics"])
                self.parts.at(f"{axis['name']}.{part['name']}", named)

    def text(self, name: str | None) -> int | None:
        """Of a member, an owner, a channel; None where there is none."""
        return None if name is None else self.texts.at(name)


def called(one: Mapping[str, Any]) -> dict[str, Any]:
    """The label of a play, an alert or a trigger in both languages, of whichever kind it is."""
    label = one.get("label")
    if isinstance(label, str):
        label = dict.fromkeys(_LANGUAGES, label)
    return {"label": label} if label else {}


def customers(
    plan: Plan,
    listed: Sequence[Wanted],
    alerts: Sequence[Mapping[str, Any]],
    triggers: Sequence[Mapping[str, Any]],
    languages: Sequence[str],
) -> dict[str, Any]:
    """What the script draws the lists and each customer's page from."""
    labels = Labels(plan)
    order = {axis["name"]: k for k, axis in enumerate(labels.described["axes"])}
    rows = []
    for one in listed:
        row = _line(one, labels)
        if one.why is not None:
            row += [
                _why(
                    one.why,
                    order,
                    labels.metrics,
                    labels.parts,
                    labels.bands,
                    labels.patterns,
                ),
                None if one.gap is None else _gap(one.gap, labels.rungs, labels.metrics),
            ]
        rows.append(row)
    happened, send = Names(), Names()
    for key, names in (("alerts", happened), ("triggers", send)):
        for name, one in labels.declared.get(key, {}).items():
            names.at(name, called(one))
    return {
        "axes": [
            {"name": axis["name"], "label": _axis_labels(axis)} for axis in labels.described["axes"]
        ],
        "alerts": {
            "names": happened.labels,
            "rows": [_alert(one, happened, labels, languages) for one in alerts],
        },
        "triggers": {
            "names": send.labels,
            "rows": [_message(one, send, labels) for one in triggers],
        },
        "parts": labels.parts.labels,
        "metrics": labels.metrics.labels,
        "rungs": labels.rungs.labels,
        "bands": labels.bands.labels,
        "patterns": labels.patterns.labels,
        "plays": labels.plays.labels,
        "texts": labels.texts.labels,
        "currency": labels.described.get("currency") or "",
        "rows": rows,
    }


def _line(one: Wanted, labels: Labels) -> list[Any]:
    """A customer's contract, and what the action "priority" says of it: of one that it ranks, MRR
    is as in its gain."""
    held, ranked = one.open, one.ranked
    end: str | None = held.end.isoformat() if held else None
    days = held.days if held else None
    mrr = held.mrr if held else None
    if ranked is not None:
        mrr = ranked["mrr"]
        if held is None and ranked["ends"] is not None:
            end = ranked["ends"]
    return [
        one.customer,
        end,
        days,
        _short(mrr, 2),
        int(held is not None and held.trial),
        one.seen.isoformat() if one.seen else None,
        [labels.plays.at(name) for name in one.plays],
        None if ranked is None else _rank(ranked, labels),
    ]


def _rank(row: Mapping[str, Any], labels: Labels) -> list[Any]:
    return [
        row["rank"],
        int(row["chosen"]),
        int(row["first"]),
        *(_short(row[key], 2) for key in ("gain", "gain_lower", "gain_upper", "effort")),
        row["n"],
        None if row["play"] is None else labels.plays.at(row["play"]),
        labels.text(row["owner"]),
        labels.text(row["channel"]),
        labels.text(row["member"]),
    ]


def _answer(row: Mapping[str, Any], labels: Labels) -> list[Any]:
    play = None if row["play"] is None else labels.plays.at(row["play"])
    return [play, labels.text(row["owner"]), labels.text(row["channel"])]


def _alert(
    row: Mapping[str, Any], names: Names, labels: Labels, languages: Sequence[str]
) -> list[Any]:
    said = {"en": row["reason"], "ja": row["reason_ja"]}
    return [
        row["customer"],
        names.at(row["alert"]),
        row["fired"],
        int(row["open"]),
        _short(row["mrr"], 2),
        labels.text(row["member"]),
        *_answer(row, labels),
        [said[language] for language in languages],
    ]


def _message(row: Mapping[str, Any], names: Names, labels: Labels) -> list[Any]:
    return [
        row["customer"],
        names.at(row["initiative"]),
        labels.text(row["variant"]),
        _short(row["mrr"], 2),
        labels.text(row["member"]),
        *_answer(row, labels),
        _values(row["reason"], labels.declared["triggers"][row["initiative"]]["when"]),
    ]


def _values(reason: str, when: str) -> str:
    """What the customer has, without the condition, which stands above the list."""
    values = reason[len(when) :].strip() if reason.startswith(when) else reason
    bare = values.startswith("(") and values.endswith(")")
    return (values[1:-1] if bare else values) or reason


def _called(part: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """A component by its label, else by those of its metrics."""
    if part.get("label") or not part["metrics"]:
        return part
    known = {one["name"]: one for one in metrics}
    of = [known[name] for name in part["metrics"] if name in known]
    if not all(one.get("label") for one in of):
        return part
    label = {language: " / ".join(label_of(one, language) for one in of) for language in _LANGUAGES}
    return {**part, "label": label}


def _axis_labels(axis: Mapping[str, Any]) -> list[str]:
    return [axis_name({**_kana(axis), **axis}, language) for language in _LANGUAGES]


def _kana(axis: Mapping[str, Any]) -> dict[str, str]:
    from .._text import KANA, TITLES

    name = axis["name"]
    return {"kana": KANA.get(name, ""), "title": TITLES.get(name, name)}


def _short(value: Any, digits: int = 1) -> Any:
    """A figure in few signs; the page shows no more of it."""
    if isinstance(value, float):
        value = round(value, digits)
        return int(value) if value == int(value) else value
    return value


def _limits(one: Mapping[str, Any], metrics: Names) -> list[list[Any]]:
    """What caps and overrides did: caps that lowered (1) or perhaps would (0), an override."""
    out: list[list[Any]] = []
    for cap in one["caps"]:
        if cap["lowered"] or cap["holds"] is None:
            out.append(["cap", int(cap["lowered"]), _short(cap["at_most"]), cap["when"]])
    override = one.get("override")
    if override and override["applied"]:
        before = _short(one["before_limits"])
        out.append([override["mode"], _input(override["input"], metrics), before])
    return out


def _group(one: Mapping[str, Any], metrics: Names) -> list[Any]:
    """Score, bounds, coverage; what caps and overrides did."""
    score = None if one["insufficient"] else _short(one["score"], 2)
    bounds = [_short(one[end], 2) for end in ("lower", "upper")]
    return [score, *bounds, _short(one["coverage"], 3), _limits(one, metrics)]


def _why(
    why: Mapping[str, Any],
    order: Mapping[str, int],
    metrics: Names,
    parts: Names,
    bands: Names,
    patterns: Names,
) -> list[Any]:
    axes = []
    for axis in why["axes"]:
        drawn = []
        for part in axis["components"]:
            drawn.append(
                [
                    parts.at(f"{axis['name']}.{part['name']}", part),
                    _STATES.index(part["state"]),
                    _short(part["response"]),
                    _short(standing(part)),
                    _short(part["weight"], 2),
                    gives_text(axis, part),
                    _short(part["potential"]),
                    [_input(one, metrics) for one in part["inputs"]],
                ]
            )
        axes.append([order[axis["name"]], *_group(axis, metrics), drawn])
    overall = why["overall"]
    moves = [[parts.at(one["component"]), _short(one["points"])] for one in why["movers"][:3]]
    band, pattern = why.get("band"), why.get("pattern")
    return [
        why["profile"],
        None if overall is None else _group(overall, metrics),
        axes,
        moves,
        None if not band else bands.at(band),
        None if not pattern else patterns.at(pattern, {"label": _pattern(pattern)}),
    ]


def _pattern(name: str) -> dict[str, str]:
    from .._bottleneck_text import _PATTERNS

    en, ja = _PATTERNS.get(name, (name, name))
    return {"en": en, "ja": ja}


def _input(one: Mapping[str, Any], metrics: Names) -> list[Any]:
    value = one["value"]
    out = [
        metrics.at(one["metric"], {"label": one.get("label")}),
        _STATES.index(one["state"]) if one["state"] in _STATES else 1,
        value if isinstance(value, (bool, str)) else _short(value, 2),
    ]
    if one.get("age_days") is not None:
        out += [one["age_days"], one.get("max_age_days")]
    return out


def _gap(gap: Mapping[str, Any], rungs: Names, metrics: Names) -> list[Any]:
    at = None if gap["stage"] is None else rungs.at(gap["stage"])
    higher = None if not gap["provisional"] else rungs.at(gap["provisional"])
    if gap["target"] is None:
        return [at, higher, None, 1, []]
    conditions = [
        [
            one["condition"],
            one["state"],
            int(one["wanted"]),
            _short(one["now"], 2),
            _short(one["distance"], 2),
            int(one["strict"]),
            [_input(item, metrics) for item in one["inputs"] if item["state"] != "known"],
            one["insufficient"],
        ]
        for one in gap["conditions"]
    ]
    return [at, higher, rungs.at(gap["target"]), int(gap["reachable"]), conditions, _approach(gap)]


def _approach(gap: Mapping[str, Any]) -> list[str]:
    said = gap.get("approach")
    if isinstance(said, Mapping):
        return [str(said.get(language) or next(iter(said.values()), "")) for language in _LANGUAGES]
    return [str(said)] if said else []


__all__ = ["called", "customers"]
