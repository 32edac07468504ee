"""An analyst's five minutes: a portfolio, a model, scores, reasons, and one change of the model.

    python examples/python_scoring/score_portfolio.py

It needs NumPy and pandas. With files of your own, replace the first step by
``snapshots = pandas.read_parquet("snapshots.parquet")`` and ``plan = aiueo.load("model.json")``.
"""

from __future__ import annotations

import copy

import aiueo
import aiueo.sim
import pandas as pd


def main() -> None:
    # 1. A portfolio. This one is simulated; every customer has a row for each month.
    world = aiueo.sim.simulate(customers=500, months=12, seed=11)
    snapshots: pd.DataFrame = world.snapshots.to_pandas()
    initiatives: pd.DataFrame = world.initiatives.to_pandas()
    today = snapshots[snapshots["as_of"] == snapshots["as_of"].max()]
    print(f"{len(snapshots):,} snapshots, {len(today):,} of today\n")

    # 2. What health means, in one document. Problems come with line and column.
    model = aiueo.sim.model_of(world.start, world.months)
    for problem in aiueo.check(model):
        print(problem)
    plan = aiueo.load(model)
    print(plan, "\n")

    # 3. Scores, as columns. Nothing unknown became a zero: see "insufficient" and "missing".
    scores = plan.score(today, initiatives=initiatives, detail=True)
    print(scores.summary(), "\n")

    # 4. They are a table like any other.
    table = scores.to_pandas()
    print(table.groupby("stage", observed=False)["overall"].describe()[["count", "mean"]], "\n")

    # 5. Who, and why? The lowest overall score that is known.
    batch = plan.batch(today, initiatives=initiatives)  # bound once, asked often
    worst = table.loc[table["overall"].idxmin(), "customer"]
    print(plan.explain(batch, customer=worst), "\n")
    print(plan.gap(batch, customer=worst), "\n")

    # 6. One customer as a service sees it: a dict of what is known now.
    one = plan.score_one(
        as_of="2026-11-21",
        plan="standard",
        setup_done=True,
        admins=2,
        trained_users=4,
        seats=20,
        logins_28d=55,
        last_login="2026-11-19",
        features_used=7,
        goal_reports=2,
        hires_12m=3,
        hiring_plan_12m=5,
    )
    print(f"one request: overall {one.overall:.1f}, U {one.U:.1f}, stage {one.stage}")
    print(
        f"             {one.coverage:.0%} known, so between {one.lower:.1f} and {one.upper:.1f}\n"
    )

    # 7. A change of the model is a change of the model: same data, two plans, side by side.
    stricter = copy.deepcopy(model)
    stricter["ladders"]["stage"][2]["when"] = "U >= 70 && login_rate >= 1"
    other = aiueo.load(stricter).score(today, initiatives=initiatives)
    before, after = scores.stage.counts(), other.stage.counts()
    for rung in before:
        print(f"{rung:8} {before[rung]:5} → {after[rung]:5}")


if __name__ == "__main__":
    main()
