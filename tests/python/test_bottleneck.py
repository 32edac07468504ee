"""The study "bottleneck" against pandas: steps from axis scores, links, ends and money counted once
more, plainly, from the snapshots and the contracts of a simulated portfolio."""

from __future__ import annotations

import datetime
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import pytest

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

ROOT = Path(__file__).parents[2]
WORLDS = ("flows", "broken-1-2")
LAG = 2
THRESHOLD = 60
#: The model's overall weights of two axes, by profile; a profile that is not here has no such step.
PROCESS = {"default": (1, 2), "trial": (3, 2)}
SUCCESS = {"default": (1, 2)}
TOLERANCE = 1e-12


def near(value: float) -> Any:
    return pytest.approx(value, rel=TOLERANCE, abs=TOLERANCE)


@dataclass
class Chain:
    """A portfolio, its finding, and the last snapshot of each customer and month with its steps."""

    made: Any
    plan: aiueo.Plan
    found: aiueo.Finding
    rows: Any  #: snapshots with `accompany`, `process`, `success`: 1, 0 or NaN
    months: Any  #: the last of each month
    contracts: Any

    def link(self, name: str) -> Any:
        [one] = [link for link in self.found.links if link.link == name]
        return one


def mean_step(frame: Any, first: str, second: str, weights: dict[str, tuple[int, int]]) -> Any:
    """1, 0 or NaN: the weighted mean of two axes, on the grid of all scores, at the threshold."""
    a = frame["profile"].map({k: v[0] for k, v in weights.items()}).astype(float)
    b = frame["profile"].map({k: v[1] for k, v in weights.items()}).astype(float)
    mean = np.round((a * frame[first] + b * frame[second]) / (a + b) * 2**20) / 2**20
    return mean.ge(THRESHOLD).astype(float).where(mean.notna())


def months_of(days: Any) -> Any:
    return days.dt.year * 12 + days.dt.month - 1


def months_between(start: Any, end: Any) -> float:
    """By calendar; a month's last day stands for the day that a shorter one has not."""
    last = end.days_in_month
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day - min(start.day, last)) / last


@pytest.fixture(scope="module", params=WORLDS)
def chain(request: pytest.FixtureRequest) -> Chain:
    made = aiueo.sim.worlds[request.param].simulate(seed=1, customers=400)
    plan = aiueo.load(made.model())
    seen = plan.evidence(made.snapshots, made.contracts, initiatives=made.initiatives)
    # Evidence does not read the managers' word.
    scores = plan.score(made.snapshots, initiatives=made.initiatives, detail=True, overrides=False)
    rows = scores.to_pandas()[["customer", "as_of", "profile", *"IUEO", "touch", "pattern"]]
    given = made.snapshots.to_pandas()
    assert list(rows["customer"]) == list(given["customer"])
    for name in ("plan", "industry", "term_months", "mrr", "setup_done", "contract_start"):
        rows[name] = given[name]
    rows["profile"] = rows["profile"].astype(str)
    rows["accompany"] = rows["touch"].ge(THRESHOLD).astype(float).where(rows["touch"].notna())
    # The rung Onboard is expected 60 days after the start of the contract.
    age = (rows["as_of"] - rows["contract_start"]).dt.days
    not_there = rows["setup_done"].eq(False) | rows["I"].lt(60)
    overdue = age.gt(60) & not_there.fillna(False).astype(bool)
    rows["process"] = mean_step(rows, "I", "U", PROCESS).mask(overdue, 0.0)
    rows["success"] = mean_step(rows, "E", "O", SUCCESS)
    for step in ("accompany", "process", "success"):
        words = rows[step].map({1.0: "achieved", 0.0: "not_achieved"}).fillna("unknown")
        assert list(scores[step].to_list()) == list(words), step
    rows["month"] = months_of(rows["as_of"])
    months = rows.sort_values("as_of").groupby(["customer", "month"]).tail(1)
    contracts = made.contracts.to_pandas()
    for name in ("start", "end"):
        contracts[name] = pd.to_datetime(contracts[name])
    return Chain(made, plan, seen.study("bottleneck"), rows, months, contracts)


