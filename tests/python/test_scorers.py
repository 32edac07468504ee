"""Custom scorers: Python functions over chunks, their versions, and what they raise."""

from __future__ import annotations

import gc
import pickle
import traceback
import weakref
from typing import Any

import aiueo
import numpy as np
import pytest

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "own",
    "metrics": {"logins": {"type": "number"}, "seats": {"type": "number"}},
    "axes": {
        "U": {
            "components": {
                "pressure": {
                    "scorer": "seat_pressure",
                    "version": 2,
                    "metrics": ["logins", "seats"],
                    "params": {"most": 4},
                }
            }
        }
    },
    "overall": {"weights": {"U": 1}, "min_axes": 1},
}
ROWS = {"logins": [1.0, 8.0, None] * 2000, "seats": [2.0, 2.0, 2.0] * 2000}


@aiueo.scorer(version=2)
def seat_pressure(logins: Any, seats: Any, *, params: Any, as_of: Any) -> Any:
    assert np.isnan(as_of).all()
    return 100 * np.minimum(logins / seats / params["most"], 1)


def test_a_scorer_scores() -> None:
    plan = aiueo.load(MODEL, scorers={"seat_pressure": seat_pressure})
    scores = plan.score(ROWS)
    assert scores["U"][:2].tolist() == [12.5, 100.0]
    assert np.isnan(scores["U"][2])
    assert plan.score(ROWS, threads=2)["U"].tobytes() == scores["U"].tobytes()
    assert plan.score_one(logins=1, seats=2).U == 12.5
    assert plan.explain(ROWS, row=0).axis("U").score == 12.5
    again = pickle.loads(pickle.dumps(plan))
    assert again.score(ROWS)["U"].tobytes() == scores["U"].tobytes()


def test_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    from aiueo import _optional

    monkeypatch.setitem(_optional._found, "numpy", None)

    @aiueo.scorer(version=2)
    def by_hand(logins: memoryview, seats: memoryview) -> list[Any]:
        assert isinstance(logins, memoryview)
        return [None if a != a else min(100, 25 * a / b) for a, b in zip(logins, seats)]

    plan = aiueo.load(MODEL, scorers={"seat_pressure": by_hand})
    assert plan.score(ROWS)["U"].tolist()[:2] == [12.5, 100.0]


def test_what_is_out_of_range_counts_as_invalid() -> None:
    plan = aiueo.load(
        MODEL, scorers={"seat_pressure": aiueo.scorer(version=2)(lambda a, b: a * 0 + 101)}
    )
    scores = plan.score(ROWS)
    assert np.isnan(scores["U"]).all()
    assert scores.summary()["components"][0]["invalid"] > 0


def test_a_model_needs_its_scorers() -> None:
    with pytest.raises(aiueo.ModelError, match="seat_pressure"):
        aiueo.load(MODEL)
    with pytest.raises(aiueo.ModelError, match="version"):
        aiueo.load(MODEL, scorers={"seat_pressure": lambda a, b: a})
    with pytest.raises(aiueo.Error, match="seat_pressure"):
        aiueo.load(MODEL, scorers={"seat_pressure": aiueo.scorer(2)(lambda a: a)})
    with pytest.raises(aiueo.ArgumentError, match="no function"):
        aiueo.load(MODEL, scorers={"seat_pressure": 3})  # type: ignore[dict-item]


def raising(logins: Any, seats: Any) -> Any:
    raise ZeroDivisionError("no seats left")


def test_an_exception_comes_out_with_its_traceback() -> None:
    plan = aiueo.load(MODEL, scorers={"seat_pressure": aiueo.scorer(version=2)(raising)})
    calls: list[Any] = [
        lambda: plan.score(ROWS),
        lambda: plan.score(ROWS, threads=2),
        lambda: plan.score_one(logins=1, seats=2),
        lambda: plan.explain(ROWS, row=0),
    ]
    for call in calls:
        with pytest.raises(ZeroDivisionError, match="no seats left") as caught:
            call()
        assert any(frame.name == "raising" for frame in traceback.extract_tb(caught.tb))
        assert isinstance(caught.value.__cause__, aiueo.ScorerError)


def test_ctrl_c_in_a_scorer() -> None:
    @aiueo.scorer(version=2)
    def stop(logins: Any, seats: Any) -> Any:
        raise KeyboardInterrupt

    plan = aiueo.load(MODEL, scorers={"seat_pressure": stop})
    with pytest.raises(KeyboardInterrupt):
        plan.score(ROWS)


