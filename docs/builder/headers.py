"""Reference pages of the C++ and C headers."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from docutils import nodes

from .declarations import Declaration, Reader, opening
from .markup import Place, bullets, code, declared, paragraph, prose, section

_WIDTH = 92
_TYPES = ("class", "struct", "union")


def broken(signature: str) -> str:
    """A long signature with a parameter a line."""
    lead = ""
    template = re.match(r"template ?<", signature)
    if template and len(signature) > 60:
        end = _closing(signature, template.end() - 1) + 1
        lead, signature = signature[:end] + "\n", signature[end:].strip()
    if len(signature) <= _WIDTH or "(" not in signature:
        return lead + signature
    begin = _parameters(signature)
    end = _closing(signature, begin)
    parts, last, depth = [], begin + 1, 0
    for k in range(begin + 1, end):
        depth += signature[k] in "(<[{"
        depth -= signature[k] in ")>]}"
        if depth == 0 and signature[k] == ",":
            parts.append(signature[last : k + 1].strip())
            last = k + 1
    parts.append(signature[last:end].strip() + signature[end:])
    return lead + "\n    ".join([signature[: begin + 1], *parts])


def _closing(text: str, begin: int) -> int:
    """Where the bracket at ``begin`` is closed."""
    depth = 0
    for k in range(begin, len(text)):
        depth += text[k] in "(<[{"
        depth -= text[k] in ")]}" or (text[k] == ">" and text[k - 1] != "-")
        if depth == 0:
            return k
    return len(text) - 1


def _parameters(signature: str) -> int:
    angle = 0
    for k, mark in enumerate(signature):
        angle += mark == "<"
        angle -= mark == ">" and signature[k - 1] != "-"
        if mark == "(" and angle <= 0:
            return k
    return signature.index("(")


def listing(members: list[Declaration], end: str, prefix: str = "") -> list[str]:
    """Fields, enumerators or macros with their comments beside them, or above if they are long."""
    rows = [(prefix + one.signature + end, " ".join(one.text.split())) for one in members]
    width = max((len(row) for row, text in rows if len(row) + len(text) + 4 <= _WIDTH), default=0)
    lines: list[str] = []
    for row, text in rows:
        if not text:
            lines.append(row)
        elif max(width, len(row)) + len(text) + 4 <= _WIDTH:
            lines.append(f"{row:<{width}}  // {text}")
        else:
            lines += [f"// {line}" for line in textwrap.wrap(text, _WIDTH - 3)]
            lines.append(row)
    return lines


def entry(place: Place, one: Declaration, scope: str, language: str = "cpp") -> nodes.Node:
    """A declaration with what it means, and its members."""
    cpp = language == "cpp"
    full = "::".join(filter(None, [scope, one.scope, one.name])) if cpp else one.name
    content = prose(one.text)
    if one.kind in ("enum", "enum class"):
        rows = ["    " + line for line in listing(one.members, ",")]
        shown = "\n".join([f"{one.kind} {one.signature} {{", *rows, "};"])
        return declared(place, [full], "type", language, shown, content)
    if one.kind in _TYPES:
        content += [
            entry(place, each, full, language) for each in one.members if each.kind != "variable"
        ]
        return declared(place, [full], "class", language, _type(one, language), content)
    if one.kind == "concept":
        return declared(place, [full], "concept", language, one.text.strip("`"))
    lead = ""
    if one.kind in ("type", "handle"):
        lead = "using " if cpp else "typedef "
    kind = "type" if one.kind == "handle" else one.kind
    return declared(place, [full], kind, language, broken(lead + one.signature + ";"), content)


def _type(one: Declaration, language: str) -> str:
    """The head of a class or structure, and its fields."""
    fields = [each for each in one.members if each.kind == "variable"]
    rest, template = one.signature, ""
    if rest.startswith("template"):
        end = _closing(rest, rest.index("<")) + 1
        template, rest = rest[:end] + "\n", rest[end:].strip()
    head = f"{template}{'typedef ' if language == 'c' else ''}{one.kind} {rest}"
    if not fields:
        return head
    rows = ["    " + line for line in listing(fields, ";")]
    return "\n".join([f"{head} {{", *rows, f"}} {one.name};" if language == "c" else "};"])


# ── C++ ──────────────────────────────────────────────────────────────────────────────────────────


def about_header(source: str) -> str:
    """The opening comment of a C++ header without its place in the flow."""
    first, _, rest = opening(source).partition("\n\n")
    first = re.sub(r"^(?:[\w ]+ › )?\w+: ", "", " ".join(first.split()))
    first = re.sub(r"(?:…|\bbase)(?: ─► \w+)+\.?", "", first).strip().removesuffix(". base")
    first = first[:1].upper() + first[1:] + ("" if first.endswith((".", "?", ":")) else ".")
    return f"{first}\n\n{rest}".strip()


def header_label(path: str) -> str:
    """What pages link to, of ``aiueo/score/scores.hpp``."""
    return "header-" + re.sub(r"\W+", "-", path)


def room_sections(place: Place, headers: list[Path], root: Path) -> list[nodes.Node]:
    """The headers of a room, those for users first, with what they declare."""
    out: list[nodes.Node] = []
    inner: list[list[nodes.Node]] = []
    for path in headers:
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(root / "include").as_posix()
        about = about_header(source)
        entries = [entry(place, one, "") for one in for_users(source)]
        if not entries:
            first = about.split("\n\n")[0]
            item = paragraph(f"`{path.name}`: {first[:1].lower()}{first[1:]}")
            item["ids"].append(header_label(name))
            place.label(header_label(name), header_label(name), path.name)
            inner.append([item])
            continue
        part = section(place, path.name, header_label(name))
        part += [*prose(about), code(f"#include <{name}>", "cpp"), *entries]
        out.append(part)
    if inner:
        part = section(place, "Headers that the others need", short="inner")
        part += [paragraph("They declare nothing for users."), bullets(*inner)]
        out.append(part)
    return out


def for_users(source: str) -> list[Declaration]:
    """What a header declares for its users, each once."""
    out: list[Declaration] = []
    seen: set[tuple[str, str]] = set()
    for one in Reader(source).read():
        before = one.signature.partition("(")[0].split(" ")[-1]
        outside = one.kind == "function" and "::" in before
        key = (one.name, one.signature)
        if key in seen or one.kind == "macro" or outside:
            continue  # the other branch of an #if, or a member that was declared in its class
        seen.add(key)
        out.append(one)
    return out


# ── C ────────────────────────────────────────────────────────────────────────────────────────────


def c_sections(place: Place, header: Path) -> list[nodes.Node]:
    """The reference of aiueo.h, in its own sections."""
    source = header.read_text(encoding="utf-8")
    reader = Reader(source)
    part = section(place, "What holds for every function")
    part += prose(opening(source).partition("What holds for every function:")[2].strip())
    out: list[nodes.Node] = [part]
    group: list[Declaration] = []

    def close() -> None:
        if group:
            part.append(_macros(place, group))
            group.clear()

    last = 0
    found = reader.read()
    titles = list(reader.sections)
    for one in found:
        if one.name.lower().startswith("arrow") or one.name in ("AIUEO_H", "AIUEO_API"):
            continue
        begin = reader.starts.get(id(one), 0)
        while titles and begin > titles[0][0]:
            close()
            heading = titles.pop(0)[1]
            part = section(place, heading[:1].upper() + heading[1:])
            out.append(part)
        if one.kind == "macro":
            if "\n\n" in source[last:begin] or one.above:
                close()
            group.append(one)
        else:
            close()
            part.append(entry(place, one, "", "c"))
        last = begin
    close()
    return out


def _macros(place: Place, group: list[Declaration]) -> nodes.Node:
    """Macros that stand side by side, as one listing; each can be found by its name."""
    first = group[0]
    first.text = first.text[len(first.above) :].strip()
    shown = "\n".join(listing(group, "", "#define "))
    names = [one.name for one in group]
    return declared(place, names, "macro", "c", shown, prose(first.above))
