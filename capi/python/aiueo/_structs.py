"""The structures of aiueo.h and of the Arrow C interfaces, as ctypes sees them."""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)

ABI_VERSION = 1

SNAPSHOTS = 1
CONTRACT = 0
TRIAL = 1
NO_DATE = -(2**31)

TYPE_NONE = 0
TYPE_BIT = 1
TYPE_BYTE = 2
TYPE_INT8 = 3
TYPE_INT16 = 4
TYPE_INT32 = 5
TYPE_INT64 = 6
TYPE_UINT8 = 7
TYPE_UINT16 = 8
TYPE_UINT32 = 9
TYPE_UINT64 = 10
TYPE_FLOAT16 = 11
TYPE_FLOAT32 = 12
TYPE_FLOAT64 = 13
TYPE_DECIMAL32 = 14
TYPE_DECIMAL64 = 15
TYPE_DECIMAL128 = 16
TYPE_DECIMAL256 = 17
TYPE_DATE32 = 18
TYPE_DATE64 = 19
TYPE_TIMESTAMP = 20
TYPE_TEXT32 = 21
TYPE_TEXT64 = 22
TYPE_DICTIONARY = 24

UNIT_SECOND = 0
UNIT_MILLI = 1
UNIT_MICRO = 2
UNIT_NANO = 3

COLUMN_ZONED = 1
COLUMN_MINOR_UNITS = 2

BATCH_MISSING_COLUMNS_UNKNOWN = 1
BATCH_ALL_METRICS = 2
SCORES_DETAIL = 1
SCORES_NO_OVERRIDES = 2
STREAM_NO_DUPLICATE_CHECK = 1
EVIDENCE_DROP_LEAKS = 1

MESSAGE_SIZE = 504


class ErrorStruct(Structure):
    """aiueo_error"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("message", c_char * MESSAGE_SIZE),
    ]


ERROR_SIZE = ctypes.sizeof(ErrorStruct)


def new_error() -> ErrorStruct:
    return ErrorStruct(ERROR_SIZE)


# ── Arrow ────────────────────────────────────────────────────────────────────────────────────


class ArrowSchema(Structure):
    pass


class ArrowArray(Structure):
    pass


class ArrowArrayStream(Structure):
    pass


ReleaseSchema = CFUNCTYPE(None, POINTER(ArrowSchema))
ReleaseArray = CFUNCTYPE(None, POINTER(ArrowArray))
StreamGetSchema = CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowSchema))
StreamGetNext = CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowArray))
# A callback cannot return a Python string's memory, so the text is a plain address.
StreamGetLastError = CFUNCTYPE(c_void_p, POINTER(ArrowArrayStream))
ReleaseStream = CFUNCTYPE(None, POINTER(ArrowArrayStream))

ArrowSchema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    ("release", ReleaseSchema),
    ("private_data", c_void_p),
]
ArrowArray._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    ("release", ReleaseArray),
    ("private_data", c_void_p),
]
ArrowArrayStream._fields_ = [
    ("get_schema", StreamGetSchema),
    ("get_next", StreamGetNext),
    ("get_last_error", StreamGetLastError),
    ("release", ReleaseStream),
    ("private_data", c_void_p),
]


# ── options, columns, callbacks ──────────────────────────────────────────────────────────────

LogFunction = CFUNCTYPE(None, c_void_p, c_int32, POINTER(c_char), c_size_t)
ProgressFunction = CFUNCTYPE(c_int32, c_void_p, c_int64)


class ScorerCall(Structure):
    """aiueo_scorer_call"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("input_count", c_uint32),
        ("rows", c_int64),
        ("inputs", POINTER(c_void_p)),
        ("as_of", c_void_p),
        ("params", POINTER(c_char)),
        ("params_length", c_size_t),
        ("out", c_void_p),
    ]


ScorerFunction = CFUNCTYPE(c_int32, c_void_p, POINTER(ScorerCall), POINTER(ErrorStruct))


