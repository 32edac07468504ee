"""The command line: what it prints, writes and returns."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiueo
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest
from aiueo._ending import say
from aiueo._text import number
from aiueo.cli import cli
from aiueo.explain import component_rows
from aiueo.summary import share
from click.testing import CliRunner, Result
from places import ROOT
from portfolio import INITIATIVES

Rows = dict[str, list[Any]]


def text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_csv(path: Path, rows: Rows) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows([text(v) for v in row] for row in zip(*rows.values()))
    return path


@pytest.fixture
def folder(
    tmp_path: Path, model: dict[str, Any], rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(model, ensure_ascii=False), encoding="utf-8")
    write_csv(tmp_path / "snapshots.csv", rows)
    write_csv(tmp_path / "initiatives.csv", INITIATIVES)
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(cli, list(arguments), input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def refused(*arguments: str, stdin: bytes | None = None) -> str:
    """The one line of a refusal; nothing is written."""
    before = set(os.listdir())
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("aiueo: ")
    assert result.stderr.count("\n") == 1
    assert set(os.listdir()) == before
    return result.stderr.strip()


def scores_of(path: str) -> Any:
    if path.endswith(".csv"):
        empty = pa_csv.ConvertOptions(strings_can_be_null=True)
        return pa_csv.read_csv(path, convert_options=empty)
    if path.endswith(".parquet"):
        return pa_parquet.read_table(path)
    return pa.ipc.open_file(path).read_all()


def columns_of(table: Any) -> dict[str, list[Any]]:
    return {name: table.column(name).to_pylist() for name in table.column_names}


ENDINGS = ["csv", "parquet", "arrow"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_score_writes_the_scores(folder: Path, plan: aiueo.Plan, rows: Rows, ending: str) -> None:
    options = ["--initiatives", "initiatives.csv", "--detail", "-o", f"scores.{ending}"]
    result = run("score", "model.json", "snapshots.csv", *options)
    assert result.exit_code == 0, result.output
    wanted = plan.score(rows, initiatives=INITIATIVES, detail=True).to_dict()
    got = columns_of(scores_of(f"scores.{ending}"))
    for name, values in wanted.items():
        assert got[name] == values, name
    assert sorted(os.listdir()) == sorted(
        ["model.json", "snapshots.csv", "initiatives.csv", f"scores.{ending}"]
    )


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_score_reads_every_format(folder: Path, plan: aiueo.Plan, rows: Rows, ending: str) -> None:
    table = pa.table(rows)
    if ending == "parquet":
        pa_parquet.write_table(table, "snapshots.parquet", row_group_size=100)
    else:
        with pa.OSFile("snapshots.arrow", "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table, max_chunksize=100)
        with pa.OSFile("stream.arrows", "wb") as file, pa.ipc.new_stream(file, table.schema) as out:
            out.write_table(table, max_chunksize=100)
        assert run("score", "model.json", "stream.arrows", "-o", "s.csv").exit_code == 0
    result = run("score", "model.json", f"snapshots.{ending}", "-o", "scores.parquet")
    assert result.exit_code == 0, result.output
    assert columns_of(scores_of("scores.parquet")) == plan.score(rows).to_dict()


def test_the_summary_is_for_people(folder: Path) -> None:
    result = run("score", "model.json", "snapshots.csv", "-o", "scores.csv")
    for found in (
        "600 rows",
        "う Utilization",
        "伴走 Touch",
        "insufficient",
        "median",
        "Onboard",
        "could be",
        "Lv3",
        "nps",
        "stale",
        "written: scores.csv",
        "warning: the model counts initiatives",
    ):
        assert found in result.stdout, found
    assert "\x1b" not in result.output
    assert run("score", "model.json", "snapshots.csv", "-o", "s.csv", "--quiet").output == ""


def test_an_initiative_that_no_row_has_is_said_once(folder: Path, rows: Rows) -> None:
    text = Path("initiatives.csv").read_text(encoding="utf-8")
    assert "user_meeting" in text
    Path("initiatives.csv").write_text(text.replace("user_meeting", "meeting"), encoding="utf-8")
    options = ["--initiatives", "initiatives.csv"]
    said = 'warning: no row of the initiatives table has initiative "user_meeting"'
    scored = run("score", "model.json", "snapshots.csv", *options, "-o", "scores.csv")
    assert scored.output.count(said) == 1 and scored.stdout.count(said) == 1
    who = ["--customer", rows["customer"][0]]
    why = run("explain", "model.json", "snapshots.csv", *options, *who)
    assert why.output.count(said) == 1 and why.stderr.count(said) == 1


def test_json_before_and_after(folder: Path) -> None:
    command = ["score", "model.json", "snapshots.csv", "-o", "scores.csv"]
    for arguments in (["--json", *command], [*command, "--json"]):
        out = json.loads(run(*arguments).stdout)
        assert out["rows"] == 600
        assert out["output"] == "scores.csv"
    found = run("--json", "explain", "model.json", "snapshots.csv", "--customer", "顧客7").stdout
    out = json.loads(found)
    assert out["explanation"]["customer"] == "顧客7"
    assert out["gaps"][0]["ladder"] == "stage"
    assert json.loads(run("check", "model.json", "--json").stdout)["usable"] is True


def test_standard_input_and_output(folder: Path) -> None:
    data = (folder / "snapshots.csv").read_bytes()
    result = run("score", "model.json", "-", "-o", "-", stdin=data)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 601
    assert "customer" in lines[0]
    assert "600 rows" in result.stderr
    assert "not both" in refused(
        "score", "model.json", "-", "--initiatives", "-", "-o", "x.csv", stdin=b""
    )


def test_options_of_score(folder: Path, rows: Rows) -> None:
    less = {n: v for n, v in rows.items() if n not in ("seats", "as_of")}
    less["customer"] = [*rows["customer"][:599], rows["customer"][0]]
    less["nps"] = ["N/A" if v is None else v for v in rows["nps"]]
    write_csv(folder / "less.csv", less)
    command = ["score", "model.json", "less.csv", "-o", "scores.csv"]
    assert '"seats"' in refused(*command, "--as-of", "2026-11-21", "--null", "N/A")
    command.append("--allow-missing-columns")
    assert '"as_of"' in refused(*command, "--null", "N/A")
    assert '"N/A" is not a number' in refused(*command, "--as-of", "2026-11-21")
    assert "is not a date" in refused(*command, "--as-of", "21/11")
    command += ["--as-of", "2026-11-21", "--null", "NA", "--null", "N/A"]
    assert "row 600" in refused(*command)
    assert run(*command, "--no-duplicate-check").exit_code == 0
    with_word = scores_of("scores.csv").column("E").to_pylist()
    assert run(*command, "--no-duplicate-check", "--no-overrides").exit_code == 0
    assert scores_of("scores.csv").column("E").to_pylist() != with_word


def test_formulas_are_defused_on_request(folder: Path, rows: Rows) -> None:
    marks = ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "plain", 'q"x', "a,b"]
    evil = {n: v[: len(marks)] for n, v in rows.items()}
    evil["customer"] = marks
    write_csv(folder / "evil.csv", evil)
    for option, wanted in (
        ([], marks),
        (
            ["--formula-safe"],
            [f"'{m}" if m[0] in "=+-@\t\r" else m for m in marks],
        ),
    ):
        assert run("score", "model.json", "evil.csv", "-o", "s.csv", *option).exit_code == 0
        with open("s.csv", encoding="utf-8", newline="") as file:
            assert [row["customer"] for row in csv.DictReader(file)] == wanted


def test_explain(folder: Path) -> None:
    result = run(
        "explain",
        "model.json",
        "snapshots.csv",
        "--initiatives",
        "initiatives.csv",
        "--customer",
        "顧客7",
        "--to",
        "Loyal",
    )
    assert result.exit_code == 0, result.output
    for found in ("顧客7", "い Implementation", "お Outcome", "because", "stage:"):
        assert found in result.stdout, found
    assert result.stderr == ""
    assert (
        "none were given"
        in run("explain", "model.json", "snapshots.csv", "--customer", "c-0001").stderr
    )
    assert "nobody" in refused("explain", "model.json", "snapshots.csv", "--customer", "nobody")
    assert "did you mean" in refused(
        "explain", "model.json", "snapshots.csv", "--customer", "c-0001", "--to", "Loyl"
    )


WHY = {
    "aiueo": 1,
    "currency": "JPY",
    "metrics": {
        "mrr": {"type": "money", "min": 0},
        "rank": {"type": "category"},
        "use": {"type": "number"},
        "nps": {"type": "number"},
    },
    "axes": {
        "A": {
            "components": {
                "paid": {"metric": "mrr", "curve": [[0, 0], [100, 100]], "missing": "pessimistic"},
                "rank": {"metric": "rank", "table": {"a": 100, "b": 0}},
            },
            "min_coverage": 0,
        },
        "U": {
            "components": {
                "use": {"metric": "use", "curve": [[0, 0], [100, 100]], "weight": 3},
                "nps": {
                    "metric": "nps",
                    "curve": [[0, 0], [10, 100]],
                    "missing": {"prior": 50},
                    "weight": 2,
                },
            }
        },
    },
    "overall": {"weights": {"A": 1, "U": 1}},
}


def explained(*options: str) -> str:
    result = run("explain", "why.json", "why.csv", *options)
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.stdout.splitlines())


@pytest.fixture
def why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("why.json").write_text(json.dumps(WHY))
    rows = {
        "customer": ["a", "b", "c"],
        "as_of": ["2026-11-21"] * 3,
        "mrr": ["10", "1.5", "-5"],
        "rank": ["z", "a", ""],
        "use": ["81.25", "80", ""],
        "nps": ["", "5", ""],
    }
    write_csv(Path("why.csv"), rows)


def test_explain_says_why_a_component_does_not_count(why: None) -> None:
    assert "rank = z unseen\n" in explained("--customer", "a")
    assert "mrr = 1.5 invalid\n" in explained("--customer", "b")
    assert "mrr = -5 invalid\n" in explained("--customer", "c")


def test_what_stands_in_gives_points_too(why: None) -> None:
    lines = explained("--customer", "a").splitlines()
    axis = next(k for k, line in enumerate(lines) if "Utilization" in line)
    assert lines[axis] == "う Utilization: 68.8 (48.8 to 88.8, 60% known)"
    assert lines[axis + 2].split()[1:4] == ["81.3", "3", "48.8"]
    assert lines[axis + 3].split()[1:4] == ["(50)", "2", "(20)"]
    found = aiueo.load(WHY).explain({n: [v] for n, v in ONE.items()}, row=0)
    for one in found["axes"]:
        given = [float(row[3].strip("()")) for row in component_rows(one) if row[3] != "–"]
        assert sum(given) == pytest.approx(one["before_limits"], abs=0.1)


ONE: dict[str, Any] = {
    "customer": "a",
    "as_of": "2026-11-21",
    "mrr": None,
    "rank": "a",
    "use": 81.25,
    "nps": None,
}


def test_without_an_overall_score_explain_says_what_is_unknown(why: None) -> None:
    text = explained("--customer", "c")
    assert "overall has no score; unknown: U (use, nps)" in text
    assert "would move" not in text
    assert "would move overall most: A.paid" in explained("--customer", "a")
    found = aiueo.load(WHY).explain({n: [v] for n, v in {**ONE, "use": None}.items()}, row=0)
    assert str(found).endswith("\noverall has no score; unknown: U (use, nps)")


def test_one_rounding() -> None:
    figures = [(81.25, "81.3"), (-0.04, "0"), (1234.25, "1,234.3"), (7.0, "7"), (-2.25, "-2.3")]
    for value, shown in figures:
        assert number(value) == shown
    assert (number(0.125, 2), number(1e300)[:5], number(float("inf"))) == ("0.13", "1,000", "inf")
    assert share(1, 800) == "0.1%"


def test_check(folder: Path, model: dict[str, Any]) -> None:
    result = run("check", "model.json")
    assert result.exit_code == 0
    for found in (
        "is good",
        "う Utilization",
        "login_rate",
        "Onboard",
        "hypothesis",
        "profile trial changes",
        "left out",
    ):
        assert found in result.stdout, found
    broken = json.dumps({**model, "axs": {}, "bands": {"edges": [50, 20]}, "ladder": 1}, indent=1)
    Path("broken.json").write_text(broken, encoding="utf-8")
    result = run("check", "broken.json")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) > 2
    assert all("broken.json:" in line for line in lines)
    assert "errors" in lines[-1]
    assert "more: aiueo check broken.json" in refused(
        "score", "broken.json", "snapshots.csv", "-o", "x.csv"
    )
    assert "nothing.json" in refused("check", "nothing.json")


def test_bad_use(folder: Path) -> None:
    assert refused("scor") == 'aiueo: No such command "scor"; did you mean "score"?'
    assert "there are demo, check, score, explain" in refused("zzz")
    assert "--output" in refused("score", "model.json", "snapshots.csv")
    assert "says no format" in refused("score", "model.json", "snapshots.csv", "-o", "s.xlsx")
    assert "says no format" in refused("score", "model.json", "snapshots", "-o", "s.csv")
    assert "nowhere" in refused("score", "model.json", "snapshots.csv", "-o", "nowhere/s.csv")
    assert "No such file" in refused("score", "model.json", "none.csv", "-o", "s.csv")
    (folder / "folder.csv").mkdir()
    assert "is a folder" in refused("score", "model.json", "snapshots.csv", "-o", "folder.csv")
    assert "is a folder" in refused("score", "model.json", "folder.csv", "-o", "s.csv")
    assert run("--help").exit_code == 0
    assert "demo" in run("--help").stdout
    assert re.fullmatch(r"aiueo 0\.\S+ \((portable|x86-64-v[234])\)\n", run("--version").stdout)


def test_the_column_as_of_wins_over_the_option(folder: Path) -> None:
    warning = 'has a column "as_of", which decides; --as-of is not used\n'
    files = ["model.json", "snapshots.csv", "--as-of", "2020-01-01"]
    result = run("score", *files, "-o", "with.csv", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"warning: snapshots.csv: {warning}"
    assert run("score", *files[:2], "-o", "without.csv", "--quiet").output == ""
    assert Path("with.csv").read_bytes() == Path("without.csv").read_bytes()
    assert warning in run("explain", *files, "--customer", "c-0001").stderr


def test_a_model_without_a_name(why: None) -> None:
    plan = aiueo.load(WHY)
    scores = plan.score({name: [value] for name, value in ONE.items()})
    shown = [
        run("check", "why.json").stdout,
        run("score", "why.json", "why.csv", "-o", "s.csv").stdout,
        repr(plan),
        repr(scores),
        str(scores.summary()),
        repr(plan.batch({name: [value] for name, value in ONE.items()})),
    ]
    assert shown[0].startswith("why.json: the model is good\n")
    assert shown[1].startswith("3 rows scored in ")
    assert not any("''" in text for text in shown), shown


def test_a_score_is_rounded_alike_in_a_gap(why: None) -> None:
    ladders = {"stage": [{"name": "Low"}, {"name": "High", "when": "U >= 90 && use >= 90"}]}
    Path("why.json").write_text(json.dumps({**WHY, "ladders": ladders}))
    text = explained("--customer", "a")
    assert "U >= 90 (High): unmet, now 68.8, 21.3 to go" in text
    assert "use >= 90 (High): unmet, now 81.25, 8.75 to go" in text


def test_a_message_has_one_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    say("aiueo: the library cannot be loaded")
    assert capsys.readouterr().err == "aiueo: the library cannot be loaded\n"


def test_demo(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    result = run("demo", "--customers", "200", "--months", "12", "--write", str(place))
    assert result.exit_code == 0, result.output
    for found in (
        "あ Account",
        "the portfolio today",
        "ten customers",
        "explained",
        "next",
        "aiueo check",
        "aiueo score",
        "aiueo study bottleneck",
        "aiueo study renewal",
    ):
        assert found in result.stdout, found
    names = ["contracts", "initiatives", "ledger", "ranks", "scores_today", "snapshots"]
    assert sorted(os.listdir(place)) == sorted([*(f"{n}.csv" for n in names), "model.json"])
    # What it tells people to try works.
    files = [f"{place}/model.json", f"{place}/snapshots.csv"]
    out = f"{place}/scores.parquet"
    assert (
        run("score", *files, "--initiatives", f"{place}/initiatives.csv", "-o", out).exit_code == 0
    )
    chain, renewal = [line.split() for line in result.stdout.splitlines() if "aiueo study" in line]
    assert "1→2  contact → use" in run(*chain[1:]).stdout
    assert run(*renewal[1:]).stdout.startswith("Of ")
    assert "in this world nothing is broken" in run("demo", "--world", "flows").stdout
    refused = run("demo", "--world", "flow")
    assert refused.exit_code == 2 and "there are flows, broken-1-2" in " ".join(
        refused.output.replace("│", " ").split()
    )
    assert run("demo", "--customers", "50", "--months", "6").exit_code == 0
    assert json.loads(run("--json", "demo", "--customers", "50", "--months", "6").stdout)["rows"]


def environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "capi" / "python"), **extra}


def test_a_real_process(folder: Path) -> None:
    command = [sys.executable, "-m", "aiueo", "score", "model.json", "-", "-o", "-"]
    with open("snapshots.csv", "rb") as file:
        done = subprocess.run(
            command, stdin=file, capture_output=True, check=False, env=environment(NO_COLOR="1")
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"\n") == 601
    assert "600 rows" in done.stderr.decode()
    done = subprocess.run(
        [sys.executable, "-m", "aiueo", "check", "none.json"],
        capture_output=True,
        check=False,
        env=environment(),
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("aiueo: none.json: ")


def test_the_extra_is_named_where_it_is_missing(folder: Path) -> None:
    code = "import sys; sys.modules['rich'] = None; import aiueo.__main__ as m; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=environment()
    )
    assert done.returncode == 2
    assert done.stderr.decode() == 'aiueo: the command line needs rich: pip install "aiueo[cli]"\n'


@pytest.mark.parametrize(
    ("broken", "line", "status"),
    [
        (
            "raise ImportError('libx.so: cannot open shared object file')",
            "the command line cannot be loaded: libx.so: cannot open shared object file",
            2,
        ),
        ("raise MemoryError", "not enough memory", 2),
        ("raise OSError(24, 'Too many open files', 'x.so')", "x.so: Too many open files", 2),
        ("raise KeyboardInterrupt", "stopped", 130),
        (
            "raise RuntimeError('of some\\nkind')",
            "unexpected RuntimeError: of some kind; this is a fault of aiueo (AIUEO_DEBUG=1 shows "
            "where)",
            70,
        ),
    ],
)
def test_what_fails_before_there_are_commands(
    tmp_path: Path, broken: str, line: str, status: int
) -> None:
    (tmp_path / "click.py").write_text(broken, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "capi" / "python")])
    command = [sys.executable, "-m", "aiueo", "check", "model.json"]
    done = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.decode() == f"aiueo: {line}\n"
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "AIUEO_DEBUG": "1"},
    )
    assert done.returncode == status and (b"Traceback" in done.stderr) == (status == 70)


def test_stopped_while_the_last_of_it_is_written() -> None:
    """After the last command: what it printed waits for whoever reads, and Ctrl-C ends that."""
    code = (
        "import sys, aiueo.__main__ as m\n"
        "class Slow:\n"
        "    def flush(self): raise KeyboardInterrupt\n"
        "m._run = lambda: 0\n"
        "sys.stdout = Slow()\n"
        "m.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=environment()
    )
    assert (done.returncode, done.stderr) == (130, b"aiueo: stopped\n")


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopping_leaves_nothing_half_written(folder: Path, how: str) -> None:
    if not hasattr(signal, how) or signal.getsignal(getattr(signal, how)) is signal.SIG_IGN:
        pytest.skip(f"{how} is not there, or ignored by all that is started here")
    data = (folder / "snapshots.csv").read_bytes()
    head, _, body = data.partition(b"\n")
    command = [
        sys.executable,
        "-m",
        "aiueo",
        "score",
        "model.json",
        "-",
        "-o",
        "scores.csv",
        "--no-duplicate-check",
    ]
    before = sorted(os.listdir())
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(head + b"\n")
    for _ in range(200):  # several blocks, so that scoring is under way; it then waits for more
        process.stdin.write(body)
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not any(name.endswith(".part") for name in os.listdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(getattr(signal, how))
    with contextlib.suppress(BrokenPipeError):  # it may have stopped already
        process.stdin.write(body * 200)
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 130, errors
    assert errors == b"aiueo: stopped\n"
    assert sorted(os.listdir()) == before


def many(folder: Path, name: str, first: bytes | None = None) -> Path:
    """Several blocks of CSV; `first` stands in the first row's seats."""
    lines = (folder / "snapshots.csv").read_bytes().split(b"\r\n")
    body = b"\r\n".join(lines[1:])
    cells = lines[1].split(b",")
    if first is not None:
        cells[lines[0].split(b",").index(b"seats")] = first
    path = folder / name
    path.write_bytes(lines[0] + b"\r\n" + b",".join(cells) + b"\r\n" + body * 200)
    return path


