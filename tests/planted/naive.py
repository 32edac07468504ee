"""What people do with a matrix of correlations, to compare with.

Touch against process and process against success, scores of all customer-months, known values
only; success before a contract end against renewed (0 or 1), and against grown (0 or 1) among the
renewed. The bottleneck is the link with the lowest correlation; there is none if all are above
what is usually read as "there is a relation".

The snapshots, the terms that count and the score of a step are those of the study: it is the
reasoning alone that differs. In two versions:

- ``matrix``: both scores of the same month, and 0.3 is enough. What a spreadsheet gives.
- ``kind``: the next step's score is that of the right number of months later, and 0.1 is enough,
  which was chosen on these very worlds to do best. Better than anybody could do with data of their
  own.
"""

from __future__ import annotations

from collections.abc import Mapping

import aiueo
import aiueo.sim
import numpy as np

LOOKS_BACK = 31  #: an end is seen from a snapshot at most so many days older than its lead

#: By version: the correlation that is enough.
ENOUGH = {"matrix": 0.3, "kind": 0.1}


class Scored:
    """The step scores of a world's snapshots, and where to find a customer's at a date."""

    def __init__(self, plan: aiueo.Plan, world: aiueo.sim.World) -> None:
        rows = world.snapshots
        scores = plan.score(rows, initiatives=world.initiatives, overrides=False)
        weights = world.model()["overall"]["weights"]

        def mean(*axes: str) -> np.ndarray:
            parts = [weights[axis] * np.asarray(scores[axis]) for axis in axes]
            return np.asarray(sum(parts) / sum(weights[axis] for axis in axes))

        self.touch = np.asarray(scores["touch"])
        self.process, self.success = mean("I", "U"), mean("E", "O")
        # Rows are by customer and date, so that one number orders them.
        self._keys, number = np.unique(rows["customer"].astype("S"), return_inverse=True)
        self._days = rows["as_of"].astype(int)
        self._months = rows["as_of"].astype("M8[M]").astype(int)
        self._number, self._by_day = number, number * 1_000_000 + self._days
        if (np.diff(self._by_day) <= 0).any():
            raise AssertionError("snapshots are not by customer and date")

    def later(self, months: int) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of rows of a customer so many months apart."""
        place = self._number * 10_000 + self._months
        at = np.minimum(np.searchsorted(place, place + months), len(place) - 1)
        there = place[at] == place + months
        return np.flatnonzero(there), at[there]

    def before(self, customer: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of these have a snapshot in the 31 days up to a day, and the row of it."""
        key, days = customer.astype("S"), day.astype(int)
        number = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        known = self._keys[number] == key
        at = np.searchsorted(self._by_day, number * 1_000_000 + days, side="right") - 1
        known &= (at >= 0) & (self._number[at] == number) & (self._days[at] >= days - LOOKS_BACK)
        return known, at[known]


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's, of pairs that are both known; NaN where one is constant."""
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if len(x) < 3 or x.std() == 0 or y.std() == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def correlations(
    plan: aiueo.Plan, world: aiueo.sim.World, lead_days: int
) -> dict[str, dict[str, float]]:
    """By version, the four that stand for the four links; ends seen from so many days before."""
    steps = Scored(plan, world)
    agreed = world.contracts
    use = (agreed["kind"] == "contract") & ~agreed.missing("outcome")
    use &= (agreed["end"] - agreed["start"]).astype(int) > lead_days
    seen, row = steps.before(agreed["customer"][use], agreed["end"][use] - lead_days)
    outcome, before, after = (
        agreed[name][use][seen] for name in ("outcome", "mrr_before", "mrr_after")
    )
    kept, success = outcome == "renewed", steps.success[row]
    ends = {
        "3-4a": correlation(success, kept.astype(float)),
        "3-4b": correlation(success[kept], (after > before)[kept].astype(float)),
    }
    found = {}
    for version, lag in (("matrix", 0), ("kind", world.knobs.lag)):
        now, then = steps.later(lag)
        found[version] = {
            "1-2": correlation(steps.touch[now], steps.process[then]),
            "2-3": correlation(steps.process[now], steps.success[then]),
            **ends,
        }
    return found


def named(found: Mapping[str, float], enough: float) -> list[str]:
    """The link with the lowest correlation, none where all are enough."""
    link = min(found, key=lambda name: found[name])
    return [] if found[link] > enough else [link]
