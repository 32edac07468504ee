"""Does the study of the bottleneck find what was planted, and does a matrix of correlations?

    ./dev run python tests/planted/chains.py                          # 200 seeds of each world
    ./dev run python tests/planted/chains.py --seeds 20 --worlds flows confounded --jobs 2

Prints the tables of README.md: planted × found, verdicts against the true ones, and how often the
intervals of conversion, effect and NRR difference hold the simulator's own values.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import aiueo
import aiueo.sim
import naive
from aiueo.sim.knobs import LINKS

#: Nothing is broken in it, yet usage is measured wrongly: no verdict on it is right or wrong.
NEITHER = ("drift",)
VERDICTS = ("flows", "inconclusive", "leaky", "weak", "starved", "unknown")
FIGURES = ("conversion", "comparison", "crude", "effect", "nrr_difference")
PARTS = ("value", "lower", "upper", "n")

#: One world seen: what was planted, found, and what a matrix of correlations says. Plain JSON.
Seen = dict[str, Any]


class Work(NamedTuple):
    """One world to look at."""

    world: str
    seed: int
    customers: int
    months: int

    def key(self) -> str:
        """What must be the same for a kept result to be this one's."""
        knobs = json.dumps(aiueo.sim.worlds[self.world].knobs.to_dict(), sort_keys=True)
        return "/".join([*map(str, self), f"{zlib.crc32(knobs.encode()):08x}"])


