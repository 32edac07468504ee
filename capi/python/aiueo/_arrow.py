"""Arrow's C interfaces through ctypes: capsules in and out, streams read without PyArrow."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Iterator
from ctypes import byref, c_char_p, c_void_p, py_object
from typing import Any, Callable

from . import _structs as c
from ._errors import (
    BAD_ARROW,
    BAD_VALUE,
    CANCELLED,
    DUPLICATE_ROW,
    IO,
    OUT_OF_MEMORY,
    DataError,
    error_of,
)

_capsule_pointer = ctypes.PYFUNCTYPE(c_void_p, py_object, c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
# In a destructor the capsule has no references left, so it must not become a Python object.
_dying_pointer = ctypes.PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
_Destructor = ctypes.PYFUNCTYPE(None, c_void_p)
_capsule_new = ctypes.PYFUNCTYPE(py_object, c_void_p, c_char_p, c_void_p)(
    ("PyCapsule_New", ctypes.pythonapi)
)


def _release(struct: Any) -> None:
    if struct.release:
        struct.release(byref(struct))


class OwnedSchema:
    """An ArrowSchema that is released with its last reference."""

    __slots__ = ("struct",)

    def __init__(self) -> None:
        self.struct = c.ArrowSchema()

    def __del__(self) -> None:
        _release(self.struct)


class OwnedArray:
    """An ArrowArray that is released with its last reference, unless it was handed over."""

    __slots__ = ("struct",)

    def __init__(self) -> None:
        self.struct = c.ArrowArray()

    def __del__(self) -> None:
        _release(self.struct)


def _move(capsule: Any, name: bytes, into: Any) -> None:
    """Take what a capsule holds over into a structure of ours."""
    source = type(into).from_address(_capsule_pointer(capsule, name))
    if not source.release:
        raise DataError(BAD_ARROW, f"this {name.decode()} was consumed already")
    ctypes.memmove(byref(into), byref(source), ctypes.sizeof(into))
    source.release = type(source.release)()


def array_of(source: Any) -> tuple[OwnedSchema, OwnedArray]:
    """What ``source.__arrow_c_array__()`` gives."""
    schema_capsule, array_capsule = source.__arrow_c_array__()
    schema, array = OwnedSchema(), OwnedArray()
    _move(schema_capsule, b"arrow_schema", schema.struct)
    _move(array_capsule, b"arrow_array", array.struct)
    return schema, array


#: What a stream's answer means. Others are what is wrong with its rows.
_CODES = {errno.ENOMEM: OUT_OF_MEMORY, errno.ECANCELED: CANCELLED}
#: A stream has an errno and a sentence, and no more codes; of a row that is there twice it says so.
_TWICE = "this customer already has a row for "


class Stream:
    """An ArrowArrayStream of ours: iterates over arrays. What the producer cannot give is a
    DataError; where memory ran out MemoryError, where it was stopped CancelledError."""

    def __init__(self, checked: bool = False) -> None:
        """`checked`: the producer is the library, which looks at the values of the rows."""
        self.struct = c.ArrowArrayStream()
        self._checked = checked
        self._schema: OwnedSchema | None = None

    @classmethod
    def of(cls, source: Any) -> Stream:
        """What ``source.__arrow_c_stream__()`` gives."""
        out = cls()
        _move(source.__arrow_c_stream__(), b"arrow_array_stream", out.struct)
        return out

    def __del__(self) -> None:
        _release(self.struct)

    def _check(self, status: int) -> None:
        if status == 0:
            return
        address = self.struct.get_last_error(byref(self.struct))
        text = ctypes.string_at(address).decode("utf-8", "replace") if address else ""
        text = one_line(text) or f"reading the table failed ({status})"
        if status in _CODES:
            raise error_of(_CODES[status], text)
        if not self._checked:
            raise DataError(BAD_ARROW, text)
        if status == errno.EIO:
            raise DataError(IO, text)
        raise DataError(DUPLICATE_ROW if _TWICE in text else BAD_VALUE, text)

    @property
    def schema(self) -> OwnedSchema:
        if self._schema is None:
            schema = OwnedSchema()
            self._check(self.struct.get_schema(byref(self.struct), byref(schema.struct)))
            self._schema = schema
        return self._schema

    def next(self) -> OwnedArray | None:
        array = OwnedArray()
        self._check(self.struct.get_next(byref(self.struct), byref(array.struct)))
        return array if array.struct.release else None

    def __iter__(self) -> Iterator[OwnedArray]:
        while (array := self.next()) is not None:
            yield array


def one_line(text: str) -> str:
    """The first line that says something."""
    for line in text.splitlines():
        if line.strip():
            return line.strip()
    return ""


# ── capsules of ours, for consumers where PyArrow is not installed ───────────────────────────


class _Exported:
    """A stream over (schema, arrays) made in Python. Lives in _exported until it is released."""

    def __init__(
        self,
        schema: Callable[[c.ArrowSchema], None],
        arrays: Iterator[Callable[[c.ArrowArray], None]],
    ) -> None:
        self.schema = schema
        self.arrays = arrays
        self.error = ctypes.create_string_buffer(b"")
        self.struct = c.ArrowArrayStream(
            c.StreamGetSchema(self._get_schema),
            c.StreamGetNext(self._get_next),
            c.StreamGetLastError(lambda _: ctypes.addressof(self.error)),
            _release_exported,
            id(self),
        )

    def _fail(self, failure: BaseException) -> int:
        text = f"{type(failure).__name__}: {failure}".encode("utf-8", "replace")
        self.error = ctypes.create_string_buffer(text)
        return errno.EIO

    def _get_schema(self, _: Any, out: Any) -> int:
        try:
            self.schema(out.contents)
        except BaseException as failure:
            return self._fail(failure)
        return 0

    def _get_next(self, _: Any, out: Any) -> int:
        try:
            fill = next(self.arrays, None)
            if fill is None:
                out.contents.release = c.ReleaseArray()
            else:
                fill(out.contents)
        except BaseException as failure:
            return self._fail(failure)
        return 0


_exported: dict[int, _Exported] = {}
_capsules: dict[int, Any] = {}


def _release_stream(stream: Any) -> None:
    _exported.pop(stream.contents.private_data, None)
    stream.contents.release = c.ReleaseStream()


_release_exported = c.ReleaseStream(_release_stream)


def _drop(name: bytes) -> Any:
    def drop(capsule: int) -> None:
        struct = _capsules.pop(_dying_pointer(capsule, name), None)
        if struct is not None:
            _release(struct)

    return _Destructor(drop)


_destructors = {
    name: _drop(name) for name in (b"arrow_schema", b"arrow_array", b"arrow_array_stream")
}


def _capsule(struct: Any, name: bytes) -> Any:
    address = ctypes.addressof(struct)
    _capsules[address] = struct
    return _capsule_new(address, name, ctypes.cast(_destructors[name], c_void_p))


def stream_capsule(
    schema: Callable[[c.ArrowSchema], None], arrays: Iterator[Callable[[c.ArrowArray], None]]
) -> Any:
    """An ``arrow_array_stream`` capsule. `schema` and each of `arrays` fill the structure they are
    given."""
    exported = _Exported(schema, arrays)
    _exported[id(exported)] = exported
    # The capsule's own copy: a consumer moves it out, the callbacks stay with `exported`.
    struct = c.ArrowArrayStream()
    ctypes.memmove(byref(struct), byref(exported.struct), ctypes.sizeof(struct))
    return _capsule(struct, b"arrow_array_stream")


__all__ = ["OwnedArray", "OwnedSchema", "Stream", "array_of", "stream_capsule"]
