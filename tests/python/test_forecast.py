"""The study "forecast" from Python and the command line: the page, saved findings, as of then."""

from __future__ import annotations

import json
import pickle

import aiueo
import aiueo.sim
import pytest
from test_cli import run


@pytest.fixture(scope="module")
def world():
    return aiueo.sim.worlds["flows"].simulate(300, 36, seed=3)


@pytest.fixture(scope="module")
def seen(world):
    plan = aiueo.load(world.model())
    until = str(world.data_until)
    return plan.evidence(world.snapshots, world.contracts, ledger=world.ledger, data_until=until)


@pytest.fixture(scope="module")
def found(seen):
    return seen.study("forecast")


def test_the_sum_of_the_months_is_the_whole(found):
    for name in ("due", "certain", "due_mrr_minor_units"):
        total = sum(month[name] for month in found.months)
        assert found.together[name] == pytest.approx(total)
    for name in ("renewed", "kept_mrr_minor_units", "churned_mrr_minor_units"):
        total = sum(month[name]["mean"] for month in found.months)
        assert found.together[name]["mean"] == pytest.approx(total)
    for month in found.months:
        parts = month.variance
        whole = parts.chance + parts.parameters + parts.months
        assert month.renewed.error**2 == pytest.approx(whole)
        probabilities = month.distribution.probabilities
        assert sum(probabilities) == pytest.approx(1, abs=1e-4)
        narrow, shown, wide = month.renewed.intervals
        assert wide.lower <= shown.lower <= narrow.lower <= narrow.upper <= shown.upper
        assert shown.upper <= wide.upper


def test_intervals_are_those_of_the_distribution(found):
    for month in found.months:
        first, probabilities = month.distribution.first, month.distribution.probabilities
        for one in month.renewed.intervals:
            tail = (1 - one.level) / 2
            below = sum(p for k, p in enumerate(probabilities, first) if k < one.lower)
            above = sum(p for k, p in enumerate(probabilities, first) if k > one.upper)
            assert below < tail + 1e-4
            assert above < tail + 1e-4


def test_as_of_an_earlier_month_and_saved(seen, found):
    origin = found.backtest.origins[-6]["origin"]
    then = seen.study("forecast", origin=origin)
    assert then.origin == origin and then.decisions < found.decisions
    past = found.backtest.origins[-6]
    compared = seen.study("forecast", saved=then).compared
    closed = [month for month in compared.months if month.renewed.came is not None]
    assert len(closed) == past.months == 6
    assert sum(month.renewed.came for month in closed) == past.came
    assert sum(month.renewed.forecast for month in closed) == pytest.approx(past.forecast)
    for name in ("ends", "mix", "rate"):
        total = sum(month.renewed.deviation[name] for month in closed)
        assert total == pytest.approx(past.deviation[name])
    again = seen.study("forecast", saved=json.loads(then.to_json()))
    assert again.compared == compared
    assert compared.same_model and compared.same_levels
    assert pickle.loads(pickle.dumps(again)).compared == compared


def test_the_page(seen, found):
    text = str(found)
    assert text.startswith(found.sentence)
    last = found.months[-1].month
    assert f"until {last}" in found.sentence
    assert "renewed (80 %)" in text and "together" in text
    assert "Past forecasts: " in text and "1 ahead" in text
    assert text.rstrip().endswith(".") and "Before you conclude:" in text
    japanese = found.text("ja")
    assert "更新（80%）" in japanese and "結論の前に:" in japanese and "合計" in japanese
    change = {"from": "Entry", "to": "Active", "customers": 5, "before": last}
    asked = seen.study("forecast", what_if=[change], saved=seen.study("forecast"))
    assert asked.what_if[0].meaning == "association"
    for language, words in (
        ("en", ("Entry → Active", f"as of {found.origin}", "is an association, not an effect")),
        ("ja", ("Entry → Active", f"{found.origin}時点の予測", "効果ではありません")),
    ):
        for word in words:
            assert word in asked.text(language)


def test_without_data_until_nothing_is_guessed(world):
    none = aiueo.load(world.model()).evidence(world.snapshots, world.contracts).study("forecast")
    assert none.why == "no_data_until" and none.together is None and none.months == []
    assert none.text() == str(none.sentence)
    assert "data_until" in none.text("ja")


def test_options_are_checked(seen):
    with pytest.raises(aiueo.Error, match='did you mean "Active"'):
        seen.study(
            "forecast",
            what_if=[{"from": "Entry", "to": "Activ", "customers": 1, "before": "2099-01"}],
        )
    with pytest.raises(aiueo.Error, match='"what_if" is a list of objects'):
        seen.study("forecast", what_if="Entry")
    with pytest.raises(aiueo.Error, match=r'"saved" has no "origin"'):
        seen.study("forecast", saved={})


def test_the_command_line_saves_and_compares(world, tmp_path, monkeypatch):
    world.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    tables = ("model.json", "snapshots.csv", "contracts.csv", "--ledger", "ledger.csv")
    first = run("--json", "study", "forecast", *tables, "--option", "origin=2026-04")
    assert first.exit_code == 0, first.output
    (tmp_path / "saved.json").write_text(first.stdout, encoding="utf-8")
    second = run("study", "forecast", *tables, "--option", "saved=@saved.json")
    assert second.exit_code == 0, second.output
    assert "as of 2026-04" in second.output
    missing = run("study", "forecast", *tables, "--option", "saved=@nothing.json")
    assert missing.exit_code == 2 and "cannot be read" in missing.output