class PlanOptions(Structure):
    """aiueo_plan_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("file", c_char_p),
        ("file_length", c_size_t),
        ("scorers", c_void_p),
        ("log", LogFunction),
        ("log_user", c_void_p),
        ("max_bytes", c_uint64),
        ("max_depth", c_uint32),
        ("max_nodes", c_uint32),
        ("instruction_set", c_char_p),
        ("instruction_set_length", c_size_t),
        ("max_condition_bytes", c_uint32),
        ("max_condition_parts", c_uint32),
        ("max_condition_depth", c_uint32),
        ("reserved_too", c_uint32),
    ]


class ColumnStruct(Structure):
    """aiueo_column"""


ColumnStruct._fields_ = [
    ("struct_size", c_uint32),
    ("type", c_int32),
    ("length", c_int64),
    ("offset", c_int64),
    ("values", c_void_p),
    ("validity", c_void_p),
    ("offsets", c_void_p),
    ("bytes", c_void_p),
    ("bytes_size", c_int64),
    ("scale", c_int32),
    ("unit", c_int32),
    ("index_type", c_int32),
    ("flags", c_uint32),
    ("dictionary", POINTER(ColumnStruct)),
]


class BatchOptions(Structure):
    """aiueo_batch_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("first_row", c_int64),
        ("null_texts", c_char_p),
        ("null_texts_length", c_size_t),
        ("initiatives", c_void_p),
        ("as_of", c_int32),
        ("has_as_of", c_int32),
    ]


class ScoresOptions(Structure):
    """aiueo_scores_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
    ]


class ChangeOptions(Structure):
    """aiueo_change_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("from", c_void_p),
    ]


class ComparisonOptions(Structure):
    """aiueo_comparison_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("current_seen", c_void_p),
        ("proposed_seen", c_void_p),
        ("movers", c_int64),
    ]


class StreamOptions(Structure):
    """aiueo_stream_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("validation", c_int32),
        ("scores_flags", c_uint32),
        ("batch", POINTER(BatchOptions)),
        ("summary", c_void_p),
        ("progress", ProgressFunction),
        ("progress_user", c_void_p),
        ("duplicate_budget", c_int64),
    ]


class ContractStruct(Structure):
    """aiueo_contract"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("start", c_int32),
        ("end", c_int32),
        ("outcome", c_int32),
        ("reserved", c_uint32),
        ("mrr_before", c_int64),
        ("mrr_after", c_int64),
    ]


class InitiativeStruct(Structure):
    """aiueo_initiative"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("date", c_int32),
        ("attended", c_int32),
        ("responded", c_int32),
        ("initiative", c_char_p),
        ("initiative_length", c_size_t),
        ("variant", c_char_p),
        ("variant_length", c_size_t),
        ("holdout", c_int32),
        ("reserved", c_uint32),
    ]


class Histories(Structure):
    """aiueo_histories"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("contracts", c_void_p),
        ("initiatives", c_void_p),
        ("ranks", c_void_p),
        ("ledger", c_void_p),
        ("data_until", c_int32),
        ("has_data_until", c_int32),
    ]


class EvidenceOptions(Structure):
    """aiueo_evidence_options"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("max_integers", c_uint64),
    ]


# Every function that bindings call: result, then arguments.
_error = POINTER(ErrorStruct)
_text_out = [c_char_p, c_size_t, POINTER(c_size_t), _error]
_status = c_int32
_handle = POINTER(c_void_p)