def _link(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a link."""
    out = {name: found[name] for name in ("verdict", "why", "lag_months", "concentration")}
    for name in (*FIGURES, "placebo", "prevalence", "recoverable_mrr_minor_units"):
        figure = found[name]
        out[name] = None if figure is None else [figure[part] for part in PARTS]
    out["below"] = [
        [segment["segment"], level["level"]]
        for segment in found["segments"]
        for level in segment["levels"]
        if level["below"]
    ]
    return out


def look(work: Work) -> Seen:
    """Simulate a world, study it, and ask the matrix of correlations."""
    world = aiueo.sim.worlds[work.world].simulate(work.customers, work.months, work.seed)
    plan = aiueo.load(world.model())
    evidence = plan.evidence(world.snapshots, world.contracts, initiatives=world.initiatives)
    found = evidence.study("bottleneck")
    return {
        "key": work.key(),
        "world": work.world,
        "seed": work.seed,
        "planted": list(world.knobs.planted),
        "principal": found["principal"],
        "lead_days": found["lead_days"],
        "links": {one["link"]: _link(one) for one in found["links"]},
        "naive": naive.correlations(plan, world, found["lead_days"]),
    }


def kept(file: Path | None) -> dict[str, Seen]:
    """Results of an earlier series, by key; a line that was cut off is left out."""
    out: dict[str, Seen] = {}
    if file and file.exists():
        for line in file.read_text().splitlines():
            try:
                seen = json.loads(line)
            except json.JSONDecodeError:
                continue
            out[seen["key"]] = seen
    return out


def each_world(
    worlds: Sequence[str],
    seeds: int,
    customers: int = 3000,
    months: int = 24,
    jobs: int = 1,
    keep: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> list[Seen]:
    """What was seen in each world with seeds 1, 2, 3 …

    In the folder ``keep`` each result is a line of JSON, and is taken from there if it is there: a
    long series can be stopped and taken up again. It must be of one library.
    """
    work = [
        Work(world, seed, customers, months) for world in worlds for seed in range(1, seeds + 1)
    ]
    file = keep / "chains.jsonl" if keep else None
    done = kept(file)
    missing = [one for one in work if one.key() not in done]

    def take(parts: Iterable[Seen]) -> None:
        progress(len(work) - len(missing), len(work))
        for count, seen in enumerate(parts, len(work) - len(missing) + 1):
            done[seen["key"]] = seen
            if file:
                with file.open("a") as out:
                    out.write(json.dumps(seen) + "\n")
            progress(count, len(work))

    if jobs > 1:
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            take(pool.imap_unordered(look, missing))
    else:
        take(map(look, missing))
    return [done[one.key()] for one in work]


# ── what is counted ──────────────────────────────────────────────────────────────────────────────


def answers(seen: Seen) -> dict[str, list[str]]:
    """The links that the study names, and those that each version of the matrix names."""
    told = {name: naive.named(seen["naive"][name], naive.ENOUGH[name]) for name in naive.ENOUGH}
    return {"study": seen["principal"], **told}


def right(planted: Sequence[str], named: Sequence[str]) -> bool:
    """Nothing is named where nothing was planted; else what is named was planted.

    Of several planted links any may be named: which costs most MRR is a matter of the sample.
    """
    return bool(named) == bool(planted) and set(named) <= set(planted)


def cell(named: Sequence[str]) -> str:
    return named[0] if len(named) == 1 else "two" if named else "none"


class Rates(NamedTuple):
    """Of one method, over worlds where a verdict can be right or wrong."""

    broken: int
    right: int  #: broken worlds in which what was planted was named, and nothing else
    among: int  #: the same, or it is one of two that could not be told apart
    intact: int
    alarms: int  #: intact worlds in which anything was named

    @property
    def power(self) -> float:
        return self.right / self.broken if self.broken else math.nan

    @property
    def alarm(self) -> float:
        return self.alarms / self.intact if self.intact else math.nan


def rates(all_seen: Iterable[Seen], method: str = "study") -> Rates:
    count: Counter[str] = Counter()
    for seen in all_seen:
        if seen["world"] in NEITHER:
            continue
        named = answers(seen)[method]
        if seen["planted"]:
            count["broken"] += 1
            count["right"] += right(seen["planted"], named)
            count["among"] += bool(set(named) & set(seen["planted"]))
        else:
            count["intact"] += 1
            count["alarms"] += bool(named)
    return Rates(*(count[name] for name in Rates._fields))


@cache
def truth_of(world: str, months: int, lead_days: int) -> dict[str, aiueo.sim.LinkTruth]:
    knobs = aiueo.sim.worlds[world].knobs
    return aiueo.sim.reference(knobs, months=months, lead_days=lead_days)


class Held(NamedTuple):
    """One figure of one link of one world, over the seeds."""

    world: str
    link: str
    figure: str
    truth: float  #: the simulator's, of latent states
    mean: float  #: of the values over the seeds: of states as they are measured
    defined: int
    inside: int
    below: int  #: the truth is below the interval
    around: int  #: intervals that hold the mean

    @property
    def above(self) -> int:
        return self.defined - self.inside - self.below


def held(all_seen: Sequence[Seen], months: int = 24) -> Iterator[Held]:
    """How often intervals hold the simulator's value, and the mean of all seeds."""
    by_world: dict[str, list[Seen]] = {}
    for seen in all_seen:
        if seen["world"] not in NEITHER:
            by_world.setdefault(seen["world"], []).append(seen)
    for world, group in by_world.items():
        truth = truth_of(world, months, group[0]["lead_days"])
        for link in LINKS:
            for figure in FIGURES:
                value = getattr(truth[link], figure)
                given = [seen["links"][link][figure] for seen in group]
                given = [one for one in given if one is not None and None not in one[:3]]
                if given and math.isfinite(value):
                    below = sum(value < low for _, low, _, _ in given)
                    above = sum(value > high for _, _, high, _ in given)
                    mean = sum(one[0] for one in given) / len(given)
                    inside = len(given) - below - above
                    around = sum(low <= mean <= high for _, low, high, _ in given)
                    counts = len(given), inside, below, around
                    yield Held(world, link, figure, value, mean, *counts)


def verdicts(all_seen: Iterable[Seen]) -> dict[tuple[str, str], Counter[str]]:
    """By link and what a right study says, how often it said what."""
    out: dict[tuple[str, str], Counter[str]] = {}
    for seen in all_seen:
        knobs = aiueo.sim.worlds[seen["world"]].knobs
        for link in LINKS:
            true = knobs.verdict(link)
            if true is not None:
                out.setdefault((link, true), Counter())[seen["links"][link]["verdict"]] += 1
    return out


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def _rows(head: Sequence[str], rows: Iterable[Sequence[Any]], words: int = 1) -> str:
    lines = ["| " + " | ".join(head) + " |"]
    lines.append("|" + " --- |" * words + " ---: |" * (len(head) - words))
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def confusion(all_seen: Sequence[Seen], method: str) -> str:
    """Planted × found."""
    found: dict[str, Counter[str]] = {}
    planted, good = {}, Counter[str]()
    for seen in all_seen:
        world, named = seen["world"], answers(seen)[method]
        found.setdefault(world, Counter())[cell(named)] += 1
        planted[world] = " and ".join(seen["planted"]) or "nothing"
        good[world] += right(seen["planted"], named)
    columns = (*LINKS, "none", "two")
    return _rows(
        ("world", "planted", *columns, "right"),
        (
            (
                world,
                planted[world],
                *(count[name] or "" for name in columns),
                "–" if world in NEITHER else f"{good[world] / sum(count.values()):.1%}",
            )
            for world, count in found.items()
        ),
        words=2,
    )


def verdict_table(all_seen: Sequence[Seen]) -> str:
    counts = sorted(verdicts(all_seen).items())
    return _rows(
        ("link", "true verdict", *VERDICTS, "right"),
        (
            (link, true, *(n[v] or "" for v in VERDICTS), f"{n[true] / sum(n.values()):.1%}")
            for (link, true), n in counts
        ),
        words=2,
    )


def held_table(figures: Sequence[Held]) -> str:
    """Over the worlds: the share that held, and the world that held least."""
    groups: dict[tuple[str, str], list[Held]] = {}
    for one in figures:
        groups.setdefault((one.figure, one.link), []).append(one)

    def line(key: tuple[str, str], of: list[Held]) -> Sequence[Any]:
        defined = sum(one.defined for one in of)
        share, below, above, around = (
            sum(getattr(one, name) for one in of) / defined
            for name in ("inside", "below", "above", "around")
        )
        least = min(of, key=lambda one: one.inside / one.defined)
        worst = f"{least.inside / least.defined:.0%} {least.world}"
        sides = f"{below:.1%}, {above:.1%}"
        return (*key, f"{around:.1%}", f"{share:.1%}", sides, worst)

    head = ("figure", "link", "hold the mean", "hold the truth", "truth below, above", "least")
    return _rows(head, (line(key, of) for key, of in groups.items()), words=2)


def each_figure(figures: Sequence[Held]) -> str:
    head = ("world", "link", "figure", "truth", "mean", "hold the truth", "truth below")
    return _rows(
        head,
        (
            (
                one.world,
                one.link,
                one.figure,
                f"{one.truth:.4f}",
                f"{one.mean:.4f}",
                f"{one.inside / one.defined:.1%}",
                f"{one.below / one.defined:.1%}",
            )
            for one in figures
        ),
        words=3,
    )


def summary(all_seen: Sequence[Seen]) -> str:
    names = {
        "study": "the study",
        "matrix": "correlations, same month, 0.3",
        "kind": "correlations, right lag, 0.1",
    }
    lines = []
    for method, name in names.items():
        one = rates(all_seen, method)
        lines.append(
            (
                name,
                f"{one.right} of {one.broken} ({one.power:.1%})",
                f"{one.among} ({one.among / max(one.broken, 1):.1%})",
                f"{one.alarms} of {one.intact} ({one.alarm:.1%})",
            )
        )
    head = ("", "broken: named, nothing else", "named, or one of two", "intact: anything named")
    return _rows(head, lines)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--worlds", nargs="*", default=list(aiueo.sim.worlds), metavar="WORLD")
    ask.add_argument("--seeds", type=int, default=200)
    ask.add_argument("--customers", type=int, default=3000)
    ask.add_argument("--months", type=int, default=24)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--keep", type=Path, help="a folder: what is there is not run again")
    ask.add_argument("--each", action="store_true", help="a line for each figure, too")
    given = ask.parse_args()
    for name in given.worlds:
        if name not in aiueo.sim.worlds:
            ask.error(f"no world {name!r}; there are {', '.join(aiueo.sim.worlds)}")
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()

    def progress(done: int, all_of_them: int) -> None:
        print(
            f"\r{done:,} of {all_of_them:,} worlds, {time.monotonic() - begin:.0f} s ",
            end="\n" if done == all_of_them else "",
            file=sys.stderr,
            flush=True,
        )

    size = given.seeds, given.customers, given.months
    seen = each_world(given.worlds, *size, given.jobs, given.keep, progress)
    figures = list(held(seen, given.months))
    print(summary(seen))
    for method, title in (
        ("study", "The study"),
        ("matrix", "A matrix of correlations"),
        ("kind", "The same with the right lag and a lower bar"),
    ):
        print(f"\n{title}:\n\n{confusion(seen, method)}")
    print(f"\nVerdicts:\n\n{verdict_table(seen)}")
    print(f"\nIntervals:\n\n{held_table(figures)}")
    if given.each:
        print(f"\n{each_figure(figures)}")


if __name__ == "__main__":
    main()
