"""Pages of the reference as document trees, made without a markup language between.

Comments of sources are plain: paragraphs, lists, tables and indented code, with what is code in
backquotes. Everything that is declared can be searched for and linked to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from .domain import ApiDomain

_ITEM = re.compile(r"\s*(?:-|\d+\.) ")


@dataclass
class Place:
    """The page that is being made."""

    env: BuildEnvironment
    document: nodes.document

    @property
    def name(self) -> str:
        return self.env.docname

    def label(self, label: str, target: str, title: str) -> None:
        """Pages may link to #label."""
        self.env.domains.standard_domain.note_hyperlink_target(label, self.name, target, title)


def identifier(text: str) -> str:
    return nodes.make_id(text) or "section"


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def words(text: str) -> list[nodes.Node]:
    """A line of a comment: what is in backquotes is code, and docs/NAME.md a link."""
    out: list[nodes.Node] = []
    for part in re.split(r"(``[^`]+``|`[^`]+`|\bdocs/[\w-]+\.md)", text):
        if part.startswith("`"):
            out.append(nodes.literal("", " ".join(part.strip("`").split())))
        elif part.startswith("docs/"):
            name = part.removeprefix("docs/").removesuffix(".md")
            out.append(page_link(name, part))
        elif part:
            out.append(nodes.Text(part))
    return out


def paragraph(*parts: str | nodes.Node) -> nodes.paragraph:
    out = nodes.paragraph()
    for part in parts:
        out += words(part) if isinstance(part, str) else [part]
    return out


def code(text: str, language: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language=language)


def prose(text: str, language: str = "text") -> list[nodes.Node]:
    """A comment: paragraphs, lists, tables and indented code, of that language."""
    out: list[nodes.Node] = []
    held: list[str] = []
    before = "blank"

    def close() -> None:
        if not held:
            return
        if before in ("table", "code"):
            out.append(code("\n".join(held), "text" if before == "table" else language))
        elif before == "item":
            rows: list[str] = []
            for line in held:
                mark = _ITEM.match(line)
                if mark:
                    rows.append(line[mark.end() :].strip())
                else:
                    rows[-1] += " " + line.strip()
            out.append(bullets(*([paragraph(row)] for row in rows)))
        else:
            out.append(paragraph(" ".join(line.strip() for line in held)))
        held.clear()

    for line in text.split("\n"):
        if not line.strip():
            kind = "blank"
        elif line.lstrip().startswith("|"):
            kind = "table"
        elif _ITEM.match(line) or (before == "item" and line.startswith("  ")):
            kind = "item"
        elif re.match(r"\t| {4,}", line) or (before == "code" and line.startswith("  ")):
            kind = "code"
        else:
            kind = "text"
        if kind != before:
            close()
        before = kind
        if kind == "code":
            held.append(line.expandtabs(4).removeprefix("    "))
        elif kind != "blank":
            held.append(line)
    close()
    return out


def bullets(*items: Iterable[nodes.Node]) -> nodes.bullet_list:
    return nodes.bullet_list("", *(nodes.list_item("", *item) for item in items), bullet="-")


def table(
    head: Sequence[str], widths: Sequence[int], rows: list[list[nodes.paragraph]]
) -> nodes.table:
    """A table of members: its columns are as wide as said."""
    group = nodes.tgroup(cols=len(widths))
    group += [nodes.colspec(colwidth=width) for width in widths]

    def row(cells: Iterable[nodes.Node]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", cell) for cell in cells))

    group += nodes.thead("", row(paragraph(one) for one in head))
    group += nodes.tbody("", *(row(one) for one in rows))
    return nodes.table("", group, classes=["members", "colwidths-given"])


# ── structure ────────────────────────────────────────────────────────────────────────────────────


def section(place: Place, title: str, label: str = "", short: str = "") -> nodes.section:
    """A section, without what is in it. ``label``: what pages link to."""
    target = label or short or identifier(title)
    out = nodes.section("", nodes.title("", "", *words(title)), ids=[target], names=[])
    place.document.note_explicit_target(out)
    if label:
        place.label(label, target, title)
    return out


def page_link(target: str, title: str) -> nodes.Node:
    """To a page of the site, from its root."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", title),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{target}",
        refexplicit=True,
        refwarn=True,
    )


def menu(place: Place, pages: list[str]) -> nodes.Node:
    """A list of the pages below this one, which is also their place in the menu."""
    folder = place.name.rpartition("/")[0]
    entries = [(None, f"{folder}/{one}") for one in pages]
    tree = addnodes.toctree(
        "",
        parent=place.name,
        entries=entries,
        includefiles=[one for _, one in entries],
        maxdepth=1,
        caption=None,
        glob=False,
        hidden=False,
        includehidden=False,
        numbered=0,
        titlesonly=True,
    )
    return nodes.compound("", tree, classes=["toctree-wrapper"])


def declared(
    place: Place,
    names: list[str],
    kind: str,
    language: str,
    signature: str,
    content: Iterable[nodes.Node] = (),
) -> nodes.Node:
    """A declaration: its signature, and below it what it means."""
    domain = place.env.domains["api"]
    assert isinstance(domain, ApiDomain)
    targets = [domain.note(language, one, kind, place.name) for one in names]
    shown = nodes.literal("", signature, classes=["code"], language=language)
    line = addnodes.desc_signature("", "", shown, ids=targets, classes=["api-signature"])
    place.document.note_explicit_target(line)
    return addnodes.desc(
        "",
        line,
        addnodes.desc_content("", *content),
        domain="api",
        objtype=kind,
        desctype=kind,
        classes=["api", language],
    )
