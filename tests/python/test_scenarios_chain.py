"""The made-up portfolios of examples/scenarios: each breaks one link, and the study names it."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import aiueo
import pytest
from test_cli import run

pd = pytest.importorskip("pandas")

SCENARIOS = Path(__file__).resolve().parents[2] / "examples" / "scenarios"
BROKEN = {
    "contacted_not_using": ("1-2", "the approach itself", "customer success"),
    "using_without_outcome": ("2-3", "the design of the process", "customer success"),
    "outcome_without_growth": ("3-4b", "line-up and business model", "management"),
}
#: Of the rates that make.py plants, those of the link that is broken.
PLANTED = {"1-2": "use", "2-3": "success", "3-4b": "growth"}

of_all = pytest.mark.parametrize("name", BROKEN)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("chain")
    for name in BROKEN:
        make(name, place / name)
    return place


def make(name: str, into: Path) -> None:
    command = [sys.executable, str(SCENARIOS / name / "make.py"), str(into)]
    subprocess.run(command, check=True, capture_output=True)


def block(name: str, heading: str) -> str:
    readme = (SCENARIOS / name / "README.md").read_text(encoding="utf-8")
    return readme.split(f"## {heading}\n\n```\n")[1].split("\n```")[0]


@of_all
def test_the_study_says_what_the_readme_shows(name: str, made: Path) -> None:
    model = SCENARIOS / name / "model.json"
    tables = [str(made / name / f"{file}.csv") for file in ("snapshots", "contracts")]
    result = run("study", "bottleneck", str(model), *tables)
    assert result.exit_code == 0, result.output
    assert result.stdout.rstrip() == block(name, "What it says")
    shown = block(name, "Run it")
    assert f"{name}/make.py OUT" in shown and f"bottleneck examples/scenarios/{name}/" in shown
    assert f"]({name}/README.md)" in (SCENARIOS / "README.md").read_text(encoding="utf-8")


@of_all
def test_the_link_that_was_broken_is_the_one_that_is_named(name: str, made: Path) -> None:
    broken, cause, owner = BROKEN[name]
    plan = aiueo.load(SCENARIOS / name / "model.json")
    assert not list(aiueo.check(SCENARIOS / name / "model.json"))
    tables = [pd.read_csv(made / name / f"{file}.csv") for file in ("snapshots", "contracts")]
    found = plan.evidence(*tables).study("bottleneck")
    assert found.principal == [broken]
    for link in found.links:
        assert link.verdict == ("weak" if link.link == broken else "flows"), link.link
        if link.link == broken:
            assert cause in link.cause.en and link.owners[0].en == owner
            assert link.effect.lower < 0 < link.effect.upper  # what was planted
    # The script plants nothing else: the chance is the same with the step before and without it.
    script = (SCENARIOS / name / "make.py").read_text(encoding="utf-8")
    rates = dict(re.findall(r"^    (\w+)=\(([\d., ]+)\),$", script, re.MULTILINE))
    pairs = {key: tuple(map(float, both.split(","))) for key, both in rates.items()}
    same = {key for key, (without, with_) in pairs.items() if without == with_}
    assert same == {PLANTED[broken]}


@of_all
def test_the_tables_are_the_same_each_time(name: str, made: Path, tmp_path: Path) -> None:
    make(name, tmp_path)
    for file in ("snapshots.csv", "contracts.csv"):
        one, other = ((place / file).read_bytes() for place in (made / name, tmp_path))
        assert hashlib.sha256(one).digest() == hashlib.sha256(other).digest()
    rows = list(csv.DictReader((tmp_path / "contracts.csv").read_text().splitlines()))
    assert len({row["customer"] for row in rows}) == 400
