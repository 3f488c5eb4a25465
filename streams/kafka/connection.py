"""How every client of this process reaches the brokers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import sample
from ssl import SSLContext
from typing import Any, Final

from aiokafka.client import AIOKafkaClient

from streams.secret import Secret

EACH_WITHIN_S: Final = 3.0
"""Seconds for which one broker is waited for where another will do."""


@contextmanager
def hurrying(client: AIOKafkaClient) -> Iterator[None]:
    """Let a client that begins to connect wait for each broker no longer than `EACH_WITHIN_S`: it may be frozen."""
    patience = client._request_timeout_ms  # noqa: SLF001 - aiokafka is pinned
    client._request_timeout_ms = int(EACH_WITHIN_S * 1000)  # noqa: SLF001 - as above
    try:
        yield
    finally:
        client._request_timeout_ms = patience  # noqa: SLF001 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Addresses and credentials.  The password never shows in `repr`."""

    bootstrap_servers: tuple[str, ...]
    """`host:port` of one or more brokers."""
    security_protocol: str = "PLAINTEXT"
    """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    sasl_mechanism: str = "PLAIN"
    username: str | None = None
    password: Secret | None = None
    ssl_context: SSLContext | None = field(default=None, repr=False)
    client_id: str = "shipclock"
    request_timeout_ms: int = 20_000

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments that every aiokafka client takes; brokers in any order: one may be away."""
        options: dict[str, Any] = {
            "bootstrap_servers": sample(self.bootstrap_servers, len(self.bootstrap_servers)),
            "client_id": self.client_id,
            "request_timeout_ms": self.request_timeout_ms,
            "security_protocol": self.security_protocol,
        }
        if self.ssl_context is not None:
            options["ssl_context"] = self.ssl_context
        if self.security_protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options
