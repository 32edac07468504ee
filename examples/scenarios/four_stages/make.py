"""Writes what the team knew at three closes, each into a folder of its own: python make.py FOLDER

FOLDER/2025-04 is the day on which stages are introduced, with today.csv, the customers of that day,
and blind.csv, what members rank them before they see a stage; FOLDER/2026-04 is a year on,
FOLDER/2027-04 the end of them. model_next.json is the model whose rungs are decided anew after the
first year. The customers are those of the simulator, with the knobs below.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from aiueo import sim

START, MONTHS, CUSTOMERS = "2024-05", 36, 1800
CLOSES = ("2025-04-30", "2026-04-30", "2027-04-30")
REVIEWED = '"since": "2025-05-01", "review_by": "2026-05-01"'
DECIDED_ANEW = '"since": "2026-05-01", "review_by": "2027-04-01"'
PLANTED = sim.Knobs(
    # Few are helped, few get to use it by themselves; in month 12 a team is formed for it.
    link_1_2=sim.Link(0.02, 0.46, "flowing"),
    touch_rate=0.03,
    drive=sim.Drive(month=12, touch_rate=0.4),
    # Use leads to hires, and hires to renewal.
    link_2_3=sim.Link(0.012, 0.45, "flowing", 16.0),
    link_3_4a=sim.Link(0.70, 0.97, "flowing"),
    # From month 24 on a new app opens by itself: usage shows nothing any more for 90 of 100.
    drift=sim.Drift(month=24, strength=0.9),
    # Coming to a user meeting helps renewal for a year; answering the NPS does nothing for it.
    user_meeting_effect=0.8,
    nps_answer_effect=0.0,
    holdout=0.3,
    # Members rank all their customers, and feel the true stage of 85 in 100.
    rank_agreement=0.85,
    rank_given=1.0,
    terms=((12, 1.0),),
    trial_share=0.0,
)


def simulated(seed: int) -> sim.World:
    """The world. Members feel what customers do, so their ranks are those of the world in which
    usage still shows it: the same customers by the same dice."""
    world, undrifted = (
        sim.simulate(CUSTOMERS, MONTHS, seed, knobs, start=START)
        for knobs in (PLANTED, PLANTED.with_(drift=None))
    )
    return replace(world, ranks=undrifted.ranks)


def make(seed: int, into: Path) -> None:
    world = simulated(seed)
    for close in CLOSES:
        folder = into / close[:7]
        folder.mkdir(parents=True, exist_ok=True)
        tables = world.as_known_on(close).tables
        for name, table in tables.items():
            table.write_csv(folder / f"{name}.csv")
        if close == CLOSES[0]:
            for name, of in (("today", "snapshots"), ("blind", "ranks")):
                rows = tables[of]
                rows[rows["as_of"] == np.datetime64(close)].write_csv(folder / f"{name}.csv")
    model = Path(__file__).with_name("model.json").read_text(encoding="utf-8")
    anew = model.replace(REVIEWED, DECIDED_ANEW)
    for name, text in (("model", model), ("model_next", anew)):
        (into / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(3, Path(sys.argv[1]))
