"""A proposed model beside the one in use, before it is rolled out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from ctypes import byref, sizeof
from typing import TYPE_CHECKING, Any

from . import _structs as c
from ._callbacks import raising_again
from ._dates import DateLike
from ._errors import INVALID_ARGUMENT, ArgumentError
from ._library import library, text_of
from ._text import number, rounded, table
from .change import line_name, moves_text, one_part, signed
from .explain import Record, records

if TYPE_CHECKING:
    from .plan import Plan

KINDS = {"contract": c.CONTRACT, "trial": c.TRIAL}


class Comparison(Record):
    """Two models on the same customers: ``plan.compare(proposed, snapshots, contracts)``. Prints as
    text.

    ``moves``: as `Changes.portfolio` has it; ``movers``: who moves most, by component;
    ``segments``: the same by segment. ``current`` and ``proposed``: name, fingerprint and, with
    contracts, the ``evidence`` of either: AUC of overall and the axes, renewal by stage, band and
    segment, each with its interval. ``sentence`` and ``cautions``: in words.
    """

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists, by schema/comparison.schema.json."""
        out: dict[str, Any] = json.loads(json.dumps(self))
        return out

    def text(self, language: str = "en") -> str:
        """The sentence, the moves, who moves most, segments, evidence, and what not to conclude."""
        blocks = [self["sentence"][language]]
        for ladder in self["moves"]["ladders"]:
            blocks.append(f"{ladder['name']}\n{moves_text(ladder)}")
        if self["movers"]:
            blocks.append("who moves most\n" + table(MOVER_HEAD, mover_rows(self)))
        if self["segments"]:
            blocks.append("by segment\n" + table(SEGMENT_HEAD, segment_rows(self)))
        if self["current"]["evidence"] is not None:
            blocks.append("AUC for renewal\n" + table(("", "current", "proposed"), auc_rows(self)))
            for name, rows in renewal_rows(self):
                blocks.append(f"renewal by {name}\n" + table(("", "current", "proposed"), rows))
        blocks.append("\n".join(f"! {one[language]}" for one in self["cautions"]))
        return "\n\n".join(blocks)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)


MOVER_HEAD = ("", "current", "proposed", "change", "stage", "most through")
SEGMENT_HEAD = ("", "n", "current", "proposed", "change", "up", "down", "lose score", "get one")


def mover_rows(one: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for mover in one["movers"]:
        stage = mover["ladders"][0] if mover["ladders"] else None
        moved = ""
        if stage is not None:
            moved = str(stage["proposed"])
            if stage["current"] != stage["proposed"]:
                moved = f"{stage['current'] or '–'} to {moved}"
        through = [
            f"{line_name(line, 'overall')} {signed(line['change'])}" for line in mover["lines"]
        ]
        rows.append(
            [
                mover["customer"],
                number(mover["current"]),
                number(mover["proposed"]),
                signed(mover["change"]),
                moved,
                ", ".join(through[:3]),
            ]
        )
    return rows


def segment_rows(one: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            f"{part['segment']} {part['level'] or '(not known)'}",
            number(part["n"]),
            number(part["current"]),
            number(part["proposed"]),
            signed(part["change"]),
            *(number(part[key]) for key in ("up", "down", "lost_score", "got_score")),
        ]
        for part in one["segments"]
    ]


def _figure(one: Mapping[str, Any] | None, percent: bool) -> str:
    if one is None or one["value"] is None:
        return "–"
    scale, digits = (100, 1) if percent else (1, 3)
    text = rounded(scale * one["value"], digits)
    if one["lower"] is not None:
        text += (
            f" ({rounded(scale * one['lower'], digits)}–{rounded(scale * one['upper'], digits)})"
        )
    return f"{text}, n {one['n']:,}"


def _pairs(one: Mapping[str, Any], key: str, name: str) -> list[tuple[str, Any, Any]]:
    """Entries of both sides under one name, in the proposed model's order, then the others."""
    sides = [
        {entry[name]: entry for entry in one[side]["evidence"][key]}
        for side in ("current", "proposed")
    ]
    names = [*sides[1], *(entry for entry in sides[0] if entry not in sides[1])]
    return [(called, sides[0].get(called), sides[1].get(called)) for called in names]


def auc_rows(one: Mapping[str, Any]) -> list[list[str]]:
    return [
        [name, *(_figure(side and side["auc"], False) for side in (current, proposed))]
        for name, current, proposed in _pairs(one, "auc", "score")
    ]


def renewal_rows(one: Mapping[str, Any]) -> list[tuple[str, list[list[str]]]]:
    """Each table that either model has, its levels with the rate in percent under both."""
    out = []
    for name, current, proposed in _pairs(one, "renewal", "of"):
        then = {row["level"]: row["rate"] for row in (current or {"rows": []})["rows"]}
        now = {row["level"]: row["rate"] for row in (proposed or {"rows": []})["rows"]}
        levels = [*now, *(level for level in then if level not in now)]
        rows = [[x or "–", _figure(then.get(x), True), _figure(now.get(x), True)] for x in levels]
        out.append((name, rows))
    return out


def compare(
    current: Plan,
    proposed: Plan,
    snapshots: Any,
    contracts: Any,
    *,
    initiatives: Any = None,
    as_of: DateLike | None = None,
    kind: str = "contract",
    movers: int = 20,
    drop_leaks: bool = False,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
) -> Comparison:
    """See `Plan.compare`."""
    if kind not in KINDS:
        raise ArgumentError(INVALID_ARGUMENT, f'kind is {kind!r}; it is "contract" or "trial"')
    if hasattr(snapshots, "__next__") or hasattr(snapshots, "read_next_batch"):
        raise ArgumentError(INVALID_ARGUMENT, "the snapshots are read twice; give a table")
    texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)
    parts, seen = [], []
    for plan in (current, proposed):
        batch = plan.batch(
            snapshots,
            initiatives=initiatives,
            as_of=as_of,
            missing_columns=missing_columns,
            null_texts=texts,
            all_metrics=True,
        )
        batch.check_rows()
        parts.append(one_part(batch, "given"))
        if contracts is not None:
            seen.append(
                plan.evidence(
                    snapshots,
                    contracts,
                    initiatives=initiatives,
                    drop_leaks=drop_leaks,
                    missing_columns=missing_columns,
                    null_texts=texts,
                )
            )
    options = c.ComparisonOptions(
        struct_size=sizeof(c.ComparisonOptions),
        kind=KINDS[kind],
        current_seen=seen[0].handle.pointer if seen else None,
        proposed_seen=seen[1].handle.pointer if seen else None,
        movers=movers if movers > 0 else -1,
    )
    with raising_again():
        text = text_of(
            library().aiueo_comparison, parts[0].pointer, parts[1].pointer, byref(options)
        )
    return Comparison(records(json.loads(text)))


__all__ = ["Comparison"]
