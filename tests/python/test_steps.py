"""The steps of the chain, with detail: columns, explanation, summary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiueo
import jsonschema
import numpy as np
import pyarrow as pa
import pytest
from portfolio import INITIATIVES

SCHEMA = Path(__file__).parents[2] / "schema"
STEPS = ["accompany", "process", "success"]
NEW = [*STEPS, "process.score", "success.score"]
WORDS = {True: "achieved", False: "not_achieved", None: "unknown"}


def axis(metric: str) -> dict[str, Any]:
    return {"components": {"x": {"metric": metric, "curve": [[0, 0], [100, 100]]}}}


CHAIN: dict[str, Any] = {
    "aiueo": 1,
    "name": "chain",
    "metrics": {
        **{name: {"type": "number"} for name in "tiuo"},
        "done": {"type": "flag"},
        "start": {"type": "date"},
    },
    "roles": {"contract_start": "start"},
    "touch": axis("t"),
    "axes": {name: axis(name.lower()) for name in "IUO"},
    "overall": {"weights": {"I": 1, "U": 2, "O": 1}},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Active", "when": "done", "expected_by_days": 60},
        ]
    },
    "steps": {"threshold": 60},
}


@pytest.fixture(scope="module")
def scores(plan: aiueo.Plan, rows: dict[str, list[Any]]) -> aiueo.Scores:
    return plan.score(rows, initiatives=INITIATIVES, detail=True)


def one(**values: Any) -> dict[str, list[Any]]:
    row = {"as_of": "2026-11-21", "start": "2026-01-01", "done": True}
    row |= dict.fromkeys("tiuo") | values
    return {name: [value] for name, value in row.items()}


def test_with_detail_the_steps_follow_the_pattern(
    plan: aiueo.Plan, rows: dict[str, list[Any]], scores: aiueo.Scores
) -> None:
    names = scores.columns
    at = names.index("pattern")
    assert names[at + 1 : at + 6] == NEW
    assert "process" not in plan.score(rows).columns
    with pytest.raises(aiueo.NotFoundError, match="detail=True"):
        plan.score(rows)["process.score"]
    for name in STEPS:
        assert scores[name].names == ("unknown", "not_achieved", "achieved")
        assert set(scores[name].counts()) == {*scores[name].names}
    assert min(scores.process.counts().values()) > 0
    frame = scores.to_pandas()
    assert list(frame["process"]) == scores.process.to_list()
    assert not frame["process"].cat.ordered
    table = scores.to_arrow()
    assert table.column("success").to_pylist() == scores.success.to_list()
    assert pa.types.is_floating(table.schema.field("success.score").type)


def test_scores_and_steps_agree(scores: aiueo.Scores) -> None:
    """Only a rung that is overdue parts the score and the step; accompany's score is touch."""
    threshold = 60
    for name, score in (("accompany", scores.touch), ("success", scores["success.score"])):
        known = ~np.isnan(score)
        assert (known == (scores[name] != "unknown")).all()
        assert ((score >= threshold) == (scores[name] == "achieved")).all()
    process = scores["process.score"]
    achieved = scores.process == "achieved"
    assert (process[achieved] >= threshold).all()
    overdue = (process >= threshold) & (scores.process == "not_achieved")
    assert overdue.any()
    assert not achieved[np.isnan(process)].any()
    mean = (scores["I"] + 2 * scores["U"]) / 3  # of the model's own weights
    default = scores.profile == "default"
    assert np.array_equal(np.rint(mean[default] * 2**20) / 2**20, process[default], equal_nan=True)


def test_the_explanation_shows_what_scoring_stores(
    plan: aiueo.Plan, rows: dict[str, list[Any]], scores: aiueo.Scores
) -> None:
    validator = jsonschema.Draft202012Validator(
        json.loads((SCHEMA / "explanation.schema.json").read_text(encoding="utf-8"))
    )
    for row in range(0, 600, 7):
        why = plan.explain(rows, row=row, initiatives=INITIATIVES)
        assert [error.message for error in validator.iter_errors(why)] == []
        assert [step.name for step in why.steps] == STEPS
        for step, score in zip(why.steps, ("touch", "process.score", "success.score")):
            assert scores[step.name][row] == WORDS[step.achieved]
            stored = float(scores[score][row])
            assert step.score == (None if np.isnan(stored) else stored)
            assert step.threshold == 60


def test_the_summary_counts_the_steps(
    plan: aiueo.Plan, rows: dict[str, list[Any]], scores: aiueo.Scores
) -> None:
    validator = jsonschema.Draft202012Validator(
        json.loads((SCHEMA / "summary.schema.json").read_text(encoding="utf-8"))
    )
    summary = scores.summary()
    assert [error.message for error in validator.iter_errors(summary)] == []
    assert [one["name"] for one in summary["steps"]] == STEPS
    for counted in summary["steps"]:
        assert {word: counted[word] for word in WORDS.values()} == scores[counted["name"]].counts()
    plain = plan.score(rows, initiatives=INITIATIVES).summary()
    assert plain["steps"] == summary["steps"]
    assert "not achieved" in str(summary)
    table = pa.table(rows)
    parts = [plan.score(table.slice(at, 200), initiatives=INITIATIVES) for at in (0, 200, 400)]
    first, *others = (part.summary() for part in parts)
    assert first.merge(*others)["steps"] == summary["steps"]


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (one(t=80, i=50, u=65), ["80, achieved", "60, achieved", "no score, not known"]),
        (
            one(t=59.9, i=0, u=89, o=60),
            ["59.9, not achieved", "59.3, not achieved", "60, achieved"],
        ),
        (
            one(i=80, u=80, done=False),
            ["no score, not known", "80, not achieved: a rung is overdue"],
        ),
        (one(u=80, done=False), ["no score", "no score, not achieved: a rung is overdue"]),
        (
            one(i=80, u=80, done=False, start=None),
            ["no score", "80, not known whether achieved: pe"],
        ),
        (one(i=80, done=False, start=None), ["no score", "no score, not known whether achieved\n"]),
    ],
)
def test_the_explanation_reads(row: dict[str, list[Any]], wanted: list[str]) -> None:
    text = str(aiueo.load(CHAIN).explain(row, row=0))
    for name, words in zip(STEPS, wanted):
        assert f"\n  {name}: {words}" in text


def test_a_model_without_steps_may_call_a_ladder_so(rows: dict[str, list[Any]]) -> None:
    model = {**CHAIN, "ladders": {"success": CHAIN["ladders"]["stage"]}}
    checked = aiueo.check(json.dumps(model))
    assert not checked.usable
    assert 'ladders.success cannot be the name of a ladder: the model has "steps"' in str(checked)
    del model["steps"]
    scores = aiueo.load(model).score(one(t=1, i=1, u=1, o=1), detail=True)
    assert scores.success.to_list() == ["Active"]
    assert scores.to_pandas()["success"].cat.ordered
    assert "process" not in scores.columns
    assert "steps" not in scores.summary()
