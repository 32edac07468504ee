"""A whole table of snapshots for commands that look at it more than once."""

from __future__ import annotations

from typing import Any

from .._contracts import COLUMNS as CONTRACT_COLUMNS
from .._initiatives import COLUMNS as INITIATIVE_COLUMNS
from ..plan import Plan
from ._common import history, table_errors
from ._read import Source


def whole_table(plans: tuple[Plan, ...], path: str) -> tuple[Source, Any]:
    """All columns that one of the plans knows, as one piece."""
    source = Source(path, lambda name: any(plan.knows(name) for plan in plans), "snapshots")
    with source, table_errors(source):
        return source, source.reader.read_all().combine_chunks()


def small_table(path: str | None, what: str) -> Any:
    """Contracts or initiatives that two plans prepare, each for itself; None without a path."""
    if path is None:
        return None
    columns = {"contracts": CONTRACT_COLUMNS, "initiatives": INITIATIVE_COLUMNS}[what]
    with history(path, columns, what) as source:
        return source.reader.read_all()
