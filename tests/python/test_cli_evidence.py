"""The command line's evidence, merge and study."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import pandas as pd
import pytest
from filters import filters_stay
from test_cli import environment, refused, run

STREAM_DEFAULTS = dict(aiueo.Evidence.update_stream.__kwdefaults__)
TABLES = ["snapshots.csv", "contracts.csv", "--initiatives", "initiatives.csv"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio as files, whole and in two halves, and its state by the package."""
    place = tmp_path_factory.mktemp("portfolio")
    world = aiueo.sim.simulate(customers=120, months=18, seed=3)
    for name in ("snapshots", "contracts", "initiatives", "ranks", "ledger"):
        world.tables[name].write_csv(place / f"{name}.csv")
    frame = world.tables["snapshots"].to_pandas()
    keys = sorted(frame["customer"].unique())
    for k in range(2):
        frame[frame["customer"].isin(keys[k::2])].to_parquet(place / f"half{k}.parquet")
    model = world.model()
    (place / "model.json").write_text(json.dumps(model, ensure_ascii=False), encoding="utf-8")
    plan = aiueo.load(model)
    plan.evidence(world.snapshots, world.contracts, initiatives=world.initiatives).write(
        place / "wanted.state"
    )
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in made.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_evidence_writes_the_state(folder: Path) -> None:
    before = set(os.listdir())
    result = run("evidence", "model.json", *TABLES, "-o", "all.state")
    assert result.exit_code == 0, result.output
    assert set(os.listdir()) == before | {"all.state"}
    assert Path("all.state").read_bytes() == Path("wanted.state").read_bytes()
    plan = aiueo.load("model.json")
    counts = plan.read_evidence("all.state").counts
    for name in ("rows", "customers", "ends", "observed"):
        assert f"  {counts[name]:,}  " in result.stdout, name
    assert "written: all.state" in result.stdout

    result = run("--json", "evidence", "model.json", *TABLES, "-o", "all.state")
    found = json.loads(result.stdout)
    assert {name: found[name] for name in counts} == counts and found["warnings"] == []
    assert run("evidence", "model.json", *TABLES, "-o", "all.state", "--quiet").output == ""


def test_filters_of_warnings_are_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    """A host may run commands in threads of its own; what is doubtful is said once, with them."""
    frame = pd.read_csv("contracts.csv").drop(columns=["mrr_before", "mrr_after"])
    frame.to_csv("contracts.csv", index=False)
    done = pd.read_csv("initiatives.csv")
    metrics = json.loads(Path("model.json").read_text(encoding="utf-8"))["metrics"].values()
    [counted, *_] = [one["initiative"] for one in metrics if "initiative" in one]
    done[done["initiative"] != counted].to_csv("initiatives.csv", index=False)
    filters_stay(monkeypatch)
    result = run("evidence", "model.json", *TABLES, "-o", "all.state", "--quiet")
    assert result.exit_code == 0, result.output
    said = result.stderr.splitlines()
    assert len(said) == len(set(said)) >= 2 and all(one.startswith("warning: ") for one in said)
    assert any("lack an MRR" in one for one in said)
    assert any(f'"{counted}"' in one for one in said)
    assert not [one for one in recwarn if issubclass(one.category, aiueo.DataWarning)]


@pytest.mark.parametrize("filters", ["default", "error", "ignore"])
def test_doubts_are_lines_like_others(folder: Path, filters: str) -> None:
    """Those of tables that a command hands on, too, and not with a place in Python."""
    frame = pd.read_csv("contracts.csv").drop(columns=["mrr_before", "mrr_after"])
    frame.to_csv("contracts.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-m", "aiueo", "compare", "model.json", "model.json", *TABLES[:2]],
        capture_output=True,
        check=False,
        env=environment(PYTHONWARNINGS=filters),
    )
    assert done.returncode == 0, done.stderr
    [line] = [one for one in done.stderr.decode().splitlines() if "lack an MRR" in one]
    assert re.fullmatch(r"warning: \d+ of \d+ contracts lack an MRR; .*", line)
    assert done.stderr.count(b"\n") == 1


def test_halves_are_merged(folder: Path) -> None:
    for k in (1, 0):
        tables = [f"half{k}.parquet", *TABLES[1:]]
        assert run("evidence", "model.json", *tables, "-o", f"{k}.state").exit_code == 0
    result = run("merge", "model.json", "1.state", "0.state", "-o", "all.state")
    assert result.exit_code == 0, result.output
    assert Path("all.state").read_bytes() == Path("wanted.state").read_bytes()
    assert "written: all.state" in result.stdout
    state = Path("0.state").read_bytes()
    result = run("merge", "model.json", "1.state", "-", "-o", "again.state", stdin=state)
    assert Path("again.state").read_bytes() == Path("wanted.state").read_bytes()


