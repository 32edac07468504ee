"""The finding of the study "bottleneck" as a page, in both languages, and as tables."""

from __future__ import annotations

import copy
import json
import pickle
import re
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import pytest
from aiueo._text import width
from test_cli import run


def found_in(world: str, customers: int = 400, **of_model: Any) -> aiueo.Finding:
    made = aiueo.sim.worlds[world].simulate(seed=1, customers=customers)
    plan = aiueo.load({**made.model(), **of_model})
    seen = plan.evidence(made.snapshots, made.contracts, initiatives=made.initiatives)
    return seen.study("bottleneck")


@pytest.fixture(scope="module")
def broken() -> aiueo.Finding:
    return found_in("starved-3-4", customers=2000)


def table(text: str, first: str) -> list[str]:
    """The lines of the table whose head begins so."""
    [block] = [one for one in text.split("\n\n") if one.startswith(first)]
    return block.splitlines()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_says_what_is_broken(broken: aiueo.Finding, language: str) -> None:
    text = broken.text(language)
    assert text.startswith(broken.sentence.in_(language))
    assert all(one.in_(language) in text for one in broken.cautions)
    assert not re.search(r"\bnan\b|None|[{}]|_minor_units", text)
    # Every broken link is told once, whether the sentence names it or not.
    told = [one for one in broken.links if one.verdict in ("starved", "weak", "leaky")]
    assert len(told) > len(broken.principal)
    for link in told:
        assert text.count(link.sentence[language]) == 1, link.link
    # Narrow enough for a terminal, and the figures stand below each other.
    lines = table(text, {"en": "link ", "ja": "つながり"}[language])
    assert len(lines) == 5 and max(map(width, lines)) <= 130
    ends = {width(line[: line.index("%") + 1]) for line in lines[1:]}
    assert len(ends) == 1, lines
    starved = "starved" if language == "en" else "前段不足"
    assert [starved in line for line in lines[1:]] == [x.verdict == "starved" for x in broken.links]
    link = broken.links[2]
    assert f"{link.conversion.n:,} " in lines[3] and "90.0%" in lines[3]
    assert f"{link.recoverable_mrr_minor_units.value:,.0f}" in lines[3]


def test_patterns_are_named_with_their_money_and_plays(broken: aiueo.Finding) -> None:
    head, *lines = table(str(broken), "pattern in")
    assert head.split() == ["pattern", "in", broken.month, "customers", "MRR", "(JPY)", "plays"]
    assert len(lines) == len(broken.patterns) == 7
    for line, one in zip(lines, broken.patterns):
        assert f" {one.now.customers:,} " in line and f"{one.now.mrr_minor_units:,}" in line
        assert line.endswith(", ".join(one.plays))
    assert lines[2].startswith("contacted, not using ") and broken.patterns[2].plays


def test_money_is_shown_in_major_units() -> None:
    yen, dollars = found_in("leaky-2-3"), found_in("leaky-2-3", currency="USD")
    [one], [other] = (
        [f.links[k].recoverable_mrr_minor_units for k in (1,)] for f in (yen, dollars)
    )
    # The same figures of the tables, in a currency of a hundred minor units.
    assert other.value == pytest.approx(100 * one.value)
    line = table(str(dollars), "link ")[2]
    assert line == table(str(yen), "link ")[2] and f"{one.value:,.0f}" in line
    assert "MRR (USD)" in str(dollars) and "their MRR, USD" in str(dollars.links[1])
    # Who has the JSON alone does not know how many minor units a dollar has.
    bare = aiueo.Finding(dollars.to_dict())
    assert "recoverable MRR (minor units)" in str(bare) and f"{other.value:,.0f}" in str(bare)


def test_the_levels_below_the_target_are_shown_where_it_is_concentrated() -> None:
    found = found_in("one-segment", customers=1000)
    link = found.links[1]
    assert link.concentration == "concentrated"
    assert [one.segment for one in link.segments if one.concentrated] == ["industry"]
    head, *lines, note = table(str(found), "2→3 by industry, below 40.0%")
    levels = {one.level: one for one in link.segments[1].levels}
    below = [one for one in levels.values() if one.below]
    assert [line.split()[0] for line in lines] == [one.level for one in below]
    for line, one in zip(lines, below):
        assert f" {one.customers:,} " in line and f"{one.stuck.mrr_minor_units:,}" in line
    assert note.strip() == "at it or above: " + ", ".join(
        name for name, one in levels.items() if one.reaches
    )
    assert "by plan, below" not in str(found) and "standing still" in head
    assert "2→3、industry別（40.0%未満）" in found.text("ja")


def test_a_link_and_its_table(broken: aiueo.Finding) -> None:
    link = broken.links[2]
    text = str(link)
    assert text.startswith(link.sentence.en) and repr(link) == text
    assert "<pre>" in link._repr_html_() and "<pre>" in broken._repr_html_()
    assert "eligible" in text and "within industry" in text and "declared" in text
    assert "read backward" not in text and "read backward" in str(broken.links[0])
    for copied in (pickle.loads(pickle.dumps(broken)), copy.deepcopy(broken)):
        assert str(copied) == str(broken) and str(copied.links[2]) == text

    pd = pytest.importorskip("pandas")
    frame = broken.links.to_pandas().set_index("link")
    assert frame.loc["3-4a", "cause"] == link.cause.en
    assert frame.loc["3-4a", "owners"] == ", ".join(one.en for one in link.owners) != ""
    assert pd.isna(frame.loc["1-2", "cause"]) and frame.loc["1-2", "owners"] == ""
    assert frame.loc["3-4a", "effect_lower"] == link.effect.lower
    assert frame.loc["3-4a", "target_value"] == 0.9
    patterns = broken.patterns.to_pandas().set_index("pattern")
    assert patterns.loc["untouched", "plays"] == ""
    assert patterns.loc["contacted_not_using", "plays"] == ", ".join(broken.patterns[2].plays)


def test_a_model_without_steps_has_only_its_sentence() -> None:
    made = aiueo.sim.worlds["flows"].simulate(seed=1, customers=30)
    model = {key: value for key, value in made.model().items() if key != "steps"}
    plan = aiueo.load(model)
    found = plan.evidence(made.snapshots, made.contracts, initiatives=made.initiatives).study(
        "bottleneck"
    )
    assert str(found) == found.sentence and '"steps"' in str(found)
    assert found.text("ja") == found.sentence.ja and "steps" in found.text("ja")


def test_nothing_was_counted_and_nothing_is_claimed() -> None:
    plan = aiueo.load(aiueo.sim.worlds["flows"].simulate(seed=1, customers=30).model())
    found = aiueo.Evidence(plan).study("bottleneck")
    for language in ("en", "ja"):
        lines = found.text(language).splitlines()
        assert len([line for line in lines if "→" in line]) == 4
        assert not re.search(r"\bnan\b|None", found.text(language))
    assert (
        found.month is None and "pattern in" not in str(found) and "の状態" not in found.text("ja")
    )
    assert "unknown, too few" in str(found.links[1])


def test_the_command_takes_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = aiueo.sim.worlds["flows"].simulate(seed=1, customers=60)
    made.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    tables = ["snapshots.csv", "contracts.csv", "--initiatives", "initiatives.csv"]
    result = run("--json", "study", "bottleneck", "model.json", *tables, "--month", "2026-04")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["study"] == "bottleneck" and found["month"] == "2026-04"
    result = run("study", "bottleneck", "model.json", *tables, "--month", "2026-04")
    assert "pattern in 2026-04" in result.stdout
    assert run("study", "bottleneck", "model.json", *tables, "--month", "April").exit_code != 0
