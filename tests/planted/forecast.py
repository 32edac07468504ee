"""Do intervals of forecasts hold what comes as often as they say, and does the backtest know it?

    ./dev run python tests/planted/forecast.py --jobs 2                   # 200 seeds of each world
    ./dev run python tests/planted/forecast.py --seeds 20 --worlds yearly chains

Prints the tables of README.md. A world's stages, renewals and months are drawn by known chances;
the forecast is made as of one month and compared with what the same world brings in the next
twelve, by the study's own option "saved".
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import aiueo
import numpy as np

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "planted forecast",
    "currency": "JPY",
    "metrics": {"used": {"type": "number", "min": 0, "max": 3}},
    "axes": {"U": {"components": {"used": {"metric": "used", "curve": [[0, 0], [3, 100]]}}}},
    "overall": {"weights": {"U": 1}},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Onboard", "when": "used >= 1"},
            {"name": "Active", "when": "used >= 2"},
            {"name": "Loyal", "when": "used >= 3"},
        ]
    },
    "study": {"term_bands": [2, 13]},
}
FIRST = np.datetime64("2018-01", "M")
AHEAD = 12
LEVELS = (0.5, 0.8, 0.95)
#: What is looked at: each month's renewed contracts and MRR, and those of the year together.
FIGURES = ("renewed", "kept_mrr", "year", "year_mrr")


@dataclass(frozen=True)
class Truth:
    """A world's chances. Stages are Entry, Onboard, Active, Loyal."""

    customers: int = 1000
    origin: int = 48  #: months before the forecast
    month_effect: float = 0.0  #: standard deviation of a month's log-odds of renewal
    terms: tuple[int, ...] = (12,)
    prices: float = 0.0  #: standard deviation of the logarithm; 0: three prices
    growth: float = 0.0  #: standard deviation of the logarithm of MRR after ÷ before
    renewal: tuple[float, ...] = (0.55, 0.75, 0.88, 0.95)
    unseen: float = 0.0  #: share of months without a snapshot
    #: Chance that a renewal makes a term another one: of, then to, and how often.
    changes: tuple[tuple[int, int, float], ...] = ()
    changed_price: float = 1.0  #: MRR after ÷ before where it does
    #: MRR after ÷ before of a renewal in the months since the first contract below, else 1.
    young_growth: tuple[tuple[int, float], ...] = ()
    moves: tuple[tuple[float, ...], ...] = (
        (0.90, 0.09, 0.01, 0.00),
        (0.04, 0.88, 0.08, 0.00),
        (0.01, 0.04, 0.90, 0.05),
        (0.00, 0.01, 0.05, 0.94),
    )


WORLDS = {
    "yearly": Truth(),
    "months": Truth(month_effect=0.4),
    "chains": Truth(customers=500, month_effect=0.3, terms=(1, 3, 12)),
    "few": Truth(customers=150, month_effect=0.2),
    "prices": Truth(month_effect=0.2, prices=1.0, growth=0.2),
    "young": Truth(origin=24, month_effect=0.2),
    "unseen": Truth(month_effect=0.2, unseen=0.3),
    "upgrades": Truth(
        customers=500,
        month_effect=0.1,
        terms=(1, 1, 1, 12),
        renewal=(0.93, 0.96, 0.98, 0.99),
        changes=((1, 12, 0.03), (12, 1, 0.1)),
        changed_price=0.9,
        young_growth=((3, 1.15), (6, 1.05), (12, 1.01)),
    ),
    "long": Truth(customers=1500, month_effect=0.2, terms=(12, 24, 36), origin=60),
}


class Tables(NamedTuple):
    snapshots: dict[str, np.ndarray]
    contracts: dict[str, np.ndarray]


def _day(month: np.ndarray, day: int) -> np.ndarray:
    """That day of a month that is counted from FIRST."""
    return (FIRST + month.astype(int)).astype("datetime64[D]") + (day - 1)


