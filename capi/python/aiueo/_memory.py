"""An aiueo_column over borrowed memory, and where that memory is."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

from . import _structs as c

_SIZE = ctypes.sizeof(c.ColumnStruct)


class Column:
    """An aiueo_column and what it borrows from."""

    __slots__ = ("keep", "struct")

    def __init__(self, type_: int, length: int, *keep: Any, **fields: Any) -> None:
        self.struct = c.ColumnStruct(_SIZE, type_, length, **fields)
        self.keep = list(keep)

    def __len__(self) -> int:
        return int(self.struct.length)

    def with_validity(self, bits: Any) -> Column:
        """`bits`: NumPy array or bytes-like, a bit for each row from the first."""
        self.struct.validity, kept = address_of(bits)
        self.keep.append(kept)
        return self


def address_of(values: Any) -> tuple[int, Any]:
    """Where a contiguous array begins, and what keeps it there. Not 0 even where it is empty."""
    interface = getattr(values, "__array_interface__", None)
    if interface is not None:
        return interface["data"][0] or 1, values
    borrowed = Borrowed(values)
    return borrowed.address or 1, borrowed


class _PyBuffer(ctypes.Structure):
    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get_buffer = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int
)(("PyObject_GetBuffer", ctypes.pythonapi))
_release_buffer = ctypes.PYFUNCTYPE(None, ctypes.POINTER(_PyBuffer))(
    ("PyBuffer_Release", ctypes.pythonapi)
)


class Borrowed:
    """The contiguous memory of anything with the buffer protocol, read-only or not."""

    __slots__ = ("_view", "address")

    def __init__(self, values: Any) -> None:
        self._view = _PyBuffer()
        _get_buffer(values, ctypes.byref(self._view), 0)
        self.address: int = self._view.buf or 0

    def __del__(self) -> None:
        if self._view.obj:
            _release_buffer(ctypes.byref(self._view))


def bits_of(known: Iterable[bool]) -> bytearray:
    """A bit for each row, least significant first."""
    out = bytearray()
    byte = at = 0
    for one in known:
        if one:
            byte |= 1 << at
        at += 1
        if at == 8:
            out.append(byte)
            byte = at = 0
    if at:
        out.append(byte)
    return out
