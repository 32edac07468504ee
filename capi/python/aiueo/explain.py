"""Why a score is what it is, and what the next rung lacks: the library's JSON, readable."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from ._text import number, rounded, table


class Record(dict[str, Any]):
    """A JSON object with its members as attributes too: ``record.score`` is ``record["score"]``."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no member {name!r}; there are {', '.join(self)}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]


def records(value: Any) -> Any:
    """JSON with every object a `Record`."""
    if isinstance(value, dict):
        return Record({key: records(item) for key, item in value.items()})
    if isinstance(value, list):
        return [records(item) for item in value]
    return value


def label_of(one: Mapping[str, Any], language: str = "en") -> str:
    """What a thing is called: its label in a language, in another, or its name."""
    label = one.get("label") or {}
    other = "ja" if language == "en" else "en"
    return str(
        label.get(language) or label.get(other) or one.get("name") or one.get("metric") or ""
    )


def in_english(value: Any) -> str:
    """A text, or what it is in English of several languages."""
    if isinstance(value, Mapping):
        return str(value.get("en") or next(iter(value.values()), ""))
    return str(value or "")


def input_text(one: Mapping[str, Any]) -> str:
    """``nps = 9, 12 days old`` or ``nps missing``."""
    value = one["value"]
    if one["type"] == "flag" and isinstance(value, bool):
        value = "yes" if value else "no"
    shown = number(value, 2)
    text = f"{one['metric']} = {shown}" if value is not None else f"{one['metric']}"
    if one["state"] != "known":
        text += f" {one['state']}"
    if one.get("age_days") is not None:
        text += f", {one['age_days']} days old"
        if one["state"] == "stale":
            text += f" (counts for {one['max_age_days']})"
    return text


def score_text(one: Mapping[str, Any]) -> str:
    """``62.5`` or ``insufficient (12.0 to 80.0)``, and coverage where it is not whole."""
    bounds = f"{number(one['lower'])} to {number(one['upper'])}"
    known = f"{rounded(100 * one['coverage'], 0)}% known"
    if one["insufficient"]:
        return f"insufficient ({bounds}, {known})"
    text = number(one["score"])
    if one["coverage"] < 1:
        text += f" ({bounds}, {known})"
    return text


def limits_text(one: Mapping[str, Any]) -> list[str]:
    """What caps and overrides did."""
    lines = []
    for cap in one["caps"]:
        if cap["lowered"]:
            lines.append(f"capped at {number(cap['at_most'])}: {cap['when']}")
        elif cap["holds"] is None:
            lines.append(f"perhaps capped at {number(cap['at_most'])}: {cap['when']} is unknown")
    override = one.get("override")
    if override and override["applied"]:
        before = number(one["before_limits"])
        lines.append(f"{override['mode']} by {input_text(override['input'])}; before: {before}")
    return lines


def standing(part: Mapping[str, Any]) -> float | None:
    """The response that stands in for a component's unknown one."""
    if part["state"] == "unused" or part["response"] is not None:
        return None
    if part["missing"] == "prior":
        return float(part["prior"])
    return 0.0 if part["missing"] == "pessimistic" else None


def response_text(part: Mapping[str, Any]) -> str:
    """The score of a component; what stands in for an unknown one in brackets."""
    instead = standing(part)
    return number(part["response"]) if instead is None else f"({number(instead)})"


def gives_text(axis: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """Points of the axis's score; those of what stands in in brackets. They add up to it."""
    instead = standing(part)
    if instead is None:
        return number(part["contribution"])
    weight = sum(
        one["weight"]
        for one in axis["components"]
        if one["contribution"] is not None or standing(one) is not None
    )
    return f"({number(part['weight'] * instead / weight)})"


def because_text(part: Mapping[str, Any]) -> str:
    """The inputs, and the component's own state where theirs do not say it."""
    inputs = part["inputs"]
    text = "; ".join(input_text(one) for one in inputs)
    if part["state"] == "known" or any(one["state"] == part["state"] for one in inputs):
        return text
    return f"{text}{';' if len(inputs) > 1 else ''} {part['state']}".strip()


def component_rows(axis: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            part["name"],
            response_text(part),
            number(part["weight"], 2),
            gives_text(axis, part),
            number(part["potential"]),
            because_text(part),
        ]
        for part in axis["components"]
    ]


COMPONENT_HEAD = ["component", "score", "weight", "gives", "could add", "because"]


def movers_text(one: Mapping[str, Any]) -> str:
    """What would move overall most; without an overall score, what to find out first."""
    if one["overall"] and one["overall"]["insufficient"]:
        axes = [axis for axis in one["axes"] if axis["weight"] and axis["insufficient"]]
        axes = axes or [axis for axis in one["axes"] if axis["weight"]]
        lacking = []
        for axis in axes:
            parts = axis["components"]
            names = [part["name"] for part in parts if part["state"] not in ("known", "unused")]
            if names:
                lacking.append(f"{axis['name']} ({', '.join(names)})")
        return f"overall has no score; unknown: {', '.join(lacking)}" if lacking else ""
    moves = [f"{move['component']} (+{number(move['points'])})" for move in one["movers"][:3]]
    return f"would move overall most: {', '.join(moves)}" if moves else ""


