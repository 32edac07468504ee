"""Small tables beside the snapshots (contracts, ledger, ranks, …), handed over as streams."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from ctypes import addressof, byref, memmove, sizeof
from types import FrameType
from typing import Any

from . import _structs as c
from ._arrow import Stream
from ._errors import DataError, DataWarning
from ._export import stream_over
from ._library import Handle, call, text_of
from ._optional import loaded, needed
from ._tables import parts_of, same_length


def add_table(function: Any, to: Handle, table: Any, columns: Sequence[str], what: str) -> None:
    """All rows of a table, whatever it is. `function`: aiueo_…_add_stream; `columns`: those that
    are of use; `what`: the table's name, for messages."""
    source = _stream(table, columns, what)
    struct = c.ArrowArrayStream()
    memmove(byref(struct), byref(source.struct), sizeof(struct))
    source.struct.release = c.ReleaseStream()
    call(function, to.pointer, byref(struct))


def arrow_of(table: Any, columns: Sequence[str], what: str) -> Any:
    """A table as `add_table` hands it over, as one of PyArrow."""
    pa = needed("pyarrow", what)
    source = _stream(table, columns, what)
    return pa.RecordBatchReader._import_from_c(addressof(source.struct)).read_all()


def doubts_about(function: Any, of: Handle, quiet: bool = False) -> list[str]:
    """What aiueo_…_warnings says, emitted as DataWarnings too unless `quiet`."""
    found: list[str] = json.loads(text_of(function, of.pointer))
    for text in [] if quiet else found:
        warnings.warn(text, DataWarning, stacklevel=outside())
    return found


def outside() -> int:
    """The stack level, counted from the caller of this, of whoever called the package."""
    frame: FrameType | None = sys._getframe(1)
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == "aiueo":
        frame = frame.f_back
        level += 1
    return level


def _arrow_stream(table: Any) -> Stream | None:
    """The table's own Arrow stream; None where it is made of columns or rows."""
    pandas = loaded("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return None
    if isinstance(table, (Mapping, list)) or type(table).__module__ == "aiueo.sim.table":
        return None
    polars = loaded("polars")
    if polars is not None and isinstance(table, polars.LazyFrame):
        table = table.collect()
    if hasattr(table, "__arrow_c_stream__"):
        return Stream.of(table)
    for method in ("fetch_record_batch", "arrow"):
        if hasattr(table, method):
            return Stream.of(getattr(table, method)())
    return None


def _stream(table: Any, columns: Sequence[str], what: str) -> Stream:
    arrow = _arrow_stream(table)
    if arrow is not None:
        return arrow
    try:
        [part] = parts_of(table, lambda name: name in columns, what)
        if isinstance(part, list):
            same_length(part)
            return stream_over(part)
    except DataError as failure:
        text = failure.message
        if text.startswith("snapshots, "):
            text = f"{what}, {text.removeprefix('snapshots, ')}"
        raise DataError(failure.code, text) from None
    schema, array = part
    return stream_over((schema, array))
