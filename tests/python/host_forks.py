"""A host that forks after it has loaded a model, as servers do: a script that tests run, so that
the process has no threads but its own. Prints what the children found, as JSON."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import aiueo
from histories import MODEL, small_contracts, small_rows
from portfolio import INITIATIVES, bits, snapshots

ROWS = snapshots(300)


def told(plan: aiueo.Plan) -> dict[str, Any]:
    """Every kind of call, of a plan that was loaded before the fork and of one that is after it."""
    small = aiueo.load(MODEL)
    seen = small.evidence(small_rows(), small_contracts())
    return {
        "scores": bits(plan.score(ROWS, initiatives=INITIATIVES, detail=True)),
        "one": repr(plan.score_one(as_of="2026-11-21", seats=3, plan="trial", logins_28d=30)),
        "explain": str(plan.explain(ROWS, row=7)),
        "act": plan.act("next", ROWS).head,
        "state": bytes(seen),
        "study": seen.study("renewal").text(),
    }


def children(count: int, work: Callable[[], bool]) -> list[int]:
    """The exit statuses of so many children: 0 if `work` held; the parent works beside them."""
    started = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            status = 2
            try:
                status = 0 if work() else 1
            finally:
                os._exit(status)  # nothing of the parent is ended twice
        started.append(child)
    mine = work()
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in started]
    return [*statuses, 0 if mine else 1]


PLAN: aiueo.Plan
WANTED: dict[str, Any]


def again(_: int = 0) -> bool:
    return all(told(PLAN) == WANTED for _ in range(5))


def main() -> None:
    global PLAN, WANTED
    with open(sys.argv[1], encoding="utf-8") as file:
        PLAN = aiueo.load(json.load(file))
    WANTED = told(PLAN)
    held = PLAN.score(ROWS, detail=True)
    before = bits(held)
    found: dict[str, Any] = {"prefork": children(4, again)}
    found["nested"] = children(1, lambda: children(1, again) == [0, 0])
    with multiprocessing.get_context("fork").Pool(3) as pool:
        found["pool"] = pool.map(again, range(6))

    # Forked while other threads of the parent are in the library.
    stop = threading.Event()

    def score() -> None:
        while not stop.is_set():
            told(PLAN)

    threads = [threading.Thread(target=score) for _ in range(3)]
    for one in threads:
        one.start()
    found["beside threads"] = [children(2, again) for _ in range(3)]
    stop.set()
    for one in threads:
        one.join()
    found["parent"] = again() and bits(held) == before
    print(json.dumps(found))


if __name__ == "__main__":
    main()
