"""Where the chain breaks in two portfolios: the findings of docs/real-data.md.

AIUEO_DATA=DATA ./dev run python tests/real/chain.py
"""

from __future__ import annotations

from collections.abc import Iterator

import aiueo
from portfolios import DATA, Portfolio, churnsim, merged, saasguard

#: The models of the scenarios have no steps of their own. By the month, 5 points are much.
STEPS = {"lag_months": 1}
FINER = {**STEPS, "min_effect": 0.01}


def study(of: Portfolio, steps: dict[str, float]) -> aiueo.Finding:
    plan = aiueo.load(merged(of.model, {"steps": steps}))
    return plan.evidence(of.snapshots, of.contracts).study("bottleneck")


def findings() -> Iterator[tuple[str, aiueo.Finding]]:
    """Of the portfolios that are there, with the names of the page."""
    if (DATA / "churnsim_crm").is_dir():
        mine = churnsim()
        yield "churnsim", study(mine, STEPS)
        yield 'churnsim, `"min_effect": 0.01`', study(mine, FINER)
    if (DATA / "saasguard_panel").is_dir():
        yield "saasguard", study(saasguard(), STEPS)


if __name__ == "__main__":
    for title, found in findings():
        print(f"{title}\n\n{found}\n")
