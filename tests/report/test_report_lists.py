"""The lists of the page are the actions': who first, what happened, what to send, the plan."""

from __future__ import annotations

import copy
import datetime
import json
import sys
import warnings
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pytest
from aiueo import Actions, ArgumentError, DataWarning, load, report
from aiueo.explain import Record
from aiueo.report import _lists, _plan, _today
from reading import Reader, whole
from reported import Portfolio

#: Positions in a row of the list, and in what is said of its rank.
ID, END, DAYS, MRR, RANK, GAP = 0, 1, 2, 3, 7, 9


@pytest.fixture(scope="module")
def english(both: str) -> Reader:
    return Reader(both[: both.index('data-edition="ja"')])


@pytest.fixture(scope="module")
def data(both: str) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(Reader(both).blocks["data"])
    return out


class Acting:
    """What the actions say of the customers that are still there."""

    def __init__(self, of: Portfolio) -> None:
        self.of = of
        self.seen = of.plan.evidence(of.snapshots, of.contracts, data_until=of.until, **of.beside)
        last: dict[str, tuple[bool, Any, str]] = {}
        for one in of.contracts.to_arrow().to_pylist():
            still = not one["outcome"] and one["start"] <= of.until
            told = (still, one["end"], one["outcome"])
            last[one["customer"]] = max(last.get(one["customer"], told), told)
        self.left = {
            name
            for name, (still, end, outcome) in last.items()
            if not still and outcome in ("churned", "lapsed") and end <= of.until
        }
        table = of.snapshots.to_arrow()
        names = table.column("customer").to_pylist()
        self.here = table.filter(pa.array([name not in self.left for name in names]))

    def act(self, name: str, snapshots: Any = None, **options: Any) -> Actions:
        given = {"evidence": self.seen} if name in ("priority", "goals") else {}
        return self.of.plan.act(
            name,
            self.here if snapshots is None else snapshots,
            initiatives=self.of.beside["initiatives"],
            as_of=str(self.of.until),
            **given,
            **options,
        )


@pytest.fixture(scope="module")
def acting(portfolio: Portfolio) -> Acting:
    return Acting(portfolio)


def labels(data: dict[str, Any], of: str, at: int | None) -> str | None:
    return None if at is None else str(data[of][at][0])


# ── the list for today ───────────────────────────────────────────────────────────────────────


def test_the_list_is_the_actions(data: dict[str, Any], acting: Acting, english: Reader) -> None:
    made = acting.act("priority")
    assert acting.left and len(made) > 100
    rows = [row for row in data["rows"] if row[RANK]]
    assert [row[ID] for row in rows] == [one.customer for one in made]
    for row, one in zip(rows, made):
        rank, chosen, first, gain, lower, upper, effort, n, play, owner, channel, member = row[RANK]
        assert (rank, bool(chosen), bool(first)) == (one.rank, one.chosen, one.first)
        given = (one.gain, one.gain_lower, one.gain_upper, one.effort)
        assert (gain, lower, upper, effort) == pytest.approx(given, abs=0.006)
        assert (n, row[MRR]) == (one.n, one.mrr)
        called = portfolio_play(acting, one.play)
        assert labels(data, "plays", play) == called
        told = [labels(data, "texts", at) for at in (owner, channel, member)]
        assert told == [one.owner, one.channel, one.member]
    assert sum(row[RANK][1] for row in rows) == made.head["chosen"]["customers"] > 0
    assert data["capacity"] == acting.of.model["priority"]["capacity"]
    assert whole(made.sentence) in map(whole, english.sentences)
    for caution in made.cautions:
        assert whole(caution) in whole(english.text)
    assert english.missing.count("") == 0
    bands = {row[0]: row for row in english.tables["Bands"][1:]}
    for one in made.head["bands"]:
        row = bands[one["band"]]
        assert (row[1], row[2]) == ("yes" if one["first"] else "", f"{one['all']['customers']:,}")
        assert row[4].startswith(f"{round(one['all']['gain']['value']):,} (")


def portfolio_play(acting: Acting, name: str) -> str:
    return str(acting.of.model["plays"][name]["label"]["en"])


