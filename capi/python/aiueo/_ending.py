"""How the command line ends: a line on standard error and a status for whatever went wrong. Needs
nothing outside the standard library, as what it tells of may be that something is not there."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import warnings
from typing import Any

from ._errors import DataWarning, Error
from ._whole_file import FULL

#: 1: findings say no, where that is asked. 2: bad use or input. 70: a fault of this program, as in
#: sysexits.h. 130: stopped by Ctrl-C.
SAYS_NO, BAD_USE, FAULT, INTERRUPTED = 1, 2, 70, 130


def say(message: str, what: str = "aiueo") -> None:
    """One line on standard error. What files are called and hold cannot steer a terminal."""
    line = " ".join(message.split()).removeprefix(f"{what}: ")
    line = "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # full, gone, closed: the status is left
            print(f"{what}: {line}", file=sys.stderr, flush=True)


def tell_doubts() -> None:
    """From now on what is doubtful about tables is told as commands tell it, once each, whatever
    filters there are: those are the process's, so this is for one of the command line's own."""
    usual = warnings.showwarning
    told: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if not issubclass(category, DataWarning):
            usual(message, category, *place, **more)
        elif str(message) not in told:
            told.add(str(message))
            say(str(message), "warning")

    warnings.showwarning = show
    warnings.simplefilter("always", DataWarning)


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


__all__ = ["BAD_USE", "FAULT", "INTERRUPTED", "SAYS_NO", "say", "tell_doubts", "told"]
