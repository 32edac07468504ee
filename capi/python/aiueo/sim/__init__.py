"""Worlds with a known truth: customers, contracts and what was planted in them.

::

    import aiueo.sim

    world = aiueo.sim.simulate(customers=3000, months=24, seed=7)
    world.snapshots, world.contracts, world.ledger, world.initiatives, world.ranks
    world.model()                     # a model file that fits these tables
    world.truth.links["2-3"].effect   # what a study of them should find
    world.write("demo")               # all of it as files

    for name, planted in aiueo.sim.worlds.items():
        print(name, planted.about)
    broken = aiueo.sim.worlds["broken-2-3"].simulate(seed=1)
    own = aiueo.sim.simulate(knobs=aiueo.sim.Knobs(link_2_3="leaky", touch_rate=0.2))

The process is causal: touch (our work) → process (implementation and utilization) → success
(trust and outcome) → renewal and growth at contract ends. It needs NumPy alone.
"""

from .knobs import Drift, Drive, Knobs, Link, Segment
from .model import model_of
from .table import Table
from .truth import LinkTruth, Truth
from .world import World, latest, reference, simulate, what_if
from .worlds import Planted, Worlds, worlds

__all__ = [
    "Drift",
    "Drive",
    "Knobs",
    "Link",
    "LinkTruth",
    "Planted",
    "Segment",
    "Table",
    "Truth",
    "World",
    "Worlds",
    "latest",
    "model_of",
    "reference",
    "simulate",
    "what_if",
    "worlds",
]
