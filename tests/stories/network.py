"""Parcels of a network and the feeds of its facilities: the main job and the job `feeds`, one partition of each.

    network = Network(page(...))
    network.registered("S1", "2026-11-02 09:00").scan("S1", "arrived", "2026-11-02 10:00", "HUB")
    network.until("2026-11-02 14:00")
    assert network.silences() == ["11-02 12:00 opened HUB"]

Time passes by the minute, so that what one job says reaches the other as it does in life.  Times are those of Shanghai.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from streams.partition.core import Core
from streams.partition.job import CONTROL, SIGHTINGS, CoreSettings
from streams.partition.judging import SCANS, SHIPMENTS
from streams.partition.lanes import TimeSource
from streams.partition.listening import Listening
from streams.partition.output import Output
from streams.partition.outputs import FEED_ALERTS
from streams.partition.ports import SourceBatch
from streams.partition.record import Record
from streams.sla.policy import Policy
from tests.property.engine import NAMESPACE, Arrival, Player, arrival, bodies, tick

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = 60_000


class Network:
    """Shipments, scans and what is said of them and of the facilities."""

    def __init__(self, policy: Policy) -> None:
        self.main = Player(policy, sightings=True)
        self._feeds = Core(Listening, CoreSettings(NAMESPACE, 0, 1, TimeSource.APPEND))
        self._feeds.restored(0)
        self._read = self._written = self._scans = self._now = 0
        self.said: list[Output] = []
        """By the job `feeds`."""

    # --- what happens

    def registered(self, shipment: str, when: str) -> "Network":
        body = {"shipment_id": shipment, "customer_id": "c1", "registered_at": _moment(when).isoformat()}
        return self._arrives(SHIPMENTS, when, body)

    def scan(
        self,
        shipment: str,
        code: str,
        when: str,
        facility: str | None = None,
        *,
        uploaded: str | None = None,
        **more: Any,
    ) -> "Network":
        """A scan, which arrives when it happens unless it is uploaded later."""
        self._scans += 1
        body = {
            "scan_id": f"s{self._scans}",
            "shipment_id": shipment,
            "code": code,
            "occurred_at": _moment(when).isoformat(),
            **({} if facility is None else {"facility": {"id": facility, "kind": "hub"}}),
            **more,
        }
        return self._arrives(SCANS, uploaded or when, body)

    def until(self, when: str) -> "Network":
        """Time passes."""
        self._pass(_ms(when))
        return self

    def _arrives(self, topic: str, when: str, body: dict[str, Any]) -> "Network":
        self._pass(_ms(when))
        self.main.append([arrival(topic, self._now, body)])
        self._exchange()
        return self

    def _pass(self, instant: int) -> None:
        if not self._now:
            self._now = instant
        while self._now < instant:
            self._now = min(self._now + MINUTE, instant)
            self.main.append([tick(self._now)])
            self._exchange()

    def _exchange(self) -> None:
        """Let each job read what the other one says."""
        self.main.finish()
        told = [one for one in self.main.outputs[self._read :] if one.topic == SIGHTINGS]
        self._read = len(self.main.outputs)
        if not told:
            return
        records = [Record(self._written + place, self._now, one.key, one.value) for place, one in enumerate(told)]
        self._written += len(records)
        self._feeds.offer(SourceBatch(SIGHTINGS, records, self._now))
        while self._feeds.work(1000):
            pass
        said = self._feeds.take().outputs
        self.said += said
        self.main.append([Arrival(CONTROL, self._now, one.key, one.value) for one in said if one.topic == CONTROL])
        self.main.finish()

    # --- what is said

    def silences(self) -> list[str]:
        """Alerts of facilities: `11-02 12:00 opened HUB`."""
        alerts = [msgspec.json.decode(one.value or b"") for one in self.said if one.topic == FEED_ALERTS]
        return [f"{_local(one['decided_at'])} {one['kind']} {one['facility']}" for one in alerts]

    def alerts(self, shipment: str) -> list[str]:
        """Breach alerts of a shipment: `11-02 13:00 opened unverified HUB`."""
        return [
            " ".join(
                [_local(one["decided_at"]), one["kind"]]
                + [one[field] for field in ("verification", "silent_feed") if field in one]
            )
            for one in bodies(self.main.outputs, "breach-alerts")
            if one["shipment_id"] == shipment
        ]

    def outcomes(self, shipment: str) -> list[str]:
        """Kinds of the outcomes of a shipment."""
        return [one["kind"] for one in bodies(self.main.outputs, "sla-outcomes") if one["shipment_id"] == shipment]


def _moment(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=ZONE)


def _ms(when: str) -> int:
    return round(_moment(when).timestamp() * 1000)


def _local(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZONE):%m-%d %H:%M}"
