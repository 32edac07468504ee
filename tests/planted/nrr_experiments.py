"""Worlds with hold-outs at a level: what an initiative does to renewal is drawn, and known.

Contracts run a year. At the start of each a customer is at Low or High; 150 days before its end
who is at Low is drawn for the initiative "training", or held out of it. In the world `lifts` being
drawn brings to High, and High renews more. In the world `confounded` it brings to High too, but
renewal is the customer's own: those who were fit from the start are at High and renew, so that
levels differ as much and training keeps nobody.

./dev run python tests/planted/nrr_experiments.py [RUNS]    # the table of README.md
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import aiueo
import numpy as np
import pyarrow as pa

HORIZON = 12
FIRST = np.datetime64("2022-01", "M")
MONTHS = 48
#: Days from what is drawn to the contract's end: within the window, 90 days before the cutoff.
BEFORE = 150
GROWTH = 1.1  #: of what renews

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "currency": "USD",
    "metrics": {"use": {"type": "number", "min": 0, "max": 100}},
    "axes": {"U": {"components": {"use": {"metric": "use", "curve": [[0, 0], [100, 100]]}}}},
    "ladders": {"stage": [{"name": "Low"}, {"name": "High", "when": "U >= 40"}]},
    "study": {"horizon_months": HORIZON},
}


@dataclass(frozen=True)
class ExperimentWorld:
    """``rise``: chance to get from Low to High, held out and drawn. ``renew``: by level, or by the
    customer's fit where ``confounded``."""

    name: str
    customers: int = 600
    confounded: bool = False
    rise: tuple[float, float] = (0.1, 0.6)
    renew: tuple[float, float] = (0.5, 0.9)
    held_out: float = 0.25

    def effect(self) -> float:
        """Of being drawn at Low, on the renewal rate."""
        if self.confounded:
            return 0.0
        return (self.rise[1] - self.rise[0]) * (self.renew[1] - self.renew[0])

    def evidence(self, seed: int) -> aiueo.Evidence:
        random = np.random.default_rng([seed, len(self.name)])
        until = (FIRST + MONTHS).astype("M8[D]") - 1
        contracts: list[tuple[Any, ...]] = []
        snapshots: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for k in range(self.customers):
            fit = bool(random.random() < 0.5)
            start = FIRST.astype("M8[D]") + int(random.integers(0, 600))
            mrr = float(np.round(np.exp(random.normal(6, 0.5)), 2))
            while start <= until:
                end = start + 365
                high = random.random() < ((0.8 if fit else 0.2) if self.confounded else 0.4)
                at = end - BEFORE
                drawn = random.random() >= self.held_out
                rises = not high and random.random() < self.rise[drawn]
                if not high and at <= until:
                    events.append((f"c{k}", "training", at, not drawn))
                for month in np.arange(start.astype("M8[M]"), end.astype("M8[M]")):
                    day = (month + 1).astype("M8[D]") - 1
                    if day > until:
                        break
                    use = 90.0 if high or (rises and day > at) else 10.0
                    snapshots.append((f"c{k}", day, use))
                good = fit if self.confounded else high or rises
                renews = random.random() < self.renew[good]
                after = float(np.round(mrr * GROWTH * np.exp(random.normal(0, 0.05)), 2))
                decided = end <= until
                outcome = ("renewed" if renews else "churned") if decided else None
                contracts.append(
                    (f"c{k}", start, end, outcome, mrr, after if decided and renews else None)
                )
                if not renews:
                    break
                start, mrr = end, after
        return aiueo.load(MODEL).evidence(
            _table(snapshots, "customer", "as_of", "use"),
            _table(contracts, "customer", "start", "end", "outcome", "mrr_before", "mrr_after"),
            initiatives=_table(events, "customer", "initiative", "date", "holdout"),
            data_until=until,
        )


def _table(rows: list[tuple[Any, ...]], *names: str) -> pa.Table:
    columns = {}
    for name, values in zip(names, zip(*rows)):
        dates = isinstance(values[0], np.datetime64)
        columns[name] = np.array(values, "M8[D]") if dates else pa.array(values)
    return pa.table(columns)


@dataclass
class Measured:
    """Of so many runs."""

    runs: int = 0
    by_experiment: int = 0
    by_association: int = 0  #: the association's interval lay above 0
    held: int = 0  #: the effect's interval held the truth
    impact_held: int = 0  #: the impact's


def measure(world: ExperimentWorld, runs: int) -> Measured:
    out = Measured()
    for seed in range(runs):
        up = world.evidence(seed).study("nrr").to_dict()["level_ups"][0]
        one = up["experiment"]
        truth = world.effect()
        worth = truth * one["due_mrr_minor_units"] * GROWTH * np.exp(0.05**2 / 2)
        out.runs += 1
        out.by_experiment += up["evidence"] == "experiment"
        out.by_association += up["association_minor_units"]["lower"] > 0
        out.held += one["effect"]["lower"] <= truth <= one["effect"]["upper"]
        impact = one["impact_minor_units"]
        out.impact_held += impact["lower"] <= worth <= impact["upper"]
    return out


WORLDS = {
    one.name: one
    for one in (ExperimentWorld("lifts"), ExperimentWorld("confounded", confounded=True))
}


def table(runs: int) -> str:
    """The figures of README.md."""
    lines = [
        f"| world, {runs} runs | association above 0 | told as an experiment | the effect's "
        "interval held | the impact's held |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, world in WORLDS.items():
        seen = measure(world, runs)
        counts = (seen.by_association, seen.by_experiment, seen.held, seen.impact_held)
        lines.append(f"| {name} | " + " | ".join(f"{n / runs:.1%}" for n in counts) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
