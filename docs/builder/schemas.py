"""Reference pages of the JSON Schemas: each object as a table of its members."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes

from .markup import Place, bullets, page_link, paragraph, section, table, words

Schema = dict[str, Any]
_WORDS = {"string": "text", "boolean": "true or false"}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "above {}",
    "exclusiveMaximum": "below {}",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}


def files(root: Path) -> list[Path]:
    """All schemas, the model's first."""
    found = sorted((root / "schema").rglob("*.schema.json"))
    return sorted(found, key=lambda one: (one.name != "aiueo-model.schema.json", len(one.parts)))


def key_of(path: Path) -> str:
    """``findings-renewal``: what its page is called."""
    name = path.name.partition(".")[0]
    return name if path.parent.name == "schema" else f"{path.parent.name}-{name}"


def title_of(path: Path) -> str:
    """In words, with the name by which it is asked for."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    group = {"findings": "Finding ", "actions": "Action "}.get(path.parent.name, "")
    name = path.name.partition(".")[0]
    return f"{group}{name}: {schema['title']}" if group else str(schema["title"])


class Writer:
    """One schema."""

    def __init__(self, place: Place, path: Path) -> None:
        self.place = place
        self.path = path
        self.schema: Schema = json.loads(path.read_text(encoding="utf-8"))
        self.waiting: list[tuple[str, Schema]] = []  # objects that get a section of their own

    def sections(self) -> list[nodes.Node]:
        out: list[nodes.Node] = []
        whole = section(self.place, "The whole", short="the-whole")
        if self.schema.get("description"):
            whole += paragraph(self.schema["description"])
        whole += self.content("", self.schema)
        out.append(whole)
        named = sorted(self.schema.get("$defs", {}).items())
        done: set[str] = set()
        while self.waiting or named:
            name, one = (self.waiting or named).pop(0)
            if name in done:
                continue
            done.add(name)
            part = section(self.place, name, short=self.target(name))
            if one.get("description"):
                part += paragraph(one["description"])
            part += self.content(name, one)
            out.append(part)
        return out

    @staticmethod
    def target(name: str) -> str:
        return "member-" + re.sub(r"\W+", "-", name).strip("-").lower()

    def link(self, name: str) -> nodes.Node:
        return nodes.reference("", name, refid=self.target(name), internal=True)

    def elsewhere(self, file: str) -> nodes.Node:
        """A whole other schema, by its path from this one."""
        path = (self.path.parent / file).resolve()
        return page_link(f"reference/schema/{key_of(path)}", title_of(path))

    def content(self, name: str, one: Schema) -> list[nodes.Node]:
        """What a section says of an object, or of another type with a name."""
        out = self.members(name, one) if one.get("properties") else []
        for key in ("anyOf", "oneOf"):
            kinds = one.get(key, [])
            described = [each for each in kinds if each.get("description") or "type" in each]
            if kinds and not out and described:
                out.append(paragraph("One of:"))
                items = []
                for k, each in enumerate(kinds):
                    about = words(": " + each["description"]) if each.get("description") else []
                    kind = self.type_of(each, f"{name}, {k + 1}" if name else f"form {k + 1}")
                    items.append([paragraph(*kind, *about)])
                out.append(bullets(*items))
        if not out:
            out.append(paragraph(*self.type_of(one, name), ". " + self.limits(one)))
        return out

    def members(self, owner: str, one: Schema) -> list[nodes.Node]:
        needed = set(one.get("required", []))
        most = len(needed) * 2 > len(one["properties"])  # what is rarer is marked
        rows = []
        for name, each in one["properties"].items():
            kind = self.type_of(each, f"{owner}.{name}" if owner else name)
            mark = (
                "" if (name in needed) == most else ", required" if name in needed else ", optional"
            )
            about = " ".join(filter(None, [each.get("description"), self.limits(each)]))
            rows.append([paragraph(f"`{name}`{mark}"), paragraph(*kind), paragraph(about or "–")])
        out: list[nodes.Node] = [table(["member", "type", "meaning"], [22, 28, 50], rows)]
        if most:
            out.append(paragraph("All members are there, but for those that are optional."))
        return out

    def type_of(self, one: Schema, owner: str) -> list[nodes.Node]:
        """The type in words; an object with members becomes a section."""
        if "$ref" in one:
            file, _, name = one["$ref"].partition("#")
            return [self.elsewhere(file) if file else self.link(name.rpartition("/")[2])]
        if "const" in one or "enum" in one:
            values = one.get("enum", [one.get("const")])
            return words(", ".join(f"`{json.dumps(v, ensure_ascii=False)}`" for v in values))
        for key in ("anyOf", "oneOf"):
            if key in one and "properties" not in one:
                return self.either(one[key], owner)
        kind = one.get("type", "object" if "properties" in one else "anything")
        if isinstance(kind, list):
            return self.either([{**one, "type": each} for each in kind], owner)
        if kind == "array":
            items = one.get("items") or {}
            if one.get("prefixItems"):
                out = words("list of ")
                for k, each in enumerate(one["prefixItems"]):
                    out += [*(words(", ") if k else []), *self.type_of(each, owner)]
                return out
            return [*words("list of "), *self.type_of(items, owner)] if items else words("list")
        if kind == "object":
            if one.get("properties"):
                self.waiting.append((owner, one))
                return [self.link(owner)]
            extra = one.get("additionalProperties")
            if isinstance(extra, dict) and extra:
                return [*words("object: name → "), *self.type_of(extra, owner)]
        return words(_WORDS.get(kind, kind))

    def either(self, kinds: list[Schema], owner: str) -> list[nodes.Node]:
        out: list[nodes.Node] = []
        seen: set[str] = set()
        several = sum("properties" in each for each in kinds) > 1
        for k, each in enumerate(kinds):
            name = f"{owner}, {k + 1}" if several and "properties" in each else owner
            parts = self.type_of(each, name)
            text = "".join(part.astext() for part in parts)
            if text not in seen:
                out += [*(words(" or ") if seen else []), *parts]
            seen.add(text)
        return out

    @staticmethod
    def limits(one: Schema) -> str:
        said = []
        for key, word in _LIMITS.items():
            if key in one:
                said.append(word.format(one[key]))
        if "default" in one:
            said.append(f"default `{json.dumps(one['default'], ensure_ascii=False)}`")
        text = ", ".join(said)
        return f"{text[:1].upper()}{text[1:]}." if text else ""


def schema_sections(place: Place, path: Path) -> list[nodes.Node]:
    return Writer(place, path).sections()
