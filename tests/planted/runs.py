"""Many small portfolios of one planted world, and the whole that they come from.

A *run* is what one user would have: some hundred customers, their snapshots and contracts, and the
evidence of them. Customers of a world are independent of each other, so one simulation of a large
world is cut into runs: that is what makes thousands of them cheap. Seed s of a design is always
the same world, and run r of it the same customers, on every machine.

The truth of every figure is the library's own figure in the evidence of all runs together, which
is merged from theirs: what is asked is then exactly what is answered, quantised and cut alike.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

import aiueo
import aiueo.sim
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Looks at one run; must be a function of a module, for it travels between processes.
Look = Callable[["Design", aiueo.Evidence], Any]


@dataclass(frozen=True)
class Design:
    """A planted world, the size of a run of it, and what is asked of each run."""

    name: str
    about: str
    knobs: aiueo.sim.Knobs
    customers: int  #: of a run, counting those that never come to an end
    months: int = 24
    history: int = 12
    each_once: bool = False  #: no customer of it has two ends; checked in every run
    leads: tuple[int, ...] = (90, 0)
    #: name of a study and its options
    studies: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    runs_per_world: int = 25
    #: Snapshots that no contract end looks at are left out, as they are in no figure of these
    #: studies. Not for those that follow customers by the month.
    only_near_ends: bool = True
    model: Mapping[str, Any] = field(default_factory=dict)  #: sections that replace the world's

    def plan(self, world: aiueo.sim.World) -> aiueo.Plan:
        made = {**world.model(), **self.model}
        made["study"] = {**made["study"], "leads": list(self.leads)}
        return aiueo.load(made)


def world_of(design: Design, seed: int) -> aiueo.sim.World:
    return aiueo.sim.simulate(
        customers=design.customers * design.runs_per_world,
        months=design.months,
        seed=seed,
        knobs=design.knobs,
        history=design.history,
    )


def _by_customer(table: aiueo.sim.Table, seed: int) -> tuple[pa.Table, np.ndarray]:
    """In order of customers, and the number of each row's; keys that no other world has."""
    keys = table["customer"].astype("S")
    order = np.argsort(keys, kind="stable")
    out = pa.table(table[order] if (np.diff(order) != 1).any() else table)
    keys = pa.array(out["customer"].combine_chunks())
    renamed = pc.binary_join_element_wise(f"w{seed}", keys, "-")
    number = pc.cast(pc.utf8_slice_codeunits(keys, 2), pa.int64()).to_numpy()
    return out.set_column(out.column_names.index("customer"), "customer", renamed), number - 1


def evidence_of_runs(design: Design, seed: int) -> Iterator[aiueo.Evidence]:
    """The evidence of each run of a world."""
    world = world_of(design, seed)
    plan = design.plan(world)
    snapshots = world.snapshots
    if design.only_near_ends:
        end, as_of = snapshots["contract_end"], snapshots["as_of"]
        near = (end - as_of).astype(int) <= max(design.leads) + 31
        # On the day of a renewal the contract at hand is the next one already.
        turned = (end - end.astype("M8[M]")) == (as_of - as_of.astype("M8[M]"))
        snapshots = snapshots[near | turned]
    tables = [_by_customer(t, seed) for t in (snapshots, world.contracts, world.initiatives)]
    for r in range(design.runs_per_world):
        first, last = r * design.customers, (r + 1) * design.customers
        parts = []
        for table, number in tables:
            begin, end = np.searchsorted(number, (first, last))
            parts.append(table.slice(begin, end - begin))
        yield plan.evidence(parts[0], parts[1], initiatives=parts[2])


#: A world's work: its design and seed, how many of its runs, what looks at them, where it is kept.
Work = tuple[Design, int, int, Look, Union[Path, None]]


def _one_world(work: Work) -> tuple[list[Any], aiueo.Evidence]:
    design, seed, runs, look, keep = work
    file = keep and keep / f"{design.name}-{look.__name__}-{seed}-{runs}.pickle"
    if file and file.exists():
        return pickle.loads(file.read_bytes())
    seen: list[Any] = []
    whole: aiueo.Evidence | None = None
    for evidence in evidence_of_runs(design, seed):
        seen.append(look(design, evidence))
        if whole is None:
            whole = evidence
        else:
            whole.merge(evidence)
        if len(seen) == runs:
            break
    assert whole is not None
    if file:
        half = file.with_suffix(".part")
        half.write_bytes(pickle.dumps((seen, whole)))
        half.replace(file)
    return seen, whole


def each_run(
    design: Design,
    runs: int,
    look: Look,
    jobs: int = 1,
    first_seed: int = 1,
    progress: Callable[[int], None] = lambda done: None,
    keep: Path | None = None,
) -> tuple[list[Any], aiueo.Evidence]:
    """What `look` saw in each of so many runs, and the evidence of all of them together.

    In the folder `keep` each world's results are kept, and taken from there if they are there: a
    long series can be stopped and taken up again. It must be of one library and one design.
    """
    work: list[Work] = []
    left = runs
    while left > 0:
        here = min(left, design.runs_per_world)
        work.append((design, first_seed + len(work), here, look, keep))
        left -= here
    seen: list[Any] = []
    whole: aiueo.Evidence | None = None

    def take(parts: Any) -> None:
        nonlocal whole
        for found, world in parts:
            whole = world if whole is None else whole.merge(world)
            seen.extend(found)
            progress(len(seen))

    if jobs > 1:
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            take(pool.imap(_one_world, work))
    else:
        take(map(_one_world, work))
    assert whole is not None
    return seen, whole