def test_sorted_snapshots_are_counted_as_they_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiueo.cli._read._ROWS", 50)
    monkeypatch.setattr("aiueo.cli._read._BLOCK", 20_000)
    frame = pd.read_csv("snapshots.csv", dtype={"plan": str})
    ordered = frame.sort_values(["customer", "as_of"])
    ordered.to_csv("sorted.csv", index=False)
    ordered.to_parquet("sorted.parquet")
    pieces = []
    count = aiueo.Evidence._count
    monkeypatch.setattr(
        aiueo.Evidence,
        "_count",
        lambda self, batch, *others: (pieces.append(len(batch)), count(self, batch, *others))[1],
    )
    monkeypatch.setattr(
        aiueo.Evidence.update_stream, "__kwdefaults__", {**STREAM_DEFAULTS, "rows": 100}
    )
    for name in ("sorted.csv", "sorted.parquet"):
        tables = [name, *TABLES[1:], "-o", "all.state", "--sorted"]
        result = run("evidence", "model.json", *tables)
        assert result.exit_code == 0, result.output
        assert Path("all.state").read_bytes() == Path("wanted.state").read_bytes(), name
        assert len(pieces) > 5 and max(pieces) <= 120
        pieces.clear()
    ordered.sort_values("as_of").to_parquet("by_date.parquet")
    said = refused("evidence", "model.json", "by_date.parquet", *TABLES[1:], "-o", "s", "--sorted")
    assert said.startswith("aiueo: by_date.parquet, row ") and said.endswith("sort it by customer")
    assert not Path("s").exists()


def test_states_go_through_pipes(folder: Path) -> None:
    result = run("evidence", "model.json", *TABLES, "-o", "-")
    assert result.stdout_bytes == Path("wanted.state").read_bytes()
    assert "snapshots" in result.stderr and "written" not in result.stderr
    study = run("study", "renewal", "model.json", "-", stdin=result.stdout_bytes)
    assert study.exit_code == 0 and study.stdout.startswith("Of ")


def test_study_prints_the_finding(folder: Path) -> None:
    found = aiueo.load("model.json").read_evidence("wanted.state").study("renewal")
    from_state = run("study", "renewal", "model.json", "wanted.state")
    from_tables = run("study", "renewal", "model.json", *TABLES)
    assert from_state.exit_code == 0 and from_state.stderr == ""
    assert from_state.stdout == from_tables.stdout == f"{found}\n"
    japanese = run("study", "renewal", "model.json", "wanted.state", "--language", "ja")
    assert japanese.stdout == found.text("ja") + "\n"


def test_study_prints_json(folder: Path) -> None:
    seen = aiueo.load("model.json").read_evidence("wanted.state")
    plain = run("study", "renewal", "model.json", "wanted.state", "--json")
    assert json.loads(plain.stdout) == seen.study("renewal").to_dict()
    for words in (
        ["--lead", "0", "--kind", "trial"],
        ["--option", "lead=0", "--option", "kind=trial"],
    ):
        asked = run("study", "renewal", "model.json", "wanted.state", "--json", *words)
        assert json.loads(asked.stdout) == seen.study("renewal", lead=0, kind="trial").to_dict()


def test_help_names_every_study(folder: Path) -> None:
    text = run("study", "--help").stdout
    assert all(name in text for name in aiueo.studies())


def test_what_is_doubtful_is_said(folder: Path) -> None:
    result = run("study", "renewal", "model.json", "snapshots.csv", "contracts.csv")
    assert "none were given" in result.stderr
    contracts = pd.read_csv("contracts.csv")
    contracts["customer"] = "x" + contracts["customer"]
    contracts.loc[contracts["kind"] == "contract", "mrr_before"] = None
    contracts.to_csv("others.csv", index=False)
    result = run("evidence", "model.json", "snapshots.csv", "others.csv", *TABLES[2:], "-o", "s")
    assert result.exit_code == 0
    assert "lack an MRR" in result.stderr and "the same portfolio?" in result.stderr


