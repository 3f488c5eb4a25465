"""The network that simulated parcels travel through.  Pure."""

from dataclasses import dataclass
from math import hypot
from random import Random

from schemas.records import Facility, Place


@dataclass(frozen=True, slots=True)
class City:
    """One city: a hub, the branches around it, and how far it lies from the others."""

    code: str
    time_zone: str
    """IANA name."""
    east: float
    north: float
    """Kilometres on a flat map."""
    branches: tuple[Facility, ...]

    @property
    def hub(self) -> Facility:
        """Where line-haul trucks and planes of the city start and end."""
        return Facility(id=f"{self.code}-H01", kind="hub", region=self.code)

    def place(self, *, remote: bool) -> Place:
        """A sender or recipient in this city, or far outside it."""
        return Place(region=self.code, time_zone=self.time_zone, remote=remote)


@dataclass(frozen=True, slots=True)
class Network:
    """All cities."""

    cities: tuple[City, ...]

    def line_haul(self, origin: City, destination: City) -> float:
        """Hours from hub to hub when all goes well."""
        kilometres = hypot(origin.east - destination.east, origin.north - destination.north)
        return 2 + kilometres / 70 if kilometres < _FLYING_FROM_KM else 6 + kilometres / 400


_FLYING_FROM_KM = 1_000

_CITIES = (
    ("BJS", "Asia/Shanghai", 1160, 1990, 8),
    ("SHA", "Asia/Shanghai", 1590, 1060, 9),
    ("CAN", "Asia/Shanghai", 1000, 140, 8),
    ("SZX", "Asia/Shanghai", 1080, 60, 9),
    ("HGH", "Asia/Shanghai", 1490, 960, 6),
    ("CTU", "Asia/Shanghai", 60, 970, 6),
    ("WUH", "Asia/Shanghai", 1020, 950, 5),
    ("XIY", "Asia/Shanghai", 530, 1360, 4),
    ("URC", "Asia/Urumqi", -1180, 2450, 2),
    ("HKG", "Asia/Hong_Kong", 1090, 20, 4),
    ("TYO", "Asia/Tokyo", 3350, 1560, 4),
    ("SIN", "Asia/Singapore", 60, -2300, 3),
)


def network(rng: Random) -> Network:
    """A network with the same cities and branches that differ a little from seed to seed."""
    cities = []
    for code, zone, east, north, size in _CITIES:
        count = max(1, size + rng.randrange(-1, 2))
        branches = tuple(Facility(id=f"{code}-B{n:02d}", kind="branch", region=code) for n in range(1, count + 1))
        cities.append(City(code, zone, east, north, branches))
    return Network(tuple(cities))
