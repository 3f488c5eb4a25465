"""Pieces of output records, as JSON text.

Records are put together as text, in the order and the manner in which msgspec would encode the types of
`schemas.records`.  Those are the contract, and every text is held against them in the tests; to build a record and to
encode it would take three times as much.
"""

from typing import Final

import msgspec

from streams.sla.calendars.zones import zone_of
from streams.sla.codes import NAMES, Code, name_of
from streams.sla.identity import matter_of
from streams.sla.policy.compiled import ALL_OF, NEVER_HAPPENS, Clock, Policy

_MOST_KNOWN: Final = 8_000
_MEASURES: Final = {ALL_OF: ',"measure":"perfect-order"', NEVER_HAPPENS: ',"measure":"incident"'}
"""What clocks measure that are no promises by time, by form."""
_HAPPENED: Final[dict[Code, str]] = {number: f',"code":"{name}","occurred_at":"' for number, name in NAMES.items()}

encode: Final = msgspec.json.Encoder().encode


def quoted(text: str) -> str:
    """A text as JSON."""
    return encode(text).decode()


class Field:
    """A field that may be absent, and whose values come again and again."""

    __slots__ = ("_absent", "_after", "_before", "_known")

    def __init__(self, name: str, before: str = "", after: str = "") -> None:
        """`before` and `after` are there in any case."""
        self._before = f'{before},"{name}":'
        self._after = after
        self._absent = before + after
        self._known: dict[str, str] = {}

    def of(self, value: str | None) -> str:
        """The field with this value; None where it is absent."""
        if value is None:
            return self._absent
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[value] = f"{self._before}{quoted(value)}{self._after}"
        return known


class Form:
    """What all records of one kind about one clock have in common, under one policy; and how many there are."""

    __slots__ = ("_instances", "clock", "count", "kind", "measure", "policy", "sort", "topic", "zone")

    def __init__(self, policy: Policy, clock: Clock, topic: str, kind: str) -> None:
        self.count = 0
        self.topic = topic
        self.kind = kind
        self.sort = f"{topic}.{kind}"
        self.clock = clock.name
        self.zone = zone_of(policy.time_zone)
        self._instances: dict[str | None, tuple[str, str]] = {}
        self.policy = f'","policy":{quoted(policy.name)},"policy_version":{quoted(policy.version)},"decided_at":"'
        veto = ',"veto":true' if clock.name in policy.veto else ""
        self.measure = f'"{_MEASURES.get(clock.form, "")}{veto}'

    def of(self, key: str | None) -> tuple[str, str]:
        """For one instance of the clock: what its ids are made of, and the text from the clock to the revision."""
        known = self._instances.get(key)
        if known is None:
            if len(self._instances) >= _MOST_KNOWN:
                self._instances.clear()
            instance = "" if key is None else f',"instance":{quoted(key)}'
            text = f',"clock":{quoted(self.clock)}{instance},"kind":"{self.kind}","revision":'
            known = self._instances[key] = (matter_of(self.topic, self.clock, key), text)
        return known


def happened(code: Code) -> str:
    """The code of a scan, up to the instant."""
    return _HAPPENED.get(code) or f',"code":{quoted(name_of(code))},"occurred_at":"'
