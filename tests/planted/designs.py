"""The planted worlds of which runs are drawn here."""

from __future__ import annotations

from aiueo.sim import Knobs, Link, worlds
from runs import Design

#: A trait of the customer acts on every step and on renewal, so that its ends are not independent.
TRAIT = {"shared_trait": 0.5, "fit_on_renewal": 0.6, "reactivation": 0.0}

_ONCE = {
    "months": 12,
    "history": 24,
    "each_once": True,
    "studies": (
        ("renewal", {"lead": 90}),
        ("renewal", {"lead": 0, "kind": "trial"}),
        ("association", {"lead": 90}),
        ("validation", {"lead": 90}),
    ),
}
_SEVERAL = {
    "leads": (0,),
    "studies": (("renewal", {}), ("association", {}), ("validation", {})),
}
_RARE = Link(0.955, 0.985)


def _once(name: str, about: str, customers: int, knobs: Knobs) -> Design:
    yearly = knobs.with_(terms=((12, 0.85), (24, 0.15)), established=0.85)
    return Design(name, about, yearly, customers, **_ONCE)


def _several(name: str, about: str, customers: int, knobs: Knobs) -> Design:
    monthly = knobs.with_(terms=((1, 0.5), (12, 0.5)))
    return Design(name, about, monthly, customers, **_SEVERAL)


COVERAGE = {
    one.name: one
    for one in (
        _once("once", "each customer has one end", 900, Knobs(**TRAIT)),
        _several("several", "monthly and yearly contracts, many ends", 400, Knobs(**TRAIT)),
        _once("rare-once", "one end, of which 3 % are lost", 900, Knobs(link_3_4a=_RARE, **TRAIT)),
        _several(
            "rare-several", "many ends, of which 2 % are lost", 400, Knobs(link_3_4a=_RARE, **TRAIT)
        ),
    )
}

_NOTHING = Knobs(signal=False, reactivation=0.0)

ALARMS = {
    one.name: one
    for one in (
        _once("null-once", "renewal is independent of everything; one end", 900, _NOTHING),
        # Of monthly contracts alone: the term does act on renewal, also without a signal.
        Design(
            "null-several",
            "renewal is independent of everything; many ends",
            _NOTHING.with_(terms=((1, 1.0),)),
            150,
            **_SEVERAL,
        ),
        _once("ordinary", "every link flows; one end", 900, Knobs(reactivation=0.0)),
        _once(
            "reversed",
            "size drives success and renewal; within a plan success does not help",
            3000,
            worlds["confounded"].knobs.with_(reactivation=0.0),
        ),
    )
}
