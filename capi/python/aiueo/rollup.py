"""Customers rolled up to their parents."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref
from typing import TYPE_CHECKING, Any

from ._arrow import OwnedArray, OwnedSchema
from ._dates import DateLike
from ._exported_table import ExportedTable
from ._library import Handle, call, library
from ._text import number, rounded, table
from .change import one_part

if TYPE_CHECKING:
    from .plan import Plan


class Rollup(ExportedTable):
    """Parents, a row each: ``plan.rollup(snapshots)``. Prints as text.

    ``customer`` (the parent), ``parent`` (its own), ``level`` (1 above customers only),
    ``children`` (direct), ``own`` (has it a row that counts beside them?); the axes, touch and
    ``overall``, each with coverage and bounds; ``members_insufficient``, ``unweighted`` (members
    whose weight is not known), ``good`` (the share of the weight in good standing), ``mrr``,
    ``mrr_unknown``. See `to_dicts`, `to_arrow`, `to_pandas`, `to_polars`.
    """

    def __init__(self, batch: Handle, scores: Handle, axes: list[str]) -> None:
        self._batch = batch
        self._scores = scores
        self._axes = axes
        self._rows = self.to_dicts()

    def _export(self) -> tuple[OwnedSchema, OwnedArray]:
        schema, array = OwnedSchema(), OwnedArray()
        call(
            library().aiueo_rollup_export,
            self._batch.pointer,
            self._scores.pointer,
            byref(schema.struct),
            byref(array.struct),
        )
        return schema, array

    def __len__(self) -> int:
        return len(self._rows)

    def text(self, most: int = 20) -> str:
        """The parents with most MRR, at most so many."""
        head = ("parent", "level", "children", *self._axes, "overall", "known", "good", "MRR")
        rows = sorted(self._rows, key=lambda one: -(one["mrr"] or 0))[:most]
        lines = [
            [
                one["customer"],
                str(one["level"]),
                number(one["children"]),
                *(number(one[axis]) for axis in self._axes),
                number(one["overall"]),
                f"{rounded(100 * one['coverage'], 0)}%",
                "–" if one["good"] is None else f"{rounded(100 * one['good'], 0)}%",
                number(one["mrr"]),
            ]
            for one in rows
        ]
        text = "1 parent" if len(self._rows) == 1 else f"{len(self._rows):,} parents"
        if not lines:
            return text
        more = len(self._rows) - len(rows)
        return "\n".join(
            [text, "", table(head, lines), *([f"… and {more:,} more"] if more else [])]
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)


def roll_up(
    plan: Plan,
    snapshots: Any,
    *,
    initiatives: Any = None,
    as_of: DateLike | None = None,
    overrides: bool = True,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
) -> Rollup:
    """See `Plan.rollup`."""
    batch = plan.batch(
        snapshots,
        initiatives=initiatives,
        as_of=as_of,
        missing_columns=missing_columns,
        null_texts=null_texts,
        all_metrics=True,
    )
    handle = one_part(batch, "given")
    scores = plan.score(batch, detail=True, overrides=overrides)
    return Rollup(handle, scores._parts[0][0], plan.axes)


__all__ = ["Rollup"]
