"""A light columnar table of NumPy arrays: what every table of a simulated world is made of.

Kinds of column and how a missing value looks in each:

===============  ======================  ==================================
kind             dtype                   missing
===============  ======================  ==================================
number           ``float64``             NaN
money            ``int64`` (major unit)  true in the column's mask
flag             ``bool``                true in the column's mask
date             ``datetime64[D]``       NaT
category, key    ``object`` (``str``)    ``None``
===============  ======================  ==================================
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._whole_file import WholeFile

Array = NDArray[Any]


class Table:
    """Columns of equal length under unique names, in a fixed order.

    ``table["mrr"]`` is the column's array (a view; treat it as read-only) and
    ``table.missing("mrr")`` its missing mask, whatever the kind. ``table[mask_or_indices]`` is a
    table of those rows. A table publishes ``__arrow_c_stream__`` where PyArrow is installed, so
    that anything that reads Arrow takes it as it is.
    """

    def __init__(
        self, columns: Mapping[str, Array], masks: Mapping[str, Array] | None = None
    ) -> None:
        self._columns: dict[str, Array] = {
            name: np.asarray(values) for name, values in columns.items()
        }
        self._masks: dict[str, Array] = {}
        lengths = {len(values) for values in self._columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns differ in length: {sorted(lengths)}")
        self._rows = lengths.pop() if lengths else 0
        for name, mask in (masks or {}).items():
            if name not in self._columns:
                raise KeyError(f"mask for {name!r}, which is not a column")
            kind = self._columns[name].dtype.kind
            if kind not in "bi":
                raise ValueError(
                    f"column {name!r} has dtype {self._columns[name].dtype}: it marks missing "
                    "values in place (NaN, NaT, None), not by a mask"
                )
            if len(mask) != self._rows:
                raise ValueError(f"mask of {name!r} has {len(mask)} rows, the table {self._rows}")
            self._masks[name] = np.asarray(mask, dtype=bool)

    # -- access ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Number of rows."""
        return self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, key: Any) -> Any:
        """A column by name, or a table of the rows of a boolean mask, indices or slice."""
        if isinstance(key, str):
            try:
                return self._columns[key]
            except KeyError:
                raise KeyError(f"no column {key!r}; there are {', '.join(self._columns)}") from None
        return Table(
            {n: v[key] for n, v in self._columns.items()},
            {n: m[key] for n, m in self._masks.items()},
        )

    def keys(self) -> list[str]:
        """Column names, in order; with ``[]`` it lets ``dict(table)`` work."""
        return list(self._columns)

    @property
    def columns(self) -> list[str]:
        """Column names, in order."""
        return list(self._columns)

    def missing(self, name: str) -> NDArray[np.bool_]:
        """True where the column has no value; shape ``(rows,)``."""
        values: Any = self[name]
        if name in self._masks:
            return self._masks[name]
        if values.dtype.kind == "f":
            return np.asarray(np.isnan(values))
        if values.dtype.kind == "M":
            return np.asarray(np.isnat(values))
        if values.dtype.kind == "O":
            return np.fromiter((value is None for value in values.tolist()), bool, self._rows)
        return np.zeros(self._rows, dtype=bool)

    def equals(self, other: Table) -> bool:
        """True if names, order, dtypes, values and missing marks are all the same."""
        if self.columns != other.columns or len(self) != len(other):
            return False
        for name in self:
            a, b, hole = self[name], other[name], self.missing(name)
            if a.dtype != b.dtype or not np.array_equal(hole, other.missing(name)):
                return False
            if not np.array_equal(a[~hole], b[~hole]):
                return False
        return True

    def __repr__(self) -> str:
        return f"<Table {self._rows} rows: {', '.join(self._columns)}>"

    # -- other shapes ---------------------------------------------------------------------------

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``; flags and money with holes become ``boolean`` and ``Int64``."""
        import pandas as pd

        frame: dict[str, Any] = {}
        values: Any
        for name, values in self._columns.items():
            if name in self._masks and values.dtype.kind == "b":
                frame[name] = pd.array(
                    np.where(self._masks[name], np.array(None), values), dtype="boolean"
                )
            elif name in self._masks:
                holes = self._masks[name]
                frame[name] = pd.arrays.IntegerArray(
                    np.where(holes, 0, values).astype(np.int64), holes.copy()
                )
            elif values.dtype.kind == "M":
                frame[name] = values.astype("datetime64[s]")
            else:
                frame[name] = values
        return pd.DataFrame(frame)

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``; categories dictionary-encoded, keys plain, dates date32."""
        import pyarrow as pa

        arrays = {}
        for name, values in self._columns.items():
            if values.dtype.kind == "O":
                text = pa.array(values, type=pa.string())
                # Keys repeat too little for a dictionary to pay; readers join on plain strings.
                arrays[name] = text if name in ("customer", "parent") else text.dictionary_encode()
            elif values.dtype.kind == "M":
                arrays[name] = pa.array(values.astype("datetime64[D]"), type=pa.date32())
            else:
                arrays[name] = pa.array(values, mask=self.missing(name))
        return pa.table(arrays)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    # -- files ----------------------------------------------------------------------------------

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write RFC 4180 CSV in UTF-8: ISO dates, ``true``/``false``, empty for missing.

        Integral numbers are written without a fraction, others with the shortest text that reads
        back to the same double. The file appears whole or not at all.
        """
        texts = [self._text(name) for name in self._columns]
        with WholeFile(path) as file:
            file.write((",".join(_quoted(name) for name in self._columns) + "\r\n").encode())
            step = 65536  # rows joined at a time: bounds the memory of the text
            for begin in range(0, self._rows, step):
                rows = zip(*(column[begin : begin + step] for column in texts))
                file.write("".join([",".join(row) + "\r\n" for row in rows]).encode())

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write Parquet (needs PyArrow). The file appears whole or not at all."""
        import pyarrow.parquet as pq

        table = self.to_arrow()
        with WholeFile(path) as file:
            pq.write_table(table, file)

    def _text(self, name: str) -> list[str]:
        values, holes = self[name], self.missing(name)
        if values.dtype.kind == "O":
            seen: dict[Any, str] = {None: ""}
            for value in set(values.tolist()) - {None}:
                seen[value] = _quoted(value)
            return [seen[value] for value in values.tolist()]
        if values.dtype.kind == "b":
            texts = ["true" if value else "false" for value in values.tolist()]
        elif values.dtype.kind == "f":
            texts = [
                str(int(v)) if v == v and abs(v) < 2**53 and v == int(v) else repr(v)
                for v in values.tolist()
            ]
        elif values.dtype.kind == "M":
            unique, inverse = np.unique(values, return_inverse=True)
            names = [str(value) for value in unique]
            texts = [names[i] for i in inverse.tolist()]
        else:
            texts = list(map(str, values.tolist()))
        for row in np.flatnonzero(holes).tolist():
            texts[row] = ""
        return texts


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
