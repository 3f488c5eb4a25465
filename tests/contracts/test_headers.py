"""The headers that are written are those that the contract describes."""

from collections.abc import Sequence
from types import SimpleNamespace

import msgspec
import pytest

from schemas.asyncapi import CLOUD_EVENTS_HEADERS
from schemas.catalogue import load_catalogue
from schemas.generate import ROOT
from schemas.json_schema import record_type
from streams.partition.outputs import Envelope

DECISIONS = [name for name, spec in load_catalogue().items() if spec.direction == "output" and spec.value]


def names(headers: Sequence[tuple[str, bytes]]) -> set[str]:
    return {name for name, _ in headers}


@pytest.mark.parametrize("topic", DECISIONS)
def test_a_decision_carries_the_headers_of_cloud_events(topic: str) -> None:
    spec = load_catalogue()[topic]
    example = next((ROOT / "examples" / topic).glob("*/*.json"))
    body = msgspec.json.decode(example.read_bytes(), type=record_type(spec))
    output = Envelope("ns", 3).wrap(b"key", topic, getattr(body, "kind", "changed"), body)
    assert output.topic == topic
    assert names(output.headers) == CLOUD_EVENTS_HEADERS.keys()
    headers = dict(output.headers)
    assert headers["ce_dataschema"].decode() == spec.schema_id
    assert headers["ce_id"].decode() == body.id
    assert headers["ce_source"] == b"/shipclock/ns/3"
    assert headers["ce_type"].decode().endswith(f".v{spec.version}")


def test_a_reject_carries_the_headers_of_the_catalogue_and_the_original_bytes() -> None:
    record = SimpleNamespace(offset=7, timestamp=1_700_000_000_000, key=None, value=b"{")
    output = Envelope("ns", 3).reject("parcel-scans", record, "not-json", "", "truncated")
    assert output.topic == "scan-rejects"
    assert names(output.headers) == load_catalogue()["scan-rejects"].headers.keys()
    assert (output.key, output.value) == (None, b"{")