def test_leaks_are_refused_or_dropped(folder: Path) -> None:
    rows = pd.read_csv("snapshots.csv")
    rows["nps@"] = pd.to_datetime(rows["as_of"]) + pd.Timedelta(days=200)
    rows.loc[rows["nps"].isna(), "nps"] = 5
    rows.to_csv("late.csv", index=False)
    tables = ["late.csv", *TABLES[1:], "-o", "late.state"]
    said = refused("evidence", "model.json", *tables)
    assert said.startswith("aiueo: late.csv, row ") and 'column "nps"' in said
    dropped = run("evidence", "model.json", *tables, "--drop-leaks", "--json")
    assert json.loads(dropped.stdout)["leaked"] > 0


def test_what_is_wrong_is_one_line(folder: Path) -> None:
    state = Path("wanted.state").read_bytes()
    Path("cut.state").write_bytes(state[:-3])
    model: dict[str, Any] = json.loads(Path("model.json").read_text(encoding="utf-8"))
    model["study"] = {"leads": [30]}
    Path("other.json").write_text(json.dumps(model), encoding="utf-8")
    study = ("study", "renewal", "model.json")
    out = ("-o", "out.state")
    for words, message in [
        (("study", "renewl", "model.json", "wanted.state"), 'did you mean "renewal"?'),
        ((*study, "snapshots.csv"), "snapshots.csv is one table"),
        ((*study, "a", "b", "c"), "3 files after the model"),
        ((*study, "wanted.state", "--lead", "7"), "one of the model's leads"),
        ((*study, "wanted.state", "--kind", "x"), '"contract", "trial"'),
        ((*study, "wanted.state", "--option", "lead"), "is not KEY=VALUE"),
        ((*study, "wanted.state", "--option", "led=0"), 'did you mean "lead"?'),
        ((*study, "wanted.state", "--option", "lead=" + "[" * 100_000), "nested too deeply"),
        ((*study, "wanted.state", "--drop-leaks"), "is for tables"),
        ((*study, "wanted.state", "--ranks", "ranks.csv"), "--ranks is for tables"),
        ((*study, "wanted.state", "--ledger", "ledger.csv"), "--ledger is for tables"),
        ((*study, "wanted.state", "--data-until", "2026-01-31"), "--data-until is for tables"),
        ((*study, *TABLES, "--data-until", "soon"), "is not a date"),
        ((*study, "cut.state"), "cut.state: not a state of evidence, or a damaged one"),
        ((*study, "none.state"), "none.state: No such file"),
        (("study", "renewal", "other.json", "wanted.state"), "wanted.state: "),
        (("merge", "model.json", "wanted.state", "cut.state", *out), "cut.state: "),
        (("merge", "model.json", "-", "-", *out), "standard input"),
        (("evidence", "model.json", "-", "-", *out), "standard input"),
        (("evidence", "model.json", *TABLES, "--ranks", "none.csv", *out), "none.csv"),
        (("evidence", "model.json", "-", *TABLES[1:], "--ranks", "-", *out), "standard input"),
        (("evidence", "model.json", *TABLES, "--ledger", "none.csv", *out), "none.csv"),
        (("evidence", "model.json", "-", *TABLES[1:], "--ledger", "-", *out), "standard input"),
        (("evidence", "model.json", *TABLES, "--ledger", "ledger.csv", "--part", *out), "--part"),
        (("evidence", "model.json", "snapshots.csv", "snapshots.csv", *out), 'column "start"'),
        (("evidence", "model.json", "contracts.csv", "contracts.csv", *out), "contracts.csv"),
        (("evidence", "model.json", *TABLES, "-o", "none/out.state"), "none"),
    ]:
        assert message in refused(*words), words


def test_a_contract_that_is_wrong_is_named(folder: Path) -> None:
    contracts = pd.read_csv("contracts.csv", dtype=str)
    contracts.loc[4, "outcome"] = "renewd"
    contracts.to_csv("contracts.csv", index=False)
    said = refused("evidence", "model.json", *TABLES, "-o", "out.state")
    assert said.startswith('aiueo: contracts.csv, row 5, column "outcome": "renewd" is not')