def test_answers_of_the_wrong_shape() -> None:
    @aiueo.scorer(version=2)
    def short(logins: Any, seats: Any) -> Any:
        return [1.0]

    plan = aiueo.load(MODEL, scorers={"seat_pressure": short})
    with pytest.raises(ValueError, match="returned shape"):
        plan.score(ROWS)


def test_inputs_are_read_only() -> None:
    @aiueo.scorer(version=2)
    def greedy(logins: Any, seats: Any) -> Any:
        logins[:] = 0
        return logins

    plan = aiueo.load(MODEL, scorers={"seat_pressure": greedy})
    with pytest.raises(ValueError, match="read-only"):
        plan.score(ROWS)


@pytest.mark.parametrize("with_numpy", [True, False])
def test_inputs_may_be_kept(with_numpy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a traceback does, which outlives the call."""
    from aiueo import _optional

    if not with_numpy:
        monkeypatch.setitem(_optional._found, "numpy", None)
    kept: list[tuple[Any, list[float]]] = []

    @aiueo.scorer(version=2)
    def keep(logins: Any, seats: Any, *, as_of: Any) -> Any:
        kept.extend((one, list(one)) for one in (logins, seats, as_of))
        return logins

    plan = aiueo.load(MODEL, scorers={"seat_pressure": keep})
    logins = [float(k) for k in range(6000)]
    plan.score({"logins": logins, "seats": logins, "as_of": ["2026-11-21"] * 6000})
    assert len(kept) > 3  # several chunks
    assert [value for one, _ in kept[::3] for value in one] == logins
    assert all(list(one) == then for one, then in kept)


def test_params_are_of_each_call() -> None:
    seen = []

    @aiueo.scorer(version=2)
    def pops(logins: Any, seats: Any, *, params: Any) -> Any:
        seen.append(params.pop("most", None))
        return logins

    for _ in range(2):
        aiueo.load(MODEL, scorers={"seat_pressure": pops}).score(ROWS)
    assert len(seen) > 2 and set(seen) == {4}


def test_what_is_masked_in_an_answer_is_unknown() -> None:
    for kind in (np.float64, np.int16):

        @aiueo.scorer(version=2)
        def masked(logins: Any, seats: Any, kind: Any = kind) -> Any:
            return np.ma.masked_array(np.full(len(logins), 7, dtype=kind), mask=logins != 1)

        masked.aiueo_inputs = 2  # type: ignore[attr-defined]
        scores = aiueo.load(MODEL, scorers={"seat_pressure": masked}).score(ROWS)
        assert scores["U"][0] == 7
        assert np.isnan(scores["U"][1:3]).all()


def test_callbacks_live_as_long_as_the_plan() -> None:
    class Scorer:
        def __call__(self, *inputs: Any) -> Any:
            return inputs[0]

    scorer = Scorer()
    scorer.aiueo_version = 2  # type: ignore[attr-defined]
    seen = weakref.ref(scorer)
    plan = aiueo.load(MODEL, scorers={"seat_pressure": scorer})
    del scorer
    gc.collect()
    assert seen() is not None
    assert plan.score(ROWS)["U"][0] == 1.0
    del plan
    gc.collect()
    assert seen() is None


def test_a_signal_at_the_door_of_a_scorer_is_not_lost() -> None:
    """Ctrl-C may strike where a callback begins, before it can catch anything."""
    import sys
    import types

    plan = aiueo.load(MODEL, scorers={"seat_pressure": seat_pressure})
    callback = plan._scorers.callbacks[0]  # type: ignore[union-attr]

    @aiueo.scorer(version=2)
    def struck(logins: Any, seats: Any) -> Any:
        interrupt = KeyboardInterrupt()
        sys.unraisablehook(  # as ctypes reports it
            types.SimpleNamespace(  # type: ignore[arg-type]
                exc_type=KeyboardInterrupt,
                exc_value=interrupt,
                exc_traceback=None,
                err_msg="Exception ignored on calling ctypes callback function",
                object=callback._run,
            )
        )
        return logins

    struck_plan = aiueo.load(MODEL, scorers={"seat_pressure": struck})
    with pytest.raises(KeyboardInterrupt):
        struck_plan.score(ROWS)
    assert plan.score(ROWS)["U"][0] == 12.5
