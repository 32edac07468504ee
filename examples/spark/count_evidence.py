"""Counts what became of a portfolio's customers on Spark, into a state, and prints a study of it.

    spark-submit count_evidence.py MODEL SNAPSHOTS CONTRACTS STATE [--initiatives TABLE]

SNAPSHOTS, CONTRACTS and TABLE are folders or files of Parquet; STATE is a file of this machine.
"""

from __future__ import annotations

import argparse
import sys

import aiueo
import aiueo.spark
from pyspark.sql import SparkSession


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts what became of a portfolio on Spark.")
    parser.add_argument("model", help="a model file, here and not on the cluster")
    parser.add_argument("snapshots", help="Parquet: customer, as_of, a column for each metric")
    parser.add_argument("contracts", help="Parquet: customer, start, end, outcome, MRR")
    parser.add_argument("state", help="where the state goes, here")
    parser.add_argument("--initiatives", help="Parquet: customer, initiative, date")
    given = parser.parse_args()

    try:
        plan = aiueo.load(given.model)
        spark = SparkSession.builder.appName("aiueo: evidence").getOrCreate()
        initiatives = spark.read.parquet(given.initiatives) if given.initiatives else None
        seen = aiueo.spark.evidence(
            spark.read.parquet(given.snapshots),
            spark.read.parquet(given.contracts),
            plan,
            initiatives=initiatives,
        )
        seen.write(given.state)
    except (aiueo.Error, OSError) as failure:
        print(f"count_evidence: {failure}", file=sys.stderr)
        return 2
    print(seen.study("renewal"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
