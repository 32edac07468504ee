"""The causal process: touch → process → success → renewal and growth, month by month.

States of a step are latent and binary: a step is achieved in a month or it is not. What a step
does to the next is a hazard, so that its effect is known exactly. States evolve for every
customer from the month of its start to the end of the simulation, under contract or not;
contracts decide only what is seen. So the dice of a step are the same in two worlds of one seed
that differ further down the chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decisions import PAID, TRIAL, Decisions
from .knobs import LINKS, RATES, Knobs, Link
from .people import People
from .streams import Streams, logistic, logit

Array = NDArray[Any]


@dataclass
class Process:
    """What happened. Matrices have the shape ``(simulated months, customers)``."""

    touch: Array
    ready: Array  #: implementation: set up, an administrator, users trained
    process: Array  #: process achieved (implementation and utilization together)
    success: Array  #: success achieved (trust and outcome together)
    status: Array  #: NONE, TRIAL, PAID or GONE at the close of the month's last day
    mrr: Array  #: yen at the close of the month's last day
    end: Array  #: month in which the contract at hand ends
    since: Array  #: month in which the present relation began (trial, first contract, return)
    term: Array  #: months of the contract at hand
    setup_by_mail: Array  #: set up because of (or as counted by) the call to action
    attended: Array  #: came to a user meeting in the month
    answered: Array  #: answered the NPS survey in the month
    told: Array  #: gave a case study in the month
    hazards: dict[
        str, tuple[Array, Array]
    ]  #: of gaining a step, without and with the one before it
    losses: dict[
        str, tuple[Array, Array]
    ]  #: of losing it, likewise; each of shape ``(customers,)``
    ends: dict[str, Array] = field(default_factory=dict)  #: one row per contract, see ``Decisions``
    events: dict[str, Array] = field(default_factory=dict)  #: one row per initiative and customer

    @property
    def paid(self) -> Array:
        """Under a paid contract at the month's end."""
        return np.equal(self.status, PAID)


def effective(knobs: Knobs) -> Knobs:
    """Knobs with the preset of ``starve`` worked in: a step made rare, links as they were."""
    if knobs.starve == "1-2":
        return knobs.with_(touch_rate=0.035, rescue=0.0)
    if knobs.starve == "2-3":
        # Touch works but is uncommon, and what it brings about fades: few are ready at any time.
        return knobs.with_(
            touch_rate=0.115,
            touch_persistence=0.0,
            process_loss=0.60,
            link_1_2=Link(0.004, 0.55, "flowing"),
            link_2_3=Link(0.02, 0.62, "flowing"),
        )
    if knobs.starve == "3-4a":
        return knobs.with_(
            touch_rate=0.125,
            process_loss=0.33,
            success_loss=0.90,
            link_1_2=Link(0.004, 0.58, "flowing"),
            link_2_3=Link(0.004, 0.61, "flowing"),
        )
    return knobs


def rates_of(knobs: Knobs, people: People, name: str) -> tuple[Array, Array, Array]:
    """A link's rates without and with the step before, and its hold, per customer."""
    link = knobs.link(name)
    rates = [np.full(len(people), value) for value in (link.without, link.with_, link.hold)]
    if knobs.only_in is not None and link.kind != "flowing":
        elsewhere, flowing = ~people.level(knobs.only_in), RATES[name]["flowing"]
        for values, value in zip(rates, (flowing.without, flowing.with_, flowing.hold)):
            values[elsewhere] = value
    return rates[0], rates[1], rates[2]


