"""Contracts: how they begin, and what is decided at their ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .knobs import Knobs
from .people import People
from .streams import Streams, logistic, logit

Array = NDArray[Any]

NONE, TRIAL, PAID, GONE = 0, 1, 2, 3
OUTCOMES = ("", "renewed", "churned", "converted", "lapsed")
OPEN, RENEWED, CHURNED, CONVERTED, LAPSED = range(5)
INITIATIVES = ("user_meeting", "nps", "case_study", "setup-mail-2")

#: Monthly contracts decide twelve times as often: they are left and changed less at each end.
MONTHLY_CHURN, MONTHLY_GROWTH = 0.4, 0.6


class Decisions:
    """The state of every contract, advanced by the month, and a row for each that was."""

    def __init__(
        self,
        people: People,
        knobs: Knobs,
        streams: Streams,
        total: int,
        link_rates: dict[str, tuple[Array, Array]],
    ) -> None:
        n = len(people)
        self._people, self._knobs, self._streams = people, knobs, streams
        self._renewal, self._growth = link_rates["3-4a"], link_rates["3-4b"]
        self._shock = knobs.month_shock * streams.normal("shock", total)
        self.status = np.zeros(n, dtype=np.int8)
        self.mrr = np.zeros(n, dtype=np.int64)
        self.begin, self.end, self.since, self.length = (
            np.full(n, -1, dtype=np.int64) for _ in range(4)
        )
        self._parts: list[dict[str, Array]] = []

    def status_is(self, *states: int) -> Array:
        """True for the customers in one of the states."""
        hit: Array = self.status == states[0]
        for state in states[1:]:
            hit |= self.status == state
        return hit

    def month(self, month: int, ready: Array, success: Array, last: dict[str, Array]) -> None:
        """Decide the contracts that end in ``month``, from the states a month-end before."""
        n, people = len(self.status), self._people
        u = {
            name: self._streams.next("deal/" + name, n)
            for name in ("trial", "renew", "grow", "factor", "shrink", "return")
        }
        gone = self.status_is(GONE)
        due = self.status_is(TRIAL, PAID) & (self.end == month)
        if due.any():
            self._decide(month, np.flatnonzero(due), ready, success, last, u)

        arrive = people.start == month
        self._open(arrive & people.trial, TRIAL, month, np.ones(n, dtype=np.int64), 0)
        self._open(arrive & ~people.trial, PAID, month, people.term, people.mrr)
        self.since[arrive] = month

        # Who lapsed in a trial never had MRR and does not come back; nor does one leave and
        # return at once.
        back = gone & (self.mrr > 0) & (u["return"] < self._knobs.reactivation)
        self._open(
            back, PAID, month, np.maximum(people.term, 12), np.maximum(self.mrr // 1000 * 800, 1000)
        )
        self.since[back] = month

    def _open(self, who: Array, status: int, month: int, length: Array, mrr: Any) -> None:
        self.status[who] = status
        self.begin[who] = month
        self.length[who] = length[who]
        self.end[who] = month + length[who]
        self.mrr[who] = mrr[who] if isinstance(mrr, np.ndarray) else mrr

    def _chances(
        self, i: Array, month: int, success: Array, last: dict[str, Array]
    ) -> dict[str, Array]:
        """True probabilities of renewal and growth, as is and with each cause switched."""
        knobs, people = self._knobs, self._people
        monthly = self.length[i] == 1
        names = ("user_meeting", "nps", "case_study")
        effects = dict(
            zip(
                names, (knobs.user_meeting_effect, knobs.nps_answer_effect, knobs.case_study_effect)
            )
        )
        exposed = {name: month - last[name][i] <= 12 for name in names}
        traits = np.full(len(i), self._shock[month])
        if knobs.signal:
            traits += knobs.fit_on_renewal * people.fit[i]
            traits += (knobs.plan_on_renewal + knobs.confounding) * people.size[i]

        def renewal(step: Array, switch: str = "", on: bool = False) -> Array:
            base = np.where(step, self._renewal[1][i], self._renewal[0][i])
            shift = traits.copy()
            if not knobs.signal:
                base = np.full(len(i), 0.86)
            else:
                for name in names:
                    present = np.full(len(i), on) if name == switch else exposed[name]
                    shift += effects[name] * present
            # The term comes last, on the scale of churn, so that a cause weighs alike in all terms.
            churn = 1.0 - logistic(logit(base) + shift)
            return 1.0 - churn * np.where(monthly, MONTHLY_CHURN, 1.0)

        def growth(step: Array) -> Array:
            base = np.where(step, self._growth[1][i], self._growth[0][i])
            if not knobs.signal:
                base = np.full(len(i), 0.16)
            return base * np.where(monthly, MONTHLY_GROWTH, 1.0)

        step, yes, no = success[i], np.ones(len(i), dtype=bool), np.zeros(len(i), dtype=bool)
        found = {
            "p": renewal(step),
            "p_without": renewal(no),
            "p_with": renewal(yes),
            "growth": growth(step),
            "growth_without": growth(no),
            "growth_with": growth(yes),
        }
        for name in names:
            found["exposed_" + name] = exposed[name]
            found["lift_" + name] = renewal(step, name, True) - renewal(step, name, False)
        return found

    def _decide(
        self,
        month: int,
        i: Array,
        ready: Array,
        success: Array,
        last: dict[str, Array],
        u: dict[str, Array],
    ) -> None:
        knobs, people = self._knobs, self._people
        trial = self.status[i] == TRIAL
        found = self._chances(i, month, success, last)
        chance = (
            np.asarray(knobs.trial_conversion)[ready[i].astype(int)]
            if knobs.signal
            else np.full(len(i), float(np.mean(knobs.trial_conversion)))
        )
        found["p"] = np.where(trial, chance, found["p"])
        for name in ("growth", "growth_without", "growth_with", "p_without", "p_with"):
            found[name] = np.where(trial, np.nan, found[name])

        stays = np.where(trial, u["trial"][i] < chance, u["renew"][i] < found["p"])
        before = self.mrr[i]
        grows = u["grow"][i] < found["growth"]
        shrinks = ~grows & (u["shrink"][i] < np.where(success[i] & knobs.signal, 0.03, 0.08))
        # One uniform makes the size of the change: an exponential tail upward, a cut of 5 to 45 %
        # downward.
        monthly = self.length[i] == 1
        factor = u["factor"][i]
        up = (
            1.0
            + np.where(monthly, 0.02, 0.15)
            - np.where(monthly, 0.02, 0.50) * np.log1p(-0.98 * factor)
        )
        down = 1.0 - (0.05 + 0.40 * factor) * np.where(monthly, 0.2, 1.0)
        bigger = np.maximum(np.rint(before * up / 100).astype(np.int64) * 100, before + 100)
        smaller = np.maximum(
            np.minimum(np.rint(before * down / 100).astype(np.int64) * 100, before - 100), 100
        )
        after = np.where(grows, bigger, np.where(shrinks, smaller, before))
        after = np.where(trial, people.mrr[i], after)
        after = np.where(stays, after, 0)
        outcome = np.where(
            trial, np.where(stays, CONVERTED, LAPSED), np.where(stays, RENEWED, CHURNED)
        )
        self._parts.append(
            {
                "customer": i,
                "begin": self.begin[i],
                "end": self.end[i],
                "term": self.length[i],
                "trial": trial,
                "outcome": outcome,
                "before": before,
                "after": after,
                "success": success[i],
                **found,
            }
        )

        kept = np.zeros(len(self.status), dtype=bool)
        kept[i[stays]] = True
        length = people.term.copy()
        length[i[~trial]] = self.length[i[~trial]]
        value = self.mrr.copy()
        value[i] = after
        was_trial = np.zeros_like(kept)
        was_trial[i[trial & stays]] = True
        self._open(kept, PAID, month, length, value)
        self.since[was_trial] = month
        self.status[i[~stays]] = GONE

    def rows(self) -> dict[str, Array]:
        """Every contract by customer and begin; those that end after the simulation are open."""
        i = np.flatnonzero(self.status_is(TRIAL, PAID))
        count = len(i)
        still = {
            "customer": i,
            "begin": self.begin[i],
            "end": self.end[i],
            "term": self.length[i],
            "trial": self.status[i] == TRIAL,
            "outcome": np.full(count, OPEN),
            "before": self.mrr[i],
            "after": np.zeros(count, dtype=np.int64),
            "success": np.zeros(count, dtype=bool),
        }
        names = ["p", "p_without", "p_with", "growth", "growth_without", "growth_with"]
        still.update({name: np.full(count, np.nan) for name in names})
        for name in INITIATIVES[:3]:
            still["exposed_" + name] = np.zeros(count, dtype=bool)
            still["lift_" + name] = np.full(count, np.nan)
        parts = [*self._parts, still]
        table = {name: np.concatenate([part[name] for part in parts]) for name in still}
        order = np.lexsort((table["begin"], table["customer"]))
        return {name: values[order] for name, values in table.items()}
