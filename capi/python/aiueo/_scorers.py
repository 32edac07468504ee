"""Custom scorers: Python functions that the library calls back for a chunk of rows."""

from __future__ import annotations

import ctypes
import functools
import inspect
import json
from collections.abc import Mapping
from ctypes import c_double, c_void_p
from typing import Any, Callable, TypeVar

from . import _structs as c
from ._callbacks import CallbackOwner, remember
from ._errors import ArgumentError
from ._library import Handle, call, library, make, utf8
from ._optional import numpy

F = TypeVar("F", bound=Callable[..., Any])

#: Names of the model's scorers and the functions that compute them.
ScorerMap = Mapping[str, Callable[..., Any]]


def scorer(version: int = 1, inputs: int | None = None) -> Callable[[F], F]:
    """Say which version of a scorer a function is, and how many inputs it takes.

    ::

        @aiueo.scorer(version=2)
        def seat_pressure(logins, seats):
            return 100 * np.minimum(logins / seats, 1)

    Without it a function is version 1 and takes as many inputs as it has positional parameters
    (any number for ``*inputs``).
    """

    def mark(function: F) -> F:
        function.aiueo_version = version  # type: ignore[attr-defined]
        function.aiueo_inputs = inputs  # type: ignore[attr-defined]
        return function

    return mark


def _signature_of(function: Callable[..., Any]) -> tuple[int, frozenset[str]]:
    """Number of inputs (−1 = any), and which of as_of and params it wants by keyword."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin, a NumPy ufunc
        return -1, frozenset()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    count = 0
    wants = set()
    for one in parameters:
        if one.kind is inspect.Parameter.VAR_POSITIONAL:
            count = -1
        elif one.kind is inspect.Parameter.KEYWORD_ONLY and one.name in ("as_of", "params"):
            wants.add(one.name)
        elif one.kind in positional and one.default is inspect.Parameter.empty and count >= 0:
            count += 1
        elif one.kind in positional and count >= 0:
            count = -1  # with defaults it takes a range of numbers
            break
    return count, frozenset(wants)


@functools.lru_cache(maxsize=256)
def _params_of(text: bytes) -> Any:
    return json.loads(text)


class _Callback(CallbackOwner):
    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        super().__init__()
        self.name = name
        self.function = function
        self.inputs, self.wants = _signature_of(function)
        declared = getattr(function, "aiueo_inputs", None)
        if declared is not None:
            self.inputs = declared
        self.c_function = c.ScorerFunction(self._run)

    def _run(self, _: Any, given: Any, error: Any) -> int:
        try:
            self._score(given.contents)
        except BaseException as raised:
            remember(raised)
            text = f"{type(raised).__name__}: {raised}".encode("utf-8", "replace")
            error.contents.message = text[: c.MESSAGE_SIZE - 1]
            return 1
        return 0

    def _score(self, given: c.ScorerCall) -> None:
        rows = int(given.rows)
        kind = c_double * rows
        inputs = [_view(kind, given.inputs[k]) for k in range(given.input_count)]
        keywords: dict[str, Any] = {}
        if "as_of" in self.wants:
            keywords["as_of"] = _view(kind, given.as_of)
        if "params" in self.wants:
            keywords["params"] = _params_of(
                ctypes.string_at(ctypes.cast(given.params, c_void_p), given.params_length)
            )
        result = self.function(*inputs, **keywords)
        out = kind.from_address(given.out)
        np = numpy()
        if np is not None:
            values = np.asarray(result, dtype=np.float64)
            if values.shape not in ((), (rows,)):
                raise ValueError(
                    f"scorer {self.name!r} returned shape {values.shape} for {rows} rows"
                )
            np.frombuffer(out, dtype=np.float64)[:] = values
            return
        if len(result) != rows:
            raise ValueError(f"scorer {self.name!r} returned {len(result)} values for {rows} rows")
        for row, value in enumerate(result):
            out[row] = float("nan") if value is None else value


def _view(kind: Any, address: int) -> Any:
    """The library's memory for the time of the call: read-only NumPy array, or memoryview."""
    buffer = kind.from_address(address)
    np = numpy()
    if np is None:
        return memoryview(buffer).cast("B").cast("d").toreadonly()
    array = np.frombuffer(buffer, dtype=np.float64)
    array.flags.writeable = False
    return array


class Scorers:
    """The library's table of scorers, and the callbacks that it points at."""

    def __init__(self, scorers: ScorerMap) -> None:
        self.handle: Handle = make("scorers", library().aiueo_scorers_new)
        self.callbacks = []
        for name, function in scorers.items():
            if not callable(function):
                raise ArgumentError(
                    10, f"scorer {name!r} is {type(function).__name__}, no function"
                )
            one = _Callback(name, function)
            raw = utf8(name)
            version = getattr(function, "aiueo_version", 1)
            call(
                library().aiueo_scorers_add,
                self.handle.pointer,
                raw,
                len(raw),
                version,
                one.inputs,
                one.c_function,
                None,
            )
            self.callbacks.append(one)


__all__ = ["ScorerMap", "Scorers", "scorer"]
