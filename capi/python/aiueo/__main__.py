"""The command line: ``aiueo``, ``python -m aiueo``."""

from __future__ import annotations

import importlib.util
import sys


def main() -> None:
    """Run the command line; it needs Click, PyArrow and Rich."""
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
