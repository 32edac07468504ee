"""What churnsim paid over time: the section of docs/real-data.md on money, and the figures of it in
the scenario's README.

AIUEO_DATA=DATA ./dev run python tests/real/money.py [--write]
"""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiueo
import pandas as pd
from portfolios import DATA, ROOT, scenario_tables

PAGE = ROOT / "docs" / "real-data.md"
HEAD = "## Money over time\n"
FOLDER = "churnsim_crm"
README = ROOT / "examples" / "scenarios" / FOLDER / "README.md"
MARK = "<!-- money -->"


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    with tempfile.TemporaryDirectory() as made:
        return scenario_tables(FOLDER, Path(made), ("snapshots", "contracts", "ledger"))


@functools.cache
def evidence() -> aiueo.Evidence:
    plan = aiueo.load(ROOT / "examples" / "scenarios" / FOLDER / "model.json")
    mine = tables()
    return plan.evidence(mine["snapshots"], mine["contracts"], ledger=mine["ledger"])


def blocks(found: aiueo.Finding, *heads: str) -> Iterator[str]:
    """The tables of its page that begin so."""
    for block in str(found).split("\n\n"):
        if block.startswith(heads):
            yield block


def section() -> str:
    seen = evidence()
    revenue, forecast, nrr = (seen.study(name) for name in ("revenue", "forecast", "nrr"))
    [bridge] = blocks(revenue, "MRR (USD)")
    months = blocks(forecast, "month ")
    past = blocks(forecast, "Past forecasts", "renewed contracts", "MRR renewed")
    rates = blocks(nrr, "level, ")
    parts = [
        HEAD.rstrip(),
        "The studies [`revenue`](revenue.md), [`forecast`](forecast.md) and [`nrr`](nrr.md) of "
        "churnsim with its ledger, until 2023-12-31. Made by `./dev run python "
        "tests/real/money.py --write`, with `AIUEO_DATA` as above.",
        f"- revenue: {revenue.sentence}",
        f"```text\n{bridge}\n```",
        f"- forecast: {forecast.sentence}",
        "```text\n" + "\n\n".join([*months, *past]) + "\n```",
        "Of the monthly periods that are renewed, 1.8 % go over to a longer term: 6.1 % of those "
        "in the fourth month of a customer, 0.4 % after a year. Such a customer does not decide "
        "the month after. MRR grows by 18.6 % at a renewal in the first three months, by 0.3 % "
        "after a year. The forecast goes by tenure in both.",
        f"- nrr: {nrr.sentence}",
        "```text\n" + "\n\n".join(rates) + "\n```",
    ]
    return "\n\n".join(parts) + "\n"


def dollars(minor_units: int) -> str:
    return f"{minor_units / 100:,.0f}"


def bridge_rows(revenue: aiueo.Finding) -> Iterator[str]:
    """Every month, which the study's own page does not have."""
    moved = ("new", "reactivation", "expansion", "contraction", "churn")
    yield f"| month | start | {' | '.join(moved)} | end | customers | left | NRR | GRR |"
    yield "| --- |" + " --: |" * 11
    for one in revenue.months:
        amounts = [dollars(one[name].mrr_minor_units) for name in ("start", *moved, "end")]
        counts = [f"{one.end.customers:,}", f"{one.churn.customers:,}"]
        rates = [percent(one.rates[name].value) for name in ("nrr", "grr")]
        yield f"| {' | '.join([one.month, *amounts, *counts, *rates])} |"


def percent(share: float | None) -> str:
    # Less than half a tenth below 0 is 0.
    return "–" if share is None else f"{round(100 * share, 1) + 0:.1f} %".replace("-", "−")


def backtest_rows(forecast: aiueo.Finding) -> Iterator[str]:
    yield "| renewals forecast | months | 80 % held | bias | error | naive error | verdict |"
    yield "| --- |" + " --: |" * 5 + " --- |"
    for name, of in (("contracts", "renewed"), ("MRR", "kept_mrr")):
        for one in forecast.backtest[of]:
            if one.months_ahead is None:
                continue
            held = next(each for each in one.coverage if each.level == 0.8)
            figures = [held.share.value, one.bias.value, one.error, one.naive_error]
            what = f"{name}, {one.months_ahead} month{'s' * (one.months_ahead > 1)} ahead"
            cells = [what, f"{one.months}", *map(percent, figures), one.verdict.replace("_", " ")]
            yield f"| {' | '.join(cells)} |"


def figures() -> str:
    """Of the README, between its marks."""
    revenue, forecast = (evidence().study(name) for name in ("revenue", "forecast"))
    tables = ["\n".join(rows) for rows in (bridge_rows(revenue), backtest_rows(forecast))]
    return f"{MARK}\n{tables[0]}\n\n{tables[1]}\n{MARK}"


def with_figures(readme: str) -> str:
    before, _, after = readme.partition(MARK)
    return before + figures() + after.partition(MARK)[2]


def written(page: str) -> str:
    """The page with the section as it is now."""
    before, there, after = page.partition(HEAD)
    rest = after.partition("\n## ")
    text = section()
    if not there:
        return page.rstrip("\n") + "\n\n" + text
    return before + text + (rest[1] + rest[2] if rest[1] else "")


if __name__ == "__main__":
    if not (DATA / FOLDER).is_dir():
        sys.exit(f"{FOLDER} is not in {DATA}; AIUEO_DATA names the folder")
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        README.write_text(with_figures(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(section(), figures(), sep="\n")
