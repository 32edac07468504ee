"""What can go wrong, as exceptions. Every message says where, what was found and what would be
right."""

from __future__ import annotations


class Error(Exception):
    """A call of the library failed.

    ``code`` is the number of aiueo.h (31), ``status`` its name (``"bad_value"``); ``str(error)`` is
    the sentence.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def status(self) -> str:
        return STATUS_NAMES.get(self.code, "unknown")

    def __str__(self) -> str:
        return self.message


class ModelError(Error):
    """The model file is not JSON, not a model, or beyond a limit."""


class DataError(Error):
    """A table is wrong: a column, a value, a row that is there twice, a broken Arrow structure."""


class ArgumentError(Error, ValueError):
    """An argument is out of its documented range, or the call came at the wrong time."""


class NotFoundError(Error, LookupError):
    """A name or a customer that is not there."""


class ScorerError(Error):
    """A custom scorer reported failure without raising an exception."""


class CancelledError(Error):
    """A callback asked to stop."""


class LibraryError(Error):
    """A defect of the library, or a version of it that cannot do what was asked."""


class DataWarning(UserWarning):
    """Something about a table is doubtful, yet can be scored: perhaps a slip in a name."""


STATUS_NAMES = {
    0: "ok",
    10: "invalid_argument",
    11: "invalid_state",
    12: "not_found",
    13: "buffer_too_small",
    14: "unsupported",
    20: "bad_json",
    21: "bad_model",
    22: "limit_exceeded",
    30: "bad_column",
    31: "bad_value",
    32: "duplicate_row",
    33: "bad_arrow",
    34: "bad_state",
    40: "scorer_failed",
    41: "cancelled",
    50: "out_of_memory",
    60: "io",
    99: "internal",
}

OK = 0
INVALID_ARGUMENT = 10
INVALID_STATE = 11
NOT_FOUND = 12
BUFFER_TOO_SMALL = 13
UNSUPPORTED = 14
BAD_JSON = 20
BAD_COLUMN = 30
BAD_VALUE = 31
DUPLICATE_ROW = 32
BAD_ARROW = 33
BAD_STATE = 34
SCORER_FAILED = 40
CANCELLED = 41
OUT_OF_MEMORY = 50
IO = 60

_FAMILIES: dict[int, type[Error]] = {
    10: ArgumentError,
    11: ArgumentError,
    12: NotFoundError,
    20: ModelError,
    21: ModelError,
    22: ModelError,
    30: DataError,
    31: DataError,
    32: DataError,
    33: DataError,
    34: DataError,
    40: ScorerError,
    41: CancelledError,
    99: LibraryError,
}


def error_of(code: int, message: str) -> Exception:
    """The exception for a status and its sentence."""
    if code == OUT_OF_MEMORY:
        return MemoryError(message or "aiueo ran out of memory")
    return _FAMILIES.get(code, Error)(code, message or STATUS_NAMES.get(code, f"status {code}"))


def column_error(name: str, found: str, table: str = "snapshots") -> DataError:
    return DataError(BAD_COLUMN, f'{table}, column "{name}": {found}')


def value_error(name: str, row: int, found: str) -> DataError:
    """`row` counts from 0; people count from 1."""
    return DataError(BAD_VALUE, f'snapshots, row {row + 1}, column "{name}": {found}')
