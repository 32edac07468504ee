"""A portfolio and a model that lists for people are made of."""

from __future__ import annotations

import datetime
import random
from typing import Any

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "acting",
    "currency": "JPY",
    "roles": {
        "mrr": "mrr",
        "contract_start": "start",
        "contract_end": "finish",
        "member": "member",
        "team": "team",
    },
    "metrics": {
        "plan": {"type": "category"},
        "mrr": {"type": "money"},
        "start": {"type": "date"},
        "finish": {"type": "date"},
        "member": {"type": "category"},
        "team": {"type": "category"},
        "setup": {"type": "flag"},
        "logins": {"type": "number"},
        "answers": {"type": "number"},
    },
    "axes": {
        "I": {"components": {"setup": {"metric": "setup"}}},
        "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
        "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [10, 100]]}}},
    },
    "overall": {"weights": {"I": 1, "U": 2, "E": 1}},
    "bands": {"of": "overall", "edges": [50], "names": ["low", "high"]},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Onboard", "when": "setup"},
            {"name": "Active", "when": "U >= 60"},
        ]
    },
    "plays": {
        "call": {"for": ["I.setup"], "owner": "cs", "channel": "phone", "effort": 1},
        "train": {"for": ["U.logins"], "owner": "training", "effort": 2},
    },
    "triggers": {
        "quiet": {"when": "logins < 30", "play": "train"},
        "welcome": {
            "when": "!setup",
            "play": "call",
            "once_per": "customer",
            "success": "logins > 90",
            "window_days": 7,
            "variants": {"video": 0.5, "text": 0.3},
            "holdout": 0.2,
        },
    },
}
WHEN = "U < 60 && mrr >= 1000"
DAY = datetime.date(2026, 4, 30)

#: Actions that need nothing but snapshots and a plan that is made to act.
OF_SNAPSHOTS = ("next", "triggers", "segment")


def snapshots(count: int = 200, seed: int = 4) -> dict[str, list[Any]]:
    """Columns as lists; None is unknown. Every fifth customer has an earlier row, too."""
    dice = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if dice.random() < 0.1 else value

    rows: list[dict[str, Any]] = []
    for k in range(count):
        for day in [DAY, *([datetime.date(2026, 3, 31)] if k % 5 == 0 else [])]:
            rows.append(
                {
                    "customer": f"c-{k:04}" if k % 7 else f"顧客{k}",
                    "as_of": day,
                    "plan": maybe(dice.choice(["pro", "trial"])),
                    "mrr": maybe(dice.randrange(5000)),
                    "start": maybe(DAY - datetime.timedelta(days=dice.randrange(300))),
                    "finish": maybe(DAY + datetime.timedelta(days=dice.randrange(300))),
                    "member": maybe(dice.choice(["青木", "Yuki"])),
                    "team": maybe("east"),
                    "setup": maybe(dice.random() < 0.6),
                    "logins": maybe(dice.randrange(101)),
                    "answers": maybe(dice.randrange(11)),
                }
            )
    return {name: [row[name] for row in rows] for name in rows[0]}


def latest(columns: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """The row of each customer that a list of DAY looks at."""
    out = {}
    for k, customer in enumerate(columns["customer"]):
        if columns["as_of"][k] == DAY:
            out[customer] = {name: values[k] for name, values in columns.items()}
    return out


def hashed(text: str) -> int:
    """SipHash-1-3 with a key of zeros, by its paper."""
    mask = (1 << 64) - 1
    v = [0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573]

    def left(x: int, n: int) -> int:
        return (x << n | x >> (64 - n)) & mask

    def rounds(n: int) -> None:
        for _ in range(n):
            v[0] = (v[0] + v[1]) & mask
            v[2] = (v[2] + v[3]) & mask
            v[1] = left(v[1], 13) ^ v[0]
            v[3] = left(v[3], 16) ^ v[2]
            v[0] = left(v[0], 32)
            v[2] = (v[2] + v[1]) & mask
            v[0] = (v[0] + v[3]) & mask
            v[1] = left(v[1], 17) ^ v[2]
            v[3] = left(v[3], 21) ^ v[0]
            v[2] = left(v[2], 32)

    data = text.encode()
    length = len(data)
    data += b"\0" * (7 - length % 8) + bytes([length & 0xFF])
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at : at + 8], "little")
        v[3] ^= word
        rounds(1)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(3)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def drawn(trigger: str, customer: str) -> float:
    """The share at which a customer stands in a trigger's draw."""
    return (hashed(f"{trigger}\x1f{customer}") >> 11) * 2.0**-53


def check_schema(name: str, made: Any) -> None:
    """Head and rows of a list are by its schema, in its order, and it leaves nothing out."""
    import json

    import pytest
    from places import ROOT

    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    text = (ROOT / "schema" / "actions" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    head = jsonschema.Draft202012Validator(schema)
    head.validate(made.head)
    assert list(made.head) == list(schema["properties"])
    row = jsonschema.Draft202012Validator({**schema["$defs"]["row"], "$defs": schema["$defs"]})
    assert list(made[0]) == list(schema["$defs"]["row"]["properties"])
    for one in made:
        row.validate(dict(one))
    for key in made.head:
        assert not head.is_valid({k: v for k, v in made.head.items() if k != key}), key
    assert not head.is_valid({**made.head, "more": 1})
