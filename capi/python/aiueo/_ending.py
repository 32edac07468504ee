"""How the command line ends: a line on standard error and a status for whatever went wrong. Needs
nothing outside the standard library, as what it tells of may be that something is not there."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

from ._errors import Error
from ._whole_file import FULL

#: 1: findings say no, where that is asked. 2: bad use or input. 70: a fault of this program, as in
#: sysexits.h. 130: stopped by Ctrl-C.
SAYS_NO, BAD_USE, FAULT, INTERRUPTED = 1, 2, 70, 130


def say(message: str) -> None:
    """One line on standard error. What files are called and hold cannot steer a terminal."""
    line = " ".join(message.split()).removeprefix("aiueo: ")
    line = "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # full, gone, closed: the status is left
            print(f"aiueo: {line}", file=sys.stderr, flush=True)


def told(failure: BaseException) -> int:
    """Says what went wrong; the status for it. With AIUEO_DEBUG a fault says where, too."""
    status = BAD_USE
    if isinstance(failure, KeyboardInterrupt):
        line, status = "stopped", INTERRUPTED
    elif isinstance(failure, MemoryError):
        line = "not enough memory"
    elif isinstance(failure, OSError):
        # Files that are written name themselves; what is printed does not.
        where = failure.filename or ("standard output" if failure.errno in FULL else "")
        line = f"{where}{': ' if where else ''}{failure.strerror or failure}"
    elif isinstance(failure, (Error, ImportError)):
        line = str(failure)
    else:
        if os.environ.get("AIUEO_DEBUG"):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                traceback.print_exception(type(failure), failure, failure.__traceback__)
        line, status = (
            f"unexpected {type(failure).__name__}: {failure}; this is a fault of aiueo "
            "(AIUEO_DEBUG=1 shows where)",
            FAULT,
        )
    say(line)
    return status


__all__ = ["BAD_USE", "FAULT", "INTERRUPTED", "SAYS_NO", "say", "told"]
