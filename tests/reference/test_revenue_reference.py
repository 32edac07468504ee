"""The study "revenue" against pandas and NumPy: a simulated portfolio's ledger, snapshots and
contracts read once more, customer by customer; Kaplan–Meier from its definition."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import aiueo
import aiueo.sim
import pytest

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

TOLERANCE = 1e-9
LIMIT = 60  #: days: expected_by_days of the rung "Onboard"


def near(value: float) -> Any:
    return pytest.approx(value, rel=TOLERANCE, abs=TOLERANCE)


@dataclass
class World:
    made: Any
    plan: Any
    found: Any
    months: list[str]  #: whose close is seen, from the first with anybody
    active: Any  #: [customer][month]
    mrr: Any  #: the same, 0 where it is not active
    names: list[str]


@pytest.fixture(scope="module")
def world() -> World:
    made = aiueo.sim.worlds["flows"].simulate(seed=3, customers=700)
    plan = aiueo.load(made.model())
    until = pd.Timestamp(frame(made.snapshots)["as_of"].max())
    seen = plan.evidence(made.snapshots, made.contracts, ledger=made.ledger, data_until=until)
    found = seen.study("revenue", months=1200)
    ledger = frame(made.ledger)
    start = pd.to_datetime(ledger["start"]).to_numpy()
    end = pd.to_datetime(ledger["end"]).fillna(pd.Timestamp("2200-01-01")).to_numpy()
    names = sorted(ledger["customer"].unique())
    who = ledger["customer"].map({name: k for k, name in enumerate(names)}).to_numpy()
    closes = pd.date_range(start.min(), until, freq=pd.offsets.MonthEnd())
    active = np.zeros((len(names), len(closes)), bool)
    mrr = np.zeros((len(names), len(closes)))
    for k, close in enumerate(closes):
        inside = (start <= close.to_datetime64()) & (close.to_datetime64() < end)
        np.add.at(mrr[:, k], who[inside], ledger["mrr"].to_numpy(float)[inside])
        active[who[inside], k] = True
    first = int(np.argmax(active.any(axis=0)))
    months = [str(close)[:7] for close in closes][first:]
    return World(made, plan, found, months, active[:, first:], mrr[:, first:], names)


def frame(table: Any) -> Any:
    return pd.DataFrame(table.to_pandas() if hasattr(table, "to_pandas") else dict(table))


def wilson(x: int, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    middle = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(x * (n - x) / n + z * z / 4)
    return middle - half, middle + half


def test_months_are_those_of_the_ledger(world: World) -> None:
    assert [one.month for one in world.found.months] == world.months
    zero = np.zeros(len(world.names))
    nobody = np.zeros(len(world.names), bool)
    ever = nobody.copy()
    for k, one in enumerate(world.found.months):
        before, now = (world.mrr[:, k - 1] if k else zero), world.mrr[:, k]
        was, is_ = (world.active[:, k - 1] if k else nobody), world.active[:, k]
        parts = {
            "start": (was, before),
            "end": (is_, now),
            "new": (is_ & ~was & ~ever, now),
            "reactivation": (is_ & ~was & ever, now),
            "expansion": (is_ & was & (now > before), now - before),
            "contraction": (is_ & was & (now < before), before - now),
            "churn": (was & ~is_, before),
        }
        for name, (who, amount) in parts.items():
            assert one[name].customers == who.sum(), (one.month, name)
            assert one[name].mrr_minor_units == amount[who].sum(), (one.month, name)
        ever |= is_
        start = before[was].sum()
        if start == 0:
            assert one.rates.nrr.value is None and one.rates.customer_churn_rate.value is None
            continue
        lost, less = parts["churn"], parts["contraction"]
        churned = before[lost[0]].sum()
        shrunk = (before - now)[less[0]].sum()
        grown = (now - before)[parts["expansion"][0]].sum()
        assert one.rates.customer_churn_rate.value == near(lost[0].sum() / was.sum())
        low, high = wilson(int(lost[0].sum()), int(was.sum()))
        assert one.rates.customer_churn_rate.lower == pytest.approx(low, abs=1e-9)
        assert one.rates.customer_churn_rate.upper == pytest.approx(high, abs=1e-9)
        assert one.rates.lost_mrr_rate.value == near(churned / start)
        assert one.rates.gross_revenue_churn.value == near((churned + shrunk) / start)
        assert one.rates.grr.value == near(1 - (churned + shrunk) / start)
        assert one.rates.nrr.value == near((start + grown - shrunk - churned) / start)
        if k > 12:
            year = [m.rates for m in world.found.months[k - 11 : k + 1]]
            for rate in ("customer_churn_rate", "lost_mrr_rate", "gross_revenue_churn"):
                left = math.prod(1 - month[rate].value for month in year)
                assert one.compounded_year[rate].value == near(1 - left)
            for rate in ("grr", "nrr"):
                kept = math.prod(month[rate].value for month in year)
                assert one.compounded_year[rate].value == near(kept)


def test_trailing_rates_are_of_who_was_there_a_year_ago(world: World) -> None:
    for k, one in enumerate(world.found.months):
        if k < 12:
            assert one.trailing.nrr.value is None
            continue
        then = world.active[:, k - 12]
        kept = then & world.active[:, k]
        before = world.mrr[then, k - 12].sum()
        assert one.trailing.nrr.n == then.sum()
        assert one.trailing.nrr.value == near(world.mrr[then, k].sum() / before)
        assert one.trailing.lost_mrr_rate.value == near(1 - world.mrr[kept, k - 12].sum() / before)
        assert one.trailing.customer_churn_rate.value == near(1 - kept.sum() / then.sum())
        growth = world.mrr[kept, k].sum() / world.mrr[kept, k - 12].sum()
        assert one.trailing.kept_growth.value == near(growth)


def test_cohorts_keep_what_the_ledger_says(world: World) -> None:
    begun = np.where(world.active.any(axis=1), world.active.argmax(axis=1), -1)
    shown = {one.cohort: one for one in world.found.cohorts}
    assert set(shown) == {world.months[k] for k in set(begun) - {-1}}
    for k in sorted(set(begun) - {-1}):
        who = begun == k
        for row in shown[world.months[k]].months:
            at = k + row.months
            assert row.active.customers == world.active[who, at].sum()
            assert row.customers_kept.value == near(world.active[who, at].sum() / who.sum())
            assert row.mrr_kept.value == near(world.mrr[who, at].sum() / world.mrr[who, k].sum())


def completion_of(world: World) -> Any:
    """By customer: days from the start to the first snapshot at Onboard or above ("reached"), to
    the last ("seen"), or to leaving without it ("left")."""
    snapshots = frame(world.made.snapshots)
    scores = world.plan.score(world.made.snapshots, overrides=False)
    rungs = {"Entry": 0, "Onboard": 1, "Active": 2, "Loyal": 3}
    snapshots["rung"] = pd.Series(list(scores.stage)).map(rungs).to_numpy()
    snapshots["as_of"] = pd.to_datetime(snapshots["as_of"])
    contracts = frame(world.made.contracts)
    contracts["start"] = pd.to_datetime(contracts["start"])
    if "kind" in contracts:
        contracts = contracts[contracts["kind"] != "trial"]
    starts = contracts.groupby("customer")["start"].min()
    ledger = frame(world.made.ledger)
    ledger["end"] = pd.to_datetime(ledger["end"]).fillna(pd.Timestamp("2200-01-01"))
    ends = ledger.groupby("customer")["end"].max()
    until = snapshots["as_of"].max()
    rows = []
    for name, own in snapshots.sort_values("as_of").groupby("customer"):
        if name not in starts.index or starts[name] > until:
            continue
        start = starts[name]
        if (own["as_of"].iloc[0] - start).days > 31:
            continue
        days = (own["as_of"] - start).dt.days.clip(lower=0)
        at = days[own["rung"] >= 1]
        if len(at):
            rows.append((start, "reached", at.iloc[0]))
        elif name in ends.index and ends[name] <= until:
            rows.append((start, "left", max(0, (ends[name] - start).days)))
        else:
            rows.append((start, "seen", days.iloc[-1]))
    return pd.DataFrame(rows, columns=["start", "what", "days"])


def reached_by(of: Any, day: int) -> float:
    """1 less Kaplan–Meier's survival, leavers at risk to the end."""
    time = np.where(of["what"] == "left", np.inf, of["days"])
    event = (of["what"] == "reached").to_numpy()
    stays = 1.0
    for t in sorted(set(of["days"][event])):
        if t > day:
            break
        stays *= 1 - (event & (time == t)).sum() / (time >= t).sum()
    return 1 - stays


