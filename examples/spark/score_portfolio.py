"""Scores a portfolio on Spark.

    spark-submit score_portfolio.py MODEL SNAPSHOTS SCORES [--initiatives TABLE] [--check-all]

SNAPSHOTS and TABLE are folders or files of Parquet, SCORES a folder that is not there yet, or is
replaced.
"""

from __future__ import annotations

import argparse
import sys

import aiueo
import aiueo.spark
from pyspark.sql import SparkSession
from pyspark.sql import functions as f


def main() -> int:
    parser = argparse.ArgumentParser(description="Scores a portfolio on Spark.")
    parser.add_argument("model", help="a model file, here and not on the cluster")
    parser.add_argument("snapshots", help="Parquet: customer, as_of, a column for each metric")
    parser.add_argument("scores", help="where the scores go, as Parquet")
    parser.add_argument("--initiatives", help="Parquet: customer, initiative, date")
    parser.add_argument(
        "--check-all", action="store_true", help="one row for each customer and date, surely"
    )
    given = parser.parse_args()

    try:
        plan = aiueo.load(given.model)  # what is wrong with a model is known before Spark starts
        spark = SparkSession.builder.appName("aiueo: scores").getOrCreate()
        initiatives = spark.read.parquet(given.initiatives) if given.initiatives else None
        scores = aiueo.spark.score(
            spark.read.parquet(given.snapshots),
            plan,
            initiatives=initiatives,
            check="all" if given.check_all else True,
        )
    except (aiueo.Error, OSError) as failure:  # of model or columns: nothing was scored
        print(f"score_portfolio: {failure}", file=sys.stderr)
        return 2
    scores.write.mode("overwrite").parquet(given.scores)

    # What was written is read again: the scores are computed once.
    written = spark.read.parquet(given.scores)
    counts = written.groupBy("insufficient").agg(f.count("*").alias("rows"), f.avg("overall"))
    for row in counts.orderBy("insufficient").collect():
        shown = "insufficient" if row.insufficient else f"scored, overall {row[2]:.1f} on average"
        print(f"{row.rows:,} rows {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
