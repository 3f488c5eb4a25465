"""The Kafka that integration tests share."""

import uuid
from collections.abc import Iterator

import pytest

from streams.embedded import EmbeddedKafka


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """One real broker for all tests; each keeps to names of its own, see `namespace`."""
    with EmbeddedKafka(quick_start=True) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def other_kafka() -> Iterator[EmbeddedKafka]:
    """A broker to be hurt: a test may silence, kill or restart it, and leaves it at work."""
    with EmbeddedKafka(quick_start=True) as cluster:
        yield cluster


@pytest.fixture
def namespace() -> str:
    """A prefix for topics, groups and transactional ids that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"
