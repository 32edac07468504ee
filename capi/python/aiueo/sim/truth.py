"""What is true of a world: rates that were planted, counts on the latent states, effects that act.

Counts follow the definitions of the bottleneck study (eligible periods, contrast within customers
and tenure bands, Mantel-Haenszel at contract ends), but on latent states, free of measurement. A
study of the tables estimates ``conversion``, ``comparison`` and ``effect``; ``causal`` says what
a step really does at the moment it acts. Looked at ``lead_days`` before a contract end, success
seems to do less than at the eve of it, when it decides. Sampling error of one world aside, use
``reference`` for the values that intervals should cover.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decisions import INITIATIVES, OPEN, OUTCOMES, RENEWED
from .knobs import LINKS, PLANS, VARIANTS, Knobs
from .people import People
from .process import Process, effective
from .table import Table
from .tables import day_of

Array = NDArray[Any]
TENURE_BANDS = (3, 12)  # months 0-2, 3-11, 12 and later
NAN = float("nan")


@dataclass(frozen=True)
class LinkTruth:
    """One link. Rates are shares from 0 to 1; undefined ones are NaN."""

    name: str
    kind: str  #: flowing, leaky, broken, or custom
    verdict: str | None  #: what a right study says; None where the rates are the user's own
    without: float  #: planted rate without the step before (see ``Link``)
    with_: float  #: planted rate with it
    eligible: int  #: customer-months (1-2, 2-3), contract ends (3-4a) or renewed ones (3-4b)
    prevalence: float  #: share of the eligible with the step before achieved
    conversion: float  #: share of those that reach the next step
    comparison: float  #: the same without the step before
    crude: float  #: their difference, confounded by who customers are
    effect: float  #: the contrast that the study's definition asks for
    causal: float  #: mean true effect of the step before over the eligible
    #: MRR after contract ends ÷ MRR before, where the next step is achieved minus where the step
    #: before alone is
    nrr_difference: float


@dataclass(frozen=True)
class Truth:
    """The truth of a world; ``to_dict`` is what ``truth.json`` holds."""

    knobs: Knobs
    planted: tuple[str, ...]  #: links that do not do what they should
    principal: str | None  #: the one that costs most MRR; None if nothing is planted
    gains: dict[str, float]  #: yen of MRR at the last observed month were a planted link to flow
    links: dict[str, LinkTruth]
    initiatives: dict[str, dict[str, float]]
    ends: Table  #: true probabilities of every decision, also after ``data_until``
    _people: People
    _process: Process
    _window: tuple[int, int]

    def by_segment(self, link: str, variable: str, lead_days: int = 0) -> dict[str, LinkTruth]:
        """A link's truth in each level of ``plan``, ``industry``, ``team`` or ``term_months``."""
        codes, names = self._people.levels(variable)
        return {
            name: link_truth(
                link,
                self.knobs,
                self._people,
                self._process,
                *self._window,
                codes == code,
                lead_days,
            )
            for code, name in enumerate(names)
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: undefined figures are None, ``ends`` is a dictionary of lists."""
        ends: dict[str, list[Any]] = {}
        for name in self.ends:
            values = self.ends[name]
            holes = self.ends.missing(name)
            plain = values.astype(str).tolist() if values.dtype.kind == "M" else values.tolist()
            ends[name] = [None if hole else value for value, hole in zip(plain, holes.tolist())]
        return {
            "knobs": self.knobs.to_dict(),
            "planted": list(self.planted),
            "principal": self.principal,
            "gains": self.gains,
            "links": {name: _plain(asdict(link)) for name, link in self.links.items()},
            "initiatives": {name: _plain(facts) for name, facts in self.initiatives.items()},
            "ends": ends,
        }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(v, float) and v != v else v for key, v in values.items()}


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else NAN


def link_truth(
    name: str,
    knobs: Knobs,
    people: People,
    process: Process,
    begin: int,
    end: int,
    who: Array | None = None,
    lead_days: int = 0,
) -> LinkTruth:
    """Count one link over simulated months ``begin`` to ``end`` (exclusive), for all or some.

    ``lead_days``: how long before a contract end success is looked at (3-4a, 3-4b).
    """
    ends = _Ends(process, begin, end, who, lead_days)
    if name in LINKS[:2]:
        counts = _monthly(name, knobs, people, process, begin, end, who)
    else:
        counts = _at_ends(name, people, ends)
    link = effective(knobs).link(name)
    rates = link.without, link.with_
    return LinkTruth(
        name,
        link.kind,
        knobs.verdict(name),
        *rates,
        **counts,
        nrr_difference=ends.retained_difference(name),
    )


class _Ends:
    """The contract ends that count, and the steps as they stood when they were looked at."""

    def __init__(
        self, process: Process, begin: int, end: int, who: Array | None, lead_days: int
    ) -> None:
        rows = process.ends
        # Month-ends from the latest snapshot at least so many days before an end to the month of
        # the end: 1 at its eve, 4 at 90 days (3 for the 28th of two months of the year).
        back = 1 + round(lead_days / 30.4)
        # The snapshot must lie inside the window, and the lead inside the term.
        use = ~rows["trial"] & (rows["outcome"] != OPEN) & (rows["term"] * 30.4 > lead_days)
        use &= (rows["end"] - back >= begin) & (rows["end"] < end)
        if who is not None:
            use &= who[rows["customer"]]
        self.rows = {name: values[use] for name, values in rows.items()}
        at = self.rows["end"] - back, self.rows["customer"]
        self.touch, self.process, self.success = (
            step[at] for step in (process.touch, process.process, process.success)
        )
        self.renewed = self.rows["outcome"] == RENEWED
        self.grown = self.renewed & (self.rows["after"] > self.rows["before"])

    def retained_difference(self, name: str) -> float:
        """Retention of revenue with the next step minus that with the step before alone."""
        with_, alone = {
            "1-2": (self.process, self.touch & ~self.process),
            "2-3": (self.success, self.process & ~self.success),
            "3-4a": (self.success & self.renewed, self.success & ~self.renewed),
            "3-4b": (self.success & self.grown, self.success & self.renewed & ~self.grown),
        }[name]
        before, after = self.rows["before"], self.rows["after"]
        return _ratio(after[with_].sum(), before[with_].sum()) - _ratio(
            after[alone].sum(), before[alone].sum()
        )


def _monthly(
    name: str,
    knobs: Knobs,
    people: People,
    process: Process,
    begin: int,
    end: int,
    who: Array | None,
) -> dict[str, Any]:
    lag = knobs.lag
    step, then = (
        (process.touch, process.process) if name == "1-2" else (process.process, process.success)
    )
    (low, high), (lose_low, lose_high) = process.hazards[name], process.losses[name]
    seen, n = process.paid, len(people)
    tally = np.zeros((4, 3, n), dtype=np.int32)  # n1, x1, n0, x0 by tenure band and customer
    causal = 0.0
    for t in range(begin, end - lag):
        eligible = seen[t] & seen[t + lag] & ~then[t]
        if who is not None:
            eligible &= who
        band = np.searchsorted(TENURE_BANDS, t - people.start, side="right")
        i = np.flatnonzero(eligible)
        one, reached = step[t, i], then[t + lag, i]
        for row, hit in enumerate((one, one & reached, ~one, ~one & reached)):
            tally[row, band[i[hit]], i[hit]] += 1
        # The month's step acts in month t + lag; before that, hazards are settled by months
        # already past.
        achieved = np.zeros(len(i))
        for s in range(t + 1, t + lag):
            before = step[s - lag, i] if s >= lag else np.zeros(len(i), dtype=bool)
            keep = 1 - np.where(before, lose_high[i], lose_low[i])
            achieved = achieved * keep + (1 - achieved) * np.where(before, high[i], low[i])
        causal += float(
            np.sum((1 - achieved) * (high[i] - low[i]) + achieved * (lose_low[i] - lose_high[i]))
        )
    n1, x1, n0, x0 = tally.astype(np.float64)
    p1, p0 = _ratio(x1.sum(), n1.sum()), _ratio(x0.sum(), n0.sum())
    total = n1.sum() + n0.sum()
    return {
        "eligible": int(total),
        "prevalence": _ratio(n1.sum(), total),
        "conversion": p1,
        "comparison": p0,
        "crude": p1 - p0,
        "effect": _ratio((x1 * n0 - x0 * n1).sum(), (n1 * n0).sum()),
        "causal": _ratio(causal, total),
    }


def _at_ends(name: str, people: People, ends: _Ends) -> dict[str, Any]:
    growth = name == "3-4b"
    use = ends.renewed if growth else np.ones(len(ends.renewed), dtype=bool)
    rows = {key: values[use] for key, values in ends.rows.items()}
    y, step = (ends.grown if growth else ends.renewed)[use], ends.success[use]
    p1, p0 = _ratio(y[step].sum(), step.sum()), _ratio(y[~step].sum(), (~step).sum())
    band = np.searchsorted([2, 13], rows["term"], side="right")
    effects = []
    for variable in ("plan", "industry", "term_months"):
        level = people.levels(variable)[0][rows["customer"]]
        effects.append(_mantel_haenszel(step, y, level * 3 + band))
    # The farthest from the crude difference: that variable confounds most.
    known = [effect for effect in effects if effect == effect]
    rates = "growth" if growth else "p"
    gain = rows[rates + "_with"] - rows[rates + "_without"]
    return {
        "eligible": len(y),
        "prevalence": _ratio(step.sum(), len(y)),
        "conversion": p1,
        "comparison": p0,
        "crude": p1 - p0,
        "effect": max(known, key=lambda effect: abs(effect - (p1 - p0)), default=NAN),
        "causal": float(gain.mean()) if len(y) else NAN,
    }


def _mantel_haenszel(step: Array, y: Array, stratum: Array) -> float:
    """Mantel-Haenszel risk difference (Greenland and Robins 1985)."""
    count = int(stratum.max()) + 1 if len(stratum) else 0
    n1 = np.bincount(stratum[step], minlength=count).astype(float)
    n0 = np.bincount(stratum[~step], minlength=count).astype(float)
    x1 = np.bincount(stratum[step & y], minlength=count)
    x0 = np.bincount(stratum[~step & y], minlength=count)
    total = np.maximum(n1 + n0, 1)
    return _ratio(((x1 * n0 - x0 * n1) / total).sum(), (n1 * n0 / total).sum())


def initiative_truth(
    people: People, process: Process, knobs: Knobs, begin: int, end: int
) -> dict[str, dict[str, float]]:
    """Real effects: log-odds, and mean change of the renewal probability of exposed and of all.

    ``effect`` may be 0 while ``association`` (renewal with minus without exposure) is not: those
    who come and answer differ. For the call to action: true rates by variant.
    """
    rows, found = process.ends, {}
    use = ~rows["trial"] & (rows["outcome"] != OPEN) & (rows["end"] > begin) & (rows["end"] < end)
    renewed = rows["outcome"] == RENEWED
    sizes = (knobs.user_meeting_effect, knobs.nps_answer_effect, knobs.case_study_effect)
    for name, size in zip(INITIATIVES, sizes):
        exposed = rows["exposed_" + name]
        lift = rows["lift_" + name]
        with_, without = use & exposed, use & ~exposed
        found[name] = {
            "effect": size if knobs.signal else 0.0,
            "on_exposed": float(lift[with_].mean()) if with_.any() else NAN,
            "on_all": float(lift[use].mean()) if use.any() else NAN,
            "association": _ratio(renewed[with_].sum(), with_.sum())
            - _ratio(renewed[without].sum(), without.sum()),
        }
    found[INITIATIVES[3]] = dict(zip((*VARIANTS, "holdout"), knobs.action_rates))
    return found


def ends_table(people: People, process: Process, first: np.datetime64) -> Table:
    """Every decided contract end: what came, and how likely it truly was.

    ``p`` is the probability of renewal (of conversion for a trial), ``p_with`` and ``p_without``
    what it would have been with success achieved or not; ``growth`` is the probability of growth
    given renewal.
    """
    rows = process.ends
    use = rows["outcome"] != OPEN
    part = {name: values[use] for name, values in rows.items()}
    i = part["customer"]
    success = part["success"]
    return Table(
        {
            "customer": people.key[i],
            "end": day_of(first, part["end"], people.day[i]),
            "term_months": part["term"],
            "kind": np.where(part["trial"], "trial", "contract").astype(object),
            "plan": np.asarray(PLANS, dtype=object)[people.plan[i]],
            "outcome": np.asarray(OUTCOMES, dtype=object)[part["outcome"]],
            "success": success,
            "p": part["p"],
            "p_with": part["p_with"],
            "p_without": part["p_without"],
            "growth": part["growth"],
            "mrr_before": part["before"],
            "mrr_after": part["after"],
        }
    )
