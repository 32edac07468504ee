"""Prints the totals of a `./dev test` run: `N passed, 0 failed`, with a line for each runner.

Reads what the runners themselves wrote: JUnit files (ctest, pytest), the logs of Go and of fuzzing.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from xml.etree import ElementTree


def junit(path: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped test cases of a JUnit file."""
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).iter("testcase"):
        status = case.get("status")  # ctest: run, fail, notrun, disabled
        if case.find("failure") is not None or case.find("error") is not None or status == "fail":
            failed += 1
        elif case.find("skipped") is not None or status in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def fuzz(path: Path) -> tuple[int, int, int]:
    """Fuzz targets that found nothing, and that found something."""
    text = path.read_text(encoding="utf-8", errors="replace")
    results = re.findall(r"^fuzz_\S+ +(passed|FAILED) ", text, re.MULTILINE)
    return results.count("passed"), results.count("FAILED"), 0


def go(path: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests and examples of `go test -v`, without their parts."""
    text = path.read_text(encoding="utf-8", errors="replace")
    results = re.findall(r"^--- (PASS|FAIL|SKIP): ", text, re.MULTILINE)
    return results.count("PASS"), results.count("FAIL"), results.count("SKIP")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", type=Path)
    parser.add_argument("--failed-steps", type=int, default=0)
    arguments = parser.parse_args()

    rows = [(path.stem, junit(path)) for path in sorted(arguments.logs.glob("*.xml"))]
    if (arguments.logs / "fuzz.log").exists():
        rows.append(("fuzz", fuzz(arguments.logs / "fuzz.log")))
    if (arguments.logs / "go-tests.log").exists():
        rows.append(("go", go(arguments.logs / "go-tests.log")))
    for name, (passed, failed, skipped) in rows:
        print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")

    passed, failed, skipped = (sum(row[1][i] for row in rows) for i in range(3))
    if failed == 0:
        failed = arguments.failed_steps
    if passed == 0 and failed == 0:
        print("no test ran")
        return 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
