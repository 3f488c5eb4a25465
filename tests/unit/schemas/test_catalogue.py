from collections.abc import Mapping

import pytest

from schemas.catalogue import TopicSpec, load_catalogue, parse_topic
from schemas.json_schema import record_type

MINIMAL = """
name: things
owner: us
description: Things.
direction: output
key: none
partitioning: any
version: 2
replication: 3
config: {cleanup.policy: delete, retention.ms: 1000, unclean.leader.election.enable: false}
config_by_time: {replay: {retention.ms: -1}}
"""


@pytest.fixture
def catalogue() -> Mapping[str, TopicSpec]:
    return load_catalogue()


def test_the_catalogue_lists_inputs_then_state_then_outputs(catalogue: Mapping[str, TopicSpec]) -> None:
    assert list(catalogue) == [
        "care-events",
        "control",
        "parcel-scans",
        "shipments",
        "feed-sightings",
        "feeds-state",
        "intake-state",
        "scorecards-state",
        "sla-state",
        "breach-alerts",
        "delay-notices",
        "feed-alerts",
        "policies",
        "scan-rejects",
        "shipment-status",
        "sla-outcomes",
        "sla-outcomes-by-customer",
        "sla-scorecards",
    ]


def test_a_topic_is_prefixed_by_its_namespace() -> None:
    assert parse_topic(MINIMAL, "things.yaml").topic("test") == "test.things"


def test_the_schema_id_carries_the_major_version() -> None:
    spec = parse_topic(MINIMAL, "things.yaml")
    assert spec.schema_id == "https://shipclock.dev/schemas/things.v2.schema.json"


def test_settings_are_written_as_kafka_writes_them_and_depend_on_the_time() -> None:
    spec = parse_topic(MINIMAL, "things.yaml")
    assert spec.settings("live") == {
        "cleanup.policy": "delete",
        "retention.ms": "1000",
        "unclean.leader.election.enable": "false",
    }
    assert spec.settings("replay")["retention.ms"] == "-1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("version: two", r"things\.yaml: .*`\$\.version`"),
        ("retention: 3", r"things\.yaml: unknown field retention"),
        ("direction: sideways", r"things\.yaml: .*`\$\.direction`"),
        ("owner: [us", r"things\.yaml: .*line"),
    ],
)
def test_a_wrong_file_is_named_with_the_field(line: str, message: str) -> None:
    text = "\n".join(kept for kept in MINIMAL.splitlines() if not kept.startswith(line.split(":", maxsplit=1)[0]))
    with pytest.raises(ValueError, match=f"(?s){message}"):
        parse_topic(f"{text}\n{line}\n", "things.yaml")


def test_every_named_record_type_exists(catalogue: Mapping[str, TopicSpec]) -> None:
    assert all(record_type(spec) for spec in catalogue.values() if spec.value)


def test_only_the_private_state_the_archive_and_the_rejects_name_no_record_of_ours(
    catalogue: Mapping[str, TopicSpec],
) -> None:
    assert {name for name, spec in catalogue.items() if spec.value is None} == {
        "intake-state",
        "feeds-state",
        "scorecards-state",
        "sla-state",
        "policies",
        "scan-rejects",
    }


def test_in_live_time_every_topic_carries_append_time(catalogue: Mapping[str, TopicSpec]) -> None:
    assert {spec.settings("live")["message.timestamp.type"] for spec in catalogue.values()} == {"LogAppendTime"}


def test_in_replay_time_the_sources_keep_the_time_of_their_records_for_ever(catalogue: Mapping[str, TopicSpec]) -> None:
    for spec in catalogue.values():
        settings = spec.settings("replay")
        if spec.direction == "input":
            assert (settings["message.timestamp.type"], settings["retention.ms"]) == ("CreateTime", "-1")
        else:
            assert settings["message.timestamp.type"] == "LogAppendTime"


def test_the_largest_source_record_fits_into_a_reject_with_its_headers(catalogue: Mapping[str, TopicSpec]) -> None:
    sources = [int(s.settings("live")["max.message.bytes"]) for s in catalogue.values() if s.direction == "input"]
    assert int(catalogue["scan-rejects"].settings("live")["max.message.bytes"]) >= max(sources) + 65_536
