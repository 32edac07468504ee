"""Limits that a host sets, lower and higher: from Python and by the command line."""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import aiueo
import pytest
from aiueo._limits import start_of
from aiueo.cli import cli
from click.testing import CliRunner
from model_sizes import BASE, CHANGED, PAGE, condition, rows_of_page, said, size_of


def loaded(of: Any, limits: aiueo.Limits) -> str:
    try:
        plan = aiueo.load(of, {"own": lambda *_: 1.0}, limits=limits)
    except aiueo.ModelError as failure:
        return f"{failure.status}: {failure}"
    assert plan.limits == limits
    return ""


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments))
    return done.exit_code, done.output


@pytest.mark.parametrize("way", ["lower", "higher"])
@pytest.mark.parametrize("name", CHANGED)
def test_a_limit_that_the_host_sets(name: str, way: str, tmp_path: Path) -> None:
    row, build, words, low, high, _ = CHANGED[name]
    limit = low if way == "lower" else high
    assert (limit < size_of(rows_of_page()[row])) == (way == "lower")
    limits = aiueo.Limits(**{name: limit})
    file = tmp_path / "model.json"
    for size, refusal in ((limit, ""), (limit + 1, words.format(limit))):
        made = build(size)
        file.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
        for source in (made, file):
            for why in (said(source, limits), loaded(source, limits)):
                assert refusal in why and bool(refusal) == bool(why)
            assert why.startswith("limit_exceeded: " if refusal else "")
        status, output = run("--limit", f"{name}={limit}", "check", str(file))
        assert (status, refusal in output) == (1 if refusal else 0, True), output
        described = not refusal and "own" not in str(made)  # a scorer of the host's
        assert ("fingerprint" in output) == described
        usual = aiueo.check(file)  # another limit is no part of the model
        assert usual.usable == (size <= size_of(rows_of_page()[row]))


@pytest.mark.parametrize("name", [name for name in CHANGED if CHANGED[name][5]])
def test_a_limit_beyond_what_can_be_read(name: str, tmp_path: Path) -> None:
    most = CHANGED[name][5]
    page = {
        line.split("|")[1].strip(): line.split("|")[3]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    }
    assert f"`{name}`, up to {most:,}" in page[CHANGED[name][0]]
    assert most is not None
    limits = aiueo.Limits(**{name: most + 1})
    words = f"{name} is {most + 1}; at most {most} "
    for work in (aiueo.check, aiueo.load):
        with pytest.raises(aiueo.ArgumentError, match=words):
            work(BASE, limits=limits)
    file = tmp_path / "model.json"
    file.write_text(json.dumps(BASE), encoding="utf-8")
    status, output = run("--limit", f"{name}={most + 1}", "check", str(file))
    assert status == 2 and words in output


def test_every_command_that_reads_a_model_has_the_limits(tmp_path: Path) -> None:
    """`check` reads it in its own way, all others in one that they share."""
    file = tmp_path / "model.json"
    file.write_text(json.dumps(condition("((x > 1))")), encoding="utf-8")
    (tmp_path / "rows.csv").write_text("customer,as_of,x\na,2026-01-31,1\n", encoding="utf-8")
    files = [str(file), str(tmp_path / "rows.csv")]
    for words in (
        ["check", files[0]],
        ["score", *files, "-o", "-"],
        ["explain", *files, "--customer", "a"],
    ):
        assert run(*words)[0] == 0
        status, output = run("--limit", "max_condition_depth=2", *words)
        assert status != 0 and "nested deeper than 2 levels" in output
    # Another problem of the same model, found within the same limits.
    file.write_text(
        json.dumps({**condition("((x > 1))"), "segments": ["nothing"]}), encoding="utf-8"
    )
    status, output = run("--limit", "max_condition_depth=2", "score", *files, "-o", "-")
    assert status == 2 and "(and 1 more: " in output


