"""aiueo rollup: customers rolled up to their parents."""

from __future__ import annotations

from typing import Any

import click

from ._app import stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    AS_OF,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    initiatives_of,
    plan_of,
    print_json,
    table_errors,
    warn_as_of,
)
from ._files import keep_apart
from ._read import kind_of
from ._tables import whole_table
from ._write import write_table


@click.command("rollup")
@MODEL
@SNAPSHOTS
@INITIATIVES
@click.option("-o", "--output", metavar="PARENTS", help="Where a table goes: a row a parent.")
@AS_OF
@click.option("--no-overrides", is_flag=True, help="Without the managers' word.")
@NULL
@ALLOW_MISSING
@with_json
@stop_on_terminate
def command(
    model: str,
    snapshots: str,
    initiatives: str | None,
    output: str | None,
    as_of: Any,
    no_overrides: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
) -> None:
    """Roll the customers in SNAPSHOTS up to their parents (column parent) by MODEL."""
    if snapshots == "-" and initiatives == "-":
        raise click.UsageError("standard input can be snapshots or initiatives, not both")
    if output is not None:
        kind_of(output)
    keep_apart([output], [model, snapshots, initiatives])
    plan = plan_of(model)
    prepared = initiatives_of(plan, initiatives)
    source, table = whole_table((plan,), snapshots)
    with table_errors(source):
        found = plan.rollup(
            table,
            initiatives=prepared,
            as_of=as_of,
            overrides=not no_overrides,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
        )
    warn_as_of(source, as_of)
    if output is not None:
        write_table(found.to_arrow(), output)
    if wants_json():
        print_json(found.to_dicts(), err=output == "-")
    else:
        click.echo(found.text(), err=output == "-")
