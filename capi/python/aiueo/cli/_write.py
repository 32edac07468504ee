"""Scores into files: CSV, Parquet, Arrow IPC, a record batch at a time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pa_parquet

from ._files import WholeFile
from ._read import kind_of

_FORMULA = "^[=+\\-@\t\r]"


class Writer:
    """Writes record batches of one schema in the format of a name's ending."""

    def __init__(self, file: Any, path: str, schema: Any, formula_safe: bool) -> None:
        self._formula_safe = formula_safe
        self._kind = kind_of(path)
        self._schema = self._written(schema)
        if self._kind == "parquet":
            self._writer = pa_parquet.ParquetWriter(file, self._schema)
        elif self._kind == "arrow":
            self._writer = pa_ipc.new_file(file, self._schema)
        else:
            options = pa_csv.WriteOptions(quoting_style="needed", batch_size=1 << 14)
            self._writer = pa_csv.CSVWriter(file, self._schema, write_options=options)

    def _written(self, schema: Any) -> Any:
        """CSV has no dictionaries; formulas are told apart in plain text."""
        if self._kind != "csv" and not self._formula_safe:
            return schema
        return pa.schema(
            [
                field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
                for field in schema
            ]
        )

    def write(self, batch: Any) -> None:
        columns = []
        for field, column in zip(self._schema, batch.columns):
            if column.type != field.type:
                column = column.cast(field.type)
            if self._formula_safe and pa.types.is_string(field.type):
                marked = pc.binary_join_element_wise("'", column, "")
                column = pc.if_else(pc.match_substring_regex(column, _FORMULA), marked, column)
            columns.append(column)
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def write_table(table: Any, path: str, formula_safe: bool = False) -> None:
    """A table of PyArrow into a file that appears whole or not at all."""
    with WholeFile(path) as file:
        writer = Writer(file, path, table.schema, formula_safe)
        for batch in table.to_batches():
            writer.write(batch)
        writer.close()