def run(people: People, total: int, history: int, knobs: Knobs, streams: Streams) -> Process:
    """Simulate ``total`` months, the first ``history`` of them before the observed window."""
    knobs = effective(knobs)
    n = len(people)
    grid = (total, n)
    bits = {
        name: np.zeros(grid, dtype=bool)
        for name in (
            "touch",
            "ready",
            "process",
            "success",
            "setup_by_mail",
            "attended",
            "answered",
            "told",
        )
    }
    numbers = {name: np.zeros(grid, dtype=np.int16) for name in ("end", "since", "term")}
    status, money = np.zeros(grid, dtype=np.int8), np.zeros(grid, dtype=np.int64)

    trait = (knobs.fit_spread + knobs.shared_trait) * people.fit
    hazards: dict[str, tuple[Array, Array]] = {}
    losses: dict[str, tuple[Array, Array]] = {}
    for name, loss in zip(LINKS, (knobs.process_loss, knobs.success_loss)):
        shift = trait + (0.6 * knobs.confounding * people.size if name == "2-3" else 0.0)
        low, high, hold = rates_of(knobs, people, name)
        losses[name] = (np.minimum(loss * np.sqrt(hold), 1), loss / np.sqrt(hold))
        hazards[name] = (logistic(logit(low) + shift), logistic(logit(high) + shift))
    touch_trait = knobs.shared_trait * people.fit + 0.8 * knobs.confounding * people.size
    deal = Decisions(
        people,
        knobs,
        streams,
        total,
        {name: rates_of(knobs, people, name)[:2] for name in LINKS[2:]},
    )
    mail = _Mail(people, knobs, streams)
    last = {name: np.full(n, -99, dtype=np.int64) for name in ("user_meeting", "nps", "case_study")}
    events: list[tuple[int, int, Array, Array, Array]] = []  # kind, month, customers, yes, held out

    no = np.zeros(n, dtype=bool)
    touch, ready, process, success = no, no, no, no
    for month in range(total):
        u = {
            name: streams.next(name, n)
            for name in (
                "touch",
                "touch/again",
                "ready",
                "process",
                "success",
                "rescue",
                "invite",
                "invite/holdout",
                "attend",
                "answer",
                "case",
                "case/yes",
            )
        }
        deal.month(month, ready, success, last)
        started, first = people.start <= month, people.start == month
        active = deal.status_is(TRIAL, PAID)

        # Touch: our own work. It repeats the month before or is drawn anew.
        wave = 1.0 + knobs.seasonality * np.cos(2 * np.pi * ((month - history) % 12 - 5) / 12)
        rate = (
            logistic(_touch_logit(knobs, month - history) + touch_trait)
            * wave
            * np.where(month - people.start < 3, 1.4, 1.0)
        )
        fresh = u["touch"] < np.clip(rate, 0, 0.97)
        again = (u["touch/again"] < knobs.touch_persistence) & ~first
        at_risk = deal.status_is(PAID) & (deal.end - month <= 3) & ~success
        now = np.where(again, touch, fresh) | (at_risk & (u["rescue"] < knobs.rescue))
        acted = bits["touch"][month - knobs.lag] if month >= knobs.lag else no
        worked = bits["process"][month - knobs.lag] if month >= knobs.lag else no

        # Process: implementation gets done with touch's help; losing an administrator undoes it.
        gain, lose = (np.where(acted, rate["1-2"][1], rate["1-2"][0]) for rate in (hazards, losses))
        process = np.where(process, u["process"] >= lose, u["process"] < gain) & started & ~first
        helped = np.where(acted, 0.04, 0.012) * (1.0 + 0.5 * np.tanh(people.fit))
        ready = np.where(
            first, u["ready"] < 0.45, np.where(ready, u["ready"] >= 0.10, u["ready"] < helped)
        )
        ready = (ready | process) & started

        gain, lose = (
            np.where(worked, rate["2-3"][1], rate["2-3"][0]) for rate in (hazards, losses)
        )
        success = np.where(success, u["success"] >= lose, u["success"] < gain) & started & ~first
        touch = now & started

        # Initiatives reach customers that were under contract for the whole month.
        settled = deal.status_is(PAID) & (status[month - 1] == PAID if month else no)
        invited = settled & (u["invite"] < 0.13)
        held = invited & (u["invite/holdout"] < knobs.holdout)
        came = invited & ~held & (u["attend"] < np.where(success, 0.50, 0.28) + 0.04 * people.size)
        surveyed = settled & ((month + np.arange(n)) % 6 == 0)
        willing = logistic(
            logit(np.clip(knobs.nps_answer, 1e-9, 1 - 1e-9)) + knobs.nps_mnar * success
        )
        answered = surveyed & (u["answer"] < willing)
        asked = settled & success & process & (u["case"] < 0.05)
        told = asked & (u["case/yes"] < 0.45)
        for kind, whom, yes, out in (
            (0, invited, came, held),
            (1, surveyed, answered, no),
            (2, asked, told, no),
        ):
            index = np.flatnonzero(whom)
            events.append((kind, month, index, yes[index], out[index]))
        for name, yes in (("user_meeting", came), ("nps", answered), ("case_study", told)):
            last[name][yes] = month
        mail.month(month, first & active, ready)

        bits["touch"][month], bits["ready"][month] = touch, ready
        bits["process"][month], bits["success"][month] = process, success
        bits["attended"][month], bits["answered"][month], bits["told"][month] = came, answered, told
        bits["setup_by_mail"][month] = mail.done & started
        status[month], money[month] = deal.status, np.where(active, deal.mrr, 0)
        numbers["end"][month], numbers["since"][month] = deal.end, deal.since
        numbers["term"][month] = deal.length

    return Process(
        **bits,
        **numbers,
        status=status,
        mrr=money,
        hazards=hazards,
        losses=losses,
        ends=deal.rows(),
        events=_events(events, mail, people),
    )


