"""Compares the C ABI of a build with the one that programs were compiled against (capi/abi).

    ./dev abi             what has changed; status 1 if something was removed or changed
    ./dev abi --accept    makes the ABI of today the new baseline

libabigail reads the debug information of the target aiueo_abi: the sources of libaiueo.so, compiled
for this.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "capi" / "abi" / "libaiueo.abi.xml"
HEADERS = ROOT / "capi" / "include"


def built_for_abi(build: Path) -> Path:
    """Builds what is compared."""
    command = ["cmake", "--build", str(build), "--target", "aiueo_abi"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return build / "abi" / "libaiueo.so"


def dump(of: Path, headers: Path = HEADERS) -> str:
    """The exported functions and the types of the header, as XML without a place in it."""
    done = subprocess.run(
        [
            *("abidw", "--headers-dir", str(headers), "--drop-private-types"),
            *("--exported-interfaces-only", "--no-corpus-path", "--no-comp-dir-path"),
            *("--no-show-locs", "--no-parameter-names", "--type-id-style", "hash", str(of)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    # A unit's path says where the sources were.
    return re.sub(r"path='[^']*/(\w+\.cpp)'", r"path='\1'", done.stdout)


def compare(old: Path, new: Path) -> tuple[str, bool, bool]:
    """What has changed in words; whether something was added; whether something else changed."""

    def differ(*options: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*("abidiff", "--no-show-locs", *options), str(old), str(new)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode & 3:
            raise RuntimeError(done.stdout + done.stderr)
        return done

    everything = differ()
    rest = differ("--no-added-syms")
    return everything.stdout, everything.returncode != 0, rest.returncode != 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="./dev abi")
    parser.add_argument("build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--accept", action="store_true", help="write the baseline")
    options = parser.parse_args()
    today = options.build / "abi" / "libaiueo.abi.xml"
    today.parent.mkdir(parents=True, exist_ok=True)
    today.write_text(dump(built_for_abi(options.build)), encoding="utf-8")
    if BASELINE.exists():
        words, added, broken = compare(BASELINE, today)
        print(words.rstrip() if added else "the C ABI is that of capi/abi")
    else:
        broken = False
    if options.accept:
        BASELINE.write_bytes(today.read_bytes())
        return 0
    if broken:
        print(
            "removed or changed, so old programs may no longer work; if meant: ./dev abi --accept"
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
