"""Tables that are sorted by customer, read in pieces side by side."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable

from ._batch import Batch, BatchSettings
from ._by_customer import TEXTS, ByCustomer, decoded
from ._contracts import COLUMNS as CONTRACTS
from ._dates import DateLike
from ._errors import BAD_ARROW, BAD_VALUE, INVALID_ARGUMENT, ArgumentError, DataError
from ._histories import arrow_of
from ._initiatives import COLUMNS as INITIATIVES
from ._ledger import COLUMNS as LEDGER
from ._optional import needed
from ._ranks import COLUMNS as RANKS
from ._told import Told, prepared
from .evidence import Evidence, _day, _Histories

if TYPE_CHECKING:
    from .plan import Plan

_COLUMNS = {
    "contracts": CONTRACTS,
    "initiatives": INITIATIVES,
    "ranks": RANKS,
    "ledger": LEDGER,
}
#: Rows of all tables after which what was counted is added to the rest: an evidence remembers each
#: customer that it has counted itself, which would be memory by customer.
_PART = 1 << 19


class SideBySide:
    """Evidence of tables in pieces: see `Plan.evidence_sorted`."""

    def __init__(
        self,
        plan: Plan,
        snapshots: Any,
        beside: Mapping[str, Any],
        data_until: DateLike | None,
        *,
        rows: int = 65_536,
        drop_leaks: bool = False,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
        unseen: bool = True,
    ) -> None:
        """`beside`: the other tables by name. `unseen`: also customers without snapshots."""
        self._plan = plan
        given = {name: table for name, table in beside.items() if table is not None}
        self._until = _day(plan, given.get("ledger"), data_until, "a stream")
        self._columns = {"snapshots": _Column("snapshots", snapshots, rows, plan.knows)}
        for name, table in given.items():
            wanted = _COLUMNS[name].__contains__
            self._columns[name] = _Column(name, _streamed(name, table), rows, wanted)
        self._drop_leaks = drop_leaks
        texts = [null_texts] if isinstance(null_texts, str) else list(null_texts)
        self._settings: dict[str, Any] = {"missing_columns": missing_columns, "null_texts": texts}
        self._threads = threads
        self._unseen = unseen and self._until is not None
        self._told = Told()

    def counted(self) -> tuple[Evidence, list[str]]:
        """The evidence, and what is doubtful about the tables."""
        seen = Evidence(self._plan, self._drop_leaks)
        part, rows = Evidence(self._plan, self._drop_leaks), 0
        for pieces in self._rounds():
            if rows > _PART:
                seen.merge(part)
                part, rows = Evidence(self._plan, self._drop_leaks), 0
            rows += sum(piece.num_rows for piece in pieces.values())
            self._count(part, pieces)
        return seen.merge(part), self._told.doubts(self._plan)

    def _rounds(self) -> Iterator[dict[str, Any]]:
        """Pieces of all tables, of the same customers."""
        all_columns = self._columns.values()
        while True:
            for column in all_columns:
                column.fill()
            # Up to the first key of a table behind which its next piece could have rows.
            last = [column.last for column in all_columns if column.last is not None]
            yield {name: one.take(min(last, default=None)) for name, one in self._columns.items()}
            if not last:
                return

    def _count(self, to: Evidence, pieces: dict[str, Any]) -> None:
        snapshots = pieces.pop("snapshots")
        known: dict[str, Any] = dict.fromkeys(_COLUMNS)
        for name, piece in pieces.items():
            known[name] = self._columns[name].named(self._prepared, name, piece)
            self._told.note(name, piece, known[name])
        done = known["initiatives"]
        histories = _Histories(
            self._plan, known["contracts"], done, known["ranks"], known["ledger"], self._until
        )
        settings = BatchSettings(self._plan, done, None, all_metrics=True, **self._settings)
        first = self._columns["snapshots"].first_row
        to._count(Batch(self._plan, snapshots, settings, first), histories, self._threads)
        if self._unseen:
            to._count_unseen(histories)

    def _prepared(self, name: str, piece: Any) -> Any:
        return prepared(self._plan, name, piece, keep_all=True, quiet=True)


class _Column:
    """One table: what of it was read and not yet taken."""

    def __init__(self, what: str, source: Any, rows: int, wanted: Callable[[str], bool]) -> None:
        self._pa = needed("pyarrow", "evidence_sorted()")
        self._pc = needed("pyarrow.compute", "evidence_sorted()")
        self._what = what
        self._pieces = ByCustomer(source, rows, wanted, what)
        self._next: Iterator[Any] | None = iter(self._pieces)
        self._held: Any = None
        self._keys: Any = None
        self._before: bytes | None = None  #: the last key of the pieces before
        self.last: bytes | None = None  #: the last key that is held; None once all was read
        self._held_from = 0  #: row of the table that is the first of those held
        self.first_row = 0  #: the same of what was taken last

    def fill(self) -> None:
        """Reads on, where nothing is held."""
        while self._next is not None and (self._held is None or self._held.num_rows == 0):
            piece = next(self._next, None)
            if piece is None:
                self._next = self.last = None
                if self._held is None:
                    raise DataError(
                        BAD_ARROW,
                        f"{self._what}: no batch comes; at least one says what columns there are",
                    )
                return
            self._held, self._held_from = piece, self._pieces.first_row
            self._keys = self._read_keys(piece)
            if len(self._keys):
                self.last = self._before = self._keys[len(self._keys) - 1].as_py()

    def take(self, until: bytes | None) -> Any:
        """All rows of customers up to this one; of all if there is none."""
        keys = self._keys
        n = len(keys)
        if until is not None and not keys.null_count:  # keys that are missing are told at once
            n = bisect_right(_Texts(keys), until)
        taken, self._held, self._keys = self._held.slice(0, n), self._held.slice(n), keys.slice(n)
        self.first_row, self._held_from = self._held_from, self._held_from + n
        return taken

    def named(self, work: Callable[[str, Any], Any], name: str, piece: Any) -> Any:
        """What `work` makes of a piece; what it says of its rows is said of those of the table."""
        try:
            return work(name, piece)
        except DataError as failure:
            text = _shifted(failure.message, self.first_row)
            raise DataError(failure.code, text) from None

    def _read_keys(self, piece: Any) -> Any:
        """As bytes, which is how they are sorted; they are checked to be."""
        pa, pc = self._pa, self._pc
        names = piece.schema.names
        if names.count("customer") != 1:  # the library tells it
            return pa.nulls(piece.num_rows, pa.large_binary())
        keys = decoded(pa, piece.column("customer"))
        if pa.types.is_integer(keys.type):
            keys = keys.cast(pa.string())
        if str(keys.type) not in TEXTS:
            return pa.nulls(len(keys), pa.large_binary())
        keys = keys.cast(pa.large_binary())
        if keys.null_count:
            return keys  # the library tells it
        if self._before is not None and len(keys) and keys[0].as_py() < self._before:
            self._refuse(0, self._before, keys[0].as_py())
        falls = pc.index(pc.less(keys[1:], keys[:-1]), True).as_py() if len(keys) > 1 else -1
        if falls >= 0:
            self._refuse(falls + 1, keys[falls].as_py(), keys[falls + 1].as_py())
        return keys

    def _refuse(self, row: int, before: bytes, key: bytes) -> None:
        shown = [f'"{one.decode("utf-8", "replace")}"' for one in (key, before)]
        raise DataError(
            BAD_VALUE,
            f'{self._what}, row {self._held_from + row + 1}, column "customer": {shown[0]} comes '
            f"after {shown[1]}; sort the table by customer, by the bytes of the keys",
        )


class _Texts:
    """Keys for bisection."""

    def __init__(self, keys: Any) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, at: int) -> bytes:
        key: bytes = self._keys[at].as_py()
        return key


_ROW = re.compile(r"\brow (\d+)")


def _shifted(message: str, by: int) -> str:
    """With rows counted from that one; not where a text of the table is quoted."""

    def shift(found: re.Match[str]) -> str:
        return f"row {int(found[1]) + by}"

    parts = message.split('"')
    return '"'.join(_ROW.sub(shift, one) if k % 2 == 0 else one for k, one in enumerate(parts))


def _streamed(what: str, table: Any) -> Any:
    """As `ByCustomer` reads it. A table of columns or rows is in memory already."""
    if hasattr(table, "handle"):
        raise ArgumentError(
            INVALID_ARGUMENT, f"{what}: what is prepared is held whole; give the table"
        )
    if hasattr(table, "__arrow_c_stream__"):
        return table
    by_rows = isinstance(table, list) and isinstance(next(iter(table), None), Mapping)
    if isinstance(table, Iterable) and not isinstance(table, (str, bytes, Mapping)) and not by_rows:
        return table
    return arrow_of(table, _COLUMNS[what], what)


__all__ = ["SideBySide"]
