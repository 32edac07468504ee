"""Charts of findings: valid Vega-Lite, both languages, any width, the finding's figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import vl_convert
from aiueo import ArgumentError, load, plot, report
from reported import Portfolio

#: What is not a study's.
MONTHS = ("axes_over_time", "stages_over_time")
GOALS = ("goal_fan",)
#: Of small charts side by side, which are as wide as they come out.
SEVERAL = (*MONTHS, *GOALS)
CHARTS = {
    "renewal_by_stage": "renewal",
    "initiatives": "initiative",
    "bottleneck": "bottleneck",
    "forecast_fan": "forecast",
    "expected_nrr": "nrr",
    "nrr_curve": "nrr",
    "nrr_fan": "nrr",
    "calibration": "validation",
    "lift": "validation",
    "drift": "drift",
}


TITLES = {
    "axes_over_time": "axes",
    "stages_over_time": "stages",
    "renewal_by_stage": "renewal",
    "forecast_fan": "forecast",
    "expected_nrr": "expected",
    "nrr_curve": "nrr",
    "nrr_fan": "ahead",
    "goal_fan": "goals",
}


@pytest.fixture(scope="module")
def sources(portfolio: Portfolio) -> dict[str, Any]:
    seen = portfolio.plan.evidence(
        portfolio.snapshots, portfolio.contracts, data_until=portfolio.until, **portfolio.beside
    )
    months = report.monthly(
        portfolio.plan, portfolio.snapshots, initiatives=portfolio.beside["initiatives"]
    )
    found = {study: seen.study(study) for study in set(CHARTS.values())}
    goals = portfolio.plan.act(
        "goals",
        portfolio.snapshots,
        evidence=seen,
        initiatives=portfolio.beside["initiatives"],
    )
    return {
        **dict.fromkeys(MONTHS, months),
        **dict.fromkeys(GOALS, goals),
        **{name: found[of] for name, of in CHARTS.items()},
    }


def svg(chart: Any) -> str:
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))  # which checks it by the schema


def values(chart: Any) -> list[dict[str, Any]]:
    """All rows that a chart draws."""
    return [row for text in chart.to_dict()["datasets"].values() for row in json.loads(text)]


@pytest.mark.parametrize("name", [*SEVERAL, *CHARTS])
def test_every_chart_is_drawn_at_the_width_that_is_asked(
    sources: dict[str, Any], name: str
) -> None:
    function: Callable[..., Any] = getattr(plot, name)
    for width, language in ((330, "ja"), (680, "en")):
        drawn = svg(function(sources[name], language=language, width=width))
        across = float(drawn.split('width="')[1].split('"')[0])
        assert abs(across - width) <= (0 if name not in SEVERAL else 30)
        heading = plot.title_of(TITLES.get(name, name), language)
        assert heading in drawn
    assert heading not in svg(function(sources[name], title=False))


def test_charts_draw_the_findings_figures(sources: dict[str, Any]) -> None:
    found = sources["renewal_by_stage"]
    table = next(one for one in found.tables if one.terms == "all" and one.of == "stage")
    drawn = {round(row["rate"], 12) for row in values(plot.renewal_by_stage(found))}
    assert drawn == {round(row.rate.value, 12) for row in table.rows if row.rate.value is not None}
    months = sources["forecast_fan"].months
    means = [row["value"] for row in values(plot.forecast_fan(sources["forecast_fan"]))]
    assert all(one.kept_mrr_minor_units.mean in means for one in months)
    assert all(one.due_mrr_minor_units in means for one in months)
    moved = values(plot.drift(sources["drift"]))
    alarms = sum(1 for one in sources["drift"].inputs if one.alarm)
    assert sum(1 for row in moved if row["alarm"]) >= min(alarms, 1)
    done = sources["initiatives"]
    drawn = {row["said"]: row for row in values(plot.initiatives(done)) if "said" in row}
    for one in done.initiatives:
        points = 100 * one.stratified.value
        row = drawn[f"{points:+.1f}".replace("-", "−")]
        assert row["points"] == pytest.approx(points)
        assert row["kind"] == ("judged" if one.judged else "few")
    assert {row["kind"] for row in drawn.values()} >= {"judged", "effect"}
    points = values(plot.lift(sources["lift"]))
    captured = [one.capture.value for one in sources["lift"].scores[0].lowest]
    assert [row["found"] for row in points if row.get("lower") is not None][: len(captured)]


def test_fans_draw_what_is_expected_beside_the_plan(sources: dict[str, Any]) -> None:
    found, goals = sources["nrr_fan"], sources["goal_fan"]
    drawn = values(plot.nrr_fan(found))
    past = {row["month"]: row["value"] for row in drawn if "upper" not in row and "month" in row}
    assert past["2027-10"] == found.portfolio.expected.value
    assert past["2026-10"] == found.backtest.each[-1].realised
    bars = {(row["value"], row["upper"]) for row in drawn if "upper" in row}
    assert bars == {(one.lower, one.upper) for one in found.portfolio.realised}
    assert 1.1 in [row["value"] for row in drawn if "month" not in row]
    without = found.to_dict()
    without["plan"] = without["curve"] = None
    assert [row for row in values(plot.nrr_fan(without)) if "month" not in row] == []
    # The months until then are there, too, so that distances are times.
    months = plot.nrr_fan(found).to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert months[-13:] == [f"{2026 + (9 + k) // 12}-{(9 + k) % 12 + 1:02}" for k in range(13)]
    drawn = values(plot.goal_fan(goals))
    for one in goals:
        by = [row for row in drawn if row.get("month") == one.by[:7]]
        bars = {(row["value"], row["upper"]) for row in by if "upper" in row}
        assert {(one.lower, one.upper), (one.lower_95, one.upper_95)} <= bars
        assert one.expected in [row["value"] for row in by if "upper" not in row]
        assert one.target in [row["value"] for row in drawn if "month" not in row]
    course = goals.head["goals"][0]["course"]
    assert {one["now"] for one in course} <= {row["value"] for row in drawn}
    headings = [one["title"] for one in plot.goal_fan(goals).to_dict()["concat"]]
    assert [one["text"] for one in headings] == ["▼ active-share", "▲ loyal-count"]
    assert headings[0]["subtitle"] == f"goal 60.0% ({goals[0].by})"


def test_a_broken_link_is_told_in_words_and_dashes(sources: dict[str, Any]) -> None:
    found = sources["bottleneck"]
    assert found.links["1-2"].verdict == "weak"
    for width in (330, 680):
        chart = plot.bottleneck(found, width=width)
        said = [row["said"] for row in values(chart) if "said" in row]
        assert "weak" in said and "✕" in said
        dashes = [layer["mark"].get("strokeDash") for layer in chart.to_dict()["layer"]]
        assert [7, 5] in dashes and [1, 0] in dashes
    assert "効果なし" in [
        row["said"] for row in values(plot.bottleneck(found, language="ja")) if "said" in row
    ]


def test_goals_and_labels_of_the_model(portfolio: Portfolio, sources: dict[str, Any]) -> None:
    goals = list(portfolio.model["goals"].values())
    chart = plot.stages_over_time(sources["stages_over_time"], goals=goals)
    assert {row["share"] for row in values(chart) if "share" in row} == {0.6}
    without = plot.stages_over_time(sources["stages_over_time"])
    assert not [row for row in values(without) if "share" in row]
    last = [row for row in values(chart) if "at" in row]
    assert [row["said"].split()[0] for row in last] == ["Loyal", "Active", "Onboard", "Entry"]
    assert max(row["to"] for row in last) == pytest.approx(1)


@pytest.mark.parametrize("name", [*SEVERAL, *CHARTS])
def test_nothing_to_show_is_said(portfolio: Portfolio, name: str) -> None:
    """Of a history in which nothing was decided."""
    few = portfolio.snapshots.to_arrow().slice(0, 3)
    none = portfolio.contracts.to_arrow().slice(0, 0)
    plan = portfolio.plan
    if name in MONTHS:
        drawn = getattr(plot, name)({})
    elif name in GOALS:
        model = {**portfolio.model, "goals": {}}
        drawn = getattr(plot, name)(load(model).act("goals", few))
    else:
        seen = plan.evidence(few, none, data_until=portfolio.until)
        drawn = getattr(plot, name)(seen.study(CHARTS[name]))
    assert "<svg" in svg(drawn)


def test_names_without_shape_and_very_long_ones(sources: dict[str, Any]) -> None:
    found = sources["renewal_by_stage"].to_dict()
    for k, name in enumerate(["\u0000\u001b\ud800", "長" * 500, "\u202e<b>", "a\nb"]):
        found["tables"][0]["rows"][k + 1]["level"] = name
    drawn = svg(plot.renewal_by_stage(found))
    assert "\u0000" not in drawn and "\u202e" not in drawn and "<b>" not in drawn
    assert "長" * 27 not in drawn and "…" in drawn


def test_another_language_is_refused(sources: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="language 'fr'"):
        plot.drift(sources["drift"], language="fr")
    names = ("axes", "stages", "renewal", "bottleneck", "forecast", "expected", "ahead", "goals")
    for name in (*names, "nrr"):
        assert plot.title_of(name) != plot.title_of(name, "ja")
        assert plot.key_of(name) != plot.key_of(name, "ja")
