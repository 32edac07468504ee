"""The pages of the tree as pages of the site: where each goes, and where its links lead.

docs/README.md is the table of contents: a page stands in one of its tables, or is not on the site.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .headers import header_label

INDEX = "docs/README.md"
#: Folders of the package that have a page in the reference.
MODULES = {
    f"capi/python/{name.replace('.', '/')}": f"python-{name.replace('.', '-')}"
    for name in ("aiueo", "aiueo.plot", "aiueo.report", "aiueo.sim", "aiueo.spark")
}


class PageError(Exception):
    """What a reader of the site could not follow, with page and line."""


@dataclass
class Section:
    """A heading of the table of contents, and the pages under it: path in the tree, title."""

    title: str
    pages: list[tuple[str, str]] = field(default_factory=list)


def contents(root: Path) -> list[Section]:
    """The sections of docs/README.md. Rows that lead into the middle of a page are no pages."""
    out: list[Section] = []
    for line in (root / INDEX).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            out.append(Section(line[3:].strip()))
        row = re.match(r"\| \[([^\]]+)\]\(([^)#]+\.md)\) \|", line)
        if row and out:
            path = os.path.normpath(os.path.join(os.path.dirname(INDEX), row[2]))
            out[-1].pages.append((path, row[1]))
    return out


def site_name(path: str) -> str:
    """The name on the site of a page of the tree, without ending."""
    if path == INDEX:
        return "index"
    if path == "README.md":
        return "start"
    name = path.removeprefix("docs/").removesuffix(".md").removesuffix("/README")
    return name.lower()


class Tree:
    """What links of pages may lead to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = [path for section in contents(root) for path, _ in section.pages]
        twice = {one for one in listed if listed.count(one) > 1}
        if twice:
            raise PageError(f"{INDEX}: listed twice: {', '.join(sorted(twice))}")
        self.pages = {path: site_name(path) for path in [INDEX, *listed]}
        self.files: set[str] = set()  # sources that pages show

    def target(self, page: str, link: str) -> tuple[str, str]:
        """Where a link of a page leads: ("page", name and anchor), ("label", …) or ("file", …)."""
        path, _, anchor = link.partition("#")
        if not path:
            return "page", f"#{anchor}"
        where = os.path.normpath(os.path.join(os.path.dirname(page), path))
        found = self.root / where
        if where.startswith("..") or not found.exists():
            raise PageError(f"{page}: {link}: there is no such file")
        if found.is_dir() and (found / "README.md").exists():
            where = f"{where}/README.md"
        if where in self.pages:
            return "page", f"/{self.pages[where]}.md" + (f"#{anchor}" if anchor else "")
        if where.endswith(".md"):
            raise PageError(f"{page}: {link}: {INDEX} does not list this page")
        if where.startswith("include/") and where.endswith(".hpp"):
            return "label", header_label(where.removeprefix("include/"))
        if where == "capi/include/aiueo.h":
            return "label", "c-reference"
        if where.startswith("schema"):
            return "label", schema_label(where)
        if where in MODULES:
            return "label", MODULES[where]
        if found.is_dir():
            raise PageError(f"{page}: {link}: a folder without README.md cannot be shown")
        self.files.add(where)
        return "file", f"files/{where}.txt"


def schema_label(path: str) -> str:
    """The label of a schema's page, or of the list of all."""
    parts = path.split("/")[1:]
    if not parts or not parts[-1].endswith(".json"):
        return "schemas"
    parts[-1] = parts[-1].partition(".")[0]
    return "schema-" + re.sub(r"[^\w]+", "-", "-".join(parts))


def outside_code(text: str, change: Callable[[str, int], str]) -> str:
    """A page with ``change`` made to what is not code: fenced, indented by fences, or quoted."""
    out, fenced = [], False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            out.append(line)
        elif fenced:
            out.append(line)
        else:
            # A link's words may be code, so code is hidden and not cut out.
            held = re.findall(r"`[^`]*`", line)
            bare = change(re.sub(r"`[^`]*`", "\x00", line), number).split("\x00")
            out.append("".join(part for pair in zip(bare, [*held, ""]) for part in pair))
    return "\n".join(out)


def page_text(tree: Tree, path: str) -> str:
    """A page of the tree as MyST Markdown of the site."""
    up = "../" * tree.pages[path].count("/")

    def one(line: str, number: int) -> str:
        def link(found: re.Match[str]) -> str:
            words, to = found[1], found[2]
            if "://" in to or to.startswith("mailto:"):
                return found[0]
            try:
                kind, where = tree.target(path, to)
            except PageError as failure:
                raise PageError(str(failure).replace(": ", f":{number}: ", 1)) from None
            if kind == "file":
                return f'<a href="{up}{where}">{words}</a>'
            if kind == "label":
                return f"[{words}](#{where})"
            return f"[{words}]({where})"

        return re.sub(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", link, line)

    return outside_code((tree.root / path).read_text(encoding="utf-8"), one)


def stage(tree: Tree, source: Path, extra: Path, reference: list[tuple[str, str]]) -> None:
    """Write the pages to ``source``, and what they show of the tree to ``extra``. ``reference``:
    names and titles of the pages that are made of the sources."""
    for path, name in tree.pages.items():
        text = page_text(tree, path)
        if path == INDEX:
            text = front(tree, text, reference)
        target = source / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    shutil.copytree(tree.root / "schema", extra / "schema")
    for where in sorted(tree.files):
        shown = extra / "files" / f"{where}.txt"
        shown.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree.root / where, shown)


def front(tree: Tree, text: str, reference: list[tuple[str, str]]) -> str:
    """The first page, with the tables of contents that make the menu."""
    for section in contents(tree.root):
        rows = [f"{title} <{tree.pages[path]}>" for path, title in section.pages]
        if section.title == "Reference":
            rows += [f"{title} <{name}>" for name, title in reference]
        menu = "\n".join(
            ["```{toctree}", ":hidden:", f":caption: {section.title}", "", *rows, "```"]
        )
        heading = f"## {section.title}\n"
        text = text.replace(heading, f"{menu}\n\n{heading}", 1)
    return text