def test_who_is_not_ranked_follows_by_contract_end(
    data: dict[str, Any], portfolio: Portfolio, english: Reader
) -> None:
    ranked = [bool(row[RANK]) for row in data["rows"]]
    assert ranked == sorted(ranked, reverse=True) and not all(ranked)
    rows = [row for row in data["rows"] if not row[RANK]]
    steps = [sum(row[DAYS] > bound for bound in (30, 90, 180, 365)) for row in rows]
    assert steps == sorted(steps) and len(set(steps)) > 1
    stage = {label[0]: k for k, label in enumerate(data["rungs"])}
    for step in set(steps):
        own = [row for row, at in zip(rows, steps) if at == step]
        order = [(row[GAP][0] >= stage["Active"], -row[MRR]) for row in own if len(row) > GAP]
        assert order == sorted(order)
    # Together they are those under contract, each once.
    table = portfolio.contracts.to_arrow().to_pylist()
    held = {one["customer"] for one in table if not one["outcome"]}
    assert sorted(row[ID] for row in data["rows"]) == sorted(held)
    counts = f"Listed are {sum(ranked)} of {sum(ranked)} ranked customers, and {len(rows)} others."
    assert counts in whole(english.text)


@pytest.mark.usefixtures("undrawn")
def test_capacity_is_the_actions(portfolio: Portfolio, acting: Acting) -> None:
    html = portfolio.page(language="en", most=7, capacity=3)
    page, made = Reader(html), acting.act("priority", capacity=3, limit=7)
    assert whole(made.sentence) in map(whole, page.sentences)
    data = json.loads(page.blocks["data"])
    assert data["capacity"] == 3 and len(data["rows"]) == 7
    assert [row[ID] for row in data["rows"]] == [one.customer for one in made]
    assert f"Listed are 7 of {made.head['ranked']} ranked customers" in whole(page.text)
    with pytest.raises(ArgumentError, match="capacity is -1; it is a number from 0"):
        portfolio.page(capacity=-1)


def lately(portfolio: Portfolio) -> pa.Table:
    """The snapshots of the last ten weeks."""
    table = portfolio.snapshots.to_arrow()
    days = table.column("as_of").to_pylist()
    recent = [day > portfolio.until - datetime.timedelta(days=70) for day in days]
    return table.filter(pa.array(recent))


def by_contract_end(rows: list[Any]) -> bool:
    steps = [sum(row[DAYS] > bound for bound in (30, 90, 180, 365)) for row in rows]
    return steps == sorted(steps) and all(row[RANK] is None for row in rows) and len(rows) > 3


@pytest.mark.usefixtures("undrawn")
def test_without_a_gain_the_list_goes_by_contract_end_and_says_why(portfolio: Portfolio) -> None:
    plan, options = portfolio.plan, {"language": "en", "most": 40}
    # Nothing was counted of money over time.
    table = portfolio.contracts.to_arrow().drop_columns(["mrr_before", "mrr_after"])
    until = portfolio.until
    with pytest.warns(DataWarning, match="lack an MRR"):
        html = report.page(plan, portfolio.snapshots, table, data_until=until, **options)
    page = Reader(html)
    assert any("goes by contract end: the " in one for one in page.missing), page.missing
    assert by_contract_end(json.loads(page.blocks["data"])["rows"])
    assert "Contracts that are decided soonest come first" in page.text
    assert "Bands" not in page.tables
    # A model without plays.
    model = copy.deepcopy(portfolio.model)
    for key in ("plays", "triggers"):
        del model[key]
    html = report.page(
        load(model), portfolio.snapshots, portfolio.contracts, data_until=until, **options
    )
    page = Reader(html)
    assert any("the model declares no plays" in one for one in page.missing)
    assert by_contract_end(json.loads(page.blocks["data"])["rows"])
    # History is too short for a gain.
    html = report.page(plan, lately(portfolio), portfolio.contracts, data_until=until, **options)
    page = Reader(html)
    assert any("goes by contract end: Nobody can be named" in one for one in page.missing)
    assert by_contract_end(json.loads(page.blocks["data"])["rows"])


