"""A portfolio and the page that is made of it."""

from __future__ import annotations

from typing import Any

from aiueo import Plan, load, report, sim


class Portfolio:
    """Tables of a simulated world, and its plan."""

    def __init__(self, world: str, customers: int, months: int, seed: int = 7) -> None:
        made = sim.worlds[world].simulate(customers=customers, months=months, seed=seed)
        self.model: dict[str, Any] = made.model()
        self.plan: Plan = load(self.model)
        self.until = made.data_until
        self.snapshots = made.snapshots
        self.contracts = made.contracts
        self.beside: dict[str, Any] = {
            "initiatives": made.initiatives,
            "ledger": made.ledger,
            "ranks": made.ranks,
        }

    def page(self, **options: Any) -> str:
        given = {**self.beside, "data_until": self.until, **options}
        return report.page(self.plan, self.snapshots, self.contracts, **given)
