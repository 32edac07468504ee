"""The documentation as a site: it is built once, loads nothing, leads nowhere wrong, lacks nothing.

What the reference must hold is asked of others than those who made it: the list of exported
symbols, the package, `go doc`, the command line.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

aiueo = pytest.importorskip("aiueo", reason="the package aiueo cannot be imported")
for _name in ("sphinx", "myst_parser", "furo", "click", "altair", "numpy", "pyarrow"):
    pytest.importorskip(_name, reason=f"the site needs {_name}")

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. Building is strict: a warning or a broken link is an error."""
    out = tmp_path_factory.mktemp("docs") / "site"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "capi" / "python"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build.py"), "--out", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(out / "index.html")
    return out


def ids(site: Path, page: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', (site / page).read_text(encoding="utf-8")))


def words(site: Path, page: str) -> str:
    """The text of a page, without its marks."""
    text = re.sub(r"<[^>]+>", "", (site / page).read_text(encoding="utf-8"))
    return html.unescape(text)


# ── it stands on its own ─────────────────────────────────────────────────────────────────────────


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for tag in re.findall(r"<(?:script|link|img|iframe|source|object|embed)\b[^>]*>", text):
            assert "//" not in re.sub(r"data:[^\"']*", "", tag), f"{page.name}: {tag}"
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text("utf-8"))


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    from builder.site import look_through

    (tmp_path / "a.html").write_text(
        '<h1 id="x"></h1><a href="#x"></a><a href="b.html#y"></a><a href="b.html#z"></a>'
        '<a href="c.html"></a><a href="https://example.org"></a>'
        "<script src=\"https://example.org/s.js\"></script><link href='//example.org/s.css'>",
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="y"><img src="none.png"></p>', encoding="utf-8")
    (tmp_path / "s.css").write_text("@import 'x.css'; a { background: url(//example.org/i) }")
    assert look_through(tmp_path) == [
        "a.html: b.html#z: no such place",
        "a.html: c.html: no such file",
        "a.html: loads //example.org/s.css",
        "a.html: loads https://example.org/s.js",
        "b.html: none.png: no such file",
        "s.css: loads @import 'x.css'",
        "s.css: loads url(//example.org/i",
    ]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("gone.md", "there is no such file"),
        ("../LICENSE/", "there is no such file"),
        ("../tests/fuzz", "a folder without README.md"),
        ("unlisted.md", "does not list this page"),
    ],
)
def test_links_of_pages_are_checked(tmp_path: Path, link: str, why: str) -> None:
    from builder.pages import PageError, Tree, page_text

    (tmp_path / "docs").mkdir()
    (tmp_path / "tests" / "fuzz").mkdir(parents=True)
    (tmp_path / "docs" / "README.md").write_text("## A\n\n| [Page](page.md) | it |\n")
    (tmp_path / "docs" / "unlisted.md").write_text("# Unlisted\n")
    (tmp_path / "docs" / "page.md").write_text(f"# Page\n\n`[x](y.md)` [words]({link})\n")
    with pytest.raises(PageError, match=why) as failure:
        page_text(Tree(tmp_path), "docs/page.md")
    assert str(failure.value).startswith("docs/page.md:3: ")


def test_every_page_of_docs_is_listed_and_built(site: Path) -> None:
    from builder.pages import INDEX, Tree

    tree = Tree(ROOT)
    docs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}
    assert docs <= set(tree.pages), docs - set(tree.pages)
    readmes = (ROOT / "examples").rglob("README.md")
    examples = {path.relative_to(ROOT).as_posix() for path in readmes}
    assert examples <= set(tree.pages), examples - set(tree.pages)
    front = (site / "index.html").read_text(encoding="utf-8")
    for path, name in tree.pages.items():
        assert (site / f"{name}.html").exists()
        assert path == INDEX or f'href="{name}.html"' in front, name


# ── the reference lacks nothing ──────────────────────────────────────────────────────────────────