# ── by month ─────────────────────────────────────────────────────────────────────────────────


def periods(chain: Chain, before: str, after: str) -> Any:
    """The months that count, with `with_`, `reached` and the tenure band."""
    now = chain.months[["customer", "month", before, after, "plan", "industry"]]
    then = now[["customer", "month", after]].rename(columns={after: "then"})
    then = then.assign(month=then["month"] - LAG)
    both = now.merge(then, on=["customer", "month"])
    both = both[(both[after] == 0) & both[before].notna() & both["then"].notna()].copy()
    begin = months_of(chain.contracts.groupby("customer")["start"].min())
    tenure = both["month"] - both["customer"].map(begin)
    both["band"] = np.searchsorted([3, 12], tenure, side="right")
    both.loc[tenure.isna(), "band"] = 0
    return both.rename(columns={before: "with_", "then": "reached"})


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("1-2", "accompany", "process"), ("2-3", "process", "success")],
)
def test_monthly_links_are_what_pandas_counts(
    chain: Chain, name: str, before: str, after: str
) -> None:
    link, rows = chain.link(name), periods(chain, before, after)
    with_, without = rows[rows["with_"] == 1], rows[rows["with_"] == 0]
    assert (link.lag_months, link.lag_chosen, link.target.declared) == (LAG, False, True)
    assert link.eligible == len(rows) > 1000
    assert link.customers == rows["customer"].nunique()
    assert link.customers_with == with_["customer"].nunique()
    assert link.customers_without == without["customer"].nunique()
    assert link.reached == with_["reached"].sum()
    assert (link.conversion.n, link.comparison.n) == (len(with_), len(without))
    assert link.prevalence.value == near(len(with_) / len(rows))
    assert link.conversion.value == near(with_["reached"].mean())
    assert link.comparison.value == near(without["reached"].mean())
    assert link.crude.value == near(with_["reached"].mean() - without["reached"].mean())
    assert link.gap.value == near(link.target.value - with_["reached"].mean())

    gained = compared = 0.0
    for _, one in rows.groupby(["customer", "band"]):
        a, b = one[one["with_"] == 1]["reached"], one[one["with_"] == 0]["reached"]
        gained += a.sum() * len(b) - b.sum() * len(a)
        compared += len(a) * len(b)
    assert link.effect.value == near(gained / compared)

    for segment in link.segments[:2]:
        for level in segment.levels:
            of = rows[segment.segment]
            here = rows[of.isna() if level.level is None else of == level.level]
            steps = here[here["with_"] == 1]
            assert level.customers == steps["customer"].nunique()
            assert level.prevalence.value == near(len(steps) / len(here))
            if len(steps):
                assert level.conversion.value == near(steps["reached"].mean())


