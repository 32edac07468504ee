"""Scores, computed value by value with exact fractions.

Written from the definitions of scores, not from the C++, so that the two can disagree. It makes the
golden vectors of tests/golden/scores and is compared with the engine on random models.

Every double of the model and of the tables stands for exactly the number it is; scores are exact
fractions until they are rounded to multiples of 2^-20, ties to even. `Row.nearest_tie` says how
close a row came to a tie, since only an exact computation can be sure of those.

Where the definitions leave a choice, this is what was taken:

 1. A share is the double nearest to part / whole, as a derived metric would be. One that
    overflows is unknown and counts once as invalid, by the component.
 2. Coverage is computed in doubles: the weights are added in the model's order, then divided;
    overall adds weight * coverage in the order A I U E O. For min_coverage both sides are
    rounded to the grid; in conditions and in the table coverage is the plain quotient.
 3. A cap's limit and an override's value are taken as they are, not rounded.
 4. A group without any component in use (touch, by its dates) has coverage 0 and bounds 0 and
    100.
 5. `from` and `until` of a touch component are both inclusive. A component not in use has an
    empty column and counts nothing.
 6. A value observed after as_of is invalid, as any date on the wrong side. A known value
    without its date (undated) counts as stale. An unknown value is never stale, and one that is
    invalid counts as that alone.
 7. Metrics that scoring reads: inputs of components, of overrides and of the conditions of
    caps, rungs and profiles, of the model and of every profile alike, and the roles that
    patterns read; a derived metric stands for those it is derived from. A model without `steps`
    has no patterns.
 8. The first profile in the model's order whose condition is true applies; an unknown one does
    not.
 9. `stage == 'X'` is unknown while the stage is provisional whatever X is; has(stage) is then
    false. Inside a group's own caps its coverage is that before caps and override; elsewhere
    the final one.
10. Patterns use the scores of the table, so after overrides, and the weights of the row's
    profile. The mean of a step is rounded to the grid before it is compared or shown. Overdue makes
    step 2 "not achieved" even if I or U is unknown; without the contract's start nobody knows
    whether a rung that is surely not reached is overdue. A step without any axis in overall is
    unknown.
11. Several caps: all that hold apply. An override's floor and ceiling act on the bounds of an
    insufficient score.
12. In `percentile`, values beyond the last knot have rank 100 even if the last knots repeat; in
    `curve`, values before a jump at the first position have the first knot's score.
13. Without overall.weights every axis in use but A has weight 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import conditions_reference as conditions
from score_model import GROUPS, Model
from score_tables import InvalidValueError, read_cell, read_date, rows_of

GRID = 2**20


# Responses: an exact number to an exact score.


def curve(knots: list, x: Fraction) -> Fraction:
    knots = [(Fraction(at), Fraction(score)) for at, score in knots]
    if x < knots[0][0]:
        return knots[0][1]
    i = max(k for k, knot in enumerate(knots) if knot[0] <= x)
    if i == len(knots) - 1:
        return knots[i][1]
    (x0, y0), (x1, y1) = knots[i : i + 2]
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)


def percentile(values: list, x: Fraction) -> Fraction:
    values = [Fraction(value) for value in values]
    last = len(values) - 1
    if x > values[last]:
        return Fraction(100)
    i = next(k for k, value in enumerate(values) if value >= x)
    if i == 0 or values[i] == x:
        return Fraction(100 * i, last)
    x0, x1 = values[i - 1 : i + 1]
    return (i - 1 + (x - x0) / (x1 - x0)) * Fraction(100, last)


def short(weights) -> bool:
    """Are sums of these times scores on the grid exact in doubles?"""
    return all(weight % 0.125 == 0 and weight < 2**20 for weight in weights)


def steps(part: dict, x: Fraction) -> Fraction:
    reached = [Fraction(score) for at, score in part["steps"] if Fraction(at) <= x]
    return reached[-1] if reached else Fraction(part.get("below", 0))


@dataclass
class Score:
    """Of a group or overall. None: insufficient."""

    score: float | None
    lower: float
    upper: float
    coverage: float
    own: float = 0  # the coverage that the score's own caps see
    parts: dict[str, float | None] = field(default_factory=dict)


class Row:
    """One customer on one day."""

    def __init__(
        self, model: Model, cells: dict[str, str], initiatives: list[dict[str, str]] | None
    ):
        self.model = model
        self.cells = cells
        self.initiatives = initiatives
        self.counts = {"stale": 0, "invalid": 0, "unseen": 0}
        self.nearest_tie = math.inf
        self.known: dict = {"as_of": read_date(cells["as_of"].strip(), model.zone)}
        self.trouble: dict[str, str] = {}
        self.profile = "default"
        self.rules = model.rules
        for name, when, rules in model.profiles:
            if conditions.meaning(when, self) is True:
                self.profile, self.rules = name, rules
                break

    def __getitem__(self, name: str):
        """The value of a name in a condition; what is computed is computed when first asked for."""
        if name not in self.known:
            self.known[name] = self.compute(name)
        return self.known[name]

    def compute(self, name: str):
        head, _, part = name.partition(".")
        if name in self.model.metrics:
            return self.metric(name)
        if name.startswith("at_least\0"):
            return self.at_least(*name.split("\0")[1:])
        if head in GROUPS or head == "overall":
            score = self.score(head)
            return (
                score.score
                if not part
                else score.coverage
                if part == "coverage"
                else score.parts[part]
            )
        if name == "band":
            return self.band()
        stage, highest = self.level(name)
        return self.rules.ladders[name][stage]["name"] if stage == highest else None

    def score(self, name: str) -> Score:
        key = f"score of {name}"
        if key not in self.known:
            self.known[key] = self.overall() if name == "overall" else self.group(name)
        return self.known[key]

    # Metrics.

    def metric(self, name: str):
        model, what = self.model, self.model.metrics[name]
        if "derive" in what:
            return conditions.meaning(model.derived[name], self)
        if what.get("from") == "initiatives":
            return self.counted(what)
        try:
            value = read_cell(self.cells[name], what["type"], model.currency, model.zone)
        except InvalidValueError:
            self.trouble[name] = "invalid"
            return None
        measured = what["type"] in ("number", "money") and value is not None
        if measured and not what.get("min", -math.inf) <= value <= what.get("max", math.inf):
            self.trouble[name] = "invalid"
            return None
        if value is not None and "max_age_days" in what:
            seen = self.cells[f"{name}@"].strip()
            age = self["as_of"] - read_date(seen, model.zone) if seen else math.inf
            if not 0 <= age <= what["max_age_days"]:
                self.trouble[name] = "invalid" if age < 0 else "stale"
                return None
        return value

    def counted(self, what: dict):
        if self.initiatives is None:
            return None
        days = []
        for one in self.initiatives:
            if (
                one["customer"] == self.cells["customer"]
                and one["initiative"] == what["initiative"]
            ):
                text = one.get(what.get("of", "date"), "").strip()
                age = self["as_of"] - read_date(text, self.model.zone) if text else math.inf
                if 0 <= age < what["window_days"]:
                    days.append(float(age))
        if what["value"] == "count":
            return float(len(days))
        if what["value"] == "done":
            return bool(days)
        return min(days) if days else None

    # Scores.

    def rounded(self, x: Fraction, exact: bool = False) -> float:
        """`exact`: correct floating point finds a tie exactly, so that it is no danger."""
        scaled = x * GRID
        distance = abs(scaled - math.floor(scaled) - Fraction(1, 2)) / GRID
        if distance or not exact:
            self.nearest_tie = min(self.nearest_tie, float(distance))
        return float(Fraction(round(scaled), GRID))

    def in_use(self, part: dict) -> bool:
        day = self["as_of"]
        if "from" in part and day < conditions.day(part["from"]):
            return False
        return "until" not in part or day <= conditions.day(part["until"])

    def response(self, part: dict) -> Fraction | None:
        if "share" in part:
            share, whole = (self[name] for name in part["share"])
            if share is None or whole is None:
                return None
            if whole == 0:
                x = part.get("of_zero")
            else:
                x = share / whole
                if math.isinf(x):
                    self.counts["invalid"] += 1
                    x = None
        else:
            x = self[part["metric"]]
        if x is None:
            return None
        if "table" in part:
            if x not in part["table"] and "else" not in part:
                self.counts["unseen"] += 1
                return None
            return Fraction(part["table"].get(x, part.get("else")))
        if isinstance(x, bool):
            return Fraction(100 if x != part.get("invert", False) else 0)
        if "days_since" in part or "days_until" in part:
            key = "days_since" if "days_since" in part else "days_until"
            days = float(self["as_of"]) - float(x)
            days = days if key == "days_since" else -days
            if days < 0:
                self.counts["invalid"] += 1
                return None
            return curve(part[key], Fraction(days))
        if "percentile" in part:
            return percentile(part["percentile"], Fraction(x))
        return steps(part, Fraction(x)) if "steps" in part else curve(part["curve"], Fraction(x))

    def enough(self, coverage: float, least: float) -> bool:
        return self.rounded(Fraction(coverage)) >= self.rounded(Fraction(least))

    def group(self, name: str) -> Score:
        rule = self.rules.groups[name]
        total = known = 0.0
        above = below = sum_known = Fraction(0)  # above / below is the score
        failed = False
        parts: dict[str, float | None] = {}
        for key, part in rule["components"].items():
            parts[key] = None
            if not self.in_use(part):
                continue
            weight = float(part.get("weight", 1))
            total += weight
            s = self.response(part)
            missing = part.get("missing", "renormalize")
            if s is not None:
                parts[key] = self.rounded(s)
                known += weight
                sum_known += Fraction(weight) * s
            elif missing == "fail":
                failed = True
            elif missing != "renormalize":
                above += Fraction(weight) * Fraction(
                    0 if missing == "pessimistic" else missing["prior"]
                )
                below += Fraction(weight)
        above += sum_known
        below += Fraction(known)
        coverage = known / total if total else 0.0
        lower = sum_known / Fraction(total) if total else Fraction(0)
        upper = lower + 100 * (1 - Fraction(known) / Fraction(total)) if total else Fraction(100)
        score = None
        if not failed and below and self.enough(coverage, rule.get("min_coverage", 0.5)):
            score = self.rounded(above / below)
        out = Score(score, self.rounded(lower), self.rounded(upper), coverage, coverage, parts)
        return self.finished(name, out, rule)

    def finished(self, name: str, out: Score, rule: dict) -> Score:
        """After caps and override."""
        self.known |= {f"{name}.{part}": value for part, value in out.parts.items()}
        self.known[f"{name}.coverage"] = out.coverage
        for when, most in self.rules.caps[name]:
            holds = conditions.meaning(when, self)
            if holds is not False:
                out.lower = min(most, out.lower)
            if holds is True:
                out.upper = min(most, out.upper)
                out.score = None if out.score is None else min(most, out.score)
        del self.known[f"{name}.coverage"]
        if not rule.get("override"):
            return out
        value = self[rule["override"]["metric"]]
        if value is None:
            return out
        value = min(100.0, max(0.0, value))
        mode = rule["override"].get("mode", "replace")
        if mode == "replace":
            out.score = out.lower = out.upper = value
            out.coverage = 1.0
            return out
        act = max if mode == "floor" else min
        out.lower, out.upper = act(value, out.lower), act(value, out.upper)
        out.score = None if out.score is None else act(value, out.score)
        return out

    def overall(self) -> Score:
        rule, weights = self.rules.overall, self.rules.weights
        axes = {name: self.score(name) for name in weights}
        scored = {name: axis.score for name, axis in axes.items() if axis.score is not None}

        def combined(values: dict[str, float]) -> float:
            if rule.get("combine", "weighted_mean") == "minimum":
                return self.rounded(Fraction(min(values.values())))
            total = sum(Fraction(weights[name]) for name in values)
            mean = (
                sum(Fraction(weights[name]) * Fraction(value) for name, value in values.items())
                / total
            )
            return self.rounded(mean, short(weights[name] for name in values))

        covered = total = 0.0
        for name, axis in axes.items():
            covered += weights[name] * axis.coverage
            total += weights[name]
        coverage = covered / total
        lower = combined({name: axis.lower for name, axis in axes.items()})
        upper = combined({name: axis.upper for name, axis in axes.items()})
        score = None
        if len(scored) >= min(rule.get("min_axes", 2), len(axes)) and self.enough(
            coverage, rule.get("min_coverage", 0.5)
        ):
            score = min(max(combined(scored), lower), upper)
        return self.finished("overall", Score(score, lower, upper, coverage, coverage), rule)

    # Levels.

    def level(self, ladder: str) -> tuple[int, int]:
        """The rung reached, and the highest that could be."""
        key = f"level of {ladder}"
        if key not in self.known:
            stage = highest = 0
            for i, when in enumerate(self.rules.rungs[ladder]):
                holds = conditions.meaning(when, self) if when else True
                if holds is False:
                    break
                if holds is True and stage == i - 1:
                    stage = i
                highest = i
            self.known[key] = (stage, highest)
        return self.known[key]

    def at_least(self, scale: str, name: str) -> bool | None:
        if scale == "band":
            band = self["band"]
            names = self.rules.bands["names"]
            return None if band is None else names.index(band) >= names.index(name)
        stage, highest = self.level(scale)
        wanted = [rung["name"] for rung in self.rules.ladders[scale]].index(name)
        return True if stage >= wanted else None if highest >= wanted else False

    def band(self) -> str | None:
        score = self[self.rules.bands.get("of", "overall")]
        if score is None:
            return None
        return self.rules.bands["names"][sum(edge <= score for edge in self.rules.bands["edges"])]

    # The pattern.

    def overdue(self) -> bool | None:
        """Unknown where only the start of the contract is."""
        if "contract_start" not in self.model.roles:
            return False
        start = self[self.model.roles["contract_start"]]
        out: bool | None = False
        for ladder, rungs in list(self.rules.ladders.items())[:1]:
            for rung in rungs:
                days = rung.get("expected_by_days")
                if days is None or self.at_least(ladder, rung["name"]) is not False:
                    continue
                if start is None:
                    out = None
                elif self["as_of"] - start > days:
                    return True
        return out

    def step_score(self, axes: str) -> float | None:
        weights = {
            name: Fraction(self.rules.weights[name]) for name in axes if name in self.rules.weights
        }
        if not weights or any(self[name] is None for name in weights):
            return None
        mean = sum(weight * Fraction(self[name]) for name, weight in weights.items()) / sum(
            weights.values()
        )
        return self.rounded(mean, short(weights.values()))

    def step(self, score: float | None) -> bool | None:
        return None if score is None else score >= self.model.steps.get("threshold", 60)

    def steps(self) -> dict[str, bool | None]:
        process = self.step(self.step_score("IU"))
        return {
            "accompany": self.step(self["touch"] if "touch" in self.rules.groups else None),
            "process": conditions.both(process, conditions.negated(self.overdue())),
            "success": self.step(self.step_score("EO")),
        }

    def pattern(self) -> str:
        one, two, three = self.steps().values()
        mrr, before = (
            self[self.model.roles[role]] if role in self.model.roles else None
            for role in ("mrr", "mrr_before")
        )
        growth = None if mrr is None or before is None else mrr > before
        if one is False and two is False and three is False:
            return "untouched"
        if one is True and two is False and three is False:
            return "contacted_not_using"
        if two is True and three is False:
            return "using_without_outcome"
        if two is False and three is True:
            return "outcome_without_use"
        if two is True and three is True:
            return "outcome_without_growth" if growth is False else "succeeding"
        return "unknown"

    # The table.

    def cell(self, column: str):
        """A float, text, bool or int; None is empty."""
        head, _, part = column.partition(".")
        if column == "customer":
            return self.cells["customer"]
        if column == "as_of":
            return self["as_of"]
        if column == "profile":
            return self.profile
        if column in ("coverage", "lower", "upper"):
            return getattr(self.score("overall"), column)
        if column == "insufficient":
            return self["overall"] is None
        if column in self.counts:
            return self.counts[column]
        if part in ("coverage", "lower", "upper"):
            return getattr(self.score(head), part)
        if column == "pattern":
            return self.pattern()
        if self.model.steps is not None and column in ("accompany", "process", "success"):
            return {None: "unknown", False: "not_achieved", True: "achieved"}[self.steps()[column]]
        if column in ("process.score", "success.score"):
            return self.step_score({"process": "IU", "success": "EO"}[head])
        if column in self.rules.ladders:
            return self.rules.ladders[column][self.level(column)[0]]["name"]
        if column.endswith("_provisional"):
            stage, highest = self.level(column[: -len("_provisional")])
            rungs = self.rules.ladders[column[: -len("_provisional")]]
            return rungs[highest]["name"] if highest > stage else None
        return self[column]

    def result(self) -> dict:
        for name in self.model.read:
            if self[name] is None and name in self.trouble:
                self.counts[self.trouble[name]] += 1
        return {column: self.cell(column) for column in [*self.rules.groups, *self.model.columns()]}


def score(
    model_text: str, snapshots: str, initiatives: str | None = None
) -> tuple[list[str], list[Row], list[dict]]:
    """The columns of the scores table, the rows, and the cells of each."""
    model = Model(model_text)
    acts = None if initiatives is None else rows_of(initiatives)
    rows = [Row(model, cells, acts) for cells in rows_of(snapshots)]
    return model.columns(), rows, [row.result() for row in rows]
