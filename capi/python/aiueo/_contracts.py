"""How each contract and trial ended, ready to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._histories import add_table, doubts_about
from ._library import Handle, NotPickled, call, library, make

if TYPE_CHECKING:
    from .plan import Plan

COLUMNS = ("customer", "start", "end", "outcome", "kind", "mrr_before", "mrr_after", "currency")


class Contracts(NotPickled):
    """The contracts table, prepared for one plan. Made by ``plan.contracts(table)``.

    Columns: ``customer``, ``start``, ``end``, ``outcome`` (renewed, churned, converted, lapsed;
    nothing while it is open); optionally ``kind`` (contract, trial), ``mrr_before``, ``mrr_after``,
    ``currency`` (the model's, or nothing).

    ``warnings``: a sentence for what is doubtful (contracts that overlap, that churned and yet went
    on, that lack an MRR). They are emitted as `aiueo.DataWarning` too.
    """

    _instead = "take the plan and the table, and prepare it anew: plan.contracts(table)"

    def __init__(self, plan: Plan, table: Any, *, quiet: bool = False) -> None:
        """`quiet`: the warnings are not emitted."""
        self.plan = plan
        self.handle: Handle = make("contracts", library().aiueo_contracts_new, plan.handle.pointer)
        add_table(library().aiueo_contracts_add_stream, self.handle, table, COLUMNS, "contracts")
        call(library().aiueo_contracts_finish, self.handle.pointer)
        self.warnings: list[str] = doubts_about(
            library().aiueo_contracts_warnings, self.handle, quiet
        )


__all__ = ["Contracts"]
