"""Labels of a registration, as records tell them and as packed state keeps them."""

from collections.abc import Sequence
from itertools import product

import pytest

from streams.sla.encoding import UnknownFormat, encode, examine
from streams.sla.forms import labels
from streams.sla.instants import NEVER
from streams.sla.phases import OPEN
from streams.sla.registration import Registration, pack_registration, unpack_registration
from streams.sla.state import Shipment

NAMES = ("tier", "product", "origin", "destination")


def _registration(texts: Sequence[str | None]) -> Registration:
    tier, sold, origin, destination = texts
    return Registration("c", 5, tier=tier, product=sold, origin=origin, destination=destination)


@pytest.mark.parametrize("texts", list(product((None, "", "SH", "\u4e0a\u6d77"), repeat=4)))
def test_labels_are_told_by_their_names_and_come_back_from_state(texts: Sequence[str | None]) -> None:
    told = "".join(f',"{name}":"{text}"' for name, text in zip(NAMES, texts, strict=True) if text is not None)
    fresh = _registration(texts)
    for registration in (fresh, unpack_registration(pack_registration(fresh, 0), 0)):
        assert labels(registration).decode() == told
        assert (registration.tier, registration.product, registration.origin, registration.destination) == texts
        assert labels(registration).decode() == told, "also when they have been looked at"
        assert pack_registration(registration, 0) == pack_registration(fresh, 0)


def test_labels_that_are_no_text_are_no_less_broken_when_somebody_looks_again() -> None:
    packed = pack_registration(_registration(("SH", None, "GZ", None)), 0).replace(b"GZ", b"\xff\xff")
    registration = unpack_registration(packed, 0)
    for _ in range(2):
        with pytest.raises(UnicodeDecodeError):
            _ = registration.tier


def test_labels_that_break_off_are_found_out_at_once() -> None:
    packed = pack_registration(_registration((None, None, None, "GZ")), 0)
    with pytest.raises(ValueError, match="break off"):
        unpack_registration(packed[:-1], 0)


def test_state_whose_labels_are_no_text_does_not_pass_an_examination() -> None:
    shipment = Shipment(5, OPEN)
    shipment.registration = _registration((None, "GZ", None, None))
    value = encode(shipment, NEVER, b"S1")
    examine(value, b"S1")
    with pytest.raises(UnknownFormat):
        examine(value.replace(b"GZ", b"\xff\xff"), b"S1")
