"""The command line: ``aiueo``, ``python -m aiueo``."""

from __future__ import annotations

import importlib.util
import io
import os
import sys


def main() -> None:
    """Run the command line; it needs Click, PyArrow and Rich.

    The process ends without Python's finalization: PyArrow reads files ahead in threads of its own,
    and one that is in Python just then, or waits for standard input, would abort or hang it.
    """
    _speak_utf8()
    try:
        _run()
        status: object = 0
    except SystemExit as end:
        status = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    number = status if isinstance(status, int) else int(status is not None)
    written = _flush()
    os._exit(number or written)


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
                os.write(2, f"aiueo: standard output: {failure.strerror}\n".encode())
                return 2
    return 0


def _run() -> None:
    for name in ("click", "pyarrow", "rich"):
        if not _is_there(name):
            line = f'aiueo: the command line needs {name}: pip install "aiueo[cli]"'
            print(line, file=sys.stderr)
            sys.exit(2)
    from .cli import cli

    cli(prog_name="aiueo")


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # blocked
        return False


if __name__ == "__main__":
    main()
