"""Counted reading; files that appear whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterable
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
    """Refuses an output that is one of the inputs, or another output, by whatever name.

    To be asked before anything is read. Standard streams, devices and pipes may be both.
    """
    written: list[str] = []
    read = [path for path in inputs if path is not None]
    for output in outputs:
        if output is None:
            continue
        for path in read:
            if same_file(output, path):
                by = "" if output == path else f", as {path}"
                raise Refused(f"{output}: is read, too{by}; write to another file")
        for path in written:
            if same_file(output, path):
                raise Refused(f"{output}: is written twice; give two files")
        written.append(output)


def same_file(one: str, other: str) -> bool:
    """Whether two names are those of one regular file, which may not be there yet."""
    if "-" in (one, other):
        return False
    try:
        found = os.stat(one), os.stat(other)
    except (OSError, ValueError):  # not there, or no name at all
        return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
    return stat.S_ISREG(found[0].st_mode) and os.path.samestat(*found)


__all__ = ["Counted", "WholeFile", "keep_apart", "open_binary", "same_file"]
