"""The limits on what is read: a model's text, its conditions, a state."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, BinaryIO

from ._errors import INVALID_ARGUMENT, ArgumentError

#: Bytes of a model's text that the library takes by default.
_USUAL_BYTES = 4 << 20
_PIECE = 1 << 20
_WIDE = {"max_bytes": 2**63 - 1, "max_integers": 2**64 - 1}


@dataclass(frozen=True)
class Limits:
    """What is read at most, so that a hostile file costs no more than its length: of `load`,
    `check`, and of the states that ``plan.read_evidence`` reads.

    None is the library's own limit. A larger one is for a model or a state of which one knows where
    it comes from; a smaller one is for what comes from anywhere. What is beyond is a ModelError,
    ``limit_exceeded``, that names the limit.

    Raises ArgumentError for what is no whole number from 1 up; so does whoever takes a limit that
    the library cannot hold.
    """

    max_bytes: int | None = None  #: of a model's text; 4 MiB, at most 1 GiB
    max_depth: int | None = None  #: levels of nesting in a model; 64, at most 256
    max_nodes: int | None = None  #: values in a model; 200,000
    max_condition_bytes: int | None = None  #: of each condition; 16,384
    #: names, literals and operators of each condition; 2,048, at most 8,192
    max_condition_parts: int | None = None
    max_condition_depth: int | None = None  #: levels of nesting in each condition; 64, at most 128
    max_integers: int | None = None  #: of a state, 8 bytes in memory each; 2²⁷

    def __post_init__(self) -> None:
        for name, value in self._given():
            try:
                whole = operator.index(value)
            except TypeError:
                whole = 0
            most = _WIDE.get(name, 2**32 - 1)
            if isinstance(value, bool) or not 1 <= whole <= most:
                raise ArgumentError(
                    INVALID_ARGUMENT,
                    f"{name} is {value!r}; it is a whole number from 1 to {most}, or None",
                )
            object.__setattr__(self, name, whole)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Limits:
        """Of texts such as ``max_depth=128``. Raises ArgumentError."""
        found: dict[str, Any] = {}
        for text in texts:
            name, sign, value = (part.strip() for part in text.partition("="))
            if name not in NAMES:
                raise ArgumentError(
                    INVALID_ARGUMENT, f'"{name}" is no limit; there are {", ".join(NAMES)}'
                )
            if name in found:
                raise ArgumentError(INVALID_ARGUMENT, f"{name} is given twice")
            if not value.isascii() or not value.isdigit() or len(value) > 20:
                what = f'"{value}"' if sign else "not given"
                raise ArgumentError(
                    INVALID_ARGUMENT, f"{name} is {what}; write {name}=NUMBER, a whole number"
                )
            found[name] = int(value)
        return cls(**found)

    def _given(self) -> list[tuple[str, Any]]:
        values = ((name, getattr(self, name)) for name in NAMES)
        return [(name, value) for name, value in values if value is not None]

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self._given())
        return f"aiueo.Limits({given})"


NAMES = tuple(one.name for one in fields(Limits))
#: Those that are not of a model.
_OF_STATES = ("max_integers",)


def of_models(limits: Limits | None) -> dict[str, int]:
    """Fields of aiueo_plan_options."""
    given = [] if limits is None else limits._given()
    return {name: value for name, value in given if name not in _OF_STATES}


def of_states(limits: Limits | None) -> dict[str, int]:
    """Fields of aiueo_evidence_options."""
    given = [] if limits is None else limits._given()
    return {name: value for name, value in given if name in _OF_STATES}


def start_of(file: BinaryIO, limits: Limits | None) -> bytes:
    """As much of a file as the library takes, and a byte more: of a file without end no more."""
    left = 1 + (_USUAL_BYTES if limits is None else limits.max_bytes or _USUAL_BYTES)
    pieces: list[bytes] = []
    while left > 0:
        piece = file.read(min(left, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


__all__ = ["Limits", "of_models", "of_states", "start_of"]
