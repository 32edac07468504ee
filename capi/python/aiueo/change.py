"""What changed between two snapshots of the same customers, split into its parts."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterable, Mapping
from ctypes import byref, sizeof
from typing import TYPE_CHECKING, Any

from . import _structs as c
from ._arrow import OwnedArray, OwnedSchema
from ._batch import Batch
from ._callbacks import raising_again
from ._dates import DateLike
from ._errors import INVALID_ARGUMENT, ArgumentError
from ._exported_table import ExportedTable
from ._library import Handle, call, library, make, text_of
from ._text import number, table
from .explain import Record, input_text, records

if TYPE_CHECKING:
    from .plan import Plan

#: What a change is split into, in the order in which it is.
PARTS = ("model", "staleness", "missingness", "behaviour")
LINE_HEAD = ("", "before", "after", "change", *PARTS)


class Change(Record):
    """One customer's change: ``plan.change(before, after, customer="c-7")``. Prints as text.

    ``scores``: each axis, touch and overall with ``before``, ``after``, ``kind``, ``parts`` (points
    by model, staleness, missingness, behaviour; they sum to the change) and ``lines``, the same for
    each component, caps, override and rounding. ``ladders`` and ``band``: where it stood and
    stands, and the parts that moved it.
    """

    def text(self) -> str:
        blocks = [change_headline(self)]
        for score in self["scores"]:
            blocks.append(f"{score['name']}: {score_line(score)}")
            blocks.append(table(LINE_HEAD, line_rows(score)))
        return "\n\n".join(blocks)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)


class Changes(ExportedTable):
    """The changes of a portfolio: ``plan.change(before, after)``. Prints as text.

    ``portfolio``: means of the parts over the customers with a score both times, by score and
    component, how many became insufficient or sufficient and through what, who moved on the
    ladders, how many are new and gone. The table has a row a customer (see `to_arrow`,
    `to_pandas`, `to_polars`, `to_dicts`): customer, presence (both, new, gone), before_as_of,
    after_as_of; for each axis, touch and overall NAME.before, NAME.after, NAME.model,
    NAME.staleness, NAME.missingness, NAME.behaviour, NAME.kind, NAME.cause; for each ladder and
    band NAME.before, NAME.after.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._plain: dict[str, Any] = json.loads(
            text_of(library().aiueo_changes_json, handle.pointer)
        )
        self.portfolio: Any = records(self._plain)

    def to_dict(self) -> dict[str, Any]:
        """The portfolio as plain dicts and lists, by schema/changes.schema.json."""
        out: dict[str, Any] = json.loads(json.dumps(self._plain))
        return out

    def _export(self) -> tuple[OwnedSchema, OwnedArray]:
        schema, array = OwnedSchema(), OwnedArray()
        call(
            library().aiueo_changes_export,
            self._handle.pointer,
            byref(schema.struct),
            byref(array.struct),
        )
        return schema, array

    def __len__(self) -> int:
        """Customers there both times."""
        return int(self._plain["customers"])

    def text(self) -> str:
        blocks = [portfolio_headline(self._plain), table(TOTAL_HEAD, total_rows(self._plain))]
        lines = overall_rows(self._plain)
        if lines:
            blocks.append("overall, by component\n" + table(MEAN_HEAD, lines))
        for ladder in self._plain["ladders"]:
            blocks.append(f"{ladder['name']}\n{moves_text(ladder)}")
        return "\n\n".join(blocks)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)


# ── words ────────────────────────────────────────────────────────────────────────────────────

TOTAL_HEAD = ("", "n", "before", "after", "change", *PARTS, "now insufficient", "now sufficient")
MEAN_HEAD = ("", "change", *PARTS)


def signed(value: float | None) -> str:
    """``+1.5``, ``-3``, ``0``; – for none."""
    text = number(value)
    return f"+{text}" if value is not None and value > 0 and text != "0" else text


def line_name(line: Mapping[str, Any], within: str) -> str:
    """``logins``, or ``U.logins`` in overall; ``caps``, ``U caps`` likewise."""
    if line["kind"] == "component":
        name = str(line["component"])
        return name if within == "overall" else name.partition(".")[2]
    return str(line["kind"]) if line["of"] == within else f"{line['of']} {line['kind']}"


def change_headline(one: Mapping[str, Any]) -> str:
    before, after = one["before"], one["after"]
    lines = [f"{one['customer'] or 'row'}: {before['as_of'] or '–'} to {after['as_of'] or '–'}"]
    if before["model"] != after["model"]:
        lines.append(f"models: {before['model']!r}, then {after['model']!r}")
    bands = [{"name": "band", **one["band"]}] if "band" in one else []
    for level in [*one["ladders"], *bands]:
        moved = f"{level['before'] or '–'} to {level['after'] or '–'}"
        if level["before"] == level["after"]:
            moved = str(level["after"] or "–")
        by = ", ".join(level["moved_by"])
        lines.append(f"{level['name']}: {moved}" + (f" (through {by})" if by else ""))
    return "\n".join(lines)


