"""Alerts against a plain reading of the same rules, and against themselves on shorter panels."""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Callable
from typing import Any

import aiueo
import pytest
from acting import check_schema

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "watched",
    "metrics": {
        "logins": {"type": "number"},
        "mails": {"type": "number"},
        "setup": {"type": "flag"},
        "nps": {"type": "number", "max_age_days": 60},
    },
    "axes": {
        "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
        "E": {
            "components": {
                "nps": {"metric": "nps", "curve": [[0, 0], [10, 100]]},
                "mails": {"metric": "mails", "curve": [[0, 0], [100, 100]]},
            }
        },
    },
    "overall": {"weights": {"U": 1, "E": 1}},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Onboard", "when": "setup"},
            {"name": "Active", "when": "U >= 50"},
        ]
    },
    "plays": {"call": {"for": ["U.logins"], "owner": "us", "channel": "call"}},
    "alerts": {
        "drop": {"of": "U", "drop": 20, "window_days": 30, "rearm": 10, "quiet_days": 20},
        "back": {"ladder": "stage", "on": "down", "quiet_days": 15},
        "dark": {"of": "E", "on": "dark", "quiet_days": 25},
    },
}
FIRST = datetime.date(2026, 1, 1)


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(MODEL)


def panel(seed: int, customers: int = 120, dates: int = 30) -> list[dict[str, Any]]:
    """Rows every few days; some of each customer are missing, some values unknown."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for k in range(customers):
        logins, day = chance.uniform(0, 100), 0
        for _ in range(dates):
            day += chance.choice([3, 7, 7, 7, 14])
            logins = min(100.0, max(0.0, logins + chance.gauss(0, 12)))
            if chance.random() < 0.1:
                logins = chance.uniform(0, 100)
            as_of = FIRST + datetime.timedelta(days=day)
            rows.append(
                {
                    "customer": f"c{k:03d}",
                    "as_of": as_of.isoformat(),
                    "logins": None if chance.random() < 0.08 else float(round(logins)),
                    "mails": None if chance.random() < 0.6 else 50.0,
                    "setup": None if chance.random() < 0.08 else chance.random() < 0.9,
                    "nps": None if chance.random() < 0.6 else 7.0,
                    "nps@": (as_of - datetime.timedelta(days=5)).isoformat(),
                }
            )
    chance.shuffle(rows)
    return rows


def days(text: str) -> int:
    return (datetime.date.fromisoformat(text) - FIRST).days


def of_each(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda one: (one["customer"], one["as_of"])):
        out.setdefault(row["customer"], []).append(row)
    return out


def plain_drops(
    rows: list[dict[str, Any]],
    rule: dict[str, Any],
    score_of: Callable[[dict[str, Any]], float | None],
    fall: Callable[[dict[str, Any], dict[str, Any]], float],
) -> set[str]:
    """`fall`: by how much the score fell through behaviour between two snapshots."""
    found = set()
    for customer, mine in of_each(rows).items():
        scores = [score_of(row) for row in mine]
        armed, since, lowest, last = True, 0, 0.0, -(10**6)
        for at, row in enumerate(mine):
            day, score = days(row["as_of"]), scores[at]
            if score is None:
                continue
            if not armed:
                lowest = min(lowest, score)
                if score >= lowest + rule["rearm"]:
                    armed, since = True, at
                continue
            if day - last < rule["quiet_days"]:
                continue
            best = None
            for k in range(since, at):
                near = days(mine[k]["as_of"]) >= day - rule["window_days"]
                if near and scores[k] is not None and (best is None or scores[k] > scores[best]):
                    best = k
            if best is not None and fall(mine[best], row) >= rule["drop"]:
                found.add(f"drop:{row['as_of']}:{customer}")
                armed, since, lowest, last = False, at, score, day
    return found


def stage_of(row: dict[str, Any]) -> tuple[int, int]:
    """Surely, and perhaps."""
    rungs = [row["setup"], None if row["logins"] is None else row["logins"] >= 50]
    sure = 0 if rungs[0] is not True else (2 if rungs[1] is True else 1)
    could = 0 if rungs[0] is False else (1 if rungs[1] is False else 2)
    return sure, could


def plain_falls(rows: list[dict[str, Any]], quiet: int) -> set[str]:
    found = set()
    for customer, mine in of_each(rows).items():
        stood, last = None, -(10**6)
        for row in mine:
            sure, could = stage_of(row)
            if stood is None or sure >= stood:
                stood = sure
            elif could < stood:
                if days(row["as_of"]) - last >= quiet:
                    found.add(f"back:{row['as_of']}:{customer}")
                    last = days(row["as_of"])
                stood = sure
    return found


def plain_dark(rows: list[dict[str, Any]], quiet: int) -> set[str]:
    found = set()
    for customer, mine in of_each(rows).items():
        known, dark, last = False, False, -(10**6)
        for row in mine:
            if row["nps"] is not None or row["mails"] is not None:  # half of E is enough
                known, dark = True, False
            elif known and not dark and days(row["as_of"]) - last >= quiet:
                found.add(f"dark:{row['as_of']}:{customer}")
                dark, last = True, days(row["as_of"])
    return found


@pytest.mark.parametrize("seed", range(4))
def test_alerts_are_those_of_a_plain_reading(plan: aiueo.Plan, seed: int) -> None:
    rows = panel(seed)
    made = plan.act("alerts", rows, since="2026-01-01")
    keys = [one.key for one in made]
    assert len(keys) == len(set(keys)) > 100
    rules = MODEL["alerts"]
    # U is the logins as they are: what is known of it is either all or nothing.
    plain = plain_drops(
        rows, rules["drop"], lambda row: row["logins"], lambda a, b: a["logins"] - b["logins"]
    )
    plain |= plain_falls(rows, rules["back"]["quiet_days"])
    plain |= plain_dark(rows, rules["dark"]["quiet_days"])
    assert set(keys) == plain
    assert {one.kind for one in made} == {"drop", "down", "dark"}
    check_schema("alerts", made)


def test_more_snapshots_add_alerts_and_change_none(plan: aiueo.Plan) -> None:
    rows = panel(9)
    whole = {one.key for one in plan.act("alerts", rows, since="2026-01-01")}
    for until in ("2026-03-01", "2026-05-01", "2026-06-15"):
        early = [row for row in rows if row["as_of"] <= until]
        keys = {one.key for one in plan.act("alerts", early, since="2026-01-01")}
        assert keys == {key for key in whole if key.split(":")[1] <= until}
        # The same by the date of the list.
        again = plan.act("alerts", rows, since="2026-01-01", as_of=until)
        assert {one.key for one in again} == keys


def rows_of(*values: dict[str, Any]) -> list[dict[str, Any]]:
    """A customer's, ten days apart."""
    usual = {"logins": 80.0, "mails": 50.0, "setup": True, "nps": 7.0}
    out = []
    for k, one in enumerate(values):
        as_of = FIRST + datetime.timedelta(days=10 * k)
        out.append(
            {"customer": "a", "as_of": as_of, "nps@": as_of, **usual, **one},
        )
    return out


