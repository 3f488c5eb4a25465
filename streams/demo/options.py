"""What may be asked of a run of the demo."""

from dataclasses import dataclass
from pathlib import Path

from streams.demo.dataset import BUNDLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run of the demo."""

    source: Path = BUNDLED
    """CSV file of the Cargo 2000 form."""
    workers: int = 1
    partitions: int = 6
    """Partitions of every topic; at least one for each worker."""
    kills: int = 0
    """SIGKILLs during the run; 0 leaves the workers in peace."""
    seed: int = 1
    """Chooses starts and customers."""
    serve: bool = False
    """Whether to go on in live time, with simulated parcels."""
    data_dir: Path | None = None
    """Where Kafka's data and the workers' logs are kept; a temporary directory, removed at the end, without it."""
