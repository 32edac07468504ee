"""What is wrong is said with the row, the column, and what would be right."""

from __future__ import annotations

import datetime
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Rows = dict[str, list[Any]]


def changed(rows: Rows, name: str, row: int, value: Any) -> Rows:
    column = list(rows[name])
    column[row] = value
    return {**rows, name: column}


def test_errors_have_families_codes_and_pickle() -> None:
    with pytest.raises(aiueo.ModelError) as caught:
        aiueo.load("{}")
    error = caught.value
    assert isinstance(error, aiueo.Error)
    assert (error.code, error.status) == (21, "bad_model")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code) == (aiueo.ModelError, str(error), 21)


def test_a_model_that_is_not_json_says_where() -> None:
    with pytest.raises(aiueo.ModelError, match=r"^model\.json:1:\d+: ") as caught:
        aiueo.load('{"aiueo": 1,}')
    assert caught.value.status == "bad_json"


def test_a_model_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        aiueo.load(tmp_path / "model.json")


def test_check_lists_every_problem(model: dict[str, Any]) -> None:
    broken = {**model, "metrics": {**model["metrics"], "seats": {"type": "numbr"}}, "axs": {}}
    found = aiueo.check(broken)
    assert not found.usable
    assert len(found) >= 2
    one = found[0]
    assert (one.level, one.line) == ("error", 1)
    assert one.text.startswith(f"model:{one.line}:{one.column}: ")
    assert "did you mean" in str(found)
    assert aiueo.check(model).usable
    assert not aiueo.check("[1, 2").usable


def test_the_schema_is_a_json_schema(model: dict[str, Any]) -> None:
    import jsonschema

    schema = aiueo.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(model, schema)


def test_a_date_beyond_the_calendar(plan: aiueo.Plan) -> None:
    """Days are counted in 32 bits, which a date of NumPy goes beyond: it is not another day."""
    beyond = [
        np.datetime64(2**32 + 20_000, "D"),
        np.datetime64(2_932_897, "D"),  # 10000-01-01
        np.datetime64(-719_163, "D"),  # the day before 0001-01-01
        np.datetime64(2**61, "Y"),
        np.datetime64(8_030, "Y"),
        np.datetime64(2**60, "s"),
    ]
    for date in beyond:
        for score in (
            lambda day: plan.score_one(as_of=day),
            lambda day: plan.score_one(as_of="2026-11-21", last_login=day),
            lambda day: plan.score({"seats": [3]}, as_of=day, missing_columns="unknown"),
        ):
            with pytest.raises(aiueo.DataError, match="no day from year 1 to 9999") as caught:
                score(date)
            assert caught.value.status == "bad_value"
    for day, text in ((2_932_896, "9999-12-31"), (-719_162, "0001-01-01")):
        row = plan.score_one(as_of=np.datetime64(day, "D"))
        assert row.as_of.isoformat() == text


def test_a_missing_column(plan: aiueo.Plan, rows: Rows) -> None:
    less = {name: values for name, values in rows.items() if name not in ("seats", "nps")}
    for table in (less, pa.table(less)):
        with pytest.raises(aiueo.DataError, match=r'"seats".*"nps"|"nps".*"seats"') as caught:
            plan.score(table)
        assert caught.value.status == "bad_column"
        scores = plan.score(table, missing_columns="unknown")
        assert np.isnan(scores["U"]).sum() >= np.isnan(plan.score(rows)["U"]).sum()


def test_a_column_of_observation_dates_is_needed(plan: aiueo.Plan, rows: Rows) -> None:
    less = {name: values for name, values in rows.items() if name != "nps@"}
    with pytest.raises(aiueo.DataError, match='"nps@"'):
        plan.score(less)


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("seats", "many", '"many" is not a number'),
        ("last_login", "2026-13-01", '"2026-13-01" is not a date'),
        ("setup_done", "perhaps", '"perhaps" is not a flag'),
        ("mrr", "12,000", '"12,000" is not an amount'),
    ],
)
def test_a_value_that_cannot_be_read(
    plan: aiueo.Plan, rows: Rows, column: str, value: str, found: str
) -> None:
    texts = {**rows, column: [None if v is None else str(v) for v in rows[column]]}
    bad = changed(texts, column, 6, value)
    for table in (bad, pa.table(bad), pd.DataFrame(bad)):
        with pytest.raises(aiueo.DataError) as caught:
            plan.score(table)
        assert str(caught.value).startswith("snapshots, row 7")
        assert f'column "{column}"' in str(caught.value)
        assert found in str(caught.value)


