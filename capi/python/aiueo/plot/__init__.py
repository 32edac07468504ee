"""Charts of scores and findings, for a notebook and for the report: Altair charts, drawn nowhere.

Needs Altair (``pip install "aiueo[report]"``). Every function returns an ``altair`` chart whose
figures are those of its finding; nothing is computed here but where a mark goes. All take
``language`` ("en", "ja"), ``width`` in pixels and ``title`` (False leaves heading and key out), and
those whose finding names rungs take ``plan``, for the model's own labels.

No chart says anything by colour alone: order, shape, dashes or words say it too.
"""

from __future__ import annotations

from ._ahead import goal_fan, nrr_fan
from ._chain import bottleneck
from ._course import expected_nrr, forecast_fan, nrr_curve
from ._initiatives import initiatives
from ._months import axes_over_time, stages_over_time
from ._quality import calibration, drift, lift
from ._renewal import renewal_by_stage
from ._words import key_of, title_of

__all__ = [
    "axes_over_time",
    "bottleneck",
    "calibration",
    "drift",
    "expected_nrr",
    "forecast_fan",
    "goal_fan",
    "initiatives",
    "key_of",
    "lift",
    "nrr_curve",
    "nrr_fan",
    "renewal_by_stage",
    "stages_over_time",
    "title_of",
]
