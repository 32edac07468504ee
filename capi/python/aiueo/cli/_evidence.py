"""aiueo evidence, merge: history becomes a state, states become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from .._contracts import COLUMNS as CONTRACT_COLUMNS
from .._contracts import Contracts
from .._errors import Error
from .._ranks import COLUMNS as RANK_COLUMNS
from .._ranks import Ranks
from .._text import number
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
    console,
    grid,
    history,
    initiatives_of,
    plan_of,
    print_json,
    table_errors,
)
from ._files import WholeFile, open_binary
from ._read import Source

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
)

CONTRACTS = click.argument("contracts", metavar="CONTRACTS")
RANKS = click.option(
    "--ranks",
    metavar="FILE",
    help="Which rank members of the team gave customers: customer, as_of, rank (by).",
)
DROP_LEAKS = click.option(
    "--drop-leaks",
    is_flag=True,
    help="Drop and count what was observed after the day that evidence looks from.",
)
OUTPUT = click.option("-o", "--output", required=True, metavar="STATE", help="Where it goes.")


@click.command("evidence")
@MODEL
@SNAPSHOTS
@CONTRACTS
@INITIATIVES
@RANKS
@OUTPUT
@DROP_LEAKS
@click.option(
    "--sorted",
    "in_order",
    is_flag=True,
    help="Each customer's snapshots come one after the other: count them as they are read.",
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
    output: str,
    drop_leaks: bool,
    in_order: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    quiet: bool,
) -> None:
    """Count what became of the customers in SNAPSHOTS by their CONTRACTS into STATE (-o).

    The same customers give the same bytes, however they are divided and merged. All snapshots of a
    customer are in one file. It is held in memory, unless it is --sorted by customer.
    """
    plan = plan_of(model)
    seen, doubts = evidence_of(
        plan,
        snapshots,
        contracts,
        initiatives,
        ranks,
        drop_leaks,
        nulls,
        allow_missing_columns,
        in_order,
    )
    _write(seen, output, quiet, doubts)


@click.command("merge")
@MODEL
@click.argument("states", metavar="STATE...", nargs=-1, required=True)
@OUTPUT
@click.option("--quiet", is_flag=True, help="Do not say what was counted.")
@with_json
@stop_on_terminate
def merge(model: str, states: tuple[str, ...], output: str, quiet: bool) -> None:
    """Merge STATEs of different customers into one (-o).

    MODEL is any that counts the same as those they were made with: a state says what it counted
    only by a fingerprint, and nothing in it is believed without the model.
    """
    once(states)
    plan = plan_of(model)
    seen = state_of(plan, states[0])
    for path in states[1:]:
        other = state_of(plan, path)
        try:
            seen.merge(other)
        except Error as failure:
            raise Refused(f"{path}: {failure}") from None
    _write(seen, output, quiet, [])


def evidence_of(
    plan: Plan,
    snapshots: str,
    contracts: str,
    initiatives: str | None,
    ranks: str | None,
    drop_leaks: bool,
    nulls: tuple[str, ...],
    allow_missing_columns: bool,
    in_order: bool = False,
) -> tuple[Evidence, list[str]]:
    """Of files, and what is doubtful about them. `in_order`: by customer, to be read in pieces."""
    once([path for path in (snapshots, contracts, initiatives, ranks) if path is not None])
    prepared = initiatives_of(plan, initiatives, keep_all=True)
    ends = contracts_of(plan, contracts)
    ranked = ranks_of(plan, ranks)
    with Source(snapshots, plan.knows, "snapshots") as source, table_errors(source):
        seen = Evidence(plan, drop_leaks)
        count = seen.update_stream if in_order else seen.update
        count(
            source.reader,
            ends,
            initiatives=prepared,
            ranks=ranked,
            null_texts=nulls,
            missing_columns="unknown" if allow_missing_columns else "error",
        )
    doubts = [*ends.warnings, *(prepared.warnings if prepared is not None else [])]
    if plan.needs_initiatives and prepared is None:
        doubts.append(LACKS_INITIATIVES)
    if not seen.counts["observed"]:
        doubts.append(
            "no contract that was decided has a snapshot in time; is it the same portfolio?"
        )
    return seen, doubts


def contracts_of(plan: Plan, path: str) -> Contracts:
    with history(path, CONTRACT_COLUMNS, "contracts") as source:
        return plan.contracts(source.reader)


def ranks_of(plan: Plan, path: str | None) -> Ranks | None:
    if path is None:
        return None
    with history(path, RANK_COLUMNS, "ranks") as source:
        return plan.ranks(source.reader)


def state_of(plan: Plan, path: str) -> Evidence:
    with open_binary(path) as file:
        raw = file.read()
    try:
        return plan.read_evidence(raw)
    except Error as failure:
        raise Refused(f"{'standard input' if path == '-' else path}: {failure}") from None


def once(paths: Sequence[str]) -> None:
    if list(paths).count("-") > 1:
        raise click.UsageError("standard input can be one of the files")


def warn(doubts: Sequence[str]) -> None:
    for text in doubts:
        click.echo(f"warning: {text}", err=True)


def _write(seen: Evidence, output: str, quiet: bool, doubts: list[str]) -> None:
    state = bytes(seen)
    with WholeFile(output) as file:
        file.write(state)
    to_stderr = output == "-"
    counts: dict[str, Any] = seen.counts
    if wants_json():
        found = {**counts, "warnings": doubts, "output": output, "bytes": len(state)}
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
    if not to_stderr:
        click.echo(f"\nwritten: {output} ({number(len(state))} bytes)")
