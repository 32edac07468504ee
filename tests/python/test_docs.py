"""What the documentation shows is true: it is checked, run, and the answers are compared.

In README.md and docs/*.md, by the word behind the fence:

``json``     a whole model (it begins with ``{``) is checked, and becomes the page's
             ``model.json``. A piece of one, put into the page's model (or the golden example's
             scores), has no problem either.
``console``  lines beginning with ``$ `` are run in the page's own folder, and what they print is
             compared. A line ``…`` stands for any lines. ``$ cat FILE`` of a file that is not
             there makes it as shown.
``python``   is executed with ``model.json`` and made-up ``snapshots`` at hand.
``cpp``      compiles: the README's piece, and of other pages all pieces, one after the other.
``c``        compiles: each piece as the body of a function.
``go``       is compiled and run by capi/go/page_test.go.
``text``     is no code: what a program says, a diagram.

``sh``, ``cmake`` and ``py`` are run by the tests that `ELSEWHERE` names. Any other piece is called
a fragment behind its language, as in ``sh fragment``.

Besides: tables headed ``written | answer`` are pieces that are refused, and why; the README's
``./dev run aiueo`` lines are run; links lead somewhere.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

aiueo = pytest.importorskip("aiueo", reason="the package aiueo cannot be imported")

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GOLDEN = ROOT / "tests" / "golden" / "models" / "hr-saas.json"


#: Blocks that other tests run, and the test that names the page.
ELSEWHERE = {
    ("README.md", "sh"): "tests/python/test_docs.py",
    ("install.md", "sh"): "tests/package/test_install_page.py",
    ("install.md", "cmake"): "tests/package/test_install_page.py",
    ("spark.md", "py"): "tests/spark/test_spark_submit.py",
}


class Block(NamedTuple):
    page: Path
    line: int
    word: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page.name}:{self.line}"


@cache
def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    out: list[Block] = []
    word, begin, lines = None, 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            if word is None:
                word, begin, lines = line[3:].strip(), number, []
            else:
                out.append(Block(page, begin, word, "\n".join(lines)))
                word = None
        elif word is not None:
            lines.append(line)
    assert word is None, f"{page.name}:{begin}: the block is not closed"
    return out


def of_word(word: str) -> list[Block]:
    return [one for page in PAGES for one in blocks(page) if one.word == word]


def is_model(one: Block) -> bool:
    return one.word == "json" and one.text.startswith("{")


def model_of(page: Path) -> dict[str, Any]:
    """The first whole model of a page, else the scores of the golden example."""
    for one in blocks(page):
        if is_model(one):
            return json.loads(one.text)
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return {
        key: golden[key] for key in ("aiueo", "currency", "metrics", "touch", "axes", "overall")
    }


def with_piece(model: dict[str, Any], piece: str) -> dict[str, Any]:
    """A model with the members of a piece, `"key": …, "key": …`, merged in."""

    def merge(into: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
        for key, each in value.items():
            old = into.get(key)
            into[key] = (
                merge(old, each) if isinstance(old, dict) and isinstance(each, dict) else each
            )
        return into

    return merge(copy.deepcopy(model), json.loads("{" + piece + "}"))


def problems(model: dict[str, Any] | str) -> list[str]:
    text = model if isinstance(model, str) else json.dumps(model, ensure_ascii=False)
    return [f"{one.level}: {one.path} {one.message}" for one in aiueo.check(text.encode())]


# ── models ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("one", of_word("json"), ids=lambda one: one.id)
def test_models_and_their_pieces_are_good(one: Block) -> None:
    assert problems(one.text if is_model(one) else with_piece(model_of(one.page), one.text)) == []


def refusals() -> list[Any]:
    out = []
    for page in PAGES:
        inside = False
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            inside = line.startswith("|") and (inside or line.startswith("| written | answer |"))
            cells = re.fullmatch(r"\| `(.+?)` \| `(.+)` \|", line) if inside else None
            if cells:
                out.append(pytest.param(page, cells[1], cells[2], id=f"{page.name}:{number}"))
    return out


def test_refusals_are_found() -> None:
    assert len(refusals()) >= 20


@pytest.mark.parametrize(("page", "piece", "answer"), refusals())
def test_what_is_refused_is_answered_so(page: Path, piece: str, answer: str) -> None:
    found = problems(with_piece(model_of(page), piece))
    assert any(one.startswith("error: " + answer) for one in found), found


def test_the_readme_shows_the_problem_of_its_own_model() -> None:
    """The README misspells a name of its model and shows what check says."""
    readme = PAGES[0]
    (good,) = (one.text for one in blocks(readme) if is_model(one))
    (shown,) = (
        one.text for one in blocks(readme) if one.text.startswith(("error:", "model.json:"))
    )
    right = re.search(r'did you mean "(\w+)"', shown)
    wrong = re.search(r' "(\w+)" is not a metric', shown)
    assert right and wrong
    bad = good.replace(f'"metric": "{right[1]}"', f'"metric": "{wrong[1]}"')
    assert shown in [f"{one.level}: {one.text}" for one in aiueo.check(bad.encode())]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


class Shell:
    """A folder in which `aiueo` is the tree's command line, and `python` this one."""

    def __init__(self, folder: Path) -> None:
        for name in ("click", "rich", "pyarrow", "numpy"):
            pytest.importorskip(name, reason=f"the command line needs {name}")
        self.folder = folder / "page"
        self.folder.mkdir()
        commands = folder / "bin"
        commands.mkdir()
        for name, what in (("aiueo", " -m aiueo"), ("python", "")):
            command = commands / name
            command.write_text(
                f'#!/bin/sh\nexec {shlex.quote(sys.executable)}{what} "$@"\n', encoding="utf-8"
            )
            command.chmod(0o755)
        paths = [str(ROOT / "capi" / "python"), os.environ.get("PYTHONPATH", "")]
        self.environment = {
            **os.environ,
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PYTHONUTF8": "1",
        }
        if "AIUEO_LIBRARY" in os.environ:
            self.environment["AIUEO_LIBRARY"] = os.path.abspath(os.environ["AIUEO_LIBRARY"])

    def run(self, command: str) -> tuple[int, str]:
        """Exit status, and output and errors together, without what differs from run to run."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        return done.returncode, settled(done.stdout.decode("utf-8"))


def settled(text: str) -> str:
    text = re.sub(r"in [\d.]+ s \([\d,]+ a second\)", "in T s (R a second)", text)
    return "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n"))


def like(shown: str, printed: str) -> bool:
    """Is it what is shown, where a line ``…`` stands for any lines?"""
    first, *rest = re.split(r"^…$\n?", shown, flags=re.MULTILINE)
    if not rest:
        return printed == first
    *middle, last = rest
    if not printed.startswith(first) or not printed.endswith(last):
        return False
    at, end = len(first), len(printed) - len(last)
    for part in middle:
        while (at := printed.find(part, at, end)) > 0 and printed[at - 1] != "\n":
            at += 1
        if at < 0:
            return False
        at += len(part)
    return at <= end


@pytest.mark.parametrize(
    ("printed", "is_like"),
    [
        ("a\nb\nc\nd", True),
        ("a\nx\ny\nc\nz\nd", True),
        ("a\nc\nd", True),
        ("a\nxc\nd", False),
        ("a\nb\nd", False),
        ("a\nc\ne", False),
        ("b\nc\nd", False),
    ],
)
def test_a_line_of_dots_stands_for_any_lines(printed: str, is_like: bool) -> None:
    assert like("a\n…\nc\n…\nd", printed) is is_like


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what follows it."""
    assert text.startswith("$ ")
    out = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, answer = part.partition("\n")
        out.append((command, answer.rstrip("\n")))
    return out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_consoles(page: Path, tmp_path: Path) -> None:
    if not any(one.word == "console" for one in blocks(page)):
        pytest.skip("the page shows no console")
    shell = Shell(tmp_path)
    for one in blocks(page):
        if is_model(one):
            (shell.folder / "model.json").write_text(one.text + "\n", encoding="utf-8")
        if one.word != "console":
            continue
        for command, answer in commands(one.text):
            made = re.fullmatch(r"cat ([\w.-]+)", command)
            if made and not (shell.folder / made[1]).exists():
                (shell.folder / made[1]).write_text(answer + "\n", encoding="utf-8")
                continue
            _, printed = shell.run(command)
            assert like(settled(answer), printed), f"{one.id}: $ {command}\n{printed}"