def test_who_stands_still_is_what_pandas_counts(chain: Chain) -> None:
    year, month = map(int, str(chain.found.month).split("-"))
    at = year * 12 + month - 1
    for name, before, after in (("1-2", "accompany", "process"), ("2-3", "process", "success")):
        link = chain.link(name)
        table = chain.months.set_index(["customer", "month"])
        here = table[(table[before] == 1) & (table[after] == 0)]
        keys = set(here.index)
        stuck = [
            mrr
            for (customer, when), mrr in here["mrr"].items()
            if when == at and all((customer, at - back) in keys for back in range(LAG))
        ]
        assert link.stuck.customers == len(stuck) > 0
        assert link.stuck.mrr_minor_units == sum(stuck)
        now = table[(table.index.get_level_values("month") == at)]
        neither = now[(now[before] == 0) & (now[after] == 0)]
        assert link.neither.customers == len(neither)
        assert link.neither.mrr_minor_units == neither["mrr"].sum()
    # What is due is of the contracts that end within 12 months, and no more than is paid.
    due = {}
    for one in chain.contracts[chain.contracts["kind"] == "contract"].itertuples():
        if (one.customer, at) not in now.index:
            continue
        day = now.loc[(one.customer, at), "as_of"]
        if one.start <= day < one.end and months_between(day, one.end) <= 12:
            due[one.customer] = due.get(one.customer, 0) + one.mrr_before
    ending = now[now.index.get_level_values("customer").isin(list(due))]
    paid = [min(mrr, due[customer]) for (customer, _), mrr in ending["mrr"].items()]
    ending = ending.assign(due=paid)
    for name in ("3-4a", "3-4b"):
        for standing, success in ((chain.link(name).stuck, 1), (chain.link(name).neither, 0)):
            here = ending[ending["success"] == success]
            assert standing.customers == len(here) > 0
            assert standing.mrr_minor_units == here["due"].sum() > 0
    patterns = now["pattern"].astype(str).replace("nan", "unknown").value_counts()
    for one in chain.found.patterns:
        assert one.now.customers == patterns.get(one.pattern, 0), one.pattern
    assert sum(one.now.customers for one in chain.found.patterns) == len(now)


# ── at contract ends ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def ends(chain: Chain) -> Any:
    """Decided contracts with the latest snapshot of the 31 days up to their end."""
    decided = chain.contracts[
        (chain.contracts["kind"] == "contract") & chain.contracts["outcome"].notna()
    ].sort_values("end")
    rows = chain.rows.sort_values("as_of")
    found = pd.merge_asof(
        decided, rows, left_on="end", right_on="as_of", by="customer",
        tolerance=pd.Timedelta(days=31), direction="backward",
    )  # fmt: skip
    found = found[found["as_of"].notna()].copy()
    found["kept"] = (found["outcome"] == "renewed").astype(float)
    terms = [months_between(a, b) for a, b in zip(found["start"], found["end"])]
    found["term"] = np.searchsorted([2, 13], terms, side="right")
    found["term_level"] = np.searchsorted([2, 13], found["term_months"], side="right")
    found["before"] = found["mrr_before"].astype(float)
    found["after"] = found["mrr_after"].astype(float).where(found["kept"] == 1, 0.0)
    assert found[["before", "after"]].notna().all().all()
    found["grew"] = (found["after"] > found["before"]).astype(float)
    return found


def mantel_haenszel(rows: Any, by: str) -> float:
    above = below = 0.0
    for _, one in rows.groupby([by, "term"]):
        a, b = one[one["success"] == 1]["hit"], one[one["success"] == 0]["hit"]
        above += (a.sum() * len(b) - b.sum() * len(a)) / len(one)
        below += len(a) * len(b) / len(one)
    return above / below


@pytest.mark.parametrize("name", ["3-4a", "3-4b"])
def test_links_at_the_ends_are_what_pandas_counts(chain: Chain, ends: Any, name: str) -> None:
    link = chain.link(name)
    rows = ends if name == "3-4a" else ends[ends["kept"] == 1]
    rows = rows[rows["success"].notna()].assign(hit=rows["kept" if name == "3-4a" else "grew"])
    with_, without = rows[rows["success"] == 1], rows[rows["success"] == 0]
    assert link.eligible == len(rows) > 200
    assert (link.lag_months, link.customers, link.placebo) == (None, None, None)
    assert link.reached == with_["hit"].sum()
    assert link.prevalence.value == near(len(with_) / len(rows))
    assert link.conversion.value == near(with_["hit"].mean())
    assert link.comparison.value == near(without["hit"].mean())
    crude = with_["hit"].mean() - without["hit"].mean()
    assert link.crude.value == near(crude)

    columns = {"plan": "plan", "industry": "industry", "term_months": "term_level"}
    within = {by: mantel_haenszel(rows, column) for by, column in columns.items()}
    assert {one.stratified_by for one in link.effects} == set(within)
    for one in link.effects:
        assert one.effect.value == near(within[one.stratified_by]), one.stratified_by
    # The segment that moves the crude difference most decides.
    assert link.effect.value == near(max(within.values(), key=lambda one: abs(one - crude)))


