"""aiueo merge: states become one."""

from __future__ import annotations

import hashlib

import click

from .._errors import Error
from .._text import number
from ..evidence import Evidence
from ._app import Refused, stop_on_terminate, with_json
from ._common import MODEL, plan_of
from ._evidence import OUTPUT, Counted, bytes_of, once, read_state, write
from ._files import keep_apart, same_file
from ._read import shown


@click.command("merge")
@MODEL
@click.argument("states", metavar="STATE...", nargs=-1, required=True)
@OUTPUT
@click.option(
    "--allow-identical",
    is_flag=True,
    help="States may be equal byte by byte, as those of very few customers can be by chance.",
)
@click.option("--quiet", is_flag=True, help="Do not say what was counted.")
@with_json
@stop_on_terminate
def command(
    model: str, states: tuple[str, ...], output: str, allow_identical: bool, quiet: bool
) -> None:
    """Merge STATEs of different customers into one (-o).

    MODEL is any that counts the same as those they were made with: a state says what it counted
    only by a fingerprint, and nothing in it is believed without the model. A copy of a state, the
    same bytes under another name, is refused, unless nothing was counted in it.
    """
    once(states)
    for k, path in enumerate(states):
        for first in states[:k]:
            if same_file(first, path):
                by = "" if first == path else f", as {shown(first)},"
                raise Refused(
                    f"{shown(path)}: is given twice{by} and its customers would be counted twice; "
                    "give each state once"
                )
    keep_apart([output], [model, *states])
    plan = plan_of(model)
    seen: Evidence | None = None
    counts: dict[str, dict[str, int]] = {}
    known: dict[bytes, str] = {}
    for path in states:
        raw = bytes_of(path)
        one = read_state(plan, path, raw)
        counts[path] = one.counts
        # States tell no customers: that two count the same ones shows only where they are equal.
        first = known.setdefault(hashlib.sha256(raw).digest(), path)
        if first != path and any(one.counts.values()) and not allow_identical:
            raise Refused(
                f"{shown(path)}: is equal to {shown(first)}, byte by byte: a copy, whose customers "
                "would be counted twice; leave it out (--allow-identical, if their customers are "
                "others)"
            )
        if seen is None:
            seen = one
            continue
        try:
            seen.merge(one)
        except Error as failure:
            raise Refused(f"{shown(path)}: {failure}") from None
    if seen is not None:
        write(Counted(seen, _same_payers(counts)), output, quiet)


def _same_payers(counts: dict[str, dict[str, int]]) -> list[str]:
    """A doubt where two states seem to have counted the same customers without snapshots."""
    known: dict[int, str] = {}
    for path, one in counts.items():
        if not one["payers_unseen"]:
            continue
        first = known.setdefault(one["payers"], path)
        if first != path:
            return [
                f"{first} and {path} both tell of {number(one['payers'])} customers, some without "
                "snapshots; if it is the same ledger or the same contracts, their money is counted "
                "twice: count each with --part"
            ]
    return []


__all__ = ["command"]
