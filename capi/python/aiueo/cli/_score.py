"""aiueo score: a file of snapshots becomes a file of scores."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from typing import Any

import click
import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..plan import Plan
from ._app import Refused, stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    AS_OF,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    console,
    initiatives_of,
    plan_of,
    print_json,
    snapshots_of,
    table_errors,
    warn_as_of,
)
from ._files import WholeFile, keep_apart
from ._read import Source, kind_of
from ._summary import show_summary
from ._write import Writer


@click.command("score")
@MODEL
@SNAPSHOTS
@INITIATIVES
@click.option("-o", "--output", required=True, metavar="SCORES", help="Where the scores go.")
@click.option(
    "--detail", is_flag=True, help="Coverage, bounds, components of each axis, and steps."
)
@AS_OF
@NULL
@ALLOW_MISSING
@click.option("--no-overrides", is_flag=True, help="Without the managers' word.")
@click.option("--no-duplicate-check", is_flag=True, help="A customer may have two rows for a date.")
@click.option(
    "--formula-safe",
    is_flag=True,
    help="Texts that begin with = + - @, tab or CR get a leading apostrophe, for spreadsheets.",
)
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@with_json
@stop_on_terminate
def command(
    model: str,
    snapshots: str,
    initiatives: str | None,
    output: str,
    detail: bool,
    as_of: Any,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    no_overrides: bool,
    no_duplicate_check: bool,
    formula_safe: bool,
    quiet: bool,
) -> None:
    """Score SNAPSHOTS by MODEL into SCORES (-o), and sum up what came out.

    Files are CSV, Parquet or Arrow IPC by their ending; - is standard input or output, as CSV.
    """
    kind_of(output)
    if snapshots == "-" and initiatives == "-":
        raise click.UsageError("standard input can be snapshots or initiatives, not both")
    keep_apart([output], [model, snapshots, initiatives])
    plan = plan_of(model)
    prepared = initiatives_of(plan, initiatives)
    began = time.perf_counter()
    with snapshots_of(plan, snapshots) as source:
        stream = _score(
            plan,
            source,
            output,
            quiet or wants_json(),
            formula_safe,
            initiatives=prepared,
            as_of=as_of,
            detail=detail,
            overrides=not no_overrides,
            missing_columns="unknown" if allow_missing_columns else "error",
            null_texts=nulls,
            check=not no_duplicate_check,
        )
    seconds = time.perf_counter() - began
    warn_as_of(source, as_of)
    summary = stream.summary()
    to_stderr = output == "-"
    if wants_json():
        print_json({**summary, "output": output, "seconds": round(seconds, 3)}, err=to_stderr)
    elif not quiet:
        show_summary(console(err=to_stderr), summary, seconds, plan)
        if not to_stderr:
            click.echo(f"\nwritten: {output}")


def _score(
    plan: Plan,
    source: Source,
    output: str,
    quiet: bool,
    formula_safe: bool,
    **options: Any,
) -> Any:
    """Stream the source through the plan into the output. The scores' stream comes back."""
    meter = Meter(source, quiet)
    with ExitStack() as stack:
        stack.enter_context(table_errors(source))
        if options["check"] and "customer" not in source.columns:
            raise Refused(
                f'{source.name}: column "customer" is not there; every snapshot needs its customer '
                "(or --no-duplicate-check)"
            )
        stream = plan.score_stream(source.reader, **options)
        stack.enter_context(meter)
        file = stack.enter_context(WholeFile(output))
        writer: Writer | None = None
        reader = stream.to_arrow_reader()
        try:
            writer = Writer(file, output, reader.schema, formula_safe)
            for batch in reader:
                writer.write(batch)
                meter.show(stream.rows)
        except pa.ArrowException as failure:
            raise Refused(f"{output}: cannot be written: {failure}") from None
        writer.close()
    return stream


class Meter:
    """Progress and rate on standard error, only where somebody looks."""

    def __init__(self, source: Source, quiet: bool) -> None:
        self._source = source
        self._began = time.perf_counter()
        terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._progress = (
            None
            if quiet or not terminal
            else Progress(
                TextColumn("scoring"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
        )
        self._task: Any = None

    def __enter__(self) -> Meter:
        if self._progress is not None:
            self._progress.start()
            self._task = self._progress.add_task("scoring", total=None, rate="")
        return self

    def __exit__(self, *_: Any) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, rows: int) -> None:
        if self._progress is None:
            return
        rate = rows / max(1e-9, time.perf_counter() - self._began)
        fraction = self._source.fraction()
        self._progress.update(
            self._task,
            total=None if fraction is None else 1.0,
            completed=fraction or 0,
            rate=f"{rows:,} rows, {rate:,.0f} a second",
        )
