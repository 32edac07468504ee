"""The reference of the Go package, from its sources: what is exported, with its comments.

The sources are formatted by gofmt, so that a declaration begins in the first column and ends with a
brace or parenthesis there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes

from .markup import Place, code, declared, prose, section


@dataclass
class Go:
    kind: str  # func, method, type, const, var
    name: str  # of a method: Type.Name
    signature: str
    text: str = ""
    names: list[str] = field(default_factory=list)  # of a group


def _exported(name: str) -> bool:
    return name[:1].isupper()


def declarations(source: str) -> list[Go]:
    """The exported declarations of a file, in its order."""
    out: list[Go] = []
    comment: list[str] = []
    lines = source.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("//"):
            comment.append(line[2:].removeprefix(" "))
            continue
        found = re.match(r"(func|type|const|var)\b", line)
        if not found:
            comment = []
            continue
        block = [line]
        if line.endswith(("{", "(")):
            while not lines[at].startswith(("}", ")")):
                block.append(lines[at])
                at += 1
            block.append(lines[at])
            at += 1
        text = "\n".join(one for one in comment if not one.startswith("go:"))
        comment = []
        made = _func(block, text) if found[1] == "func" else _group(found[1], block, text)
        out += [made] if made else []
    return out


def _func(block: list[str], text: str) -> Go | None:
    end = next(
        k
        for k, line in enumerate(block)
        if line.endswith("{") or "{ " in line or k == len(block) - 1
    )
    head = "\n".join(block[: end + 1])
    head = re.sub(r"\s*\{[^{}]*\}$" if len(block) == 1 else r"\s*\{$", "", head)
    if len(block) == 1:
        head = _without_body(block[0])
    method = re.match(r"func \(\w* ?\*?(\w+)(?:\[[^\]]*\])?\) (\w+)", head)
    if method:
        if not (_exported(method[1]) and _exported(method[2])):
            return None
        return Go("method", f"{method[1]}.{method[2]}", head, text)
    name = re.match(r"func (\w+)", head)
    if not name or not _exported(name[1]):
        return None
    return Go("func", name[1], head, text)


def _without_body(line: str) -> str:
    """A function that is written in one line, up to its body: the last brace at depth 0."""
    depth = 0
    last = len(line)
    for k, mark in enumerate(line):
        if mark == "{" and depth == 0 and line[k - 1] == " ":
            last = k
            if not line[:k].rstrip().endswith(("struct", "interface")):
                break
        depth += mark in "([{"
        depth -= mark in ")]}"
    return line[:last].rstrip()


def _group(kind: str, block: list[str], text: str) -> Go | None:
    """A type, or constants or variables; of those in a group, all that are exported."""
    single = re.match(rf"{kind} (\w+)", block[0])
    if single:
        if not _exported(single[1]):
            return None
        return Go(kind, single[1], "\n".join(_public(block)), text, [single[1]])
    names = [found[1] for line in block[1:-1] if (found := re.match(r"\t(\w+)\b", line))]
    names = [one for one in names if _exported(one)]
    if not names:
        return None
    return Go(kind, names[0], "\n".join(_public(block)), text, names)


def _public(block: list[str]) -> list[str]:
    """The lines of a structure or group, without what is not exported."""
    out: list[str] = [block[0]]
    held: list[str] = []  # comments, until what they belong to
    hidden = False
    inside = within = 0  # braces that are open: of what is left out, of what is shown
    for line in block[1:-1]:
        opened = line.count("{") - line.count("}")
        if inside:
            inside += opened
            continue
        name = re.match(r"\t\*?(\w+)", line)
        if not within and re.match(r"\t//", line):
            held.append(line)
        elif not within and name and not _exported(name[1]):
            hidden, held, inside = True, [], opened
        else:
            within += opened
            out += [*held, line]
            held = []
    while len(out) > 1 and not out[-1].strip():
        out.pop()
    if hidden and len(out) > 1:
        out.append("\t// and what is not exported")
    return [*out, *held, *block[1:][-1:]]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def files(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.glob("*.go")) if not one.name.endswith("_test.go")]


def exported(folder: Path) -> list[Go]:
    return [each for one in files(folder) for each in declarations(one.read_text("utf-8"))]


def _prose(text: str) -> list[nodes.Node]:
    """A doc comment: paragraphs, headings, code; [Plan.Score] is code, too."""
    text = re.sub(r"(?<![\]\w])\[(\*?[A-Z][\w.]*)\]", r"`\1`", text)
    out: list[nodes.Node] = []
    for part in text.split("\n\n"):
        heading = re.fullmatch(r"# (.+)", part)
        out += (
            [nodes.paragraph("", "", nodes.strong("", heading[1]))]
            if heading
            else prose(part, "go")
        )
    return out


def _entry(place: Place, one: Go) -> nodes.Node:
    names = one.names or [one.name]
    kinds = {"func": "function", "method": "function", "var": "variable", "const": "constant"}
    return declared(
        place,
        [f"aiueo.{name}" for name in names],
        kinds.get(one.kind, one.kind),
        "go",
        one.signature.replace("\t", "    "),
        _prose(one.text),
    )


def _type_of(one: Go, types: set[str]) -> str:
    """The type under which a function or constant is shown, as go doc does; else empty."""
    if one.kind == "method":
        return one.name.partition(".")[0]
    if one.kind == "func":
        result = re.search(r"\) \(?\*?(\w+)[^()]*\)?$", one.signature)
        return result[1] if result and result[1] in types else ""
    if one.kind in ("const", "var"):
        typed = re.search(rf"{one.name}\s+(\w+)", one.signature)
        return typed[1] if typed and typed[1] in types else ""
    return ""


def go_sections(place: Place, folder: Path, imported: str) -> list[nodes.Node]:
    """The package as a whole, then functions, constants, and each type with what makes it."""
    everything = exported(folder)
    types = {one.name for one in everything if one.kind == "type"}
    package = (folder / "doc.go").read_text(encoding="utf-8").split("\npackage ")[0]
    about = "\n".join(line[2:].removeprefix(" ") for line in package.strip().split("\n"))
    whole = section(place, "The package")
    whole += [code(f'import aiueo "{imported}"', "go"), *_prose(about)]
    loose = [one for one in everything if one.kind == "func" and not _type_of(one, types)]
    functions = section(place, "Functions")
    functions += [_entry(place, one) for one in sorted(loose, key=lambda one: one.name)]
    alone = [one for one in everything if one.kind in ("const", "var") and not _type_of(one, types)]
    values = section(place, "Constants and variables")
    values += [_entry(place, one) for one in alone]
    kinds = section(place, "Types")
    order = {"type": 0, "const": 1, "var": 1, "func": 2, "method": 3}
    for name in sorted(types):
        parts = [one for one in everything if name in (_type_of(one, types), one.name)]
        parts.sort(key=lambda one: (order[one.kind], one.name))
        part = section(place, name, short=f"type-{name.lower()}")
        part += [_entry(place, one) for one in parts]
        kinds += part
    return [whole, functions, *([values] if alone else []), kinds]
