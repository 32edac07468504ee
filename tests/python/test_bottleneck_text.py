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
    # The JSON alone says how many minor units a dollar has.
    assert str(aiueo.Finding(dollars.to_dict())) == str(dollars)
    assert (yen.minor_digits, dollars.minor_digits) == (0, 2)


def test_the_levels_below_the_target_are_shown_where_it_is_concentrated() -> None:
    found = found_in("one-segment", customers=1000)
    link = found.links[1]
    assert link.concentration == "concentrated"
    assert [one.segment for one in link.segments if one.concentrated] == ["industry"]
    head, *lines, note = table(str(found), "2→3 by industry, below 40.0%")
    levels = {one.level: one for one in link.segments[1].levels}
    below = [one for one in levels.values() if one.below]
    below.sort(key=lambda one: -one.stuck.mrr_minor_units)
    assert [line.split()[0] for line in lines] == [one.level for one in below]
    for line, one in zip(lines, below):
        assert f" {one.customers:,} " in line and f"{one.stuck.mrr_minor_units:,}" in line
    assert note.strip() == "at it or above: " + ", ".join(
        name for name, one in levels.items() if one.reaches
    )
    assert "by plan, below" not in str(found) and "standing still" in head
    assert "2→3、industry別（40.0%未満）" in found.text("ja")


def test_the_levels_below_are_shown_where_it_is_general() -> None:
    found = found_in("broken-2-3", customers=600)
    link = found.links["2-3"]
    assert link.concentration == "general" and not any(one.concentrated for one in link.segments)
    told = 0
    for segment in link.segments:
        below = [one for one in segment.levels if one.below]
        below.sort(key=lambda one: -one.stuck.mrr_minor_units)
        assert not any(one.reaches for one in segment.levels)
        if not below:
            continue
        told += 1
        _, *lines, note = table(str(found), f"2→3 by {segment.segment}, below 40.0%")
        assert [line.split("  ")[0] for line in lines] == [one.level for one in below]
        assert note == "  at it or above: none with at least 30 customers"
        last = table(found.text("ja"), f"2→3、{segment.segment}別（40.0%未満）")[-1]
        assert last == "  目標以上：なし（30社以上の区分のうち）"
    assert told >= 2


def changed(found: aiueo.Finding, link: int, change: Any) -> aiueo.Finding:
    plain = found.to_dict()
    change(plain["links"][link])
    return aiueo.Finding(plain)


def test_names_and_numbers_fit_into_their_table() -> None:
    found = found_in("one-segment", customers=1000)
    name = "Retail\nand\tall of " + "小売" * 20

    def rename(link: dict[str, Any]) -> None:
        [segment] = [one for one in link["segments"] if one["concentrated"]]
        [level] = [one for one in segment["levels"] if one["below"]]
        level["level"] = name
        level["stuck"]["priced"] -= 3
        link["conversion"]["n"] = 1
        for k in range(11):
            more = {**level, "level": f"level {k}", "stuck": {**level["stuck"]}}
            more["stuck"]["mrr_minor_units"] += 1000 * k
            segment["levels"].append(more)

    text = str(changed(found, 1, rename))
    _, *lines, rest, _ = table(text, "2→3 by industry, below 40.0%")
    # What costs most is first; of 12 ten are shown.
    assert [line.split("  ")[0] for line in lines] == [f"level {k}" for k in range(10, 0, -1)]
    assert rest == "  … and 2 more"
    assert all("priced)" in line for line in lines) and "1 month " in table(text, "link ")[2]

    def only_rename(link: dict[str, Any]) -> None:
        [segment] = [one for one in link["segments"] if one["concentrated"]]
        [level] = [one for one in segment["levels"] if one["below"]]
        level["level"] = name

    _, line, _ = table(str(changed(found, 1, only_rename)), "2→3 by industry, below 40.0%")
    shown = line.split("  ")[0]
    assert shown.startswith("Retail and all of 小売") and shown.endswith("…") and width(shown) <= 40


def test_what_is_not_priced_is_said(broken: aiueo.Finding) -> None:
    plain = broken.to_dict()
    plain["patterns"][1]["now"]["priced"] -= 3
    plain["links"][0]["stuck"] = {"customers": 1, "priced": 0, "mrr_minor_units": 0}
    now = plain["patterns"][1]["now"]
    found = aiueo.Finding(plain)
    lines = table(str(found), "pattern in")
    assert f" {now['customers']:,} ({now['priced']:,} priced) " in lines[2]
    assert [("priced" in line) for line in lines].count(True) == 1
    assert f"（MRR判明{now['priced']:,}）" in found.text("ja")
    assert "1 customer (0 priced)" in str(found.links["1-2"])
    assert "priced" not in str(broken)


def test_a_reversal_is_shown_with_both_odds_ratios() -> None:
    def turn(link: dict[str, Any]) -> None:
        of = {"n": 500, "lower": 0.6, "upper": 0.9}
        link["segments"][0]["reversal"].update(
            crude_odds_ratio={**of, "value": 0.7},
            pooled_odds_ratio={"value": 2.104, "lower": 1.5, "upper": 2.9, "n": 500},
            reversed=True,
        )

    flows = found_in("flows")
    found = changed(flows, 2, turn)
    head, crude, pooled = table(str(found), "3→4a by plan")
    assert head.endswith("  odds ratio")
    assert crude.split() == ["all", "together", "0.70", "(0.60–0.90)"]
    assert pooled.split() == ["within", "its", "levels", "2.10", "(1.50–2.90)"]
    assert "3→4a、plan別" in found.text("ja") and "odds ratio" in str(found.links["3-4a"])
    assert "odds ratio" not in str(flows) and "odds ratio" not in str(flows.links["3-4a"])


def test_a_link_is_found_by_its_name_and_a_language_by_its_own(broken: aiueo.Finding) -> None:
    assert broken.links["2-3"] is broken.links[1] and broken.links[-1].link == "3-4b"
    assert broken.patterns["succeeding"] is broken.patterns[6] and len(broken.links[1:]) == 3
    with pytest.raises(aiueo.NotFoundError, match=r"2-4.*1-2, 2-3, 3-4a, 3-4b"):
        broken.links["2-4"]
    with pytest.raises(aiueo.ArgumentError, match="'fr' is none of 'en', 'ja'"):
        broken.text("fr")


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
