"""What the libraries show of themselves, and that a host's own do not meet those within."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest
from installed import C_MINIMAL, CONSUMERS, ROOT, build, libdir, prefix, run, says_c_minimal, tool


def global_symbols(file: Path, *options: str) -> list[str]:
    lines = run(tool("nm"), "--defined-only", "--extern-only", *options, file).splitlines()
    return [line.split()[2] for line in lines if len(line.split()) == 3]


@pytest.fixture(scope="module")
def hidden_symbols() -> list[str]:
    """The C++ functions and tables under the C ABI, as its object files have them."""
    found = global_symbols(libdir() / "libaiueo_core.a")
    return sorted({name for name in found if re.search("8nlohmann|5aiueo", name)})


@pytest.fixture(scope="module")
def json_namespace(hidden_symbols: list[str]) -> str:
    found = {
        one[1]
        for name in hidden_symbols
        if (one := re.search(r"8nlohmann\d+(json_abi_\w+?)6detail", name))
    }
    return found.pop() if found else "detail_of_an_older_release"


def test_the_archive_shows_the_listed_functions_and_nothing_else() -> None:
    listed = (ROOT / "capi" / "symbols.txt").read_text().split()
    assert sorted(global_symbols(libdir() / "libaiueo.a")) == sorted(listed)


def test_no_logger_is_in_the_libraries() -> None:
    for name in ("libaiueo.a", "libaiueo_core.a", "libaiueo.so"):
        assert not re.search(r"6spdlog|3fmt\d", run(tool("nm"), libdir() / name)), name


LINKS = {
    "archive": ["libaiueo.a"],
    "shared": ["libaiueo.so"],
}


@pytest.mark.parametrize("how", LINKS)
def test_a_hostile_host(how: str, hidden_symbols: list[str], tmp_path: Path) -> None:
    """It has a function of every name inside, and each ends the process."""
    program = hostile(tmp_path, hidden_symbols, [libdir() / name for name in LINKS[how]])
    says_c_minimal(program, LD_LIBRARY_PATH=str(libdir()))


def test_a_hostile_host_would_break_a_plain_archive(
    hidden_symbols: list[str], tmp_path: Path
) -> None:
    """Else the test above could not fail."""
    objects = sorted((build() / "CMakeFiles" / "aiueo_capi_objects.dir").rglob("*.o"))
    assert objects
    program = hostile(tmp_path, hidden_symbols, [*objects, libdir() / "libaiueo_core.a"])
    done = subprocess.run([program, C_MINIMAL / "model.json"], check=False)
    assert done.returncode == -signal.SIGABRT


def hostile(folder: Path, names: list[str], link: list[Path]) -> Path:
    assert any("nlohmann" in name for name in names) and len(names) > 100
    lines = ["#include <stdlib.h>"]
    for k, name in enumerate(names):
        lines.append(f'void f{k}(void) __asm__("{name}");\nvoid f{k}(void) {{ abort(); }}')
    (folder / "hostile.c").write_text("\n".join(lines) + "\n")
    program = folder / "hostile"
    run(
        *(tool("gcc"), "-std=c99", f"-I{prefix() / 'include'}", C_MINIMAL / "main.c"),
        *(folder / "hostile.c", *link, "-lstdc++", "-lm", "-o", program),
    )
    return program


@pytest.mark.parametrize("how", LINKS)
def test_a_host_with_other_json_and_spdlog(how: str, json_namespace: str, tmp_path: Path) -> None:
    answers = []
    for namespace in (json_namespace, "not_the_same"):
        program = tmp_path / namespace
        run(
            *(tool("g++"), "-std=c++20", "-O1", f"-DOTHER_JSON_NAMESPACE={namespace}"),
            *(f"-I{CONSUMERS / 'other'}", f"-I{prefix() / 'include'}", CONSUMERS / "host.cpp"),
            *(*(libdir() / name for name in LINKS[how]), "-o", program),
        )
        answers.append(run(program, env={"LD_LIBRARY_PATH": str(libdir())}))
    assert answers[0] == answers[1]
    assert answers[0].count("model.json:1:") == 4 and "not the" not in answers[0], answers[0]


def test_the_archive_throws_and_catches(tmp_path: Path) -> None:
    """Unwinding survives the linking into one object: memory that runs out is a status."""
    source = tmp_path / "small.c"
    source.write_text(
        """
#include <aiueo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static long left = -1;
void* operator_new(size_t) __asm__("_Znwm");
void* operator_new(size_t size) { /* with a C++ exception, as the standard wants it */
    extern void throw_bad_alloc(void) __asm__("_ZSt17__throw_bad_allocv");
    if (left == 0) throw_bad_alloc();
    if (left > 0) --left;
    return malloc(size);
}
int main(int argc, char** argv) {
    static char text[65536];
    FILE* file = fopen(argv[argc - 1], "rb");
    const size_t length = fread(text, 1, sizeof text, file);
    aiueo_error error = {sizeof error, 0, ""};
    aiueo_plan* plan = NULL;
    long k = 0;
    for (;; ++k) {
        int32_t status;
        left = k;
        status = aiueo_plan_load(text, length, NULL, &plan, &error);
        left = -1;
        if (status == AIUEO_OK) break;
        if (status != AIUEO_OUT_OF_MEMORY || plan != NULL) return 1;
    }
    aiueo_plan_free(plan);
    printf("%ld\\n", k);
    return 0;
}
"""
    )
    program = tmp_path / "small"
    run(
        *(tool("gcc"), "-std=c99", "-fexceptions", f"-I{prefix() / 'include'}", source),
        *(libdir() / "libaiueo.a", "-lstdc++", "-lm", "-o", program),
    )
    assert int(run(program, C_MINIMAL / "model.json")) > 50
