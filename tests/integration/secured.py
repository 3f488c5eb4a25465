"""One real broker as customers run it: TLS, passwords, client certificates, and rights for what was granted only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.embedded import EmbeddedKafka
from streams.embedded.ports import HOST, free_ports

CERTIFICATES = Path(__file__).with_name("certificates")
AUTHORITY = CERTIFICATES / "authority.pem"
STRANGER = CERTIFICATES / "stranger.pem"


@dataclass(frozen=True)
class SecuredKafka:
    """A broker and its listeners, each `host:port`."""

    unsecured: str
    """Without any security, for the tests themselves: there they may do everything."""
    passwords: str
    """SASL_SSL with SCRAM-SHA-256, and PLAIN for `plain`."""
    certificates: str
    """SSL with client certificates: the principal is the common name."""

    def by_password(self, name: str, password: str, mechanism: str = "SCRAM-SHA-256") -> dict[str, str]:
        """Settings of one who comes with a password."""
        return {
            "SHIPCLOCK_BOOTSTRAP_SERVERS": self.passwords,
            "SHIPCLOCK_SECURITY_PROTOCOL": "SASL_SSL",
            "SHIPCLOCK_SASL_MECHANISM": mechanism,
            "SHIPCLOCK_SASL_USERNAME": name,
            "SHIPCLOCK_SASL_PASSWORD": password,
            "SHIPCLOCK_SSL_CA_FILE": str(AUTHORITY),
        }

    def by_certificate(self) -> dict[str, str]:
        """Settings of `worker` with its certificate."""
        return {
            "SHIPCLOCK_BOOTSTRAP_SERVERS": self.certificates,
            "SHIPCLOCK_SECURITY_PROTOCOL": "SSL",
            "SHIPCLOCK_SSL_CA_FILE": str(AUTHORITY),
            "SHIPCLOCK_SSL_CERT_FILE": str(CERTIFICATES / "worker.pem"),
            "SHIPCLOCK_SSL_KEY_FILE": str(CERTIFICATES / "worker.key"),
        }


@contextmanager
def secured_kafka(plain: Mapping[str, str]) -> Iterator[SecuredKafka]:
    """Start it; `plain` are names and passwords for the mechanism PLAIN."""
    client, controller, passwords, certificates = free_ports(4)
    listeners = {"PLAINTEXT": client, "PASSWORDS": passwords, "CERTIFICATES": certificates}
    shown = ",".join(f"{name}://{HOST}:{port}" for name, port in listeners.items())
    accounts = " ".join(f'user_{name}="{password}"' for name, password in plain.items())
    modules = "org.apache.kafka.common.security"
    overrides = {
        "listeners": f"{shown},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": shown,
        "listener.security.protocol.map": (
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PASSWORDS:SASL_SSL,CERTIFICATES:SSL"
        ),
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(CERTIFICATES / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(AUTHORITY),
        "listener.name.certificates.ssl.client.auth": "required",
        "listener.name.certificates.ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
        "sasl.enabled.mechanisms": "SCRAM-SHA-256,PLAIN",
        "listener.name.passwords.scram-sha-256.sasl.jaas.config": f"{modules}.scram.ScramLoginModule required;",
        "listener.name.passwords.plain.sasl.jaas.config": f"{modules}.plain.PlainLoginModule required {accounts};",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    with EmbeddedKafka(ports=[client], overrides=overrides, quick_start=True) as kafka:
        yield SecuredKafka(kafka.bootstrap_servers, f"{HOST}:{passwords}", f"{HOST}:{certificates}")
