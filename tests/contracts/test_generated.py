"""What is committed is what the records say."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.catalogue import TopicSpec, load_catalogue
from schemas.generate import ROOT, differences, generated_files, write

WITH_RECORDS = [spec for spec in load_catalogue().values() if spec.value]


def test_the_committed_files_are_the_generated_ones() -> None:
    assert differences() == []


def test_a_changed_a_missing_and_a_left_over_file_are_named(tmp_path: Path) -> None:
    write(tmp_path)
    assert differences(tmp_path) == []
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "json" / "control.v1.schema.json").unlink()
    (tmp_path / "json" / "old.v1.schema.json").write_text("{}")
    assert [line.split(":")[0] for line in differences(tmp_path)] == [
        "json/old.v1.schema.json",
        "json/control.v1.schema.json",
        "asyncapi.json",
    ]


@pytest.mark.parametrize("spec", WITH_RECORDS, ids=lambda spec: spec.name)
def test_a_schema_is_valid_and_known_by_its_id(spec: TopicSpec) -> None:
    schema = json.loads((ROOT / "json" / spec.schema_file).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == spec.schema_id


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    if isinstance(node, list):
        return [found for value in node for found in references(value)]
    return []


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads(generated_files()["asyncapi.json"])
    found = references(document)
    assert found
    for reference in found:
        file, _, pointer = reference.partition("#")
        node = json.loads((ROOT / file).read_text(encoding="utf-8")) if file else document
        for step in pointer.split("/")[1:]:
            node = node[step]
        assert node


def test_the_asyncapi_document_shows_every_topic_but_the_private_state() -> None:
    document = json.loads(generated_files()["asyncapi.json"])
    assert set(document["channels"]) == set(load_catalogue()) - {
        "sla-state",
        "scorecards-state",
        "feeds-state",
        "intake-state",
        "feed-sightings",
    }
    assert {name for name, node in document["operations"].items() if node["action"] == "receive"} == {
        "read-care-events",
        "read-control",
        "read-parcel-scans",
        "read-shipments",
    }