def simulate(truth: Truth, seed: int) -> Tables:
    """Everything until a year after the origin, what is not decided then as open."""
    dice = np.random.default_rng([seed, 7])
    n, months = truth.customers, truth.origin + AHEAD
    effects = dice.normal(0, truth.month_effect, months)
    moves = np.cumsum(truth.moves, axis=1)
    odds = np.log(np.array(truth.renewal) / (1 - np.array(truth.renewal)))
    term = dice.choice(truth.terms, n)
    life = np.zeros(n, dtype=int)
    begins = dice.integers(0, 12, n)  # of the contract now; nobody is there before
    ends = begins + term
    level = np.zeros(n, dtype=int)
    price = _prices(truth, dice, n)
    first = begins.copy()
    usual_term = term.copy()
    seen: list[tuple[np.ndarray, ...]] = []
    decided: list[tuple[np.ndarray, ...]] = []
    for month in range(months):
        due = np.flatnonzero(ends == month)
        chance = 1 / (1 + np.exp(-(odds[level[due]] + effects[month])))
        kept = dice.random(len(due)) < chance
        after = price[due] * np.exp(dice.normal(0, truth.growth, len(due)))
        next_term = _next_terms(truth, dice, term[due])
        after *= _growth_of_age(truth, month - first[due])
        after[next_term != term[due]] *= truth.changed_price
        after = np.maximum(np.round(after, -2), 100)
        decided.append((due, life[due], begins[due], ends[due], price[due], after, kept))
        here = begins < month  # from a close to the next
        moved = (dice.random(n)[:, None] > moves[level]).sum(axis=1).clip(0, 3)
        level = np.where(here, moved, level)
        # Who leaves is followed by somebody new.
        price[due] = np.where(kept, after, _prices(truth, dice, len(due)))
        level[due] = np.where(kept, level[due], dice.integers(0, 2, len(due)))
        life[due] += ~kept
        first[due] = np.where(kept, first[due], month)
        term[due] = np.where(kept, next_term, usual_term[due])
        begins[due] = month
        ends[due] = month + term[due]
        there = np.flatnonzero((begins <= month) & (dice.random(n) >= truth.unseen))
        seen.append((there, life[there], np.full(len(there), month), level[there]))
    every = np.arange(n)
    decided.append((every, life, begins, ends, price, np.zeros(n), np.zeros(n, dtype=bool)))
    who, which, month, used = (np.concatenate(part) for part in zip(*seen))
    customer, lives, start, end, before, after, kept = (
        np.concatenate(part) for part in zip(*decided)
    )
    is_open = np.arange(len(customer)) >= len(customer) - n
    outcome = np.where(kept, "renewed", "churned").astype(object)
    outcome[is_open] = None
    after = np.where(kept, after, np.where(is_open, np.nan, 0.0))
    return Tables(
        {
            "customer": _names(who, which),
            "as_of": _day(month, 20),
            "used": used.astype(float),
        },
        {
            "customer": _names(customer, lives),
            "start": _day(start, 15),
            "end": _day(end, 15),
            "outcome": outcome,
            "mrr_before": before,
            "mrr_after": after,
        },
    )


def _prices(truth: Truth, dice: np.random.Generator, n: int) -> np.ndarray:
    if truth.prices:
        return np.maximum(np.round(20000 * np.exp(dice.normal(0, truth.prices, n)), -2), 100)
    return dice.choice([10000.0, 30000.0, 50000.0], n)


def _next_terms(truth: Truth, dice: np.random.Generator, term: np.ndarray) -> np.ndarray:
    out = term.copy()
    for before, after, chance in truth.changes:
        out[(term == before) & (dice.random(len(term)) < chance)] = after
    return out


def _growth_of_age(truth: Truth, months: np.ndarray) -> np.ndarray:
    out = np.ones(len(months))
    for below, growth in reversed(truth.young_growth):
        out[months < below] = growth
    return out


def _names(customer: np.ndarray, life: np.ndarray) -> np.ndarray:
    return np.array([f"c{a}-{b}" for a, b in zip(customer, life)], dtype=object)


def known_at(plan: aiueo.Plan, all_of_it: Tables, month: int) -> aiueo.Evidence:
    """Evidence as it was at that month's close."""
    until = _day(np.array([month + 1]), 1)[0] - 1
    snapshots, contracts = all_of_it
    there = snapshots["as_of"] <= until
    begun = contracts["start"] <= until
    known = {name: column[begun] for name, column in contracts.items()}
    later = known["end"] > until
    known["outcome"] = np.where(later, None, known["outcome"])
    known["mrr_after"] = np.where(later, np.nan, known["mrr_after"])
    rows = {name: column[there] for name, column in snapshots.items()}
    return plan.evidence(rows, known, data_until=str(until))


class Work(NamedTuple):
    world: str
    seed: int


def look(work: Work) -> dict[str, Any]:
    """One world: the forecast of its origin, and what came."""
    truth = WORLDS[work.world]
    plan = aiueo.load(MODEL)
    all_of_it = simulate(truth, work.seed)
    found = known_at(plan, all_of_it, truth.origin - 1).study("forecast").to_dict()
    later = known_at(plan, all_of_it, truth.origin + AHEAD - 1)
    compared = later.study("forecast", saved=found)["compared"]
    keys = {"renewed": "renewed", "kept_mrr": "kept_mrr_minor_units"}
    inside: dict[str, list[float]] = {name: [] for name in FIGURES}
    sums = dict.fromkeys(keys, 0.0)
    for month in compared["months"]:
        for name, key in keys.items():
            inside[name].append(month[key]["inside"])
            sums[name] += month[key]["came"]
    for name, year in (("renewed", "year"), ("kept_mrr", "year_mrr")):
        inside[year].append(_narrowest(found["together"][keys[name]]["intervals"], sums[name]))
    together = found["together"]["renewed"]
    return {
        "world": work.world,
        "inside": inside,
        "promised": float(np.mean([_promised(month) for month in found["months"]])),
        "bias": together["mean"] - sums["renewed"],
        "came": sums["renewed"],
        "mrr_bias": found["together"][keys["kept_mrr"]]["mean"] - sums["kept_mrr"],
        "mrr_came": sums["kept_mrr"],
        "month_effect": found["month_effect"]["error"],
        "verdict": found["backtest"]["verdict"],
        "trends": [one["difference"]["q"] for one in found["trends"]],
    }


