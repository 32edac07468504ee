"""aiueo agreement: seal the stages, let members rank blindly, open the seal."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import click
import pyarrow as pa

from .._ranks import COLUMNS as RANK_COLUMNS
from ..plan import Plan
from ._app import Refused, stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    Day,
    history,
    initiatives_of,
    plan_of,
    print_json,
    table_errors,
)
from ._evidence import contracts_of, once
from ._files import WholeFile, keep_apart, open_binary
from ._read import Source


@click.group("agreement")
def command() -> None:
    """Do the stages say what the members feel? Asked blindly: stages are sealed, members rank the
    customers of a sheet, and only then the seal is opened."""


@command.command("seal")
@MODEL
@SNAPSHOTS
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="By default the date of the latest snapshot."
)
@click.option("--sheet", metavar="FILE", help="A CSV for the members to fill in: rank and by.")
@click.option("-o", "--output", required=True, metavar="SEAL", help="Where the seal goes.")
@INITIATIVES
@NULL
@ALLOW_MISSING
@with_json
@stop_on_terminate
def seal(
    model: str,
    snapshots: str,
    as_of: Any,
    sheet: str | None,
    output: str,
    initiatives: str | None,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
) -> None:
    """Seal the stages of the customers in SNAPSHOTS by MODEL.

    Neither the seal nor the sheet shows a stage or a score.
    """
    once([path for path in (snapshots, initiatives) if path is not None])
    if sheet == output == "-":
        raise click.UsageError("the seal and the sheet are two files")
    keep_apart([output, sheet], [model, snapshots, initiatives])
    plan = plan_of(model)
    made = _with_snapshots(
        plan, snapshots, initiatives, nulls, allow_missing_columns, plan.seal_agreement, as_of=as_of
    )
    with WholeFile(output) as file:
        file.write(made.to_json().encode())
    if sheet is not None:
        with WholeFile(sheet) as file:
            file.write(_sheet_text(made.sheet).encode())
    if wants_json():
        print_json({"seal": made.seal, "output": output, "sheet": sheet}, err=output == "-")
        return
    click.echo(
        f"sealed: {made.seal['customers']:,} customers as of {made.seal['as_of']}",
        err="-" in (output, sheet),
    )


@command.command("open")
@MODEL
@SNAPSHOTS
@click.argument("ranks", metavar="RANKS")
@click.option("--seal", "seal_path", required=True, metavar="SEAL", help="What was sealed.")
@click.option("--contracts", metavar="FILE", help="When contracts end, for the surprises.")
@INITIATIVES
@NULL
@ALLOW_MISSING
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Of the sentences.")
@with_json
def open_(
    model: str,
    snapshots: str,
    ranks: str,
    seal_path: str,
    contracts: str | None,
    initiatives: str | None,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    language: str,
) -> None:
    """Open SEAL when all RANKS are given: agreement, disagreements and surprises."""
    files = (snapshots, ranks, seal_path, contracts, initiatives)
    once([path for path in files if path is not None])
    plan = plan_of(model)
    with open_binary(seal_path) as file:
        sealed = file.read()
    filled, source, empty = _filled_in(ranks)
    with table_errors(source):
        ranked = plan.ranks(filled)
    ends = None if contracts is None else contracts_of(plan, contracts)
    try:
        found = _with_snapshots(
            plan,
            snapshots,
            initiatives,
            nulls,
            allow_missing_columns,
            plan.open_agreement,
            ranks=ranked,
            seal=sealed,
            contracts=ends,
        )
    except Refused as failure:
        if "no rank yet" in failure.message and empty:
            raise Refused(f"{failure.message}; empty rows: {empty}") from None
        raise
    if wants_json():
        print_json(found.to_dict())
    else:
        click.echo(found.text(language))


def _with_snapshots(
    plan: Plan,
    path: str,
    initiatives: str | None,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    call: Any,
    **arguments: Any,
) -> Any:
    prepared = initiatives_of(plan, initiatives)
    with Source(path, plan.knows, "snapshots") as source, table_errors(source):
        return call(
            snapshots=source.reader,
            initiatives=prepared,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
            **arguments,
        )


def _filled_in(path: str) -> tuple[Any, Source, str]:
    """Rows with a rank, their file, and of whom the others are: "Yuki 3, Aoi 1"."""
    with history(path, RANK_COLUMNS, "ranks") as source:
        table = pa.RecordBatchReader.from_stream(source.reader).read_all()
    if "rank" not in table.column_names:
        return table, source, ""
    there = [bool(_words(cell)) for cell in table["rank"].to_pylist()]
    left = table.filter(pa.array([not one for one in there], pa.bool_()))
    names = left["by"].to_pylist() if "by" in table.column_names else [None] * len(left)
    whose = Counter(_words(name) or "nobody named" for name in names)
    said = ", ".join(f"{name} {n}" for name, n in sorted(whose.items()))
    return table.filter(pa.array(there, pa.bool_())), source, said


def _words(cell: Any) -> str:
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell or "")
    return text.strip()


def _sheet_text(rows: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RANK_COLUMNS)
    writer.writerows([one.customer, one.as_of, "", ""] for one in rows)
    return out.getvalue()
