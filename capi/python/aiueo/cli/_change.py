"""aiueo change: what changed between two files of snapshots, and through what."""

from __future__ import annotations

from typing import Any

import click

from .._errors import NotFoundError
from ..change import Change, inputs_then_and_now, line_name
from ._app import Refused, stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    INITIATIVES,
    MODEL,
    NULL,
    Day,
    plan_of,
    print_json,
    table_errors,
    warn_as_of,
)
from ._files import keep_apart
from ._read import kind_of
from ._tables import small_table, whole_table
from ._write import write_table


@click.command("change")
@MODEL
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--from-model", metavar="MODEL", help="The model that scored BEFORE, if another.")
@click.option("--customer", metavar="ID", help="One customer, line by line.")
@click.option("-o", "--output", metavar="CHANGES", help="Where a table goes: a row a customer.")
@INITIATIVES
@click.option("--before-as-of", type=Day(), metavar="DATE", help="Of all rows of BEFORE.")
@click.option("--after-as-of", type=Day(), metavar="DATE", help="Of all rows of AFTER.")
@click.option("--no-overrides", is_flag=True, help="Without the managers' word.")
@NULL
@ALLOW_MISSING
@with_json
@stop_on_terminate
def command(
    model: str,
    before: str,
    after: str,
    from_model: str | None,
    customer: str | None,
    output: str | None,
    initiatives: str | None,
    before_as_of: Any,
    after_as_of: Any,
    no_overrides: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
) -> None:
    """What changed from BEFORE to AFTER, two files of snapshots, by MODEL.

    Every change of a score is split into model, staleness, missingness and behaviour, which sum to
    it. Of each customer the latest row of either file counts.
    """
    if [before, after, initiatives].count("-") > 1:
        raise click.UsageError("standard input can be one of the tables only")
    if output is not None:
        if customer is not None:
            raise click.UsageError("-o is for all customers; leave --customer out")
        kind_of(output)
    keep_apart([output], [model, from_model, before, after, initiatives])
    plan = plan_of(model)
    old = None if from_model is None else plan_of(from_model)
    plans = (plan,) if old is None else (plan, old)
    sources = [whole_table(plans, path) for path in (before, after)]
    done = small_table(initiatives, "initiatives")
    try:
        with table_errors(*(source for source, _ in sources)):
            found = plan.change(
                sources[0][1],
                sources[1][1],
                customer,
                from_plan=old,
                initiatives=done,
                before_as_of=before_as_of,
                after_as_of=after_as_of,
                overrides=not no_overrides,
                null_texts=nulls,
                missing_columns="unknown" if allow_missing_columns else "error",
            )
    except NotFoundError as failure:
        raise Refused(f"{before} and {after}: {failure}") from None
    warn_as_of(sources[0][0], before_as_of)
    warn_as_of(sources[1][0], after_as_of)
    if isinstance(found, Change):
        if wants_json():
            print_json(found)
        else:
            _show(found)
        return
    if output is not None:
        write_table(found.to_arrow(), output)
    if wants_json():
        print_json(found.to_dict(), err=output == "-")
    else:
        click.echo(found.text(), err=output == "-")


def _show(found: Change) -> None:
    click.echo(found.text())
    lines = []
    for score in found["scores"]:
        for line in score["lines"]:
            told = inputs_then_and_now(line)
            if told and any(line["parts"].values()):
                lines.append(f"  {score['name']}.{line_name(line, score['name'])}: {told}")
    if lines:
        click.echo("\nwhat moved\n" + "\n".join(lines))
