"""Tells what happens to one shipment in local time, and reads what Shipclock says about it.

    story = Story("gbt-27917")
    story.ordered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:30")
    assert story.told("pickup") == ["11-02 10:30 outcome met"]

A story runs in replay time through the core of a partition: bytes in, records out.  What is asserted is everything that
was said about a promise, in order.
"""

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from streams.partition.job import CONTROL
from streams.partition.judging import SCANS, SHIPMENTS
from streams.sla.policy import Policy, load_policy, parse_policy
from tests.property.engine import Arrival, Player, arrival, bodies, tick

CARE = "care-events"
NAMES = {"delay-notices": "notice", "breach-alerts": "alert", "sla-outcomes": "outcome"}
_PLACES = {
    "origin": {"region": "SZX", "time_zone": "Asia/Shanghai"},
    "destination": {"region": "PEK", "time_zone": "Asia/Shanghai"},
}


@cache
def shipped(name: str) -> Policy:
    """A policy that comes with Shipclock."""
    with as_file(files("streams") / "policies" / f"{name}.yaml") as file:
        return load_policy(file)


def page(clocks: str, *, calendars: str = "{}", time_zone: str = "Asia/Shanghai", more: str = "") -> Policy:
    """A policy of some clocks, given as a YAML list."""
    indented = "\n".join(f"  {line}" for line in clocks.strip("\n").splitlines())
    return parse_policy(
        f"policy: story\nversion: '1'\ntime_zone: {time_zone}\ncalendars: {calendars}\nclocks:\n{indented}\n{more}"
    )


class Story:
    """One shipment; times are local, `2026-11-02 09:00`."""

    def __init__(self, policy: str | Policy, *, zone: str = "Asia/Shanghai") -> None:
        self._zone = ZoneInfo(zone)
        self.player = Player(shipped(policy) if isinstance(policy, str) else policy)
        self._count = 0
        self._latest = 0

    # --- what happens

    def registered(self, when: str, *, arrives: str | None = None, **fields: Any) -> "Story":
        """A registration; between two cities unless told."""
        body = {"shipment_id": "S1", "customer_id": "c1", "registered_at": self.instant(when), **_PLACES, **fields}
        self._arrives(SHIPMENTS, arrives or when, body)
        return self

    def ordered(self, when: str, **fields: Any) -> "Story":
        """A registration, and the order as its first scan."""
        return self.registered(when, **fields).scan("order_placed", when)

    def scan(
        self, code: str, when: str, *, uploaded: str | None = None, arrives: str | None = None, **fields: Any
    ) -> "Story":
        """A scan.  It arrives when it happens, unless it is uploaded later, or is on its way for longer."""
        self._count += 1
        body = {
            "scan_id": f"s{self._count}",
            "shipment_id": "S1",
            "code": code,
            "occurred_at": self.instant(when),
            **({"recorded_at": self.instant(uploaded)} if uploaded else {}),
            **fields,
        }
        self._arrives(SCANS, arrives or uploaded or when, body)
        return self

    def void(self, scan_id: str, when: str) -> "Story":
        """The scan of that id is taken back."""
        return self.scan("void", when, voids=scan_id)

    def care(
        self,
        step: str,
        when: str,
        *,
        case: str = "K1",
        uploaded: str | None = None,
        arrives: str | None = None,
        **fields: Any,
    ) -> "Story":
        """One step of a case, as `complaint.opened`."""
        self._count += 1
        kind, _, name = step.partition(".")
        body = {
            "event_id": f"e{self._count}",
            "shipment_id": "S1",
            "case_id": case,
            "kind": kind,
            "step": name,
            "occurred_at": self.instant(when),
            **({"recorded_at": self.instant(uploaded)} if uploaded else {}),
            **fields,
        }
        self._arrives(CARE, arrives or uploaded or when, body)
        return self

    def region(self, name: str, when: str, *, since: str, until: str | None = None, **fields: Any) -> "Story":
        """A region is suspended; operations say so at `when`."""
        body = {
            "type": "suspension",
            "id": f"closed-{name}",
            "regions": [name],
            "from": self.instant(since),
            **({"until": self.instant(until)} if until else {}),
            **fields,
        }
        self._latest = self.ms(when)
        self.player.append([Arrival(CONTROL, self._latest, b"control", msgspec.json.encode(body))])
        return self

    def until(self, when: str) -> "Story":
        """Time passes: all that is due before then has been handled."""
        self._pass(self.ms(when))
        return self

    def _arrives(self, topic: str, when: str, body: dict[str, Any]) -> None:
        self._latest = self.ms(when)
        self.player.append([arrival(topic, self._latest, body)])

    def _pass(self, instant: int) -> None:
        self._latest = 0
        self.player.append([tick(instant)])
        self.player.finish()

    # --- what is said

    def told(self, clock: str) -> list[str]:
        """Everything said about a promise: `11-02 10:30 outcome met`, with its instance where it has one."""
        lines = []
        for body, kind in self._decisions(clock):
            instance = f" [{body['instance']}]" if "instance" in body else ""
            lines.append(f"{self.local(body['decided_at'])} {kind} {body['kind']}{instance}")
        return lines

    def said(self, clock: str, kind: str) -> list[dict[str, Any]]:
        """The records themselves: `notice`, `alert` or `outcome`."""
        return [body for body, name in self._decisions(clock) if name == kind]

    def outcome(self, clock: str) -> dict[str, Any]:
        """The last outcome of a promise."""
        return self.said(clock, "outcome")[-1]

    def outcomes(self) -> list[dict[str, Any]]:
        """Every outcome of every promise, in the order in which they were told."""
        self._read_all()
        return sorted(bodies(self.player.outputs, "sla-outcomes"), key=lambda one: one["sequence"])

    def due(self, clock: str) -> str:
        """When the promise was last said to be due, local time: `11-05 12:00`."""
        return self.local([body for body, _ in self._decisions(clock)][-1]["due"])

    @property
    def rejected(self) -> list[str]:
        """Why records were not taken."""
        self._read_all()
        return [dict(one.headers)["reason"].decode() for one in self.player.outputs if one.topic == "scan-rejects"]

    def _decisions(self, clock: str) -> list[tuple[dict[str, Any], str]]:
        self._read_all()
        known = [one for one in self.player.outputs if one.topic in NAMES]
        told = [(body, NAMES[one.topic]) for one, body in zip(known, bodies(known), strict=True)]
        return sorted((one for one in told if one[0]["clock"] == clock), key=lambda one: one[0]["sequence"])

    def _read_all(self) -> None:
        """Time passes up to the last record, and not further."""
        if self._latest:
            self._pass(self._latest + 1)

    # --- time

    def instant(self, when: str) -> str:
        """RFC 3339 of a local time."""
        return self._moment(when).isoformat()

    def ms(self, when: str) -> int:
        """UTC milliseconds of a local time."""
        return round(self._moment(when).timestamp() * 1000)

    def local(self, instant: str) -> str:
        """`11-02 10:30` of an instant; seconds only where there are any."""
        moment = datetime.fromisoformat(instant).astimezone(self._zone)
        rest = moment - moment.replace(second=0, microsecond=0)
        return f"{moment:%m-%d %H:%M}" if rest == timedelta() else f"{moment:%m-%d %H:%M:%S}"

    def _moment(self, when: str) -> datetime:
        return datetime.fromisoformat(when).replace(tzinfo=self._zone)
