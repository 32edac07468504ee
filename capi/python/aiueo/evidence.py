"""What history says of a model, in counts that add up."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ctypes import byref, sizeof
from typing import TYPE_CHECKING, Any, Union

from . import _structs as c
from ._batch import Batch, BatchSettings
from ._by_customer import ByCustomer
from ._dates import DateLike, day_of, month_of
from ._errors import DUPLICATE_ROW, INVALID_ARGUMENT, ArgumentError, DataError
from ._library import Handle, bytes_of, call, library, make, text_of, utf8
from ._limits import Limits, of_states
from ._text import named
from ._whole_file import WholeFile
from .finding import Finding

if TYPE_CHECKING:
    from ._initiatives import Initiatives
    from .plan import Plan

#: Where a state is: a path, or its bytes.
StateSource = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]


class Evidence:
    """What became of customers that scored so and so. Made by ``plan.evidence(snapshots,
    contracts)`` and ``plan.read_evidence(source)``.

    Whole numbers that add up: the same customers give the same bytes however they were divided,
    ordered and merged. ``counts``: how much was counted. May be shared by threads and pickled.
    """

    def __init__(self, plan: Plan, drop_leaks: bool = False, handle: Handle | None = None) -> None:
        self.plan = plan
        self.drop_leaks = drop_leaks
        self.handle: Handle = handle or make(
            "evidence",
            library().aiueo_evidence_new,
            plan.handle.pointer,
            byref(_options(drop_leaks)),
            keep=plan.handle,
        )
        self._lock = threading.RLock()  # the library wants one writer, and no reader beside it

    @classmethod
    def read(cls, plan: Plan, source: StateSource, drop_leaks: bool = False) -> Evidence:
        """See `Plan.read_evidence`."""
        if isinstance(source, (str, os.PathLike)):
            with open(source, "rb") as file:
                raw = file.read()
        else:
            raw = bytes(source)
        handle = make(
            "evidence",
            library().aiueo_evidence_read,
            plan.handle.pointer,
            raw,
            len(raw),
            byref(_options(drop_leaks, plan.limits)),
            keep=plan.handle,
        )
        return cls(plan, drop_leaks, handle)

    def __reduce__(self) -> tuple[Any, ...]:
        return Evidence.read, (self.plan, bytes(self), self.drop_leaks)

    # ── counting ─────────────────────────────────────────────────────────────────────────────

    def update(
        self,
        snapshots: Any,
        contracts: Any,
        *,
        initiatives: Any = None,
        ranks: Any = None,
        ledger: Any = None,
        data_until: DateLike | None = None,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
    ) -> Evidence:
        """Count more customers, all snapshots of each at once. Parameters and errors as in
        `Plan.evidence`; after an error nothing of a table in one piece is counted. Returns itself.

        ``data_until``: the same in each call, and in all that is merged; what is latest in one
        need not be in the next, so there is no default. A ledger needs it; without it nothing is
        counted of money over time. Customers without snapshots are left to `count_unseen`.
        """
        batch, done = self._batch(snapshots, initiatives, missing_columns, null_texts)
        until = _day(self.plan, ledger, data_until, "update()")
        self._count(batch, _Histories(self.plan, contracts, done, ranks, ledger, until), threads)
        return self

    def _all(
        self,
        snapshots: Any,
        contracts: Any,
        *,
        initiatives: Any,
        ranks: Any,
        ledger: Any,
        data_until: DateLike | None,
        missing_columns: str,
        null_texts: Iterable[str],
        threads: int,
    ) -> Evidence:
        """See `Plan.evidence`."""
        batch, done = self._batch(snapshots, initiatives, missing_columns, null_texts)
        if data_until is None and ledger is not None:
            data_until = batch.latest_as_of()
        until = _day(self.plan, ledger, data_until, "a table without snapshots")
        known = _Histories(self.plan, contracts, done, ranks, ledger, until)
        self._count(batch, known, threads)
        if until is not None:
            self._count_unseen(known)
        return self

    def _batch(
        self, snapshots: Any, initiatives: Any, missing_columns: str, null_texts: Iterable[str]
    ) -> tuple[Batch, Initiatives | None]:
        plan = self.plan
        done = None if initiatives is None else plan.initiatives(initiatives, keep_all=True)
        batch = plan.batch(
            snapshots,
            initiatives=done,
            missing_columns=missing_columns,
            null_texts=null_texts,
            all_metrics=True,
        )
        if not batch.all_metrics:
            raise ArgumentError(
                INVALID_ARGUMENT,
                "the batch does not keep what evidence looks at; make it with all_metrics=True",
            )
        if done is None and batch.initiatives is not None:
            done = plan.initiatives(batch.initiatives, keep_all=True)
        return batch, done

    def update_stream(
        self,
        batches: Any,
        contracts: Any,
        *,
        initiatives: Any = None,
        ranks: Any = None,
        ledger: Any = None,
        data_until: DateLike | None = None,
        rows: int = 65_536,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
    ) -> Evidence:
        """Count customers of a table that is larger than memory. Returns itself.

        ``batches``: a record batch reader, anything else with ``__arrow_c_stream__``, or an
        iterator of record batches. Each customer's rows come one after the other, as in a table
        sorted by customer; their dates may be in any order. ``rows``: so many are counted at a
        time, and up to one customer's more. Other parameters as in `update`; ``contracts``,
        ``initiatives``, ``ranks`` and ``ledger`` are held in memory.

        Needs PyArrow. Errors as in `Plan.evidence`, rows being those of the stream, among them a
        customer that comes again later. After an error customers before it are counted: begin
        again with new evidence.
        """
        plan = self.plan
        if not isinstance(batches, ByCustomer):
            batches = ByCustomer(batches, rows, plan.knows)
        done = None if initiatives is None else plan.initiatives(initiatives, keep_all=True)
        until = _day(plan, ledger, data_until, "a stream")
        known = _Histories(plan, contracts, done, ranks, ledger, until)
        settings = BatchSettings(plan, done, None, missing_columns, null_texts, all_metrics=True)
        for one in batches:
            batch = Batch(plan, one, settings, batches.first_row)
            try:
                self._count(batch, known, threads)
            except DataError as failure:
                if failure.code != DUPLICATE_ROW or "counted before" not in failure.message:
                    raise
                text = f"{failure.message}. In a stream they come one after the other: sort it"
                raise DataError(DUPLICATE_ROW, f"{text} by customer") from None
        return self

    def _count(self, batch: Batch, known: _Histories, threads: int) -> None:
        plan = self.plan
        scores = plan.score(batch, detail=True, overrides=False, threads=threads, check=False)
        function = library().aiueo_evidence_update_from
        with self._lock:
            for part, (handle, _) in zip(batch.parts, scores._parts):
                call(
                    function,
                    self.handle.pointer,
                    part.handle.pointer,
                    handle.pointer,
                    byref(known.struct),
                )

    def count_unseen(self, contracts: Any, *, ledger: Any = None, data_until: DateLike) -> Evidence:
        """Count the money over time of all customers of ledger and contracts that no update has
        seen, because they have no snapshots: once, after the last update, with its tables and its
        date. `Plan.evidence` does it itself. Returns itself.

        Whom it has counted is remembered: a second call adds nothing. Who was in evidence that was
        merged or read is not known: of evidence in parts each gets the rows of its own customers.
        After an error nothing of this call is counted.
        """
        until = _day(self.plan, ledger, data_until, "count_unseen()")
        self._count_unseen(_Histories(self.plan, contracts, None, None, ledger, until))
        return self

    def _count_unseen(self, known: _Histories) -> None:
        with self._lock:
            call(library().aiueo_evidence_count_unseen, self.handle.pointer, byref(known.struct))

    def merge(self, *others: Evidence) -> Evidence:
        """Add what others counted of other customers; they are not changed. The plans may be
        different ones of models that count the same. Returns itself.

        Raises ArgumentError for models that count other things, and for itself.
        """
        for other in others:
            with _both(self, other):
                call(library().aiueo_evidence_merge, self.handle.pointer, other.handle.pointer)
        return self

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    @property
    def counts(self) -> dict[str, int]:
        """``rows`` and ``customers`` with any; their decided ``ends`` and ``open`` contracts; pairs
        of an end and a lead that were ``observed``, ``unobserved`` (without a snapshot in time),
        ``lead_too_long`` (for the contract) and ``leaked``; customers ``without_contract``;
        ``customer_months``, pairs of a customer and a month with a snapshot; ``pending_calls``,
        sent so late that nobody saw whether they were answered in time; ``ranks_seen``, members'
        ranks with a snapshot in the 31 days before them, ``ranks_unseen`` without one, and
        ``customers_ranked``, those of the former.

        Of money over time: ``payers``, customers that the ledger, or else the contracts, tell of;
        ``payers_unseen``, customers without snapshots; ``never_active`` at a month's close;
        ``unpriced``, left out because the MRR of a contract is not known; ``overdue`` contracts,
        past their end and not decided; ``begun_unseen``, customers first seen too late to tell
        when onboarding was completed."""
        with self._lock:
            text = text_of(library().aiueo_evidence_counts, self.handle.pointer)
        found: dict[str, int] = json.loads(text)
        return found

    def study(self, name: str, **options: Any) -> Finding:
        """A study by its name, one of `studies`, with options of its own: ``seen.study("renewal",
        lead=90, kind="trial")``. A month is its text, ``"2026-04"``, or a date in it; None is the
        option's default. Raises NotFoundError (with a suggestion), ArgumentError."""
        said = {key: month_of(value, key) for key, value in options.items() if value is not None}
        called, given = utf8(name), utf8(json.dumps(said)) if said else b""
        arguments = called, len(called), given, len(given)
        with self._lock:
            text = text_of(library().aiueo_evidence_study, self.handle.pointer, *arguments)
        return Finding(json.loads(text))

    def __bytes__(self) -> bytes:
        with self._lock:
            return bytes_of(library().aiueo_evidence_write, self.handle.pointer)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Into a file, whole or not at all."""
        with WholeFile(os.fspath(path)) as file:
            file.write(bytes(self))

    def __repr__(self) -> str:
        counts = self.counts
        return (
            f"<aiueo.Evidence {counts['customers']:,} customers, {counts['ends']:,} ends"
            f"{named(self.plan.name, ' for ')}>"
        )


class _Histories:
    """Prepared tables, and the structure that names them."""

    def __init__(
        self,
        plan: Plan,
        contracts: Any,
        initiatives: Initiatives | None,
        ranks: Any,
        ledger: Any,
        until: int | None,
    ) -> None:
        self.contracts = plan.contracts(contracts)
        self.initiatives = initiatives
        self.ranks = None if ranks is None else plan.ranks(ranks)
        self.ledger = None if ledger is None else plan.ledger(ledger)
        self.struct = c.Histories(
            struct_size=sizeof(c.Histories),
            contracts=self.contracts.handle.pointer,
            initiatives=None if initiatives is None else initiatives.handle.pointer,
            ranks=None if self.ranks is None else self.ranks.handle.pointer,
            ledger=None if self.ledger is None else self.ledger.handle.pointer,
            data_until=until or 0,
            has_data_until=until is not None,
        )


def _day(plan: Plan, ledger: Any, until: DateLike | None, of: str) -> int | None:
    """data_until as the library counts days. `of`: what does not tell it."""
    if until is not None:
        return day_of(until, "data_until", plan.time_zone)
    if ledger is None:
        return None
    raise ArgumentError(
        INVALID_ARGUMENT,
        f"a ledger needs data_until, the last day that it tells of, which {of} does not know",
    )


def _options(drop_leaks: bool, limits: Limits | None = None) -> c.EvidenceOptions:
    return c.EvidenceOptions(
        struct_size=sizeof(c.EvidenceOptions),
        flags=c.EVIDENCE_DROP_LEAKS if drop_leaks else 0,
        **of_states(limits),
    )


@contextmanager
def _both(one: Evidence, other: Evidence) -> Iterator[None]:
    """Both locks, always in the same order."""
    first, second = sorted((one, other), key=id)
    with first._lock, second._lock:
        yield


def studies() -> tuple[str, ...]:
    """The names that `Evidence.study` takes."""
    names: list[str] = []
    while True:
        name: bytes | None = library().aiueo_study_name(len(names))
        if name is None:
            return tuple(names)
        names.append(name.decode())


__all__ = ["Evidence", "StateSource", "studies"]