def test_every_exported_function_of_c(site: Path) -> None:
    found = ids(site, "reference/c.html")
    symbols = (ROOT / "capi" / "symbols.txt").read_text(encoding="utf-8").split()
    assert len(symbols) > 90
    assert [one for one in symbols if f"c-{one}" not in found] == []
    header = (ROOT / "capi" / "include" / "aiueo.h").read_text(encoding="utf-8")
    names = re.findall(r"^#define (AIUEO_\w+) \S", header, re.MULTILINE)
    names += re.findall(r"^\} (aiueo_\w+);|^typedef struct \w+ (aiueo_\w+);", header, re.MULTILINE)
    flat = {part for one in names for part in ([one] if isinstance(one, str) else one) if part}
    assert len(flat) > 90
    assert sorted(one for one in flat - {"AIUEO_API"} if f"c-{one}" not in found) == []


def test_every_header_of_cpp(site: Path) -> None:
    found: set[str] = set()
    for page in [site / "reference" / "cpp.html", *(site / "reference" / "cpp").glob("*.html")]:
        found |= ids(site, page.relative_to(site).as_posix())
    headers = sorted((ROOT / "include").rglob("*.hpp"))
    assert len(headers) > 200
    for path in headers:
        name = path.relative_to(ROOT / "include").as_posix()
        assert "header-" + re.sub(r"\W+", "-", name) in found, name
    # Names that a program begins with, of every kind: types, functions, members, overloads.
    for name in (
        "plan",
        "read_model",
        "compile",
        "bind",
        "scores",
        "scores-overall",
        "score",
        "explain",
        "gap",
        "error",
        "result",
        "evidence-merge",
        "study_bottleneck",
        "run_study",
        "run_action",
        "axis",
        "batch-check_rows",
        "result-operator-star",
        "named_scorer",
        "log_to",
    ):
        assert f"cpp-aiueo-{name}" in found, name
    assert not any("detail" in one.split("-") for one in found if one.startswith("cpp-"))


def test_every_public_name_of_python(site: Path) -> None:
    import aiueo.plot
    import aiueo.report
    import aiueo.sim

    for module in (aiueo, aiueo.plot, aiueo.report, aiueo.sim):
        name = module.__name__
        found = ids(site, f"reference/python/{name.replace('.', '-')}.html")
        assert [one for one in module.__all__ if f"{name}.{one}" not in found] == []
    found = ids(site, "reference/python/aiueo.html")
    for method in ("Plan.score", "Plan.evidence", "Evidence.study", "Scores.to_pandas"):
        assert f"aiueo.{method}" in found, method


