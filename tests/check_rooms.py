#!/usr/bin/env python3
"""Fails when a room of the library includes a room that comes after it.

Data walks through the rooms in one direction (ROOMS), and a room uses only itself and those
before it. The rule covers include/aiueo/ROOM and src/ROOM. Two headers stand outside and may use
every room: the umbrella aiueo.hpp and the log adapter log_spdlog.hpp; no room may include them.

    check_rooms.py              check this tree
    check_rooms.py --self-test  prove, on planted trees, that each rule can fail
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

ROOMS = ("base", "stats", "table", "model", "score", "evidence", "study", "action")
OUTSIDE = ("include/aiueo/aiueo.hpp", "include/aiueo/log_spdlog.hpp")
SUFFIXES = (".hpp", ".cpp", ".h", ".inc", ".ipp")
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]", re.MULTILINE)


def room_of(path: Path, root: Path) -> str | None:
    """The room that a file of the tree belongs to; None for one that stands in no room."""
    for top in (root / "include" / "aiueo", root / "src"):
        if path.is_relative_to(top):
            parts = path.relative_to(top).parts
            return parts[0] if len(parts) > 1 and parts[0] in ROOMS else None
    return None


def target_of(name: str, file: Path, root: Path) -> Path | None:
    """The file of the tree that an #include names; None for a header from elsewhere."""
    for folder in (file.parent, root / "include", root / "src", root / "capi" / "include"):
        candidate = (folder / name).resolve()
        if candidate.is_relative_to(root) and candidate.is_file():
            return candidate
    # A name that says aiueo/ROOM/ counts even when the file is not written yet.
    if name.startswith("aiueo/"):
        return root / "include" / name
    return None


def problems(root: Path) -> tuple[list[str], int]:
    """All broken rules, one line each, and the number of files that were read."""
    root = root.resolve()
    found: list[str] = []
    read = 0
    for top in (root / "include", root / "src"):
        for file in sorted(top.rglob("*")):
            if file.suffix not in SUFFIXES or not file.is_file():
                continue
            read += 1
            shown = file.relative_to(root).as_posix()
            if shown in OUTSIDE:
                continue
            room = room_of(file, root)
            if room is None:
                found.append(f"{shown}: stands in no room ({', '.join(ROOMS)})")
                continue
            text = file.read_text(encoding="utf-8")
            for match in INCLUDE.finditer(text):
                target = target_of(match[1], file, root)
                if target is None:
                    continue
                line = text.count("\n", 0, match.start()) + 1
                other = room_of(target, root)
                if other is None:
                    found.append(
                        f"{shown}:{line}: room {room} includes {match[1]}, which is in no room"
                    )
                elif ROOMS.index(other) > ROOMS.index(room):
                    found.append(
                        f"{shown}:{line}: room {room} includes {match[1]}, "
                        f"but {other} comes after {room}"
                    )
    return found, read


# name, files of a planted tree, part of the one problem expected (None: no problem)
PLANTED: tuple[tuple[str, dict[str, str], str | None], ...] = (
    (
        "a good tree",
        {
            "include/aiueo/base/error.hpp": "#include <string>\n",
            "include/aiueo/score/plan.hpp": "#include <aiueo/base/error.hpp>\n",
            "src/score/plan.cpp": '#include "kernel.hpp"\n#include <aiueo/score/plan.hpp>\n',
            "src/score/kernel.hpp": "#include <aiueo/table/column.hpp>\n",
            "include/aiueo/aiueo.hpp": "#include <aiueo/action/next.hpp>\n",
            "include/aiueo/log_spdlog.hpp": "#include <aiueo/base/error.hpp>\n",
        },
        None,
    ),
    (
        "a later room by angle brackets",
        {"include/aiueo/table/column.hpp": "\n#include <aiueo/score/plan.hpp>\n"},
        "include/aiueo/table/column.hpp:2: room table includes aiueo/score/plan.hpp",
    ),
    (
        "a later room by quotes and spaces",
        {"include/aiueo/base/error.hpp": '  #  include "aiueo/stats/interval.hpp"\n'},
        "stats comes after base",
    ),
    (
        "a later room by a relative path",
        {
            "include/aiueo/stats/rank.hpp": '#include "../model/model.hpp"\n',
            "include/aiueo/model/model.hpp": "",
        },
        "model comes after stats",
    ),
    (
        "a later room among the sources",
        {"src/evidence/codec.cpp": '#include "study/renewal.hpp"\n', "src/study/renewal.hpp": ""},
        "study comes after evidence",
    ),
    (
        "the last room from the one before it",
        {"src/study/forecast.cpp": "#include <aiueo/action/goals.hpp>\n"},
        "action comes after study",
    ),
    (
        "the umbrella from a room",
        {"src/action/next.cpp": "#include <aiueo/aiueo.hpp>\n"},
        "aiueo/aiueo.hpp, which is in no room",
    ),
    (
        "the C header from a room",
        {"src/action/next.cpp": "#include <aiueo.h>\n", "capi/include/aiueo.h": ""},
        "aiueo.h, which is in no room",
    ),
    ("a header beside the rooms", {"include/aiueo/extra.hpp": ""}, "stands in no room"),
    ("a source beside the rooms", {"src/json/reader.cpp": ""}, "stands in no room"),
)


def self_test() -> int:
    failed = 0
    for name, files, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            found, _ = problems(root)
        good = not found if expected is None else len(found) == 1 and expected in found[0]
        if not good:
            failed += 1
            print(f"check_rooms: {name}: expected {expected!r}, found {found}", file=sys.stderr)
    print(f"check_rooms: {len(PLANTED) - failed} of {len(PLANTED)} planted trees judged rightly")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true", help="prove that each rule can fail")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).parents[1])
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found, read = problems(arguments.root)
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"check_rooms: {read} files, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
