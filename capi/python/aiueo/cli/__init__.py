"""The command line: Click for arguments, PyArrow for files, Rich for people."""

from ._app import cli

__all__ = ["cli"]
