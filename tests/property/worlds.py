"""Random promises and random facts, small enough that most things happen to the same few shipments."""

from hypothesis import strategies as st

from tests.property.engine import Arrival, arrival, tick
from tests.property.facts import care, record_of, registrations, scans
from tests.property.pages import policies, text_of
from tests.property.vocabulary import BEGIN, FAR, HALF_HOUR, Json


class World:
    """One page of promises and what happens to some shipments."""

    def __init__(self, policy: Json, registered: dict[str, list[Json]], scanned: dict[str, list[Json]]) -> None:
        self.policy = policy
        self.text = text_of(policy)
        self.registered = registered
        self.scanned = scanned

    def __repr__(self) -> str:
        return f"{self.text}\n{self.registered}\n{self.scanned}"

    @property
    def bodies(self) -> list[tuple[str, Json]]:
        registered = [("shipments", body) for some in self.registered.values() for body in some]
        return registered + [record_of(scan) for some in self.scanned.values() for scan in some]


@st.composite
def worlds(draw: st.DrawFn, *, most_shipments: int = 2, short: bool = False) -> World:
    names = [f"S{number}" for number in range(draw(st.integers(1, most_shipments)))]
    return World(
        draw(policies(short=short)),
        {name: draw(registrations(name)) for name in names},
        {name: draw(scans(name)) + draw(care(name)) for name in names},
    )


@st.composite
def arrivals(draw: st.DrawFn, world: World, *, ticks: bool = True) -> list[Arrival]:
    """The records of a world in some order of arrival, some of them twice, with ticks between them."""
    order = draw(st.permutations(world.bodies))
    if order:
        order += draw(st.lists(st.sampled_from(order), max_size=3))
    now = BEGIN + draw(st.integers(0, 40)) * HALF_HOUR
    records = []
    for topic, body in order:
        now += draw(st.sampled_from([0, 1, 60_000, HALF_HOUR, 6 * HALF_HOUR]))
        records.append(arrival(topic, now, body))
        if ticks and draw(st.integers(0, 4)) == 0:
            now += 1
            records.append(tick(now))
    records.append(tick(FAR))
    return records


def in_time_order(world: World) -> list[Arrival]:
    """As if every registration came first, and every scan as it happened."""
    registered = [body for some in world.registered.values() for body in some]
    scanned = [body for some in world.scanned.values() for body in some]
    bodies = [("shipments", body) for body in registered]
    bodies += [record_of(body) for body in sorted(scanned, key=lambda scan: scan["occurred_at"])]
    return [*(arrival(topic, BEGIN + place, body) for place, (topic, body) in enumerate(bodies)), tick(FAR)]