@pytest.mark.usefixtures("undrawn")
def test_filters_of_warnings_are_left_alone(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the process's; yet what triggers prepare anew is told of once."""

    class Filtered(warnings.catch_warnings):  # type: ignore[type-arg,unused-ignore]
        def __init__(self, **options: Any) -> None:
            name = str(sys._getframe(1).f_globals.get("__name__"))
            assert name.partition(".")[0] != "aiueo", f"{name} changes the process's filters"
            super().__init__(**options)

    done = portfolio.beside["initiatives"].to_arrow()
    metrics = portfolio.model["metrics"].values()
    [counted, *_] = [one["initiative"] for one in metrics if "initiative" in one]
    less = done.filter(pa.compute.not_equal(done["initiative"].cast("string"), counted))
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        with monkeypatch.context() as patch:
            patch.setattr(warnings, "catch_warnings", Filtered)
            html = report.page(
                portfolio.plan,
                portfolio.snapshots,
                portfolio.contracts,
                data_until=portfolio.until,
                language="en",
                **{**portfolio.beside, "initiatives": less},
            )
    assert "Whom to send what" in Reader(html).tables
    told = [str(one.message) for one in found if issubclass(one.category, DataWarning)]
    assert len(told) == len(set(told)) == 1 and f'"{counted}"' in told[0]


def test_who_has_left() -> None:
    plan = load({"aiueo": 1, "metrics": {"n": {"type": "number"}}, "axes": {}})
    rows = [
        ("churned", "2026-01-01", "2026-06-30", "churned"),
        ("today", "2026-01-01", "2026-10-31", "churned"),
        ("later", "2026-01-01", "2026-11-30", "churned"),
        ("back", "2025-01-01", "2025-12-31", "churned"),
        ("back", "2026-03-01", "2027-02-28", ""),
        ("back and renewed", "2025-01-01", "2025-12-31", " churned "),
        ("back and renewed", "2026-01-15", "2026-07-14", "renewed"),
        ("not yet back", "2025-01-01", "2025-12-31", "churned"),
        ("not yet back", "2026-12-01", "2027-11-30", ""),
        ("renewed", "2025-01-01", "2026-09-30", "renewed"),
        ("lapsed", "2026-09-01", "2026-09-30", "lapsed"),
        ("converted", "2026-09-01", "2026-09-30", "converted"),
    ]
    names = ("customer", "start", "end", "outcome")
    table = pa.table({name: [row[k] for row in rows] for k, name in enumerate(names)})
    day = (datetime.date(2026, 10, 31) - datetime.date(1970, 1, 1)).days
    left = {"churned", "today", "not yet back", "lapsed"}
    assert _today.gone(plan, table, day) == left
    at = table.column_names.index("outcome")
    coded = table.set_column(at, "outcome", table.column("outcome").dictionary_encode())
    assert _today.gone(plan, coded, day) == left
    assert _today.gone(plan, table.drop_columns(["outcome"]), day) == set()


# ── what happened, what to send ──────────────────────────────────────────────────────────────


def test_what_happened_is_the_actions(
    data: dict[str, Any], acting: Acting, english: Reader, both: str
) -> None:
    made = acting.act("alerts")
    assert len(made) > 20
    found = {
        (row[0], labels(data["alerts"], "names", row[1]), row[2], bool(row[3]), tuple(row[9]))
        for row in data["alerts"]["rows"]
    }
    assert found == {
        (one.customer, one.alert, one.fired, one.open, (one.reason, one.reason_ja)) for one in made
    }
    days = [row[2] for row in data["alerts"]["rows"]]
    assert days == sorted(days, reverse=True)
    of_last = [row[4] for row in data["alerts"]["rows"] if row[2] == days[0]]
    assert of_last == sorted(of_last, reverse=True)
    assert whole(made.sentence) in map(whole, english.sentences)
    assert whole(made.sentence.ja) in map(whole, Reader(both).sentences)
    counts = {row[0]: row[2:] for row in english.tables["What happened"][1:]}
    for one in made.head["alerts"]:
        assert counts[one["alert"]] == [str(one["fired"]), str(one["open"])]


def test_what_to_send_is_the_actions(data: dict[str, Any], acting: Acting, english: Reader) -> None:
    made = acting.act("triggers")
    wanted = {(one.customer, one.initiative, one.variant) for one in made if not one.holdout}
    rows = data["triggers"]["rows"]
    assert wanted == {
        (row[0], labels(data["triggers"], "names", row[1]), labels(data, "texts", row[2]))
        for row in rows
    }
    assert any(one.holdout for one in made) and len(rows) == len(wanted)
    assert whole(made.sentence) in map(whole, english.sentences)
    counts = {row[0]: row for row in english.tables["Whom to send what"][1:]}
    for one in made.head["triggers"]:
        row = counts[one["trigger"]]
        keys = ("to_send", "sent_before", "succeeded", "held_out", "unknown")
        assert row[1] == one["when"] and row[3:] == [f"{one[key]:,}" for key in keys]
    # The condition stands above the list; in a row there is what the customer has.
    assert all(row[8] and "&&" not in row[8] for row in rows)
    reasons = {(one.customer, one.initiative): one.reason for one in made}
    for row in rows[:20]:
        name = labels(data["triggers"], "names", row[1])
        assert reasons[row[0], str(name)].endswith(f"({row[8]})")


@pytest.mark.usefixtures("undrawn")
def test_a_model_that_declares_none_is_told_how(portfolio: Portfolio) -> None:
    model = copy.deepcopy(portfolio.model)
    for key in ("alerts", "triggers", "goals"):
        del model[key]
    del model["study"]["nrr_target"]
    tables = (portfolio.snapshots, portfolio.contracts)
    html = report.page(load(model), *tables, data_until=portfolio.until, most=1, language="en")
    page = Reader(html)
    data = json.loads(page.blocks["data"])
    assert data["alerts"]["rows"] == data["triggers"]["rows"] == []
    for what, key in (("alerts", "alerts"), ("triggers", "triggers"), ("goals", "study")):
        line = next(one for one in page.missing if f"declares no {what}" in one or what in one)
        # What it says to write can be written.
        wanted = json.loads("{" + line.split("This would: ")[1] + "}")
        assert list(wanted) == [key]
        tried = {**model, **wanted, "plays": {**model["plays"], "call": {"for": ["U.logins"]}}}
        load(tried)


@pytest.mark.usefixtures("undrawn")
def test_initiatives_may_be_a_stream_or_prepared(portfolio: Portfolio) -> None:
    """Triggers read them in a way of their own, so a stream must not be empty by then."""
    table = portfolio.beside["initiatives"].to_arrow()
    plan, said = portfolio.plan, []
    options: dict[str, Any] = {"language": "en", "most": 1}
    for given in (table, table.to_reader(), plan.initiatives(table, keep_all=True)):
        page = Reader(portfolio.page(**options, initiatives=given))
        said.append([one for one in page.sentences if "to send by" in one])
    assert said[0] == said[1] == said[2] and len(said[0]) == 1
    page = Reader(
        portfolio.page(**options, initiatives=plan.initiatives(table.to_reader(), keep_all=True))
    )
    assert any("what was sent before is not known" in one for one in page.missing)


@pytest.mark.usefixtures("undrawn")
def test_who_left_today_is_in_no_list(portfolio: Portfolio, data: dict[str, Any]) -> None:
    lists = [data["rows"], data["alerts"]["rows"], data["triggers"]["rows"]]
    left = {rows[0][0] for rows in lists}
    until = datetime.date.fromisoformat(str(portfolio.until))
    table = portfolio.contracts.to_arrow()
    ended = [
        {**one, "outcome": "churned", "end": until}
        if one["customer"] in left and not one["outcome"]
        else one
        for one in table.to_pylist()
    ]
    plain = [
        field.with_type(pa.string()) if field.name == "outcome" else field for field in table.schema
    ]
    html = report.page(
        portfolio.plan,
        portfolio.snapshots,
        pa.Table.from_pylist(ended, pa.schema(plain)),
        data_until=portfolio.until,
        language="en",
        most=1000,
        **portfolio.beside,
    )
    made = json.loads(Reader(html).blocks["data"])
    for before, key in zip(lists, ("rows", "alerts", "triggers")):
        rows = made[key] if key == "rows" else made[key]["rows"]
        assert {row[0] for row in before} & left
        assert rows and not {row[0] for row in rows} & left


class Many:
    """A list of so many rows as the library would give it."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.rows = [
            Record(customer=f"{name}{k}", alert=name, fired=f"2026-10-{1 + k % 28:02}", mrr=k)
            for name, count in counts.items()
            for k in range(count)
        ]

    def __iter__(self) -> Any:
        return iter(self.rows)


def test_no_alert_crowds_out_another() -> None:
    made: Any = Many({"loud": 5000, "louder": 6000, "quiet": 40, "silent": 0})
    names = ["loud", "louder", "quiet", "silent"]
    kept = _lists.newest(made, "alert", names, 1000)
    counts = [sum(row.alert == name for row in kept) for name in names]
    assert counts == [480, 480, 40, 0]
    days = [row.fired for row in kept]
    assert days == sorted(days, reverse=True)
    loud = [row for row in kept if row.alert == "loud"]
    first = [row.mrr for row in loud if row.fired == days[0]]
    assert first == sorted(first, reverse=True) and len(first) > 10
    # The newest of the loud one are kept, and none older than what was left out.
    assert min(row.fired for row in loud) >= "2026-10-26"


# ── the plan ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "verdict"), [(0.5, "Ahead"), (1.05, "Neither ahead nor behind"), (2.0, "Behind")]
)
def test_ahead_or_behind_by_the_interval_of_what_comes(
    acting: Acting, target: float, verdict: str
) -> None:
    found = acting.seen.study("nrr", target=target)
    section = _plan.plan_section(found, None, "en")
    within = next(one for one in found.portfolio.realised if one.level == 0.8)
    bounds = f"{100 * within.lower:.1f}% to {100 * within.upper:.1f}%"
    first = section.sentence.splitlines()[0]
    assert first.startswith(f"{verdict}: NRR over 12 months")
    assert f"(80 %: {bounds}), the target is {100 * target:.1f}%" in first
    row = section.tables[0][1].rows[0]
    expected = f"{100 * found.portfolio.expected.value:.1f}%"
    assert row[2:5] == ["109.0%", f"{100 * target:.1f}%", f"{expected} ({bounds})"]
    assert found.backtest.each[-1].realised == pytest.approx(1.0895, abs=1e-3)


def test_goals_and_the_course_are_in_the_plan(acting: Acting, english: Reader, both: str) -> None:
    made = acting.act("goals", acting.of.snapshots)
    together = acting.seen.study("nrr").curve.together
    assert whole(made.sentence) in map(whole, english.sentences)
    assert whole(made.sentence.ja) in map(whole, Reader(both).sentences)
    rows = {row[0]: row for row in english.tables["The plan, and what is to be expected"][1:]}
    words = {"reached": "reached", "unlikely": "behind (unlikely)"}
    for one in made:
        row = rows[one.goal]
        assert (row[1], row[5]) == (one.by, words[one.verdict])
    share = made[0]
    assert rows["active-share"][2:4] == [f"{100 * share.now:.1f}%", "60.0%"]
    course = rows["Course of the customers of the last 12 months"]
    assert course[2:4] == [
        f"{100 * together.ratio.value:.1f}%",
        f"{100 * together.required:.1f}%",
    ]
    assert together.verdict == "on" and course[5] == "neither"
    months = english.tables["Goals: so far, and where they are heading"]
    points = made.head["goals"][0]["course"]
    assert [row[0] for row in months[1:]] == [one["month"] for one in reversed(points)]


def test_a_target_without_an_expectation_is_not_judged(acting: Acting) -> None:
    of = acting.of
    none = of.contracts.to_arrow().slice(0, 0)
    seen = of.plan.evidence(lately(of), none, data_until=of.until)
    found = seen.study("nrr", target=1.1)
    section = _plan.plan_section(found, "too <early>", "en")
    assert section.sentence == (
        "The NRR to expect is not known, so nothing can be said of its target, 110.0%."
    )
    assert section.missing == "Not available: too <early>"
    assert section.tables[0][1].rows[0][5] == "not known"
