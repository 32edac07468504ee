"""Histories for the tests of evidence: a simulated portfolio, and three customers by hand."""

from __future__ import annotations

from typing import Any

import aiueo
import aiueo.sim
import pyarrow as pa


class World:
    """A simulated portfolio as pandas tables, its plan, and the evidence of all of it."""

    def __init__(self) -> None:
        made = aiueo.sim.simulate(customers=300, months=20, seed=5)
        self.made = made
        self.model = made.model()
        self.plan = aiueo.load(self.model)
        self.snapshots = pa.table(made.snapshots).to_pandas()
        self.contracts = pa.table(made.contracts).to_pandas()
        self.initiatives = pa.table(made.initiatives).to_pandas()
        self.prepared = self.plan.initiatives(self.initiatives, keep_all=True)
        self.seen = self.plan.evidence(made.snapshots, made.contracts, initiatives=made.initiatives)
        self.state = bytes(self.seen)

    def evidence(self, snapshots: Any, contracts: Any = None) -> aiueo.Evidence:
        contracts = self.contracts if contracts is None else contracts
        return self.plan.evidence(snapshots, contracts, initiatives=self.prepared)


MODEL = {
    "aiueo": 1,
    "name": "small",
    "metrics": {
        "logins": {"type": "number"},
        "nps": {"type": "number", "max_age_days": 90},
        "plan": {"type": "category"},
        "unread": {"type": "number"},
    },
    "segments": ["plan"],
    "axes": {
        "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}},
        "E": {"components": {"nps": {"metric": "nps", "curve": [[0, 0], [10, 100]]}}},
    },
    "overall": {"weights": {"U": 1, "E": 1}},
    "ladders": {"stage": [{"name": "低い"}, {"name": "Active", "when": "U >= 50"}]},
    "study": {"leads": [90, 0]},
}


def small_rows() -> dict[str, list[Any]]:
    return {
        "customer": ["a", "b", "c", "c"],
        "as_of": ["2026-01-31", "2026-01-31", "2025-12-31", "2026-01-31"],
        "logins": [1, 9, 3, 8],
        "nps": [9, None, 3, 4],
        "nps@": ["2026-01-10", None, "2025-12-01", "2026-01-20"],
        "plan": ["x", "y", None, "y"],
        "unread": [1, 2, 3, 4],
    }


def small_contracts() -> dict[str, list[Any]]:
    return {
        "customer": ["a", "b", "c", "d"],
        "start": ["2025-05-10", "2025-05-10", "2025-02-05", "2025-01-01"],
        "end": ["2026-05-10", "2026-05-10", "2026-02-05", "2026-01-01"],
        "outcome": ["churned", "renewed", "renewed", None],
        "mrr_before": [100, 200, 300, 400],
        "mrr_after": [None, 250, 300, None],
    }


def small_ledger() -> dict[str, list[Any]]:
    """a pays for two things at a time, b left, z has no snapshot and no contract."""
    return {
        "customer": ["a", "a", "b", "z"],
        "start": ["2025-05-10", "2025-09-01", "2024-05-10", "2025-01-01"],
        "end": ["2026-05-10", None, "2025-11-30", None],
        "mrr": [100, 20, 200, 900],
    }
