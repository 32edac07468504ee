"""The command line: ``aiueo``, ``python -m aiueo``."""

from __future__ import annotations

import importlib.util
import io
import os
import sys

from ._ending import BAD_USE, FAULT, say, tell_doubts, told


def main() -> None:
    """Run the command line; it needs Click, PyArrow and Rich.

    The process ends without Python's finalization: PyArrow reads files ahead in threads of its own,
    and one that is in Python just then, or waits for standard input, would abort or hang it.
    """
    status = FAULT
    try:
        status = _run()
        written = _flush()
        status = status or written
    except BaseException as failure:  # before there were commands, or after the last of them
        status = told(failure)
    finally:
        os._exit(status)


def _speak_utf8() -> None:
    """The same bytes in every locale; names that are no UTF-8 go out as they came in."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def _flush() -> int:
    """Write what is left. Whoever does not read on has seen enough."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            pass
        except (OSError, ValueError, AttributeError) as failure:  # full; closed; none
            if stream is sys.stdout and isinstance(failure, OSError):
                say(f"standard output: {failure.strerror}")
                return BAD_USE
    return 0


def _run() -> int:
    """Of the commands, which tell themselves of what goes wrong, the status."""
    _speak_utf8()
    tell_doubts()
    for name in ("click", "pyarrow", "rich"):
        if not _is_there(name):
            say(f'the command line needs {name}: pip install "aiueo[cli]"')
            return BAD_USE
    try:
        from .cli import cli
    except ImportError as failure:  # of a package that is there, and broken
        raise ImportError(f"the command line cannot be loaded: {failure}") from failure
    try:
        cli(prog_name="aiueo")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # blocked
        return False


if __name__ == "__main__":
    main()