def _narrowest(intervals: Sequence[dict[str, float]], came: float) -> float:
    holds = (one["level"] for one in intervals if one["lower"] <= came <= one["upper"])
    return next(holds, 1.0)


def _promised(month: dict[str, Any]) -> float:
    """What the interval of 80 % holds by the forecast's own word: counts are whole."""
    first = month["distribution"]["first"]
    (shown,) = (one for one in month["renewed"]["intervals"] if one["level"] == 0.8)
    return sum(
        p
        for k, p in enumerate(month["distribution"]["probabilities"], first)
        if shown["lower"] <= k <= shown["upper"]
    )


def each_world(worlds: Iterable[str], seeds: int, jobs: int = 1) -> list[dict[str, Any]]:
    """What was seen in each world with seeds 1, 2, 3 …"""
    work = [Work(world, seed) for world in worlds for seed in range(1, seeds + 1)]
    if jobs == 1:
        return [look(one) for one in work]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(look, work, chunksize=4)


class Held(NamedTuple):
    world: str
    figure: str
    n: int
    share: tuple[float, ...]  #: by LEVELS
    error: float  #: of the share at 80 %, worlds being what was drawn
    promised: float  #: at 80 %, by the forecasts themselves


def held(seen: Sequence[dict[str, Any]]) -> list[Held]:
    out = []
    for world in dict.fromkeys(one["world"] for one in seen):
        mine = [one for one in seen if one["world"] == world]
        for figure in FIGURES:
            inside = np.array([one["inside"][figure] for one in mine])
            share = tuple(float((inside <= level).mean()) for level in LEVELS)
            by_world = (inside <= 0.8).mean(axis=1)
            error = float(by_world.std(ddof=1) / np.sqrt(len(mine))) if len(mine) > 1 else np.nan
            promised = 0.8
            if figure == "renewed":
                promised = float(np.mean([one["promised"] for one in mine]))
            out.append(Held(world, figure, inside.size, share, error, promised))
    return out


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    lines.insert(1, "| " + " | ".join(["---"] + ["---:"] * (len(head) - 1)) + " |")
    return "\n".join(lines)


def held_table(figures: Sequence[Held]) -> str:
    head = ["world", *(f"{figure}: 50, 80, 95 %" for figure in FIGURES), "renewed: 80 % promised"]
    rows = []
    for world in dict.fromkeys(one.world for one in figures):
        mine = [one for one in figures if one.world == world]
        cells = [
            ", ".join(f"{share:.1%}" for share in one.share) + f" (± {one.error:.1%})"
            for one in mine
        ]
        rows.append([world, *cells, f"{mine[0].promised:.1%}"])
    return _rows(head, rows)


def verdict_table(seen: Sequence[dict[str, Any]]) -> str:
    words = ("trust", "overconfident", "biased", "too_little_history")
    rows = []
    for world in dict.fromkeys(one["world"] for one in seen):
        mine = [one for one in seen if one["world"] == world]
        effects = [one["month_effect"] for one in mine if one["month_effect"] is not None]
        bias = sum(one["bias"] for one in mine) / sum(one["came"] for one in mine)
        mrr_bias = sum(one["mrr_bias"] for one in mine) / sum(one["mrr_came"] for one in mine)
        trends = sum(any(q <= 0.05 for q in one["trends"] if q is not None) for one in mine)
        rows.append(
            [
                world,
                f"{WORLDS[world].month_effect:.2f}",
                f"{np.mean(effects):.2f}",
                f"{bias:+.2%}",
                f"{mrr_bias:+.2%}",
                *(str(sum(one["verdict"] == word for one in mine)) for word in words),
                f"{trends / len(mine):.1%}",
            ]
        )
    head = [
        "world",
        "month effect",
        "found",
        "bias of the year",
        "of its MRR",
        *words,
        "any trend (none is)",
    ]
    return _rows(head, rows)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--worlds", nargs="*", default=list(WORLDS), metavar="WORLD")
    ask.add_argument("--seeds", type=int, default=200)
    ask.add_argument("--jobs", type=int, default=1)
    given = ask.parse_args()
    for name in given.worlds:
        if name not in WORLDS:
            ask.error(f"no world {name!r}; there are {', '.join(WORLDS)}")
    begin = time.monotonic()
    seen = each_world(given.worlds, given.seeds, given.jobs)
    print(held_table(held(seen)))
    print()
    print(verdict_table(seen))
    print(f"\n{len(seen):,} worlds, {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
