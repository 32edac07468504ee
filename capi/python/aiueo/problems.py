"""What is wrong or doubtful with a model, and what a model may be."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from ctypes import byref, sizeof
from dataclasses import dataclass
from typing import Any, Union, cast

from . import _structs as c
from ._errors import ArgumentError
from ._library import library, text_of, utf8
from ._limits import Limits, of_models, start_of

#: A path, JSON text (beginning with a brace), bytes of JSON, or the document as a dict.
ModelSource = Union[str, bytes, "os.PathLike[str]", Mapping[str, Any]]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or doubtful, with a model."""

    level: str  #: "error" or "warning"
    code: str  #: "bad_model", "bad_json", …
    line: int  #: from 1; 0 = of no line
    column: int  #: from 1
    path: str  #: "axes.U.components.logins.metric"
    message: str  #: what was found and what would be right
    text: str  #: all of it: "model.json:14:22: axes.U… …"

    def __str__(self) -> str:
        return self.text


class Problems(list[Problem]):
    """The problems of a model, worst first is not promised: in the model's order.

    ``usable`` says whether the model can be loaded; ``name``, ``fingerprint`` and ``profiles``
    (what each changes) are those of a usable model.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        super().__init__(Problem(**one) for one in found["problems"])
        self.usable: bool = found["usable"]
        self.name: str = found["name"]
        self.fingerprint: str = found["fingerprint"]
        self.profiles: list[dict[str, Any]] = found["profiles"]

    def __str__(self) -> str:
        return "\n".join(one.text for one in self) or "no problems"


def read_model(model: ModelSource, limits: Limits | None = None) -> tuple[bytes, str]:
    """A model's text, and what messages call it."""
    if isinstance(model, Mapping):
        try:
            return utf8(json.dumps(model, ensure_ascii=False, allow_nan=False)), "model"
        except (TypeError, ValueError) as failure:
            raise ArgumentError(10, f"the model is not JSON: {failure}") from None
    if isinstance(model, (bytes, bytearray)):
        return bytes(model), "model.json"
    if isinstance(model, str) and model.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return utf8(model), "model.json"
    path = os.fspath(model)
    with open(path, "rb") as file:
        return start_of(file, limits), path


def check(model: ModelSource, *, limits: Limits | None = None) -> Problems:
    """Everything that is wrong or doubtful with a model, each with line and column.

    Works for broken models too: an unusable model is no exception here. ``limits``: as of `load`.
    Raises OSError if a file cannot be read, ArgumentError for limits that the library cannot hold.
    """
    return problems_of(*read_model(model, limits), limits)


def problems_of(text: bytes, file: str, limits: Limits | None = None) -> Problems:
    """`check` of what `read_model` gave: a pipe can be read only once."""
    name = utf8(file)
    options = c.PlanOptions(
        struct_size=sizeof(c.PlanOptions), file=name, file_length=len(name), **of_models(limits)
    )
    found = text_of(library().aiueo_model_check_with, text, len(text), byref(options))
    return Problems(json.loads(found))


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the model file."""
    return cast("dict[str, Any]", json.loads(text_of(library().aiueo_model_schema)))


__all__ = ["ModelSource", "Problem", "Problems", "check", "read_model", "schema"]
