"""Scores as a stream: snapshots are read, scored and given on, a batch at a time."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from ctypes import byref, sizeof
from typing import TYPE_CHECKING, Any, Callable

from . import _structs as c
from ._arrow import OwnedArray, Stream, stream_capsule
from ._callbacks import CallbackOwner, raising_again, remember
from ._errors import CANCELLED, ArgumentError
from ._library import NotPickled, call, library
from ._optional import needed, pyarrow
from ._text import named
from .summary import LACKS_INITIATIVES, Summary, new_summary, read_summary

if TYPE_CHECKING:
    from ._batch import BatchSettings
    from .plan import Plan

_VALIDATION = {"full": 0, "basic": 1, "none": 2}


def _budget(rows: int | None) -> int:
    if rows is None:
        return 0
    if rows < 1:
        raise ArgumentError(
            10,
            f"duplicate_budget is {rows}; at least 1 row is remembered (check=False looks for no "
            "duplicates)",
        )
    return min(rows, 2**32 - 1)


class ScoreStream(CallbackOwner, NotPickled):
    """Record batches of scores, made while they are read. To be read once.

    Give it to whatever reads Arrow streams (``pyarrow.RecordBatchReader.from_stream(stream)``,
    ``polars.DataFrame(stream)``), or iterate: ``for batch in stream`` gives PyArrow record batches.
    ``rows`` counts what was scored so far, ``summary()`` sums it up.
    """

    _instead = "read it, and take the tables that it gives"

    def __init__(
        self,
        plan: Plan,
        reader: Any,
        settings: BatchSettings,
        flags: int,
        check: bool,
        progress: Callable[[int], Any] | None,
        validate: str,
        duplicate_budget: int | None,
    ) -> None:
        super().__init__()
        if validate not in _VALIDATION:
            raise ArgumentError(10, f'validate is {validate!r}; it is "full", "basic" or "none"')
        self.plan = plan
        self.rows = 0
        self._settings = settings
        self._summary = new_summary(plan)
        self._user_progress = progress
        # Without a callback there is none that a signal could strike.
        self._progress = c.ProgressFunction(self._after_batch) if progress else c.ProgressFunction()
        self._taken = False
        # A batch is counted in several steps. Progress may ask for the summary within its thread.
        self._lock = threading.RLock()
        source = Stream.of(reader)
        options = c.StreamOptions(
            struct_size=sizeof(c.StreamOptions),
            flags=0 if check else c.STREAM_NO_DUPLICATE_CHECK,
            validation=_VALIDATION[validate],
            scores_flags=flags,
            batch=ctypes.pointer(settings.struct),
            summary=self._summary.pointer,
            progress=self._progress,
            duplicate_budget=_budget(duplicate_budget),
        )
        given = c.ArrowArrayStream()
        ctypes.memmove(byref(given), byref(source.struct), sizeof(given))
        source.struct.release = c.ReleaseStream()
        self._stream = Stream(checked=True)
        call(
            library().aiueo_plan_score_stream,
            plan.handle.pointer,
            byref(given),
            byref(options),
            byref(self._stream.struct),
        )

    def _after_batch(self, _: Any, rows: int) -> int:
        try:
            if self._user_progress is not None:
                self._user_progress(rows)
        except BaseException as raised:
            remember(raised)
            return CANCELLED
        return 0

    def _next(self) -> OwnedArray | None:
        with self._lock:
            with raising_again():
                array = self._stream.next()
            if array is not None:
                self.rows += array.struct.length
        return array

    def _take(self) -> None:
        if self._taken:
            raise ArgumentError(11, "the stream was read already; score the snapshots again")
        self._taken = True

    def __iter__(self) -> Iterator[Any]:
        pa = needed("pyarrow", "iterating over batches of scores")
        self._take()
        return self._batches(pa, self._schema(pa))

    def _batches(self, pa: Any, schema: Any) -> Iterator[Any]:
        while (array := self._next()) is not None:
            yield pa.RecordBatch._import_from_c(ctypes.addressof(array.struct), schema)

    def _schema(self, pa: Any) -> Any:
        owned = self._stream.schema
        schema = pa.Schema._import_from_c(ctypes.addressof(owned.struct))
        self._stream._schema = None  # PyArrow took it over
        return schema

    def to_arrow_reader(self) -> Any:
        """A ``pyarrow.RecordBatchReader`` over the scores."""
        pa = needed("pyarrow", "to_arrow_reader()")
        self._take()
        schema = self._schema(pa)
        return pa.RecordBatchReader.from_batches(schema, self._batches(pa, schema))

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        if pyarrow() is not None:
            return self.to_arrow_reader().__arrow_c_stream__(requested_schema)
        self._take()

        def schema(out: c.ArrowSchema) -> None:
            struct = self._stream.struct
            status = struct.get_schema(byref(struct), byref(out))
            self._stream._check(status)

        def arrays() -> Iterator[Any]:
            while (array := self._next()) is not None:
                yield _mover(array)

        return stream_capsule(schema, arrays())

    def summary(self) -> Summary:
        """Counts over what was read so far; see `Scores.summary`. Another thread may ask while the
        stream is read: it waits for the batch that is being scored."""
        # The stream goes on counting; this summary does not.
        counted = new_summary(self.plan)
        with self._lock:
            call(library().aiueo_summary_merge, counted.pointer, self._summary.pointer)
        out = read_summary(self.plan, counted)
        if LACKS_INITIATIVES not in out["warnings"] and self._lacks_initiatives and out["rows"]:
            out["warnings"].append(LACKS_INITIATIVES)
        return out

    @property
    def _lacks_initiatives(self) -> bool:
        return self.plan.needs_initiatives and self._settings.initiatives is None

    def __repr__(self) -> str:
        return f"<aiueo.ScoreStream {self.rows:,} rows so far{named(self.plan.name, ' by ')}>"


def _mover(array: OwnedArray) -> Callable[[c.ArrowArray], None]:
    def fill(out: c.ArrowArray) -> None:
        ctypes.memmove(byref(out), byref(array.struct), sizeof(array.struct))
        array.struct.release = c.ReleaseArray()

    return fill
