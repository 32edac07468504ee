"""How often does an interval hold the truth?

    ./dev run python tests/planted/interval_coverage.py                  # 2,000 runs of each design
    ./dev run python tests/planted/interval_coverage.py once --runs 500 --jobs 2

Prints the tables of README.md. For every figure of a design: the share of the runs in which its
interval was defined that have the truth in it. The truth is the figure of all runs together.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiueo
import numpy as np
from designs import COVERAGE
from figures import figures_of
from runs import Design, each_run

SMALL = 30  #: fewer observations a run than this are told apart
PARTS = ("value", "lower", "upper", "n")

#: (kind, which) → the four parts of a figure.
Seen = dict[tuple[str, str], tuple[float, float, float, float]]


def look(design: Design, evidence: aiueo.Evidence) -> Seen:
    """All figures of a run's studies."""
    out: Seen = {}
    for name, options in design.studies:
        found = evidence.study(name, **options)
        if found.get("each_once", design.each_once) != design.each_once and found["customers"]:
            raise AssertionError(f"{design.name}: each customer once is {found['each_once']}")
        trial = options.get("kind") == "trial"
        for kind, which, figure in figures_of(found):
            kind = f"{kind} (trials)" if trial else kind
            if (kind, which) in out:
                raise AssertionError(f"two figures are named {kind} {which}")
            out[kind, which] = tuple(
                math.nan if figure[part] is None else float(figure[part]) for part in PARTS
            )
    return out


@dataclass(frozen=True)
class Covered:
    """One figure over the runs. Arrays have an element a run."""

    kind: str
    which: str
    truth: float
    n: float  #: observations a run
    defined: np.ndarray  #: the interval is
    below: np.ndarray  #: the truth is below the interval
    above: np.ndarray

    @property
    def inside(self) -> np.ndarray:
        return self.defined & ~self.below & ~self.above

    @property
    def share(self) -> float:
        return float(self.inside.sum() / self.defined.sum()) if self.defined.any() else math.nan


def covered(seen: Sequence[Seen], truth: Seen) -> list[Covered]:
    """Every figure that the truth has a value of."""
    out = []
    for (kind, which), (value, _, _, n) in truth.items():
        if not math.isfinite(value):
            continue
        nothing = (math.nan,) * len(PARTS)
        of = np.array([one.get((kind, which), nothing) for one in seen])
        defined = np.isfinite(of[:, 1]) & np.isfinite(of[:, 2])
        # A bound and the truth are sums in different orders; the last digits are not asked.
        slack = 1e-9 * max(1.0, abs(value))
        with np.errstate(invalid="ignore"):
            below = defined & (value < of[:, 1] - slack)
            above = defined & (value > of[:, 2] + slack)
        out.append(Covered(kind, which, value, n / len(seen), defined, below, above))
    return out


@dataclass(frozen=True)
class Kind:
    """Figures of one kind together."""

    kind: str
    figures: int
    defined: float  #: share of the figures and runs with an interval
    coverage: float
    error: float  #: Monte-Carlo standard error of coverage; figures of one run move together
    least: float  #: coverage of the figure that has least
    most: float
    below: float  #: share with the truth below the interval
    above: float


def together(kind: str, figures: Sequence[Covered]) -> Kind:
    defined = np.sum([one.defined for one in figures], axis=0)
    inside = np.sum([one.inside for one in figures], axis=0)
    all_defined = int(defined.sum())
    runs = len(defined)
    if all_defined == 0:
        return Kind(kind, len(figures), 0, *[math.nan] * 6)
    share = inside.sum() / all_defined
    # The ratio's error, runs being what was drawn (Cochran: Sampling Techniques, 6.4).
    error = math.sqrt(float(((inside - share * defined) ** 2).sum())) / all_defined
    often = [one.share for one in figures if one.defined.sum() >= runs / 2]
    return Kind(
        kind,
        len(figures),
        all_defined / (runs * len(figures)),
        float(share),
        error,
        min(often, default=math.nan),
        max(often, default=math.nan),
        float(np.sum([one.below for one in figures]) / all_defined),
        float(np.sum([one.above for one in figures]) / all_defined),
    )


def by_kind(figures: Iterable[Covered], small: bool) -> list[Kind]:
    groups: dict[str, list[Covered]] = {}
    for one in figures:
        if (one.n < SMALL) == small and one.n > 0:
            groups.setdefault(one.kind, []).append(one)
    return [together(kind, group) for kind, group in sorted(groups.items())]


def measure(
    design: Design, runs: int, jobs: int = 1, first_seed: int = 1, keep: Path | None = None
) -> list[Covered]:
    begin = time.monotonic()

    def progress(done: int) -> None:
        print(
            f"\r{design.name}: {done:,} of {runs:,} runs, {time.monotonic() - begin:.0f} s ",
            end="\n" if done == runs else "",
            file=sys.stderr,
            flush=True,
        )

    seen, whole = each_run(design, runs, look, jobs, first_seed, progress, keep)
    return covered(seen, look(design, whole))


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.1%}"


def table(kinds: Sequence[Kind]) -> str:
    head = "| figure | figures | defined | coverage | ± | least – most | truth below, above |"
    lines = [head, "| --- | ---: | ---: | ---: | ---: | --- | --- |"]
    for one in kinds:
        cells = (
            one.kind,
            str(one.figures),
            f"{one.defined:.1%}",
            _percent(one.coverage),
            _percent(one.error),
            f"{_percent(one.least)} – {_percent(one.most)}",
            f"{_percent(one.below)}, {_percent(one.above)}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("design", nargs="*", default=list(COVERAGE), help=", ".join(COVERAGE))
    ask.add_argument("--runs", type=int, default=2000)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--keep", type=Path, help="a folder: what is there is not run again")
    ask.add_argument("--each", action="store_true", help="a line for each figure, too")
    given = ask.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    for name in given.design:
        design = COVERAGE[name]
        figures = measure(design, given.runs, given.jobs, keep=given.keep)
        print(f"\n### {name}: {design.about}; {given.runs:,} runs of {design.customers} customers")
        for small in (False, True):
            kinds = by_kind(figures, small)
            if kinds:
                print(f"\n{'Fewer than' if small else 'At least'} {SMALL} observations a run:\n")
                print(table(kinds))
        if given.each:
            print()
            for one in figures:
                print(
                    f"{one.kind} [{one.which}] truth {one.truth:.4g} n {one.n:.1f} "
                    f"defined {one.defined.mean():.3f} coverage {one.share:.3f} "
                    f"below {one.below.mean():.3f} above {one.above.mean():.3f}"
                )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
