"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any


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


__all__ = ["WholeFile"]
