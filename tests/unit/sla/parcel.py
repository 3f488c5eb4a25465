"""A shop window for one shipment: tell it what happens and when, and read what Shipclock says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.partition.judging import SCANS, SHIPMENTS
from streams.partition.output import Output
from streams.sla.instants import rfc3339
from streams.sla.policy import parse_policy
from tests.property.engine import Player, arrival, bodies, tick

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)


def ms(hours: float) -> int:
    """The instant so many hours after the beginning, UTC milliseconds."""
    return round((BEGIN + timedelta(hours=hours)).timestamp() * 1000)


def at(hours: float) -> str:
    """The same, as records write it."""
    return rfc3339(ms(hours))


class Parcel:
    """One shipment under a policy; hours count from the beginning, records arrive when they happen unless told."""

    def __init__(self, clocks: str, *, shipment: str = "{}", time_zone: str = "UTC") -> None:
        """`clocks` and `shipment` are YAML, the clocks as a list."""
        indented = "\n".join(f"  {line}" for line in clocks.strip("\n").splitlines())
        page = f"policy: test\nversion: '1'\ntime_zone: {time_zone}\nshipment: {shipment}\nclocks:\n{indented}\n"
        self.player = Player(parse_policy(page))
        self._scans = 0

    def register(self, hours: float, **fields: Any) -> "Parcel":
        body = {"shipment_id": "S1", "customer_id": "c1", "registered_at": at(hours), **fields}
        self.player.append([arrival(SHIPMENTS, ms(hours), body)])
        return self

    def scan(self, code: str, hours: float, *, uploaded: float | None = None, **fields: Any) -> "Parcel":
        self._scans += 1
        body = {
            "scan_id": f"s{self._scans}",
            "shipment_id": "S1",
            "code": code,
            "occurred_at": at(hours),
            **fields,
        }
        self.player.append([arrival(SCANS, ms(hours if uploaded is None else uploaded), body)])
        return self

    def until(self, hours: float) -> "Parcel":
        """Time passes: all that is due before this hour has been handled."""
        self.player.append([tick(ms(hours))])
        self.player.finish()
        return self

    def said(self, topic: str | None = None) -> list[dict[str, Any]]:
        return bodies(self.player.outputs, topic)

    @property
    def kinds(self) -> list[str]:
        """Notices, alerts and outcomes in the order in which they were said: `alert opened`."""
        names = {"delay-notices": "notice", "breach-alerts": "alert", "sla-outcomes": "outcome"}
        return [
            f"{names[one.topic]} {body['kind']}"
            for one, body in zip(self.decisions, bodies(self.decisions), strict=True)
            if one.topic in names
        ]

    @property
    def decisions(self) -> list[Output]:
        return [one for one in self.player.outputs if one.topic != "scan-rejects"]

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return self.said("sla-outcomes")

    @property
    def alerts(self) -> list[dict[str, Any]]:
        return self.said("breach-alerts")

    @property
    def notices(self) -> list[dict[str, Any]]:
        return self.said("delay-notices")

    @property
    def reject_reasons(self) -> list[str]:
        return [dict(one.headers)["reason"].decode() for one in self.player.outputs if one.topic == "scan-rejects"]
