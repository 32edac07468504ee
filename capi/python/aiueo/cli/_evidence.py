"""aiueo evidence: history becomes a state."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import click

from .._batch import Batch, BatchSettings
from .._contracts import COLUMNS as CONTRACT_COLUMNS
from .._contracts import Contracts
from .._errors import Error
from .._initiatives import COLUMNS as INITIATIVE_COLUMNS
from .._ledger import COLUMNS as LEDGER_COLUMNS
from .._ledger import Ledger
from .._ranks import COLUMNS as RANK_COLUMNS
from .._ranks import Ranks
from .._side_by_side import SideBySide
from .._text import number
from .._told import prepared
from ..evidence import Evidence
from ..plan import Plan
from ..summary import LACKS_INITIATIVES
from ._app import Refused, stop_on_terminate, wants_json, with_json
from ._common import (
    ALLOW_MISSING,
    INITIATIVES,
    MODEL,
    NULL,
    SNAPSHOTS,
    Day,
    console,
    grid,
    history,
    initiatives_of,
    plan_of,
    print_json,
    table_errors,
)
from ._files import WholeFile, keep_apart, open_binary
from ._read import Source, shown, worded

_WORDS = {
    "rows": "snapshots",
    "customers": "customers with snapshots",
    "ends": "their decided contracts and trials",
    "open": "their open ones, not decided yet",
    "observed": "pairs of an end and a lead with a snapshot in time",
    "unobserved": "pairs without one",
    "lead_too_long": "pairs whose lead is not shorter than the contract",
    "leaked": "pairs dropped: an input was observed after the cutoff",
    "without_contract": "customers without a contract",
    "customer_months": "pairs of a customer and a month with a snapshot",
    "pending_calls": "calls sent too late to see whether they were answered",
    "ranks_seen": "members' ranks with a snapshot before them",
    "ranks_unseen": "ranks without one",
    "customers_ranked": "customers of those ranks",
    "payers": "customers that the ledger, or else the contracts, tell of",
    "payers_unseen": "customers without snapshots, whose money is counted",
    "never_active": "customers active at no month's close",
    "unpriced": "customers left out: the MRR of a contract is not known",
    "overdue": "contracts past their end and not decided",
    "begun_unseen": "customers first seen too late to tell when onboarding was completed",
}

#: Not worth a line where there are none.
_RARE = (
    "lead_too_long",
    "leaked",
    "without_contract",
    "pending_calls",
    "ranks_seen",
    "ranks_unseen",
    "customers_ranked",
    "payers",
    "payers_unseen",
    "never_active",
    "unpriced",
    "overdue",
    "begun_unseen",
)

CONTRACTS = click.argument("contracts", metavar="CONTRACTS")
RANKS = click.option(
    "--ranks",
    metavar="FILE",
    help="Which rank members of the team gave customers: customer, as_of, rank (by).",
)
LEDGER = click.option(
    "--ledger",
    metavar="FILE",
    help="What customers paid from when to when: customer, start, end, mrr "
    "(currency). Without it the contracts tell.",
)
DATA_UNTIL = click.option(
    "--data-until",
    type=Day(),
    metavar="DATE",
    help="Count money over time, too, until this day: the last that contracts and ledger tell of. "
    "With --ledger, by default that of the latest snapshot.",
)
DROP_LEAKS = click.option(
    "--drop-leaks",
    is_flag=True,
    help="Drop and count what was observed after the day that evidence looks from.",
)
_NEEDS_DATE = (
    "--ledger needs --data-until DATE; it is not taken from a --part, from standard input or a "
    "pipe that is --sorted, nor from a table without snapshots"
)
OUTPUT = click.option("-o", "--output", required=True, metavar="STATE", help="Where it goes.")


@click.command("evidence")
@MODEL
@SNAPSHOTS
@CONTRACTS
@INITIATIVES
@RANKS
@LEDGER
@DATA_UNTIL
@OUTPUT
@DROP_LEAKS
@click.option(
    "--sorted",
    "in_order",
    is_flag=True,
    help="Each customer's snapshots come one after the other: count them as they are read.",
)
@click.option(
    "--all-sorted",
    is_flag=True,
    help="All files are sorted by customer, by the bytes of the keys: none is held in memory.",
)
@click.option(
    "--part",
    is_flag=True,
    help="SNAPSHOTS are a part of the customers, the other files are not: count money over time "
    "only of those with snapshots. All parts have one --data-until.",
)
@NULL
@ALLOW_MISSING
@click.option("--quiet", is_flag=True, help="Do not say what was counted.")
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
    drop_leaks: bool,
    in_order: bool,
    all_sorted: bool,
    part: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    quiet: bool,
) -> None:
    """Count what became of the customers in SNAPSHOTS by their CONTRACTS into STATE (-o).

    The same customers give the same bytes, however they are divided and merged. All snapshots of a
    customer are in one file. It is held in memory, unless it is --sorted by customer, and so are
    the others, unless they are --all-sorted. Money over time is counted with --ledger or
    --data-until, of customers without snapshots, too, unless SNAPSHOTS are a --part.
    """
    keep_apart([output], [model, snapshots, contracts, initiatives, ranks, ledger])
    counted = evidence_of(
        plan_of(model),
        snapshots,
        contracts,
        Beside(initiatives, ranks, ledger, data_until),
        drop_leaks,
        nulls,
        allow_missing_columns,
        in_order,
        part,
        all_sorted=all_sorted,
    )
    write(counted, output, quiet)


@dataclass(frozen=True)
class Beside:
    """Files beside the snapshots and the contracts, and until when they tell."""

    initiatives: str | None
    ranks: str | None
    ledger: str | None
    data_until: datetime.date | None


@dataclass(frozen=True)
class Counted:
    """Evidence, what is doubtful about its tables, and until when money over time is counted."""

    seen: Evidence
    doubts: list[str]
    until: datetime.date | None = None
    by_default: bool = False  #: nobody said until when

    @property
    def remark(self) -> str:
        if not self.by_default:
            return ""
        date = f"{self.until}, the date of the latest snapshot"
        return f"money over time is counted until {date} (--data-until)"


def evidence_of(
    plan: Plan,
    snapshots: str,
    contracts: str,
    beside: Beside,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    in_order: bool = False,
    part: bool = False,
    over_time: bool = False,
    all_sorted: bool = False,
) -> Counted:
    """Of files. `in_order`: by customer, to be read in pieces; `all_sorted`: as are the other
    files. `part`: of the other files. `over_time`: money is counted over time though there be no
    ledger."""
    files = (snapshots, contracts, beside.initiatives, beside.ranks, beside.ledger)
    once([path for path in files if path is not None])
    if all_sorted:
        return _side_by_side(
            plan, snapshots, contracts, beside, drop_leaks, nulls, allow_missing_columns, part
        )
    done = initiatives_of(plan, beside.initiatives, keep_all=True)
    ends = contracts_of(plan, contracts)
    ranked = ranks_of(plan, beside.ranks)
    ledger = ledger_of(plan, beside.ledger)
    seen = Evidence(plan, drop_leaks)
    until = beside.data_until
    columns: dict[str, Any] = {
        "null_texts": nulls,
        "missing_columns": "unknown" if allow_missing_columns else "error",
    }
    tables = {"contracts": contracts, "ledger": beside.ledger}
    with Source(snapshots, plan.knows, "snapshots") as source, table_errors(source), _of(tables):
        rows: Any = source.reader
        if not in_order:
            rows = plan.batch(rows, initiatives=done, all_metrics=True, **columns)
        if until is None and not part and (over_time or ledger is not None):
            until = rows.latest_as_of() if not in_order else _latest(plan, source, nulls)
        if until is None and ledger is not None:
            raise Refused(_NEEDS_DATE)
        count = seen.update_stream if in_order else seen.update
        count(
            rows,
            ends,
            initiatives=done,
            ranks=ranked,
            ledger=ledger,
            data_until=until,
            **columns,
        )
        if until is not None and not part:
            seen.count_unseen(ends, ledger=ledger, data_until=until)
    doubts = [*ends.warnings, *(done.warnings if done is not None else [])]
    return _counted(seen, doubts, beside, until)


def _counted(
    seen: Evidence, doubts: list[str], beside: Beside, until: datetime.date | None
) -> Counted:
    if seen.plan.needs_initiatives and beside.initiatives is None:
        doubts.append(LACKS_INITIATIVES)
    if not seen.counts["observed"]:
        doubts.append(
            "no contract that was decided has a snapshot in time; is it the same portfolio?"
        )
    return Counted(seen, doubts, until, until is not None and beside.data_until is None)


def _side_by_side(
    plan: Plan,
    snapshots: str,
    contracts: str,
    beside: Beside,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    part: bool,
) -> Counted:
    """Of files that are all sorted by customer, none of which is held in memory."""
    columns: dict[str, tuple[str | None, Sequence[str]]] = {
        "contracts": (contracts, CONTRACT_COLUMNS),
        "initiatives": (beside.initiatives, INITIATIVE_COLUMNS),
        "ranks": (beside.ranks, RANK_COLUMNS),
        "ledger": (beside.ledger, LEDGER_COLUMNS),
    }
    with ExitStack() as opened:
        rows = opened.enter_context(Source(snapshots, plan.knows, "snapshots"))
        sources = {
            name: opened.enter_context(Source(path, names.__contains__, name))
            for name, (path, names) in columns.items()
            if path is not None
        }
        until = beside.data_until
        if until is None and not part and beside.ledger is not None:
            until = _latest(plan, rows, nulls)
        if until is None and beside.ledger is not None:
            raise Refused(_NEEDS_DATE)
        with table_errors(rows, *sources.values()):
            tables = SideBySide(
                plan,
                rows.reader,
                {name: source.reader for name, source in sources.items()},
                until,
                drop_leaks=drop_leaks,
                missing_columns="unknown" if allow_missing_columns else "error",
                null_texts=nulls,
                unseen=not part,
            )
            seen, doubts = tables.counted()
    return _counted(seen, doubts, beside, until)


@contextmanager
def _of(tables: Mapping[str, str | None]) -> Iterator[None]:
    """Failures that rows of tables beside the snapshots are the cause of, with the file's name."""
    try:
        yield
    except Error as failure:
        text = str(failure)
        for what, path in tables.items():
            text = text if path is None else worded(text, what, path)
        raise (failure if text == str(failure) else Refused(text)) from None