def test_ranks_go_into_evidence(folder: Path) -> None:
    plan = aiueo.load("model.json")
    tables = {name: pd.read_csv(f"{name}.csv") for name in ("initiatives", "ranks")}
    wanted = plan.evidence(pd.read_csv("snapshots.csv"), pd.read_csv("contracts.csv"), **tables)
    all_tables = [*TABLES, "--ranks", "ranks.csv"]
    result = run("evidence", "model.json", *all_tables, "-o", "all.state")
    assert result.exit_code == 0, result.output
    assert Path("all.state").read_bytes() == bytes(wanted)
    ranks = Path("ranks.csv").read_bytes()
    words = ["evidence", "model.json", *TABLES, "--ranks", "-", "-o", "again.state"]
    assert run(*words, stdin=ranks).exit_code == 0
    assert Path("again.state").read_bytes() == bytes(wanted)
    result = run("study", "renewal", "model.json", *all_tables)
    assert result.stdout == f"{wanted.study('renewal')}\n"
    for table, option, at, wrong, said in (
        ("ranks", "rank", 2, "AA", '"AA" is not a rank of the model'),
        ("ranks", "by", None, None, "already has a rank"),
        ("initiatives", "holdout", 3, "perhaps", ""),
    ):
        frame = pd.read_csv(f"{table}.csv", dtype=str)
        if at is None:
            frame = pd.concat([frame, frame.iloc[:1]])
        else:
            frame.loc[at, option] = wrong
        frame.to_csv(f"wrong-{table}.csv", index=False)
        words = [f"wrong-{table}.csv" if one == f"{table}.csv" else one for one in all_tables]
        message = refused("evidence", "model.json", *words, "-o", "out.state")
        row = len(frame) if at is None else at + 1
        assert message.startswith(f"aiueo: wrong-{table}.csv, row {row},") and said in message
    message = refused("score", "model.json", "snapshots.csv", *words[2:4], "-o", "x.csv")
    assert message.startswith("aiueo: wrong-initiatives.csv, row 4,")


def test_a_ledger_goes_into_evidence(folder: Path) -> None:
    plan = aiueo.load("model.json")
    snapshots, contracts, ledger = (
        pd.read_csv(f"{name}.csv") for name in ("snapshots", "contracts", "ledger")
    )
    known = {"initiatives": pd.read_csv("initiatives.csv"), "ledger": ledger}
    latest = max(snapshots["as_of"])
    wanted = plan.evidence(snapshots, contracts, **known)
    assert wanted.counts["payers_unseen"] > 5
    paid = [*TABLES, "--ledger", "ledger.csv", "-o", "all.state"]
    by_default = run("evidence", "model.json", *paid)
    assert by_default.exit_code == 0, by_default.output
    assert Path("all.state").read_bytes() == bytes(wanted)
    remark = f"money over time is counted until {latest}, the date of the latest snapshot"
    assert remark in by_default.stdout and "customers without snapshots" in by_default.stdout
    assert run("evidence", "model.json", *paid, "--quiet").output == ""
    as_json = run("evidence", "model.json", *paid, "--json")
    assert json.loads(as_json.stdout)["data_until"] == latest and remark not in as_json.output
    said = run("evidence", "model.json", *paid, "--data-until", latest)
    assert Path("all.state").read_bytes() == bytes(wanted) and remark not in said.output

    earlier = aiueo.Evidence(plan).update(
        snapshots, contracts, initiatives=known["initiatives"], data_until="2026-01-31"
    )
    earlier.count_unseen(contracts, data_until="2026-01-31")
    said = run("evidence", "model.json", *TABLES, "--data-until", "2026-01-31", "-o", "all.state")
    assert said.exit_code == 0 and Path("all.state").read_bytes() == bytes(earlier)
    run("evidence", "model.json", *TABLES, "-o", "all.state")
    assert Path("all.state").read_bytes() == Path("wanted.state").read_bytes()

    frame = pd.read_csv("ledger.csv", dtype=str)
    frame.loc[3, "mrr"] = "-5"
    frame.to_csv("ledger.csv", index=False)
    message = refused("evidence", "model.json", *paid)
    assert message.startswith("aiueo: ledger.csv, row 4, ") and "is negative" in message