def test_what_is_told_of_a_drop(plan: aiueo.Plan) -> None:
    made = plan.act("alerts", rows_of({}, {"logins": 55.0}), alert="drop")
    (one,) = made
    assert one.key == "drop:2026-01-11:a" and one.open
    assert (one.before, one.after, one.behaviour, one.because) == (80, 55, -25, "U.logins")
    assert (one.play, one.owner, one.channel) == ("call", "us", "call")
    assert one.reason == (
        "U fell 25.0 points through behaviour, most by U.logins (80.0 on 2026-01-01, 55.0 now)"
    )
    assert "行動により25.0点低下" in one.reason_ja
    assert made.sentence == "1 alert since 2025-12-12, 1 of them still open."
    assert "U.logins" in str(made)


def test_a_recovery_closes_and_rearms(plan: aiueo.Plan) -> None:
    falls = [{"logins": value} for value in (80.0, 50.0, 45.0, 55.0, 54.0, 30.0)]
    made = plan.act("alerts", rows_of(*falls), alert="drop", since="2026-01-01")
    # Down to 45, so 55 rearms; from there 30 is 25 lower.
    assert [(one.key, one.open) for one in made] == [
        ("drop:2026-02-20:a", True),
        ("drop:2026-01-11:a", False),
    ]


def test_what_is_not_behaviour_is_no_drop() -> None:
    model = copy.deepcopy(MODEL)
    model["alerts"] = {"drop": {"of": "E", "drop": 10, "window_days": 30}}
    plan = aiueo.load(model)
    # nps (70) and mails (50) make 60; without nps it is 50: nobody did anything.
    missing = rows_of({}, {"nps": None, "nps@": None})
    assert plan.score(missing)["E"].tolist() == [60, 50]
    assert len(plan.act("alerts", missing)) == 0
    # Old news is no behaviour either.
    stale = rows_of({}, {"nps@": datetime.date(2025, 10, 1)})
    assert plan.score(stale)["E"].tolist() == [60, 50]
    assert len(plan.act("alerts", stale)) == 0
    # Behaviour behind a gap that hides it: mails fall by 40, and nps becomes known and high.
    hidden = rows_of({"nps": None, "nps@": None}, {"mails": 10.0, "nps": 9.0})
    assert plan.score(hidden)["E"].tolist() == [50, 50]
    (one,) = plan.act("alerts", hidden)
    assert one.behaviour == -20 and one.because == "E.mails"


