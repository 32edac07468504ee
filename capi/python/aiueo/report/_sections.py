"""The parts of the page that show a finding: its sentence, its charts with their tables, and what
not to conclude. Every figure is the finding's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import plot
from .._bottleneck_text import _ARROWS, _BROKEN, _PATTERNS, _STEPS, _counted, _verdict
from .._cells import (
    JA,
    Money,
    money_parts,
    percent,
    point_parts,
    ratio_parts,
    share_parts,
)
from .._forecast_text import _count_parts, _figure
from .._nrr_course_text import _VERDICTS as _COURSES
from .._nrr_text import _is_there, _level_name
from .._text import number, rounded
from ..finding import Finding
from ..plan import Plan
from ..plot._months import axis_name
from ..plot._quality import MOST_ROWS, moved_of, readings_of, score_of
from ..plot._renewal import table_of
from ..plot._style import names_of
from ..plot._words import word
from ._words import words

Chart = Callable[[int], Any]


@dataclass(frozen=True)
class Table:
    """Cells that are read, the first column their heads."""

    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Figure:
    """A chart at any width, its heading and key, and the same as a table."""

    name: str
    chart: Chart
    table: Table
    widths: tuple[int, int] = (680, 330)


@dataclass(frozen=True)
class Callout:
    """A finding's own sentence, with what to look at and whose job it is."""

    head: str
    text: str
    facts: list[tuple[str, str]]


@dataclass
class Section:
    name: str
    sentence: str = ""
    figures: list[Figure] = field(default_factory=list)
    callouts: list[Callout] = field(default_factory=list)
    tables: list[tuple[str, Table]] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    text: str = ""
    missing: str = ""  #: why there is nothing to show


