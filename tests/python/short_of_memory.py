"""Every call of the package while the library's n-th allocation fails: a script that
test_short_of_memory.py runs with tests/support/failing_new.cpp preloaded. Prints JSON: of each call
how often memory failed, and how often that was answered otherwise than by MemoryError."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiueo
from histories import MODEL, small_contracts, small_ledger, small_rows
from portfolio import INITIATIVES, bits, snapshots

Call = Callable[[], Any]

memory = ctypes.CDLL(os.environ["LD_PRELOAD"])
memory.aiueo_fail_at.argtypes = [ctypes.c_int64]
memory.aiueo_fail_at.restype = None


def calls() -> dict[str, Call]:
    """Each call, giving what can be compared. What it needs is made beforehand, or by the call."""
    with open(sys.argv[1], encoding="utf-8") as file:
        model = json.load(file)
    plan = aiueo.load(model)
    rows = snapshots(40)
    earlier = {**rows, "logins_28d": [1] * 40}
    small_model = {**MODEL, "study": {**MODEL["study"], "ranks": ["C", "B", "A"]}}
    small = aiueo.load(small_model)
    small_batch = small_rows()
    state = bytes(small.evidence(small_batch, small_contracts(), ledger=small_ledger()))
    scores = plan.score(rows, detail=True)
    other = {**small_model, "overall": {"weights": {"U": 2, "E": 1}}}
    ranks = {"customer": ["a", "b"], "as_of": ["2026-01-31"] * 2, "rank": ["A", "B"]}
    folder = Path(tempfile.mkdtemp())

    def evidence() -> bytes:
        seen = aiueo.Evidence(small)
        prepared = small.contracts(small_contracts())
        ledger = small.ledger(small_ledger())
        seen.update(small_batch, prepared, ledger=ledger, data_until="2026-06-30")
        return bytes(seen)

    def merged() -> bytes:
        one, two = small.read_evidence(state), small.read_evidence(state)
        return bytes(one.merge(two))

    def written() -> bytes:
        path = folder / "state"
        path.unlink(missing_ok=True)
        try:
            small.read_evidence(state).write(path)
        except MemoryError:
            assert not any(folder.iterdir()), "something half-written"
            raise
        return path.read_bytes()

    def changed() -> Any:
        found = plan.change(earlier, rows)
        return found.to_dict(), str(found)

    def scored_by_callback() -> Any:
        with_scorer = aiueo.load(
            {
                **small_model,
                "axes": {"U": {"components": {"own": {"scorer": "own", "metrics": ["logins"]}}}},
                "overall": {"weights": {"U": 1}},
            },
            scorers={"own": lambda logins: logins * 10},
        )
        return bits(with_scorer.score(small_batch))

    def listed(name: str) -> Call:
        def make() -> Any:
            found = plan.act(name, rows)
            return found.to_dict(), found.text("en"), found.text("ja")

        return make

    def studied(name: str) -> Call:
        def make() -> Any:
            found = small.read_evidence(state).study(name)
            return found.to_dict(), found.text("en"), found.text("ja")

        return make

    out: dict[str, Call] = {
        "load": lambda: aiueo.load(model).describe(),
        "check": lambda: [str(p) for p in aiueo.check({**model, "metrics": {}})],
        "schema": aiueo.schema,
        "score": lambda: bits(plan.score(rows, initiatives=INITIATIVES, detail=True)),
        "score texts": lambda: bits(
            plan.score({k: [None if x is None else str(x) for x in v] for k, v in rows.items()})
        ),
        "score one": lambda: repr(plan.score_one(as_of="2026-11-21", seats=3, plan="trial")),
        "scorer": scored_by_callback,
        "summary": lambda: str(scores.summary()),
        # Without an Arrow library, whose own allocations would fail, too.
        "arrow": lambda: str(type(scores.__arrow_c_stream__())),
        "explain": lambda: str(plan.explain(rows, row=3)),
        "gap": lambda: str(plan.gap(rows, row=3)),
        "change": changed,
        "rollup": lambda: str(plan.rollup({**rows, "parent": ["p", "q"] * 20})),
        "compare": lambda: str(small.compare(aiueo.load(other), small_batch).to_dict()),
        "evidence": evidence,
        "ranks": lambda: str(type(small.ranks(ranks))),
        "merge": merged,
        "write": written,
        "next": listed("next"),
    }
    out.update({f"study {name}": studied(name) for name in aiueo.studies()})
    return out


def told(call: Call) -> str:
    return repr(call())


def tried(call: Call) -> dict[str, Any]:
    """Fails the first, second, … allocation; where there are hundreds, some of them."""
    wanted = told(call)
    failed, wrong, at = 0, [], 1
    while True:
        memory.aiueo_fail_at(at)
        answer = None
        try:
            answer = told(call)
        except MemoryError:
            pass
        except BaseException as error:  # whatever it is, it is reported
            answer = repr(error)
        if not memory.aiueo_has_failed():
            break
        failed += 1
        # A cache that does without is as good: then the answer must be the usual one.
        if answer is not None and answer != wanted:
            wrong.append([at, answer[:300]])
        at += 1 + at // 40
    if answer != wanted or told(call) != wanted:
        wrong.append([0, "after all of it the answer is another"])
    return {"failed": failed, "wrong": wrong}


def main() -> None:
    warnings.simplefilter("ignore")
    print(json.dumps({name: tried(call) for name, call in calls().items()}))


if __name__ == "__main__":
    main()
