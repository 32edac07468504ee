"""What churnsim paid over time, beside a plain reading of its ledger, and what the page says."""

from __future__ import annotations

import aiueo
import money
import numpy as np
import pandas as pd
import pytest
from portfolios import DATA, ROOT

pytestmark = pytest.mark.skipif(
    not (DATA / money.FOLDER).is_dir(),
    reason=f"{money.FOLDER} is not in {DATA}; AIUEO_DATA names the folder",
)


def closes() -> pd.DataFrame:
    """MRR by customer and month's close, in minor units; NaN: no customer. A gap of at most three
    days, as the model has it, is none."""
    ledger = money.tables()["ledger"]
    start, end = pd.to_datetime(ledger["start"]), pd.to_datetime(ledger["end"])
    days = pd.date_range("2022-01-31", "2023-12-31", freq="ME")
    out = {}
    for day in days:
        held = ledger[(start <= day) & (day < end)].groupby("customer")["mrr"].sum()
        # Between two periods: what the one before paid, if the next begins in time.
        late = ledger[(start > day) & (start <= day + pd.Timedelta(days=3))]
        for customer, begins in zip(late["customer"], pd.to_datetime(late["start"])):
            gone = ledger[(ledger["customer"] == customer) & (end <= day)]
            if customer in held.index or gone.empty:
                continue
            if begins - pd.to_datetime(gone["end"]).max() <= pd.Timedelta(days=3):
                held[customer] = gone["mrr"].iloc[-1]
        out[day] = held
    return (pd.DataFrame(out) * 100).round()


def test_the_bridge_is_that_of_a_plain_reading() -> None:
    paid = closes()
    months = money.evidence().study("revenue").months
    assert len(months) == paid.shape[1] == 24
    before = pd.Series(np.nan, index=paid.index)
    ever = pd.Series(False, index=paid.index)
    for found, (day, now) in zip(months, paid.items()):
        assert found.month == f"{day:%Y-%m}"
        came, stayed, left = now.notna() & before.isna(), now.notna() & before.notna(), now.isna()
        change = (now - before)[stayed]
        expected = {
            "start": before.dropna(),
            "new": now[came & ~ever],
            "reactivation": now[came & ever],
            "expansion": change[change > 0],
            "contraction": -change[change < 0],
            "churn": before[left & before.notna()],
            "end": now.dropna(),
        }
        for name, moved in expected.items():
            one = found[name]
            told = (one.customers, one.mrr_minor_units)
            assert told == (len(moved), int(moved.sum())), (found.month, name)
        before, ever = now, ever | now.notna()


def test_the_page_says_what_is_found() -> None:
    page = money.PAGE.read_text(encoding="utf-8")
    assert money.section() in page


def test_the_scenarios_readme_says_what_is_found() -> None:
    readme = money.README.read_text(encoding="utf-8")
    assert money.figures() in readme
    # What stands below the tables.
    assert all(one.reactivation.customers == 0 for one in money.evidence().study("revenue").months)
    backtest = money.evidence().study("forecast").backtest
    [longest] = [one for one in backtest.renewed if one.months_ahead == 12]
    assert longest.coverage[1].share.value == 0 and longest.bias.value < 0
    whole = [one.deviation for one in backtest.origins if one.months == 12]
    assert len(whole) == longest.months
    rest = sum(abs(one.mix) + abs(one.rate) for one in whole)
    assert sum(one.ends for one in whole) > 5 * rest


def test_the_readme_says_what_is_found() -> None:
    """The paragraph below the table of portfolios, figure by figure."""
    page = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    backtest = money.evidence().study("forecast").backtest

    def of(quantity: str, ahead: int) -> aiueo.finding.Record:
        return next(one for one in backtest[quantity] if one.months_ahead == ahead)

    def shown(value: float) -> str:
        return f"{100 * value:.1f}".replace("-", "−")

    near, mrr, far, far_mrr = (
        of(*which) for which in (("renewed", 1), ("kept_mrr", 3), ("renewed", 12), ("kept_mrr", 12))
    )

    def biased(one: aiueo.finding.Record) -> str:
        bias = one.bias
        return f"{shown(bias.value)} % ({shown(bias.lower)} to {shown(bias.upper)})"

    for said in (
        f"on {near.months} months",
        f"within the 80 % interval in {100 * near.coverage[1].share.value:.0f} % of them",
        f"with a bias of {biased(near)} and an error of {shown(near.error)} %",
        f"MRR is {biased(mrr)} too high, with an error of {shown(mrr.error)} %",
        f"the MRR was right by {shown(abs(far_mrr.bias.value))} %",
        f"the count {shown(-far.bias.value)} % too low",
    ):
        assert said in page, said
    assert far.months == 6 and "A year ahead six months" in page
    assert far.verdict == far_mrr.verdict == "too_little_history"