@pytest.mark.parametrize(
    "value", [0, -1, True, 1.5, "9", b"9", 2**32, 10**30], ids=lambda one: repr(one)[:9]
)
def test_what_is_no_limit(value: Any) -> None:
    with pytest.raises(aiueo.ArgumentError, match=r"max_depth is .*; it is a whole number from 1"):
        aiueo.Limits(max_depth=value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("max_depth=x", 'max_depth is "x"; write max_depth=NUMBER'),
        ("max_depth", "max_depth is not given; write max_depth=NUMBER"),
        ("max_depth=", 'max_depth is ""; write max_depth=NUMBER'),
        ("max_depth=-1", 'max_depth is "-1"; write max_depth=NUMBER'),
        ("max_depth=٣", 'max_depth is "٣"; write max_depth=NUMBER'),
        ("max_depth=0", "max_depth is 0; it is a whole number from 1 to 4294967295"),
        ("max_depht=9", '"max_depht" is no limit; there are max_bytes, max_depth, '),
        ("=9", '"" is no limit'),
        ("max_nodes=9", "max_nodes is given twice"),
    ],
)
def test_what_the_command_line_takes_for_no_limit(given: str, words: str) -> None:
    status, output = run("--limit", "max_nodes=5", "--limit", given, "check", "model.json")
    assert status == 2 and f"Invalid value for '--limit': {words}" in output


def test_limits_are_values() -> None:
    limits = aiueo.Limits(max_depth=9, max_integers=2**64 - 1)
    assert limits == aiueo.Limits(max_integers=2**64 - 1, max_depth=9) != aiueo.Limits()
    assert repr(limits) == "aiueo.Limits(max_depth=9, max_integers=18446744073709551615)"
    plan = aiueo.load(BASE, limits=aiueo.Limits(max_condition_depth=2, max_integers=77))
    for other in (pickle.loads(pickle.dumps(plan)), plan.for_actions()):
        assert other.limits == plan.limits
    assert aiueo.load(BASE).limits == aiueo.Limits()


def some_evidence(plan: aiueo.Plan) -> aiueo.Evidence:
    rows = {"customer": ["a"], "as_of": ["2025-12-31"], "x": [1], "kind": ["k"], "paid": [1]}
    ends = {
        "customer": ["a"],
        "start": ["2025-03-01"],
        "end": ["2026-03-01"],
        "outcome": ["renewed"],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aiueo.DataWarning)
        return plan.evidence(rows, ends)


def test_integers_of_a_state(tmp_path: Path) -> None:
    """As many as it has are read, and one fewer are not."""
    state = bytes(some_evidence(aiueo.load(BASE)))

    def read(most: int) -> str:
        plan = aiueo.load(BASE, limits=aiueo.Limits(max_integers=most))
        try:
            seen = plan.read_evidence(state)
        except aiueo.ModelError as failure:
            return f"{failure.status}: {failure}"
        assert bytes(pickle.loads(pickle.dumps(seen))) == state
        return ""

    least, most = 1, size_of(rows_of_page()["integers in a state that is read"])
    while least < most:
        half = (least + most) // 2
        least, most = (half + 1, most) if read(half) else (least, half)
    assert least > 1 and read(least) == "" and read(2**64 - 1) == ""
    words = f"more than {least - 1} integers"
    assert words in read(least - 1) and read(least - 1).startswith("limit_exceeded: ")

    (tmp_path / "model.json").write_text(json.dumps(BASE), encoding="utf-8")
    (tmp_path / "all.state").write_bytes(state)
    files = [str(tmp_path / "model.json"), str(tmp_path / "all.state")]
    assert run("--limit", f"max_integers={least}", "study", "renewal", *files)[0] == 0
    status, output = run("--limit", f"max_integers={least - 1}", "study", "renewal", *files)
    assert status == 2 and words in output and "all.state: " in output


def test_of_a_file_without_end_no_more_is_read_than_may_be() -> None:
    class Endless:
        done = 0

        def read(self, size: int) -> bytes:
            self.done += size
            return b" " * size

    for limits, most in ((None, 4 << 20), (aiueo.Limits(max_bytes=99), 99)):
        file = Endless()
        assert len(start_of(file, limits)) == file.done == most + 1  # type: ignore[arg-type]
