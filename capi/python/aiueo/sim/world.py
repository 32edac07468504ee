"""A simulated world: the five tables as a user has them, the model, and the truth behind."""

from __future__ import annotations

import datetime
import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Union

import numpy as np

from .._whole_file import WholeFile
from .knobs import LINKS, Knobs
from .model import model_of
from .observe import observe
from .people import draw_people
from .process import Process, run
from .streams import Streams
from .table import Table
from .tables import NO_DATE, contracts, initiatives, known_on, ledger, ranks
from .truth import LinkTruth, Truth, ends_table, initiative_truth, link_truth

Date = Union[datetime.date, np.datetime64, str]


@dataclass(frozen=True)
class World:
    """What ``simulate`` returns. Tables hold what is known at the close of ``data_until``."""

    customers: int
    months: int
    seed: int
    knobs: Knobs
    start: np.datetime64  #: first observed month, ``datetime64[M]``
    ahead: int
    data_until: np.datetime64  #: ``datetime64[D]``
    snapshots: Table
    contracts: Table
    ledger: Table
    initiatives: Table
    ranks: Table
    #: True states behind each snapshot row, as 0/1 and stage 0..3 (Entry, Onboard, Active, Loyal).
    states: Table
    _all_contracts: Table = field(repr=False)
    _parts: Any = field(repr=False)

    @property
    def tables(self) -> dict[str, Table]:
        """The five tables by the names of their files."""
        return {
            "snapshots": self.snapshots,
            "contracts": self.contracts,
            "ledger": self.ledger,
            "initiatives": self.initiatives,
            "ranks": self.ranks,
        }

    @property
    def future(self) -> Table:
        """All contracts with what happened up to ``ahead`` months after the last observed one."""
        return self._all_contracts

    @cached_property
    def truth(self) -> Truth:
        """The truth, counted over the observed months (once, when first asked for)."""
        people, process, history = self._parts
        window = (history, history + self.months)
        planted = self.knobs.planted
        gains = what_if(self) if len(planted) > 1 else {}
        # Of equals (3-4a and 3-4b starve together) the first in the chain is named.
        principal = max(planted, key=lambda name: gains.get(name, 0.0), default=None)
        return Truth(
            self.knobs,
            planted,
            principal,
            gains,
            {name: link_truth(name, self.knobs, people, process, *window) for name in LINKS},
            initiative_truth(people, process, self.knobs, *window),
            ends_table(people, process, self.start - history),
            people,
            process,
            window,
        )

    def model(self) -> dict[str, Any]:
        """A model file (as a dictionary) that fits the tables; see ``model_of``."""
        return model_of(self.start, self.months)

    def as_known_on(self, date: Date) -> World:
        """The same world at an earlier date: nothing later is known, unended contracts are open.

        ``truth`` stays that of the whole world. Raises ``ValueError`` outside the observed months.
        """
        day = _date(date, "D")
        if not self.start.astype("datetime64[D]") <= day <= self.data_until:
            raise ValueError(
                f"{day} is not between {self.start}-01 and {self.data_until}, the observed days"
            )
        seen = self.snapshots["as_of"] <= day
        agreed = known_on(self._all_contracts, day)
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values.update(
            data_until=day,
            snapshots=self.snapshots[seen],
            states=self.states[seen],
            contracts=agreed,
            ledger=ledger(agreed),
            initiatives=_before(self.initiatives, day),
            ranks=self.ranks[self.ranks["as_of"] <= day],
        )
        return World(**values)

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write model.json, the five tables as CSV and truth.json into a folder, made if absent."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, table in self.tables.items():
            table.write_csv(place / f"{name}.csv")
        for name, value in (("model", self.model()), ("truth", self.truth.to_dict())):
            with WholeFile(place / f"{name}.json") as file:
                file.write(
                    json.dumps(
                        value,
                        ensure_ascii=False,
                        allow_nan=False,
                        indent=2 if name == "model" else None,
                    ).encode()
                    + b"\n"
                )
        return place

    def __repr__(self) -> str:
        return (
            f"<World seed {self.seed}: {self.customers} customers, {len(self.snapshots)} snapshots "
            f"until {self.data_until}, planted: {', '.join(self.knobs.planted) or 'nothing'}>"
        )


def _date(value: Any, unit: str) -> Any:
    """A NumPy date of a unit ("D" or "M") from any of the accepted kinds."""
    return np.datetime64(value).astype(f"datetime64[{unit}]")


