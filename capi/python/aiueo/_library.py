"""libaiueo: found, checked and given types once; and the few ways of calling it."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from ctypes import byref, c_size_t, c_void_p, create_string_buffer
from pathlib import Path
from typing import Any, Callable, NoReturn

from . import _structs as c
from ._errors import BUFFER_TOO_SMALL, error_of

_lock = threading.Lock()
_loaded: ctypes.CDLL | None = None


def _names() -> list[str]:
    if sys.platform == "darwin":
        return ["libaiueo.dylib", "libaiueo.0.dylib"]
    if sys.platform == "win32":
        return ["aiueo.dll", "libaiueo.dll"]
    return ["libaiueo.so", "libaiueo.so.0"]


def _candidates() -> tuple[list[str], str]:
    """Where to look, and the same in words. AIUEO_LIBRARY alone if it is set."""
    own = os.environ.get("AIUEO_LIBRARY")
    if own:
        return [own], f"AIUEO_LIBRARY={own}"
    folder = Path(__file__).parent
    beside = [folder / part / name for part in ("", "lib") for name in _names()]
    found = [str(path) for path in beside if path.is_file()]
    return found + _of_the_system(), f"the package's folder {folder}, then the system's libraries"


def _of_the_system() -> list[str]:
    """What the system's loader is asked for, the name with a version first: others may belong to
    another release. On POSIX `ctypes.util.find_library` would start ldconfig and a compiler to find
    out, and a server's process starts none; on Windows it looks through PATH, as the loader does
    not."""
    if sys.platform == "win32":
        from ctypes.util import find_library

        system = find_library("aiueo")
        return [system] if system else []
    return _names()[::-1]


def _load() -> ctypes.CDLL:
    candidates, looked = _candidates()
    failures = []
    for candidate in candidates:
        try:
            library = ctypes.CDLL(candidate)
        except OSError as failure:
            failures.append(str(failure))
            continue
        _declare(library, candidate)
        return library
    raise ImportError(
        f"aiueo: the library cannot be loaded; looked at {looked}: "
        f"{'; '.join(failures) or 'it is not there'}; set AIUEO_LIBRARY to its path"
    )


def _declare(library: ctypes.CDLL, path: str) -> None:
    try:
        library.aiueo_abi_version.restype = ctypes.c_uint32
        library.aiueo_abi_version.argtypes = []
        version = library.aiueo_abi_version()
    except AttributeError:
        raise ImportError(f"aiueo: {path} is a library, but not libaiueo") from None
    if version != c.ABI_VERSION:
        raise ImportError(
            f"aiueo: {path} has ABI version {version}, this package needs {c.ABI_VERSION}; "
            "install the two from the same release"
        )
    for name, (result, arguments) in c.PROTOTYPES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(
                f"aiueo: {path} lacks {name}; install the package and the library from the same "
                "release"
            ) from None
        function.restype = result
        function.argtypes = arguments


def library() -> Any:
    """The library, loaded at first use. Raises ImportError where there is none that fits."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = _load()
    return _loaded


def version() -> str:
    """The library's version, such as ``"0.1.0"``."""
    text: bytes = library().aiueo_version()
    return text.decode()


def instruction_sets() -> tuple[str, ...]:
    """The instruction sets that the library has loops for and this processor can run, narrowest
    first, such as ``("portable", "x86-64-v2", "x86-64-v3")``. Every one gives the same bits; `load`
    takes the last unless it is told another."""
    names: list[str] = []
    while True:
        name: bytes | None = library().aiueo_instruction_set_name(len(names))
        if name is None:
            return tuple(names)
        names.append(name.decode())


# ── calling ──────────────────────────────────────────────────────────────────────────────────


def raise_error(error: c.ErrorStruct, status: int) -> None:
    raise error_of(status, bytes(error.message).decode("utf-8", "replace"))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Call a fallible function, its last parameter being the error."""
    error = c.new_error()
    status = function(*arguments, byref(error))
    if status:
        raise_error(error, status)


def text_of(function: Callable[..., int], *arguments: Any) -> str:
    """Call a function that writes text."""
    return bytes_of(function, *arguments).decode("utf-8", "replace")


def bytes_of(function: Callable[..., int], *arguments: Any) -> bytes:
    """Call a function that writes into a buffer of whatever size it needs."""
    capacity = 1 << 14
    needed = c_size_t()
    while True:
        buffer = create_string_buffer(capacity)
        error = c.new_error()
        status = function(*arguments, buffer, capacity, byref(needed), byref(error))
        if status == BUFFER_TOO_SMALL and needed.value >= capacity:
            capacity = needed.value + 1
            continue
        if status:
            raise_error(error, status)
        return buffer.raw[: needed.value]


def utf8(text: str) -> bytes:
    """Bytes for the library, which says itself what is not text (a lone surrogate)."""
    return text.encode("utf-8", "surrogatepass")


_frees: dict[str, Callable[[int], None]] = {}


def _free_of(kind: str) -> Callable[[int], None]:
    free: Callable[[int], None] = getattr(library(), f"aiueo_{kind}_free")
    return _frees.setdefault(kind, free)


class Handle:
    """Owns an aiueo_… handle; freed with the last reference."""

    __slots__ = ("_free", "keep", "pointer")

    def __init__(self, kind: str, pointer: c_void_p, keep: Any = None) -> None:
        self.pointer: int | None = pointer.value
        self._free = _frees.get(kind) or _free_of(kind)
        self.keep = keep

    def __del__(self) -> None:
        pointer, self.pointer = getattr(self, "pointer", None), None
        if pointer:
            self._free(pointer)

    def __reduce__(self) -> NoReturn:  # a copy would free the same memory again
        raise TypeError("a handle cannot be copied or pickled; copy the object that holds it")


class NotPickled:
    """What holds memory of the library, which no other process has."""

    _instead = ""

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds memory of the library, and cannot be pickled or copied "
            f"deeply; {self._instead}"
        )

    def __copy__(self) -> Any:
        """Another of its kind over the same memory."""
        out = object.__new__(type(self))
        out.__dict__.update(self.__dict__)
        return out


def make(kind: str, function: Callable[..., int], *arguments: Any, keep: Any = None) -> Handle:
    """Call a function whose last parameters are the new handle and the error."""
    out = c_void_p()
    call(function, *arguments, byref(out))
    return Handle(kind, out, keep)


__all__ = [
    "Handle",
    "NotPickled",
    "bytes_of",
    "call",
    "instruction_sets",
    "library",
    "make",
    "text_of",
    "utf8",
    "version",
]