def test_onboarding_is_kaplan_meiers(world: World) -> None:
    of = completion_of(world)
    found = world.found.completion
    assert found.expected_by_days == LIMIT
    assert found.everybody.started == len(of) > 100
    assert found.everybody.left == (of["what"] == "left").sum()
    for point in found.curve:
        assert point.reached.value == near(reached_by(of, point.days)), point.days
    assert found.everybody.by_limit.value == near(reached_by(of, LIMIT))
    halves = [day for day in range(3000) if reached_by(of, day) >= 0.5 - 1e-9]
    assert found.everybody.median_days.value == halves[0]
    by_month = dict(list(of.groupby(of["start"].dt.strftime("%Y-%m"))))
    assert [one.month for one in found.months] == [
        month for month in sorted(by_month) if month >= world.months[0]
    ]
    until = frame(world.made.snapshots)["as_of"].max()
    for one in found.months:
        own = by_month[one.month]
        in_time = (own["what"] == "reached") & (own["days"] <= LIMIT)
        is_open = (own["what"] == "seen") & (own["days"] < LIMIT)
        assert one.started == len(own)
        assert (one.in_time, one.open) == (in_time.sum(), is_open.sum())
        last = pd.Timestamp(one.month) + pd.offsets.MonthEnd(0)
        if last + pd.Timedelta(days=LIMIT) <= pd.Timestamp(until):
            assert one.rate.value == near(in_time.sum() / (len(own) - is_open.sum()))
        else:
            assert one.rate.value is None
