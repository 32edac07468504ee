"""aiueo explain: why one customer's score is what it is, and what the next rung lacks."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.text import Text

from .._errors import NotFoundError
from ..explain import (
    COMPONENT_HEAD,
    Explanation,
    Gap,
    component_rows,
    gap_headline,
    gap_lines,
    headline,
    in_english,
    limits_text,
    movers_text,
    score_text,
)
from ..plan import Plan
from ..summary import LACKS_INITIATIVES
from ._app import Refused, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    AS_OF,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    console,
    grid,
    initiatives_of,
    plan_of,
    print_json,
    snapshots_of,
    table_errors,
    warn_as_of,
)


@click.command("explain")
@MODEL
@SNAPSHOTS
@INITIATIVES
@click.option("--customer", required=True, metavar="ID", help="Whose latest snapshot.")
@click.option(
    "--to", "target", metavar="RUNG", help="The gap to this rung; the next one if absent."
)
@AS_OF
@NULL
@ALLOW_MISSING
@with_json
def command(
    model: str,
    snapshots: str,
    initiatives: str | None,
    customer: str,
    target: str | None,
    as_of: Any,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
) -> None:
    """Explain the scores of a customer in SNAPSHOTS by MODEL."""
    plan = plan_of(model)
    prepared = initiatives_of(plan, initiatives)
    with snapshots_of(plan, snapshots) as source, table_errors(source):
        batch = plan.batch(
            source.reader,
            initiatives=prepared,
            as_of=as_of,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
        )
        try:
            row = batch.find(customer)
        except NotFoundError as failure:
            raise Refused(f"{source.name}: {failure}") from None
        why = plan.explain(batch, row=row)
        gaps = gaps_of(plan, batch, row, target)
    warn_as_of(source, as_of)
    if wants_json():
        print_json({"explanation": why, "gaps": gaps})
        return
    if plan.needs_initiatives and prepared is None:
        click.echo(f"warning: {LACKS_INITIATIVES}", err=True)
    for text in prepared.warnings if prepared is not None else []:
        click.echo(f"warning: {text}", err=True)
    if snapshots != "-":
        _add_written(plan, snapshots, why, gaps)
    show(console(), why, gaps)


def _add_written(plan: Plan, path: str, why: Explanation, gaps: list[Gap]) -> None:
    """Invalid values that the library does not keep, as the file has them."""
    users = [part for axis in why["axes"] for part in axis["components"]]
    users += [condition for gap in gaps for condition in gap.get("conditions") or []]
    lost = [
        one
        for user in users
        for one in user["inputs"]
        if one["state"] == "invalid" and one["value"] is None
    ]
    if not lost:
        return
    with snapshots_of(plan, path) as source:
        row = why["row"]
        for batch in source.reader:
            if row < batch.num_rows:
                for one in lost:
                    one["value"] = _as_written(batch, one["metric"], row)
                return
            row -= batch.num_rows


def _as_written(batch: Any, name: str, row: int) -> str | None:
    if name not in batch.schema.names:  # derived
        return None
    value = batch.column(name)[row].as_py()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return None if value is None else str(value).strip()


def gaps_of(plan: Plan, batch: Any, row: int, target: str | None) -> list[Gap]:
    """The gap of each ladder; with a target those of the ladders that have such a rung."""
    ladders = plan.ladders
    chosen = [name for name, rungs in ladders.items() if target is None or target in rungs]
    if target is not None and not chosen and ladders:
        chosen = [next(iter(ladders))]  # the library refuses it, with a suggestion
    return [plan.gap(batch, row=row, ladder=name, target=target) for name in chosen]


def show(out: Console, why: Explanation, gaps: list[Gap]) -> None:
    first, *rest = headline(why).splitlines()
    out.print(Text(first, style="bold"))
    for line in rest:
        out.print(Text(line))
    for axis in why["axes"]:
        out.print()
        out.print(Text(f"{axis['kana']} {axis['title']}: {score_text(axis)}", style="bold"))
        for line in limits_text(axis):
            out.print(Text(f"  {line}"))
        out.print(grid("", COMPONENT_HEAD, component_rows(axis), words=COMPONENT_HEAD[-1:]))
    moves = movers_text(why)
    if moves:
        out.print()
        out.print(Text(moves))
    for gap in gaps:
        out.print()
        out.print(Text(gap_headline(gap), style="bold"))
        for line in gap_lines(gap):
            out.print(Text(f"  {line}"))
        if gap.get("approach") and gap["target"]:
            out.print(Text(f"  approach: {in_english(gap['approach'])}"))
