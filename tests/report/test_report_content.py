"""What the report says is what the library says; it appears whole or not at all."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from aiueo import ArgumentError, DataError, Evidence, load, report
from reading import Reader, whole
from reported import Portfolio


@pytest.fixture(scope="module")
def english(both: str) -> Reader:
    return Reader(both[: both.index('data-edition="ja"')])


@pytest.fixture(scope="module")
def data(both: str) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(Reader(both).blocks["data"])
    return out


@pytest.fixture(scope="module")
def seen(portfolio: Portfolio) -> Any:
    return portfolio.plan.evidence(
        portfolio.snapshots, portfolio.contracts, data_until=portfolio.until, **portfolio.beside
    )


@pytest.mark.parametrize(
    "study", ["renewal", "bottleneck", "forecast", "nrr", "validation", "drift"]
)
def test_each_study_says_its_own_sentence(
    english: Reader, both: str, seen: Any, study: str
) -> None:
    found = seen.study(study)
    assert whole(found.sentence) in map(whole, english.sentences)
    assert whole(found.sentence.ja) in map(whole, Reader(both).sentences)
    for caution in found.cautions:
        assert whole(caution) in whole(english.text)


def test_tables_hold_the_findings_figures(english: Reader, seen: Any) -> None:
    chain = seen.study("bottleneck")
    rows = {row[0].split()[0]: row for row in english.tables["From our work to revenue"]}
    for link in chain.links:
        row = rows[link.link.replace("-", "→")]
        assert row[3].startswith(f"{100 * link.conversion.value:.1f}% (")
        assert row[2].split()[0] == f"{link.conversion.n:,}"
    table = next(one for one in seen.study("renewal").tables if one.terms == "all")
    rates = {row[0]: row for row in english.tables["Renewal by stage"]}
    for one in table.rows[1:]:
        assert rates[one.level][1] == f"{one.rate.n:,}" and rates[one.level][2] == f"{one.kept:,}"
    months = english.tables["MRR that will be renewed"]
    assert [row[0] for row in months[1:-1]] == [m.month for m in seen.study("forecast").months]


def test_tiles_hold_counts_of_what_is_known(
    english: Reader, portfolio: Portfolio, seen: Any
) -> None:
    tiles = {one[0]: one[1:] for one in english.tiles}
    now = seen.study("nrr").portfolio
    assert tiles["MRR (JPY)"][0] == f"{now.now.mrr_minor_units:,}"
    assert tiles["Expected NRR, 12 months"][0] == f"{100 * now.expected.value:.1f}%"
    rows = portfolio.contracts.to_arrow().to_pylist()
    until = portfolio.until
    held = [one for one in rows if not one["outcome"] and one["start"] <= until]
    paying = {one["customer"] for one in held if one["kind"] == "contract"}
    soon = {
        one["customer"]
        for one in held
        if one["kind"] == "contract" and 0 <= (one["end"] - until).days <= 90
    }
    assert tiles["Customers under contract"][0] == f"{len(paying):,}"
    assert tiles["Due in 90 days"][0] == f"{len(soon):,}" and soon


def test_months_are_summaries_of_the_latest_snapshots(portfolio: Portfolio) -> None:
    plan, beside = portfolio.plan, portfolio.beside
    table = portfolio.snapshots.to_arrow()
    months = report.monthly(plan, table, initiatives=beside["initiatives"])
    last = max(months)
    keys = zip(table.column("customer").to_pylist(), table.column("as_of").to_pylist())
    rows: dict[str, tuple[datetime.date, int]] = {}
    for k, (customer, day) in enumerate(keys):
        if f"{day:%Y-%m}" == last:
            rows[customer] = max(rows.get(customer, (day, k)), (day, k))
    own = plan.score(
        table.take([row for _, row in rows.values()]), initiatives=beside["initiatives"]
    ).summary()
    assert months[last]["overall"] == own["overall"]
    assert months[last]["ladders"] == own["ladders"]
    assert len(months) == 24


def test_of_two_snapshots_in_a_month_the_later_counts() -> None:
    plan = load(
        {
            "aiueo": 1,
            "metrics": {"n": {"type": "number"}},
            "axes": {"U": {"components": {"n": {"metric": "n", "curve": [[0, 0], [100, 100]]}}}},
            "overall": {"weights": {"U": 1}, "min_axes": 1},
        }
    )
    table = {
        "customer": ["a", "b", "a", "b", "a"],
        "as_of": ["2026-01-31", "2026-01-10", "2026-01-05", "2026-02-01", "2026-02-28"],
        "n": [10, 20, 90, 30, 50],
    }
    months = report.monthly(plan, table)
    assert {m: s["overall"]["mean"] for m, s in months.items()} == {"2026-01": 15, "2026-02": 40}
    until = report.monthly(plan, table, until=datetime.date(2026, 2, 27))
    assert {m: s["overall"]["mean"] for m, s in until.items()} == {"2026-01": 15, "2026-02": 30}


def test_a_customers_page_explains_as_the_plan_does(
    data: dict[str, Any], portfolio: Portfolio
) -> None:
    rows = data["rows"]
    for at in (0, len(rows) - 1):
        row = next(one for one in rows[at:] + rows[:at] if len(one) > 8)
        given: dict[str, Any] = {"initiatives": portfolio.beside["initiatives"]}
        why = portfolio.plan.explain(portfolio.snapshots, row[0], **given)
        gap = portfolio.plan.gap(portfolio.snapshots, row[0], **given)
        assert row[8][1][0] == pytest.approx(why.overall.score, abs=0.006)
        assert [one[0] for one in row[9][4]] == [one["condition"] for one in gap.conditions]
        assert [len(axis[6]) for axis in row[8][2]] == [len(one.components) for one in why.axes]


@pytest.mark.usefixtures("undrawn")
def test_a_customer_without_a_current_snapshot_has_no_score(portfolio: Portfolio) -> None:
    """Of old snapshots nothing is shown as if it were of today."""
    table = portfolio.snapshots.to_arrow()
    old = portfolio.until - datetime.timedelta(days=32)
    days = table.column("as_of").to_pylist()
    past = table.filter(pa.array([day <= old for day in days]))
    html = report.page(
        portfolio.plan, past, portfolio.contracts, data_until=portfolio.until, language="en", most=5
    )
    page = Reader(html)
    tiles = {one[0]: one[1:] for one in page.tiles}
    assert tiles["Customers under contract"][1].endswith("without a snapshot in the last 31 days")
    listed = json.loads(page.blocks["data"])["rows"]
    assert len(listed) == 5 and all(len(row) == 8 for row in listed)
    # Nor is anybody ranked, or sent anything.
    assert all(row[7] is None for row in listed)
    assert any("no customer has a snapshot in the 31 days" in one for one in page.missing)
    assert "Too little known for a score" not in tiles  # of nobody


def test_a_model_of_scores_alone_is_reported(portfolio: Portfolio) -> None:
    """Without ladder, steps, roles, bands: what there is to say is said."""
    model = {
        "aiueo": 1,
        "metrics": {"logins_28d": {"type": "number", "min": 0}},
        "axes": {
            "U": {"components": {"n": {"metric": "logins_28d", "curve": [[0, 0], [40, 100]]}}}
        },
        "overall": {"weights": {"U": 1}, "min_axes": 1},
    }
    html = report.page(model, portfolio.snapshots, portfolio.contracts, language="en", most=3)
    page = Reader(html)
    assert len(page.sentences) == 6 and all(page.sentences)
    figures = html.split("<figure")[1:]
    assert 0 < len(figures) < 10 and all("<svg" in one for one in figures)
    assert "Axes over time" in page.tables
    assert len(json.loads(page.blocks["data"])["rows"]) == 3


@pytest.mark.usefixtures("undrawn")
def test_a_study_that_fails_says_why_in_its_place(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Evidence.study

    def failing(self: Evidence, name: str, **options: Any) -> Any:
        if name in ("nrr", "drift"):
            raise DataError(1, f"{name} <cannot> be made")
        return study(self, name, **options)

    monkeypatch.setattr(Evidence, "study", failing)
    page = Reader(portfolio.page(language="en", most=1))
    assert "Not available: nrr <cannot> be made" in page.missing
    assert "Not available: drift <cannot> be made" in page.missing
    assert {one[0]: one[1] for one in page.tiles}["MRR (JPY)"] == "not known"
    assert [one for one in page.sentences if "NRR" in one] == []


@pytest.mark.usefixtures("undrawn")
def test_nobody_under_contract_is_a_page_too(portfolio: Portfolio) -> None:
    table = portfolio.contracts.to_arrow()
    ended = table.filter(pa.array([bool(one) for one in table.column("outcome").to_pylist()]))
    html = report.page(portfolio.plan, portfolio.snapshots, ended, language="en")
    page = Reader(html)
    assert "No contract is open." in page.text
    # Who renewed is a customer still; when its contract ends is known from its snapshot alone.
    listed = json.loads(page.blocks["data"])["rows"]
    assert listed and all(row[2] is None and row[7] for row in listed)
    assert {one[0]: one[1] for one in page.tiles}["Customers under contract"] == "0"


def test_the_policy_has_the_hashes_of_the_pages_own(both: str) -> None:
    page = Reader(both)
    for name in ("script", "style"):
        raw = hashlib.sha256(page.blocks[name].encode()).digest()
        assert f"{name}-src 'sha256-{base64.b64encode(raw).decode()}'" in page.policy
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy
    assert not re.search(r"(src|href)=[\"'](?!#)", both)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", both)


@pytest.mark.usefixtures("undrawn")
def test_one_language_is_one_edition(portfolio: Portfolio) -> None:
    html = portfolio.page(language="ja", most=2)
    body, *_ = html.split("<script")
    assert body.count("data-edition=") == body.count('<div class="edition"') == 1
    assert '<html lang="ja">' in body and "data-language" not in body
    assert len(json.loads(Reader(html).blocks["data"])["rows"]) == 2


def test_bad_wishes_are_refused(portfolio: Portfolio) -> None:
    with pytest.raises(ArgumentError, match="language 'fr' is none of 'en', 'ja', 'both'"):
        portfolio.page(language="fr")
    with pytest.raises(ArgumentError, match="0 to 1000 are possible"):
        portfolio.page(most=1001)
    with pytest.raises(TypeError, match="int is no table"):
        report.page(portfolio.plan, 7, portfolio.contracts)
    nothing = portfolio.snapshots.to_arrow().slice(0, 0)
    with pytest.raises(ArgumentError, match="no rows"):
        report.page(portfolio.plan, nothing, portfolio.contracts)


@pytest.mark.usefixtures("undrawn")
def test_it_appears_whole_or_not_at_all(portfolio: Portfolio, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    broken = portfolio.contracts.to_arrow().drop_columns(["end"])
    with pytest.raises(Exception, match="end"):
        report.write(file, portfolio.plan, portfolio.snapshots, broken)
    assert file.read_text() == "before" and list(tmp_path.iterdir()) == [file]
    size = report.write(file, portfolio.plan, portfolio.snapshots, portfolio.contracts, most=1)
    assert file.stat().st_size == size and list(tmp_path.iterdir()) == [file]


def test_libraries_that_are_missing_are_named_first(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiueo import _optional

    monkeypatch.setitem(_optional._found, "altair", None)
    monkeypatch.setitem(_optional._found, "vl_convert", None)
    with pytest.raises(ImportError, match=r"altair, vl_convert: pip install \"aiueo\[report\]\""):
        portfolio.page()
