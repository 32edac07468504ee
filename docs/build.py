"""Builds the documentation into a folder of static pages: ./dev docs

The pages of docs/ and the READMEs, and a reference made of the sources: headers, package, command
line, schemas. Nothing of it loads anything from elsewhere; a broken link is an error.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev docs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "docs", help="the folder")
    parser.add_argument("--serve", action="store_true", help="then show it on 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()

    from builder.pages import PageError
    from builder.site import build

    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    try:
        wrong = build(ROOT, given.out)
    except PageError as failure:
        wrong = [str(failure)]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        print(f"docs: {len(wrong)} wrong", file=sys.stderr)
        return 1
    print(given.out / "index.html", flush=True)
    if given.serve:
        serve(given.out, given.port)
    return 0


def serve(folder: Path, port: int) -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    sys.exit(main())
