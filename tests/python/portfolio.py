"""A small portfolio for the model of the documentation, and ways to compare scores."""

from __future__ import annotations

import datetime
import random
from typing import Any

DAY = datetime.date(2026, 11, 21)

NUMBERS = {
    "mails_28d": 6,
    "meetings_28d": 3,
    "admins": 3,
    "trained_users": 12,
    "seats": 50,
    "logins_28d": 120,
    "views": 90,
    "top_topic_views": 60,
    "features_used": 40,
    "goal_reports": 8,
    "hires_12m": 12,
    "hiring_plan_12m": 14,
}
CATEGORIES = {
    "plan": ["trial", "starter", "standard", "プレミアム"],
    "champion": ["yes", "no", "おそらく"],
}


def snapshots(count: int, seed: int = 1) -> dict[str, list[Any]]:
    """Columns as lists: int, float, bool, str, datetime.date; None is unknown."""
    dice = random.Random(seed)

    def maybe(value: Any, hole: float = 0.08) -> Any:
        return None if dice.random() < hole else value

    def ago(most: int) -> datetime.date:
        return DAY - datetime.timedelta(days=dice.randrange(most))

    out: dict[str, list[Any]] = {
        "customer": [f"c-{k:04}" if k % 7 else f"顧客{k}" for k in range(count)],
        "as_of": [DAY] * count,
    }
    for name, words in CATEGORIES.items():
        out[name] = [maybe(dice.choice(words)) for _ in range(count)]
    for name, most in NUMBERS.items():
        out[name] = [maybe(dice.randrange(most + 1)) for _ in range(count)]
    out["seats"] = [None if v is None else v + 1 for v in out["seats"]]
    out["setup_done"] = [maybe(dice.random() < 0.7) for _ in range(count)]
    out["last_login"] = [maybe(ago(90)) for _ in range(count)]
    out["contract_start"] = [maybe(ago(900)) for _ in range(count)]
    out["nps"] = [maybe(dice.randrange(11), 0.4) for _ in range(count)]
    out["nps@"] = [maybe(ago(300)) for _ in range(count)]
    out["csm_pulse"] = [maybe(dice.randrange(1001) / 10, 0.7) for _ in range(count)]
    out["csm_pulse@"] = [maybe(ago(120)) for _ in range(count)]
    out["mrr"] = [maybe(dice.randrange(10_000, 900_000)) for _ in range(count)]
    out["mrr_12m_ago"] = [maybe(dice.randrange(10_000, 900_000), 0.3) for _ in range(count)]
    return out


INITIATIVES: dict[str, list[Any]] = {
    "customer": ["c-0001", "c-0001", "c-0002", "顧客7", "c-0003"],
    "initiative": ["user_meeting", "user_meeting", "case_study", "user_meeting", "mail"],
    "date": [
        datetime.date(2026, 10, 1),
        datetime.date(2026, 5, 1),
        datetime.date(2025, 12, 1),
        datetime.date(2026, 11, 21),
        datetime.date(2026, 11, 1),
    ],
}

DATES = ("as_of", "last_login", "contract_start", "nps@", "csm_pulse@")


def bits(scores: Any) -> dict[str, bytes]:
    """Every column of scores as bytes: equal only if equal to the bit."""
    import numpy as np

    out = {}
    for name in scores.columns:
        values = scores[name]
        if isinstance(values, list):
            out[name] = repr(values).encode()
        elif hasattr(values, "codes"):
            out[name] = np.asarray(values.codes).tobytes()
        else:
            out[name] = np.asarray(values).tobytes()
    return out


def assert_same(one: Any, other: Any) -> None:
    left, right = bits(one), bits(other)
    assert left.keys() == right.keys()
    different = [name for name in left if left[name] != right[name]]
    assert not different, f"columns differ: {different}"
