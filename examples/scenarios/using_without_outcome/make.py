"""Writes the portfolio into a folder: python make.py FOLDER"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from chain import Rates, State, make, some

#: Use is good and leads nowhere: success comes as often without it, and who has none leaves.
RATES = Rates(
    contact=(0.4, 0.3),
    use=(0.1, 0.5),
    success=(0.08, 0.08),
    renewal=(0.6, 0.96),
    growth=(0.05, 0.35),
)


def observe(chance: random.Random, state: State) -> dict[str, Any]:
    return {
        "meetings_28d": some(chance, state.contact, (0, 0), (1, 3)),
        "active_days_28d": some(chance, state.use, (0, 8), (14, 24)),
        "campaigns_won_12m": some(chance, state.success, (0, 1), (3, 6)),
    }


if __name__ == "__main__":
    make(32, RATES, observe, Path(sys.argv[1]))
