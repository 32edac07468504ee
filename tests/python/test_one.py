"""One customer a call: the same as a batch, whatever came before."""

from __future__ import annotations

import datetime
import decimal
import fractions
from typing import Any

import aiueo
import numpy as np
import pandas as pd
import pytest
from portfolio import DATES, INITIATIVES

Rows = dict[str, list[Any]]

_OBSERVED = ("nps@", "csm_pulse@")


def one_row(plan: aiueo.Plan, rows: Rows, row: int, **extra: Any) -> aiueo.ScoresRow:
    values = {name: column[row] for name, column in rows.items() if not name.endswith("@")}
    observed = {name[:-1]: rows[name][row] for name in _OBSERVED if rows[name][row] is not None}
    return plan.score_one(observed=observed, **values, **extra)


def test_one_equals_the_batch(plan: aiueo.Plan, rows: Rows) -> None:
    prepared = plan.initiatives(INITIATIVES)
    wanted = plan.score(rows, initiatives=prepared)
    for row in range(len(rows["customer"])):
        assert one_row(plan, rows, row, initiatives=prepared) == wanted[row], row
    without = plan.score(rows)
    for row in (0, 1, 7, 599):
        assert one_row(plan, rows, row) == without[row]


def test_metrics_of_any_name() -> None:
    """Some are called as a parameter is: those go into a mapping."""
    names = ("initiatives", "observed", "self", "given", "metrics", "seats")
    model = {
        "aiueo": 1,
        "metrics": {name: {"type": "number"} for name in names},
        "axes": {"U": {"components": {n: {"metric": n, "steps": [[1, 80]]} for n in names}}},
        "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "U >= 50"}]},
    }
    plan = aiueo.load(model)
    table = {name: [k + 1] for k, name in enumerate(names)}
    wanted = plan.score({"customer": ["a"], "as_of": ["2026-11-21"], **table})[0]
    values = {name: k + 1 for k, name in enumerate(names)}
    both = ("initiatives", "observed")
    assert plan.score_one(values, as_of="2026-11-21", customer="a") == wanted
    beside = {name: value for name, value in values.items() if name not in both}
    given = {name: values[name] for name in both}
    assert plan.score_one(given, as_of="2026-11-21", customer="a", **beside) == wanted
    assert plan.score_one({}, as_of="2026-11-21") == plan.score_one(as_of="2026-11-21")
    with pytest.raises(aiueo.ArgumentError, match='metric "seats" is given twice'):
        plan.score_one({"seats": 1}, as_of="2026-11-21", seats=1)
    with pytest.raises(aiueo.ArgumentError, match="is list; give metrics by name"):
        plan.score_one([1], as_of="2026-11-21")  # type: ignore[arg-type]
    with pytest.raises(aiueo.ArgumentError, match="3 is the name of no metric"):
        plan.score_one({3: 1}, as_of="2026-11-21")  # type: ignore[dict-item]
    with pytest.raises(aiueo.NotFoundError, match="did you mean"):
        plan.score_one({"seat": 1}, as_of="2026-11-21")
    with pytest.raises(aiueo.ArgumentError, match=r"observed is 3\.0; give the dates"):
        plan.score_one(as_of="2026-11-21", observed=3.0)  # type: ignore[arg-type]


def test_nothing_stays_from_the_call_before(plan: aiueo.Plan) -> None:
    empty = plan.score_one(as_of="2026-11-21")
    full = plan.score_one(
        as_of="2026-11-21",
        customer="c",
        logins_28d=3,
        seats=2,
        plan="trial",
        nps=9,
        observed={"nps": "2026-11-01"},
        last_login=datetime.date(2026, 11, 20),
        setup_done=True,
    )
    assert full.profile == "trial"
    assert plan.score_one(as_of="2026-11-21") == empty
    assert empty.overall is None
    assert empty.insufficient


def test_values_of_every_kind(plan: aiueo.Plan) -> None:
    def run(**values: Any) -> aiueo.ScoresRow:
        return plan.score_one(as_of="2026-11-21", **values)

    assert run(seats=4, logins_28d=2) == run(seats=np.int64(4), logins_28d=np.float32(2))
    assert run(seats=4, logins_28d=2) == run(seats=decimal.Decimal(4), logins_28d=np.array(2.0))
    assert run(seats=4) == run(seats=fractions.Fraction(4), nps=decimal.Decimal("NaN"), plan="")
    assert run(setup_done=True) == run(setup_done=1) == run(setup_done=np.True_)
    days = [
        "2026-11-01",
        datetime.date(2026, 11, 1),
        datetime.datetime(2026, 11, 1),
        pd.Timestamp("2026-11-01"),
        np.datetime64("2026-11-01"),
        "2026-11-01T00:00:00",
        "2026-10-31T15:00:00Z",
        datetime.datetime(2026, 10, 31, 20, tzinfo=datetime.timezone.utc),
    ]
    assert len({run(last_login=day) for day in days}) == 1
    assert run(seats=None, nps=float("nan"), plan=pd.NA, last_login=pd.NaT) == run()
    assert run(seats=10**400) == run(seats=float("inf"))
    assert run(industry="IT") == run() == run(industry="IT", observed={"industry": "2026-11-01"})
    assert run(observed={"seats": "2026-11-01"}) == run()


def test_refusals(plan: aiueo.Plan) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"seats": "4"}, "\"seats\": '4' is no number"),
        ({"seats": b"4"}, "\"seats\": b'4' is no number"),
        ({"seats": [4]}, "is no number"),
        ({"seats": 4j}, "is no number"),
        ({"seats": "4", "nps": float("nan"), "industry": "IT"}, "is no number"),
        ({"plan": 3}, '"plan": 3 is no category; give text'),
        ({"setup_done": "yes"}, "true or false"),
        ({"last_login": 3}, "last_login: 3 is not a date"),
        ({"last_login": "2026-11-01 12:00"}, "time of day"),
        ({"login_rate": 1}, "computed by the model"),
        ({"user_meetings": 1}, "counted from the initiatives"),
        ({"observed": {"nps": "soon"}}, "observed"),
    ]
    for values, found in cases:
        with pytest.raises(aiueo.DataError, match=found):
            plan.score_one(as_of="2026-11-21", **values)
        assert plan.score_one(as_of="2026-11-21").overall is None
    with pytest.raises(aiueo.NotFoundError, match="did you mean"):
        plan.score_one(as_of="2026-11-21", logins28d=3)
    with pytest.raises(aiueo.DataError, match="as_of"):
        plan.score_one(logins_28d=3)
    with pytest.raises(aiueo.DataError, match="bytes"):
        plan.score_one(as_of="2026-11-21", customer="x" * 5000)


def test_a_date_is_not_kept_either(plan: aiueo.Plan) -> None:
    assert plan.score_one(as_of="2026-11-21", seats=3).overall is None
    with pytest.raises(aiueo.DataError, match="as_of"):
        plan.score_one(seats=3)


def test_many_texts_wear_a_row_out(plan: aiueo.Plan) -> None:
    for k in range(5000):
        plan.score_one(as_of="2026-11-21", plan=f"plan {k}")
    assert plan.score_one(as_of="2026-11-21", plan="trial").profile == "trial"


def test_all_dates_of_the_portfolio_are_read(rows: Rows) -> None:
    assert set(DATES) <= set(rows)
