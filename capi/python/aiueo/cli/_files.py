"""Files that appear whole or not at all, and counted reading."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Callable


class WholeFile:
    """A binary file that takes its name only when its block ends without an exception.

    ``-`` is standard output, which is written as it comes.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._temporary = ""
        self.file: Any = None

    def __enter__(self) -> Any:
        if self.path == "-":
            self.file = sys.stdout.buffer
            return self.file
        target = Path(self.path)
        if target.is_dir():
            raise IsADirectoryError(21, "is a folder; give the name of a file", self.path)
        if not target.parent.is_dir():
            raise FileNotFoundError(2, "the folder does not exist", str(target.parent))
        handle, self._temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
        self.file = os.fdopen(handle, "wb")
        return self.file

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if self.path == "-":
            self.file.flush()
            return
        try:
            self.file.close()
            if kind is None:
                mask = os.umask(0)
                os.umask(mask)
                os.chmod(self._temporary, 0o666 & ~mask)  # mkstemp is private; an export is not
                os.replace(self._temporary, self.path)
                self._temporary = ""
        finally:
            if self._temporary:
                os.unlink(self._temporary)


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
        return sys.stdin.buffer
    if os.path.isdir(path):
        raise IsADirectoryError(21, "is a folder; give a file", path)
    return open(path, "rb")
