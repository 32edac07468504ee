"""Which MRR each customer paid from when to when, ready to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._histories import add_table
from ._library import Handle, NotPickled, call, library, make

if TYPE_CHECKING:
    from .plan import Plan

COLUMNS = ("customer", "start", "end", "mrr", "currency")


class Ledger(NotPickled):
    """The ledger, prepared for one plan. Made by ``plan.ledger(table)``.

    Columns: ``customer``, ``start`` (the first day), ``end`` (the first day without it, nothing
    while it is open), ``mrr`` (in major units); optionally ``currency``, the model's or nothing.
    Several rows of a customer at a time add up.
    """

    _instead = "take the plan and the table, and prepare it anew: plan.ledger(table)"

    def __init__(self, plan: Plan, table: Any) -> None:
        self.plan = plan
        self.handle: Handle = make("ledger", library().aiueo_ledger_new, plan.handle.pointer)
        add_table(library().aiueo_ledger_add_stream, self.handle, table, COLUMNS, "ledger")
        call(library().aiueo_ledger_finish, self.handle.pointer)


__all__ = ["Ledger"]
