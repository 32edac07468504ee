"""A ledger's movements of MRR by month and cohort, in the library and in DuckDB, taking turns.

Called by run.py. Both begin with the ledger as each holds it, and give customers and MRR of each
movement by cohort, month and group of customers (which intervals need). The library counts
retention, moves and lives in the same pass: beside that stands DuckDB with all of it, `duckdb,
all`, and with the movements alone, which is less than the library does. Prints JSON lines; a row
is a customer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any, Callable

import numpy as np
import pyarrow as pa

MONTHS = 36
FIRST = np.datetime64("2023-01-01")
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
MODEL = {
    "aiueo": 1,
    "name": "ledger",
    "metrics": {"logins": {"type": "number"}},
    "axes": {"U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}}},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Onboard", "when": "U >= 20"},
            {"name": "Active", "when": "U >= 40"},
            {"name": "Loyal", "when": "U >= 60"},
        ]
    },
}
UNTIL = "2025-12-31"

# Closes of months are looked at by number: an entry is in force at those from its start's month to
# the one before its end's.
PAID = f"""
WITH entries AS (
  SELECT customer, mrr, 12 * (year(start) - 2023) + month(start) AS begins,
         coalesce(12 * (year("end") - 2023) + month("end"), {MONTHS + 1}) AS ends
  FROM ledger),
closes AS (
  SELECT customer, unnest(range(begins, least(ends, {MONTHS + 1}))) AS month, mrr
  FROM entries WHERE begins < ends),
paid AS (SELECT customer, month, sum(mrr) AS mrr FROM closes GROUP BY ALL)"""

MOVED = f"""
seen AS (
  SELECT customer, month, mrr, lag(month) OVER c AS month_before, lag(mrr) OVER c AS mrr_before,
         lead(month) OVER c AS month_after, first(month) OVER c AS cohort
  FROM paid WINDOW c AS (PARTITION BY customer ORDER BY month)),
moves AS (
  SELECT customer, cohort, month,
         CASE WHEN month_before IS NULL THEN 'new'
              WHEN month_before < month - 1 THEN 'reactivation'
              WHEN mrr > mrr_before THEN 'expansion'
              WHEN mrr < mrr_before THEN 'contraction' END AS what,
         CASE WHEN month_before IS NULL OR month_before < month - 1 THEN mrr
              ELSE abs(mrr - mrr_before) END AS moved
  FROM seen
  UNION ALL
  SELECT customer, cohort, month + 1, 'churn', mrr FROM seen
  WHERE (month_after IS NULL OR month_after > month + 1) AND month < {MONTHS})
SELECT cohort, month, hash(customer) % 20 AS part, what, count(*) AS customers, sum(moved) AS mrr
FROM moves WHERE what IS NOT NULL GROUP BY ALL
"""
SQL = f"{PAID},{MOVED}"

HORIZON = 12
CYCLES = (1, 3, 6)
# What else the library counts, of the same closes: what was kept a horizon later, who came, stayed
# and left within 1, 3 and 6 months, and the course of customers from their first close on.
RETENTION = f"""
SELECT a.month, hash(a.customer) % 20 AS part, count(*) AS customers, sum(a.mrr) AS mrr,
       count(b.mrr) AS kept, sum(CASE WHEN b.mrr IS NOT NULL THEN a.mrr END) AS kept_mrr,
       sum(b.mrr) AS later, sum(least(a.mrr, coalesce(b.mrr, 0))) AS lasting
FROM paid a LEFT JOIN paid b ON b.customer = a.customer AND b.month = a.month + {HORIZON}
WHERE a.month + {HORIZON} <= {MONTHS} GROUP BY ALL
"""
MOVES = f"""
WITH cycles AS (SELECT unnest({list(CYCLES)}) AS cycle),
earlier AS (SELECT customer, month + cycle AS month, cycle, mrr FROM paid, cycles),
now AS (SELECT customer, month, cycle, mrr FROM paid, cycles)
SELECT month, cycle, hash(customer) % 20 AS part, a.mrr IS NOT NULL AS was,
       b.mrr IS NOT NULL AS stays, count(*) AS customers, sum(coalesce(a.mrr, 0)) AS before,
       sum(coalesce(b.mrr, 0)) AS after,
       sum(greatest(0, coalesce(b.mrr, 0) - coalesce(a.mrr, 0))) AS gained
