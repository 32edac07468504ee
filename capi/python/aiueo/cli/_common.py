"""What several commands need: a plan from a file, other tables, dates, tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .._dates import date_of, day_of
from .._errors import DataError, Error, ModelError
from .._initiatives import COLUMNS as INITIATIVE_COLUMNS
from .._initiatives import Initiatives
from .._told import prepared
from ..plan import Plan
from ..problems import problems_of, read_model
from ._app import Refused, limits
from ._read import Source


class Day(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A date, 2026-11-21."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return date_of(day_of(value))
        except DataError as failure:
            self.fail(str(failure).partition(": ")[2], param, ctx)


def plan_of(path: str) -> Plan:
    """The model in a file. Of a broken one the first problem, and how many more there are."""
    text, file = read_model(_model_file(path), limits())
    try:
        return Plan(text, file, None, limits=limits())
    except ModelError as failure:
        more = sum(one.level == "error" for one in problems_of(text, file, limits())) - 1
        hint = f" (and {more} more: aiueo check {path})" if more > 0 else ""
        raise Refused(f"{failure}{hint}") from None


def _model_file(path: str) -> str:
    if path.lstrip()[:1] in ("{", "["):
        raise Refused(f"{path[:20]}…: give the name of a model file")
    return path


@contextmanager
def table_errors(*sources: Source) -> Iterator[None]:
    """Failures while a table is read, with its file's name; the first cause where there is one."""
    try:
        yield
    except (Error, OSError) as failure:
        for source in sources:
            if isinstance(source.failure, (click.ClickException, KeyboardInterrupt)):
                raise source.failure from None
        text = str(failure)
        for source in sources:
            text = source.worded(text)
        if isinstance(failure, Error):
            raise Refused(text) from None
        raise


@contextmanager
def history(path: str, columns: Sequence[str], what: str) -> Iterator[Source]:
    """A small table beside the snapshots. Prepare it quietly: its warnings go with the results."""
    source = Source(path, lambda name: name in columns, what)
    with source, table_errors(source):
        yield source


def initiatives_of(plan: Plan, path: str | None, keep_all: bool = False) -> Initiatives | None:
    if path is None:
        return None
    with history(path, INITIATIVE_COLUMNS, "initiatives") as source:
        done: Initiatives = prepared(
            plan, "initiatives", source.reader, keep_all=keep_all, quiet=True
        )
        return done


def snapshots_of(plan: Plan, path: str) -> Source:
    return Source(path, plan.reads, "snapshots")


def console(err: bool = False) -> Console:
    """For people. Not narrower than 80 cells where nobody looks, so that logs stay readable."""
    out = Console(stderr=err, highlight=False, soft_wrap=False)
    if not out.is_terminal:
        out = Console(stderr=err, highlight=False, width=120)
    return out


def grid(
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: int = 1,
    words: Sequence[str] = (),
) -> Table:
    """A table whose first `left` columns and those of `words` are text and the others figures."""
    out = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    out.title_style = "bold"
    out.header_style = "dim"
    for k, name in enumerate(head):
        out.add_column(
            name, justify="left" if k < left or name in words else "right", overflow="fold"
        )
    for row in rows:
        out.add_row(*(Text(cell) for cell in row))
    return out


def print_json(value: Any, err: bool = False) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2), err=err)


def warn_as_of(source: Source, as_of: Any) -> None:
    if as_of is not None and "as_of" in source.columns:
        click.echo(
            f'warning: {source.name}: has a column "as_of", which decides; --as-of is not used',
            err=True,
        )


MODEL = click.argument("model", metavar="MODEL")
SNAPSHOTS = click.argument("snapshots", metavar="SNAPSHOTS")
INITIATIVES = click.option(
    "--initiatives",
    metavar="FILE",
    help="What was done for customers: customer, initiative, date (attended, responded).",
)
AS_OF = click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="One date for all rows, where there is no column as_of.",
)
NULL = click.option(
    "--null",
    "nulls",
    metavar="TEXT",
    multiple=True,
    help="A text that means unknown, such as NA; may be repeated.",
)
ALLOW_MISSING = click.option(
    "--allow-missing-columns", is_flag=True, help="Columns may be absent: their values are unknown."
)
