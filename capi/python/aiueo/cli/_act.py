"""aiueo act: lists for people, whom to help with what."""

from __future__ import annotations

import datetime
import difflib

import click

from .._errors import NotFoundError
from ..actions import Actions, actions
from ..evidence import Evidence
from ..plan import Plan
from ._app import Refused, stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    Day,
    initiatives_of,
    plan_of,
    print_json,
    table_errors,
)
from ._evidence import DATA_UNTIL, LEDGER, Beside, evidence_of, once, state_of, warn
from ._files import keep_apart
from ._read import ENDINGS, Source
from ._study import Given, Option, options_of
from ._write import write_table


class _Command(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Actions"):
            formatter.write_text(", ".join(actions()))


@click.command("act", cls=_Command)
@click.argument("name", metavar="NAME")
@MODEL
@SNAPSHOTS
@click.argument("beside", metavar="[STATE | CONTRACTS]", required=False)
@INITIATIVES
@LEDGER
@DATA_UNTIL
@click.option("--as-of", type=Day(), metavar="DATE", help="By default the latest snapshot's.")
@click.option("--when", metavar="CONDITION", help="Of the action segment: U < 40 && mrr > 1000.")
@click.option(
    "--option",
    "options",
    type=Option(),
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of the action, KEY=@FILE from a file; may be repeated.",
)
@click.option("-o", "--output", metavar="FILE", help="The whole list: .csv, .parquet, .arrow.")
@click.option("--rows", default=20, show_default=True, metavar="N", help="So many are shown.")
@click.option("--formula-safe", is_flag=True, help="Texts that spreadsheets would run get a '.")
@NULL
@ALLOW_MISSING
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Of the sentences.")
@with_json
@stop_on_terminate
def command(
    name: str,
    model: str,
    snapshots: str,
    beside: str | None,
    initiatives: str | None,
    ledger: str | None,
    data_until: datetime.date | None,
    as_of: datetime.date | None,
    when: str | None,
    options: tuple[Given, ...],
    output: str | None,
    rows: int,
    formula_safe: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    language: str,
) -> None:
    """Make the list NAME of the customers in SNAPSHOTS by MODEL.

    Lists that rest on what history says take a STATE that aiueo evidence wrote, or CONTRACTS. What
    was sent before (--initiatives) is not listed again.
    """
    if name not in actions():
        _refuse(name)
    if when is not None and name != "segment":
        raise click.UsageError("--when is for the action segment")
    if when is None and name == "segment":
        raise click.UsageError('the action segment needs --when CONDITION, such as "U < 40"')
    given = options_of(options, Plan.act, "action")
    if as_of is not None:
        given["as_of"] = as_of
    once([path for path in (snapshots, beside, initiatives, ledger) if path is not None])
    read = [model, snapshots, beside, initiatives, ledger, *(one.file for one in options)]
    keep_apart([output], read)
    plan = plan_of(model)
    files = Beside(initiatives, None, ledger, data_until)
    seen = _evidence(plan, snapshots, beside, files, nulls, allow_missing_columns)
    acting = plan.for_actions(when) if name in ("triggers", "segment") else plan
    prepared = initiatives_of(acting, initiatives, keep_all=True)
    with Source(snapshots, plan.knows, "snapshots") as source, table_errors(source):
        try:
            made = acting.act(
                name,
                source.reader,
                evidence=seen,
                initiatives=prepared,
                null_texts=nulls,
                missing_columns="unknown" if allow_missing_columns else "error",
                **given,
            )
        except NotFoundError as failure:
            raise Refused(f"{source.name}: {failure}") from None
    _show(made, output, rows, formula_safe, language)


def _evidence(
    plan: Plan,
    snapshots: str,
    beside: str | None,
    files: Beside,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
) -> Evidence | None:
    if beside is None:
        for wish, of in ((files.ledger, "--ledger"), (files.data_until, "--data-until")):
            if wish:
                raise click.UsageError(f"{of} goes with CONTRACTS")
        return None
    if not beside.lower().endswith(tuple(ENDINGS)):
        for wish, of in ((files.ledger, "--ledger"), (files.data_until, "--data-until")):
            if wish:
                raise click.UsageError(f"{of} is for tables; a state is counted already")
        return state_of(plan, beside)
    if snapshots == "-":
        raise click.UsageError("with CONTRACTS the snapshots are read twice; give a file, not -")
    counted = evidence_of(
        plan, snapshots, beside, files, False, nulls, allow_missing_columns, over_time=True
    )
    warn(counted.doubts)
    if counted.remark and not wants_json():
        click.echo(f"note: {counted.remark}", err=True)
    return counted.seen


def _show(made: Actions, output: str | None, rows: int, formula_safe: bool, language: str) -> None:
    if output is not None:
        write_table(made.to_arrow(), output, formula_safe)
    to_stderr = output == "-"
    if wants_json():
        found = made.head if output is not None else made.to_dict()
        print_json({**found, "output": output} if output is not None else found, err=to_stderr)
        return
    click.echo(made.text(language, max(0, rows)), err=to_stderr)
    if output is not None and not to_stderr:
        click.echo(f"\nwritten: {output} ({len(made):,} rows)")


def _refuse(name: str) -> None:
    near = difflib.get_close_matches(name.lower(), actions(), 1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(actions())}"
    raise click.UsageError(f'"{name}" is not an action; {hint}')
