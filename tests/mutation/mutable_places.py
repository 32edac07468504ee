"""Where a C++ source can be changed by one operator, and what it is changed to.

A source is read as tokens: comments, strings, preprocessor lines and template argument lists are
passed over. Of the rest only what runs is changed: statements in the bodies of functions. Not
changed are `static_assert`, `requires`, `if constexpr`, constants (`constexpr`, `static`), labels
of a switch, default arguments, initialisers of members and types.

The layout of .clang-format is relied on: a binary operator stands between blanks, and a template
argument list follows its name at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Token(NamedTuple):
    kind: str  # word, number, string, mark
    text: str
    start: int  # offsets into the source
    end: int


@dataclass(frozen=True)
class Change:
    """One mutant: the source with `text` in place of what stands in [start, end)."""

    start: int
    end: int
    text: str
    operator: str  # as people read it: "< to <="
    negates: bool = False  # a return: the sign is changed by a function, see schemata.py


@dataclass(frozen=True)
class Site:
    """A part of the source that runs as a whole, and the changes inside of it.

    `how`: "statement" is one with its semicolon; "condition" the head of an if, while or for;
    "value" the initialiser of a variable; "step" the last part of the head of a for.
    """

    how: str
    start: int
    end: int
    changes: tuple[Change, ...]


TOKENS = re.compile(
    r"""(?P<space>\s+|\\\n)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>(?:u8|[uUL])?R"(?P<fence>[^()\s\\]{0,16})\(.*?\)(?P=fence)"
        |(?:u8|[uUL])?"(?:\\.|[^"\\])*"|(?:u8|[uUL])?'(?:\\.|[^'\\])+')
    |(?P<number>\.?[0-9](?:[eEpP][+-]|'[0-9a-fA-F]|[0-9a-zA-Z_.])*)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark><=>|->\*|\.\.\.|::|->|\+\+|--|<<=|<<|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|/\*.*?\*/|[^\n])*", re.MULTILINE | re.DOTALL)
OPEN = {"(": ")", "[": "]", "{": "}"}
SWAPPED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
    "/=": "*=",
    "&&": "||",
    "||": "&&",
}
ASSIGNS = {"=", "+=", "-=", "*=", "/=", "|=", "&=", "^=", "%=", "<<=", ">>="}
INTEGER = re.compile(r"([0-9][0-9']*|0[xX][0-9a-fA-F']+)([uUlLzZ]*)")
# Statements that declare what is no variable, or what is worked out by the compiler.
PASSED = {"using", "static_assert", "typedef", "static", "constexpr", "friend", "goto", "asm"}
TYPES = {"struct", "class", "union", "enum"}
# Between the parameters of a function and its body.
BEFORE_BODY = {"const", "noexcept", "override", "final", "mutable"}
NO_OPERAND = {"return", "case", "co_return", "throw", "else", "operator"}


def tokens_of(source: str) -> list[Token]:
    """The tokens outside comments and preprocessor lines."""
    directives = {one.start(): one.end() for one in DIRECTIVE.finditer(source)}
    out = []
    at = 0
    while at < len(source):
        if at in directives:
            at = directives[at]
        found = TOKENS.match(source, at)
        if not found:
            at += 1
            continue
        kind = str(found.lastgroup if found.lastgroup != "fence" else "string")
        end = found.end()
        if kind == "space" and "\n" in found[0]:
            # No further than to the beginning of a line, where a directive may be.
            end = at + found[0].index("\n") + 1
        elif kind not in ("space", "comment"):
            out.append(Token(kind, found[0], found.start(), found.end()))
        at = end
    return out


class Reader:
    """The sites of one source. `places_of` is what to call."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens_of(source)
        self.pairs: dict[int, int] = {}  # the partner of each bracket
        self.template = self.template_arguments()
        self.match_brackets()
        self.sites: list[Site] = []
        self.declarations(0, len(self.tokens))

    # --- tokens -------------------------------------------------------------------------------

    def text(self, i: int) -> str:
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def touches(self, i: int) -> bool:
        """Whether token i follows the one before it without a blank."""
        return i > 0 and self.tokens[i - 1].end == self.tokens[i].start

    def template_arguments(self) -> set[int]:
        """The numbers of all tokens of template argument and parameter lists."""
        inside: set[int] = set()
        i = 0
        while i < len(self.tokens):
            before = self.tokens[i - 1] if i else None
            opens = (
                self.text(i) == "<"
                and before is not None
                and before.kind == "word"
                and before.text != "operator"
                and (before.text == "template" or self.touches(i))
            )
            end = self.template_end(i) if opens else None
            if end is not None:
                inside.update(range(i, end + 1))
                i = end
            i += 1
        return inside

    def template_end(self, i: int) -> int | None:
        depth, round_depth = 0, 0
        for k in range(i, len(self.tokens)):
            text = self.text(k)
            if text == "<":
                depth += 1
            elif text == ">" and round_depth == 0:
                depth -= 1
                if depth == 0:
                    return k
            elif text == "(":
                round_depth += 1
            elif text == ")":
                round_depth -= 1
            if text == ";" or round_depth < 0:
                return None
        return None

    def match_brackets(self) -> None:
        stack = []
        for i, token in enumerate(self.tokens):
            if token.kind != "mark":
                continue
            if token.text in OPEN:
                stack.append(i)
            elif token.text in OPEN.values():
                if not stack or OPEN[self.text(stack[-1])] != token.text:
                    raise ValueError(f"unbalanced '{token.text}' at offset {token.start}")
                first = stack.pop()
                self.pairs[first] = i
                self.pairs[i] = first
        if stack:
            raise ValueError(f"'{self.text(stack[-1])}' is never closed")

    def find(self, wanted: str, i: int, end: int) -> int:
        """The first of these marks outside brackets and template lists in [i, end), or end."""
        while i < end:
            if i not in self.template:
                if self.text(i) == wanted:
                    return i
                if self.text(i) in OPEN:
                    i = self.pairs[i]
            i += 1
        return end

    # --- declarations: down to the bodies of functions ----------------------------------------

    def is_body(self, i: int) -> bool:
        """Whether the brace at i opens statements: of a function or a lambda."""
        before = self.text(i - 1)
        if before == ")":
            return self.text(self.pairs[i - 1] - 1) != "requires"
        if before in BEFORE_BODY or before == "]":
            return True
        # -> type {
        k = i - 1
        while k > 0 and (
            k in self.template
            or self.tokens[k].kind == "word"
            or self.text(k) in ("::", "&", "*", "&&")
        ):
            k -= 1
        return k < i - 1 and self.text(k) == "->" and self.text(k - 1) in {")", "]", *BEFORE_BODY}

    def declarations(self, i: int, end: int) -> None:
        start = i  # of the declaration
        while i < end:
            text = self.text(i)
            if text in (";", "}"):
                start = i + 1
            elif text == "{":
                words = {self.text(k) for k in range(start, i) if k not in self.template}
                close = self.pairs[i]
                if "enum" in words or "consteval" in words or "concept" in words:
                    pass
                elif self.is_body(i) or self.text(i - 1) == "}":
                    self.block(i)
                elif words & (TYPES | {"namespace", "extern"}) and "=" not in words:
                    self.declarations(i + 1, close)
                    start = close + 1
                i = close
                if self.text(i + 1) not in (";", ",", "{", ")"):
                    start = i + 1
            elif text == "static_assert":
                i = self.find(";", i, end)
            i += 1

    # --- statements ---------------------------------------------------------------------------

    def block(self, i: int) -> None:
        close = self.pairs[i]
        i += 1
        while i < close:
            i = self.statement(i, close)

    def statement(self, i: int, end: int) -> int:
        """Reads the statement at i; gives where the next one begins."""
        text = self.text(i)
        if text == "{":
            self.block(i)
            return self.pairs[i] + 1
        if text == ";":
            return i + 1
        if text in ("if", "while", "for", "switch"):
            return self.headed(i, end)
        if text in ("else", "do", "try"):
            return self.statement(i + 1, end)
        if text == "catch":
            return self.statement(self.pairs[i + 1] + 1, end)
        if text in ("case", "default"):
            return self.find(":", i, end) + 1
        if text == "[" and self.text(i + 1) == "[":  # an attribute
            return self.statement(self.pairs[i] + 1, end)
        close = self.find(";", i, end)
        if text in PASSED or text in TYPES:
            self.lambdas(i, close)
        elif text in ("return", "continue", "break"):
            self.site("statement", i, close + 1)
        elif self.declares(i, close):
            self.initialisers(i, close)
        else:
            self.site("statement", i, close + 1)
        return close + 1

    def headed(self, i: int, end: int) -> int:
        what = self.text(i)
        constant = self.text(i + 1) == "constexpr"
        first = i + 2 if constant else i + 1
        last = self.pairs[first]
        if what in ("if", "while") and not constant:
            from_ = first + 1
            semicolon = self.find(";", from_, last)
            if semicolon < last:
                self.simple(from_, semicolon)
                from_ = semicolon + 1
            if self.declares(from_, last):
                self.initialisers(from_, last)
            else:
                self.site("condition", from_, last)
        elif what == "for":
            one = self.find(";", first + 1, last)
            two = self.find(";", one + 1, last)
            if two < last:
                self.simple(first + 1, one)
                self.site("condition", one + 1, two)
                self.site("step", two + 1, last)
            else:
                self.lambdas(first, last)
        # While of a do has a semicolon and no body.
        return self.statement(last + 1, end) if last + 1 < end else last + 1

    def simple(self, i: int, end: int) -> None:
        if self.declares(i, end):
            self.initialisers(i, end)

    def declares(self, i: int, end: int) -> bool:
        """Whether [i, end) declares a variable: a type, then a name, then what may follow one."""
        if self.text(i) in ("const", "auto", "unsigned", "volatile"):
            return True
        k = i
        while k < end:
            if self.tokens[k].kind != "word":
                return False
            k += 1
            while k in self.template:
                k += 1
            if self.text(k) != "::":
                break
            k += 1
        while self.text(k) in ("const", "&", "*", "&&"):
            if self.text(k) != "const" and not self.touches(k) and self.text(k - 1) != "const":
                return False
            k += 1
        return (
            k > i
            and k < end
            and self.tokens[k].kind == "word"
            and (k + 1 == end or self.text(k + 1) in ("=", ",", "{", "(", "["))
        )

    def initialisers(self, i: int, end: int) -> None:
        """`name = value` of a declaration, each a site; `name{…}` and `name(…)` are left alone."""
        at = self.find("=", i, end)
        self.lambdas(i, at)
        while at < end:
            last = min(self.find(",", at + 1, end), end)
            if self.text(at + 1) == "{":
                self.lambdas(at + 1, last)
            elif at + 1 < last:
                self.site("value", at + 1, last)
            at = self.find("=", last, end)

    def lambdas(self, i: int, end: int) -> None:
        """The bodies of lambdas in [i, end), whose statements are sites of their own."""
        while i < end:
            if self.text(i) == "{" and i not in self.template and self.is_body(i):
                self.block(i)
                i = self.pairs[i]
            i += 1

    # --- changes ------------------------------------------------------------------------------

    def site(self, how: str, i: int, end: int) -> None:
        """[i, end) as a site, without what belongs to lambdas in it."""
        self.lambdas(i, end)
        own = []
        k = i
        while k < end:
            if self.text(k) == "{" and k not in self.template and self.is_body(k):
                k = self.pairs[k]
            elif k not in self.template:
                own.append(k)
            k += 1
        changes = [change for k in own for change in self.changes(k)]
        if how == "statement":
            changes += self.dropped(i, end)
        first, last = self.tokens[i].start, self.tokens[end - 1].end
        if changes and not self.has_directive(first, last):
            self.sites.append(Site(how, first, last, tuple(changes)))

    def has_directive(self, start: int, end: int) -> bool:
        return DIRECTIVE.search(self.source[start:end]) is not None

    def change(self, i: int, text: str) -> Change:
        token = self.tokens[i]
        return Change(token.start, token.end, text, f"{token.text} to {text}")

    def changes(self, i: int) -> Iterator[Change]:
        token = self.tokens[i]
        text = token.text
        if token.kind == "mark":
            # A sign, a pointer, a reference: no blank on one side.
            binary = not self.touches(i) and not self.touches(i + 1)
            operand = i > 0 and self.text(i - 1) not in NO_OPERAND
            if text in SWAPPED and binary and operand:
                yield self.change(i, SWAPPED[text])
            elif text == "!":
                yield Change(token.start, token.end, "", "! to nothing")
            elif text in ("++", "--"):
                yield self.change(i, "--" if text == "++" else "++")
        elif token.kind == "number":
            found = INTEGER.fullmatch(text)
            if found:
                value = int(found[1].replace("'", ""), 0 if found[1][:2].lower() == "0x" else 10)
                other = 1 if value == 0 else 0 if value == 1 else value + 1
                yield self.change(i, f"{other}{found[2]}")
        elif text in ("true", "false"):
            yield self.change(i, "false" if text == "true" else "true")
        elif text in ("min", "max") and self.text(i - 2) == "std":
            yield self.change(i, "max" if text == "min" else "min")

    def dropped(self, i: int, end: int) -> Iterator[Change]:
        """What becomes of a whole statement [i, end), the semicolon its last token."""
        first = self.text(i)
        start, last = self.tokens[i].start, self.tokens[end - 1].end
        if first in ("continue", "break"):
            yield Change(start, last, ";", f"{first} to nothing")
        elif first == "return":
            from_, to = self.tokens[i].end, self.tokens[end - 1].start
            value = self.source[from_:to].strip()
            # Neither 0 nor NaN nor a truth has another sign, and a list in braces is no value.
            signed = value not in ("0", "true", "false", "undefined", "*this")
            if value and signed and not value.startswith(("{", "!", '"')):
                negated = f"return aiueo_mutant_negated({value});"
                yield Change(start, last, negated, "return to the other sign", negates=True)
        elif any(self.find(mark, i, end) < end for mark in ASSIGNS):
            yield Change(start, last, ";", "assignment to nothing")


def places_of(source: str) -> list[Site]:
    """The sites of a source, in its order; those inside a lambda after the one that holds it."""
    return sorted(Reader(source).sites, key=lambda site: (site.start, -site.end))
