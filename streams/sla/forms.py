"""Pieces of output records, as JSON.

Records are written piece by piece, in the order and the manner in which msgspec would encode the types of
`schemas.records`.  Those are the contract, and every record is held against them in the tests; to build a record and to
encode it would take three times as much.
"""

from typing import Final

import msgspec

from streams.sla.calendars.zones import zone_of
from streams.sla.codes import NAMES, Code, name_of
from streams.sla.identity import Matter
from streams.sla.policy.compiled import ALL_OF, NEVER_HAPPENS, Clock, Policy
from streams.sla.registration import KINDS_OF_LABELS, Registration

_MOST_KNOWN: Final = 8_000
_MEASURES: Final = {ALL_OF: ',"measure":"perfect-order"', NEVER_HAPPENS: ',"measure":"incident"'}
"""What clocks measure that are no promises by time, by form."""
_HAPPENED: Final[dict[Code, bytes]] = {
    number: f',"code":"{name}","occurred_at":"'.encode() for number, name in NAMES.items()
}
_NAMES: Final[dict[Code, bytes]] = {number: name.encode() for number, name in NAMES.items()}

encode: Final = msgspec.json.Encoder().encode


def quoted(text: str) -> bytes:
    """A text as JSON."""
    return encode(text)


def escaped(text: str) -> bytes:
    """A part of a text in JSON."""
    return encode(text)[1:-1]


class Field:
    """A field that may be absent, and whose values come again and again."""

    __slots__ = ("_absent", "_after", "_before", "_known")

    def __init__(self, name: str, before: bytes = b"", after: bytes = b"") -> None:
        """`before` and `after` are there in any case."""
        self._before = before + f',"{name}":'.encode()
        self._after = after
        self._absent = before + after
        self._known: dict[str, bytes] = {}

    def of(self, value: str | None) -> bytes:
        """The field with this value; None where it is absent."""
        if value is None:
            return self._absent
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[value] = self._before + quoted(value) + self._after
        return known


_TIER: Final = Field("tier")
_PRODUCT: Final = Field("product")
_ORIGIN: Final = Field("origin")
_DESTINATION: Final = Field("destination")
_labels: Final[list[dict[bytes, bytes]]] = [{} for _ in range(KINDS_OF_LABELS)]


def labels(registration: Registration) -> bytes:
    """The labels of a shipment; they come again with many others."""
    kinds, packed = registration.labels
    known = _labels[kinds]
    told = known.get(packed)
    if told is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        told = known[packed] = (
            _TIER.of(registration.tier)
            + _PRODUCT.of(registration.product)
            + _ORIGIN.of(registration.origin)
            + _DESTINATION.of(registration.destination)
        )
    return told


class Form:
    """What all records of one kind about one clock have in common, under one policy; and how many there are."""

    __slots__ = ("_instances", "clock", "count", "kind", "measure", "policy", "sort", "source", "topic", "zone")

    def __init__(self, policy: Policy, clock: Clock, topic: str, kind: str) -> None:
        self.count = 0
        self.source = policy
        """The policy that they are told under."""
        self.topic = topic
        self.kind = kind
        self.sort = f"{topic}.{kind}"
        self.clock = clock.name
        self.zone = zone_of(policy.time_zone)
        self._instances: dict[str | None, Named] = {}
        name, version = quoted(policy.name), quoted(policy.version)
        self.policy = b'","policy":' + name + b',"policy_version":' + version + b',"decided_at":"'
        veto = ',"veto":true' if clock.name in policy.veto else ""
        self.measure = f'"{_MEASURES.get(clock.form, "")}{veto}'.encode()

    def of(self, key: str | None) -> "Named":
        """What they have in common about one instance of the clock."""
        known = self._instances.get(key)
        if known is None:
            if len(self._instances) >= _MOST_KNOWN:
                self._instances.clear()
            known = self._instances[key] = Named(self, key)
        return known


class Named:
    """What all records of one form about instances of one name have in common."""

    __slots__ = ("matter", "name", "text")

    def __init__(self, form: Form, key: str | None) -> None:
        clock = quoted(form.clock)
        self.matter = Matter(form.topic, form.clock, key)
        """What their ids are made of."""
        instance = b"" if key is None else b',"instance":' + quoted(key)
        self.text = b',"clock":' + clock + instance + f',"kind":"{form.kind}","revision":'.encode()
        """From the clock to the revision."""
        self.name = clock[1:-1] if key is None else clock[1:-1] + b" " + escaped(key)
        """How an explanation begins."""


def happened(code: Code) -> bytes:
    """The code of a scan, up to the instant."""
    return _HAPPENED.get(code) or b',"code":' + quoted(name_of(code)) + b',"occurred_at":"'


def called(code: Code) -> bytes:
    """The name of a scan's code, in a text."""
    return _NAMES.get(code) or escaped(name_of(code))
