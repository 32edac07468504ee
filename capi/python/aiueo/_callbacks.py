"""What a callback raises: kept for the thread, and raised again by the call it belongs to.

An exception cannot pass through the library. Each callback catches its own; but a signal (Ctrl-C)
may strike before its first line, where only `sys.unraisablehook` hears of it, so that is asked too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_raised = threading.local()
_previous: Any = None


class CallbackOwner:
    """The object whose methods the library calls back."""

    def __init__(self) -> None:
        global _previous
        if _previous is None:
            _previous = sys.unraisablehook
            sys.unraisablehook = _heard


def _heard(unraisable: Any) -> None:
    owner = getattr(unraisable.object, "__self__", None)
    if isinstance(owner, CallbackOwner) and unraisable.exc_value is not None:
        remember(unraisable.exc_value)
    else:
        _previous(unraisable)


def remember(raised: BaseException) -> None:
    """A callback of this thread raised: the call that it belongs to raises it again."""
    _raised.exception = raised


def _take() -> BaseException | None:
    raised: BaseException | None = getattr(_raised, "exception", None)
    _raised.exception = None
    return raised


@contextmanager
def raising_again() -> Iterator[None]:
    """Around a call of the library that calls back: what a callback raised comes out of here."""
    _take()
    try:
        yield
    except Exception as failure:
        raised = _take()
        if raised is not None:
            raise raised from failure
        raise
    raised = _take()
    if raised is not None:
        raise raised
