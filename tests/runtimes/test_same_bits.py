"""C++, C, Python, Go and Spark score the same snapshots to the same bits."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

import aiueo  # noqa: E402
import aiueo.sim  # noqa: E402
import cluster  # noqa: E402
from churnsim import churnsim  # noqa: E402
from folder import (  # noqa: E402
    bits_of_files,
    bits_of_table,
    difference,
    score_kinds,
    write_folder,
)
from tables import GOLDEN, without_dictionaries  # noqa: E402

pytestmark = pytest.mark.filterwarnings(cluster.IGNORE)
ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "release" / "bin"


@dataclass
class Portfolio:
    """Snapshots that all runtimes score, and what Python says of them."""

    plan: aiueo.Plan
    snapshots: Any
    initiatives: Any
    folder: Path
    keys: list[Any]
    wanted: dict[str, list[str]]


def golden(case: str) -> Any:
    """A golden case, read from text to the types that its metrics have."""
    from tables import golden_table

    folder = GOLDEN / "scores" / case
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    snapshots = golden_table(folder / "snapshots.csv")
    path = folder / "initiatives.csv"
    initiatives = golden_table(path) if path.exists() else None
    if initiatives is not None:
        columns = [
            pa.array([value or None for value in initiatives[name].to_pylist()]).cast(pa.date32())
            if name in ("date", "attended", "responded")
            else initiatives[name]
            for name in initiatives.column_names
        ]
        initiatives = pa.table(columns, names=initiatives.column_names)
    return model, snapshots, initiatives


@pytest.fixture(scope="module", params=["golden hr-saas", "golden random-5", "world", "churnsim"])
def portfolio(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = tmp_path_factory.mktemp("made")
    initiatives = None
    if request.param == "world":
        world = aiueo.sim.simulate(customers=800, months=8, seed=9)
        model = world.model()
        snapshots = without_dictionaries(world.snapshots.to_arrow())
        initiatives = without_dictionaries(world.initiatives.to_arrow())
    elif request.param == "churnsim":
        path, snapshots = churnsim()
        model = json.loads(Path(path).read_text(encoding="utf-8"))
    else:
        model, snapshots, initiatives = golden(request.param.split()[1])
    plan = aiueo.load(model)
    scores = plan.score(snapshots, initiatives=initiatives, detail=True).to_arrow()
    keys = list(zip(*(scores[name].to_pylist() for name in ("customer", "as_of"))))
    wanted = bits_of_table(plan, scores)
    assert len(wanted) > 10 and len(set(wanted["overall"])) > 20
    folder = made / "in"
    write_folder(folder, plan, model, snapshots, initiatives)
    return Portfolio(plan, snapshots, initiatives, folder, keys, wanted)


def program(name: str) -> Path:
    path = BIN / name
    if not path.exists():
        pytest.fail(f"{path} is not built: ./dev build")
    return path


def run(command: list[str], folder: Path, out: Path) -> None:
    out.mkdir()
    env = {**os.environ, "LD_LIBRARY_PATH": str(BIN.parent / "lib")}
    done = subprocess.run(
        [*command, str(folder), str(out)], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stderr


def must_agree(one: Portfolio, command: list[str], out: Path) -> None:
    run(command, one.folder, out)
    assert difference(bits_of_files(out, one.plan), one.wanted, one.keys) == ""


def test_cpp(portfolio: Portfolio, tmp_path: Path) -> None:
    must_agree(portfolio, [str(program("runtime_cpp"))], tmp_path / "out")


def test_c(portfolio: Portfolio, tmp_path: Path) -> None:
    must_agree(portfolio, [str(program("runtime_c"))], tmp_path / "out")


def test_go(portfolio: Portfolio, go_program: Path, tmp_path: Path) -> None:
    must_agree(portfolio, [str(go_program)], tmp_path / "out")


def test_python_by_stream_and_by_row(portfolio: Portfolio) -> None:
    one = portfolio
    reader = one.snapshots.to_reader(max_chunksize=777)
    stream = one.plan.score_stream(reader, initiatives=one.initiatives, detail=True)
    found = pa.Table.from_batches(list(stream))
    assert difference(bits_of_table(one.plan, found), one.wanted, one.keys) == ""


def test_spark(portfolio: Portfolio) -> None:
    spark = cluster.session()
    import aiueo.spark

    one = portfolio
    frame = spark.createDataFrame(without_dictionaries(one.snapshots)).repartition(3)
    rows = None if one.initiatives is None else spark.createDataFrame(one.initiatives)
    scores = aiueo.spark.score(frame, one.plan, initiatives=rows, detail=True).toArrow()
    place = {key: row for row, key in enumerate(one.keys)}
    order = [place[key] for key in zip(*(scores[k].to_pylist() for k in ("customer", "as_of")))]
    assert sorted(order) == list(range(len(one.keys)))
    back = [0] * len(order)
    for at, row in enumerate(order):
        back[row] = at
    found = bits_of_table(one.plan, scores.take(pa.array(back)))
    assert difference(found, one.wanted, one.keys) == ""


def test_one_bit_is_seen(portfolio: Portfolio) -> None:
    """The comparison can fail: one value's last bit, one level, one missing row."""
    names = score_kinds(portfolio.plan)
    number = next(name for name, kind in names.items() if kind == "number")
    level = next(name for name, kind in names.items() if kind == "level")
    for name in (number, level):
        values = list(portfolio.wanted[name])
        at = next(k for k, value in enumerate(values) if value != "nan")
        values[at] = f"{int(values[at], 16) ^ 1:0{len(values[at])}x}"
        said = difference({**portfolio.wanted, name: values}, portfolio.wanted, portfolio.keys)
        assert said.startswith(f"{name} of {portfolio.keys[at]} is ")
    fewer = {**portfolio.wanted, number: portfolio.wanted[number][1:]}
    assert "rows, not" in difference(fewer, portfolio.wanted, portfolio.keys)
