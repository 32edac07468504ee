"""What the package tells, piece by piece, as digests: a script that tests run in hosts of other
locales, time zones and encodings. Prints JSON."""

from __future__ import annotations

import datetime
import hashlib
import json
import locale
import sys
import warnings
from typing import Any

import aiueo
import aiueo.sim
from histories import MODEL, small_contracts, small_ledger, small_rows
from portfolio import INITIATIVES, bits, snapshots

#: The first and the last date, leap days, the days clocks are changed.
DATES = ["0001-01-01", "1582-10-15", "1900-02-28", "1969-12-31", "2000-02-29", "2024-02-29"]
DATES += ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "9999-12-30", "9999-12-31"]
INSTANTS = ["2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-11-01T05:30:00Z"]
INSTANTS += ["2026-11-01T06:30:00Z", "2024-02-29T23:59:59-05:00", "9999-12-31T00:00:00+00:00"]


def dated_model(zone: str) -> dict[str, Any]:
    return {
        "aiueo": 1,
        "name": "dates",
        "time_zone": zone,
        "metrics": {"seen": {"type": "date"}, "rate": {"type": "number"}, "on": {"type": "flag"}},
        "axes": {
            "U": {
                "components": {
                    "seen": {"metric": "seen", "days_since": [[0, 99.9], [365.5, 0.1]]},
                    "rate": {"metric": "rate", "curve": [[0.1, 0.5], [1234.5, 99.5]]},
                }
            },
            "I": {"components": {"on": {"metric": "on"}}},
        },
    }


def dates() -> Any:
    out = []
    for zone in ("UTC", "America/New_York", "Asia/Tokyo", "-09:30"):
        plan = aiueo.load(dated_model(zone))
        for seen in (DATES, INSTANTS):
            rows = {
                "customer": [f"c{k}" for k in range(len(seen))],
                "as_of": ["9999-12-31"] * len(seen),
                "seen": seen,
                "rate": ["1234.25", "1e-3", "+.5", "0.1", " 7. ", "-3"] * (len(seen) // 6),
                "on": ["TRUE", "Yes", "f", "NO", "1", "T"] * (len(seen) // 6),
            }
            out.append({k: v.hex() for k, v in bits(plan.score(rows, detail=True)).items()})
            out.append(
                [
                    [dict(plan.explain(rows, row=k)), str(plan.explain(rows, row=k))]
                    for k in range(len(seen))
                ]
            )
        utc = datetime.timezone.utc
        for moment in (
            datetime.datetime(2026, 3, 8, 7, 0, tzinfo=utc),
            datetime.datetime(2026, 11, 1, 5, 30, tzinfo=utc),
            datetime.datetime(2026, 3, 29),
            datetime.date(9999, 12, 31),
            datetime.date(1, 1, 1),
        ):
            one = plan.score_one(as_of=datetime.date(9999, 12, 31), seen=moment, rate=0.25, on=True)
            out.append(repr(one))
    return out


def broken() -> Any:
    model = dated_model("UTC")
    model["axes"]["U"]["components"]["rate"]["curve"] = [[1234.5, 0.5], [0.25, 99.5], [1, 1e3]]
    model["axes"]["I"]["components"]["on"]["weight"] = 1234567.5
    return [str(one) for one in aiueo.check(model)]


def pieces() -> dict[str, Any]:
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = aiueo.load(json.load(file))
    rows = snapshots(150)
    texts = {n: ["" if v is None else str(v) for v in values] for n, values in rows.items()}
    scores = plan.score(texts, initiatives=INITIATIVES, detail=True)
    earlier = {**rows, "as_of": [day - datetime.timedelta(days=40) for day in rows["as_of"]]}
    change = plan.change(earlier, rows)
    small = aiueo.load(MODEL)
    seen = small.evidence(small_rows(), small_contracts(), ledger={**small_ledger()})
    found = seen.study("renewal")
    world = aiueo.sim.simulate(customers=30, months=8, seed=2)
    return {
        "schema": aiueo.schema(),
        "problems": broken(),
        "describe": plan.describe(),
        "scores": {k: v.hex() for k, v in bits(scores).items()},
        "summary": [dict(scores.summary()), str(scores.summary())],
        "explain": [str(plan.explain(texts, row=k)) for k in range(0, 150, 7)],
        "gap": [str(plan.gap(texts, row=k)) for k in range(0, 150, 7)],
        "change": [change.to_dict(), str(change)],
        "counts": seen.counts,
        "state": bytes(seen).hex(),
        "finding": [found.to_dict(), found.text("en"), found.text("ja")],
        "act": [plan.act("next", rows).head, plan.act("next", rows).text()],
        "dates": dates(),
        "simulated": [str(world.snapshots.to_arrow().to_pydict()), world.model()],
    }


def main() -> None:
    locale.setlocale(locale.LC_ALL, "")
    warnings.simplefilter("ignore")
    told = {
        name: hashlib.sha256(json.dumps(one, sort_keys=True, default=str).encode()).hexdigest()
        for name, one in pieces().items()
    }
    point = locale.localeconv()["decimal_point"]
    zone = datetime.datetime(2026, 1, 1).astimezone().utcoffset()
    print(json.dumps({"point": point, "offset": str(zone), "told": told}))


if __name__ == "__main__":
    main()
