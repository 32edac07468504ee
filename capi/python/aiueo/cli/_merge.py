"""aiueo merge: see _evidence.py."""

from ._evidence import merge as command

__all__ = ["command"]