def test_python_values_of_the_wrong_kind(plan: aiueo.Plan, rows: Rows) -> None:
    cases: list[tuple[str, Any, str]] = [
        ("seats", "12", "'12' is among numbers"),
        ("champion", 3, "3 is among text"),
        ("seats", object, "is type"),
        ("last_login", 20000, "20000 is among dates"),
    ]
    for column, value, found in cases:
        with pytest.raises(aiueo.DataError) as caught:
            plan.score(changed(rows, column, 41, value))
        assert f'snapshots, row 42, column "{column}": ' in str(caught.value)
        assert found in str(caught.value)


def test_columns_of_the_wrong_type(plan: aiueo.Plan, rows: Rows) -> None:
    count = len(rows["customer"])
    cases: list[tuple[str, Any]] = [
        ("champion", np.zeros(count)),
        ("last_login", np.zeros(count)),
        ("seats", np.zeros(count, dtype="datetime64[D]")),
        ("seats", np.zeros(count, dtype=complex)),
        ("seats", np.zeros(count, dtype="timedelta64[s]")),
        ("seats", np.zeros((count, 2))),
        ("seats", pa.array([[1]] * count)),
        ("seats", "text"),
        ("seats", 7),
        ("customer", np.zeros(count)),
        ("seats", [1, 2, 3]),
    ]
    for column, values in cases:
        with pytest.raises(aiueo.DataError, match=f'column "{column}"') as caught:
            plan.score({**rows, column: values})
        assert caught.value.status == "bad_column"


def test_a_column_that_is_there_twice(plan: aiueo.Plan, rows: Rows) -> None:
    frame = pd.DataFrame(rows)
    twice = pd.concat([frame, frame[["seats"]]], axis=1)
    for table in (
        twice,
        pa.Table.from_arrays([*pa.table(rows).columns, pa.array(rows["seats"])], [*rows, "seats"]),
    ):
        with pytest.raises(aiueo.DataError, match='"seats": is there twice'):
            plan.score(table)


def test_computed_columns_are_refused(plan: aiueo.Plan, rows: Rows) -> None:
    with pytest.raises(aiueo.DataError, match='"login_rate": is computed by the model'):
        plan.score({**rows, "login_rate": [1.0] * len(rows["customer"])})


def test_duplicate_rows_within_and_across_batches(plan: aiueo.Plan, rows: Rows) -> None:
    bad = changed(rows, "customer", 500, rows["customer"][3])
    whole = pa.table(bad)
    for table in (bad, whole, whole.to_reader(max_chunksize=100), pd.DataFrame(bad)):
        with pytest.raises(aiueo.DataError) as caught:
            plan.score(table)
        assert caught.value.status == "duplicate_row"
        assert "row 501" in str(caught.value)
        assert "4" in str(caught.value)
    assert len(plan.score(bad, check=False)) == 600


def test_rows_without_customer_or_date(plan: aiueo.Plan, rows: Rows) -> None:
    with pytest.raises(aiueo.DataError, match='row 10, column "customer"'):
        plan.score(changed(rows, "customer", 9, None))
    with pytest.raises(aiueo.DataError, match=r'row 10.*column "as_of"'):
        plan.score(changed(rows, "as_of", 9, None))
    undated = {name: values for name, values in rows.items() if name != "as_of"}
    with pytest.raises(aiueo.DataError, match='"as_of": is not there'):
        plan.score(undated)


def test_times_of_day_need_a_zone(plan: aiueo.Plan, rows: Rows) -> None:
    noon = datetime.datetime(2026, 11, 1, 12)
    with pytest.raises(aiueo.DataError, match=r'row 3.*"last_login"'):
        plan.score(changed(rows, "last_login", 2, noon))
    zoned = noon.replace(tzinfo=datetime.timezone.utc)
    with pytest.raises(aiueo.DataError, match="time zone"):
        plan.score(changed(changed(rows, "last_login", 2, noon), "last_login", 9, zoned))


def test_paths_and_other_things_are_no_tables(plan: aiueo.Plan, tmp_path: Path) -> None:
    for thing in ("snapshots.csv", tmp_path, 7, None):
        with pytest.raises(TypeError, match="snapshots is"):
            plan.score(thing)
    with pytest.raises(TypeError, match="initiatives is"):
        plan.score({"customer": ["a"]}, initiatives=7)