def score_line(score: Mapping[str, Any]) -> str:
    """``62.5 to 48.1, -14.4: staleness -3, behaviour -11.4``, or what is named instead."""
    kind = score["kind"]
    if kind == "insufficient":
        return "insufficient both times"
    if kind == "became_insufficient":
        return f"{number(score['before'])}, now insufficient through {score['cause']}"
    if kind == "became_sufficient":
        return f"insufficient before, now {number(score['after'])} through {score['cause']}"
    parts = [f"{name} {signed(score['parts'][name])}" for name in PARTS if score["parts"][name]]
    text = f"{number(score['before'])} to {number(score['after'])}"
    if not parts:
        return f"{text}, no change"
    text += f", {signed(score['change'])}: {', '.join(parts)}"
    for name in score["joined"]:
        text += f" ({name} cannot be told apart: no score between; it is in the next)"
    return text


def line_rows(score: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for line in score["lines"]:
        known = line["parts"]["model"] is not None
        rows.append(
            [
                line_name(line, score["name"]),
                number(line["before"]),
                number(line["after"]),
                signed(line["after"] - line["before"]) if known else "–",
                *(signed(line["parts"][name]) for name in PARTS),
            ]
        )
    return rows


def inputs_then_and_now(line: Mapping[str, Any]) -> str:
    """``logins_28d = 12, then logins_28d missing``; empty where nothing is said."""
    texts = []
    for side in ("then", "now"):
        one = line.get(side)
        if one:
            texts.append("; ".join(input_text(item) for item in one["inputs"]))
    return ", then ".join(dict.fromkeys(texts)) if texts else ""


def portfolio_headline(one: Mapping[str, Any]) -> str:
    text = f"{one['customers']:,} customers both times, {one['new']:,} new, {one['gone']:,} gone"
    if not one["models"]["same"]:
        text += f"; models {one['models']['before']!r}, then {one['models']['after']!r}"
    return text


def total_rows(one: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for score in one["scores"]:
        rows.append(
            [
                score["name"],
                number(score["n"]),
                number(score["before"]),
                number(score["after"]),
                signed(score["change"]),
                *(signed(score["parts"][name]) for name in PARTS),
                number(sum(score["became_insufficient"].values())),
                number(sum(score["became_sufficient"].values())),
            ]
        )
    return rows


def overall_rows(one: Mapping[str, Any], most: int = 12) -> list[list[str]]:
    """The lines of overall that changed most, in the mean."""
    for score in one["scores"]:
        if score["name"] == "overall":
            lines = sorted(score["lines"], key=lambda line: -abs(line["change"]))
            lines = [line for line in lines if any(map(_shows, line["parts"].values()))]
            return [
                [
                    line_name(line, "overall"),
                    signed(line["change"]),
                    *(signed(line["parts"][name]) for name in PARTS),
                ]
                for line in lines[:most]
            ]
    return []


def _shows(value: float) -> bool:
    return abs(value) >= 0.05


def moves_text(ladder: Mapping[str, Any]) -> str:
    """Who moved, a line a move; who stayed in one."""
    stayed = sum(move["n"] for move in ladder["moves"] if move["from"] == move["to"])
    lines = [f"  {stayed:,} stayed"]
    for move in ladder["moves"]:
        if move["from"] != move["to"]:
            lines.append(f"  {move['n']:,} from {move['from'] or '–'} to {move['to'] or '–'}")
    return "\n".join(lines)


# ── calls ────────────────────────────────────────────────────────────────────────────────────


def one_part(batch: Batch, which: str) -> Handle:
    if len(batch.parts) != 1:
        raise ArgumentError(
            INVALID_ARGUMENT, f"the {which} snapshots come in several pieces; give one table"
        )
    return batch.parts[0].handle


def split(
    plan: Plan,
    before: Any,
    after: Any,
    customer: Any,
    from_plan: Plan | None,
    *,
    initiatives: Any = None,
    before_as_of: DateLike | None = None,
    after_as_of: DateLike | None = None,
    overrides: bool = True,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
) -> Changes | Change:
    """See `Plan.change`."""
    texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)

    def bound(of: Plan, rows: Any, as_of: DateLike | None) -> Batch:
        return of.batch(
            rows,
            initiatives=initiatives,
            as_of=as_of,
            missing_columns=missing_columns,
            null_texts=texts,
            all_metrics=True,
        )

    if from_plan is not None and isinstance(before, Batch):
        raise ArgumentError(
            INVALID_ARGUMENT, "with from_plan give the earlier snapshots as a table"
        )
    if from_plan is not None and hasattr(before, "__next__"):
        raise ArgumentError(
            INVALID_ARGUMENT, "the earlier snapshots are read twice with from_plan; give a table"
        )
    earlier = bound(plan, before, before_as_of)
    later = bound(plan, after, after_as_of)
    then = None if from_plan is None else bound(from_plan, before, before_as_of)
    options = c.ChangeOptions(
        struct_size=sizeof(c.ChangeOptions),
        flags=0 if overrides else c.SCORES_NO_OVERRIDES,
        **{"from": None if then is None else one_part(then, "earlier").pointer},
    )
    old, new = one_part(earlier, "earlier"), one_part(later, "later")
    with raising_again():
        if customer is None:
            for batch in (earlier, later):
                batch.check_rows()
            made = make(
                "changes", library().aiueo_changes_new, old.pointer, new.pointer, byref(options)
            )
            return Changes(made)
        text = text_of(
            library().aiueo_change_explain,
            old.pointer,
            ctypes.c_int64(earlier.find(customer)),
            new.pointer,
            ctypes.c_int64(later.find(customer)),
            byref(options),
        )
    return Change(records(json.loads(text)))


__all__ = ["PARTS", "Change", "Changes"]
