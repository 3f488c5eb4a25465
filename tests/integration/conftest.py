"""The Kafka that integration tests share, and what is said when nothing happens to it."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from streams.embedded import EmbeddedKafka
from streams.embedded.readiness import live_brokers
from tests.integration import journeys
from tests.integration.journeys import Undisturbed


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """One real broker for all tests; each keeps to names of its own, see `namespace`."""
    with EmbeddedKafka(quick_start=True) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def kafka_to_be_hurt() -> Iterator[EmbeddedKafka]:
    """One broker for all tests that hurt one; they ask for `other_kafka`."""
    with EmbeddedKafka(quick_start=True) as cluster:
        yield cluster


@pytest.fixture
def other_kafka(kafka_to_be_hurt: EmbeddedKafka) -> Iterator[EmbeddedKafka]:
    """A broker that a test may kill or restart: where it fails meanwhile, the next one finds it at work."""
    yield kafka_to_be_hurt
    if not live_brokers(kafka_to_be_hurt.ports[0]):
        kafka_to_be_hurt.restart()


@pytest.fixture
def namespace() -> str:
    """A prefix for topics, groups and transactional ids that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def undisturbed(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What is said of the journeys, for those tests to compare with that disturb somebody."""
    stage = journeys.stage_on(kafka, f"test-{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("undisturbed"))
    return asyncio.run(journeys.undisturbed(stage))
