"""The headers that are written are those that the contract describes."""

from collections.abc import Iterable

import msgspec
import pytest

from schemas.asyncapi import CLOUD_EVENTS_HEADERS
from schemas.catalogue import load_catalogue
from schemas.generate import ROOT
from schemas.json_schema import record_type
from streams.partition.outputs import Envelope
from streams.partition.record import Record

DECISIONS = [name for name, spec in load_catalogue().items() if spec.direction == "output" and spec.value]


def names(headers: Iterable[tuple[str, bytes]]) -> set[str]:
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
    record = Record(7, 1_700_000_000_000, None, b"{")
    output = Envelope("ns", 3).reject("parcel-scans", record, "not-json", "", "truncated")
    assert output.topic == "scan-rejects"
    assert names(output.headers) == load_catalogue()["scan-rejects"].headers.keys() - {"truncated"}
    assert (output.key, output.value) == (None, b"{")


def test_texts_of_any_length_do_not_make_a_reject_too_large() -> None:
    record = Record(7, 1_700_000_000_000, b"k", b"v" * 1_900_000)
    output = Envelope("ns", 3).reject("parcel-scans", record, "bad-time", "$." + "\u7b7e" * 500_000, "\u6536" * 500_000)
    headers = dict(output.headers)
    assert (headers["path"].decode(), headers["detail"].decode()) == ("$." + "\u7b7e" * 298, "\u6536" * 300)
    assert output.value == record.value


@pytest.mark.parametrize(
    ("key", "value"), [(b"k", 9_000_000), (None, 2_000_001), (b"k" * 3_000_000, 5), (b"k" * 3_000_000, None)]
)
def test_a_reject_that_its_topic_could_not_take_is_cut_and_says_so(key: bytes | None, value: int | None) -> None:
    original = None if value is None else b"v" * value
    record = Record(7, 1_700_000_000_000, key, original)
    output = Envelope("ns", 3).reject("parcel-scans", record, "not-json", "", "cut")
    limit = int(load_catalogue()["scan-rejects"].settings("live")["max.message.bytes"])
    size = (
        len(output.key or b"") + len(output.value or b"") + sum(len(name) + len(fact) for name, fact in output.headers)
    )
    assert size < limit - 1_000
    assert dict(output.headers)["truncated"] == str(len(key or b"") + len(original or b"")).encode()
    assert (output.key is None, output.value is None) == (key is None, value is None)
    assert (key or b"").startswith(output.key or b"")
    assert (original or b"").startswith(output.value or b"")
