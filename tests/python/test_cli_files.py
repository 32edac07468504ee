"""Bad files: one line with the file, the row where known, and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
from test_cli import folder, refused, run, write_csv

__all__ = ["folder"]

Rows = dict[str, list[Any]]


def score(name: str, *options: str) -> str:
    return refused("score", "model.json", name, "-o", "scores.csv", *options)


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "snapshots.csv").read_bytes().split(b"\r\n")


def corpus(lines: list[bytes]) -> dict[str, tuple[bytes, list[str]]]:
    """Name: the file's bytes, and what the refusal says."""
    whole = b"\r\n".join(lines)
    head = lines[0].split(b",")
    seats = head.index(b"seats")

    def cell(row: int, column: int, value: bytes) -> bytes:
        cells = lines[row].split(b",")
        cells[column] = value
        return b"\r\n".join([*lines[:row], b",".join(cells), *lines[row + 1 :]])

    return {
        "empty": (b"", ["is empty", "names the columns"]),
        "blank": (b"\r\n\r\n", ["is empty"]),
        "repeated header": (
            whole.replace(b"nps,", b"seats,", 1),
            ['column "seats" is there 2 times'],
        ),
        "missing column": (whole.replace(b"seats", b"chairs", 1), ['"seats"']),
        "misspelt column": (whole.replace(b"seats", b"seat", 1), ['"seats"']),
        "no known column": (b"a,b\r\n1,2\r\n", ["knows none of its columns (a, b)"]),
        "semicolons": (whole.replace(b",", b";"), ["the header has semicolons", "by commas"]),
        "quoted semicolons": (b'"customer";"as_of"\r\n"a";"b"\r\n', ["semicolons", "by commas"]),
        "tabs": (whole.replace(b",", b"\t"), ["the header has tabs", "by commas"]),
        "short row": (b"\r\n".join([*lines[:5], b"c-x,2026-11-21"]), ["row 5", "has 2 fields"]),
        "long row": (b"\r\n".join([*lines[:3], lines[3] + b",7"]), ["row 3", "fields"]),
        "not a number": (cell(7, seats, b"many"), ["row 7", 'column "seats"', '"many"']),
        "not UTF-8": (
            cell(9, head.index(b"plan"), b"\xff\xfe\x80"),
            ["row 9", 'column "plan"', "UTF-8"],
        ),
        "key not UTF-8": (cell(4, 0, b"\xff"), ["row 4", 'column "customer"']),
        "name not UTF-8": (whole.replace(b"seats", b"s\xffats", 1), ["column", "UTF-8"]),
        "UTF-16": (whole.decode().encode("utf-16"), ["UTF-16", "UTF-8"]),
        "no key": (cell(2, 0, b""), ["row 2", 'column "customer"']),
        "bad date": (cell(3, 1, b"21/11/2026"), ["row 3", 'column "as_of"', "2026-11-21"]),
        "open quote": (cell(6, seats, b'"3'), ["quote left open"]),
        "huge field": (cell(6, seats, b"9" * (9 << 20)), ["longer than", "MiB"]),
        "huge number": (cell(6, seats, b"x" * 10_000), ["row 6", 'column "seats"']),
        "twice": (whole + b"\r\n".join([lines[11], b""]), ["row 601", "row 11"]),
        "Parquet in CSV": (b"PAR1" + bytes(100), ["is no CSV"]),
        "zip": (b"PK\x03\x04" + bytes(100), ["is no CSV"]),
        "null bytes": (cell(6, seats, b"\0"), ["row 6", 'column "seats"']),
    }


NAMES = list(corpus([b"customer,as_of,seats,plan,nps," + b"," * 30] * 14))


@pytest.mark.parametrize("name", NAMES)
def test_bad_csv(folder: Path, name: str) -> None:
    data, wanted = corpus(lines_of(folder))[name]
    (folder / "bad.csv").write_bytes(data)
    line = score("bad.csv")
    assert "bad.csv" in line
    for found in wanted:
        assert found in line, line
    assert len(line) < 400


def test_a_bom_and_other_line_ends_are_fine(folder: Path) -> None:
    good = (folder / "snapshots.csv").read_bytes()
    for data in (b"\xef\xbb\xbf" + good, good.replace(b"\r\n", b"\n"), good.rstrip(b"\r\n")):
        (folder / "other.csv").write_bytes(data)
        assert run("score", "model.json", "other.csv", "-o", "scores.csv").exit_code == 0
        assert (folder / "scores.csv").read_bytes().count(b"\n") == 601


def test_quotes_and_line_breaks_in_cells(folder: Path, rows: Rows) -> None:
    odd = {name: values[:3] for name, values in rows.items()}
    odd["customer"] = ["a,b", 'quo"te', "two\nlines"]
    write_csv(folder / "odd.csv", odd)
    assert run("score", "model.json", "odd.csv", "-o", "scores.parquet").exit_code == 0
    table = pa_parquet.read_table("scores.parquet")
    assert table.column("customer").to_pylist() == odd["customer"]


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_truncated_and_foreign_files(folder: Path, rows: Rows, ending: str) -> None:
    name = f"snapshots.{ending}"
    table = pa.table(rows)
    if ending == "parquet":
        pa_parquet.write_table(table, name)
    else:
        with pa.OSFile(name, "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table)
    whole = (folder / name).read_bytes()
    for data in (
        b"",
        whole[:50],
        whole[: len(whole) // 2],
        whole[:-9],
        b"customer,as_of\r\na,b\r\n",
    ):
        (folder / f"bad.{ending}").write_bytes(data)
        line = score(f"bad.{ending}")
        assert line.startswith(f"aiueo: bad.{ending}: cannot be read as"), line
        assert ".;" not in line, line


def test_types_that_cannot_be_read(folder: Path, rows: Rows) -> None:
    for values in (pa.array([[1]] * 600), pa.array([{"a": 1}] * 600)):
        table = pa.table({**rows, "seats": values})
        pa_parquet.write_table(table, "odd.parquet")
        assert 'column "seats"' in score("odd.parquet")


def test_bad_initiatives(folder: Path) -> None:
    (folder / "bad.csv").write_text("customer,initiative,date\nc-0001,mail,soon\n")
    line = score("snapshots.csv", "--initiatives", "bad.csv")
    assert line.startswith("aiueo: bad.csv, row 1"), line
    assert '"soon" is not a date' in line
    (folder / "bad.csv").write_text("customer,initiative\nc-0001,mail\n")
    assert '"date"' in score("snapshots.csv", "--initiatives", "bad.csv")


def test_an_error_late_in_a_file_leaves_nothing(folder: Path) -> None:
    lines = lines_of(folder)
    body = b"\r\n".join(lines[1:-1])
    cells = lines[5].split(b",")
    cells[lines[0].split(b",").index(b"seats")] = b"late"
    data = lines[0] + b"\r\n" + (body + b"\r\n") * 100 + b",".join(cells) + b"\r\n"
    (folder / "late.csv").write_bytes(data)
    line = score("late.csv", "--no-duplicate-check")
    assert "row 60001" in line
    assert '"late" is not a number' in line


def test_an_older_output_survives_an_error(folder: Path) -> None:
    (folder / "scores.csv").write_text("older")
    (folder / "bad.csv").write_text("customer,as_of\nc,soon\n")
    score("bad.csv", "--allow-missing-columns")
    assert (folder / "scores.csv").read_text() == "older"
