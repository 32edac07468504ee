"""aiueo study: what evidence says, with its intervals and what not to conclude."""

from __future__ import annotations

import datetime
import difflib
import inspect
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import click

from .._errors import Error
from ..evidence import Evidence, studies
from ._app import Refused, wants_json, with_json
from ._common import ALLOW_MISSING, INITIATIVES, MODEL, NULL, plan_of, print_json
from ._evidence import DATA_UNTIL, DROP_LEAKS, LEDGER, RANKS, Beside, evidence_of, state_of, warn
from ._read import ENDINGS

#: Studies of money over time, which ends at --data-until.
_OVER_TIME = ("revenue", "forecast", "nrr")


class _Command(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Studies"):
            formatter.write_text(", ".join(studies()))


@dataclass(frozen=True)
class Given:
    """An option of a study or an action, and the file that its value was read from."""

    key: str
    value: Any
    file: str | None = None


class Option(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """KEY=VALUE, or KEY=@FILE for what a file holds; the value is JSON where it is, else text."""

    name = "option"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        key, mark, text = value.partition("=")
        if not mark or not key:
            self.fail(f"{value!r} is not KEY=VALUE", param, ctx)
        file = None
        if text.startswith("@"):
            file = text[1:]
            try:
                text = Path(file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as failure:
                self.fail(f"{key}: {file!r} cannot be read: {failure}", param, ctx)
            file = os.path.join(os.curdir, file) if file == "-" else file  # no standard input here
        try:
            return Given(key, json.loads(text), file)
        except ValueError:
            return Given(key, text, file)
        except RecursionError:
            self.fail(f"{key}: the value is nested too deeply to be read", param, ctx)


def options_of(given: tuple[Given, ...], call: Callable[..., Any], what: str) -> dict[str, Any]:
    """Options for `call`, which takes them as keywords. Its own parameters are no options."""
    found = {one.key: one.value for one in given}
    for one in inspect.signature(call).parameters.values():
        if one.name in found and one.kind is not inspect.Parameter.VAR_KEYWORD:
            raise Refused(f'"{one.name}" is not an option of this {what}')
    return found


@click.command("study", cls=_Command)
@click.argument("name", metavar="NAME")
@MODEL
@click.argument("files", metavar="(STATE | SNAPSHOTS CONTRACTS)", nargs=-1, required=True)
@click.option("--lead", type=int, metavar="DAYS", help="So many days before the end.")
@click.option("--kind", metavar="KIND", help="Of what: contract or trial.")
@click.option("--month", metavar="MONTH", help="At the close of which: 2026-04.")
@click.option(
    "--option",
    "options",
    type=Option(),
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of the study, KEY=@FILE from a file; may be repeated.",
)
@INITIATIVES
@RANKS
@LEDGER
@DATA_UNTIL
@DROP_LEAKS
@NULL
@ALLOW_MISSING
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Of the sentences.")
@with_json
def command(
    name: str,
    model: str,
    files: tuple[str, ...],
    lead: int | None,
    kind: str | None,
    month: str | None,
    options: tuple[Given, ...],
    initiatives: str | None,
    ranks: str | None,
    ledger: str | None,
    data_until: datetime.date | None,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    language: str,
) -> None:
    """Study NAME by MODEL: of a STATE that aiueo evidence wrote, or of SNAPSHOTS and CONTRACTS."""
    if name not in studies():
        _refuse(name)
    given = options_of(options, Evidence.study, "study")
    named = (("lead", lead), ("kind", kind), ("month", month))
    given.update({key: value for key, value in named if value is not None})
    plan = plan_of(model)
    if len(files) == 1:
        if files[0].lower().endswith(tuple(ENDINGS)):
            raise click.UsageError(f"{files[0]} is one table; give a STATE, or SNAPSHOTS CONTRACTS")
        wishes = (
            (initiatives, "--initiatives"),
            (ranks, "--ranks"),
            (ledger, "--ledger"),
            (data_until, "--data-until"),
            (drop_leaks, "--drop-leaks"),
        )
        for wish, of in wishes:
            if wish:
                raise click.UsageError(f"{of} is for tables; a state is counted already")
        seen = state_of(plan, files[0])
    elif len(files) == 2:
        beside = Beside(initiatives, ranks, ledger, data_until)
        counted = evidence_of(
            plan,
            *files,
            beside,
            drop_leaks,
            nulls,
            allow_missing_columns,
            over_time=name in _OVER_TIME,
        )
        seen = counted.seen
        warn(counted.doubts)
        if counted.remark and name in _OVER_TIME and not wants_json():
            click.echo(f"note: {counted.remark}", err=True)
    else:
        raise click.UsageError(
            f"{len(files)} files after the model; give a STATE, or SNAPSHOTS CONTRACTS"
        )
    try:
        found = seen.study(name, **given)
    except Error as failure:
        raise Refused(str(failure)) from None
    if wants_json():
        print_json(found.to_dict())
    else:
        click.echo(found.text(language))


def _refuse(name: str) -> None:
    near = difflib.get_close_matches(name.lower(), studies(), 1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(studies())}"
    raise click.UsageError(f'"{name}" is not a study; {hint}')
