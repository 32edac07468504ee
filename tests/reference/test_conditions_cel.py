"""Where every operand is known, conditions mean what they mean in CEL.

Compared with cel-python on the golden vectors. Left out are the documented differences: functions
and remainders, which CEL has not on doubles, and results that CEL calls an error.
"""

import re

import conditions_reference as reference
import pytest

celpy = pytest.importorskip("celpy", reason="cel-python is not installed")

NUMBER = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[A-Za-z_]\w*|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
)
OURS = {"%", "has", "abs", "min", "max", "days_since", "days_until"}


def in_doubles(source: str) -> str:
    """The source with every number written as a double, since CEL has integers too."""

    def one(found):
        text = found[0]
        if not (text[0].isdigit() or text[0] == "."):
            return text
        return repr(float(text))

    return NUMBER.sub(one, source)


def operators(tree) -> set:
    if tree[0] in ("value", "name"):
        return {"date"} if isinstance(tree[1], reference.Day) else set()
    return {tree[0]}.union(*(operators(part) for part in tree[1:]))


def names(tree) -> set:
    if tree[0] == "name":
        return {tree[1]}
    return set() if tree[0] == "value" else set().union(*(names(part) for part in tree[1:]))


def activation(row: dict) -> dict:
    convert = {
        bool: celpy.celtypes.BoolType,
        float: celpy.celtypes.DoubleType,
        str: celpy.celtypes.StringType,
    }
    convert[reference.Day] = celpy.celtypes.DoubleType
    return {name: convert[type(value)](value) for name, value in row.items() if value is not None}


def test_known_operands_agree_with_cel():
    environment = celpy.Environment()
    rows = reference.load_rows()
    compared = 0
    for line in (reference.GOLDEN / "conditions.tsv").read_text("utf-8").splitlines():
        source = line.split("\t")[0]
        tree = reference.read(source)
        # CEL allows a last comma in a list; cel-python does not read it.
        if operators(tree) & (OURS | {"date"}) or ",]" in source:
            continue
        program = environment.program(environment.compile(in_doubles(source)))
        for row in rows:
            met: set = set()
            value = reference.meaning(tree, row, met)
            if met or value is None or any(row[name] is None for name in names(tree)):
                continue
            theirs = program.evaluate(activation(row))
            ours = bool(theirs) if isinstance(value, bool) else float(theirs)
            assert reference.written(ours) == reference.written(value), (source, row)
            compared += 1
    assert compared > 500
