"""The command line: ``aiueo``, ``python -m aiueo``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; it needs Click, PyArrow and Rich."""
    try:
        from .cli import cli
    except ImportError as missing:
        name = (missing.name or "").partition(".")[0]
        if name not in ("click", "pyarrow", "rich"):
            raise
        print(f'aiueo: the command line needs {name}: pip install "aiueo[cli]"', file=sys.stderr)
        sys.exit(2)
    cli(prog_name="aiueo")


if __name__ == "__main__":
    main()
