"""The published JSON Schema and the reader agree on what a model file may look like.

The reader knows more than a schema can say (names, types, circles), so they are compared on
structure: what the reader calls usable validates, and what is wrong in structure alone is refused
by both.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

aiueo = pytest.importorskip("aiueo", reason="the package aiueo cannot be imported")
if not hasattr(aiueo, "check"):
    pytest.skip("this aiueo has no check()", allow_module_level=True)
jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
SCHEMA = json.loads((ROOT / "schema" / "aiueo-model.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLE = json.loads((GOLDEN / "models" / "hr-saas.json").read_text(encoding="utf-8"))


def refused(text: str) -> bool:
    """Does the reader find an error?"""
    return not aiueo.check(text.encode()).usable


def valid(document: object) -> bool:
    return VALIDATOR.is_valid(document)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "path", sorted((GOLDEN / "models").glob("*.json")), ids=lambda path: path.stem
)
def test_models_that_can_be_used_validate(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not refused(text)
    assert [one.message for one in VALIDATOR.iter_errors(json.loads(text))] == []


def malformed() -> list[Path]:
    return sorted((GOLDEN / "errors").glob("*.json"))


@pytest.mark.parametrize("path", malformed(), ids=lambda path: path.stem)
def test_what_the_schema_refuses_the_reader_refuses(path: Path) -> None:
    text = path.read_bytes()
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return  # not JSON: no matter for a schema
    if not valid(document):
        assert refused(text.decode("utf-8-sig"))


def objects(value: object, path: tuple = ()) -> list[tuple]:
    """The paths of all objects whose keys are known, and so not names that the model chose."""
    named = {
        "metrics",
        "components",
        "table",
        "ladders",
        "plays",
        "alerts",
        "triggers",
        "goals",
        "variants",
        "params",
    }
    out = []
    if isinstance(value, dict):
        free = (bool(path) and path[-1] in named) or path[-2:] == ("study", "completion")
        in_patch = "patch" in path and "ladders" in path
        if not free and not in_patch:
            out.append(path)
        for key, each in value.items():
            out += objects(each, (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            out += objects(each, (*path, i))
    return out


def at(document: object, path: tuple) -> object:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize(
    "path", objects(EXAMPLE), ids=lambda path: ".".join(map(str, path)) or "model"
)
def test_an_unknown_key_anywhere_is_refused_by_both(path: tuple) -> None:
    document = copy.deepcopy(EXAMPLE)
    at(document, path)["no_such_key"] = 1
    assert not valid(document)
    assert refused(json.dumps(document))


def leaves(value: object, path: tuple = ()) -> list[tuple]:
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, each in enumerate(value) for leaf in leaves(each, (*path, i))]
    return [path]


@pytest.mark.parametrize("path", leaves(EXAMPLE), ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize(
    "wrong", [{"no": "such"}, [[]], True, None], ids=["object", "list", "flag", "null"]
)
def test_a_value_of_the_wrong_type_is_refused_by_both(path: tuple, wrong: object) -> None:
    document = copy.deepcopy(EXAMPLE)
    holder = at(document, path[:-1])
    holder[path[-1]] = wrong
    # In a patch null means something.
    if wrong is None and "patch" in path:
        return
    assert not valid(document)
    assert refused(json.dumps(document))


WORDS = [
    path
    for path in leaves(EXAMPLE)
    if path[-1] in {"type", "from", "value", "mode", "status", "combine", "on"}
    and path[0] != "touch"
]


@pytest.mark.parametrize("path", WORDS, ids=lambda path: ".".join(map(str, path)))
def test_an_unknown_word_is_refused_by_both(path: tuple) -> None:
    document = copy.deepcopy(EXAMPLE)
    at(document, path[:-1])[path[-1]] = "no such word"
    assert not valid(document)
    assert refused(json.dumps(document))


REQUIRED = [
    ("aiueo",),
    ("metrics",),
    ("metrics", "plan", "type"),
    ("metrics", "user_meetings", "window_days"),
    ("axes", "U", "components"),
    ("axes", "I", "caps", 0, "when"),
    ("axes", "I", "caps", 0, "at_most"),
    ("axes", "E", "override", "metric"),
    ("ladders", "stage", 0, "name"),
    ("bands", "edges"),
    ("bands", "names"),
    ("profiles", 0, "name"),
    ("profiles", 0, "when"),
    ("profiles", 0, "patch"),
    ("alerts", "health-drop", "drop"),
    ("alerts", "fell-back", "ladder"),
    ("alerts", "gone-dark", "of"),
    ("triggers", "setup-mail-2", "when"),
    ("triggers", "setup-mail-2", "play"),
    ("triggers", "setup-mail-2", "window_days"),
    ("goals", "loyal-count", "count"),
    ("goals", "loyal-count", "by"),
    ("goals", "loyal-count", "at_least"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_what_is_required_is_required_by_both(path: tuple) -> None:
    document = copy.deepcopy(EXAMPLE)
    del at(document, path[:-1])[path[-1]]
    assert not valid(document)
    assert refused(json.dumps(document))


def test_every_part_of_the_schema_is_described() -> None:
    bare = []

    def walk(value: object, path: str) -> None:
        if not isinstance(value, dict):
            return
        for key, each in value.get("properties", {}).items():
            target = each
            if isinstance(each, dict) and "$ref" in each and "description" not in each:
                target = SCHEMA["$defs"][each["$ref"].rsplit("/", 1)[1]]
            if isinstance(target, dict) and "description" not in target and "const" not in target:
                bare.append(f"{path}.{key}")
        for key, each in value.items():
            walk(each, f"{path}.{key}")

    walk({key: each for key, each in SCHEMA.items() if key not in ("if", "then", "else")}, "")
    assert [one for one in bare if ".if." not in one] == []


def test_every_object_of_the_schema_is_closed() -> None:
    open_objects = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, list):
            for i, each in enumerate(value):
                walk(each, f"{path}[{i}]")
        if isinstance(value, dict):
            if (
                "properties" in value
                and value.get("type") == "object"
                and value.get("additionalProperties") is not False
            ):
                open_objects.append(path)
            for key, each in value.items():
                walk(each, f"{path}.{key}")

    walk(SCHEMA, "")
    assert open_objects == []
