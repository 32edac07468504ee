"""Which rank members of the team gave each customer, ready to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._histories import add_table
from ._library import Handle, NotPickled, call, library, make

if TYPE_CHECKING:
    from .plan import Plan

COLUMNS = ("customer", "as_of", "rank", "by")


class Ranks(NotPickled):
    """The ranks table, prepared for one plan. Made by ``plan.ranks(table)``.

    Columns: ``customer``, ``as_of`` (the day of the judgement), ``rank`` (one of the model's
    ``study.ranks``); optionally ``by`` (the member of the team, nothing if nobody is named).
    """

    _instead = "take the plan and the table, and prepare it anew: plan.ranks(table)"

    def __init__(self, plan: Plan, table: Any) -> None:
        self.plan = plan
        self.handle: Handle = make("ranks", library().aiueo_ranks_new, plan.handle.pointer)
        add_table(library().aiueo_ranks_add_stream, self.handle, table, COLUMNS, "ranks")
        call(library().aiueo_ranks_finish, self.handle.pointer)


__all__ = ["Ranks"]
