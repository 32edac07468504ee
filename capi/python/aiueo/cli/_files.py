"""Counted reading; files that appear whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, BinaryIO, Callable

from .._whole_file import WholeFile


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


__all__ = ["Counted", "WholeFile", "open_binary"]
