"""Every setting of Shipclock: its type, default, meaning and bounds.  `streams.configuration` reads them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal

from streams.errors import SettingsError
from streams.secret import Secret

LARGEST_PORT: Final = 65_535


def _setting(default: Any, check: Callable[[Any], bool] | None = None, remedy: str = "") -> Any:
    return field(default=default, metadata={"check": check, "remedy": remedy})


def _between(low: float, high: float) -> tuple[Callable[[Any], bool], str]:
    return lambda value: low <= value <= high, f"give a number from {low:g} to {high:g}"


def _name(value: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", value) is not None


def _address(server: str) -> bool:
    matched = re.fullmatch(r"(?:[^\s,:]+|\[[^\]]+\]):(\d{1,5})", server)
    return matched is not None and 0 < int(matched[1]) <= LARGEST_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Field `x_y` is environment variable `SHIPCLOCK_X_Y` and key `x_y` of the settings file."""

    namespace: str = _setting("shipclock", _name, "use letters, digits, dots, dashes and underscores, at most 100")
    """Prefix of topics, consumer group and transactional ids."""
    bootstrap_servers: str = _setting(
        "localhost:9092",
        lambda value: all(map(_address, value.split(","))),
        "give host:port of one or more brokers, separated by commas; a port lies between 1 and 65535",
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    sasl_username: str | None = None
    sasl_password: Secret | None = None
    ssl_ca_file: Path | None = None
    """Certificates of the authorities that signed the brokers' certificates; the system's when unset."""
    ssl_cert_file: Path | None = None
    """Certificate of this worker, when the brokers ask for one."""
    ssl_key_file: Path | None = None

    job: Literal["sla", "scorecards", "feeds", "intake"] = "sla"
    """What the worker does: judge promises, sum outcomes up, listen to feeds, or take a carrier's topic in.  Workers of
    a job share its partitions."""
    intake_topic: str | None = _setting(
        None,
        lambda value: value is None or re.fullmatch(r"[A-Za-z0-9._-]{1,120}", value) is not None,
        "give the name of a topic: letters, digits, dots, dashes and underscores, at most 120",
    )
    """Whole name of the carrier's topic that the job `intake` reads."""
    intake_mapping: str | None = None
    """How the job `intake` reads it: a mapping file, or the name of a mapping that comes with Shipclock."""
    outcomes_by_customer: bool = False
    """Whether the main job writes a copy of every outcome by customer: what the job `scorecards` reads."""
    policy: Path | None = None
    """Policy file; the policy that comes with Shipclock when unset."""
    time: Literal["live", "replay"] = "live"
    """Whose time rules: the brokers' and the worker's clock, or the time that records carry."""
    partitioner: Literal["murmur2", "crc32"] = "murmur2"
    """How the senders of the source topics choose partitions: Java's default, or librdkafka's `consistent_random`."""
    source_timestamps: Literal["append", "create"] = "append"
    """What the timestamps of the live source topics are.  Behind `create` time stands still while a partition lags."""
    max_clock_skew_ms: int = _setting(2_000, *_between(1, 60_000))
    """Time stands still while the worker's clock and the brokers' differ by more."""

    commit_interval_ms: int = _setting(100, *_between(10, 10_000))
    """How often a busy partition commits; it stretches with the number of partitions."""
    transaction_timeout_ms: int = _setting(10_000, *_between(1_000, 60_000))
    transaction_max_decisions: int = _setting(2_000, *_between(1, 100_000))
    """Deadlines that one transaction may fire; time waits for the rest of a storm."""
    queue_max_records: int = _setting(2_000, *_between(100, 1_000_000))
    """Records that wait for a partition task before its partition is fetched no more."""
    session_timeout_ms: int = _setting(10_000, *_between(6_000, 300_000))
    """A worker that is silent for longer loses its partitions."""

    reject_window: int = _setting(1_000, *_between(10, 1_000_000))
    """Records over which the ratio of rejects is taken."""
    reject_ratio_limit: float = _setting(0.5, *_between(0.0, 1.0))
    """A partition parks when more of the window than this was rejected; 1 never parks."""

    http_host: str = _setting(
        "127.0.0.1",
        lambda value: bool(value.strip()),
        "give an address to listen on, 0.0.0.0 for all of the machine, or leave it out",
    )
    """Where metrics and health are served.  Anyone who can reach it can read them and resume parked partitions."""
    http_port: int = _setting(9464, *_between(0, LARGEST_PORT))
    """0 chooses a free one."""
    port_file: Path | None = None
    """File that the port is written to once it is known."""
    log_format: Literal["json", "console"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    def __post_init__(self) -> None:
        """Check bounds and what must go together; raises `SettingsError` naming the variable and the remedy."""
        for item in fields(self):
            check = item.metadata.get("check")
            value = getattr(self, item.name)
            if check is not None and not check(value):
                raise SettingsError(f"{variable(item.name)} is {value!r}: {item.metadata['remedy']}")
        self._check_what_goes_together()
        for name in ("ssl_ca_file", "ssl_cert_file", "ssl_key_file", "policy"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                what = "that is no file" if path.exists() else "there is no such file"
                remedy = "a page, or leave it out for the one that comes with Shipclock" if name == "policy" else "one"
                raise SettingsError(f"{variable(name)} is {str(path)!r}: {what}; give the path of {remedy}")

    def _check_what_goes_together(self) -> None:
        self._check_security()
        if self.job == "feeds" and self.time == "replay":
            raise SettingsError(f"{variable('job')} is 'feeds': silence is told in live time only, not in replay time")
        if self.job == "intake":
            for name in ("intake_topic", "intake_mapping"):
                if not getattr(self, name):
                    raise SettingsError(f"{variable(name)} is not set: the job intake needs it")

    def _check_security(self) -> None:
        passwords, certificates = ("sasl_username", "sasl_password"), ("ssl_ca_file", "ssl_cert_file", "ssl_key_file")
        sasl = self.security_protocol.startswith("SASL")
        for name in passwords if sasl else ():
            if not getattr(self, name):
                raise SettingsError(f"{variable(name)} is not set: {self.security_protocol} needs it")
        unused = () if sasl else passwords
        for name in unused if self.security_protocol.endswith("SSL") else (*unused, *certificates):
            if getattr(self, name):
                raise SettingsError(
                    f"{variable(name)} is set, and {variable('security_protocol')} is {self.security_protocol}, which"
                    " does not use it: set the protocol of the listener, or leave it out"
                )
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise SettingsError(f"{variable('ssl_cert_file')} and {variable('ssl_key_file')} go together: set both")


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"SHIPCLOCK_{name.upper()}"