class Explanation(Record):
    """Why a row's scores are what they are (schema/explanation.schema.json).

    A dict whose members are attributes too: ``.axes`` (each with ``components``, ``caps``,
    ``override``), ``.overall``, ``.ladders``, ``.band``, ``.pattern``, ``.steps``, ``.movers`` (the
    components that would add most points to overall). Prints as text.
    """

    def axis(self, name: str) -> Record:
        """An axis by its name: ``explanation.axis("U")``."""
        for one in self["axes"]:
            if one["name"] == name:
                return one  # type: ignore[no-any-return]
        raise KeyError(f"axis {name!r} is not in use")

    def __str__(self) -> str:
        lines = [headline(self)]
        for axis in self["axes"]:
            title = f"{axis['kana']} {axis['title']}"
            lines += ["", f"{title}: {score_text(axis)}"]
            lines += [f"  {text}" for text in limits_text(axis)]
            body = table(COMPONENT_HEAD, component_rows(axis))
            lines += [f"  {line}" for line in body.splitlines()]
        moves = movers_text(self)
        if moves:
            lines += ["", moves]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return _page(str(self))


def headline(one: Mapping[str, Any]) -> str:
    """The customer, its scores and stages in a few lines."""
    who = one["customer"] or f"row {one['row'] + 1}"
    lines = [f"{who}, {one['as_of'] or 'no date'}, profile {one['profile']}"]
    if one["overall"]:
        lines.append(f"Overall: {score_text(one['overall'])}")
        lines += [f"  {text}" for text in limits_text(one["overall"])]
    for ladder in one["ladders"]:
        lines.append(f"{ladder['name']}: {stage_text(ladder)}")
    if one.get("band"):
        lines.append(f"band: {one['band']}")
    if one.get("pattern"):
        lines.append(f"pattern: {one['pattern']}")
    lines += [f"  {step['name']}: {step_text(step)}" for step in one.get("steps", [])]
    return "\n".join(lines)


def step_text(step: Mapping[str, Any]) -> str:
    """``72.5, achieved`` or ``72.5, not achieved: a rung is overdue``."""
    score = "no score" if step["score"] is None else number(step["score"])
    reached = step["score"] is not None and step["score"] >= step["threshold"]
    if step["achieved"] is None:
        doubt = ": perhaps a rung is overdue" if reached else ""
        return f"{score}, not known whether achieved{doubt}"
    if step["achieved"]:
        return f"{score}, achieved"
    late = step.get("overdue")
    return f"{score}, not achieved{': a rung is overdue' if late else ''}"


def stage_text(ladder: Mapping[str, Any]) -> str:
    text = str(ladder["stage"])
    return f"{text}, perhaps {ladder['provisional']}" if ladder["provisional"] else text


class Gap(Record):
    """What a row lacks for a rung (schema/gap.schema.json): ``.stage``, ``.target``,
    ``.conditions`` (each with ``condition``, ``state``, ``now``, ``threshold``, ``distance``).
    ``target`` is None on the top rung. Prints as text."""

    def __str__(self) -> str:
        return "\n".join([gap_headline(self), *(f"  {line}" for line in gap_lines(self))])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return _page(str(self))


def gap_headline(gap: Mapping[str, Any]) -> str:
    where = f"{gap['ladder']}: {stage_text(gap)}"
    if gap["target"] is None:
        return f"{where}, the top rung"
    if not gap["conditions"]:
        return f"{where}; nothing is missing for {gap['target']}"
    count = len(gap["conditions"])
    return f"{where}; for {gap['target']} {count} condition{'s' if count > 1 else ''} must change:"


def gap_lines(gap: Mapping[str, Any]) -> list[str]:
    if not gap["reachable"]:
        return ["no change of these conditions reaches it"]
    lines = []
    for one in gap["conditions"]:
        wanted = "" if one["wanted"] else "not "
        line = f"{wanted}{one['condition']} ({one['rung']}): {one['state']}"
        if one["state"] == "unmet" and one["now"] is not None and one["distance"] is not None:
            more = "more than " if one["strict"] else ""
            # Scores are shown to a tenth, as everywhere, unless that hides the distance.
            digits = 2 if one["inputs"] or abs(one["distance"]) < 0.1 else 1
            now, distance = number(one["now"], digits), number(one["distance"], digits)
            if isinstance(one["now"], str):  # a date
                distance += " day" if abs(one["distance"]) == 1 else " days"
            line += f", now {now}, {more}{distance} to go"
        if one["insufficient"]:
            line += f"; no score: {', '.join(one['insufficient'])}"
        unknown = [input_text(i) for i in one["inputs"] if i["state"] != "known"]
        if unknown:
            line += f"; {', '.join(unknown)}"
        lines.append(line)
    return lines


def _page(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"
