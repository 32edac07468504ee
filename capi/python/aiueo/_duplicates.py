"""Two rows of one customer and date in different record batches of one table."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref
from typing import TYPE_CHECKING, Any

from ._arrow import OwnedArray, OwnedSchema
from ._dates import date_of
from ._errors import DUPLICATE_ROW, DataError
from ._library import call, library, make
from .scores import _days, _texts

if TYPE_CHECKING:
    from ._batch import Batch


def check_across(batch: Batch) -> None:
    """DataError for the first row whose customer and date were there in an earlier part.

    Within a part the library has looked already.
    """
    seen: dict[tuple[Any, Any], int] = {}
    for first_row, customers, days in _keys(batch):
        for row, key in enumerate(zip(customers, days), first_row):
            before = seen.setdefault(key, row)
            if before != row:
                customer, day = key
                when = f" and date {date_of(day)}" if day is not None else ""
                raise DataError(
                    DUPLICATE_ROW,
                    f"snapshots, row {row + 1}, customer {customer}: customer{when} were there in "
                    f"row {before + 1} already; a customer has one snapshot a date",
                )


def _keys(batch: Batch) -> Iterator[tuple[int, list[Any], list[Any]]]:
    for part in batch.parts:
        scores = make(
            "scores", library().aiueo_scores_new, batch.plan.handle.pointer, part.rows, None
        )
        schema, array = OwnedSchema(), OwnedArray()
        call(
            library().aiueo_scores_export,
            scores.pointer,
            part.handle.pointer,
            part.rows,
            byref(schema.struct),
            byref(array.struct),
        )
        columns = {
            schema.struct.children[k].contents.name: array.struct.children[k].contents
            for k in range(schema.struct.n_children)
        }
        rows = part.rows
        yield (
            part.first_row,
            list(_texts(columns[b"customer"], rows)),
            list(_days(columns[b"as_of"], rows)),
        )


__all__ = ["check_across"]
