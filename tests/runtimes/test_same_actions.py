"""C++, C, Go and Python make the same lists, and know the same actions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

import aiueo  # noqa: E402
from acting import DAY, MODEL, OF_SNAPSHOTS, WHEN, snapshots  # noqa: E402
from folder import write_folder  # noqa: E402
from test_same_bits import program, run  # noqa: E402

OPTIONS: dict[str, dict[str, Any]] = {"triggers": {"holdouts": False, "as_of": "2026-04-30"}}


@dataclass
class Lists:
    folder: Path
    wanted: dict[str, Any]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    plan = aiueo.load(MODEL)
    rows = pa.table(snapshots(300))
    dates = pa.array([DAY, DAY, DAY], pa.date32())
    none = pa.nulls(3, pa.date32())
    initiatives = pa.table(
        {
            "customer": ["c-0001", "c-0002", "顧客7"],
            "initiative": ["welcome", "quiet", "welcome"],
            "date": dates,
            "attended": none,
            "responded": none,
        }
    )
    wanted = {}
    for name in OF_SNAPSHOTS:
        when = WHEN if name == "segment" else None
        made = plan.act(name, rows, when=when, initiatives=initiatives, **OPTIONS.get(name, {}))
        assert len(made) > 10
        wanted[name] = made.to_dict()
    folder = tmp_path_factory.mktemp("made") / "in"
    actions = [(name, WHEN, json.dumps(OPTIONS.get(name, {}))) for name in OF_SNAPSHOTS]
    write_folder(folder, plan, MODEL, rows, initiatives, actions=actions)
    return Lists(folder, wanted)


def compare(lists: Lists, out: Path) -> None:
    assert (out / "actions").read_text().split() == aiueo.actions()
    for name, wanted in lists.wanted.items():
        head, rows = (out / f"{name}.json").read_text(encoding="utf-8").split("\n")
        assert {**json.loads(head), "rows": json.loads(rows)} == wanted, name


@pytest.mark.parametrize("name", ["cpp", "c"])
def test_programs(lists: Lists, name: str, tmp_path: Path) -> None:
    run([str(program(f"runtime_{name}"))], lists.folder, tmp_path / "out")
    compare(lists, tmp_path / "out")


def test_go(lists: Lists, go_program: Path, tmp_path: Path) -> None:
    run([str(go_program)], lists.folder, tmp_path / "out")
    compare(lists, tmp_path / "out")
