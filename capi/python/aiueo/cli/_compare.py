"""aiueo compare: a proposed model beside the one in use."""

from __future__ import annotations

from typing import Any

import click

from ._app import stop_on_terminate, wants_json, with_json
from ._common import ALLOW_MISSING, AS_OF, NULL, plan_of, print_json, table_errors
from ._evidence import DROP_LEAKS
from ._tables import small_table, whole_table


@click.command("compare")
@click.argument("current", metavar="MODEL_A")
@click.argument("proposed", metavar="MODEL_B")
@click.argument("snapshots", metavar="SNAPSHOTS")
@click.argument("contracts", metavar="[CONTRACTS]", required=False)
@click.option("--initiatives", metavar="FILE", help="What was done for customers.")
@click.option(
    "--kind", type=click.Choice(["contract", "trial"]), default="contract", help="Of ends."
)
@click.option("--movers", type=click.IntRange(0, 10000), default=20, help="List so many customers.")
@AS_OF
@DROP_LEAKS
@NULL
@ALLOW_MISSING
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Of the sentences.")
@with_json
@stop_on_terminate
def command(
    current: str,
    proposed: str,
    snapshots: str,
    contracts: str | None,
    initiatives: str | None,
    kind: str,
    movers: int,
    as_of: Any,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    language: str,
) -> None:
    """Compare MODEL_B, proposed, with MODEL_A, in use, on SNAPSHOTS: who moves, and through what.

    With CONTRACTS also what became of the customers that either model ranked so.
    """
    if [snapshots, contracts, initiatives].count("-") > 1:
        raise click.UsageError("standard input can be one of the tables only")
    plans = plan_of(current), plan_of(proposed)
    source, table = whole_table(plans, snapshots)
    ends = small_table(contracts, "contracts")
    done = small_table(initiatives, "initiatives")
    with table_errors(source):
        found = plans[0].compare(
            plans[1],
            table,
            ends,
            initiatives=done,
            as_of=as_of,
            kind=kind,
            movers=movers,
            drop_leaks=drop_leaks,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
        )
    if wants_json():
        print_json(found.to_dict())
    else:
        click.echo(found.text(language))
