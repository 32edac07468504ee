"""Where mutants are made and where not, and that the same seed draws the same. No compiler."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "mutation"
HEADERS = sorted((ROOT / "include" / "aiueo" / "stats").glob("*.hpp"))


@pytest.fixture(scope="module")
def schemata() -> Any:
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module("schemata")
    finally:
        sys.path.remove(str(FOLDER))


def names(schemata: Any, source: str) -> list[str]:
    return [str(one) for one in schemata.mutants_of("x.hpp", source)]


def operators(schemata: Any, body: str) -> list[str]:
    """The operators of the mutants of statements."""
    found = schemata.mutants_of("x.hpp", f"void f() {{\n{body}\n}}\n")
    return [one.change.operator for one in found]


def test_names_say_where(schemata: Any) -> None:
    source = "int f(int a) {\n    if (a < 5) return 7;\n    return a;\n}\n"
    assert names(schemata, source) == [
        "x.hpp:2:11 < to <=",
        "x.hpp:2:13 5 to 6",
        "x.hpp:2:16 return to the other sign",
        "x.hpp:2:23 7 to 8",
        "x.hpp:3:5 return to the other sign",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (a <= b && !c) g();", ["<= to <", "&& to ||", "! to nothing"]),
        ("x = a + b * c;", ["assignment to nothing", "+ to -", "* to /"]),
        ("x -= a / b;", ["assignment to nothing", "-= to +=", "/ to *"]),
        ("++n;", ["++ to --"]),
        ("while (a == b || a != c) continue;", ["== to !=", "|| to &&", "!= to ==", "continue to"]),
        ("const auto k = std::min(0, 1u);", ["min to max", "0 to 1", "1u to 0u"]),
        ("const bool is = true, not_ = a >= b;", ["true to false", ">= to >"]),
        ("for (int i = 0; i < 0x1F; ++i) break;", ["0 to 1", "< to <=", "0x1F to 32", "++ to --"]),
        ("g(100'000);", ["100'000 to 100001"]),
        ("if (const auto at = find(3); at > 2) g();", ["3 to 4", "> to >=", "2 to 3"]),
        ("const auto f = [&](int k) { return k - 1; };", ["return to the", "- to +", "1 to 0"]),
        ("switch (k) { case 3: g(4); }", ["4 to 5"]),
    ],
)
def test_what_is_changed(schemata: Any, body: str, expected: list[str]) -> None:
    found = operators(schemata, body)
    assert all(any(one.startswith(want) for one in found) for want in expected), found
    extra = [one for one in found if not any(one.startswith(want) for want in expected)]
    assert all(one.startswith(("break", "return")) for one in extra), extra


@pytest.mark.parametrize(
    "source",
    [
        "// int f() { return a < b; }\n",
        "/* int f() {\n return a < b; }\n*/\n",
        "#define LESS(a, b) \\\n    ((a) < (b))\n#if X < 5 && Y == 3\n#endif\n",
        'void f() { g("a < b, 1 + 2", \'<\', R"x(1 + 1 == 3)x", u8"0"); }\n',
        "void f() { std::vector<std::array<int, 3>> x; g<int, 5>(x); }\n",
        "template <int n = 3>\nvoid f();\n",
        "static_assert(sizeof(int) == 4);\nvoid f() { static_assert(1 + 1 == 2); }\n",
        "template <class T>\nrequires(sizeof(T) == 4)\nvoid f();\n",
        "void f() { constexpr int k = 3 + 4; static const int n = 5 * 6; }\n",
        "void f() { if constexpr (sizeof(int) == 4) g(); }\n",
        "struct s {\n    int a = 0, b{1};\n    enum class e { x = 1 };\n    s() : a(3) {}\n};\n",
        "inline constexpr int most = 1 << 20;\nconsteval int f() { return 3 + 4; }\n",
        "void f() { const double* p; int& r(g); auto&& x(h); T* const q(-k); }\n",
        "double f() { return undefined; }\nbool g() { return {}; }\n",
    ],
)
def test_what_is_left_alone(schemata: Any, source: str) -> None:
    assert names(schemata, source) == []


def test_directives_hide_nothing_after_them(schemata: Any) -> None:
    source = "#if A < B  // 1 + 1\n#endif\nvoid f() {\n#ifdef X\n    g(1 + 2);\n#endif\n}\n"
    assert names(schemata, source)[0] == "x.hpp:5:7 1 to 0"
    # A statement that a directive cuts in two is not changed.
    assert operators(schemata, "x = 1\n#ifdef X\n + 2\n#endif\n;") == []


def test_the_seed_decides(schemata: Any) -> None:
    every = [
        one
        for file in HEADERS
        for one in schemata.mutants_of(file.name, file.read_text(encoding="utf-8"))
    ]
    assert len({str(one) for one in every}) == len(every) > 1000
    drawn = [str(one) for one in schemata.drawn(every, 50, 7)]
    assert drawn == [str(one) for one in schemata.drawn(list(reversed(every)), 50, 7)]
    assert drawn[:20] == [str(one) for one in schemata.drawn(every, 20, 7)]
    assert drawn != [str(one) for one in schemata.drawn(every, 50, 8)]


def test_mutants_stand_beside_the_source(schemata: Any) -> None:
    source = "int f(int a) {\n    // why\n    if (a < 5) a = 3;  // not more\n    return a;\n}\n"
    all_ = dict(enumerate(schemata.mutants_of("x.hpp", source), 1))
    text = schemata.with_mutants("x.hpp", source, all_)
    for wanted in (
        "aiueo_mutant_is(1) ? static_cast<bool>(a <= 5) : ",
        'static_cast<bool>(\n#line 3 "x.hpp"\na < 5)',
        "if (aiueo_mutant_is(3)) { ; } else",
        "if (aiueo_mutant_is(4)) { a = 4; } else",
        "return aiueo_mutant_negated(a);",
    ):
        assert wanted in text, text
    assert "// why" in text and "// not more" in text
    # Each mutant stands on the line of a file of mutants that is its number.
    for number in all_:
        after = text.split(f'#line {number} "aiueo_mutants"\n')[1]
        assert f"aiueo_mutant_is({number})" in after.splitlines()[0]
    assert schemata.with_mutants("x.hpp", source, {}) == source


def test_a_lambda_keeps_its_own_mutants(schemata: Any) -> None:
    source = "void f() {\n    g(1, [](int k) { return k + 2; });\n}\n"
    all_ = dict(enumerate(schemata.mutants_of("x.hpp", source), 1))
    text = schemata.with_mutants("x.hpp", source, all_)
    # Of the call: the lambda as it was; in the lambda: a choice of its own.
    assert "{ g(0, [](int k) { return k + 2; }); }" in text
    assert "{ return k - 2; }" in text and "{ return k + 3; }" in text


def test_errors_of_compilers_name_mutants(schemata: Any) -> None:
    clang = (
        "In file included from a.cpp:1:\n"
        "aiueo_mutants:17:5: error: no matching function\n"
        "b.hpp:9:1: note: in instantiation requested here\n"
        "/usr/include/c++/12/vector:3:4: error: static assertion failed\n"
        "aiueo_mutants:4:9: note: in instantiation of function template\n"
    )
    assert schemata.not_compiled(clang) == {17, 4}
    assert schemata.not_compiled("x.hpp:3:4: error: expected ';'\n") == set()
