"""The site: all pages in one source folder, built by Sphinx, then looked through for dead links."""

from __future__ import annotations

import html
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import reference
from .pages import Tree, stage

HERE = Path(__file__).parent


# ── building ─────────────────────────────────────────────────────────────────────────────────────


def settings(root: Path, version: str, extra: Path) -> dict[str, Any]:
    return {
        "project": "aiueo",
        "version": version,
        "release": version,
        "extensions": ["myst_parser", "sphinx.ext.autodoc", "builder.reference"],
        "reference_root": str(root),
        "root_doc": "index",
        "html_theme": "furo",
        "html_title": "aiueo",
        "html_static_path": [str(HERE / "static")],
        "html_css_files": ["site.css"],
        "html_extra_path": [str(extra)],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_search_summary": False,  # it would be fetched, which files cannot be
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_theme_options": {"top_of_page_buttons": []},
        "templates_path": [],
        "highlight_language": "none",
        "pygments_style": "friendly",
        "myst_heading_anchors": 6,
        "suppress_warnings": ["misc.highlighting_failure"],
        "default_role": "code",
        "autodoc_member_order": "bysource",
        "autodoc_typehints": "signature",
        "autodoc_class_signature": "separated",
        "python_use_unqualified_type_names": True,
        "maximum_signature_line_length": 92,
        "toc_object_entries": False,
        "language": "en",
    }


def build(root: Path, out: Path) -> list[str]:
    """Build the site into ``out``; what is wrong with it, a line each."""
    from sphinx.application import Sphinx

    match = re.search(
        r"\n  VERSION (\d+\.\d+\.\d+)\n", (root / "CMakeLists.txt").read_text("utf-8")
    )
    with tempfile.TemporaryDirectory(prefix="aiueo-docs-") as folder:
        source, extra = Path(folder) / "source", Path(folder) / "extra"
        source.mkdir()
        extra.mkdir()
        tree = Tree(root)
        stage(tree, source, extra, reference.write(root, source))
        app = Sphinx(
            source,
            None,
            out,
            Path(folder) / "trees",
            "html",
            confoverrides=settings(root, match[1] if match else "", extra),
            status=None,
            warning=sys.stderr,
            freshenv=True,
            warningiserror=True,
            parallel=1,
        )
        app.build()
    wrong = [] if app.statuscode == 0 else ["Sphinx has warnings, see above"]
    for needless in (".buildinfo", ".doctrees", "objects.inv"):
        (out / needless).unlink(missing_ok=True)
    return wrong + look_through(out)


# ── looking through it ───────────────────────────────────────────────────────────────────────────

_TAG = re.compile(r"<([a-z][a-z0-9]*)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(id|href|src|srcset|action|poster)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass
class Seen:
    """What a page loads, where it leads, and what can be led to."""

    links: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def seen_in(text: str) -> Seen:
    out = Seen()
    for tag, rest in _TAG.findall(text):
        for name, double, single in _ATTRIBUTE.findall(rest):
            value = html.unescape(double or single)
            if name == "id":
                out.ids.add(value)
            elif name == "href" and tag in ("a", "area"):
                out.links.add(value)
            else:
                out.loads.add(value)
    return out


def look_through(out: Path) -> list[str]:
    """Links that lead nowhere, and whatever a page would load from elsewhere."""
    out = out.resolve()
    pages = {
        path: seen_in(path.read_text(encoding="utf-8")) for path in sorted(out.rglob("*.html"))
    }
    there = {path for path in out.rglob("*") if path.is_file()}
    wrong: list[str] = []
    for path, seen in pages.items():
        page = path.relative_to(out).as_posix()
        for link in seen.links | seen.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in seen.loads and parts.scheme != "data":
                    wrong.append(f"{page}: loads {link}")
                continue
            joined = os.path.normpath(path.parent / unquote(parts.path)) if parts.path else path
            target = Path(joined)
            if target not in there:
                wrong.append(f"{page}: {link}: no such file")
            elif (
                parts.fragment
                and target in pages
                and unquote(parts.fragment) not in pages[target].ids
            ):
                wrong.append(f"{page}: {link}: no such place")
    for path in sorted(out.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        for found in re.findall(r"@import[^;]*|url\(\s*['\"]?(?:https?:)?//[^)]*", text):
            wrong.append(f"{path.name}: loads {found}")
    return sorted(wrong)
