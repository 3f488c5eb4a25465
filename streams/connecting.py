"""From settings to the connection that all Kafka clients share."""

import ssl

from streams.errors import SettingsError
from streams.kafka.connection import Connection
from streams.settings import Settings


def connection_of(settings: Settings) -> Connection:
    """Return addresses and credentials.

    Raises `SettingsError` when a certificate or key cannot be read.
    """
    return Connection(
        bootstrap_servers=tuple(settings.bootstrap_servers.split(",")),
        security_protocol=settings.security_protocol,
        sasl_mechanism=settings.sasl_mechanism,
        username=settings.sasl_username,
        password=settings.sasl_password,
        ssl_context=_ssl_context(settings),
        # Faust demands a request timeout above the session timeout.
        request_timeout_ms=max(15_000, settings.session_timeout_ms + 5_000),
    )


def _ssl_context(settings: Settings) -> ssl.SSLContext | None:
    if not settings.security_protocol.endswith("SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    except OSError as error:
        raise SettingsError(
            f"SHIPCLOCK_SSL_CA_FILE is {str(settings.ssl_ca_file)!r}: it cannot be used ({error});"
            " give certificates as PEM"
        ) from error
    if settings.ssl_cert_file is not None:
        try:
            context.load_cert_chain(settings.ssl_cert_file, settings.ssl_key_file, password=_nobody_to_ask)
        except OSError as error:
            raise SettingsError(
                f"SHIPCLOCK_SSL_CERT_FILE is {str(settings.ssl_cert_file)!r} and SHIPCLOCK_SSL_KEY_FILE is"
                f" {str(settings.ssl_key_file)!r}: they cannot be used ({error}); give a certificate and its key as"
                " PEM, the key not encrypted"
            ) from error
    return context


def _nobody_to_ask() -> str:
    """Give no passphrase: where a key is encrypted, OpenSSL would wait for somebody at the terminal."""
    return ""
