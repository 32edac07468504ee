"""How each contract and trial ended, ready to be counted."""

from __future__ import annotations

import json
import warnings
from ctypes import byref, memmove, sizeof
from typing import TYPE_CHECKING, Any

from . import _structs as c
from ._arrow import Stream
from ._errors import DataError, DataWarning
from ._export import stream_over
from ._initiatives import arrow_stream, outside
from ._library import Handle, call, library, make, text_of
from ._tables import parts_of, same_length

if TYPE_CHECKING:
    from .plan import Plan

_COLUMNS = ("customer", "start", "end", "outcome", "kind", "mrr_before", "mrr_after")


class Contracts:
    """The contracts table, prepared for one plan. Made by ``plan.contracts(table)``.

    Columns: ``customer``, ``start``, ``end``, ``outcome`` (renewed, churned, converted, lapsed;
    nothing while it is open); optionally ``kind`` (contract, trial), ``mrr_before``, ``mrr_after``.

    ``warnings``: a sentence for what is doubtful (contracts that overlap, that churned and yet went
    on, that lack an MRR). They are emitted as `aiueo.DataWarning` too.
    """

    def __init__(self, plan: Plan, table: Any) -> None:
        self.plan = plan
        self.handle: Handle = make("contracts", library().aiueo_contracts_new, plan.handle.pointer)
        source = _stream(table)
        struct = c.ArrowArrayStream()
        memmove(byref(struct), byref(source.struct), sizeof(struct))
        source.struct.release = c.ReleaseStream()
        call(library().aiueo_contracts_add_stream, self.handle.pointer, byref(struct))
        call(library().aiueo_contracts_finish, self.handle.pointer)
        self.warnings: list[str] = json.loads(
            text_of(library().aiueo_contracts_warnings, self.handle.pointer)
        )
        for text in self.warnings:
            warnings.warn(text, DataWarning, stacklevel=outside())


def _stream(table: Any) -> Stream:
    """The table as an Arrow stream, whatever it is."""
    arrow = arrow_stream(table)
    if arrow is not None:
        return arrow
    try:
        [part] = parts_of(table, lambda name: name in _COLUMNS, "contracts")
        if isinstance(part, list):
            same_length(part)
            return stream_over(part)
    except DataError as failure:
        text = failure.message
        if text.startswith("snapshots, "):
            text = f"contracts, {text.removeprefix('snapshots, ')}"
        raise DataError(failure.code, text) from None
    schema, array = part
    return stream_over((schema, array))


__all__ = ["Contracts"]