def test_a_ledger_beside_sorted_snapshots(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiueo.cli._read._ROWS", 50)
    monkeypatch.setattr("aiueo.cli._read._BLOCK", 20_000)
    frame = pd.read_csv("snapshots.csv", dtype={"plan": str})
    ordered = frame.sort_values(["customer", "as_of"], ascending=[True, False])
    ordered.to_csv("sorted.csv", index=False)
    ordered.to_parquet("sorted.parquet")
    paid = [*TABLES[1:], "--ledger", "ledger.csv", "-o"]
    run("evidence", "model.json", "snapshots.csv", *paid, "all.state")
    wanted = Path("all.state").read_bytes()
    for name in ("sorted.csv", "sorted.parquet"):
        result = run("evidence", "model.json", name, *paid, "sorted.state", "--sorted")
        assert result.exit_code == 0, result.output
        assert Path("sorted.state").read_bytes() == wanted, name
        assert "the date of the latest snapshot" in result.stdout
    rows = Path("sorted.csv").read_bytes()
    words = ["evidence", "model.json", "-", *paid, "piped.state", "--sorted"]
    refusal = run(*words, stdin=rows)
    assert refusal.exit_code == 2 and "--ledger needs --data-until DATE" in refusal.stderr
    assert not Path("piped.state").exists()
    words += ["--data-until", max(frame["as_of"])]
    assert run(*words, stdin=rows).exit_code == 0
    assert Path("piped.state").read_bytes() == wanted
    # What is no date is told with its row, though the dates are read first.
    ordered.loc[ordered.index[70], "as_of"] = "soon"
    ordered.to_csv("wrong.csv", index=False)
    said = refused("evidence", "model.json", "wrong.csv", *paid, "wrong.state", "--sorted")
    assert said.startswith("aiueo: wrong.csv, row 71, ") and '"soon"' in said


def test_parts_of_the_customers(folder: Path) -> None:
    plan = aiueo.load("model.json")
    snapshots, contracts, ledger = (
        pd.read_csv(f"{name}.csv") for name in ("snapshots", "contracts", "ledger")
    )
    until = max(snapshots["as_of"])
    words = ["--ledger", "ledger.csv", "--data-until", until]
    for k in range(2):
        part = [f"half{k}.parquet", *TABLES[1:], *words, "-o", f"{k}.state"]
        assert run("evidence", "model.json", *part, "--part").exit_code == 0
    merged = run("merge", "model.json", "0.state", "1.state", "-o", "all.state")
    assert merged.exit_code == 0 and "twice" not in merged.output
    known = {"initiatives": pd.read_csv("initiatives.csv"), "ledger": ledger}
    wanted = aiueo.Evidence(plan).update(snapshots, contracts, **known, data_until=until)
    assert Path("all.state").read_bytes() == bytes(wanted)

    # Without --part each half counts the money of the other's customers.
    for k in range(2):
        part = [f"half{k}.parquet", *TABLES[1:], *words, "-o", f"{k}.state"]
        run("evidence", "model.json", *part)
    merged = run("merge", "model.json", "0.state", "1.state", "-o", "twice.state")
    assert merged.exit_code == 0 and "warning: 0.state and 1.state both tell of" in merged.stderr
    as_json = run("merge", "model.json", "0.state", "1.state", "-o", "twice.state", "--json")
    assert "count each with --part" in json.loads(as_json.stdout)["warnings"][0]
    assert as_json.stderr == ""

    run("evidence", "model.json", *TABLES, "-o", "1.state")
    message = refused("merge", "model.json", "0.state", "1.state", "-o", "all.state")
    assert message.startswith("aiueo: 1.state: ") and "different data_until" in message


def test_a_study_of_money_over_time_counts_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("study", "renewal", "model.json", *TABLES)
    assert "note" not in plain.stderr
    paid = run("study", "renewal", "model.json", *TABLES, "--ledger", "ledger.csv")
    assert paid.exit_code == 0 and paid.stdout == plain.stdout and "note" not in paid.stderr
    monkeypatch.setattr("aiueo.cli._study._OVER_TIME", ("renewal",))
    counted = []
    unseen = aiueo.Evidence.count_unseen
    monkeypatch.setattr(
        aiueo.Evidence,
        "count_unseen",
        lambda self, *tables, **known: (counted.append(known), unseen(self, *tables, **known))[1],
    )
    told = run("study", "renewal", "model.json", *TABLES)
    latest = max(pd.read_csv("snapshots.csv")["as_of"])
    assert told.stdout == plain.stdout
    assert told.stderr == (
        f"note: money over time is counted until {latest}, the date of the latest snapshot "
        "(--data-until)\n"
    )
    assert [str(one["data_until"]) for one in counted] == [latest]
    said = run("study", "renewal", "model.json", *TABLES, "--data-until", "2026-01-31")
    assert said.stderr == "" and str(counted[-1]["data_until"]) == "2026-01-31"
    as_json = run("study", "renewal", "model.json", *TABLES, "--json")
    assert as_json.stderr == "" and json.loads(as_json.stdout)["study"] == "renewal"
