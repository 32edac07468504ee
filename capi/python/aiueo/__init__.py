"""aiueo: customer health, scored and explained.

::

    import aiueo

    plan = aiueo.load("model.json")
    scores = plan.score(snapshots)      # pandas, Polars, DuckDB, PyArrow, dict of arrays
    scores.overall, scores["U"], scores.stage
    print(scores.summary())
    print(plan.explain(snapshots, customer="c-7"))
    print(plan.gap(snapshots, customer="c-7"))
    plan.score_one(as_of="2026-11-21", logins_28d=12, plan="trial").stage
    print(plan.evidence(history, contracts).study("renewal"))

The package needs the standard library alone; NumPy, pandas, Polars, PyArrow and DuckDB are used
where they are installed. ``aiueo.sim`` simulates portfolios with a known truth (needs NumPy).
"""

from ._batch import Batch
from ._contracts import Contracts
from ._errors import (
    ArgumentError,
    CancelledError,
    DataError,
    DataWarning,
    Error,
    LibraryError,
    ModelError,
    NotFoundError,
    ScorerError,
)
from ._initiatives import Initiatives
from ._ledger import Ledger
from ._library import instruction_sets, version
from ._limits import Limits
from ._ranks import Ranks
from ._scorers import scorer
from .actions import Actions, actions
from .agreement import AgreementOpening, SealedAgreement
from .change import Change, Changes
from .comparison import Comparison
from .evidence import Evidence, studies
from .explain import Explanation, Gap
from .finding import Finding
from .plan import Plan, load
from .problems import Problem, Problems, check, schema
from .rollup import Rollup
from .scores import Levels, Scores, ScoresRow
from .stream import ScoreStream
from .summary import Summary

__all__ = [
    "Actions",
    "AgreementOpening",
    "ArgumentError",
    "Batch",
    "CancelledError",
    "Change",
    "Changes",
    "Comparison",
    "Contracts",
    "DataError",
    "DataWarning",
    "Error",
    "Evidence",
    "Explanation",
    "Finding",
    "Gap",
    "Initiatives",
    "Ledger",
    "Levels",
    "LibraryError",
    "Limits",
    "ModelError",
    "NotFoundError",
    "Plan",
    "Problem",
    "Problems",
    "Ranks",
    "Rollup",
    "ScoreStream",
    "ScorerError",
    "Scores",
    "ScoresRow",
    "SealedAgreement",
    "Summary",
    "actions",
    "check",
    "instruction_sets",
    "load",
    "schema",
    "scorer",
    "studies",
    "version",
]