def _before(table: Table, day: np.datetime64) -> Table:
    """Initiatives as known on a day: no later rows, no later attendance or answer."""
    rows = table[table["date"] <= day]
    cut = {
        name: np.where(rows[name] > day, NO_DATE, rows[name]) for name in ("attended", "responded")
    }
    return Table({name: cut.get(name, rows[name]) for name in rows})


def _live(customers: int, months: int, seed: int, knobs: Knobs, history: int, ahead: int) -> Any:
    streams = Streams(seed)
    people = draw_people(customers, history, months, knobs, streams)
    return streams, people, run(people, history + months + ahead, history, knobs, streams)


def simulate(
    customers: int = 3000,
    months: int = 24,
    seed: int = 7,
    knobs: Knobs | None = None,
    *,
    start: Date = "2024-11",
    history: int = 12,
    ahead: int = 0,
) -> World:
    """Simulate a portfolio with a known truth.

    - ``customers``: all that ever start, spread over ``history + months`` months.
    - ``months``: observed months; a snapshot is dated the last day of its month.
    - ``seed``: fixes everything; the same seed and knobs give the same world on every machine.
    - ``knobs``: what is planted; ``Knobs()`` is a realistic portfolio in which every link flows.
    - ``start``: the first observed month.
    - ``history``: months simulated before, seen only in contracts, ledger and initiatives.
    - ``ahead``: months simulated after the last observed one, seen only in ``future`` and
      ``truth.ends``; changing it changes no table.

    The default takes about a tenth of a second; 100,000 customers some seconds.
    """
    if customers < 1 or months < 1 or history < 0 or ahead < 0:
        raise ValueError("customers and months must be positive, history and ahead not negative")
    knobs = knobs or Knobs()
    month = _date(start, "M")
    streams, people, process = _live(customers, months, seed, knobs, history, ahead)
    first = month - history
    snapshots, states = observe(people, process, first, history, months, knobs, streams)
    data_until = (month + months).astype("datetime64[D]") - 1
    every = known_on(
        contracts(people, process, first), (month + months + ahead).astype("datetime64[D]") - 1
    )
    agreed = known_on(every, data_until)
    return World(
        customers,
        months,
        seed,
        knobs,
        month,
        ahead,
        data_until,
        snapshots,
        agreed,
        ledger(agreed),
        _before(initiatives(people, process, first, streams), data_until),
        ranks(people, states, month, knobs, streams, months),
        Table({name: states[name] for name in ("touch", "process", "success", "stage", "trial")}),
        every,
        (people, process, history),
    )


def latest(snapshots: Table, on: Date | None = None) -> Table:
    """Each customer's latest snapshot (at or before ``on``): the portfolio of a day.

    Customers who left keep their last one; drop rows whose ``contract_end`` has passed to see
    today's only.
    """
    rows: Table = snapshots if on is None else snapshots[snapshots["as_of"] <= _date(on, "D")]
    order = np.lexsort((rows["as_of"], rows["customer"].astype(str)))
    keys = rows["customer"][order]
    last = np.append(keys[1:] != keys[:-1], True) if len(keys) else np.zeros(0, dtype=bool)
    today: Table = rows[order[last]]
    return today


def what_if(world: World) -> dict[str, float]:
    """Yen of MRR gained by the last observed month, had a planted link flowed (same dice)."""
    people, process, history = world._parts
    month = history + world.months - 1
    gains = {}
    for name in world.knobs.planted:
        field_name = "link_" + name.replace("-", "_")
        changes: dict[str, Any] = {field_name: "flowing"}
        if name == world.knobs.starve or (world.knobs.starve == "3-4a" and name == "3-4b"):
            changes["starve"] = None
        if not world.knobs.signal and name in ("3-4a", "3-4b"):
            changes["signal"] = True
        other: Process = _live(
            len(people), world.months, world.seed, world.knobs.with_(**changes), history, 0
        )[2]
        gains[name] = float(other.mrr[month].sum() - process.mrr[month].sum())
    return gains


def reference(
    knobs: Knobs | None = None,
    customers: int = 100_000,
    months: int = 24,
    seed: int = 1,
    history: int = 12,
    lead_days: int = 0,
) -> dict[str, LinkTruth]:
    """The truth of each link in a population: what intervals of studies on its worlds should cover.

    Counted on a large world of latent states (no tables are made); its sampling error is that of
    ``customers``. The window must be that of the worlds studied, for it decides tenure, and so must
    ``lead_days`` be, at which success is looked at before a contract end.
    """
    knobs = knobs or Knobs()
    _, people, process = _live(customers, months, seed, knobs, history, 0)
    window = (history, history + months)
    return {
        name: link_truth(name, knobs, people, process, *window, lead_days=lead_days)
        for name in LINKS
    }