def _latest(plan: Plan, table: Source, nulls: tuple[str, ...]) -> datetime.date | None:
    """The date of a file's latest snapshot; the file is read for it alone."""
    if not os.path.isfile(table.path) or "as_of" not in table.columns:
        return None  # standard input, and a pipe, can be read only once
    settings = BatchSettings(plan, None, None, "unknown", nulls)
    found: list[datetime.date] = []
    rows = 0
    wanted = ("customer", "as_of")
    with Source(table.path, wanted.__contains__, "snapshots") as source, table_errors(source):
        for piece in source.reader:
            batch = Batch(plan, piece, settings, rows)
            rows += batch.rows
            day = batch.latest_as_of()
            found = [max([day, *found])] if day is not None else found
    return found[0] if found else None


def contracts_of(plan: Plan, path: str) -> Contracts:
    with history(path, CONTRACT_COLUMNS, "contracts") as source:
        ends: Contracts = prepared(plan, "contracts", source.reader, quiet=True)
        return ends


def ranks_of(plan: Plan, path: str | None) -> Ranks | None:
    if path is None:
        return None
    with history(path, RANK_COLUMNS, "ranks") as source:
        return plan.ranks(source.reader)


def ledger_of(plan: Plan, path: str | None) -> Ledger | None:
    if path is None:
        return None
    with history(path, LEDGER_COLUMNS, "ledger") as source:
        return plan.ledger(source.reader)


