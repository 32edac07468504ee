"""Writes the tables that `aiueo demo --write FOLDER` made as Parquet, beside them.

python to_parquet.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.csv as csv
import pyarrow.parquet as parquet

folder = Path(sys.argv[1])
for name in ("snapshots", "contracts", "initiatives"):
    table = csv.read_csv(folder / f"{name}.csv")
    parquet.write_table(table, folder / f"{name}.parquet")
    print(f"{folder / name}.parquet: {table.num_rows:,} rows")
