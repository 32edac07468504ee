#!/usr/bin/env python3
"""The language of conditions, interpreted value by value in plain Python.

Written from the definitions (docs/conditions.md), not from the C++, so that the two can disagree.
It makes the golden vectors that the tests of every language read:

    conditions_reference.py            write tests/golden/conditions.tsv
    conditions_reference.py --check    fail if that file is not what this program would write
    conditions_reference.py --self-test

A line of conditions.tsv is: the expression, its type (flag, number, date), and one result for each
row of conditions_rows.csv, all separated by tabs. A result is T or F, the 16 hexadecimal digits of
a double (dates count days from 1970-01-01), or U for unknown.

Values: None is unknown; bool, float and str are themselves; a date is a Day.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import math
import random
import re
import struct
import sys
from pathlib import Path
from typing import ClassVar

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EPOCH = datetime.date(1970, 1, 1).toordinal()


class Day(float):
    """A date as days from 1970-01-01."""


def day(text: str) -> Day:
    return Day(datetime.date.fromisoformat(text).toordinal() - EPOCH)


# Reading. A tree is a tuple: the operator and its operands.

TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r\n\f]+|//[^\n]*)+)
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:,.()\[\]])""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(?:x(..)|X(..)|u(....)|U(........)|([0-3][0-7][0-7])|(.))")
PLAIN = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?"))
LEVELS = [["||"], ["&&"], ["<", "<=", ">", ">=", "==", "!=", "in"], ["+", "-"], ["*", "/", "%"]]


def unescape(body: str) -> str:
    def one(found: re.Match[str]) -> str:
        for group in (1, 2, 3, 4):
            if found[group]:
                return chr(int(found[group], 16))
        return chr(int(found[5], 8)) if found[5] else PLAIN[found[6]]

    return ESCAPE.sub(one, body)


def tokens(source: str) -> list[tuple[str, str]]:
    out = []
    at = 0
    while at < len(source):
        found = TOKEN.match(source, at)
        if not found:
            raise SyntaxError(f"{source!r} at {at}")
        at = found.end()
        if found.lastgroup != "space":
            out.append((found.lastgroup, found[0]))
    return [*out, ("end", "")]


class Reader:
    def __init__(self, source: str):
        self.source = source
        self.left = tokens(source)[::-1]

    def peek(self) -> str:
        kind, text = self.left[-1]
        return text if kind in ("sign", "name") else ""

    def take(self, wanted: str | None = None) -> tuple[str, str]:
        kind, text = self.left.pop()
        if wanted is not None and (kind not in ("sign", "name") or text != wanted):
            raise SyntaxError(f"{self.source!r}: {text!r} where {wanted!r} should be")
        return kind, text

    def whole(self):
        tree = self.choice()
        self.take_end()
        return tree

    def take_end(self):
        if self.left[-1][0] != "end":
            raise SyntaxError(f"{self.source!r}: {self.left[-1][1]!r} is too much")

    def choice(self):
        tree = self.level(0)
        if self.peek() != "?":
            return tree
        self.take("?")
        yes = self.level(0)
        self.take(":")
        return ("?:", tree, yes, self.choice())

    def level(self, depth: int):
        if depth == len(LEVELS):
            return self.unary()
        tree = self.level(depth + 1)
        while self.peek() in LEVELS[depth]:
            sign = self.take()[1]
            if sign == "in":
                tree = ("in", tree, *self.values("[", "]"))
            else:
                tree = (sign, tree, self.level(depth + 1))
            if depth == 2:
                break  # comparisons do not chain
        return tree

    def values(self, opening: str, closing: str) -> list:
        self.take(opening)
        out = []
        while self.peek() != closing:
            out.append(self.choice())
            if self.peek() != ",":
                break
            self.take(",")
        self.take(closing)
        return out

    def unary(self):
        if self.peek() in ("!", "-"):
            sign = self.take()[1]
            return ("not" if sign == "!" else "neg", self.unary())
        tree = self.primary()
        while self.peek() == ".":
            self.take(".")
            method = self.take()[1]
            tree = (method, tree, *self.values("(", ")"))
        return tree

    def primary(self):
        kind, text = self.take()
        if kind == "number":
            return ("value", float(text))
        if kind == "text":
            return ("value", unescape(text[1:-1]))
        if (kind, text) == ("sign", "("):
            tree = self.choice()
            self.take(")")
            return tree
        if kind != "name":
            raise SyntaxError(f"{self.source!r}: {text!r} is no value")
        if text in ("true", "false"):
            return ("value", text == "true")
        if self.peek() == "(":
            values = self.values("(", ")")
            if text == "date":
                return ("value", day(values[0][1]))
            return (text, *values)
        return ("name", text)


def read(source: str):
    return Reader(source).whole()


# Meaning. None, unknown, comes out wherever the definitions do not say otherwise.


def finite(x: float) -> float | None:
    return x if math.isfinite(x) else None


def divide(a: float, b: float) -> float | None:
    return None if b == 0 else finite(a / b)


STRICT = {
    "neg": lambda a: -a,
    "abs": math.fabs,
    "+": lambda a, b: finite(a + b),
    "-": lambda a, b: finite(float(a) - float(b)),
    "*": lambda a, b: finite(a * b),
    "/": divide,
    # The sign of a remainder is the dividend's.
    "%": lambda a, b: None if b == 0 else math.fmod(a, b),
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "startsWith": lambda a, b: a.startswith(b),
    "endsWith": lambda a, b: a.endswith(b),
    "contains": lambda a, b: b in a,
    "min": lambda *all: min(all),
    "max": lambda *all: max(all),
}


def both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def negated(a: bool | None) -> bool | None:
    return None if a is None else not a


def meaning(tree, row: dict, met: set | None = None):
    """The value of a tree on a row. `met` gets "unknown" if an unknown was met on the way."""
    what = tree[0]

    def of(part):
        value = meaning(part, row, met)
        if value is None and met is not None:
            met.add("unknown")
        return value

    if what == "value":
        return tree[1]
    if what == "name":
        return row[tree[1]]
    if what == "has":
        return row[tree[1][1]] is not None
    if what == "days_since":
        value = of(tree[1])
        return None if value is None else float(row["as_of"]) - float(value)
    if what == "days_until":
        value = of(tree[1])
        return None if value is None else float(value) - float(row["as_of"])
    values = [of(part) for part in tree[1:]]
    if what == "not":
        return negated(values[0])
    if what == "&&":
        return both(*values)
    if what == "||":
        return negated(both(negated(values[0]), negated(values[1])))
    if what == "?:":
        return None if values[0] is None else values[1] if values[0] else values[2]
    if what == "in":
        equal = [None if None in (values[0], each) else values[0] == each for each in values[1:]]
        return True if True in equal else None if None in equal else False
    return None if None in values else STRICT[what](*values)


# The rows and the vectors.


def load_rows() -> list[dict]:
    metrics = json.loads((GOLDEN / "conditions_model.json").read_text("utf-8"))["metrics"]
    types = {name: one["type"] for name, one in metrics.items()} | {"as_of": "date"}
    convert = {
        "number": float,
        "money": float,
        "flag": lambda text: text == "true",
        "category": str,
        "date": day,
    }
    with (GOLDEN / "conditions_rows.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                name: convert[types[name]](text) if text else None
                for name, text in row.items()
                if name in types
            }
            for row in csv.DictReader(file)
        ]


def type_of(values: list) -> str:
    """The type of an expression, by its known values; a flag where none is known."""
    for value in values:
        if isinstance(value, bool):
            return "flag"
        if isinstance(value, Day):
            return "date"
        if isinstance(value, float):
            return "number"
    return "flag"


def written(value) -> str:
    if value is None:
        return "U"
    if isinstance(value, bool):
        return "T" if value else "F"
    return struct.pack(">d", value).hex()


FIXED = """
flag true|false|!true|!!setup_done|setup_done|!setup_done|case_study
flag setup_done && case_study|setup_done || case_study|!setup_done && !case_study|!(setup_done || case_study)
flag false && case_study|case_study && false|true || setup_done|setup_done || true|setup_done == case_study
flag true || false && false|(true || false) && false|!true || true|!(true || true)
flag has(logins)|has(plan)|!has(nps)|has(setup_done)|has(contract_end) && has(last_login)|has(mrr)
flag logins > 0|logins >= 12|logins < 12|logins <= 0|logins == 12|logins != 12|12 < logins|0.1 + 0.2 == 0.3
flag nps == 0.30000000000000004|nps == 0.3|seats * 3 == nps|mrr > mrr_before|mrr == 1200.5|mrr * 1.1 >= mrr_before
flag (logins > 3) == true|(logins > 3) == (nps > 3)|(logins > 3) != setup_done|true == !false
number 1 + 2 * 3|(1 + 2) * 3|10 - 4 - 3|10 - (4 - 3)|2 * 3 % 4|2 * (3 % 4)|100 / 10 / 5|100 / (10 / 5)|7 / 2|1 / 3
number 5 % 3|-5 % 3|5 % -3|-5 % -3|5.5 % 2|-(5 % 3)|5 % 0|0 % 5|-4 % 2|1e308 % 3|7 % 0.1|logins % seats|nps % 2
number 1 / 0|-1 / 0|0 / 0|logins / seats|seats / logins|logins / 0|1 / nps|logins / (seats - seats)
number 1e308 * 10|1e308 + 1e308|-1e308 - 1e308|1e308 * 10 - 1e308 * 10|logins * logins|logins + logins|nps - logins
number 1e-308 / 1e10|seats / 2|.5|0.5|1e3|1E+3|1e-3|00012|123456789012345678901234567890|4.9e-324|1e-400|2.5e0
number -logins|--logins|- - logins|-(-logins)|-0.0|0 * -1|abs(-3)|abs(nps)|abs(-0.0)|abs(seats - logins)
number min(1)|min(3, 1, 2)|max(3, 1, 2)|min(logins, seats)|max(logins, seats, nps)|min(logins, 1 / 0)|max(nps, nps)
number days_since(last_login)|days_until(contract_end)|days_since(contract_end)|-days_until(last_login)|contract_end - as_of
number contract_end - last_login|as_of - date('2026-01-01')|date('2024-03-01') - date('2024-02-28')|as_of - as_of
number date('2000-02-29') - date('1900-03-01')|date('0001-01-01') - date('9999-12-31')|date('1970-01-01') - date('1969-12-31')
flag contract_end > as_of|contract_end == date('2026-02-28')|last_login < contract_end|days_since(last_login) <= 14
flag contract_end in [date('2026-02-28'), date('2027-01-31')]|last_login != contract_end|as_of >= date("2026-11-21")
flag min(contract_end, last_login) < as_of|max(contract_end, as_of) == contract_end|days_until(contract_end) <= 90
date as_of|contract_end|min(contract_end, as_of)|max(contract_end, last_login)|setup_done ? contract_end : as_of|date('2026-04-01')
flag plan == 'trial'|plan != 'trial'|'pro' == plan|plan == "pro"|plan == region|plan != region|plan == 'Pro'|region == "東京"
flag plan.startsWith('pro')|plan.endsWith('trial')|plan.contains('o-t')|region.startsWith('東')|region.contains('京')|plan.contains('')
flag plan == 'it\\'s'|plan == "it's"|region == '\\u6771\\u4eac'|region == '\\U00006771'|'\\x61\\141\\t' == "aa\\t"|'\\\\' == "\\\\"|'a' == 'a'
flag 'pro-trial'.startsWith('pro')|(setup_done ? plan : region).contains('o')|'' == ''|plan == ''|!(plan.endsWith('x'))
flag plan in ['trial', 'pro']|plan in ['x']|!(plan in ["trial",])|logins in [0, 12]|logins in [-1, 7.25]|setup_done in [true]
flag logins in [seats, 12]|seats in [1 / 0, 4]|0 in [seats, 1 / 0]|1 in [1, nps / 0]|plan in [region, 'pro']|nps + 0 in [9, 0]
flag true ? false : true|setup_done ? logins > 1 : nps > 1|has(nps) ? nps >= 9 : case_study|nps > 0 ? true : true
number setup_done ? 1 : 0|setup_done ? 1 : case_study ? 2 : 3|(setup_done ? 1 : 2) * 10|has(nps) ? nps : 50|logins > nps ? logins : nps
number true ? 1 : 1 / 0|false ? 1 / 0 : 2|setup_done ? logins / 0 : 1|!setup_done ? -1 : 1
flag setup_done && logins >= 10 || plan == 'trial'|setup_done && (logins >= 10 || plan == 'trial')
flag nps >= 9 || plan == 'pro' || case_study|logins / seats >= 1 && nps / 0 > 1|logins / 0 > 1 || case_study
flag logins / seats > 1|!(logins / 0 > 1)|1 / 0 == 1 / 0|1 / 0 != 1 / 0|(1 / 0 > 0) || true|(1 / 0 > 0) && false
number 1 // a comment|( ( 1 ) )
""".strip()


def fixed_expressions() -> list[tuple[str, str]]:
    out = []
    for line in FIXED.splitlines():
        kind, _, rest = line.partition(" ")
        # "||" is an operator, a single bar separates.
        out += [(source, kind) for source in re.split(r"(?<!\|)\|(?!\|)", rest)]
    return out


class Maker:
    """Random expressions of a wanted type, with no more parentheses than needed, or some more."""

    NAMES: ClassVar = {
        "number": ["logins", "seats", "nps", "mrr", "mrr_before"],
        "flag": ["setup_done", "case_study"],
        "text": ["plan", "region"],
        "date": ["contract_end", "last_login", "as_of"],
    }

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def leaf(self, kind: str):
        pick = self.random.choice
        if self.random.random() < 0.6:
            return ("name", pick(self.NAMES[kind]))
        if kind == "number":
            return (
                "value",
                pick([0.0, 1.0, 2.0, 3.0, 4.0, 12.0, 0.1, 0.5, 7.25, 1e-9, 1e300, 1000.0]),
            )
        if kind == "flag":
            return ("value", pick([True, False]))
        if kind == "text":
            return ("value", pick(["pro", "trial", "osaka", "東京", "東", "it's", "", "-"]))
        return (
            "value",
            day(pick(["2026-11-21", "2024-02-29", "2026-02-28", "2027-01-31", "1999-12-31"])),
        )

    def tree(self, kind: str, depth: int):
        pick = self.random.choice
        if depth == 0 or self.random.random() < 0.12:
            return self.leaf(kind)
        below = depth - 1

        def sub(of: str):
            return self.tree(of, below)

        if self.random.random() < 0.08:
            return ("?:", sub("flag"), sub(kind), sub(kind))
        if kind == "number":
            form = pick(["two", "two", "two", "neg", "abs", "many", "days", "between"])
            if form == "two":
                return (pick("+-*/%"), sub("number"), sub("number"))
            if form == "neg":
                return ("neg", sub("number"))
            if form == "abs":
                return ("abs", sub("number"))
            if form == "many":
                return (pick(["min", "max"]), *[sub("number") for _ in range(pick([1, 2, 3]))])
            if form == "days":
                return (pick(["days_since", "days_until"]), sub("date"))
            return ("-", sub("date"), sub("date"))
        if kind == "date":
            return (pick(["min", "max"]), *[sub("date") for _ in range(pick([1, 2, 3]))])
        if kind == "text":
            return self.leaf(kind)
        form = pick(["and", "or", "not", "order", "order", "equal", "in", "has", "text"])
        if form in ("and", "or"):
            return ("&&" if form == "and" else "||", sub("flag"), sub("flag"))
        if form == "not":
            return ("not", sub("flag"))
        if form == "order":
            of = pick(["number", "number", "date"])
            return (pick(["<", "<=", ">", ">="]), sub(of), sub(of))
        if form == "equal":
            of = pick(["number", "flag", "text", "date"])
            return (pick(["==", "!="]), sub(of), sub(of))
        if form == "in":
            of = pick(["number", "flag", "text", "date"])
            return ("in", sub(of), *[self.tree(of, min(1, below)) for _ in range(pick([1, 2, 3]))])
        if form == "has":
            return (
                "has",
                ("name", pick([name for names in self.NAMES.values() for name in names][:-1])),
            )
        return (
            pick(["startsWith", "endsWith", "contains"]),
            sub("text"),
            ("value", pick(["", "pro", "東", "trial", "s"])),
        )

    def gap(self) -> str:
        return self.random.choice([" ", " ", " ", "", "  "])

    def text(self, tree, needed: int = 0) -> str:
        """As written. `needed` is the level of the surroundings: 0 ?:, 1 ||, … 5 *, 6 unary, 7 member."""
        what = tree[0]
        level = 7
        gap = self.gap()
        if what == "value":
            out = self.literal(tree[1])
        elif what == "name":
            out = tree[1]
        elif what == "?:":
            level = 0
            out = f"{self.text(tree[1], 1)} ? {self.text(tree[2], 1)} : {self.text(tree[3], 0)}"
        elif what == "in":
            level = 3
            out = f"{self.text(tree[1], 4)} in [{', '.join(self.text(one) for one in tree[2:])}]"
        elif what in ("neg", "not"):
            level = 6
            # Two minus signs need no space between them: there is no decrement.
            out = ("-" if what == "neg" else "!") + self.text(tree[1], 6)
        elif what in ("startsWith", "endsWith", "contains"):
            out = f"{self.text(tree[1], 7)}.{what}({self.text(tree[2])})"
        elif len(tree) == 3 and any(what in row for row in LEVELS):
            level = 1 + next(i for i, row in enumerate(LEVELS) if what in row)
            left = level + 1 if level == 3 else level
            out = f"{self.text(tree[1], left)}{gap}{what}{gap}{self.text(tree[2], level + 1)}"
        else:
            out = f"{what}({', '.join(self.text(one) for one in tree[1:])})"
        if level < needed or (what not in ("value", "name") and self.random.random() < 0.05):
            return f"({out})"
        return out

    def literal(self, value) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Day):
            return f"date('{datetime.date.fromordinal(int(value) + EPOCH).isoformat()}')"
        if isinstance(value, str):
            return (
                "'" + value.replace("'", "\\'") + "'"
                if self.random.random() < 0.7
                else '"' + value + '"'
            )
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def random_expressions(count: int, seed: int) -> list[tuple[str, str]]:
    maker = Maker(seed)
    rows = load_rows()
    out: list[tuple[str, str]] = []
    seen = set()
    while len(out) < count:
        kind = maker.random.choice(["flag", "flag", "flag", "number", "number", "date"])
        tree = maker.tree(kind, maker.random.choice([1, 2, 2, 3, 3, 4, 5]))
        source = maker.text(tree)
        if source in seen or len(source) > 400:
            continue
        seen.add(source)
        # The reader must find the tree that was written.
        for row in rows:
            if written(meaning(read(source), row)) != written(meaning(tree, row)):
                raise AssertionError(source)
        out.append((source, kind))
    return out


def golden() -> str:
    rows = load_rows()
    out = []
    for source, kind in fixed_expressions() + random_expressions(700, seed=20261122):
        tree = read(source)
        values = [meaning(tree, row) for row in rows]
        known = [value for value in values if value is not None]
        if known and type_of(known) != kind:
            raise AssertionError(f"{source!r} is a {type_of(known)}, not a {kind}")
        out.append("\t".join([source, kind, *map(written, values)]))
    return "\n".join(out) + "\n"


def self_test() -> None:
    u = None
    table = [both(a, b) for a in (True, False, u) for b in (True, False, u)]
    assert table == [True, False, u, False, False, False, u, False, u]
    row = {"x": None, "y": 2.0, "as_of": day("2026-01-02"), "f": None, "d": day("2026-01-01")}
    for source, wanted in {
        "1 + 2 * 3": 7.0,
        "7 % -4": 3.0,
        "-7 % 4": -3.0,
        "x > 1 && false": False,
        "x > 1 || true": True,
        "x in [1]": None,
        "y in [x, 2]": True,
        "y in [x, 3]": None,
        "1 / 0": None,
        "1e308 * 10": None,
        "f ? 1 : 1": None,
        "has(x)": False,
        "days_since(d)": 1.0,
        "'\\u0041\\x42\\103' == 'ABC'": True,
    }.items():
        assert meaning(read(source), row) == wanted, source
    for wrong in ("1 +", "a < b < c", "a b", "'a", "(1", "1)", "a ? b"):
        try:
            read(wrong)
        except (SyntaxError, IndexError):
            continue
        raise AssertionError(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the file instead of writing it"
    )
    parser.add_argument("--self-test", action="store_true", help="test this program itself")
    options = parser.parse_args()
    self_test()
    if options.self_test:
        return 0
    path = GOLDEN / "conditions.tsv"
    wanted = golden()
    if options.check:
        if path.read_text("utf-8") == wanted:
            return 0
        print(f"{path} is not what the reference says; run {Path(__file__).name}", file=sys.stderr)
        return 1
    path.write_text(wanted, "utf-8")
    print(f"{path.name}: {wanted.count(chr(10))} expressions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
