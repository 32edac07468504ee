"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from typing import Any, BinaryIO

#: The system has no room for what is written.
FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
#: Characters of a file's name in that of its temporary file: the longest name has no room for more.
_SHOWN = 40


class WholeFile:
    """A binary file that takes its name only when its block ends without an exception.

    The file that a link points to is replaced, and keeps its permissions and, where this process
    may give them, its owner and group. ``-`` is standard output; that and what is no regular file
    (a device, a FIFO) is written as it comes. Errors of the system name the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._target = ""
        self._temporary = ""
        self._mode: int | None = None  #: of the file that is replaced
        self.file: Any = None

    def __enter__(self) -> Any:
        try:
            self.file = self._standard_output() if self.path == "-" else self._open()
        except OSError as failure:
            self._forget()
            raise self._named(failure) from None
        except BaseException:
            self._forget()
            raise
        return self.file

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        try:
            if self.path == "-":
                self.file.flush()
                return
            self.file.close()
            if kind is None and self._temporary:
                if self._mode is not None:
                    os.chmod(self._temporary, self._mode)
                os.replace(self._temporary, self._target)
                self._temporary = ""
        except OSError as failure:
            if kind is None:  # else the block's own failure is the one to tell
                raise self._named(failure) from None
        finally:
            self._forget()
        if isinstance(value, OSError) and value.filename is None and value.errno in FULL:
            raise self._named(value) from None

    def _standard_output(self) -> Any:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "is closed")
        return sys.stdout.buffer

    def _open(self) -> BinaryIO:
        self._target = os.path.realpath(self.path)
        try:
            older: os.stat_result | None = os.stat(self._target)
        except FileNotFoundError:
            older = None
        found = None if older is None else older.st_mode
        if found is not None and stat.S_ISDIR(found):
            raise IsADirectoryError(errno.EISDIR, "is a folder; give the name of a file")
        if found is not None and not stat.S_ISREG(found):
            return open(self._target, "wb")  # a file in its place would be no device any more
        folder, name = os.path.split(self._target)
        if not os.path.isdir(folder):
            raise FileNotFoundError(errno.ENOENT, f"the folder {folder} does not exist")
        self._mode = None if found is None else stat.S_IMODE(found)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        own = f".{name[:_SHOWN]}.{secrets.token_hex(6)}.part"
        self._temporary = os.path.join(folder, own)
        # What replaces a private file is private from the start. Mode and owner are given to the
        # open file, not to its name: in somebody else's folder that may be a link by then.
        handle = os.open(self._temporary, flags, 0o666 if self._mode is None else 0o600)
        if older is not None and hasattr(os, "fchown"):  # not on Windows
            try:
                os.fchmod(handle, stat.S_IMODE(older.st_mode))
                _give(handle, older)
            except BaseException:
                os.close(handle)
                raise
            self._mode = None
        return os.fdopen(handle, "wb")

    def _forget(self) -> None:
        """No temporary file stays. There may be none, or its folder is gone."""
        if self._temporary:
            with contextlib.suppress(OSError):
                os.unlink(self._temporary)
        self._temporary = ""

    def _named(self, failure: OSError) -> OSError:
        """The same failure, of the file that was asked for and not of a temporary one."""
        where = "standard output" if self.path == "-" else self.path
        return OSError(failure.errno, failure.strerror or str(failure), where)


def _give(handle: int, older: os.stat_result) -> None:
    """The owner and the group of the file that is replaced, or as much as this process may give."""
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) == (older.st_uid, older.st_gid):
        return
    try:
        os.fchown(handle, older.st_uid, older.st_gid)
    except OSError:
        with contextlib.suppress(OSError):
            os.fchown(handle, -1, older.st_gid)


__all__ = ["FULL", "WholeFile"]