def test_an_error_while_standard_input_still_comes(folder: Path) -> None:
    """Nothing waits for the rest, and no thread that reads ahead is caught by the end."""
    data = many(folder, "bad.csv", b'"1,200"').read_bytes()
    command = [sys.executable, "-m", "aiueo", "score", "model.json", "-", "-o", "s.csv"]
    for _ in range(5):
        process = subprocess.Popen(
            [*command, "--no-duplicate-check", "--quiet"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdin is not None
        assert process.stderr is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(data)
            process.stdin.flush()
        assert process.wait(30) == 2  # and our end is open
        errors = process.stderr.read().decode()
        process.stderr.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        assert errors.startswith('aiueo: standard input, row 1, column "seats": "1,200"'), errors
        assert errors.count("\n") == 1, errors


@pytest.mark.parametrize("quiet", [["--quiet"], []])
def test_a_reader_that_has_seen_enough(folder: Path, quiet: list[str]) -> None:
    many(folder, "many.csv")
    command = [sys.executable, "-m", "aiueo", "score", "model.json", "many.csv", "-o", "-"]
    for _ in range(3):
        process = subprocess.Popen(
            [*command, "--no-duplicate-check", *quiet],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'"customer"')
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        assert (process.wait(30), errors) == (0, b"")


def test_output_that_cannot_be_written(folder: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        for arguments in (["check", "model.json"], ["score", "model.json", "snapshots.csv", "-o-"]):
            done = subprocess.run(
                [sys.executable, "-m", "aiueo", *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
                env=environment(),
            )
            assert done.returncode == 2
            assert done.stderr.decode().count("\n") == 1, done.stderr
