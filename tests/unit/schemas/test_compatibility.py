import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import load_catalogue
from schemas.compatibility import breaking_changes, compare_folders, field_paths
from schemas.json_schema import topic_schema

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "kind": {"enum": ["big", "small"]},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "place": {"$ref": "#/$defs/Place"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Place"}, "default": []},
        "before": {"anyOf": [{"$ref": "#"}, {"type": "null"}], "default": None},
    },
    "required": ["name", "kind"],
    "$defs": {
        "Place": {"type": "object", "title": "Place", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """OLD with the node at `path` replaced, or removed when the value is None."""
    new = deepcopy(OLD)
    *parents, last = path.split("/")
    node = new
    for step in parents:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return new


@pytest.mark.parametrize("direction", ["input", "output"])
def test_nothing_breaks_when_nothing_changes(direction: Any) -> None:
    assert breaking_changes(OLD, deepcopy(OLD), direction) == []


@pytest.mark.parametrize("direction", ["input", "output"])
def test_a_new_optional_field_breaks_nobody(direction: Any) -> None:
    assert breaking_changes(OLD, changed("properties/weight", {"type": "integer"}), direction) == []


@pytest.mark.parametrize("direction", ["input", "output"])
def test_a_removed_field_breaks_both_sides(direction: Any) -> None:
    assert breaking_changes(OLD, changed("properties/name", None), direction)[0] == "$.name: removed"


def test_of_a_removed_object_only_the_object_is_named() -> None:
    assert breaking_changes(OLD, changed("properties/place", None), "input") == ["$.place: removed"]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("required", ["name", "kind", "count"], "$.count: required now, was optional or unknown"),
        ("$defs/Place/required", ["code", "zone"], "$.place.zone: required now, was optional or unknown"),
        ("properties/kind/enum", ["big"], "$.kind: the value small is not accepted any more"),
        ("properties/count", {"type": "integer"}, "$.count: null is not accepted any more, only integer"),
        ("properties/name/maxLength", 5, "$.name: was maxLength 10, is narrowed to maxLength 5"),
        ("properties/name/minLength", 1, "$.name: was minLength none, is narrowed to minLength 1"),
        ("properties/name/format", "date", "$.name: was any text, must be date now"),
        ("properties/name/pattern", "^B", "$.name: was any text, must be ^B now"),
        ("properties/name/enum", ["Bo"], "$.name: the value any text is not accepted any more"),
    ],
)
def test_an_input_may_not_be_narrowed(path: str, value: Any, expected: str) -> None:
    assert expected in breaking_changes(OLD, changed(path, value), "input")
    assert breaking_changes(OLD, changed(path, value), "output") == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("required", ["name"], "$.kind: may be missing now, was always there"),
        ("properties/kind/enum", ["big", "small", "huge"], "$.kind: may have the value huge now"),
        ("properties/name/maxLength", 20, "$.name: was maxLength 10, is widened to maxLength 20"),
        (
            "properties/count/anyOf",
            [{"type": "string"}, {"type": "integer"}, {"type": "null"}],
            "$.count: may be string",
        ),
        ("$defs/Place/properties/code", {"type": "integer"}, "$.parts[].code: may be integer now, was string"),
    ],
)
def test_an_output_may_not_be_widened(path: str, value: Any, expected: str) -> None:
    found = breaking_changes(OLD, changed(path, value), "output")
    assert any(line.startswith(expected) for line in found), found


def test_another_type_breaks_both_sides() -> None:
    new = changed("properties/name", {"type": "integer"})
    assert breaking_changes(OLD, new, "input") == ["$.name: string is not accepted any more, only integer"]
    assert breaking_changes(OLD, new, "output") == ["$.name: may be integer now, was string"]


def test_a_wider_input_breaks_nobody() -> None:
    assert breaking_changes(OLD, changed("properties/kind/enum", ["big", "small", "huge"]), "input") == []


def test_the_fields_of_a_schema_that_contains_itself_are_finite() -> None:
    assert "$.parts[].code" in field_paths(OLD)
    assert "$.before.name" not in field_paths(OLD)


def test_every_schema_of_ours_is_compatible_with_itself() -> None:
    for spec in load_catalogue().values():
        if spec.value:
            assert breaking_changes(topic_schema(spec), topic_schema(spec), spec.direction) == []


def test_folders_are_compared_topic_by_topic(tmp_path: Path) -> None:
    (old := tmp_path / "old").mkdir()
    (new := tmp_path / "new").mkdir()
    spec = load_catalogue()["parcel-scans"]
    schema = topic_schema(spec)
    (old / spec.schema_file).write_text(json.dumps(schema))
    assert compare_folders(old, new) == ["parcel-scans.v1.schema.json: removed"]
    del schema["properties"]["voids"]
    (new / spec.schema_file).write_text(json.dumps(schema))
    assert compare_folders(old, new) == ["parcel-scans.v1.schema.json: $.voids: removed"]