def test_arguments_are_checked(plan: aiueo.Plan, rows: Rows) -> None:
    with pytest.raises(aiueo.ArgumentError, match="missing_columns"):
        plan.score(rows, missing_columns="ignore")
    with pytest.raises(aiueo.ArgumentError, match="threads"):
        plan.score(rows, threads=0)
    with pytest.raises(aiueo.DataError, match="as_of"):
        plan.score(rows, as_of="21.11.2026")
    with pytest.raises(aiueo.ArgumentError, match="which"):
        plan.explain(rows)
    with pytest.raises(aiueo.ArgumentError, match="row 600"):
        plan.explain(rows, row=600)
    with pytest.raises(aiueo.NotFoundError):
        plan.explain(rows, customer="nobody")
    with pytest.raises(aiueo.Error, match="did you mean"):
        plan.gap(rows, row=0, target="Activ")
    with pytest.raises(aiueo.NotFoundError, match="no column"):
        plan.score(rows)["Z"]
    with pytest.raises(aiueo.NotFoundError, match="detail=True"):
        plan.score(rows)["U.logins"]


def test_initiatives_are_checked(plan: aiueo.Plan) -> None:
    good = {"customer": ["a"], "initiative": ["x"], "date": ["2026-01-01"]}
    for name in good:
        less = {key: value for key, value in good.items() if key != name}
        for table in (less, pa.table(less)):
            with pytest.raises(aiueo.DataError, match=name):
                plan.initiatives(table)
    for table in ({**good, "date": ["soon"]}, pa.table({**good, "date": ["soon"]})):
        with pytest.raises(aiueo.DataError, match=r'initiatives, row 1.*"date"'):
            plan.initiatives(table)


def test_no_library_is_said_in_one_sentence(tmp_path: Path) -> None:
    code = "import sys, aiueo\ntry: aiueo.version()\nexcept ImportError as e: print(e); sys.exit(7)"
    package = Path(aiueo.__file__).parents[1]
    empty = tmp_path / "libaiueo.so"
    empty.write_bytes(b"not a library")
    for library in (tmp_path / "nothing.so", empty):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"AIUEO_LIBRARY": str(library), "PYTHONPATH": str(package)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 7, done.stderr
        assert "AIUEO_LIBRARY" in done.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names of Linux' loader")
def test_the_library_is_found_without_a_process(tmp_path: Path) -> None:
    """By the loader itself: ldconfig and a compiler would be processes of the host's."""
    code = (
        "import sys\n"
        "begun = []\n"
        "def hear(event, arguments):\n"
        "    kinds = 'subprocess.', 'os.fork', 'os.exec', 'os.posix_spawn', 'os.system'\n"
        "    if event.startswith(kinds):\n"
        "        begun.append(event)\n"
        "sys.addaudithook(hear)\n"
        "import aiueo\n"
        "try: print(aiueo.version())\n"
        "except ImportError as e: print(e)\n"
        "print(begun)"
    )
    package = tmp_path / "package" / "aiueo"
    shutil.copytree(Path(aiueo.__file__).parent, package, ignore=shutil.ignore_patterns("*.so*"))
    os.symlink(os.path.abspath(os.environ["AIUEO_LIBRARY"]), tmp_path / "libaiueo.so.0")

    def said(**more: str) -> list[str]:
        given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(package.parent), **more}
        done = subprocess.run(
            [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert said(LD_LIBRARY_PATH=str(tmp_path)) == [aiueo.version(), "[]"]
    line, begun = said()
    if not line.startswith("aiueo: "):
        pytest.skip("libaiueo is installed in the system")
    assert begun == "[]"
    assert f"looked at the package's folder {package}, then the system's libraries: " in line
    assert "libaiueo.so.0: cannot open" in line
    assert line.endswith("; set AIUEO_LIBRARY to its path")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.floats(),
            st.integers(),
            st.text(max_size=5),
            st.binary(max_size=5),
            st.booleans(),
            st.dates(),
            st.datetimes(),
            st.decimals(),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_python_values_are_read_or_refused(plan: aiueo.Plan, values: list[Any]) -> None:
    for column in ("seats", "champion", "last_login", "setup_done", "mrr"):
        try:
            scores = plan.score({column: values}, as_of="2026-11-21", missing_columns="unknown")
        except aiueo.DataError as failure:
            refusal = str(failure)
            assert column in refusal
        else:
            overall = scores["overall"]
            assert np.all(np.isnan(overall) | ((overall >= 0) & (overall <= 100)))