FROM earlier a FULL JOIN now b USING (customer, month, cycle)
WHERE month <= {MONTHS} GROUP BY ALL
"""
LIVES = f"""
WITH firsts AS (
  SELECT customer, min(month) AS first, arg_min(mrr, month) AS begun FROM paid
  GROUP BY customer HAVING min(month) + {HORIZON} <= {MONTHS}),
lives AS (
  SELECT f.*, least(1000, (coalesce(p.mrr, 0) * 200 + begun) // (begun * 2)) AS ratio
  FROM firsts f LEFT JOIN paid p ON p.customer = f.customer AND p.month = f.first + {HORIZON})
SELECT hash(customer) % 20 AS part, ratio, first, paid.month - first AS k,
       count(*) AS customers, sum(mrr) AS mrr
FROM lives JOIN paid USING (customer) WHERE paid.month <= first + {HORIZON} GROUP BY ALL
"""
ALL = (
    f"CREATE OR REPLACE TEMP TABLE paid AS {PAID} SELECT * FROM paid",
    f"WITH {MOVED}",
    RETENTION,
    MOVES,
    LIVES,
)


def ledger_of(customers: int) -> pa.Table:
    """Subscriptions of up to a year, up to eight a customer; every tenth after a pause."""
    rng = np.random.default_rng(20260401)
    start = rng.integers(0, 1000, customers)
    left = rng.integers(1, 9, customers)
    alive = np.arange(customers)
    parts = []
    while len(alive):
        end = start[alive] + 30 + rng.integers(0, 330, len(alive))
        still = (left[alive] == 1) & (rng.integers(0, 3, len(alive)) > 0)
        mrr = 1000 + 100 * rng.integers(0, 50, len(alive))
        parts.append((alive, start[alive], np.where(still, -1, end), mrr))
        pause = np.where(rng.integers(0, 10, len(alive)) == 0, rng.integers(0, 90, len(alive)), 0)
        start[alive] = end + pause
        left[alive] -= 1
        alive = alive[(left[alive] > 0) & (start[alive] < 30 * MONTHS)]
    who, begins, ends, mrr = (np.concatenate(one) for one in zip(*parts))
    order = np.argsort(who, kind="stable")
    names = pa.array([f"c-{k:07d}" for k in range(customers)])

    def days(of: np.ndarray) -> np.ndarray:
        return (FIRST + of.astype("timedelta64[D]")).astype("datetime64[D]")

    return pa.table(
        {
            "customer": names.take(pa.array(who[order])),
            "start": pa.array(days(begins[order])),
            "end": pa.array(days(ends[order]), mask=ends[order] < 0),
            "mrr": pa.array(mrr[order]),
        }
    )


def bridge_of(found: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """Customers and MRR by month and movement, from the study."""
    out = {}
    for month in found["months"]:
        for what in MOVEMENTS:
            one = month[what]
            if one["customers"]:
                out[month["month"], what] = (one["customers"], one["mrr_minor_units"])
    return out


def bridge_in(rows: list[tuple[Any, ...]]) -> dict[tuple[str, str], tuple[int, int]]:
    out: dict[tuple[str, str], tuple[int, int]] = {}
    for _, month, _, what, customers, mrr in rows:
        name = f"{2023 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"
        before = out.get((name, what), (0, 0))
        out[name, what] = (before[0] + customers, before[1] + int(mrr) * 100)
    return out


def counts_of(revenue: Any, nrr: Any) -> dict[str, Any]:
    """What the counts come to, from the studies; money in minor units."""
    all_ = nrr["everybody"]
    rates = {name: all_[name]["value"] for name in ("nrr", "grr", "renewal", "expansion")}
    moved = {
        (one["months"], part): one["all"]["parts"][part]["n"]
        for one in nrr["reviews"]
        for part in ("new", "lost")
    }
    course = [one["all"] for one in nrr["curve"]["points"]]
    return {
        "bridge": bridge_of(revenue),
        "customer-months": all_["nrr"]["n"],
        "rates": rates,
        "moved": moved,
        "lives": nrr["curve"]["lives"],
        "course": course,
    }


def counts_in(tables: list[Any]) -> dict[str, Any]:
    moved, retention, moves, lives = (one.to_pylist() for one in tables)
    kept = {name: sum(int(one[name] or 0) for one in retention) for name in retention[0]}
    course = [sum(int(one["mrr"]) for one in lives if one["k"] == k) for k in range(HORIZON + 1)]
    keys = {(True, False): "lost", (False, True): "new"}
    changed: dict[tuple[int, str], int] = {}
    for one in moves:
        what = keys.get((one["was"], one["stays"]))
        if one["month"] == MONTHS and what is not None:
            at = one["cycle"], what
            changed[at] = changed.get(at, 0) + one["customers"]
    return {
        "bridge": bridge_in([tuple(one.values()) for one in moved]),
        "customer-months": kept["customers"],
        "rates": {
            "nrr": kept["later"] / kept["mrr"],
            "grr": kept["lasting"] / kept["mrr"],
            "renewal": kept["kept_mrr"] / kept["mrr"],
            "expansion": kept["later"] / kept["kept_mrr"],
        },
        "moved": changed,
        "lives": sum(one["customers"] for one in lives if one["k"] == 0),
        "course": [one / course[0] for one in course],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    import aiueo
    import duckdb

    table = ledger_of(asked.rows)
    plan = aiueo.load(MODEL)
    ledger = plan.ledger(table)
    nothing = {name: [] for name in ("customer", "start", "end", "outcome", "mrr_before")}
    contracts = plan.contracts(nothing | {"mrr_after": []})

    def ours() -> Any:
        return aiueo.Evidence(plan).count_unseen(contracts, ledger=ledger, data_until=UNTIL)

    runs: dict[tuple[str, int], Callable[[], Any]] = {("aiueo", 1): ours}
    counted = ours()
    expected = counts_of(counted.study("revenue"), counted.study("nrr"))
    for threads in (1, 2):
        link = duckdb.connect(":memory:", config={"threads": threads})
        link.register("columns", table)
        link.execute("CREATE TABLE ledger AS SELECT * FROM columns")
        link.unregister("columns")
        if bridge_in(link.execute(SQL).fetchall()) != expected["bridge"]:
            raise SystemExit(f"bench: duckdb with {threads} threads has another bridge")

        def all_of(link: Any = link) -> list[Any]:
            link.execute(ALL[0])
            return [link.sql(query).to_arrow_table() for query in ALL[1:]]

        found = counts_in(all_of())
        for name, value in expected.items():
            if found[name] != value:
                raise SystemExit(
                    f"bench: duckdb with {threads} threads has another {name}:"
                    f" {found[name]}, not {value}"
                )
        runs["duckdb, all", threads] = all_of
        runs["duckdb, movements", threads] = lambda link=link: link.sql(SQL).to_arrow_table()

    wall: dict[tuple[str, int], list[float]] = {key: [] for key in runs}
    cpu: dict[tuple[str, int], list[float]] = {key: [] for key in runs}
    for measured in [False] + [True] * asked.rounds:
        for key, run in runs.items():
            begun = time.process_time(), time.perf_counter()
            result = run()
            took = time.process_time() - begun[0], time.perf_counter() - begun[1]
            del result
            if measured:
                cpu[key].append(took[0] * 1e9 / asked.rows)
                wall[key].append(took[1] * 1e9 / asked.rows)

    def line(key: tuple[str, int]) -> dict[str, Any]:
        return {
            "workload": "ledger",
            "variant": key[0],
            "isa": "",
            "threads": key[1],
            "rows": asked.rows,
            "ns_per_row": round(min(wall[key]), 4),
            "median_ns_per_row": round(statistics.median(wall[key]), 4),
            "cpu_ns_per_row": round(min(cpu[key]), 4),
            "rounds": asked.rounds,
        }

    lines = [line(key) for key in runs if key[0] != "aiueo"]
    for key in list(runs)[1:]:
        pairs = zip(wall[key], wall["aiueo", 1])
        lines.append(
            line(("aiueo", 1))
            | {
                "against": f"{key[0]}" if key[1] == 1 else f"{key[0]}, {key[1]} threads",
                "ratio": round(min(wall[key]) / min(wall["aiueo", 1]), 3),
                "median_ratio": round(statistics.median(a / b for a, b in pairs), 3),
                "cpu_ratio": round(min(cpu[key]) / min(cpu["aiueo", 1]), 3),
                "ledger_rows": table.num_rows,
            }
        )
    for one in lines:
        print(json.dumps(one))


if __name__ == "__main__":
    main()
