"""What ends a bench early."""

from streams.errors import ShipclockError


class BenchFailed(ShipclockError):
    """A measurement could not be made, or its results are wrong."""
