"""Record batches cut where one customer ends and the next begins."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from typing import Any, Callable

from ._arrow import Stream
from ._errors import BAD_ARROW, INVALID_ARGUMENT, ArgumentError, DataError
from ._optional import needed
from ._tables import one_batch


class ByCustomer:
    """Record batches with whole customers, of a stream in which each customer's rows come one after
    the other; to be iterated once.

    None has more than `rows` rows, except by those of one customer. `first_row`: where in the
    stream the latest one began. Only columns that are `wanted` are in them.
    """

    def __init__(
        self, source: Any, rows: int, wanted: Callable[[str], bool], what: str = "snapshots"
    ) -> None:
        self._pa = needed("pyarrow", "update_stream()")
        self._pc = needed("pyarrow.compute", "update_stream()")
        if rows < 1:
            raise ArgumentError(INVALID_ARGUMENT, f"rows is {rows}; at least 1 is needed")
        self.first_row = 0
        self._rows = rows
        self._latest: Any = None
        self._batches = _batches(self._pa, source, wanted, what)

    def __iter__(self) -> Iterator[Any]:
        for pieces in self._whole_customers():
            if self._latest is not None:
                self.first_row += self._latest.num_rows
            self._latest = one_batch(self._pa, pieces)
            yield self._latest

    def customer_at(self, row: int) -> Any:
        """Whose row of the stream this is; None if it is not one of the latest batch."""
        at = row - self.first_row
        if self._latest is None or not 0 <= at < self._latest.num_rows:
            return None
        return self._latest.column("customer")[at].as_py()

    def _whole_customers(self) -> Iterator[list[Any]]:
        whole: list[Any] = []  # slices that end where a customer does
        last: list[Any] = []  # of the customer after these, who perhaps has more rows
        count = of_last = 0  # rows of either
        for piece in self._pieces():
            begin = self._begin_of_last(piece)
            if begin == 0 and last and not self._differ(last[-1], piece):
                last.append(piece)
                of_last += piece.num_rows
                continue
            if whole and count + of_last + begin > self._rows:
                yield whole
                whole, count = [], 0
            whole += last
            if begin > 0:
                whole.append(piece.slice(0, begin))
            count += of_last + begin
            last = [piece.slice(begin)]
            of_last = piece.num_rows - begin
        if whole and count + of_last > self._rows:
            yield whole
            whole = []
        if whole or last:
            yield whole + last

    def _pieces(self) -> Iterator[Any]:
        """Slices of the batches. A stream without rows has one, which says what columns it has."""
        first: Any = None
        some = False
        for batch in self._batches:
            first = batch if first is None else first
            for at in range(0, batch.num_rows, self._rows):
                some = True
                yield batch.slice(at, self._rows)
        if first is not None and not some:
            yield first

    def _begin_of_last(self, piece: Any) -> int:
        """The row that follows the last one of another customer. What ends without a key does not
        wait for more: the library refuses it."""
        keys = self._keys(piece)
        if keys is None or piece.num_rows == 0 or not keys[piece.num_rows - 1].is_valid:
            return int(piece.num_rows)
        others = self._pc.not_equal(keys, keys[piece.num_rows - 1])
        places = self._pc.indices_nonzero(others)
        return places[len(places) - 1].as_py() + 1 if len(places) else 0

    def _differ(self, one: Any, other: Any) -> bool:
        """Does the second piece begin with another customer than the first ends with?"""
        keys = self._keys(one), self._keys(other)
        return len(keys[0]) == 0 or bool(keys[0][len(keys[0]) - 1] != keys[1][0])

    def _keys(self, piece: Any) -> Any:
        """The customers' keys, or None where there are none to compare."""
        names = piece.schema.names
        if names.count("customer") != 1:
            return None
        keys = decoded(self._pa, piece.column("customer"))
        is_key = self._pa.types.is_integer(keys.type) or str(keys.type) in TEXTS
        return keys if is_key else None


def decoded(pa: Any, keys: Any) -> Any:
    """Without its dictionary, if it has one."""
    if not pa.types.is_dictionary(keys.type):
        return keys
    texts = keys.dictionary
    if str(texts.type) == "string_view":  # not every release of PyArrow picks from these
        texts = texts.cast(pa.large_string())
    return texts.take(keys.indices)


#: Types of keys that are text.
TEXTS = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")


def _batches(pa: Any, source: Any, wanted: Callable[[str], bool], what: str) -> Iterator[Any]:
    """PyArrow's record batches of whatever streams Arrow, with the columns that count."""
    if hasattr(source, "__arrow_c_stream__"):
        yield from _of_stream(pa, source, wanted)
        return
    if not isinstance(source, Iterable) or isinstance(source, (str, bytes, dict)):
        raise TypeError(
            f"batches is {type(source).__name__}; give a record batch reader or anything else with "
            "an Arrow stream, or an iterator of record batches"
        )
    schema: Any = None
    for number, item in enumerate(source):
        if not hasattr(item, "__arrow_c_stream__") and not hasattr(item, "__arrow_c_array__"):
            raise TypeError(f"batch {number + 1} is {type(item).__name__}, no Arrow record batch")
        item = item if hasattr(item, "__arrow_c_stream__") else pa.record_batch(item)
        for batch in _of_stream(pa, item, wanted):
            schema = batch.schema if schema is None else schema
            if not batch.schema.equals(schema):
                raise DataError(
                    BAD_ARROW,
                    f"{what}: batch {number + 1} has other columns than the first, or of other "
                    f"types: {_columns(batch.schema)}; the first has {_columns(schema)}",
                )
            yield batch


def _of_stream(pa: Any, source: Any, wanted: Callable[[str], bool]) -> Iterator[Any]:
    """What the producer fails with is a DataError. A stream without batches gives an empty one."""
    stream = Stream.of(source)
    whole = pa.Schema._import_from_c(ctypes.addressof(stream.schema.struct))
    keep = [k for k, name in enumerate(whole.names) if wanted(name)]
    schema = pa.schema([whole.field(k) for k in keep])
    empty = True
    for array in stream:
        empty = False
        batch = pa.RecordBatch._import_from_c(ctypes.addressof(array.struct), whole)
        yield pa.RecordBatch.from_arrays([batch.column(k) for k in keep], schema=schema)
    if empty:
        yield pa.RecordBatch.from_arrays([pa.array([], one.type) for one in schema], schema=schema)


def _columns(schema: Any) -> str:
    return ", ".join(f"{one.name} {one.type}" for one in schema)


__all__ = ["TEXTS", "ByCustomer", "decoded"]
