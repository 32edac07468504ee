"""Worlds whose NRR by level is known: customers move between levels, grow and leave by the month.

The chance of what happens to a customer between two closes depends on its level alone, so that the
NRR of a level h months on is a product of matrices: v_0 = 1, v_h(l) = (1 - churn_l) (1 + growth_l)
sum of move_lk v_{h-1}(k). What was kept, and who gets to a higher level, likewise.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiueo
import numpy as np
import pyarrow as pa

#: Looks at the portfolio of a world and a seed; a function of a module, for it travels.
Look = Callable[[tuple["NrrWorld", int]], Any]

LEVELS = ("Low", "Middle", "High")
HORIZON = 12
#: The first close, and how many are known; what comes later is kept for itself.
FIRST = np.datetime64("2021-01", "M")
CLOSES = 48

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "currency": "USD",
    "metrics": {"use": {"type": "number", "min": 0, "max": 100}},
    "axes": {"U": {"components": {"use": {"metric": "use", "curve": [[0, 0], [100, 100]]}}}},
    "ladders": {
        "stage": [
            {"name": "Low"},
            {"name": "Middle", "when": "U >= 40"},
            {"name": "High", "when": "U >= 70"},
        ]
    },
    "study": {"horizon_months": HORIZON},
}


@dataclass(frozen=True)
class NrrWorld:
    """A world. ``month_effect``: standard deviation of a month's common factor on all growth;
    ``apart``: who begins in one month begins at the highest level, in the next at the lowest."""

    name: str
    customers: int = 400
    churn: tuple[float, ...] = (0.05, 0.025, 0.01)
    growth: tuple[float, ...] = (-0.004, 0.008, 0.02)
    moves: tuple[tuple[float, ...], ...] = ((0.9, 0.1, 0.0), (0.06, 0.86, 0.08), (0.0, 0.08, 0.92))
    spread: float = 0.8  #: of the logarithm of what customers pay at first
    noise: float = 0.04  #: of what each grows by
    month_effect: float = 0.0
    apart: bool = False

    # ── what is true ─────────────────────────────────────────────────────────

    def nrr(self, months: int = HORIZON) -> np.ndarray:
        return self._product(months, (1 - np.array(self.churn)) * (1 + np.array(self.growth)))

    def renewal(self, months: int = HORIZON) -> np.ndarray:
        return self._product(months, 1 - np.array(self.churn))

    def _product(self, months: int, factor: np.ndarray) -> np.ndarray:
        value = np.ones(len(LEVELS))
        for _ in range(months):
            value = factor * (np.array(self.moves) @ value)
        return value

    def reach(self, start: int, months: int) -> float:
        """The chance to be at the next level or higher at one of the next closes."""
        kept = np.array(self.moves) * (1 - np.array(self.churn))[:, None]
        here, arrived = np.eye(len(LEVELS))[start], 0.0
        for _ in range(months):
            here = here @ kept
            arrived += here[start + 1 :].sum()
            here[start + 1 :] = 0
        return float(arrived)

    def of_lives(self) -> float:
        """NRR of customers from their first close on: they begin at each level alike, or
        ``apart``."""
        nrr = self.nrr()
        return float((nrr[0] + nrr[-1]) / 2 if self.apart else nrr.mean())

    # ── what happens ─────────────────────────────────────────────────────────

    def simulate(self, seed: int) -> Course:
        random = np.random.default_rng([seed, len(self.name)])
        n, months = self.customers, CLOSES + HORIZON
        start = np.where(random.random(n) < 0.5, 0, random.integers(0, CLOSES, n))
        level = np.full((n, months), -1)
        mrr = np.zeros((n, months))
        first = np.exp(random.normal(0, self.spread, n)) * 500
        churn, growth, moves = map(np.array, (self.churn, self.growth, self.moves))
        common = random.normal(0, self.month_effect, months) if self.month_effect else None
        steps = np.cumsum(moves, axis=1)
        for t in range(months):
            came = start == t
            level[came, t] = random.integers(0, len(LEVELS), int(came.sum()))
            if self.apart:
                level[came, t] = len(LEVELS) - 1 if t % 2 else 0
            mrr[came, t] = first[came]
            if t == 0:
                continue
            was = level[:, t - 1] >= 0
            at = level[was, t - 1]
            stays = random.random(len(at)) >= churn[at]
            drawn = random.random(len(at))
            to = (drawn[:, None] >= steps[at]).sum(axis=1).clip(0, len(LEVELS) - 1)
            by = 1 + growth[at] + random.normal(0, self.noise, len(at))
            if common is not None:
                by = by + common[t]
            level[was, t] = np.where(stays, to, -1)
            mrr[was, t] = np.where(stays, mrr[was, t - 1] * np.maximum(by, 0.05), 0)
        return Course(self, level, np.round(mrr, 2), start)


@dataclass(frozen=True)
class Course:
    """What happened: level (-1: no customer) and MRR by customer and close."""

    world: NrrWorld
    level: np.ndarray
    mrr: np.ndarray
    start: np.ndarray

    def evidence(self, plan: aiueo.Plan) -> aiueo.Evidence:
        who, when = np.nonzero(self.level[:, :CLOSES] >= 0)
        months = FIRST + when
        key = pa.array(np.char.add("c", who.astype(str)).tolist())
        snapshots = pa.table(
            {
                "customer": key,
                "as_of": (months + 1).astype("M8[D]") - 1,
                "use": np.array([10.0, 50.0, 90.0])[self.level[who, when]],
            }
        )
        # An entry a month: in force at its close, followed by the next one at once.
        ledger = pa.table(
            {
                "customer": key,
                "start": months.astype("M8[D]"),
                "end": (months + 1).astype("M8[D]"),
                "mrr": self.mrr[who, when],
            }
        )
        none = np.array([], dtype="M8[D]")
        contracts = pa.table(
            {
                "customer": pa.array([], pa.string()),
                "start": none,
                "end": none,
                "outcome": pa.array([], pa.string()),
                "mrr_before": np.array([], float),
                "mrr_after": np.array([], float),
            }
        )
        until = (FIRST + CLOSES).astype("M8[D]") - 1
        return plan.evidence(snapshots, contracts, ledger=ledger, data_until=until)

    def shares(self) -> np.ndarray:
        """Of MRR by level at the last close that is known."""
        last = CLOSES - 1
        sums = [self.mrr[self.level[:, last] == k, last].sum() for k in range(len(LEVELS))]
        return np.array(sums) / sum(sums)

    def came(self) -> float:
        """NRR of those at the last close that is known, the horizon later."""
        there = self.level[:, CLOSES - 1] >= 0
        return float(
            self.mrr[there, CLOSES - 1 + HORIZON].sum() / self.mrr[there, CLOSES - 1].sum()
        )


def looked_at(look: Look, world: NrrWorld, runs: int, jobs: int) -> Iterator[Any]:
    """What `look` says of so many portfolios of a world, in the order of their seeds."""
    works = [(world, seed) for seed in range(runs)]
    if jobs == 1:
        yield from map(look, works)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(look, works, chunksize=8)


#: Of verdicts on cohorts: some 60 customers begin each month.
COHORTS = {
    one.name: one
    for one in (
        NrrWorld("alike", customers=6000),
        NrrWorld("apart", customers=6000, apart=True),
    )
}

WORLDS = {
    one.name: one
    for one in (
        NrrWorld("even"),
        NrrWorld("few", customers=120),
        # What customers pay spreads so far that a tenth of them pays more than half.
        NrrWorld("skew", spread=1.2, noise=0.12),
        NrrWorld("wild months", month_effect=0.03),
    )
}