def test_the_readmes_commands_run(tmp_path: Path) -> None:
    lines = [
        line.partition("./dev run ")[2]
        for one in blocks(PAGES[0])
        for line in one.text.splitlines()
        if line.startswith("./dev run aiueo ")
    ]
    assert len(lines) >= 4
    shell = Shell(tmp_path)
    for line in lines:
        status, printed = shell.run(line)
        assert status == 0, f"{line}\n{printed}"


def test_the_readmes_model_can_be_checked_scored_explained(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (good,) = (one.text for one in blocks(PAGES[0]) if is_model(one))
    (shell.folder / "model.json").write_text(good, encoding="utf-8")
    table = snapshots(json.loads(good))
    lines = [
        ",".join(table),
        *(",".join(str(cell) for cell in row) for row in zip(*table.values())),
    ]
    (shell.folder / "snapshots.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for command in (
        "aiueo check model.json",
        "aiueo score model.json snapshots.csv -o scores.csv",
        "aiueo explain model.json snapshots.csv --customer c-7",
    ):
        status, printed = shell.run(command)
        assert status == 0, f"{command}\n{printed}"


def test_every_option_is_in_the_reference() -> None:
    """docs/files.md names every option of every command, and no other."""
    pytest.importorskip("click", reason="the command line needs click")
    from aiueo.cli import cli

    context = cli.make_context("aiueo", ["--json", "demo"], resilient_parsing=True)
    groups = [cli, *(cli.get_command(context, name) for name in cli.list_commands(context))]
    groups += [
        part for one in groups[1:] if hasattr(one, "commands") for part in one.commands.values()
    ]
    real = {
        option
        for one in groups
        for parameter in one.params
        for option in parameter.opts
        if option[:2] == "--"
    }
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    reference = text[text.index("## Commands") : text.index("## Messages")]
    assert set(re.findall(r"--[a-z][a-z-]*", reference)) - {"--help"} == real - {"--help"}
    for name in cli.list_commands(context):
        assert f"### aiueo {name}" in reference


# ── Python ───────────────────────────────────────────────────────────────────────────────────────


def snapshots(model: dict[str, Any]) -> dict[str, list[Any]]:
    """Two customers with a value for every column that a model may read."""
    values: dict[str, list[Any]] = {"customer": ["c-7", "c-8"], "as_of": ["2026-11-21"] * 2}
    made = {
        "number": [9, 3],
        "money": [1200, 300],
        "flag": [True, False],
        "date": ["2026-10-01"] * 2,
        "category": "ab",
    }
    for name, metric in model["metrics"].items():
        if "type" in metric:
            values[name] = list(made[metric["type"]])
            if "max_age_days" in metric:
                values[name + "@"] = ["2026-10-01"] * 2
    return values


@pytest.mark.parametrize("one", of_word("python"), ids=lambda one: one.id)
def test_python_runs(one: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas", reason="the examples use pandas")
    model = model_of(one.page)
    (tmp_path / "model.json").write_text(json.dumps(model), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(one.text, one.id, "exec"), {"snapshots": snapshots(model)})


# ── C++ ──────────────────────────────────────────────────────────────────────────────────────────


def compiles(source: Path) -> None:
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++")
    done = subprocess.run(
        [compiler, "-std=c++20", "-fsyntax-only", f"-I{ROOT / 'include'}", str(source)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES[1:] if any(one.word == "cpp" for one in blocks(page))],
    ids=lambda page: page.name,
)
def test_cpp_compiles(page: Path, tmp_path: Path) -> None:
    source = tmp_path / "page.cpp"
    pieces = [one.text for one in blocks(page) if one.word == "cpp"]
    source.write_text("\n\n".join(pieces) + "\n", encoding="utf-8")
    compiles(source)


def test_the_readmes_cpp_compiles(tmp_path: Path) -> None:
    (shown,) = (one.text for one in blocks(PAGES[0]) if one.word == "cpp")
    include, body = shown.split("\n\n", 1)
    given = (
        "std::string text, std::int64_t rows, std::vector<std::string> ids,"
        " std::vector<std::int32_t> days, std::vector<double> logins, std::vector<double> seats,"
        " std::vector<std::uint8_t> setup"
    )
    source = tmp_path / "readme.cpp"
    source.write_text(
        f"#include <cstdint>\n#include <string>\n#include <vector>\n{include}\n"
        f"void readme({given}) {{\n{body}\n}}\n",
        encoding="utf-8",
    )
    compiles(source)


# ── C ────────────────────────────────────────────────────────────────────────────────────────────

#: What the reader of a piece of C has already.
GIVEN = """\
    const char *json = 0; size_t json_length = 0, count = 0, needed = 0; int64_t rows = 0;
    char text[4096];
    int32_t today = 0, trial = 0; const double *u = 0;
    aiueo_plan *plan = 0; aiueo_batch *batch = 0; aiueo_scores *scores = 0;
    aiueo_batch_options options = {.struct_size = sizeof options};
    aiueo_column column = {.struct_size = sizeof column};
    int32_t metrics[1]; int32_t observed[1]; double values[1];
"""


def test_c_compiles(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    pieces = of_word("c")
    assert len(pieces) >= 2
    source = ["#include <aiueo.h>"]
    for k, one in enumerate(pieces):
        source += [f"int piece_{k}(void);", f"int piece_{k}(void) {{", GIVEN]
        if "aiueo_error e " not in one.text:
            source.append("    aiueo_error e = {.struct_size = sizeof e};")
        source += [f'#line {one.line + 1} "{one.page.name}"', one.text]
        source.append("    return 0;\nfail:\n    return 1;\n}")
    program = tmp_path / "pages.c"
    program.write_text("\n".join(source) + "\n", encoding="utf-8")
    flags = ["-std=c99", "-pedantic", "-Wall", "-Wno-unused", "-Werror", "-fsyntax-only"]
    done = subprocess.run(
        [compiler, *flags, f"-I{ROOT / 'capi' / 'include'}", str(program)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def anchors(page: Path) -> set[str]:
    """What GitHub makes of headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_block_is_run_or_says_that_it_is_not() -> None:
    run_here = {"json", "console", "python", "cpp", "c", "go"}
    silent = [
        f"{one.id}: {one.word or 'no word'}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for one in blocks(page)
        if one.word not in run_here
        and one.word != "text"
        and not re.fullmatch(r"\w+ fragment", one.word)
        and (page.name, one.word) not in ELSEWHERE
    ]
    assert silent == []
    for (page, word), test in ELSEWHERE.items():
        assert any(one.page.name == page for one in of_word(word)), (page, word)
        assert page in (ROOT / test).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


def test_conditions_of_the_examples_are_good() -> None:
    """The table of examples in docs/conditions.md, as triggers of the golden model."""
    text = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")
    section = text[text.index("## Examples") : text.index("## Differences")]
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = re.findall(r"^\| [^|]+ \| `(.+)` \|$", section, re.MULTILINE)
    assert len(found) >= 10
    for condition in found:
        if condition.startswith("min("):  # a number
            golden["metrics"]["example"] = {"derive": condition}
        else:
            golden["triggers"] = {"example": {"when": condition, "play": "setup-call"}}
        assert problems(golden) == [], condition
