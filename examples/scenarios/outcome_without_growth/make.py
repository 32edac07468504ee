"""Writes the portfolio into a folder: python make.py FOLDER"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from chain import Rates, State, make, some

#: Customers have success, are glad, and renew. There is nothing more to sell them.
RATES = Rates(
    contact=(0.4, 0.3),
    use=(0.1, 0.5),
    success=(0.05, 0.4),
    renewal=(0.75, 0.96),
    growth=(0.04, 0.04),
)


def observe(chance: random.Random, state: State) -> dict[str, Any]:
    return {
        "calls_28d": some(chance, state.contact, (0, 0), (1, 3)),
        "active_days_28d": some(chance, state.use, (0, 8), (14, 24)),
        "nps": some(chance, state.success, (4, 7), (8, 10)),
        "saved_hours_28d": some(chance, state.success, (0, 15), (35, 80)),
    }


if __name__ == "__main__":
    make(33, RATES, observe, Path(sys.argv[1]))
