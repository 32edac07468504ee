"""What was done for customers, ready to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._histories import add_table, doubts_about
from ._library import Handle, NotPickled, call, library, make
from ._optional import pyarrow

if TYPE_CHECKING:
    from .plan import Plan

COLUMNS = ("customer", "initiative", "date", "attended", "responded", "holdout", "variant")


class Initiatives(NotPickled):
    """The initiatives table, prepared for one plan. Made by ``plan.initiatives(table)``.

    Columns: ``customer``, ``initiative``, ``date``; optionally ``attended``, ``responded``, and
    where all rows are kept ``variant`` and ``holdout`` (left out on purpose, to compare with).

    ``keep_all``: is every row kept, as evidence needs, and not only what the model counts?
    ``warnings``: a sentence for each initiative that the model counts and no row has, perhaps a
    slip in a name. They are emitted as `aiueo.DataWarning` too, and are in the summary of scores.
    ``table``: a PyArrow table that it was made of, so that another plan can prepare it too; None of
    anything else.
    """

    _instead = "take the plan and the table, and prepare it anew: plan.initiatives(table)"

    def __init__(
        self, plan: Plan, table: Any, keep_all: bool = False, *, quiet: bool = False
    ) -> None:
        """`quiet`: the warnings are not emitted."""
        self.plan = plan
        self.keep_all = keep_all
        arrow = pyarrow()
        self.table = table if arrow is not None and isinstance(table, arrow.Table) else None
        self.handle: Handle = make(
            "initiatives", library().aiueo_initiatives_new, plan.handle.pointer, keep=plan.handle
        )
        if keep_all:
            call(library().aiueo_initiatives_keep_all, self.handle.pointer)
        columns = COLUMNS if keep_all else COLUMNS[:6]
        add_table(
            library().aiueo_initiatives_add_stream, self.handle, table, columns, "initiatives"
        )
        call(library().aiueo_initiatives_finish, self.handle.pointer)
        self.warnings: list[str] = doubts_about(
            library().aiueo_initiatives_warnings, self.handle, quiet
        )


__all__ = ["Initiatives"]
