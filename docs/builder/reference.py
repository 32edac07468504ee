"""The pages of the reference: which there are, and the parser that makes them of the sources.

A file ``NAME.ref`` of the site's sources holds one line, what it is a page of: the page is made
when Sphinx reads it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.parsers import Parser

from . import commands, go_source, headers, python_api, schemas
from .domain import ApiDomain
from .markup import Place, bullets, code, menu, page_link, paragraph, section

Room = tuple[str, str, list[Path]]


def rooms(root: Path) -> list[Room]:
    """The rooms in the order in which data goes through them, what each holds (CONTRIBUTING.md has
    it), and its headers in the order of aiueo.hpp, then the others."""
    map_of = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    umbrella = (root / "include/aiueo/aiueo.hpp").read_text(encoding="utf-8")
    order = re.findall(r'^#include "(aiueo/[\w/]+\.hpp)"', umbrella, re.MULTILINE)
    place = {name: k for k, name in reversed(list(enumerate(order)))}
    out = []
    for room, holds in re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", map_of, re.MULTILINE):
        folder = root / "include" / "aiueo" / room
        found = sorted(folder.glob("*.hpp"))
        found.sort(key=lambda one: place.get(f"aiueo/{one.parent.name}/{one.name}", len(order)))
        if found:
            out.append((room, holds.strip()[:1].upper() + holds.strip()[1:] + ".", found))
    return out


class Pages:
    """What a line of a .ref file asks for."""

    def __init__(self, place: Place, root: Path) -> None:
        self.place = place
        self.root = root

    def commands(self) -> nodes.section:
        out = section(self.place, "Command line", "commands")
        out += paragraph(
            "What every command prints for `--help`. Files, exit status and messages: ",
            page_link("files", "Files and commands"),
            ".",
        )
        out += commands.command_sections(self.place)
        return out

    def c(self) -> nodes.section:
        out = section(self.place, "C: aiueo.h", "c-reference")
        out += paragraph(
            "Every function, structure and constant of the header. How they are used: ",
            page_link("c-api", "In a C program"),
            ".",
        )
        out += headers.c_sections(self.place, self.root / "capi/include/aiueo.h")
        return out

    def cpp(self) -> nodes.section:
        out = section(self.place, "C++ headers", "cpp-reference")
        out += paragraph(
            "Public functions and types with their comments, room by room, in the order in which "
            "data goes through them. A room uses only those before it. How they are used: ",
            page_link("cpp", "In a C++ program"),
            ".",
        )
        out += menu(self.place, [f"cpp/{room}" for room, _, _ in rooms(self.root)])
        folder = self.root / "include/aiueo"
        whole = section(self.place, "aiueo.hpp", headers.header_label("aiueo/aiueo.hpp"))
        whole += paragraph("All of the rooms. It is the one header that a program needs.")
        whole += code("#include <aiueo/aiueo.hpp>", "cpp")
        out += whole
        beside = sorted(set(folder.glob("*.hpp")) - {folder / "aiueo.hpp"})
        out += headers.room_sections(self.place, beside, self.root)
        return out

    def room(self, name: str) -> nodes.section:
        holds, found = next((h, f) for room, h, f in rooms(self.root) if room == name)
        out = section(self.place, name, f"room-{name}")
        out += paragraph(holds)
        out += headers.room_sections(self.place, found, self.root)
        return out

    def go(self) -> nodes.section:
        text = (self.root / "capi/go/go.mod").read_text(encoding="utf-8")
        module = re.search(r"^module (\S+)", text, re.MULTILINE)
        out = section(self.place, "Go: package aiueo", "go-reference")
        out += paragraph(
            "What the package exports. How it is used: ", page_link("go", "In Go"), "."
        )
        folder = self.root / "capi/go"
        out += go_source.go_sections(self.place, folder, module[1] if module else "")
        return out

    def schemas(self) -> nodes.section:
        out = section(self.place, "JSON Schemas", "schemas")
        out += paragraph(
            "What the model file may hold, and what the library writes as JSON. Programs find the "
            "schemas in the folder `schema` of the source tree."
        )
        rows = []
        for one in schemas.files(self.root):
            link = page_link(f"reference/schema/{schemas.key_of(one)}", schemas.title_of(one))
            rows.append([paragraph(link)])
        out += bullets(*rows)
        return out

    def schema(self, key: str) -> nodes.section:
        path = next(one for one in schemas.files(self.root) if schemas.key_of(one) == key)
        self.place.env.metadata[self.place.name]["orphan"] = ""  # its list has it, not the menu
        out = section(self.place, schemas.title_of(path), f"schema-{key}")
        where = path.relative_to(self.root).as_posix()
        out += paragraph(
            "The whole schema, for programs: ",
            nodes.reference("", "", nodes.literal("", where), refuri=f"../../{where}"),
            ".",
        )
        out += schemas.schema_sections(self.place, path)
        return out


class ReferenceParser(Parser):
    """Makes the page that a .ref file names."""

    supported = ("reference",)

    def parse(self, inputstring: Any, document: nodes.document) -> None:
        self.setup_parse(str(inputstring), document)
        env = document.settings.env
        root = Path(env.config.reference_root)
        what, *given = str(inputstring).split()
        document += getattr(Pages(Place(env, document), root), what)(*given)
        self.finish_parse()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_domain(ApiDomain)
    app.add_config_value("reference_root", "", "env")
    app.add_source_suffix(".ref", "reference")
    app.add_source_parser(ReferenceParser)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def write(root: Path, source: Path) -> list[tuple[str, str]]:
    """Write the sources of the reference; names and titles of those pages that are in the menu."""
    pages = {"commands": "commands", "cpp": "cpp", "c": "c", "go": "go", "schemas": "schemas"}
    pages |= {f"cpp/{room}": f"room {room}" for room, _, _ in rooms(root)}
    keys = [schemas.key_of(one) for one in schemas.files(root)]
    pages |= {f"schema/{key}": f"schema {key}" for key in keys}
    texts = {f"{name}.ref": line for name, line in pages.items()}
    texts |= {f"{name}.rst": text for name, text in python_api.pages().items()}
    for name, text in texts.items():
        path = source / "reference" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return [
        ("reference/commands", "Command line"),
        ("reference/cpp", "C++ headers"),
        ("reference/c", "C header"),
        ("reference/python", "Python package"),
        ("reference/go", "Go package"),
        ("reference/schemas", "JSON Schemas"),
    ]
