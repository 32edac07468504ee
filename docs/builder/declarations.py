"""Reads the declarations of C and C++ headers, with the comments that stand before or behind them.

No compiler: the headers are formatted, and a comment is text for readers. Bodies, initialiser lists
and private members are left out, and so is what lies in a namespace ``detail``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<blank>\s+)
    | (?P<pp>\#(?:[^\n\\/]|/(?![*/])|\\.|\\\n)*)
    | (?P<str>(?:u8|[uUL])?R"\((?:.|\n)*?\)"|"(?:[^"\\\n]|\\.)*"
        |(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+')
    | (?P<num>\d(?:[\w.']|[eE][+-])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<punct>\.\.\.|<=>|->\*?|::|&&|\|\||[<>=!+\-*/%&|^]=|<<|\+\+|--|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    line: int
    first: bool  # nothing but blanks before it on its line


@dataclass
class Declaration:
    """One name that a header declares."""

    kind: str  # class struct union enum enumerator function variable type concept macro
    name: str
    signature: str
    scope: str = ""  # its namespace
    text: str = ""  # its comments, above it and beside it
    above: str = ""  # the one above it
    members: list[Declaration] = field(default_factory=list)

    def walk(self) -> Iterator[Declaration]:
        yield self
        for member in self.members:
            yield from member.walk()


def tokens(source: str) -> list[Token]:
    out: list[Token] = []
    line, first = 1, True
    for found in _TOKEN.finditer(source):
        kind, text = str(found.lastgroup), found[0]
        if kind == "blank":
            broken = text.count("\n")
            line += broken
            first = first or broken > 0
            continue
        out.append(Token(kind, text, found.start(), found.end(), line, first))
        first = False
        if kind in ("comment", "pp", "str"):
            line += text.count("\n")
    return out


def comment_text(raw: str) -> str:
    """A comment without its marks; lines stay lines."""
    if raw.startswith("//"):
        return re.sub(r"^//+<? ?", "", raw).rstrip()
    lines = raw[2:-2].strip().split("\n")
    return "\n".join(re.sub(r"^\s*\* ?", "", one).rstrip() for one in lines)


def opening(source: str) -> str:
    """The comment with which a header begins."""
    found = re.match(r"/\*.*?\*/|(?://[^\n]*\n)+", source, re.DOTALL)
    if not found:
        return ""
    if source.startswith("/*"):
        return comment_text(found[0])
    return "\n".join(comment_text(line) for line in found[0].splitlines())


class Reader:
    """Walks the tokens of one header."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.pending: list[Token] = []  # own-line comments right before what comes
        self.sections: list[tuple[int, str]] = []  # titles drawn with ── in comments, by position
        self.starts: dict[int, int] = {}  # where a declaration begins, by its id()

    # ── comments ─────────────────────────────────────────────────────────────────────────────────

    def comment(self, token: Token, last: Declaration | None) -> None:
        """A comment belongs to what stands before it on its line, else to what follows."""
        if token.first and not token.text.startswith("///<"):
            title = re.fullmatch(r"(?:/\*|//) ?── (.+?) ─+ ?(?:\*/)?", token.text)
            if title:
                self.sections.append((token.start, title[1]))
                self.pending = []
                return
            if self.pending and token.line > self.end_line(self.pending[-1]) + 1:
                self.pending = []
            self.pending.append(token)
        elif last is not None and not re.match(r"// ?(NOLINT|namespace)", token.text):
            last.text = f"{last.text}\n{comment_text(token.text)}".strip()

    @staticmethod
    def end_line(token: Token) -> int:
        return token.line + token.text.count("\n")

    def before(self, token: Token) -> str:
        """The comment that stands directly above."""
        held, self.pending = self.pending, []
        if not held or token.line > self.end_line(held[-1]) + 1:
            return ""
        texts = [comment_text(one.text) for one in held if "clang-format" not in one.text]
        return "\n".join(one for one in texts if not one.startswith("NOLINT"))

    # ── tokens ───────────────────────────────────────────────────────────────────────────────────

    def skip_balanced(self) -> None:
        """From an opening mark to behind the one that closes it."""
        depth = 0
        while self.at < len(self.tokens):
            text = self.tokens[self.at].text
            if self.tokens[self.at].kind == "punct":
                depth += text in _OPEN
                depth -= text in _CLOSE
            self.at += 1
            if depth == 0:
                return

    def joined(self, parts: list[Token]) -> str:
        """Tokens as they are written, each gap one blank."""
        out = ""
        for k, token in enumerate(parts):
            if k and token.start > parts[k - 1].end:
                out += " "
            out += token.text
        return re.sub(r"([(<]) | ([)>,])", lambda m: m[1] or m[2], out).replace(
            ">requires", "> requires"
        )

    # ── declarations ─────────────────────────────────────────────────────────────────────────────

    def read(self, scope: str = "", owner: str = "", private: bool = False) -> list[Declaration]:
        """All up to the closing brace of the scope, or the end."""
        out: list[Declaration] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "comment":
                self.comment(token, out[-1] if out and not private else None)
                self.at += 1
            elif token.kind == "pp":
                self.macro(token, out)
                self.at += 1
            elif token.text == "}":
                self.at += 1
                return out
            elif token.text == ";":
                self.at += 1
            elif token.text == "namespace" or (
                token.text == "extern" and self.tokens[self.at + 1].kind == "str"
            ):
                out += self.namespace(scope)
            elif token.text in ("public", "private", "protected") and owner:
                private = token.text != "public"
                self.pending = []
                self.at += 2
            else:
                found = self.declaration(scope, owner)
                if found is not None and not private:
                    out.append(found)
        return out

    def namespace(self, scope: str) -> list[Declaration]:
        words: list[str] = []
        external = self.tokens[self.at].text == "extern"
        self.pending = []
        self.at += 1
        while self.tokens[self.at].text not in ("{", ";"):
            if self.tokens[self.at].kind == "word" and self.tokens[self.at].text != "inline":
                words.append(self.tokens[self.at].text)
            self.at += 1
        if self.tokens[self.at].text == ";" or (not external and (not words or "detail" in words)):
            self.skip_balanced() if self.tokens[self.at].text == "{" else None
            self.at += self.tokens[self.at - 1].text == ";"
            return []
        self.at += 1
        return self.read("::".join(filter(None, [scope, *words])))

    def macro(self, token: Token, out: list[Declaration]) -> None:
        found = re.match(r"\s*#\s*define\s+(\w+)(?:[ \t]+(.*))?$", token.text, re.DOTALL)
        if not found:
            self.pending = []
            return
        one = Declaration("macro", found[1], f"{found[1]} {(found[2] or '').strip()}".strip())
        one.text = one.above = self.before(token)
        self.starts[id(one)] = token.start
        out.append(one)

    def declaration(self, scope: str, owner: str) -> Declaration | None:
        """One declaration, whatever it is; None if it is nothing to show."""
        first = self.tokens[self.at]
        text = self.before(first)
        head, ending = self.head()
        words = [one.text for one in head if one.kind == "word"]
        one = self.classified(head, words, ending, scope, owner)
        if one is not None:
            one.scope = scope
            one.text, one.above = f"{text}\n{one.text}".strip(), text
            self.starts[id(one)] = first.start
        return one

    def head(self) -> tuple[list[Token], str]:
        """The tokens of a declaration without body and initialisers, and how it ends: ``;``, or
        ``{`` for a type, whose brace has not been passed."""
        parts: list[Token] = []
        angle = depth = 0
        equals = False
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            text, before = token.text, parts[-1].text if parts else ""
            if token.kind in ("comment", "pp"):
                if token.kind == "comment" and not depth:
                    self.pending.append(token)
                self.at += 1
                continue
            if token.kind == "punct":
                if text == "[" and self.tokens[self.at + 1].text == "[":  # an attribute
                    self.skip_balanced()
                    continue
                if depth == 0 and text == ";":
                    self.at += 1
                    self.pending = []
                    return parts, ";"
                if depth == 0 and text == ":" and before in (")", "noexcept"):
                    self.initialisers()
                    self.skip_balanced()
                    return parts, ";"
                if depth == 0 and text == "{":
                    if _is_type(parts):
                        self.pending = []
                        return parts, "{"
                    constraint = _is_requires(parts)
                    begin = self.at
                    self.skip_balanced()
                    if constraint:
                        parts += [t for t in self.tokens[begin : self.at] if t.kind != "comment"]
                        continue
                    if equals or not _is_function(parts):
                        if equals:
                            parts += [
                                t for t in self.tokens[begin : self.at] if t.kind != "comment"
                            ]
                        continue
                    self.pending = []
                    return parts, ";"
                depth += text in ("(", "[")
                depth -= text in (")", "]")
                if depth == 0 and text == "<" and (parts and parts[-1].kind == "word"):
                    angle += before != "operator"
                elif depth == 0 and text == ">" and angle:
                    angle -= 1
                elif depth == 0 and text == "=" and not angle and before != "operator":
                    equals = True
            parts.append(token)
            self.at += 1
        return parts, ";"

    def initialisers(self) -> None:
        """Past ``: a_(x), b_{y}``, to the brace of the body."""
        before = ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.text == "{" and before in (")", "}"):
                return
            if token.text in ("(", "{", "["):
                self.skip_balanced()
                before = self.tokens[self.at - 1].text
            else:
                if token.kind not in ("comment", "pp"):
                    before = token.text
                self.at += 1

    def classified(
        self, head: list[Token], words: list[str], ending: str, scope: str, owner: str
    ) -> Declaration | None:
        kept = [one for one in head if one.text not in ("inline", "AIUEO_API", "friend")]
        begin = _behind_template(kept)
        key = kept[begin].text if begin < len(kept) else ""
        if ending == "{":
            return self.type(kept, begin, scope)
        if "friend" in words and (owner or key in ("class", "struct")) and not _is_function(kept):
            return None
        if key in ("static_assert", "extern", "class", "struct", "union", "enum", ""):
            return None  # checks, forward declarations, explicit instantiations
        whole = self.joined(kept)
        if re.search(r"= ?(delete|default)$", whole) or "~" in [one.text for one in kept]:
            return None
        if key == "using":
            if begin + 2 >= len(kept) or "=" not in whole:
                return None  # a name of another scope
            name = kept[begin + 1].text
            return Declaration("type", name, whole.replace("using ", "", 1))
        if key == "concept":
            name = kept[begin + 1].text
            return Declaration(
                "concept", name, self.joined(kept[:begin]) + " " + name, text=f"``{whole}``"
            )
        if key == "typedef":
            return self.alias(kept)
        if _is_function(kept):
            return Declaration("function", _function_name(kept), whole)
        if "<" in [one.text for one in kept[:2]] and kept[0].text != "template" and not words:
            return None
        return self.variable(kept, whole)

    def variable(self, kept: list[Token], whole: str) -> Declaration | None:
        at = next((k for k, one in enumerate(kept) if one.text == "="), len(kept))
        names = [k for k in range(at) if kept[k].kind == "word"]
        if len(names) < 2:
            return None
        at_name = names[-1]
        value = self.joined(kept[at:]) if len(self.joined(kept[at:])) <= 60 else ""
        rest = self.joined(kept[at_name + 1 : at])
        if rest and not rest.startswith(("[", ":")):
            at_name, rest = names[-1], ""
        signature = self.joined(kept[: at_name + 1]) + rest.replace(" ", "")
        return Declaration("variable", kept[at_name].text, f"{signature} {value}".strip())

    def alias(self, kept: list[Token]) -> Declaration | None:
        """``typedef`` of C, without a body."""
        whole = self.joined(kept[1:])
        pointer = re.search(r"\(\*(\w+)\)", whole)
        if pointer:
            return Declaration("type", pointer[1], whole)
        return Declaration("handle", kept[-1].text, whole)

    def type(self, kept: list[Token], begin: int, scope: str) -> Declaration:
        """A class, structure, union or enumeration with its members."""
        typedef = kept[0].text == "typedef"
        if typedef:
            kept, begin = kept[1:], 0
        kind = kept[begin].text
        rest = kept[begin + 1 :]
        strong = kind == "enum" and rest and rest[0].text in ("class", "struct")
        if strong:
            rest = rest[1:]
        template = self.joined(kept[:begin])
        name = rest[0].text if rest and rest[0].kind == "word" else ""
        signature = " ".join(filter(None, [template, self.joined(rest)]))
        self.at += 1
        one = Declaration("enum class" if strong else kind, name, signature)
        if kind == "enum":
            one.members = self.enumerators()
        else:
            one.members = self.read("", name or "?", private=kind == "class")
        if typedef or self.tokens[self.at].text != ";":
            while self.tokens[self.at].text != ";":
                if self.tokens[self.at].kind == "word" and not name:
                    one.name = one.signature = self.tokens[self.at].text
                self.at += 1
        self.at += 1
        self.pending = []
        return one

    def enumerators(self) -> list[Declaration]:
        out: list[Declaration] = []
        parts: list[Token] = []

        def close() -> None:
            if parts:
                value = self.joined(parts)
                out.append(Declaration("enumerator", parts[0].text, value, text=above))
                parts.clear()

        above = ""
        while True:
            token = self.tokens[self.at]
            if token.kind == "comment":
                if token.first or not (out or parts):
                    self.comment(token, out[-1] if out else None)
                else:
                    close()
                    self.comment(token, out[-1])
            elif token.text in (",", "}") and not _open_parens(parts):
                close()
                if token.text == "}":
                    self.at += 1
                    return out
            else:
                if not parts:
                    above = self.before(token)
                parts.append(token)
            self.at += 1