def ratio(rows: Any) -> float:
    return float(rows["after"].sum() / rows["before"].sum())


def test_money_is_what_pandas_sums(chain: Chain, ends: Any) -> None:
    known = ends[ends["success"].notna()]
    kept = known[(known["success"] == 1) & (known["kept"] == 1)]
    process = ends[ends["process"].notna()]
    wanted = {
        "1-2": ratio(process[process["process"] == 1])
        - ratio(process[(process["process"] == 0) & (process["accompany"] == 1)]),
        "2-3": ratio(known[known["success"] == 1])
        - ratio(known[(known["success"] == 0) & (known["process"] == 1)]),
        "3-4a": ratio(kept) - 0,  # what is lost pays nothing
        "3-4b": ratio(kept[kept["grew"] == 1]) - ratio(kept[kept["grew"] == 0]),
    }
    for name, difference in wanted.items():
        link = chain.link(name)
        assert link.nrr_difference.value == near(difference), name
        assert link.verdict in ("flows", "weak", "leaky", "inconclusive")
        back = link.stuck.mrr_minor_units * max(0.0, link.gap.value) * difference
        assert link.recoverable_mrr_minor_units.value == near(back), name


# ── the finding ──────────────────────────────────────────────────────────────────────────────


def test_the_finding_is_as_its_schema_says_and_reads(chain: Chain) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    path = ROOT / "schema" / "findings" / "bottleneck.schema.json"
    jsonschema.validate(chain.found.to_dict(), json.loads(path.read_text(encoding="utf-8")))
    texts = [*chain.found.sentence.__dict__.values(), str(chain.found.sentence)]
    for link in chain.found.links:
        texts += [link.sentence.en, link.sentence.ja]
    texts += [one.in_(language) for one in chain.found.cautions for language in ("en", "ja")]
    for text in texts:
        assert text and not re.search(r"\bnan\b|\bnone\b", text, re.IGNORECASE), text


def test_what_was_planted_is_found(chain: Chain) -> None:
    planted = list(chain.made.truth.planted)
    assert [one.link for one in chain.found.links if one.verdict == "weak"] == planted
    assert chain.found.principal == planted


def test_three_parts_are_the_whole(chain: Chain) -> None:
    given = chain.made.snapshots.to_pandas()
    keys = sorted(given["customer"].unique())
    parts = [
        chain.plan.evidence(
            given[given["customer"].isin(keys[k::3])],
            chain.made.contracts,
            initiatives=chain.made.initiatives,
        )
        for k in (2, 0, 1)
    ]
    parts[0].merge(parts[1])
    parts[0].merge(parts[2])
    assert parts[0].study("bottleneck").to_dict() == chain.found.to_dict()


def test_a_month_moves_only_who_stands_still(chain: Chain) -> None:
    seen = chain.plan.evidence(
        chain.made.snapshots, chain.made.contracts, initiatives=chain.made.initiatives
    )
    earlier = seen.study("bottleneck", month="2026-04")
    assert earlier.month == "2026-04" != chain.found.month
    for one, other in zip(earlier.links, chain.found.links):
        assert one.verdict == other.verdict and one.effect == other.effect
    assert [one.now for one in earlier.patterns] != [one.now for one in chain.found.patterns]
    with pytest.raises(aiueo.NotFoundError, match=r"1999-01; the months are 2024-11 to 2026-10"):
        seen.study("bottleneck", month="1999-01")
    with pytest.raises(aiueo.ArgumentError, match="month"):
        seen.study("bottleneck", month="2026-13")
    with pytest.raises(aiueo.ArgumentError, match="months"):
        seen.study("bottleneck", months=3)
    # Whatever has a month.
    day = datetime.date(2026, 4, 17)
    spans = (pd.Period("2026-04"), pd.Period(day, "D"))
    for month in (day, pd.Timestamp(day), np.datetime64(day), *spans):
        assert seen.study("bottleneck", month=month).to_dict() == earlier.to_dict(), repr(month)
    assert seen.study("bottleneck", month=None).to_dict() == chain.found.to_dict()
    nothing = (pd.NaT, np.datetime64("NaT"), np.datetime64("2026"), pd.Period("2026", freq="Y"))
    for none in nothing:
        with pytest.raises(aiueo.ArgumentError, match=r"month: .* is not a month"):
            seen.study("bottleneck", month=none)


