"""Limits that the driver sets hold on the workers, too: on the model, on states of partitions."""

from __future__ import annotations

import datetime
import pickle
from typing import Any

import cluster
import pytest

pa = pytest.importorskip("pyarrow")
if cluster.why_not():
    pytest.skip(cluster.why_not(), allow_module_level=True)

import aiueo  # noqa: E402
import aiueo.spark  # noqa: E402
from aiueo._errors import INVALID_ARGUMENT  # noqa: E402
from aiueo.spark._frames import plan_of  # noqa: E402
from aiueo.spark._partial import PARTS, Merge, Told  # noqa: E402
from aiueo.spark._worker import Parcel  # noqa: E402
from cluster import jobs  # noqa: E402
from tables import assert_same, without_dictionaries  # noqa: E402

pytestmark = pytest.mark.filterwarnings(cluster.IGNORE)
DAY = datetime.date(2026, 1, 31)
#: Its condition is deeper than is usually read.
MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "deep",
    "metrics": {"logins": {"type": "number"}},
    "axes": {"U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [9, 100]]}}}},
    "ladders": {
        "stage": [{"name": "Low"}, {"name": "High", "when": "(" * 70 + "U >= 50" + ")" * 70}]
    },
}
LIMITS = aiueo.Limits(max_condition_depth=71)


def small(rows: int = 20) -> tuple[Any, Any]:
    """Snapshots and contracts."""
    keys = [f"c-{k}" for k in range(rows)]
    snapshots = {"customer": keys, "as_of": [DAY] * rows, "logins": [k % 10 for k in range(rows)]}
    end = DAY + datetime.timedelta(days=95)
    contracts = {
        "customer": keys,
        "start": [end - datetime.timedelta(days=365)] * rows,
        "end": [end] * rows,
        "outcome": ["churned" if k % 3 == 0 else "renewed" for k in range(rows)],
        "mrr_before": [100] * rows,
        "mrr_after": [0 if k % 3 == 0 else 110 for k in range(rows)],
    }
    return pa.table(snapshots), pa.table(contracts)


def parcel_of(plan: aiueo.Plan) -> Parcel:
    payload = pickle.dumps((plan._source, {}, False))
    return Parcel(repr(plan.limits), payload, aiueo.version())


def test_a_worker_has_the_limits_of_the_driver() -> None:
    with pytest.raises(aiueo.ModelError, match="nested deeper than 64 levels"):
        plan_of(MODEL, None)
    plan = plan_of(MODEL, None, LIMITS)
    assert parcel_of(plan).open().plan.limits == plan.limits == LIMITS
    assert plan_of(plan, None) is plan
    with pytest.raises(aiueo.ArgumentError, match="has its limits already") as raised:
        plan_of(plan, None, LIMITS)
    assert raised.value.code == INVALID_ARGUMENT


@pytest.mark.parametrize("most", [None, 1])
def test_states_of_partitions_are_within_the_limits(most: int | None) -> None:
    limits = aiueo.Limits(max_condition_depth=71, max_integers=most)
    plan = aiueo.load(MODEL, limits=limits)
    state = bytes(plan.evidence(*small()))
    columns: tuple[Any, ...] = (0, 3, state, str(Told()), 0, "")
    part = pa.RecordBatch.from_arrays(
        [pa.array([value], one.type) for value, one in zip(columns, PARTS)], schema=PARTS
    )
    [merged] = Merge(parcel_of(plan))(iter([part]))
    [row] = merged.to_pylist()
    if most is None:
        assert (row["code"], row["state"]) == (0, state)
    else:
        assert (row["code"], row["partition"]) == (22, 3)
        assert "the state holds more than 1 integers" in row["message"]


@pytest.fixture(scope="module")
def spark() -> Any:
    return cluster.session()


def test_scores_and_evidence_within_other_limits(spark: Any) -> None:
    snapshots, contracts = small()
    frames = [spark.createDataFrame(one).repartition(2) for one in (snapshots, contracts)]
    before = jobs(spark)
    with pytest.raises(aiueo.ModelError, match="nested deeper than 64 levels"):
        aiueo.spark.score(frames[0], MODEL)
    assert jobs(spark) == before
    plan = aiueo.load(MODEL, limits=LIMITS)
    found = aiueo.spark.score(frames[0], MODEL, limits=LIMITS).toArrow()
    wanted = plan.score(snapshots).to_arrow()
    assert_same(found, without_dictionaries(wanted))
    seen = aiueo.spark.evidence(*frames, MODEL, limits=LIMITS, partitions=2)
    assert bytes(seen) == bytes(plan.evidence(snapshots, contracts))
    narrow = aiueo.Limits(max_condition_depth=71, max_integers=1)
    with pytest.raises(aiueo.ModelError, match="more than 1 integers"):
        aiueo.spark.evidence(*frames, MODEL, limits=narrow, partitions=2)
