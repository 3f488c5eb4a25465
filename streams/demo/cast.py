"""The fictitious names that the real durations are played with."""

from random import Random
from typing import NamedTuple

from schemas.records import Facility, Place


class Customer(NamedTuple):
    """Who ships; `weight` is the customer's share of the transports, relative to the others."""

    id: str
    tier: str
    weight: int


CUSTOMERS = (
    Customer("lotus-optics", "A", 40),
    Customer("kestrel-avionics", "B", 14),
    Customer("blue-heron-pharma", "B", 12),
    Customer("maple-instruments", "B", 10),
    Customer("alder-textiles", "C", 3),
    Customer("amber-ceramics", "C", 3),
    Customer("birch-bicycles", "C", 3),
    Customer("cedar-seeds", "C", 3),
    Customer("clover-toys", "C", 2),
    Customer("coral-lighting", "C", 2),
    Customer("fern-books", "C", 2),
    Customer("garnet-tools", "C", 2),
    Customer("hazel-shoes", "C", 2),
    Customer("iris-cosmetics", "C", 2),
    Customer("juniper-pumps", "C", 2),
    Customer("linden-music", "C", 1),
    Customer("opal-watches", "C", 1),
    Customer("poppy-flowers", "C", 1),
    Customer("sage-teas", "C", 1),
    Customer("willow-furniture", "C", 1),
)

CARRIERS = ("alpine-air", "monsoon-cargo", "northern-wings", "pacific-freight", "sirocco-air")

REGIONS = (
    ("eu-central", "Europe/Berlin"),
    ("eu-west", "Europe/Lisbon"),
    ("cn-east", "Asia/Shanghai"),
    ("in-south", "Asia/Kolkata"),
    ("us-east", "America/New_York"),
    ("br-south", "America/Sao_Paulo"),
)


def customer(rng: Random) -> Customer:
    """One of the customers, the large ones more often."""
    return rng.choices(CUSTOMERS, [candidate.weight for candidate in CUSTOMERS])[0]


def carrier(leg_number: str) -> str:
    """The airline of a leg; the same number always flies with the same one."""
    return CARRIERS[_spread(leg_number) % len(CARRIERS)]


def place(number: str | None) -> Place:
    """The end of a journey; an airport always lies in the same region."""
    region, zone = REGIONS[_spread(number or "") % len(REGIONS)]
    return Place(region=region, time_zone=zone)


def airport(number: str) -> Facility:
    """Where a departure or an arrival was scanned."""
    return Facility(id=number, kind="airport", region=place(number).region)


def _spread(text: str) -> int:
    return sum(text.encode())