def test_every_exported_name_of_go(site: Path) -> None:
    found = ids(site, "reference/go.html")
    assert "go-aiueo.Plan.ScoreParallel" in found
    assert not any(re.match(r"go-aiueo\.[a-z]", one) for one in found)
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(go).exists():
        pytest.skip("no Go to ask what is exported")
    said = subprocess.run(
        [go, "doc", "-all", "."],
        cwd=ROOT / "capi" / "go",
        env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert said.returncode == 0, said.stderr
    names = set(re.findall(r"^(?:func|type) (\w+)", said.stdout, re.MULTILINE))
    methods = re.findall(r"^func \(\w* ?\*?(\w+)(?:\[[^\]]*\])?\) (\w+)", said.stdout, re.MULTILINE)
    names |= {f"{kind}.{name}" for kind, name in methods}
    values = r"^(?:const |var |\t)([A-Z]\w+)(?: +[\w.\[\]*]+)? += "
    names |= set(re.findall(values, said.stdout, re.MULTILINE))
    assert len(names) > 250
    assert sorted(one for one in names if f"go-aiueo.{one}" not in found) == []


def test_every_command(site: Path) -> None:
    from aiueo.cli import cli

    text = words(site, "reference/commands.html")
    found = ids(site, "reference/commands.html")
    context = cli.make_context("aiueo", ["--json", "demo"], resilient_parsing=True)
    for name in cli.list_commands(context):
        assert f"command-aiueo-{name}" in found
        command = cli.get_command(context, name)
        parts = getattr(command, "commands", None) or {}
        for part in parts:
            assert f"command-aiueo-{name}-{part}" in found
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in text, f"{name} {option}"
    assert "-h, --help" in text


def test_every_schema(site: Path) -> None:
    for path in (ROOT / "schema").rglob("*.schema.json"):
        assert (site / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    for study in aiueo.studies():
        text = words(site, f"reference/schema/findings-{study}.html")
        assert "sentence" in text and "cautions" in text, study
    for action in aiueo.actions():
        assert (site / f"reference/schema/actions-{action}.html").exists()
    text = words(site, "reference/schema/aiueo-model.html")
    for key in aiueo.schema()["properties"]:
        assert key in text


# ── what the extractors make of sources ──────────────────────────────────────────────────────────


def test_declarations_of_cpp() -> None:
    from builder.declarations import declarations

    source = """// base › x: what it is. base
#pragma once
#define LOCAL 1
namespace aiueo {
class later;
/// One thing.
/// Of two lines.
struct thing final : other {
    int a = 0;  ///< first
    std::vector<std::array<int, 2>> b{{1, 2}, {3, 4}};
    [[nodiscard]] bool ok() const noexcept { return a < 2 && b[f[0]][1] == "};"[0]; }
    thing(int x) : a(x), b{{x, x}} { a = x; }
    ~thing() = default;
    thing(const thing&) = delete;
private:
    int hidden() { return 1; }
};  // of the type
namespace detail { inline int inner() { return 1; } }
enum class kind : std::uint8_t { one, two = 2 };  ///< not of two
/// Adds.
template <class T, std::size_t N = 3>
requires(!std::is_same_v<T, bool>) [[nodiscard]] inline T add(const T (&all)[N], T more = T{}) {
    if (more > 0) { return more; }
    return all[0];
}
using number = std::map<int, number_of<int>>;
inline constexpr int most = 64;
bool operator==(const thing& a, const thing& b);
static_assert(sizeof(int) == 4);
}  // namespace aiueo
"""
    found = {one.name: one for one in declarations(source) if one.kind != "macro"}
    assert list(found) == ["thing", "kind", "add", "number", "most", "operator=="]
    thing = found["thing"]
    assert thing.scope == "aiueo"
    assert thing.text.startswith("One thing.\nOf two lines.")
    assert [one.signature for one in thing.members] == [
        "int a = 0",
        "std::vector<std::array<int, 2>> b",
        "bool ok() const noexcept",
        "thing(int x)",
    ]
    assert thing.members[0].text == "first"
    assert [one.signature for one in found["kind"].members] == ["one", "two = 2"]
    assert found["add"].text == "Adds."
    assert found["add"].signature == (
        "template <class T, std::size_t N = 3> requires(!std::is_same_v<T, bool>)"
        " T add(const T (&all)[N], T more = T{})"
    )


def test_declarations_of_go() -> None:
    from builder.go_source import declarations

    source = """package aiueo

// Kind is one.
type Kind struct {
	// Name is its name.
	Name string `json:"name"`
	inner struct {
		Deep int
	}
}

// Of makes one.
func Of[T any](values []T, f func(T) error) (*Kind, error) {
	return nil, nil
}

func (k *Kind) Close() error { return k.close() }

func (k *Kind) close() error { return nil }

const (
	A Code = 1 // the first
	b Code = 2
)

func helper() {}
"""
    found = declarations(source)
    assert [(one.kind, one.name) for one in found] == [
        ("type", "Kind"),
        ("func", "Of"),
        ("method", "Kind.Close"),
        ("const", "A"),
    ]
    assert "Name is its name" in found[0].signature and "Deep" not in found[0].signature
    assert found[1].signature == "func Of[T any](values []T, f func(T) error) (*Kind, error)"
    assert found[2].signature == "func (k *Kind) Close() error"
    assert "A Code" in found[3].signature and "b Code" not in found[3].signature
