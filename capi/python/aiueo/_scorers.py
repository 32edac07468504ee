"""Custom scorers: Python functions that the library calls back for a chunk of rows."""

from __future__ import annotations

import ctypes
import inspect
import json
from collections.abc import Mapping
from ctypes import c_double, c_void_p, sizeof
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
        inputs = [_copy(given.inputs[k], rows) for k in range(given.input_count)]
        keywords: dict[str, Any] = {}
        if "as_of" in self.wants:
            keywords["as_of"] = _copy(given.as_of, rows)
        if "params" in self.wants:  # read anew: a function may change what it is given
            keywords["params"] = json.loads(
                ctypes.string_at(ctypes.cast(given.params, c_void_p), given.params_length)
            )
        result = self.function(*inputs, **keywords)
        out = (c_double * rows).from_address(given.out)
        np = numpy()
        if np is not None:
            if isinstance(result, np.ma.MaskedArray):
                result = result.astype(np.float64).filled(np.nan)
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


def _copy(address: int, rows: int) -> Any:
    """The library's memory is its own after the call; a function may keep what it was given, if
    only in a traceback. Read-only NumPy array, or memoryview."""
    raw = ctypes.string_at(address, rows * sizeof(c_double))
    np = numpy()
    return memoryview(raw).cast("d") if np is None else np.frombuffer(raw, dtype=np.float64)


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
