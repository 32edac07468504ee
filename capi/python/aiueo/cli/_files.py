"""Counted reading; files that appear whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Callable

from .._whole_file import WholeFile
from ._app import Refused


class Counted(io.RawIOBase):
    """A file for PyArrow that tells how many bytes were read, and gives a first piece again."""

    def __init__(
        self, file: BinaryIO, first: bytes, tell: Callable[[int], None] | None = None
    ) -> None:
        super().__init__()
        self._file = file
        self._first = first
        self._tell = tell
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        size = -1 if size is None else size
        if self._first:
            end = len(self._first) if size < 0 else size
            out, self._first = self._first[:end], self._first[end:]
            if size < 0:
                out += self._file.read()
        else:
            out = self._file.read(size)
        self.count += len(out)
        if self._tell is not None:
            self._tell(self.count)
        return out

    def readinto(self, buffer: Any) -> int:
        out = self.read(len(buffer))
        buffer[: len(out)] = out
        return len(out)


def open_binary(path: str) -> BinaryIO:
    """A file, or standard input for ``-``."""
    if path == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "is closed", "standard input")
        return sys.stdin.buffer
    if os.path.isdir(path):
        raise IsADirectoryError(21, "is a folder; give a file", path)
    return open(path, "rb")


def keep_apart(outputs: Iterable[str | None], inputs: Iterable[str | None]) -> None:
    """Refuses an output that is one of the inputs, or another output, by whatever name: ``-`` is
    the file that a standard stream is redirected to.

    To be asked before anything is read. Devices and pipes may be both, as may a terminal.
    """
    written: list[_Named] = []
    read = [_Named.of(path, sys.stdin, "standard input") for path in inputs if path is not None]
    for given in outputs:
        if given is None:
            continue
        output = _Named.of(given, sys.stdout, "standard output")
        for one in read:
            if output.is_file_of(one):
                by = "" if output.name == one.name else f", as {one.name}"
                raise Refused(f"{output.name}: is read, too{by}; write to another file")
        for one in written:
            if output.is_file_of(one):
                raise Refused(f"{output.name}: is written twice; give two files")
        written.append(output)


def same_file(one: str, other: str) -> bool:
    """Whether two names of inputs are those of one regular file."""
    named = [_Named.of(path, sys.stdin, "standard input") for path in (one, other)]
    return named[0].is_file_of(named[1])


@dataclass(frozen=True)
class _Named:
    """A file by the name that it was given."""

    name: str
    found: os.stat_result | None  #: None: it is not there, or cannot be asked
    path: str  #: without links; empty for a standard stream

    @classmethod
    def of(cls, path: str, stream: Any, name: str) -> _Named:
        if path == "-":
            try:
                return cls(name, os.fstat(stream.fileno()), "")
            except (AttributeError, OSError, ValueError):  # none, closed, no file of the system's
                return cls(name, None, "")
        try:
            found = os.stat(path)
        except (OSError, ValueError):  # not there, or no name at all
            found = None
        return cls(path, found, os.path.normcase(os.path.realpath(path)))

    def is_file_of(self, other: _Named) -> bool:
        """Whether it is the same regular file, which may not be there yet."""
        if self.found is None or other.found is None:
            return bool(self.path) and self.path == other.path
        return stat.S_ISREG(self.found.st_mode) and os.path.samestat(self.found, other.found)


__all__ = ["Counted", "WholeFile", "keep_apart", "open_binary", "same_file"]