class Pages:
    """Makes the sections in one language."""

    def __init__(self, plan: Plan, goals: Sequence[Mapping[str, Any]], language: str) -> None:
        self.plan = plan
        self.goals = goals
        self.language = language
        self.at = ("en", "ja").index(language)
        self.words = words(language)
        self.names = names_of(plan, language)
        self._how: dict[str, Any] = {"language": language, "title": False}

    def of(self, study: str, found: Finding | str) -> Section:
        """The section of a study; of one that failed, why."""
        section = Section(study)
        if isinstance(found, str):
            section.missing = self.words["not_there"].format(found)
            return section
        plain = found.to_dict()
        section.sentence = found.sentence.in_(self.language)
        section.cautions = [one.in_(self.language) for one in found.cautions]
        getattr(self, f"_{study}")(section, plain)
        if study in ("bottleneck", "forecast", "nrr"):
            section.text = found.text(self.language)
        return section

    def _w(self, *names: str) -> list[str]:
        return [self.words[name] for name in names]

    def _name(self, name: str) -> str:
        return self.names.get(name, name)

    def _both(self, parts: tuple[str, str]) -> str:
        return " ".join(part for part in parts if part)

    def _share(self, one: Mapping[str, Any]) -> str:
        return self._both(share_parts(one, self.at))

    # ── months ───────────────────────────────────────────────────────────────────────────────

    def months(self, summaries: Mapping[str, Mapping[str, Any]]) -> Section:
        section = Section("time")
        if not summaries:
            section.missing = self.words["not_there"].format(self.words["unknown"])
            return section
        section.figures = [
            Figure(
                "axes",
                lambda width: plot.axes_over_time(summaries, width=width, **self._how),
                self._axes(summaries),
            )
        ]
        if any(one["ladders"] for one in summaries.values()):
            section.figures.append(
                Figure(
                    "stages",
                    lambda width: plot.stages_over_time(
                        summaries, goals=self.goals, plan=self.plan, width=width, **self._how
                    ),
                    self._rungs(summaries),
                )
            )
        return section

    def _axes(self, summaries: Mapping[str, Mapping[str, Any]]) -> Table:
        last = list(summaries.values())[-1]
        head = [axis_name(one, self.language) for one in last["axes"]]
        head += [word("overall", self.at)] if last.get("overall") else []
        rows = []
        for month, summary in reversed(list(summaries.items())):
            groups = [*summary["axes"], *([summary["overall"]] if summary.get("overall") else [])]
            cells = [
                f"{number(one['quantiles']['median'])} (n {number(one['scored'])})"
                for one in groups
            ]
            rows.append([month, *cells])
        return Table([self.words["month"], *head], rows)

    def _rungs(self, summaries: Mapping[str, Mapping[str, Any]]) -> Table:
        last = list(summaries.values())[-1]["ladders"][0]
        rungs = [one["name"] for one in last["rungs"]]
        rows = [
            [month, *(number(one["count"]) for one in summary["ladders"][0]["rungs"])]
            for month, summary in reversed(list(summaries.items()))
        ]
        return Table([self.words["month"], *map(self._name, rungs)], rows)

    # ── studies ──────────────────────────────────────────────────────────────────────────────

    def _renewal(self, section: Section, found: Mapping[str, Any]) -> None:
        table = table_of(found)
        if table is None:
            return
        rows = [
            [
                self.words["everybody"]
                if one["level"] == "everybody"
                else self._name(one["level"]),
                number(one["rate"]["n"]),
                number(one["kept"]),
                self._share(one["rate"]),
                self._share(one["weighted"]),
            ]
            for one in table["rows"]
        ]
        head = [table["of"], "n", *self._w("renewed", "rate", "weighted")]
        section.figures = [
            Figure(
                "renewal",
                lambda width: plot.renewal_by_stage(
                    found, plan=self.plan, width=width, **self._how
                ),
                Table(head, rows),
            )
        ]

    def _bottleneck(self, section: Section, found: Mapping[str, Any]) -> None:
        money = Money(found["currency"], found["minor_digits"])
        if not found["links"]:
            return
        head = self._w("link", "verdict", "of", "conversion")
        head += [word("target", self.at), self.words["effect"]]
        head.append(money.head(self.words["recoverable"], self.at))
        rows = []
        for one in found["links"]:
            count = one["conversion"]["n"]
            rows.append(
                [
                    f"{_ARROWS[one['link']]} {_STEPS[one['link']][self.at]}",
                    _verdict(one, self.at),
                    f"{number(count)} {_counted(one['link'], count, self.at)}",
                    self._share(one["conversion"]),
                    percent(one["target"]["value"]),
                    self._both(point_parts(one["effect"], self.at)),
                    self._both(money_parts(one["recoverable_mrr_minor_units"], money, self.at)),
                ]
            )
        section.figures = [
            Figure(
                "bottleneck",
                lambda width: plot.bottleneck(found, width=width, **self._how),
                Table(head, rows),
            )
        ]
        for one in found["links"]:
            if one["verdict"] not in _BROKEN:
                continue
            facts = []
            if one["cause"]:
                facts.append((self.words["look_at"], self._said(one["cause"])))
            if one["owners"]:
                between = "、" if self.at == JA else ", "
                owners = between.join(self._said(owner) for owner in one["owners"])
                facts.append((self.words["owner"], owners))
            name = f"{_ARROWS[one['link']]} {_STEPS[one['link']][self.at]}"
            # The finding's own sentence has told the principal one.
            told = one["link"] in found["principal"]
            text = "" if told else self._said(one["sentence"])
            section.callouts.append(Callout(name, text, facts))
        if found["month"] is not None:
            section.tables.append(self._patterns(found, money))

    def _said(self, both: Mapping[str, str]) -> str:
        return str(both[self.language])

    def _patterns(self, found: Mapping[str, Any], money: Money) -> tuple[str, Table]:
        from ._today import model_of

        plays = model_of(self.plan).get("plays", {})
        between = "、" if self.at == JA else ", "
        rows = []
        for one in found["patterns"]:
            names = [_play(name, plays.get(name, {}), self.language) for name in one["plays"]]
            rows.append(
                [
                    _PATTERNS[one["pattern"]][self.at],
                    number(one["now"]["customers"]),
                    money.bare(one["now"]["mrr_minor_units"]),
                    between.join(names),
                ]
            )
        head = [*self._w("pattern", "number"), money.head("MRR", self.at), self.words["plays"]]
        return f"{self.words['patterns']} ({found['month']})", Table(head, rows)

    def _forecast(self, section: Section, found: Mapping[str, Any]) -> None:
        if not found["months"]:
            return
        money = Money(found["currency"], found["minor_digits"])
        head = self._w("month", "due_column", "renewed_80", "rate_80")
        head.append(money.head(self.words["kept_80"], self.at))
        months = [*found["months"], *([found["together"]] if found["together"] else [])]
        rows = [
            [
                one["month"] or self.words["together"],
                rounded(one["due"], 0),
                self._both(_count_parts(one["renewed"], self.at)),
                self._share(_figure(one["rate"])),
                self._both(money_parts(_figure(one["kept_mrr_minor_units"]), money, self.at)),
            ]
            for one in months
        ]
        section.figures = [
            Figure(
                "forecast",
                lambda width: plot.forecast_fan(found, width=width, **self._how),
                Table(head, rows),
            )
        ]

    def _nrr(self, section: Section, found: Mapping[str, Any]) -> None:
        money = Money(found["currency"], found["minor_digits"])
        levels = [one for one in found["levels"] or [] if _is_there(one)]
        if found["everybody"]:
            levels.append(found["everybody"])
        rows = []
        for one in levels:
            name = self._name(_level_name(one, self.at))
            now = one["now"]
            rows.append(
                [
                    self.words["everybody"] if one is found["everybody"] else name,
                    number(now["customers"]) if now else "",
                    money.bare(now["mrr_minor_units"]) if now else "",
                    self._share(one["nrr"]),
                ]
            )
        head = [self.words["stage"], self.words["number"], money.head("MRR", self.at)]
        head.append(self.words["nrr_column"])
        if found["portfolio"]:
            section.figures.append(
                Figure(
                    "expected",
                    lambda width: plot.expected_nrr(found, width=width, **self._how),
                    Table(head, rows),
                )
            )
        if found["curve"] and found["curve"]["points"]:
            section.figures.append(
                Figure(
                    "nrr",
                    lambda width: plot.nrr_curve(found, width=width, **self._how),
                    self._cohorts(found["curve"]),
                )
            )

    def _cohorts(self, curve: Mapping[str, Any]) -> Table:
        shown = [*(curve["cohorts"] or []), *([curve["together"]] if curve.get("together") else [])]
        rows = [
            [
                one["start"] or self.words["together"],
                number(one["months"]) if one["start"] else "",
                number(one["then"]["customers"]),
                percent(one["ratio"]["value"]),
                percent(one["required"]),
                self._both(point_parts(one["difference"], self.at)),
                _COURSES[one["verdict"]][self.at],
            ]
            for one in shown
        ]
        head = self._w("began", "after", "number", "actual", "required", "difference", "verdict")
        return Table(head, rows)

    def _validation(self, section: Section, found: Mapping[str, Any]) -> None:
        score = score_of(found)
        if score is None:
            return
        predicted = [
            [
                reading["read_as"],
                percent(one["predicted"]),
                number(one["rate"]["n"]),
                self._share(one["rate"]),
            ]
            for reading in readings_of(score)
            for one in reading["table"]
        ]
        captured = [
            [
                percent(one["share"]),
                number(one["capture"]["n"]),
                self._share(one["capture"]),
                self._both(ratio_parts(one["lift"], self.at)),
            ]
            for one in score["lowest"]
        ]
        section.figures = [
            Figure(
                "calibration",
                lambda width: plot.calibration(found, width=width, **self._how),
                Table([*self._w("read_as", "predicted"), "n", self.words["observed"]], predicted),
                (420, 330),
            ),
            Figure(
                "lift",
                lambda width: plot.lift(found, width=width, **self._how),
                Table([self.words["lowest"], "n", *self._w("captured", "lift")], captured),
                (420, 330),
            ),
        ]

    def _drift(self, section: Section, found: Mapping[str, Any]) -> None:
        moved = moved_of(found)
        if not moved:
            return
        rows = [
            [
                one["name"],
                rounded(one["psi"], 2),
                rounded(one["threshold"], 2),
                number(one["before"]),
                number(one["after"]),
                self.words["yes"] if one["alarm"] else "",
            ]
            for one in moved[: 2 * MOST_ROWS]
        ]
        head = self._w("what", "psi", "threshold", "n_before", "n_after", "alarm")
        section.figures = [
            Figure(
                "drift",
                lambda width: plot.drift(found, width=width, **self._how),
                Table(head, rows),
            )
        ]


def _play(name: str, play: Mapping[str, Any], language: str) -> str:
    label = play.get("label")
    if isinstance(label, Mapping):
        return str(label.get(language) or next(iter(label.values()), name))
    return str(label or name)


__all__ = ["Callout", "Figure", "Pages", "Section", "Table"]