def _open_parens(parts: list[Token]) -> int:
    return sum((one.text in "({[") - (one.text in ")}]") for one in parts if one.kind == "punct")


def _behind_template(parts: list[Token]) -> int:
    """Where a declaration begins behind ``template <…>`` and ``requires …``."""
    at = 0
    while at < len(parts) and parts[at].text == "template":
        depth = 0
        at += 1
        while at < len(parts):
            depth += parts[at].text == "<"
            depth -= parts[at].text == ">"
            at += 1
            if depth == 0:
                break
    return at


def _is_type(parts: list[Token]) -> bool:
    """Is what a brace follows the head of a type?"""
    kept = [one for one in parts if one.text not in ("inline", "friend")]
    at = _behind_template(kept)
    if at < len(kept) and kept[at].text == "typedef":
        at += 1
    if at < len(kept) and kept[at].text == "requires":
        return False
    return at < len(kept) and kept[at].text in ("class", "struct", "union", "enum")


def _is_requires(parts: list[Token]) -> bool:
    """Does a brace open a requirement, and not a body?"""
    depth = 0
    for token in reversed(parts):
        depth += token.text == ")"
        depth -= token.text == "("
        if depth == 0 and token.text not in ("(", ")"):
            return token.text == "requires"
    return False


def _call(parts: list[Token]) -> int:
    """The parenthesis of a function's parameters; −1 if there is none."""
    angle = depth = 0
    for k, token in enumerate(parts):
        before = parts[k - 1] if k else token
        if token.text == "(":
            special = before.text in (
                ("decltype", "noexcept", "alignas", "requires", "explicit", "sizeof", "&&", "||")
            )
            empty_operator = before.text == "operator"
            if depth == 0 and angle == 0 and not special and not empty_operator and k:
                return k
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth == 0 and token.text == "<" and before.kind == "word":
            angle += before.text != "operator"
        elif depth == 0 and token.text == ">" and angle:
            angle -= 1
        elif depth == 0 and angle == 0 and token.text == "=" and before.text != "operator":
            return -1
    return -1


def _is_function(parts: list[Token]) -> bool:
    return _call(parts) > 0


def _function_name(parts: list[Token]) -> str:
    end = _call(parts)
    for k in range(end - 1, -1, -1):
        if parts[k].text == "operator":
            return "operator" + "".join(one.text for one in parts[k + 1 : end])
        if end - k > 3:
            break
    return parts[end - 1].text


def declarations(source: str) -> list[Declaration]:
    """What a header declares, in its order."""
    return Reader(source).read()
