"""Writes the portfolio into a folder: python make.py FOLDER"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from chain import Rates, State, make, some

#: Mails go to whoever does not use it, and change nothing. All else does what it should.
RATES = Rates(
    contact=(0.6, 0.1),
    use=(0.1, 0.1),
    success=(0.05, 0.4),
    renewal=(0.75, 0.96),
    growth=(0.05, 0.35),
)


def observe(chance: random.Random, state: State) -> dict[str, Any]:
    return {
        "step_mails_28d": some(chance, state.contact, (0, 0), (2, 4)),
        "logins_28d": some(chance, state.use, (0, 8), (14, 30)),
        "hires_12m": some(chance, state.success, (0, 3), (7, 12)),
        "hiring_plan_12m": 10,
    }


if __name__ == "__main__":
    make(31, RATES, observe, Path(sys.argv[1]))
