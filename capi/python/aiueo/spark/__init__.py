"""aiueo on Spark: the same core, the same bits, partition by partition.

::

    import aiueo.spark

    scores = aiueo.spark.score(snapshots, "model.json")   # a Spark DataFrame, lazily
    scores.write.parquet("scores")
    seen = aiueo.spark.evidence(snapshots, contracts, "model.json")

Needs PySpark 4 with PyArrow, and this package on every worker. Everything that a model or the types
of a table can get wrong is said on the driver, before a task runs.
"""

from ._evidence import evidence
from ._score import score

__all__ = ["evidence", "score"]