def study_with(made: Any, **steps: Any) -> aiueo.Finding:
    model = made.model()
    plan = aiueo.load({**model, "steps": {**model["steps"], **steps}})
    seen = plan.evidence(made.snapshots, made.contracts, initiatives=made.initiatives)
    return seen.study("bottleneck")


def test_causes_of_the_model_stand_before_the_librarys() -> None:
    made = aiueo.sim.worlds["broken-1-2"].simulate(seed=1, customers=400)
    usual = study_with(made).links[0]
    assert usual.verdict == "weak" and usual.concentration == "general"
    mine = {
        "link": "1-2",
        "verdict": "weak",
        "concentration": "general",
        "cause": {"en": "mails that nobody reads", "ja": "読まれないメール"},
        "owners": ["marketing", "the mail team"],
    }
    link = study_with(made, causes=[mine]).links[0]
    assert link.cause == mine["cause"] != usual.cause
    assert [one.en for one in link.owners] == mine["owners"]
    assert link.owners[0].ja != "marketing" and link.owners[1].ja == "the mail team"
    assert "mails that nobody reads (marketing, the mail team)" in link.sentence.en
    assert "読まれないメール" in link.sentence.ja
    # Those of another verdict or concentration are not asked.
    for other in ({"verdict": "leaky"}, {"concentration": "concentrated"}, {"link": "2-3"}):
        assert study_with(made, causes=[{**mine, **other}]).links[0].cause == usual.cause


def test_what_a_starved_link_costs_is_of_those_with_neither() -> None:
    made = aiueo.sim.worlds["starved-1-2"].simulate(seed=1, customers=800)
    link = study_with(made).links["1-2"]
    assert link.verdict == "starved" and link.neither.customers > link.stuck.customers
    missing = link.target.value - link.comparison.value
    back = link.neither.mrr_minor_units * missing * link.nrr_difference.value
    assert link.recoverable_mrr_minor_units.value == near(back)


def test_nothing_is_recoverable_where_nothing_is_known() -> None:
    made = aiueo.sim.worlds["broken-2-3"].simulate(seed=1, customers=25)
    links = study_with(made).links
    unknown = [one for one in links if one.verdict == "unknown"]
    assert unknown and all(one.why for one in unknown)
    assert all(one.recoverable_mrr_minor_units.value is None for one in unknown)


def test_a_lag_that_is_not_declared_is_chosen_on_half(chain: Chain) -> None:
    model = chain.made.model()
    steps = {key: value for key, value in model["steps"].items() if key != "lag_months"}
    plan = aiueo.load({**model, "steps": steps})
    seen = plan.evidence(
        chain.made.snapshots, chain.made.contracts, initiatives=chain.made.initiatives
    )
    for declared, link in zip(chain.found.links[:2], seen.study("bottleneck").links[:2]):
        assert link.lag_chosen and 1 <= link.lag_months <= 6
        assert link.customers < 0.7 * declared.customers
        if link.lag_months == LAG:
            width = link.effect.upper - link.effect.lower
            assert width > declared.effect.upper - declared.effect.lower
        assert math.isfinite(link.effect.value)
