"""The other tables: contracts, ledger, initiatives, members' ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decisions import INITIATIVES, OPEN, OUTCOMES
from .knobs import MEMBERS, VARIANTS, Knobs
from .observe import response_day
from .people import People
from .process import Process
from .streams import Streams
from .table import Table

Array = NDArray[Any]
RANKS = ("C", "B", "A", "S")
NO_DATE = np.datetime64("NaT", "D")


def day_of(first: np.datetime64, month: Array, day: Array) -> Array:
    """The date of a day (1..28) of a simulated month."""
    return np.asarray((first + month.astype("timedelta64[M]")).astype("datetime64[D]") + (day - 1))


def contracts(people: People, process: Process, first: np.datetime64) -> Table:
    """Every contract and trial by customer and start, decided as far as the simulation goes."""
    ends = process.ends
    i = ends["customer"]
    names = np.asarray(OUTCOMES, dtype=object)
    outcome = names[ends["outcome"]]
    undecided = ends["outcome"] == OPEN
    outcome[undecided] = None
    return Table(
        {
            "customer": people.key[i],
            "start": day_of(first, ends["begin"], people.day[i]),
            "end": day_of(first, ends["end"], people.day[i]),
            "outcome": outcome,
            "mrr_before": ends["before"],
            "mrr_after": ends["after"],
            "kind": np.where(ends["trial"], "trial", "contract").astype(object),
        },
        {"mrr_after": undecided},
    )


def ledger(agreed: Table) -> Table:
    """MRR by contract, with an open end while it runs. Trials bring no MRR and have no row."""
    paid = agreed[agreed["kind"] == "contract"]
    end = np.where(paid.missing("outcome"), NO_DATE, paid["end"])
    return Table(
        {
            "customer": paid["customer"],
            "start": paid["start"],
            "end": end,
            "mrr": paid["mrr_before"],
        }
    )


def known_on(agreed: Table, date: np.datetime64) -> Table:
    """Contracts as known at the close of a day: later ones absent, undecided ones open."""
    seen = agreed[agreed["start"] <= date]
    undecided = seen.missing("outcome") | (seen["end"] > date)
    outcome: Any = seen["outcome"].copy()
    outcome[undecided] = None
    return Table(
        {
            **{name: seen[name] for name in seen},
            "outcome": outcome,
            "mrr_after": np.where(undecided, 0, seen["mrr_after"]),
        },
        {"mrr_after": undecided},
    )


def initiatives(people: People, process: Process, first: np.datetime64, streams: Streams) -> Table:
    """Who was invited, asked or mailed, who was held out, who came and who responded.

    Who leaves in a month is not asked in it, so who is asked has renewed if its contract ended
    then: that is dated after the end. Else being asked would tell of the renewal beforehand.
    """
    events, n = process.events, len(people)
    i, kind, yes = events["customer"], events["kind"], events["yes"]
    mail = kind == INITIATIVES.index("setup-mail-2")
    answer = np.zeros(len(i), dtype=np.int64)
    for code, name in enumerate(INITIATIVES[:3]):
        answer[kind == code] = response_day(streams, name, n)[i[kind == code]]
    reply = day_of(first, events["month"], answer)
    # A customer is asked on the second of a month, or told of the meeting; it answers or comes
    # until the 27th.
    date = day_of(first, events["month"], np.full(len(i), 2))
    start = day_of(first, people.start[i], people.day[i])
    # A contract that ends in the month is decided before.
    ended = _ends_in(people, process)[events["month"], i]
    last_day = day_of(first, events["month"] + 1, np.ones(len(i), dtype=np.int64)) - 1
    after = np.minimum(day_of(first, events["month"], people.day[i]) + 1, last_day)
    date = np.where(ended, np.maximum(date, after), date)
    reply = np.where(ended, np.maximum(date + 1, reply), reply)
    date = np.where(mail, start + 14, date)
    reply = np.where(mail, date + events["delay"], reply)
    meeting = kind == INITIATIVES.index("user_meeting")
    variant = np.full(len(i), None, dtype=object)
    for code, name in enumerate(VARIANTS):
        variant[mail & (events["variant"] == code)] = name
    order = np.lexsort((kind, date, i))
    return Table(
        {
            "customer": people.key[i][order],
            "initiative": np.asarray(INITIATIVES, dtype=object)[kind][order],
            "date": date[order],
            "attended": np.where(meeting & yes, reply, NO_DATE)[order],
            "responded": np.where(~meeting & yes, reply, NO_DATE)[order],
            "variant": variant[order],
            "holdout": events["holdout"][order],
        }
    )


def _ends_in(people: People, process: Process) -> Array:
    """Whether a contract of the customer ends in the month; (simulated months, customers)."""
    out = np.zeros((len(process.touch), len(people)), dtype=bool)
    decided = process.ends["outcome"] != OPEN
    out[process.ends["end"][decided], process.ends["customer"][decided]] = True
    return out


def ranks(
    people: People,
    states: dict[str, Array],
    first_window: np.datetime64,
    knobs: Knobs,
    streams: Streams,
    months: int,
) -> Table:
    """Members' own ranks S, A, B, C at the end of April and October, blind to the stage.

    A rank is the true stage's (C Entry, B Onboard, A Active, S Loyal) with probability
    ``rank_agreement``, else the one beside it.
    """
    i, window = states["customer"], states["month"]
    calendar = (first_window + window.astype("timedelta64[M]")).astype(np.int64) % 12  # 0 = January
    shape = (months, len(people))
    given = (
        ((calendar == 3) | (calendar == 9))
        & ~states["trial"]
        & (streams.uniform("rank/given", *shape)[window, i] < knobs.rank_given)
    )
    i, window, stage = i[given], window[given], states["stage"][given]
    agrees = streams.uniform("rank/agrees", *shape)[window, i] < knobs.rank_agreement
    up = streams.uniform("rank/side", *shape)[window, i] < 0.5
    beside = np.where(stage == 0, 1, np.where(stage == 3, 2, np.where(up, stage + 1, stage - 1)))
    month = first_window + window.astype("timedelta64[M]")
    return Table(
        {
            "customer": people.key[i],
            "as_of": (month + 1).astype("datetime64[D]") - 1,
            "rank": np.asarray(RANKS, dtype=object)[np.where(agrees, stage, beside)],
            "by": np.asarray(MEMBERS, dtype=object)[people.member[i]],
        }
    )
