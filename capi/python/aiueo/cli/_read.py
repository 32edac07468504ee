"""Tables from files, as streams of record batches in bounded memory.

CSV comes as bytes: the library knows the types, converts and names row and column. What PyArrow
refuses becomes one line with the file, the row where known, and what would be right.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Callable

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pa_parquet

from ._app import Refused
from ._files import Counted, open_binary

_BLOCK = 4 << 20  # bytes of CSV at a time; a row must fit
_ROWS = 1 << 16
_HEADER = 1 << 20

ENDINGS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".ipc": "arrow",
    ".feather": "arrow",
}


def kind_of(path: str) -> str:
    """csv, parquet or arrow by a name's ending; ``-`` is CSV."""
    if path == "-":
        return "csv"
    ending = os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise Refused(
            f"{path}: the ending {ending or 'is missing, which'} says no format; "
            "name it .csv, .parquet or .arrow"
        )
    return ENDINGS[ending]


def shown(path: str) -> str:
    return "standard input" if path == "-" else path


def worded(message: str, what: str, path: str) -> str:
    """A message of the library about the table `what`, with the name of its file."""
    for mark in (", ", ": "):
        if message.startswith(what + mark):
            return shown(path) + message[len(what) :]
    return message


class Source:
    """A table in a file: a record batch reader, and how far it is read.

    ``fraction()`` is 0..1, or None where the size is not known. If reading fails, ``failure`` keeps
    the exception that says why, as what comes through a stream is only its text.
    """

    def __init__(self, path: str, wanted: Callable[[str], bool], what: str) -> None:
        self.path = path
        self.what = what
        self.name = shown(path)
        self.failure: BaseException | None = None
        self._wanted = wanted
        self._done = 0
        self._total = 0
        self._invalid: Any = None
        self._file: Any = None
        if path != "-" and os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, "is a folder; give a file", path)
        opener = {"csv": self._csv, "parquet": self._parquet, "arrow": self._arrow}[kind_of(path)]
        try:
            schema, batches = opener()
        except pa.ArrowException as failure:
            self.close()
            raise self._refused(failure) from None
        except BaseException:
            self.close()
            raise
        self.columns: list[str] = schema.names
        self.reader = pa.RecordBatchReader.from_batches(schema, self._guard(batches))

    def fraction(self) -> float | None:
        return min(1.0, self._done / self._total) if self._total else None

    def close(self) -> None:
        if self._file is not None and self.path != "-":
            self._file.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _guard(self, batches: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from batches
        except (pa.ArrowException, OSError) as failure:
            self.failure = self._refused(failure)
            raise self.failure from None
        except BaseException as failure:
            self.failure = failure
            raise

    # ── CSV ──────────────────────────────────────────────────────────────────────────────────

    def _csv(self) -> tuple[Any, Iterator[Any]]:
        file = self._file = open_binary(self.path)
        if self.path != "-":
            self._total = os.fstat(file.fileno()).st_size
        first = file.read(_HEADER)
        header = self._header(first)
        if len(header) == 1 and not self._wanted(header[0]):
            self._refuse_separator(header[0])
        columns = [name for name in dict.fromkeys(header) if self._wanted(name)]
        for name in columns:
            places = [str(k + 1) for k, one in enumerate(header) if one == name]
            if len(places) > 1:
                raise Refused(
                    f'{self.name}: column "{name}" is there {len(places)} times (columns '
                    f"{', '.join(places)} of the header); a column has one name"
                )
        if not columns:
            return pa.schema([]), self._without_columns(header)
        options = {
            "read_options": pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK),
            "parse_options": pa_csv.ParseOptions(
                newlines_in_values=True, invalid_row_handler=self._remember
            ),
            "convert_options": pa_csv.ConvertOptions(
                column_types={name: pa.binary() for name in columns},
                include_columns=columns,
                strings_can_be_null=False,
                check_utf8=False,
            ),
        }
        whole = Counted(file, first)
        reader = pa_csv.open_csv(pa.PythonFile(whole, mode="r"), **options)

        def batches() -> Iterator[Any]:
            # PyArrow reads ahead: what counts is the blocks that came out.
            for batch in reader:
                yield batch
                self._done += _BLOCK

        return reader.schema, batches()

    def _count(self, done: int) -> None:
        self._done = done

    def _remember(self, row: Any) -> str:
        self._invalid = row
        return "error"

    def _header(self, first: bytes) -> list[str]:
        if not first.strip():
            raise Refused(f"{self.name}: is empty; the first row names the columns")
        if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Refused(f"{self.name}: is UTF-16; save it as UTF-8")
        if first[:4] == b"PAR1" or first[:6] == b"ARROW1" or first[:2] in (b"PK", b"\x1f\x8b"):
            raise Refused(f"{self.name}: is no CSV; name a Parquet file .parquet, unpack others")
        if b"\0" in first.lstrip().partition(b"\n")[0]:
            raise Refused(f"{self.name}: is no CSV: the header has NUL bytes; save it as UTF-8")
        if len(first) == _HEADER and b"\n" not in first and b"\r" not in first:
            raise Refused(f"{self.name}: the header is longer than {_HEADER >> 20} MiB")
        try:
            text = first.decode("utf-8-sig", "surrogateescape")
            header = next(csv.reader(io.StringIO(text, newline=""), strict=True))
        except (csv.Error, StopIteration) as failure:
            line = text.lstrip().partition("\n")[0]
            if "," not in line:
                self._refuse_separator(line)
            raise Refused(f"{self.name}: the header cannot be read: {failure}") from None
        for at, name in enumerate(header):
            try:
                name.encode()
            except UnicodeEncodeError:
                raise Refused(
                    f"{self.name}: the name of column {at + 1} is not UTF-8; save it as UTF-8"
                ) from None
        return header

    def _refuse_separator(self, line: str) -> None:
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if mark in line:
                raise Refused(f"{self.name}: the header has {name}; separate columns by commas")

    def _without_columns(self, header: list[str]) -> Iterator[Any]:
        shown = ", ".join(header[:8]) + (", …" if len(header) > 8 else "")
        raise Refused(f"{self.name}: the model knows none of its columns ({shown})")

    # ── Parquet, Arrow ───────────────────────────────────────────────────────────────────────

    def _seekable(self, kind: str) -> BinaryIO:
        file = open_binary(self.path)
        if not file.seekable():
            file.close()
            raise Refused(f"{self.name}: is a pipe; {kind} is read from a file, CSV from pipes too")
        return file

    def _parquet(self) -> tuple[Any, Iterator[Any]]:
        self._file = self._seekable("Parquet")
        file = pa_parquet.ParquetFile(self._file)
        names = [name for name in file.schema_arrow.names if self._wanted(name)]
        if not names:
            return pa.schema([]), self._without_columns(file.schema_arrow.names)
        self._total = file.metadata.num_rows
        schema = pa.schema(
            [
                file.schema_arrow.field(k)
                for k, n in enumerate(file.schema_arrow.names)
                if n in names
            ]
        )

        def batches() -> Iterator[Any]:
            for batch in file.iter_batches(batch_size=_ROWS, columns=names):
                yield batch.cast(schema) if batch.schema != schema else batch
                self._done += batch.num_rows

        return schema, batches()

    def _arrow(self) -> tuple[Any, Iterator[Any]]:
        file = self._file = self._seekable("Arrow IPC")
        self._total = os.fstat(file.fileno()).st_size
        magic = file.read(6)
        file.seek(0)
        if magic == b"ARROW1":
            whole = pa_ipc.open_file(file)
            self._total = whole.num_record_batches

            def batches() -> Iterator[Any]:
                for k in range(whole.num_record_batches):
                    yield whole.get_batch(k)
                    self._done = k + 1

            return whole.schema, batches()
        reader = pa_ipc.open_stream(pa.PythonFile(Counted(file, b"", self._count), mode="r"))
        return reader.schema, iter(reader)

    # ── words ────────────────────────────────────────────────────────────────────────────────

    def _refused(self, failure: BaseException) -> Refused:
        text = str(failure).split("\n")[0].rstrip(". ")
        if self._invalid is not None:
            row = self._invalid
            where = f", row {row.number - 1}" if row.number else ""
            hint = "; is a quote left open?" if row.text.count('"') % 2 else ""
            return Refused(
                f"{self.name}{where}: has {row.actual_columns} fields, the header has "
                f"{row.expected_columns}{hint}"
            )
        if "straddling object" in text or "block size" in text:
            return Refused(
                f"{self.name}: a row is longer than {_BLOCK >> 20} MiB; is a quote left open?"
            )
        found = re.search(r"CSV parse error: Expected (\d+) columns, got (\d+)", text)
        if found:
            return Refused(f"{self.name}: a row has {found[2]} fields, the header has {found[1]}")
        kind = {"csv": "CSV", "parquet": "Parquet", "arrow": "Arrow IPC"}[kind_of(self.path)]
        why = {"Parquet": "; is it cut short?", "Arrow IPC": "; is it cut short?"}.get(kind, "")
        return Refused(f"{self.name}: cannot be read as {kind}: {text}{why}")

    def worded(self, message: str) -> str:
        """A message of the library about this table, with the file's name."""
        return worded(message, self.what, self.path)