def state_of(plan: Plan, path: str) -> Evidence:
    return read_state(plan, path, bytes_of(path))


def bytes_of(path: str) -> bytes:
    with open_binary(path) as file:
        return file.read()


def read_state(plan: Plan, path: str, raw: bytes) -> Evidence:
    try:
        return plan.read_evidence(raw)
    except Error as failure:
        raise Refused(f"{shown(path)}: {failure}") from None


def once(paths: Sequence[str]) -> None:
    if list(paths).count("-") > 1:
        raise click.UsageError("standard input can be one of the files")


def warn(doubts: Sequence[str]) -> None:
    for text in doubts:
        click.echo(f"warning: {text}", err=True)


def write(counted: Counted, output: str, quiet: bool) -> None:
    seen, doubts = counted.seen, counted.doubts
    state = bytes(seen)
    with WholeFile(output) as file:
        file.write(state)
    to_stderr = output == "-"
    counts: dict[str, Any] = seen.counts
    if wants_json():
        found = {**counts, "warnings": doubts, "output": output, "bytes": len(state)}
        if counted.until is not None:
            found["data_until"] = str(counted.until)
        print_json(found, err=to_stderr)
        return
    warn(doubts)
    if quiet:
        return
    rows = [
        [number(counts[name]), _WORDS.get(name, name)]
        for name in counts
        if counts[name] or name not in _RARE
    ]
    console(err=to_stderr).print(grid("", ["counted", ""], rows, left=0, words=[""]))
    if counted.remark:
        click.echo(f"\n{counted.remark}", err=to_stderr)
    if not to_stderr:
        click.echo(f"\nwritten: {output} ({number(len(state))} bytes)")
