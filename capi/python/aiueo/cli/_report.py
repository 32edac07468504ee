"""aiueo report: a portfolio on one page, for the people who look after customers."""

from __future__ import annotations

import datetime
from typing import Any

import click

from .. import report as reports
from .._contracts import COLUMNS as CONTRACT_COLUMNS
from .._initiatives import COLUMNS as INITIATIVE_COLUMNS
from .._initiatives import Initiatives
from .._told import prepared
from ..plan import Plan
from ._app import stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    history,
    plan_of,
    print_json,
    table_errors,
)
from ._evidence import CONTRACTS, DATA_UNTIL, DROP_LEAKS, LEDGER, RANKS, ledger_of, once, ranks_of
from ._files import keep_apart
from ._read import Source


@click.command("report")
@MODEL
@SNAPSHOTS
@CONTRACTS
@INITIATIVES
@RANKS
@LEDGER
@DATA_UNTIL
@click.option("-o", "--output", required=True, metavar="PAGE", help="Where it goes: report.html.")
@click.option(
    "--language",
    type=click.Choice(["en", "ja", "both"]),
    default="both",
    show_default=True,
    help="Of the page; both has a switch.",
)
@click.option(
    "--most",
    type=click.IntRange(0, reports.MOST_CUSTOMERS),
    default=reports.MOST_CUSTOMERS,
    show_default=True,
    help="So many customers are listed, each with its explanation.",
)
@click.option(
    "--capacity",
    type=click.FloatRange(0, 1e12),
    metavar="N",
    help="The effort that there is for the list; by default the model's priority.capacity.",
)
@DROP_LEAKS
@NULL
@ALLOW_MISSING
@click.option("--quiet", is_flag=True, help="Do not say what was written.")
@with_json
@stop_on_terminate
def command(
    model: str,
    snapshots: str,
    contracts: str,
    initiatives: str | None,
    ranks: str | None,
    ledger: str | None,
    data_until: datetime.date | None,
    output: str,
    language: str,
    most: int,
    capacity: float | None,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    quiet: bool,
) -> None:
    """Report on the customers in SNAPSHOTS and CONTRACTS by MODEL: one HTML page (-o).

    The page loads nothing and can be sent as it is. It holds the customers' names: send it only to
    those who may see them. --data-until is the day that it is of, by default that of the latest
    snapshot.
    """
    files = (snapshots, contracts, initiatives, ranks, ledger)
    once([path for path in files if path is not None])
    keep_apart([output], [model, *files])
    plan = plan_of(model)
    beside: dict[str, Any] = {
        "initiatives": _initiatives_of(plan, initiatives),
        "ranks": ranks_of(plan, ranks),
        "ledger": ledger_of(plan, ledger),
    }
    with history(contracts, CONTRACT_COLUMNS, "contracts") as ends:
        held = ends.reader.read_all()
        prepared(plan, "contracts", held, quiet=True)
    with Source(snapshots, plan.knows, "snapshots") as source, table_errors(source):
        size = reports.write(
            output,
            plan,
            source.reader.read_all(),
            held,
            **beside,
            data_until=data_until,
            language=language,
            most=most,
            capacity=capacity,
            drop_leaks=drop_leaks,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
        )
    to_stderr = output == "-"
    if wants_json():
        print_json({"output": output, "bytes": size, "language": language}, err=to_stderr)
    elif not quiet and not to_stderr:
        click.echo(f"written: {output} ({size:,} bytes)")


def _initiatives_of(plan: Plan, path: str | None) -> Initiatives | None:
    """Prepared of a whole table, which triggers read again in their own way."""
    if path is None:
        return None
    with history(path, INITIATIVE_COLUMNS, "initiatives") as source:
        done: Initiatives = prepared(
            plan, "initiatives", source.reader.read_all(), keep_all=True, quiet=True
        )
        return done
