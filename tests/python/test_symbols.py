"""The package declares every function of the C interface, and calls it or says why not."""

from __future__ import annotations

import re
from pathlib import Path

from aiueo import _structs
from conftest import ROOT

LISTED = set((ROOT / "capi" / "symbols.txt").read_text(encoding="utf-8").split())

#: Functions that Python does without, each with the reason.
NOT_CALLED = {
    "aiueo_status_name": "_errors.py has the names, so that errors need no library",
    "aiueo_batch_rows": "a Batch knows its rows",
    "aiueo_batch_reserve": "Python may lend its memory",
    "aiueo_batch_set_number": "aiueo_batch_set_row sets a row at once",
    "aiueo_batch_set_text": "aiueo_batch_set_row takes the ids of aiueo_batch_text",
    "aiueo_batch_set_observed": "aiueo_batch_set_row sets the dates too",
    "aiueo_duplicates_checked": "a Batch remembers all its rows, so all were checked",
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
