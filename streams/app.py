"""The Faust app: topics, agents, the table that keeps partitions together, and every setting of Faust that matters."""

from collections.abc import Awaitable, Callable
from typing import Any

import faust
from faust.types import StreamT
from mode.supervisors import CrashingSupervisor
from mode.utils.queues import ThrowableQueue
from yarl import URL

from agents import care_events, carrier, control, feed_sightings, outcomes_by_customer, parcel_scans, shipments
from streams.kafka.connection import Connection
from streams.kafka.names import Names
from streams.kafka.schema import BatchSchema
from streams.kafka.source import Sources

AGENTS: dict[str, Callable[[StreamT[Any]], Awaitable[None]]] = {
    shipments.TOPIC: shipments.shipments,
    parcel_scans.TOPIC: parcel_scans.parcel_scans,
    care_events.TOPIC: care_events.care_events,
    control.TOPIC: control.control,
    outcomes_by_customer.TOPIC: outcomes_by_customer.outcomes_by_customer,
    carrier.TOPIC: carrier.carrier,
    feed_sightings.TOPIC: feed_sightings.feed_sightings,
}
"""Source topic to agent: a topic is read when it stands here and is a source of a job in `streams.kafka.names`."""

BUFFERED_BATCHES = 4_096
"""Batches that an agent's queue may hold: above what `Reading` lets into it, so that Faust itself never blocks."""


NEVER_IDLE_S = 10 * 365 * 86_400.0
"""How long the consumer may fetch nothing before aiokafka takes it for dead and leaves the group, not to come back by
itself: practically for ever.  Partitions that are parked or have no room want nothing, and that is no fault.  `Reading`
notices what stalls, the session a process that is frozen, and rebalances have a time-out of their own."""


class EngineApp(faust.App):
    """A Faust app that knows what its transport needs."""

    connection: Connection
    sources: Sources

    def FlowControlQueue(self, maxsize: int | None = None, **_options: Any) -> ThrowableQueue[Any]:  # noqa: N802 - Faust's name
        """Return a queue that nothing empties but who takes from it.

        Faust empties queues when it resumes the flow of records, and after a rebalance it does that twice: what it had
        let through meanwhile would be gone.  What is left of before the rebalance, `Delivery` knows.
        """
        return super().FlowControlQueue(maxsize, clear_on_resume=False)

    def _create_directories(self) -> None:
        """Do nothing: no file is ever kept, and the working directory may be read-only."""


def build_app(
    connection: Connection, names: Names, sources: Sources, *, partitions: int, session_timeout_ms: int
) -> EngineApp:
    """Return the app, ready to start, for source topics of this many partitions."""
    app = EngineApp(
        names.group,
        broker=[URL(f"shipclock://{server}") for server in connection.bootstrap_servers],
        autodiscover=False,
        # A session well below the default of 60 s: partitions of a dead worker move on soon.
        broker_session_timeout=session_timeout_ms / 1000,
        broker_heartbeat_interval=1.0,
        broker_request_timeout=connection.request_timeout_ms / 1000,
        broker_rebalance_timeout=30.0,
        broker_max_poll_interval=NEVER_IDLE_S,
        broker_commit_interval=3600.0,  # nothing is committed by Faust
        # Topics are created and checked by `shipclock topics`, never on the way.
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        recovery_consistency_check=False,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        stream_buffer_maxsize=BUFFERED_BATCHES,
        # A crashed agent would otherwise be restarted and the batch in its hand be lost.
        agent_supervisor=CrashingSupervisor,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.connection = connection
    app.sources = sources
    for short in sources.topics:
        topic = app.topic(names.topic(short), schema=BatchSchema(), partitions=partitions, acks=False)
        app.agent(topic, name=f"agents.{short}")(AGENTS[short])
    state = names.job.state
    app.Table(
        state,
        changelog_topic=app.topic(names.topic(state), partitions=partitions, acks=False),
        partitions=partitions,
        store="shipclock://state",
    )
    return app
