"""Tables of every kind, as a sequence of parts: Arrow record batches, or columns by name."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, Union

from ._arrow import OwnedArray, OwnedSchema, Stream, array_of
from ._columns import Column, column_of, from_numpy
from ._errors import BAD_COLUMN, DataError
from ._optional import loaded, numpy, pyarrow

#: Columns by name, in the table's order. A name may come twice: the library refuses it.
ColumnPart = list[tuple[str, Column]]
ArrowPart = tuple[OwnedSchema, OwnedArray]
Part = Union[ArrowPart, ColumnPart]


def parts_of(table: Any, wanted: Callable[[str], bool], what: str = "snapshots") -> Iterator[Part]:
    """`wanted`: is a column of that name of any use? Others are not even looked at."""
    if isinstance(table, (str, bytes, os.PathLike)):
        raise TypeError(
            f"{what} is a path; give a table (pandas, Polars, DuckDB, PyArrow, a dict of arrays): "
            "the command `aiueo score` reads files"
        )
    pandas = loaded("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        yield _pandas_part(table, wanted)
        return
    polars = loaded("polars")
    if polars is not None and isinstance(table, polars.LazyFrame):
        table = table.collect()
    np = numpy()
    if np is not None and isinstance(table, np.ndarray) and table.dtype.names:
        yield _bind({name: table[name] for name in table.dtype.names}.items(), wanted)
        return
    if isinstance(table, Mapping):
        yield _bind(table.items(), wanted)
        return
    if _is_simulated(table):
        yield [
            (name, _masked(name, table[name], table.missing(name)))
            for name in table.columns
            if wanted(name)
        ]
        return
    if hasattr(table, "__arrow_c_stream__"):
        stream = Stream.of(table)
        schema = stream.schema
        empty = True
        for array in stream:
            empty = False
            yield schema, array
        if empty:
            yield _no_rows(schema, wanted)
        return
    if hasattr(table, "__arrow_c_array__"):
        yield array_of(table)
        return
    for method in ("fetch_record_batch", "arrow"):  # DuckDB without the capsule
        if hasattr(table, method) and hasattr(table, "fetchall"):
            yield from parts_of(getattr(table, method)(), wanted, what)
            return
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        names = list(dict.fromkeys(name for row in table for name in row))
        yield _bind(((name, [row.get(name) for row in table]) for name in names), wanted)
        return
    raise TypeError(
        f"{what} is {type(table).__name__}; give a pandas, Polars or PyArrow table, a DuckDB "
        "relation, a record batch reader, or a dict of arrays or lists"
    )


def _is_simulated(table: Any) -> bool:
    return type(table).__module__ == "aiueo.sim.table"


def _masked(name: str, values: Any, missing: Any) -> Column:
    mask = missing if values.dtype.kind in "bi" else None
    return from_numpy(name, values, mask)


def _bind(columns: Any, wanted: Callable[[str], bool]) -> ColumnPart:
    return [
        (name, values if isinstance(values, Column) else column_of(name, values))
        for name, values in columns
        if isinstance(name, str) and wanted(name)
    ]


def _pandas_part(frame: Any, wanted: Callable[[str], bool]) -> ColumnPart:
    """Columns by position, as names may repeat, and named levels of the index."""
    names = list(frame.columns)
    columns = [
        (name, frame.iloc[:, at])
        for at, name in enumerate(names)
        if isinstance(name, str) and wanted(name)
    ]
    for level, name in enumerate(frame.index.names):
        if isinstance(name, str) and name not in names and wanted(name):
            columns.append((name, frame.index.get_level_values(level)))
    return _bind(columns, wanted)


def _no_rows(schema: OwnedSchema, wanted: Callable[[str], bool]) -> ColumnPart:
    """A stream without batches still has its columns."""
    return [(name, column_of(name, [])) for name in names_of(schema) if wanted(name)]


def names_of(schema: OwnedSchema) -> list[str]:
    """The names of a record batch's columns."""
    children = schema.struct.children
    return [
        (children[k].contents.name or b"").decode("utf-8", "replace")
        for k in range(schema.struct.n_children)
    ]


def joined(parts: Iterator[Part], wanted: Callable[[str], bool]) -> list[Part]:
    """Record batches as one, so that all rows of a customer are together. Without PyArrow they stay
    as they are."""
    all_parts = list(parts)
    batches = [part for part in all_parts if isinstance(part, tuple)]
    pa = pyarrow()
    if len(all_parts) < 2 or len(batches) < len(all_parts) or pa is None:
        return all_parts
    schema = pa.Schema._import_from_c(ctypes.addressof(batches[0][0].struct))
    keep = [k for k, name in enumerate(schema.names) if wanted(name)]
    kept = [
        pa.RecordBatch._import_from_c(ctypes.addressof(array.struct), schema).select(keep)
        for _, array in batches
    ]
    return [array_of(one_batch(pa, kept))]


def one_batch(pa: Any, batches: Sequence[Any]) -> Any:
    """PyArrow's record batches of one schema as one. Their dictionaries may differ."""
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches)
    try:
        table = table.unify_dictionaries()
    except pa.ArrowInvalid:  # more words than the codes' type has numbers
        coded = pa.types.is_dictionary
        columns = [c.cast(c.type.value_type) if coded(c.type) else c for c in table.columns]
        table = pa.table(columns, names=table.column_names)
    if table.nbytes > _MOST_BYTES:  # perhaps more text than offsets of 32 bits reach
        wide = {pa.string(): pa.large_string(), pa.binary(): pa.large_binary()}
        columns = [column.cast(wide.get(column.type, column.type)) for column in table.columns]
        table = pa.table(columns, names=table.column_names)
    [whole] = table.combine_chunks().to_batches() or batches[:1]
    return whole


_MOST_BYTES = 2**31 - 1


def row_count(part: Part) -> int:
    if isinstance(part, tuple):
        return int(part[1].struct.length)
    return len(part[0][1]) if part else 0


def same_length(part: ColumnPart) -> None:
    """Every column has as many values as the first."""
    rows = row_count(part)
    for name, column in part:
        if len(column) != rows:
            raise DataError(
                BAD_COLUMN,
                f'snapshots, column "{name}": has {len(column)} rows; column "{part[0][0]}" has '
                f"{rows}",
            )
