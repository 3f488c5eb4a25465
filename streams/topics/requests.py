"""The four requests about topics, each answered or refused in words."""

from collections.abc import Collection
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAlreadyExistsError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError
from aiokafka.protocol.admin import CreateTopicsRequest, DescribeConfigsRequest
from aiokafka.protocol.api import Request

from streams.errors import NotAllowed, TopicMismatch, not_granted
from streams.topics import rules
from streams.topics.alter_configs import TOPIC_RESOURCE, IncrementalAlterConfigsRequest
from streams.topics.anybody import ask_anybody
from streams.topics.metadata import TopicMetadataRequest
from streams.topics.plan import AlterConfig, CreateTopic

_CREATE_TIMEOUT_MS = 10_000


class TopicRequests:
    """Requests through a connected client.  `node` is a broker's id; any broker answers when it is left out.

    All raise `TopicMismatch` when the cluster refuses, with its reason, and `NotAllowed` where a right is missing.
    """

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    def nodes(self) -> set[int]:
        """Return the ids of all brokers."""
        return {broker.nodeId for broker in self._client.cluster.brokers()}

    async def metadata(
        self, names: Collection[str], node: int | None = None, *, right: str = "Describe and DescribeConfigs"
    ) -> tuple[int, dict[str, Any]]:
        """Return the number of brokers, and what is known of those topics that exist; creates none.

        Of a topic `partitions` and, from brokers that give it one, `id`; `right` is what is to be granted where a topic
        is not shown.
        """
        answer: dict[str, Any] = (await self._ask(TopicMetadataRequest(names), node)).to_object()
        topics = answer["topics"]
        hidden = [topic["topic"] for topic in topics if topic["error_code"] == TopicAuthorizationFailedError.errno]
        if hidden:
            raise NotAllowed(not_granted(right, "topic", ", ".join(sorted(hidden))))
        known = [topic for topic in topics if topic["error_code"] != UnknownTopicOrPartitionError.errno]
        return len(answer["brokers"]), {topic["topic"]: topic for topic in known}

    async def configs(self, names: Collection[str], node: int | None = None) -> dict[str, dict[str, str]]:
        """Return the effective configuration of those topics that exist."""
        if not names:
            return {}
        answer = await self._ask(DescribeConfigsRequest([(TOPIC_RESOURCE, name, None) for name in names]), node)
        configs: dict[str, dict[str, str]] = {}
        hidden: list[str] = []
        for resource in answer.to_object()["resources"]:
            name, code = resource["resource_name"], resource["error_code"]
            if code == UnknownTopicOrPartitionError.errno:
                continue
            if code == TopicAuthorizationFailedError.errno:
                hidden.append(name)
                continue
            if code:
                raise TopicMismatch(
                    f"The configuration of {name} cannot be read (error {code}): {resource['error_message']}"
                )
            entries = resource["config_entries"]
            configs[name] = {entry["config_names"]: entry["config_value"] or "" for entry in entries}
        if hidden:
            raise NotAllowed(not_granted("DescribeConfigs", "topic", ", ".join(sorted(hidden))))
        return configs

    async def create(self, actions: Collection[CreateTopic]) -> None:
        """Create topics; those that exist are left as they are."""
        errors = await self._created(actions, frozenset())
        if any(_unknown(message) in rules.LATE_COMERS for _, _, message in errors):
            errors = await self._created(actions, rules.LATE_COMERS)
        refused = [topic for topic, code, _ in errors if code == TopicAuthorizationFailedError.errno]
        if refused:
            raise NotAllowed(not_granted("Create", "topic", ", ".join(sorted(refused))))
        for topic, code, message in errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise TopicMismatch(f"Kafka refuses to create {topic} (error {code}): {message}")

    async def _created(
        self, actions: Collection[CreateTopic], without: Collection[str]
    ) -> list[tuple[str, int, str | None]]:
        """Ask for topics, without some of their settings; gives name, error code and message of each."""
        topics: list[Any] = []
        for action in actions:
            config = [setting for setting in action.config.items() if setting[0] not in without]
            topics.append((action.topic, action.partitions, action.replication, [], config))
        request = CreateTopicsRequest(create_topic_requests=topics, timeout=_CREATE_TIMEOUT_MS, validate_only=False)
        return list((await self._ask(request, self._controller())).topic_errors)

    async def alter(self, action: AlterConfig) -> None:
        """Set some settings of a topic, leave the others."""
        request = IncrementalAlterConfigsRequest(action.topic, action.config)
        for code, message, _, topic in (await self._ask(request, self._controller())).resources:
            if code == TopicAuthorizationFailedError.errno:
                raise NotAllowed(not_granted("AlterConfigs", "topic", topic))
            if code:
                raise TopicMismatch(f"Kafka refuses to alter {topic} (error {code}): {message}")

    def _controller(self) -> int | None:
        controller = self._client.cluster.controller
        return controller.nodeId if controller else None

    async def _ask(self, request: Request[Any], node: int | None) -> Any:
        return await (ask_anybody(self._client, request) if node is None else self._client.send(node, request))


def _unknown(message: str | None) -> str:
    """The setting that the broker says it does not know."""
    return (message or "").rpartition("Unknown topic config name: ")[2]
