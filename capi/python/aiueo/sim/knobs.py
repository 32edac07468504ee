"""Knobs: everything that can be planted in a simulated world.

The links are those of the four steps of ideal customer-success work:

``1-2``   touch → process (implementation and utilization)
``2-3``   process → success (trust and outcome)
``3-4a``  success → renewal at a contract end
``3-4b``  success → growth of the MRR of a renewed contract
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

LINKS = ("1-2", "2-3", "3-4a", "3-4b")
PLANS = ("starter", "standard", "enterprise")
INDUSTRIES = ("it", "retail", "manufacturing", "medical", "finance", "staffing")
INDUSTRY_SHARES = (0.22, 0.30, 0.15, 0.13, 0.10, 0.10)
TEAMS = ("east", "central", "west")
MEMBERS = (
    "sato",
    "suzuki",
    "takahashi",
    "tanaka",
    "ito",
    "watanabe",
    "yamamoto",
    "nakamura",
    "kobayashi",
    "kato",
    "yoshida",
    "yamada",
)
VARIANTS = ("video", "text")

State = Literal["flowing", "leaky", "broken"]


@dataclass(frozen=True)
class Link:
    """Rates of one link without and with the step before it.

    For ``1-2`` and ``2-3`` these are monthly hazards of achieving the next step (probability in a
    month of a customer who has not), as the step before was ``lag`` months ago. For ``3-4a`` and
    ``3-4b`` they are the probabilities of renewal, and of growth given renewal, at the end of a
    yearly contract. ``kind`` is the state that the truth calls it. ``hold`` (1-2 and 2-3): how
    many times likelier the next step, once achieved, is lost in a month without the step before
    than with it.
    """

    without: float
    with_: float
    kind: str = "custom"
    hold: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.without < 1 and 0 < self.with_ < 1):
            raise ValueError(
                f"link rates must lie inside (0, 1), got {self.without} and {self.with_}"
            )
        if not 1 <= self.hold <= 25:
            raise ValueError(f"hold is 1 to 25, not {self.hold}")


#: The rates behind the three named states. Targets of the model: 0.4, 0.4, 0.9, 0.2.
RATES: dict[str, dict[str, Link]] = {
    "1-2": {
        "flowing": Link(0.045, 0.46, "flowing"),
        "leaky": Link(0.045, 0.14, "leaky"),
        "broken": Link(0.07, 0.07, "broken"),
    },
    "2-3": {
        "flowing": Link(0.020, 0.38, "flowing", 9.0),
        "leaky": Link(0.030, 0.12, "leaky", 2.0),
        "broken": Link(0.06, 0.06, "broken"),
    },
    "3-4a": {
        "flowing": Link(0.76, 0.945, "flowing"),
        "leaky": Link(0.71, 0.82, "leaky"),
        "broken": Link(0.86, 0.86, "broken"),
    },
    "3-4b": {
        "flowing": Link(0.12, 0.44, "flowing"),
        "leaky": Link(0.03, 0.145, "leaky"),
        "broken": Link(0.10, 0.10, "broken"),
    },
}


@dataclass(frozen=True)
class Segment:
    """One level of one segment variable: ``plan``, ``industry``, ``team`` or ``term_months``."""

    variable: str
    level: str

    def __post_init__(self) -> None:
        known = {
            "plan": PLANS,
            "industry": INDUSTRIES,
            "team": TEAMS,
            "term_months": ("1", "12", "24"),
        }
        if self.variable not in known:
            raise ValueError(f"no segment variable {self.variable!r}; there are {', '.join(known)}")
        if str(self.level) not in known[self.variable]:
            raise ValueError(
                f"{self.variable} has no level {self.level!r}; "
                f"there are {', '.join(known[self.variable])}"
            )


@dataclass(frozen=True)
class Drift:
    """From observed month ``month`` on (0 = the first), usage tells nothing any more.

    A share ``strength`` of the customers shows logins, breadth and reports that are drawn at
    random: the condition of the rung Active loses its power over outcome and renewal, while the
    process beneath is unchanged (a new app that opens by itself does this).
    """

    month: int
    strength: float = 0.9


@dataclass(frozen=True)
class Drive:
    """From observed month ``month`` on (0 = the first), another share of customers is touched.

    ``touch_rate`` takes the place of the knob of that name: a team is formed for it, or dissolved.
    What touch does is unchanged, and so is all that came before.
    """

    month: int
    touch_rate: float

    def __post_init__(self) -> None:
        if not 0 <= self.touch_rate <= 1:
            raise ValueError(f"touch_rate is a share from 0 to 1, not {self.touch_rate}")


@dataclass(frozen=True)
class Knobs:
    """A world to plant. Every field has a realistic default; ``with_`` changes some.

    Effects written "log-odds" add to the logit of a probability, so they never leave (0, 1).
    """

    # -- the chain ------------------------------------------------------------------------------
    link_1_2: State | Link = "flowing"
    link_2_3: State | Link = "flowing"
    link_3_4a: State | Link = "flowing"
    link_3_4b: State | Link = "flowing"
    #: A step made so rare that the link starting at it starves: "1-2" (touch), "2-3" (process) or
    #: "3-4a" (success; 3-4b starves with it).
    starve: Literal["1-2", "2-3", "3-4a"] | None = None
    #: Links that are not flowing are so only here, and flow elsewhere.
    only_in: Segment | None = None
    #: Months until a step acts on the next (1-2 and 2-3).
    lag: int = 2
    #: False: renewal, growth and trial conversion are independent of everything but the term.
    signal: bool = True

    # -- who customers are ----------------------------------------------------------------------
    #: Bigger plans get more touch, succeed more and renew more irrespective of it; log-odds a
    #: plan step.
    confounding: float = 0.0
    #: A customer trait (fit) raises touch and every later step alike; log-odds per standard
    #: deviation.
    shared_trait: float = 0.0
    #: Spread of customers' own inclination to get ready and to succeed; log-odds per standard
    #: deviation.
    fit_spread: float = 0.3
    #: What fit and a plan step add to renewal by themselves; log-odds.
    fit_on_renewal: float = 0.1
    plan_on_renewal: float = 0.15
    #: Share of the customers who started before the first observed month.
    established: float = 0.45
    trial_share: float = 0.25
    #: Share of customers by contract term in months.
    terms: tuple[tuple[int, float], ...] = ((1, 0.07), (12, 0.78), (24, 0.15))
    #: Monthly probability that a churned customer comes back.
    reactivation: float = 0.008

    # -- the steps ------------------------------------------------------------------------------
    #: Share of customer-months with touch achieved (in the first three months 1.4 times that).
    touch_rate: float = 0.17
    #: Probability that a month's touch simply repeats the month before.
    touch_persistence: float = 0.3
    #: Probability that a customer without success is contacted in each of its contract's last 3
    #: months.
    rescue: float = 0.0
    #: Monthly probability of losing an achieved process, and success (see also ``Link.hold``).
    process_loss: float = 0.06
    success_loss: float = 0.08
    #: Probability of trial conversion when not set up, and when set up.
    trial_conversion: tuple[float, float] = (0.24, 0.60)

    # -- time -----------------------------------------------------------------------------------
    drift: Drift | None = None
    drive: Drive | None = None
    #: Amplitude of the yearly wave of touch (peak in April) and of logins; 0.3 means ±30 % touch.
    seasonality: float = 0.0
    #: Standard deviation of a month's common effect on all renewals; log-odds.
    month_shock: float = 0.0

    # -- initiatives ----------------------------------------------------------------------------
    #: Real effects on renewal within 12 months of attending or answering; log-odds.
    user_meeting_effect: float = 0.5
    nps_answer_effect: float = 0.0
    case_study_effect: float = 0.0
    #: Share of those chosen for a user meeting who are held out at random.
    holdout: float = 0.15
    #: Share of a call to action's recipients (setup-mail-2) who do it within 7 days:
    #: video, text, and by themselves in the hold-out.
    action_rates: tuple[float, float, float] = (0.12, 0.05, 0.02)

    # -- what is seen ---------------------------------------------------------------------------
    #: Share of values missing at random in columns that can have holes.
    missing: float = 0.02
    #: Share of NPS surveys answered by a customer without success; the others by ``nps_mnar``
    #: log-odds more.
    nps_answer: float = 0.40
    nps_mnar: float = 0.4
    #: Share of champion values missing in addition among customers without success.
    champion_mnar: float = 0.0
    #: Share of values outside their range (an NPS of 11, a login tomorrow), per affected column.
    invalid: float = 0.0008
    #: Share of champion values that no table lists.
    unseen: float = 0.01
    #: Share of customers whose manager keeps a pulse.
    csm_pulse: float = 0.06
    #: Share of members' ranks that agree with the true stage; the others are off by one.
    rank_agreement: float = 0.85
    #: Share of a member's customers ranked at each half-yearly ranking.
    rank_given: float = 0.9

    def __post_init__(self) -> None:
        for name in LINKS:
            self.link(name)
        if self.starve not in (None, "1-2", "2-3", "3-4a"):
            raise ValueError(f"starve is one of '1-2', '2-3', '3-4a' or None, not {self.starve!r}")
        if not 1 <= self.lag <= 12:
            raise ValueError(f"lag is 1 to 12 months, not {self.lag}")
        for name in (
            "established",
            "trial_share",
            "reactivation",
            "touch_rate",
            "touch_persistence",
            "rescue",
            "process_loss",
            "success_loss",
            "holdout",
            "missing",
            "nps_answer",
            "champion_mnar",
            "invalid",
            "unseen",
            "csm_pulse",
            "rank_agreement",
            "rank_given",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")
        if any(term not in (1, 12, 24) for term, _ in self.terms):
            raise ValueError("terms are of 1, 12 or 24 months")
        if abs(sum(share for _, share in self.terms) - 1) > 1e-9:
            raise ValueError("the shares of terms must sum to 1")

    def with_(self, **changes: Any) -> Knobs:
        """These knobs with some fields changed."""
        return replace(self, **changes)

    def link(self, name: str) -> Link:
        """The rates of a link (``"1-2"``, ``"2-3"``, ``"3-4a"``, ``"3-4b"``)."""
        if name not in LINKS:
            raise ValueError(f"no link {name!r}; there are {', '.join(LINKS)}")
        value = getattr(self, "link_" + name.replace("-", "_"))
        if isinstance(value, Link):
            return value
        if value not in RATES[name]:
            raise ValueError(
                f"link {name} is 'flowing', 'leaky', 'broken' or a Link, not {value!r}"
            )
        return RATES[name][value]

    @property
    def planted(self) -> tuple[str, ...]:
        """The links that do not do what they should, in order."""
        bad = [name for name in LINKS if self.link(name).kind not in ("flowing", "custom")]
        if not self.signal:
            bad += ["3-4a", "3-4b"]
        if self.starve is not None:
            bad += [self.starve] + (["3-4b"] if self.starve == "3-4a" else [])
        return tuple(name for name in LINKS if name in bad)

    def verdict(self, name: str) -> str | None:
        """What a right verdict on the link says; None where that is not known beforehand.

        It is not where the rates are the user's own, nor for 1-2 and 2-3 under drift, where usage
        is measured wrongly while the process is as it was.
        """
        if self.drift is not None and name in LINKS[:2]:
            return None
        if name in self.planted and (
            name == self.starve or (name, self.starve) == ("3-4b", "3-4a")
        ):
            return "starved"
        if not self.signal and name in ("3-4a", "3-4b"):
            return "weak"
        kind = self.link(name).kind
        if self.only_in is not None and kind in ("leaky", "broken"):
            return "leaky"  # elsewhere it flows: some effect, too little of it
        return {"flowing": "flows", "leaky": "leaky", "broken": "weak"}.get(kind)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = asdict(self)
        return {field.name: plain[field.name] for field in fields(self)}
