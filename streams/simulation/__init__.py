"""A Kafka in memory behind the ports of a partition: deterministic, for tests and for trying out policies."""

from streams.simulation.broker import Broker, Faults
from streams.simulation.clock import ManualClock
from streams.simulation.partition import SimulatedChangelog, SimulatedSource, SimulatedWriter

__all__ = ["Broker", "Faults", "ManualClock", "SimulatedChangelog", "SimulatedSource", "SimulatedWriter"]
