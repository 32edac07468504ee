"""The package declares every function of the C interface, and calls it or says why not."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

from aiueo import _structs
from places import ROOT

LISTED = set((ROOT / "capi" / "symbols.txt").read_text(encoding="utf-8").split())

#: Functions that Python does without, each with the reason.
NOT_CALLED = {
    "aiueo_status_name": "_errors.py has the names, so that errors need no library",
    "aiueo_model_check": "aiueo_model_check_with takes limits, too",
    "aiueo_batch_rows": "a Batch knows its rows",
    "aiueo_batch_reserve": "Python may lend its memory",
    "aiueo_batch_set_number": "aiueo_batch_set_row sets a row at once",
    "aiueo_batch_set_text": "aiueo_batch_set_row takes the ids of aiueo_batch_text",
    "aiueo_batch_set_observed": "aiueo_batch_set_row sets the dates too",
    "aiueo_duplicates_checked": "a Batch remembers all its rows, so all were checked",
    "aiueo_initiatives_add": "Initiatives hands its columns over as a stream",
    "aiueo_initiatives_add_row": "as the last",
    "aiueo_contracts_add": "Contracts hands its columns over as a stream",
    "aiueo_ledger_add": "Ledger hands its columns over as a stream",
    "aiueo_ranks_add": "Ranks hands its columns over as a stream",
    "aiueo_evidence_update": "aiueo_evidence_update_from takes ranks and initiatives, too",
    "aiueo_scores_axis": "aiueo_scores_column reads any column",
}


def _called() -> set[str]:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(Path(_structs.__file__).parent.rglob("*.py"))
        if path.name != "_structs.py"
    )
    found = set(re.findall(r"\blibrary(?:\(\))?\.(aiueo_[a-z_]+)", text))
    # _library.py builds the names of these from the kind of a handle.
    kinds = set(re.findall(r'(?:make|Handle)\(\s*"([a-z]+)"', text))
    return found | {f"aiueo_{kind}_free" for kind in kinds}


def test_every_function_is_declared() -> None:
    assert set(_structs.PROTOTYPES) == LISTED


def test_every_function_is_called_or_excused() -> None:
    called = _called()
    assert called <= LISTED, called - LISTED
    assert LISTED - called == set(NOT_CALLED)


STRUCTURES = {
    "aiueo_error": _structs.ErrorStruct,
    "aiueo_scorer_call": _structs.ScorerCall,
    "aiueo_plan_options": _structs.PlanOptions,
    "aiueo_column": _structs.ColumnStruct,
    "aiueo_initiative": _structs.InitiativeStruct,
    "aiueo_batch_options": _structs.BatchOptions,
    "aiueo_scores_options": _structs.ScoresOptions,
    "aiueo_stream_options": _structs.StreamOptions,
    "aiueo_change_options": _structs.ChangeOptions,
    "aiueo_comparison_options": _structs.ComparisonOptions,
    "aiueo_contract": _structs.ContractStruct,
    "aiueo_evidence_options": _structs.EvidenceOptions,
    "aiueo_histories": _structs.Histories,
    "struct ArrowSchema": _structs.ArrowSchema,
    "struct ArrowArray": _structs.ArrowArray,
    "struct ArrowArrayStream": _structs.ArrowArrayStream,
}


def test_structures_lie_in_memory_as_in_c() -> None:
    """tests/capi/sizes.c has every size and offset, and checks them against the header."""
    table = (ROOT / "tests" / "capi" / "sizes.c").read_text(encoding="utf-8")
    sizes = dict(re.findall(r"SIZE\(((?:struct )?\w+), (\d+)\)", table))
    assert {name: int(size) for name, size in sizes.items()} == {
        name: ctypes.sizeof(kind) for name, kind in STRUCTURES.items()
    }
    places = re.findall(r"AT\((\w+), (\w+), (\d+)\)", table)
    assert len(places) > 40
    for name, field, at in places:
        assert getattr(STRUCTURES[name], field).offset == int(at), f"{name}.{field}"
    for name, kind in STRUCTURES.items():
        fields = [field[0] for field in kind._fields_]
        listed = [field for one, field, _ in places if one == name]
        if not name.startswith("struct "):  # Arrow's own
            assert listed == fields[1:], name
            assert _widths(name) == {field[0]: ctypes.sizeof(field[1]) for field in kind._fields_}


def _widths(structure: str) -> dict[str, int]:
    """Bytes of each field, as the header declares it."""
    header = (ROOT / "capi" / "include" / "aiueo.h").read_text(encoding="utf-8")
    body = header.split(f"typedef struct {structure} {{")[1].split("}")[0]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    sizes = {"uint32_t": 4, "int32_t": 4, "int64_t": 8, "uint64_t": 8, "size_t": 8, "char": 1}
    out = {}
    for kind, name, count in re.findall(r"([^;]+?)(\w+)(?:\[(\d+)\])?;", body):
        pointer = "*" in kind or kind.strip().endswith("_fn")
        out[name] = 8 if pointer else sizes[kind.strip()] * int(count or 1)
    return out


def test_the_documentation_lists_every_function() -> None:
    page = (ROOT / "docs" / "c-api.md").read_text(encoding="utf-8").split("## Functions")[1]
    found = set()
    noun = ""
    for name in re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", page, re.M))):
        if name.startswith("_"):
            found.add(noun + name)
        else:
            found.add(name)
            noun = "_".join(name.split("_")[:2])
    assert found == LISTED
