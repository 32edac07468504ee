"""Named planted worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .knobs import Drift, Knobs, Link, Segment
from .world import World, simulate


@dataclass(frozen=True)
class Planted:
    """A named world: one line of what is true in it, and its knobs."""

    name: str
    about: str
    knobs: Knobs

    def simulate(
        self, customers: int = 3000, months: int = 24, seed: int = 7, **options: Any
    ) -> World:
        """One such world; options as for ``simulate``."""
        return simulate(customers, months, seed, self.knobs, **options)


class Worlds(Mapping[str, Planted]):
    """The registry: ``worlds["confounded"].simulate(seed=3)``, ``for name in worlds``."""

    def __init__(self, planted: list[Planted]) -> None:
        self._planted = {world.name: world for world in planted}

    def __getitem__(self, name: str) -> Planted:
        try:
            return self._planted[name]
        except KeyError:
            raise KeyError(f"no world {name!r}; there are {', '.join(self._planted)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._planted)

    def __len__(self) -> int:
        return len(self._planted)


worlds = Worlds(
    [
        Planted("flows", "nothing is broken: every step leads to the next", Knobs()),
        Planted(
            "broken-1-2", "our touch has no effect on setup or usage", Knobs(link_1_2="broken")
        ),
        Planted("broken-2-3", "customers use it and gain nothing by it", Knobs(link_2_3="broken")),
        Planted(
            "broken-3-4a",
            "successful customers renew no more than others",
            Knobs(link_3_4a="broken"),
        ),
        Planted(
            "broken-3-4b",
            "successful customers grow no more than others",
            Knobs(link_3_4b="broken"),
        ),
        Planted("leaky-1-2", "touch helps, too seldom", Knobs(link_1_2="leaky")),
        Planted("leaky-2-3", "usage helps to succeed, too seldom", Knobs(link_2_3="leaky")),
        Planted("leaky-3-4a", "success helps renewal, too little", Knobs(link_3_4a="leaky")),
        Planted("leaky-3-4b", "success helps growth, too little", Knobs(link_3_4b="leaky")),
        Planted("starved-1-2", "hardly any customer is touched", Knobs(starve="1-2")),
        Planted("starved-2-3", "hardly any customer is ready and using it", Knobs(starve="2-3")),
        Planted("starved-3-4", "hardly any customer succeeds", Knobs(starve="3-4a")),
        Planted(
            "one-segment",
            "usage leads to success everywhere but in retail",
            Knobs(link_2_3="broken", only_in=Segment("industry", "retail")),
        ),
        Planted(
            "confounded",
            "success seems to bring renewal, but size does both: within a plan it does not",
            Knobs(confounding=1.5, rescue=0.3, link_3_4a=Link(0.88, 0.85, "broken")),
        ),
        Planted(
            "reversed",
            "size brings success and renewal; within a plan success costs some renewals",
            Knobs(
                confounding=2.2,
                rescue=0.3,
                link_2_3=Link(0.02, 0.50, "flowing", 9.0),
                link_3_4a=Link(0.90, 0.83, "broken"),
            ),
        ),
        Planted(
            "masked",
            "size brings success and loses renewals: within a plan success does help them",
            Knobs(
                confounding=2.5,
                plan_on_renewal=-6.0,
                touch_rate=0.25,
                link_2_3=Link(0.02, 0.60, "flowing", 9.0),
                link_3_4a=Link(0.74, 0.988, "flowing"),
            ),
        ),
        Planted(
            "confounded-flows",
            "size drives touch, success and renewal, and every link flows all the same",
            Knobs(confounding=0.7, rescue=0.3, link_3_4a=Link(0.76, 0.965, "flowing")),
        ),
        Planted(
            "no-signal", "renewal and growth are independent of everything", Knobs(signal=False)
        ),
        Planted(
            "missing-not-at-random",
            "nothing is broken, but worse customers do not answer",
            Knobs(nps_answer=0.25, nps_mnar=2.0, champion_mnar=0.3),
        ),
        Planted(
            "shared-trait",
            "a trait raises touch and usage together; touch itself does nothing",
            Knobs(link_1_2="broken", shared_trait=0.8),
        ),
        Planted(
            "drift",
            "from the 13th month on, usage no longer tells who will succeed and renew",
            Knobs(drift=Drift(month=12)),
        ),
        Planted(
            "rough-months",
            "nothing is broken; renewals have good and bad months together",
            Knobs(month_shock=0.4, seasonality=0.3),
        ),
    ]
)