PROTOTYPES: dict[str, tuple[object, list[object]]] = {
    "aiueo_version": (c_char_p, []),
    "aiueo_abi_version": (c_uint32, []),
    "aiueo_status_name": (c_char_p, [c_int32]),
    "aiueo_instruction_set_name": (c_char_p, [c_int32]),
    "aiueo_model_check": (_status, [c_char_p, c_size_t, c_char_p, c_size_t, *_text_out]),
    "aiueo_model_check_with": (_status, [c_char_p, c_size_t, POINTER(PlanOptions), *_text_out]),
    "aiueo_model_schema": (_status, [*_text_out]),
    "aiueo_scorers_new": (_status, [_handle, _error]),
    "aiueo_scorers_add": (
        _status,
        [c_void_p, c_char_p, c_size_t, c_int32, c_int32, ScorerFunction, c_void_p, _error],
    ),
    "aiueo_scorers_free": (None, [c_void_p]),
    "aiueo_plan_load": (_status, [c_char_p, c_size_t, POINTER(PlanOptions), _handle, _error]),
    "aiueo_plan_describe": (_status, [c_void_p, *_text_out]),
    "aiueo_plan_instruction_set": (c_char_p, [c_void_p]),
    "aiueo_plan_free": (None, [c_void_p]),
    "aiueo_initiatives_new": (_status, [c_void_p, _handle, _error]),
    "aiueo_initiatives_add": (
        _status,
        [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_int32, c_int32, c_int32, _error],
    ),
    "aiueo_initiatives_add_row": (
        _status,
        [c_void_p, c_char_p, c_size_t, POINTER(InitiativeStruct), _error],
    ),
    "aiueo_initiatives_keep_all": (_status, [c_void_p, _error]),
    "aiueo_initiatives_add_stream": (_status, [c_void_p, POINTER(ArrowArrayStream), _error]),
    "aiueo_initiatives_finish": (_status, [c_void_p, _error]),
    "aiueo_initiatives_warnings": (_status, [c_void_p, *_text_out]),
    "aiueo_initiatives_free": (None, [c_void_p]),
    "aiueo_batch_new": (
        _status,
        [c_void_p, c_int32, c_int64, POINTER(BatchOptions), _handle, _error],
    ),
    "aiueo_batch_bind": (_status, [c_void_p, c_char_p, c_size_t, POINTER(ColumnStruct), _error]),
    "aiueo_batch_reserve": (
        _status,
        [c_void_p, c_char_p, c_size_t, c_int32, POINTER(c_void_p), POINTER(c_void_p), _error],
    ),
    "aiueo_batch_text": (_status, [c_void_p, c_char_p, c_size_t, POINTER(c_int32), _error]),
    "aiueo_batch_own": (_status, [c_void_p, _error]),
    "aiueo_batch_metric": (_status, [c_void_p, c_char_p, c_size_t, POINTER(c_int32), _error]),
    "aiueo_batch_set_number": (_status, [c_void_p, c_int32, c_int64, c_double, _error]),
    "aiueo_batch_set_text": (_status, [c_void_p, c_int32, c_int64, c_char_p, c_size_t, _error]),
    "aiueo_batch_set_observed": (_status, [c_void_p, c_int32, c_int64, c_int32, _error]),
    "aiueo_batch_set_row": (
        _status,
        [c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_size_t, _error],
    ),
    "aiueo_batch_set_as_of": (_status, [c_void_p, c_int32, _error]),
    "aiueo_batch_rows": (c_int64, [c_void_p]),
    "aiueo_batch_find": (_status, [c_void_p, c_char_p, c_size_t, POINTER(c_int64), _error]),
    "aiueo_batch_latest_as_of": (_status, [c_void_p, POINTER(c_int32), _error]),
    "aiueo_batch_check_rows": (_status, [c_void_p, _error]),
    "aiueo_batch_free": (None, [c_void_p]),
    "aiueo_duplicates_new": (_status, [c_int64, _handle, _error]),
    "aiueo_duplicates_add": (_status, [c_void_p, c_void_p, _error]),
    "aiueo_duplicates_checked": (c_int64, [c_void_p]),
    "aiueo_duplicates_free": (None, [c_void_p]),
    "aiueo_batch_import": (
        _status,
        [
            c_void_p,
            c_int32,
            POINTER(ArrowSchema),
            POINTER(ArrowArray),
            c_int32,
            POINTER(BatchOptions),
            _handle,
            _error,
        ],
    ),
    "aiueo_scores_new": (_status, [c_void_p, c_int64, POINTER(ScoresOptions), _handle, _error]),
    "aiueo_plan_score": (_status, [c_void_p, c_void_p, c_int64, c_int64, c_void_p, _error]),
    "aiueo_scores_axis": (_status, [c_void_p, c_int32, POINTER(c_void_p), _error]),
    "aiueo_scores_column": (
        _status,
        [c_void_p, c_char_p, c_size_t, POINTER(c_int32), POINTER(c_void_p), _error],
    ),
    "aiueo_scores_export": (
        _status,
        [c_void_p, c_void_p, c_int64, POINTER(ArrowSchema), POINTER(ArrowArray), _error],
    ),
    "aiueo_scores_free": (None, [c_void_p]),
    "aiueo_plan_score_stream": (
        _status,
        [
            c_void_p,
            POINTER(ArrowArrayStream),
            POINTER(StreamOptions),
            POINTER(ArrowArrayStream),
            _error,
        ],
    ),
    "aiueo_plan_explain": (_status, [c_void_p, c_void_p, c_int64, *_text_out]),
    "aiueo_plan_gap": (
        _status,
        [c_void_p, c_void_p, c_int64, c_char_p, c_size_t, c_char_p, c_size_t, *_text_out],
    ),
    "aiueo_changes_new": (
        _status,
        [c_void_p, c_void_p, POINTER(ChangeOptions), _handle, _error],
    ),
    "aiueo_changes_json": (_status, [c_void_p, *_text_out]),
    "aiueo_changes_export": (
        _status,
        [c_void_p, POINTER(ArrowSchema), POINTER(ArrowArray), _error],
    ),
    "aiueo_changes_free": (None, [c_void_p]),
    "aiueo_change_explain": (
        _status,
        [c_void_p, c_int64, c_void_p, c_int64, POINTER(ChangeOptions), *_text_out],
    ),
    "aiueo_rollup_export": (
        _status,
        [c_void_p, c_void_p, POINTER(ArrowSchema), POINTER(ArrowArray), _error],
    ),
    "aiueo_comparison": (
        _status,
        [c_void_p, c_void_p, POINTER(ComparisonOptions), *_text_out],
    ),
    "aiueo_summary_new": (_status, [c_void_p, _handle, _error]),
    "aiueo_summary_add": (_status, [c_void_p, c_void_p, c_int64, _error]),
    "aiueo_summary_merge": (_status, [c_void_p, c_void_p, _error]),
    "aiueo_summary_json": (_status, [c_void_p, *_text_out]),
    "aiueo_summary_free": (None, [c_void_p]),
    "aiueo_contracts_new": (_status, [c_void_p, _handle, _error]),
    "aiueo_contracts_add": (
        _status,
        [c_void_p, c_char_p, c_size_t, POINTER(ContractStruct), _error],
    ),
    "aiueo_contracts_add_stream": (_status, [c_void_p, POINTER(ArrowArrayStream), _error]),
    "aiueo_contracts_finish": (_status, [c_void_p, _error]),
    "aiueo_contracts_warnings": (_status, [c_void_p, *_text_out]),
    "aiueo_contracts_free": (None, [c_void_p]),
    "aiueo_ledger_new": (_status, [c_void_p, _handle, _error]),
    "aiueo_ledger_add": (
        _status,
        [c_void_p, c_char_p, c_size_t, c_int32, c_int32, c_int64, _error],
    ),
    "aiueo_ledger_add_stream": (_status, [c_void_p, POINTER(ArrowArrayStream), _error]),
    "aiueo_ledger_finish": (_status, [c_void_p, _error]),
    "aiueo_ledger_free": (None, [c_void_p]),
    "aiueo_ranks_new": (_status, [c_void_p, _handle, _error]),
    "aiueo_ranks_add": (
        _status,
        [
            *(c_void_p, c_char_p, c_size_t, c_int32, c_char_p, c_size_t, c_char_p, c_size_t),
            _error,
        ],
    ),
    "aiueo_ranks_add_stream": (_status, [c_void_p, POINTER(ArrowArrayStream), _error]),
    "aiueo_ranks_finish": (_status, [c_void_p, _error]),
    "aiueo_ranks_free": (None, [c_void_p]),
    "aiueo_evidence_new": (_status, [c_void_p, POINTER(EvidenceOptions), _handle, _error]),
    "aiueo_evidence_update": (_status, [c_void_p, c_void_p, c_void_p, c_void_p, _error]),
    "aiueo_evidence_update_from": (
        _status,
        [c_void_p, c_void_p, c_void_p, POINTER(Histories), _error],
    ),
    "aiueo_evidence_count_unseen": (_status, [c_void_p, POINTER(Histories), _error]),
    "aiueo_evidence_merge": (_status, [c_void_p, c_void_p, _error]),
    "aiueo_evidence_write": (_status, [c_void_p, *_text_out]),
    "aiueo_evidence_read": (
        _status,
        [c_void_p, c_char_p, c_size_t, POINTER(EvidenceOptions), _handle, _error],
    ),
    "aiueo_evidence_counts": (_status, [c_void_p, *_text_out]),
    "aiueo_evidence_study": (
        _status,
        [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, *_text_out],
    ),
    "aiueo_evidence_free": (None, [c_void_p]),
    "aiueo_study_name": (c_char_p, [c_int32]),
    "aiueo_plan_for_actions": (_status, [c_void_p, c_char_p, c_size_t, _handle, _error]),
    "aiueo_action_name": (c_char_p, [c_int32]),
    "aiueo_plan_act": (
        _status,
        [
            *(c_void_p, c_char_p, c_size_t, c_void_p, c_void_p, c_char_p, c_size_t),
            _handle,
            _error,
        ],
    ),
    "aiueo_actions_head": (_status, [c_void_p, *_text_out]),
    "aiueo_actions_count": (_status, [c_void_p, POINTER(c_int64), _error]),
    "aiueo_actions_rows": (_status, [c_void_p, c_int64, c_int64, *_text_out]),
    "aiueo_actions_export": (
        _status,
        [c_void_p, POINTER(ArrowSchema), POINTER(ArrowArray), _error],
    ),
    "aiueo_actions_free": (None, [c_void_p]),
    "aiueo_agreement_seal": (
        _status,
        [c_void_p, c_void_p, c_int32, c_char_p, c_size_t, *_text_out],
    ),
    "aiueo_agreement_open": (
        _status,
        [c_void_p, c_void_p, c_void_p, c_void_p, c_char_p, c_size_t, *_text_out],
    ),
}
