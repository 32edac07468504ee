"""pandas columns: NumPy and Arrow memory where it is, categories as dictionaries."""

from __future__ import annotations

from ctypes import pointer
from typing import Any

from . import _structs as c
from ._columns import (
    _from_datetimes,
    _masked,
    column_of,
    from_numpy,
)
from ._errors import column_error
from ._memory import Column, address_of
from ._objects import from_objects, text_column
from ._optional import loaded, numpy

_INDEX_TYPES = {1: c.TYPE_INT8, 2: c.TYPE_INT16, 4: c.TYPE_INT32, 8: c.TYPE_INT64}


def from_series(name: str, series: Any) -> Column:
    """A Series or an Index."""
    pandas = loaded("pandas")
    if isinstance(series, pandas.MultiIndex):
        raise column_error(name, "is an index of several levels; a column has one value a row")
    values = series.array
    if isinstance(values, pandas.arrays.NumpyExtensionArray):
        return from_numpy(name, series.to_numpy())
    return from_extension(name, values)


def from_extension(name: str, values: Any) -> Column:
    """An extension array: nullable numbers, categories, times, Arrow."""
    pandas = loaded("pandas")
    dtype = values.dtype
    if isinstance(values, pandas.Categorical):
        return _categories(name, values)
    if isinstance(dtype, pandas.DatetimeTZDtype):
        times = values.tz_convert("UTC").tz_localize(None)
        return _from_datetimes(name, times.to_numpy(), None, c.COLUMN_ZONED)
    if dtype.kind == "M" and not _is_arrow(values):
        return from_numpy(name, values.to_numpy())
    if isinstance(dtype, pandas.PeriodDtype):
        return column_of(name, values.to_timestamp())
    if _is_arrow(values):
        from ._arrow_columns import from_arrow

        chunks = values.__arrow_array__()
        return from_arrow(name, chunks)
    if hasattr(values, "_mask") and hasattr(values, "_data"):  # Int64, Float64, boolean
        return from_numpy(name, values._data, values._mask)
    if isinstance(dtype, pandas.SparseDtype):
        return from_numpy(name, values.to_dense())
    return from_objects(name, values.astype(object).tolist())


def _is_arrow(values: Any) -> bool:
    """Is the memory Arrow's already? Then it need not become Python objects."""
    dtype = values.dtype
    pandas = loaded("pandas")
    if hasattr(pandas, "ArrowDtype") and isinstance(dtype, pandas.ArrowDtype):
        return True
    return getattr(dtype, "storage", None) == "pyarrow" and hasattr(values, "__arrow_array__")


def _categories(name: str, values: Any) -> Column:
    """Codes stay where they are; only the categories become text."""
    words = values.categories.tolist()
    if not all(isinstance(word, str) for word in words):
        np = numpy()
        return column_of(name, np.asarray(values))
    codes = values.codes
    dictionary = text_column(name, words)
    start, kept = address_of(numpy().ascontiguousarray(codes))
    column = Column(
        c.TYPE_DICTIONARY,
        len(codes),
        kept,
        dictionary,
        values=start,
        index_type=_INDEX_TYPES[codes.dtype.itemsize],
        dictionary=pointer(dictionary.struct),
    )
    return _masked(column, codes < 0)
