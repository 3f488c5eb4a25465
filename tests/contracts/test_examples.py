"""Every example is valid by its JSON Schema and decodes into its record; broken ones are neither."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from schemas.catalogue import load_catalogue
from schemas.generate import ROOT
from schemas.json_schema import record_type

EXAMPLES = sorted((ROOT / "examples").glob("*/*/*.json"))
WITH_RECORDS = [name for name, spec in load_catalogue().items() if spec.value]


def validator(topic: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "json" / load_catalogue()[topic].schema_file).read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def decode(topic: str, document: bytes) -> Any:
    return msgspec.json.decode(document, type=record_type(load_catalogue()[topic]))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_an_example_fits_its_schema_and_its_record(path: Path) -> None:
    topic, version = path.parts[-3], path.parts[-2]
    assert version == str(load_catalogue()[topic].version)
    assert list(validator(topic).iter_errors(json.loads(path.read_bytes()))) == []
    decode(topic, path.read_bytes())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_what_a_record_encodes_to_fits_the_schema_again(path: Path) -> None:
    topic = path.parts[-3]
    encoded = msgspec.json.encode(decode(topic, path.read_bytes()))
    assert list(validator(topic).iter_errors(json.loads(encoded))) == []
    assert decode(topic, encoded) == decode(topic, path.read_bytes())


@pytest.mark.parametrize("topic", WITH_RECORDS)
def test_every_topic_has_several_examples(topic: str) -> None:
    assert len([path for path in EXAMPLES if path.parts[-3] == topic]) >= 2


def test_every_kind_of_every_output_has_an_example() -> None:
    shown = {(path.parts[-3], json.loads(path.read_bytes()).get("kind")) for path in EXAMPLES}
    for topic, spec in load_catalogue().items():
        if spec.direction == "output" and spec.value:
            schema = json.loads((ROOT / "json" / spec.schema_file).read_text(encoding="utf-8"))
            for kind in schema["properties"].get("kind", {"enum": []})["enum"]:
                assert (topic, kind) in shown


@pytest.mark.parametrize("topic", WITH_RECORDS)
def test_without_a_required_field_neither_schema_nor_record_accepts_it(topic: str) -> None:
    path = next(path for path in EXAMPLES if path.parts[-3] == topic)
    for field in _required(validator(topic).schema, json.loads(path.read_bytes())):
        document = json.loads(path.read_bytes())
        del document[field]
        assert not validator(topic).is_valid(document)
        with pytest.raises(msgspec.ValidationError):
            decode(topic, json.dumps(document).encode())


def _required(schema: Any, document: dict[str, Any]) -> list[str]:
    """The fields that a record of this kind must have; a union is told apart by `type`."""
    kinds = [schema["$defs"][kind["$ref"].rpartition("/")[2]] for kind in schema.get("anyOf", ())] or [schema]
    (kind,) = (one for one in kinds if len(kinds) == 1 or document["type"] in one["properties"]["type"]["enum"])
    required: list[str] = kind["required"]
    return required


@pytest.mark.parametrize(
    ("field", "value"),
    [("shipment_id", ""), ("shipment_id", "S" * 129), ("scan_id", 7), ("revision", -1), ("code", None)],
)
def test_schema_and_record_agree_on_what_a_wrong_scan_is(field: str, value: object) -> None:
    document = json.loads((ROOT / "examples/parcel-scans/1/minimal.json").read_bytes()) | {field: value}
    assert not validator("parcel-scans").is_valid(document)
    with pytest.raises(msgspec.ValidationError):
        decode("parcel-scans", json.dumps(document).encode())


@pytest.mark.parametrize("value", ["2026-11-01T08:30:00", "2026-11-01", "1762000000000", "2026-02-30T00:00:00Z"])
def test_a_time_without_an_offset_or_meaning_is_refused(value: str) -> None:
    document = json.loads((ROOT / "examples/parcel-scans/1/minimal.json").read_bytes()) | {"occurred_at": value}
    with pytest.raises(msgspec.ValidationError):
        decode("parcel-scans", json.dumps(document).encode())
