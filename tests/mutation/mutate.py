#!/usr/bin/env python3
"""Changes one operator of the library at a time and looks whether a unit test notices.

    mutate.py [ROOM...] [--mutants N] [--seed S] [--only TEXT] [--list]

For each room: N mutants are drawn from its sources (include/aiueo/ROOM and src/ROOM) by the seed
and written into a copy of them; the tests of tests/unit/ROOM are compiled with the copy, once, and
linked with the library that is built. Each test is run alone to see by which mutants it comes.
Then each mutant is chosen in turn and the tests that come by it are run, the quickest first, until
one fails. A mutant that nothing fails for has survived: its name is FILE:LINE:COLUMN OPERATOR.

Nothing in the tree is changed. Needed: build/release (./dev build), clang++-14 or g++, Catch2.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from schemata import Mutant, drawn, mutants_of, not_compiled, with_mutants  # noqa: E402

ROOMS = ("stats", "score", "evidence")
# Tests of other folders that belong to a room too, as patterns below tests.
ALSO = {"score": ["golden/golden_scores.cpp"]}


@dataclass
class Outcome:
    """What became of the mutants, by number."""

    killed: dict[int, str] = field(default_factory=dict)  # and by which test
    timed_out: dict[int, str] = field(default_factory=dict)
    survived: dict[int, int] = field(default_factory=dict)  # and how many tests come by it
    not_compiled: set[int] = field(default_factory=set)


class Room:
    def __init__(self, name: str, options: argparse.Namespace) -> None:
        self.name = name
        self.options = options
        self.work = Path(options.work) / name
        self.tree = self.work / "tree"
        self.numbered: dict[int, Mutant] = {}
        self.dropped: set[int] = set()

    # --- mutants ------------------------------------------------------------------------------

    def sources(self) -> list[Path]:
        folders = (ROOT / "include/aiueo" / self.name, ROOT / "src" / self.name)
        return [file for folder in folders for file in sorted(folder.glob("*")) if file.suffix[1:2]]

    def draw(self) -> None:
        mutants = []
        for file in self.sources():
            name = file.relative_to(ROOT).as_posix()
            mutants += mutants_of(name, file.read_text())
        chosen = drawn(mutants, self.options.mutants, self.options.seed)
        self.numbered = dict(enumerate(sorted(chosen, key=str), 1))
        self.all = len(mutants)

    def write_tree(self) -> None:
        """The copy, rewritten only where it has changed, so that little is compiled again."""
        for top in ("include", "src"):
            for file in sorted((ROOT / top).rglob("*")):
                if not file.is_file():
                    continue
                name = file.relative_to(ROOT).as_posix()
                here = {
                    n: one
                    for n, one in self.numbered.items()
                    if one.file == name and n not in self.dropped
                }
                text = file.read_text()
                write(self.tree / name, with_mutants(name, text, here) if here else text)

    # --- the program --------------------------------------------------------------------------

    def flags(self, source: Path) -> list[str]:
        level = source.stem.rpartition("_")[2]
        wide = level in ("v2", "v3", "v4") and platform.machine() in ("x86_64", "AMD64")
        folders = [self.tree / "include", self.tree / "src", ROOT / "tests", HERE]
        return [
            *(
                "-std=c++20",
                f"-O{self.options.optimise}",
                "-w",
                "-ffp-contract=off",
                "-DAIUEO_COMPILED",
            ),
            *([f"-march=x86-64-{level}"] if wide else []),
            *(f"-I{folder}" for folder in folders),
            f"-I{Path(self.options.build) / 'generated'}",
            *("-include", "mutants.hpp"),
        ]

    def compile(self, source: Path, *more: str) -> Path:
        """The object of a source; mutants that do not compile are dropped on the way."""
        where = source.relative_to(self.tree if source.is_relative_to(self.tree) else ROOT)
        built = self.work / "objects" / (where.as_posix().replace("/", ".") + ".o")
        notes = built.with_suffix(".d")
        if is_newer(built, notes):
            return built
        built.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(20):
            command = [*self.options.compiler, *self.flags(source), *more, "-MMD", "-MF", notes]
            run = subprocess.run(
                [*command, "-c", source, "-o", built], capture_output=True, text=True
            )
            if run.returncode == 0:
                return built
            found = not_compiled(run.stderr) - self.dropped
            if not found:
                sys.exit(f"mutate: {source} does not compile\n{run.stderr[:4000]}")
            self.dropped |= found
            self.remember()
            self.write_tree()
        sys.exit(f"mutate: {source}: always another mutant that does not compile")

    def remember(self) -> None:
        text = json.dumps({str(self.numbered[n]): n for n in sorted(self.dropped)}, indent=1)
        write(self.work / "not_compiled.json", text)

    def recall(self) -> None:
        """Mutants that did not compile the last time are not tried again."""
        try:
            names = json.loads((self.work / "not_compiled.json").read_text())
        except FileNotFoundError:
            return
        self.dropped = {n for n, one in self.numbered.items() if str(one) in names}

    def tests(self) -> list[Path]:
        out = sorted((ROOT / "tests/unit" / self.name).glob("*.cpp"))
        out += [ROOT / "tests" / one for one in ALSO.get(self.name, [])]
        return [one for one in out if not self.left_out(one)]

    def left_out(self, source: str | Path) -> bool:
        return self.options.without is not None and bool(
            re.search(self.options.without, Path(source).name)
        )

    def build(self) -> Path:
        self.recall()
        self.write_tree()
        sources = [HERE / "mutants.cpp", ROOT / "tests/support/main.cpp"]
        sources += self.tests()
        compiled = sorted((self.tree / "src" / self.name).glob("*.cpp"))
        sources += [one for one in compiled if not self.left_out(one)]
        objects = []
        for source in sources:
            self.say(f"compiling {source.name}")
            count = f"-DAIUEO_MUTANTS={len(self.numbered)}"
            objects.append(self.compile(source, *([count] if source.parent == HERE else [])))
        program = self.work / "tests"
        libraries = [Path(self.options.build) / "lib" / f"lib{one}.a" for one in LIBRARIES]
        self.say("linking")
        command = [*self.options.compiler, *objects, *libraries, "-o", program, *LINKED]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"mutate: cannot link\n{run.stderr[:4000]}")
        return program

    # --- running ------------------------------------------------------------------------------

    def reached(self, program: Path) -> dict[str, tuple[float, str]]:
        """Of each test: how long it takes, and by which mutants it comes, as a text of 0 and 1."""
        listed = subprocess.run(
            [program, "--list-test-names-only"], capture_output=True, text=True
        ).stdout.splitlines()
        out = {}
        failed = []
        for number, name in enumerate(listed, 1):
            self.say(f"by which mutants tests come: {number} of {len(listed)}")
            told = self.work / "reached"
            told.unlink(missing_ok=True)
            before = seconds_of_children()
            reach = {"AIUEO_MUTANTS_REACHED": str(told)}
            run = one_test(program, name, reach, self.options.slowest)
            if run is None:
                slow = f"takes more than {self.options.slowest} s and is left out"
                print(f"{self.name}: '{name}' {slow}")
                continue
            if run.returncode != 0 or "in 1 test case)" not in run.stdout:
                failed.append(f"'{name}' fails without a mutant\n{run.stdout[-2000:]}")
                continue
            out[name] = (seconds_of_children() - before, told.read_text())
        if failed:
            sys.exit("mutate: " + "\n".join(failed))
        return out

    def run(self) -> Outcome:
        program = self.build()
        reached = self.reached(program)
        out = Outcome(not_compiled=set(self.dropped))
        for number in sorted(set(self.numbered) - self.dropped):
            if not self.asked_for(self.numbered[number]):
                continue
            tests = sorted(
                (took, name) for name, (took, by) in reached.items() if by[number] == "1"
            )
            self.say(f"mutant {number} of {len(self.numbered)}, {len(tests)} tests")
            self.try_one(program, number, tests, out)
        self.say("")
        return out

    def asked_for(self, mutant: Mutant) -> bool:
        if self.options.only not in str(mutant) or self.left_out(mutant.file):
            return False
        return not self.options.again or str(mutant) in self.survivors()

    def survivors(self) -> set[str]:
        """Of the last run."""
        try:
            return set(json.loads((self.work / "results.json").read_text())["survived"])
        except FileNotFoundError:
            sys.exit("mutate: --again: there was no run yet")

    def try_one(
        self, program: Path, number: int, tests: list[tuple[float, str]], out: Outcome
    ) -> None:
        chosen = {"AIUEO_MUTANT": str(number)}
        for took, name in tests:
            run = one_test(program, name, chosen, self.options.limit + math.ceil(10 * took))
            if run is None:
                out.timed_out[number] = name
                return
            if run.returncode != 0:
                out.killed[number] = name
                return
        out.survived[number] = len(tests)

    def say(self, what: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{self.name}: {what}" if what else "\r\033[K", end="", file=sys.stderr)

    def report(self, out: Outcome) -> None:
        """The survivors, then one row of the table; all of it in results.json."""
        named = {n: str(one) for n, one in self.numbered.items()}
        for number, tests in out.survived.items():
            how = f"{tests} tests come by it" if tests else "no test comes by it"
            print(f"survived: {named[number]} ({how})")
        results = {
            "killed": {named[n]: test for n, test in out.killed.items()},
            "timed out": {named[n]: test for n, test in out.timed_out.items()},
            "survived": {named[n]: tests for n, tests in out.survived.items()},
            "not compiled": [named[n] for n in sorted(out.not_compiled)],
        }
        write(self.work / "results.json", json.dumps(results, indent=1, ensure_ascii=False))
        ran = len(out.killed) + len(out.timed_out) + len(out.survived)
        passed = sum(tests == 0 for tests in out.survived.values())
        print(
            f"{self.name}: {self.all} mutants in the sources, {len(named)} drawn, "
            f"{len(out.not_compiled)} do not compile, {ran} run: {len(out.killed)} killed, "
            f"{len(out.timed_out)} timed out, {len(out.survived)} survived "
            f"({passed} where no test comes by)"
        )


LIBRARIES = ("aiueo_core", "aiueo_test_support")
LINKED = ("-lspdlog", "-lfmt", "-lpthread")


def one_test(
    program: Path, name: str, more: dict[str, str], seconds: int
) -> subprocess.CompletedProcess[str] | None:
    """What became of a test; None when it had used up these seconds of the processor."""
    # What Catch2 would read as a list, a tag or the end of a name.
    escaped = re.sub(r'([\\,"\[])', r"\\\1", name)
    try:
        run = subprocess.run(
            [program, escaped, "--abort"],
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **more},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1)),
            # For one that sleeps; and so that a busy machine is no endless loop.
            timeout=60 * seconds,
        )
    except subprocess.TimeoutExpired:
        return None
    ended = run.returncode in (-signal.SIGXCPU, -signal.SIGKILL) or "SIGXCPU" in run.stdout
    return None if ended else run


def seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(file: Path, text: str) -> None:
    """Only when it is new, so that its time says when it changed."""
    if file.exists() and file.read_text() == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def is_newer(built: Path, notes: Path) -> bool:
    """Whether the object is newer than all that its notes of dependencies name."""
    if not built.exists() or not notes.exists():
        return False
    names = notes.read_text().replace("\\\n", " ").partition(": ")[2].split()
    time_built = built.stat().st_mtime
    files = [Path(name) for name in names if not name.endswith("aiueo_mutants")]
    return all(file.exists() and file.stat().st_mtime <= time_built for file in files)


def compiler() -> list[str]:
    """The quicker one first."""
    for name in ("clang++-14", "clang++", "g++"):
        if shutil.which(name):
            # As many errors as there are: each names a mutant.
            return [name, "-ferror-limit=0"] if name.startswith("clang") else [name]
    sys.exit("mutate: no compiler; ./dev setup installs one")


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation testing of the C++ sources.")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}: all")
    parser.add_argument("--mutants", type=int, default=100, help="to draw in each room: 100")
    parser.add_argument("--seed", type=int, default=1, help="of the draw: 1")
    parser.add_argument("--only", default="", metavar="TEXT", help="run those whose name holds it")
    parser.add_argument("--again", action="store_true", help="run what survived the last time")
    parser.add_argument(
        "--without", metavar="PATTERN", help="leave out tests and compiled sources of such names"
    )
    parser.add_argument(
        "--slowest", type=int, default=10, help="seconds; tests that take more are left out: 10"
    )
    parser.add_argument("--limit", type=int, default=5, help="seconds that a test may take more: 5")
    parser.add_argument("--optimise", default="0", metavar="N", help="-ON of the compiler: 0")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    parser.add_argument("--build", default=str(ROOT / "build/release"), help="build/release")
    parser.add_argument("--work", default=str(ROOT / "build/mutation"), help="build/mutation")
    options = parser.parse_args()
    for name in options.rooms:
        if name not in ROOMS:
            parser.error(f"no room '{name}'; there are {', '.join(ROOMS)}")
    options.compiler = compiler()
    survivors = Counter[str]()
    for name in options.rooms or ROOMS:
        room = Room(name, options)
        room.draw()
        if options.list:
            print(*room.numbered.values(), sep="\n")
            continue
        out = room.run()
        room.report(out)
        survivors[name] = len(out.survived)
    return 0


if __name__ == "__main__":
    sys.exit(main())