def _touch_logit(knobs: Knobs, month: int) -> float:
    """Log-odds of touch in an observed month (below 0: before them)."""
    drive = knobs.drive
    rate = knobs.touch_rate if drive is None or month < drive.month else drive.touch_rate
    return float(logit(np.clip(rate, 1e-9, 1 - 1e-9)))


class _Mail:
    """The call to action ``setup-mail-2``: 14 days after the start, to those who are not set up."""

    def __init__(self, people: People, knobs: Knobs, streams: Streams) -> None:
        n = len(people)
        draw = streams.uniform("mail/variant", n)
        self.variant = np.where(draw < 0.5, 0, np.where(draw < 0.9, 1, 2))  # 2 = hold-out
        self.acts = streams.uniform("mail/act", n) < np.asarray(knobs.action_rates)[self.variant]
        self.delay = 1 + np.floor(streams.uniform("mail/delay", n) * 7).astype(np.int64)
        #: Days from the first of the start month to the response.
        self.response = people.day - 1 + 14 + self.delay
        self.sent = np.zeros(n, dtype=bool)
        self.done = np.zeros(n, dtype=bool)
        self._start = people.start

    def month(self, month: int, arrived: Array, ready: Array) -> None:
        self.sent |= arrived & ~ready
        # 28 days after the first of a month lies in that month for sure; later responses count
        # from the next month-end on, which is never before the response.
        age = month - self._start
        self.done |= self.sent & self.acts & ((self.response < 28) | (age >= 1))


def _events(
    parts: list[tuple[int, int, Array, Array, Array]], mail: _Mail, people: People
) -> dict[str, Array]:
    kind = np.concatenate([np.full(len(p[2]), p[0]) for p in parts])
    month = np.concatenate([np.full(len(p[2]), p[1]) for p in parts])
    sent = np.flatnonzero(mail.sent)
    return {
        "kind": np.concatenate([kind, np.full(len(sent), 3)]),
        "month": np.concatenate([month, people.start[sent]]),
        "customer": np.concatenate([p[2] for p in parts] + [sent]),
        "yes": np.concatenate([p[3] for p in parts] + [mail.acts[sent]]),
        "holdout": np.concatenate([p[4] for p in parts] + [mail.variant[sent] == 2]),
        "variant": np.concatenate([np.full(len(kind), -1), mail.variant[sent]]),
        "delay": np.concatenate([np.full(len(kind), -1), mail.delay[sent]]),
    }