PARTS = ("a", "b", "c")


def known_parts(row: dict[str, Any]) -> set[str]:
    return {part for part in PARTS if row[part] is not None}


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def score_of_parts(row: dict[str, Any]) -> float | None:
    return mean([row[part] for part in PARTS if row[part] is not None])


def fall_of_parts(before: dict[str, Any], after: dict[str, Any]) -> float:
    """Behaviour is what the parts did that are known both times."""
    both = known_parts(before) & known_parts(after)
    between = mean([(before if k in both else after)[k] for k in known_parts(after)])
    score = score_of_parts(after)
    assert between is not None and score is not None
    return between - score


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("order", ["customer", "as_of"])
def test_one_part_takes_the_place_of_another(seed: int, order: str) -> None:
    """As much is known as before, but not the same: no fall may be hidden by that, nor made."""
    rule = {"of": "E", "drop": 20, "window_days": 40, "rearm": 8, "quiet_days": 10}
    curve = [[0, 0], [100, 100]]
    model = {
        "aiueo": 1,
        "name": "parts",
        "metrics": {part: {"type": "number"} for part in PARTS},
        "axes": {
            "E": {
                "min_coverage": 0.3,
                "components": {part: {"metric": part, "curve": curve} for part in PARTS},
            }
        },
        "alerts": {"drop": rule},
    }
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for k in range(500):
        level = dict.fromkeys(PARTS, 50.0)
        for month in range(8):
            as_of = FIRST + datetime.timedelta(days=30 * month)
            row: dict[str, Any] = {"customer": f"c{k:03d}", "as_of": as_of.isoformat()}
            for part in PARTS:
                moved = level[part] + 3 * round(chance.gauss(0, 7))
                level[part] = min(99.0, max(0.0, float(moved)))
                row[part] = None if chance.random() < 0.3 else 3 * round(level[part] / 3)
            rows.append(row)
    rows.sort(key=lambda row: row[order])
    made = aiueo.load(model).act("alerts", rows, since="2026-01-01")
    plain = plain_drops(rows, rule, score_of_parts, fall_of_parts)
    assert len(plain) > 100
    assert {one.key for one in made} == plain


def test_a_fall_must_be_sure(plan: aiueo.Plan) -> None:
    perhaps = plan.act("alerts", rows_of({}, {"logins": None}), alert="back")
    assert len(perhaps) == 0
    surely = plan.act("alerts", rows_of({}, {"logins": None}, {"logins": 10.0}), alert="back")
    assert [(one.key, one.stage_before, one.stage_after) for one in surely] == [
        ("back:2026-01-21:a", "Active", "Onboard")
    ]
    assert surely[0].reason == "back from Active to Onboard (since 2026-01-01)"
    risen = plan.act("alerts", rows_of({}, {"logins": 10.0}, {}), alert="back")
    assert [one.open for one in risen] == [False]


def test_dark_until_it_is_known_again(plan: aiueo.Plan) -> None:
    gone = {"nps": None, "mails": None}
    made = plan.act("alerts", rows_of({}, gone, gone, {}, gone), alert="dark", since="2026-01-01")
    assert [(one.key, one.open) for one in made] == [
        ("dark:2026-02-10:a", True),
        ("dark:2026-01-11:a", False),
    ]
    assert made[0].reason == "E cannot be told any more (last 60.0 on 2026-01-31)"


def test_snapshots_too_far_apart_are_said(plan: aiueo.Plan) -> None:
    rows = rows_of({}, {"logins": 10.0})
    rows[1]["as_of"] = rows[1]["nps@"] = datetime.date(2026, 3, 1)
    made = plan.act("alerts", rows, alert="drop")
    assert len(made) == 0
    assert "more than 30 days apart" in made.cautions[0]
    (only,) = plan.act("alerts", rows[:1]).cautions
    assert only.startswith("No customer has snapshots of two dates")


def test_bad_options(plan: aiueo.Plan) -> None:
    rows = rows_of({}, {})
    with pytest.raises(aiueo.NotFoundError, match='no alert "drip"; did you mean "drop"'):
        plan.act("alerts", rows, alert="drip")
    with pytest.raises(aiueo.ArgumentError, match="since 2027-01-01 is after the list's date"):
        plan.act("alerts", rows, since="2027-01-01")
    with pytest.raises(aiueo.ArgumentError, match='"since" is a date, such as'):
        plan.act("alerts", rows, since="soon")
    with pytest.raises(aiueo.NotFoundError, match="no customer has a snapshot in the 31 days"):
        plan.act("alerts", rows, as_of="2027-01-01")
