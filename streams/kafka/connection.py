"""How every client of this process reaches the brokers."""

from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from streams.secret import Secret


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
        """Return the keyword arguments that every aiokafka client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.bootstrap_servers),
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
