"""The scenario of four stages: what its README shows is what the commands print, what was planted
is found, and the study says which rung ended."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import pytest
from consoles import wrong
from places import ROOT

np = pytest.importorskip("numpy")
pytest.importorskip("aiueo.sim")

FOLDER = ROOT / "examples" / "scenarios" / "four_stages"
README = FOLDER / "README.md"


@pytest.fixture(scope="module")
def make() -> Any:
    spec = importlib.util.spec_from_file_location("make_four_stages", FOLDER / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world(make: Any) -> Any:
    return make.simulated(3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("stages")
    command = [sys.executable, str(FOLDER / "make.py"), str(into / "OUT")]
    subprocess.run(command, check=True, capture_output=True)
    return into


def evidence(world: Any, close: str, model: Path) -> aiueo.Evidence:
    known = world.as_known_on(close)
    return aiueo.load(model).evidence(
        known.snapshots,
        known.contracts,
        ledger=known.ledger,
        initiatives=known.initiatives,
        ranks=known.ranks,
        data_until=close,
    )


@pytest.fixture(scope="module")
def states(world: Any, place: Path, make: Any) -> dict[str, aiueo.Evidence]:
    models = dict(zip(make.CLOSES, ("model", "model", "model_next")))
    return {
        close[:4]: evidence(world, close, place / "OUT" / f"{model}.json")
        for close, model in models.items()
    }


def test_the_readme_shows_what_is_printed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    for name in ("model", "model_next"):
        assert not list(aiueo.check(place / "OUT" / f"{name}.json"))
    assert "2027-04-01" in (place / "OUT" / "model_next.json").read_text(encoding="utf-8")
    assert wrong(README, commands=20) == []


def test_ranks_agree_as_planted_until_the_app(states: dict[str, Any], make: Any) -> None:
    agreed = {
        year: states[year].study("agreement", first_month=f"{year}-04").agreed
        for year in ("2025", "2027")
    }
    assert agreed["2025"].lower <= make.PLANTED.rank_agreement <= agreed["2025"].upper
    assert agreed["2027"].upper < 0.6


def test_the_forecast_was_right_until_the_work_told(states: dict[str, Any], world: Any) -> None:
    saved = states["2025"].study("forecast").to_dict()
    compared = states["2026"].study("forecast", saved=saved).compared.months
    assert len(compared) == 12
    came = [one.renewed.came for one in compared]
    bounds = [next(i for i in one.renewed.intervals if i.level == 0.8) for one in compared]
    above = [count > bound.upper for count, bound in zip(came, bounds)]
    assert above == [False] * 8 + [True] * 4
    assert not any(count < bound.lower for count, bound in zip(came, bounds))
    mix = [one.renewed.deviation.mix for one in compared]
    assert sum(mix[6:]) > sum(mix[:6]) > 0
    ends = world.truth.ends
    year = (ends["end"] >= np.datetime64("2025-05-01")) & (
        ends["end"] <= np.datetime64("2026-04-30")
    )
    true, came = ends["p"][year].sum(), (ends["outcome"][year] == "renewed").sum()
    text = README.read_text(encoding="utf-8")
    assert f"| {true:.0f} | {came}, forecast 754 (729–778) | {year.sum()} |" in text


def test_the_rung_that_ended_is_the_one_that_is_named(states: dict[str, Any]) -> None:
    year, end = (states[name].study("drift") for name in ("2026", "2027"))
    assert {one.rung: one.verdict for one in year.hypotheses} == {
        "Onboard": "confirmed",
        "Active": "open",
        "Loyal": "confirmed",
    }
    last = {one.rung: (one.verdict, one.due) for one in end.hypotheses}
    assert last["Active"] == ("open", True) and last["Onboard"] == ("confirmed", True)
    of = {(one.condition, one.against): one for one in end.conditions}
    assert of["U >= 60", "renewal"].verdict == "lost"
    assert of["I >= 60", "renewal"].verdict == "holds"
    for condition in ("U >= 60", "login_rate >= 1"):
        contrast = of[condition, "outcome"]
        assert contrast.verdict == "weaker"
        assert contrast.later.upper < contrast.earlier.lower / 2
    assert of["I >= 60", "outcome"].verdict == "holds"


def test_what_goes_with_renewal_is_not_what_does_it(states: dict[str, Any], world: Any) -> None:
    planted = world.truth.initiatives
    assert planted["nps"]["on_exposed"] == planted["case_study"]["on_exposed"] == 0
    assert round(planted["user_meeting"]["on_exposed"], 3) == 0.072
    study = states["2027"].study("initiative")
    rows = {(one.initiative, one.exposure): one for one in study.initiatives}
    assert rows["user_meeting", "attended"].stratified.lower > 0
    assert rows["case_study", "invited"].stratified.lower > 0  # and does nothing
    assert rows["nps", "responded"].stratified.lower < 0 < rows["nps", "responded"].stratified.upper
    (effect,) = study.effects
    came = rows["user_meeting", "attended"].exposed.n / effect.chosen.n
    assert effect.effect.lower < came * 0.072 < effect.effect.upper


def test_the_goal_is_reached_and_lost_while_more_succeed(world: Any, make: Any) -> None:
    day = world.snapshots["as_of"]
    share = {
        close[:4]: [
            np.mean(of[day == np.datetime64(close)])
            for of in (world.states["stage"] >= 2, world.states["success"])
        ]
        for close in make.CLOSES
    }
    (first, few), (top, more), (last, most) = share.values()
    assert top - first > 0.3 and last < top - 0.05
    assert few < more < most
    rates = []
    for first_month in ("2024-05", "2025-05", "2026-05"):
        month = world.contracts["end"].astype("datetime64[M]") - np.datetime64(first_month)
        of = (month.astype(int) >= 0) & (month.astype(int) < 12)
        outcome = world.contracts["outcome"][of & ~world.contracts.missing("outcome")]
        rates.append(f"{100 * np.mean(outcome == 'renewed'):.1f} %")
    told = "stages {} were renewed, of those of the first year with them {}, of the second {}."
    assert told.format(*rates) in README.read_text(encoding="utf-8")
    assert f"from {100 * more:.0f} % to {100 * most:.0f} %" in README.read_text(encoding="utf-8")


def test_the_app_changes_what_is_seen_and_no_customer(world: Any, make: Any) -> None:
    other = make.sim.simulate(
        make.CUSTOMERS, make.MONTHS, 3, make.PLANTED.with_(drift=None), start=make.START
    )
    assert world.contracts.equals(other.contracts) and world.ranks.equals(other.ranks)
    late = world.snapshots["as_of"] > np.datetime64("2026-04-30")
    for rows, same in ((late, False), (~late, True)):
        seen = [of.snapshots["features_used"][rows] for of in (world, other)]
        assert np.array_equal(*seen, equal_nan=True) is same
