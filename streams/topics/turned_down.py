"""What it means that a broker answers and does not let us in: which settings to look at."""

import ssl

from aiokafka.errors import IncompatibleBrokerVersion, SaslAuthenticationFailed, UnsupportedSaslMechanismError


def turned_down(error: object) -> str | None:
    """Say why, and what to do; None where no broker has answered, as far as this error tells."""
    if isinstance(error, SaslAuthenticationFailed):
        cause = error.args[0] if error.args else "authentication failed"
        return f"{cause}: check SHIPCLOCK_SASL_USERNAME, SHIPCLOCK_SASL_PASSWORD and SHIPCLOCK_SASL_MECHANISM"
    if isinstance(error, UnsupportedSaslMechanismError):
        return "it does not take this mechanism: set SHIPCLOCK_SASL_MECHANISM to one that the listener has"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted, {error.verify_message}: name in SHIPCLOCK_SSL_CA_FILE the authority that"
            " signed it, and in SHIPCLOCK_BOOTSTRAP_SERVERS a host that it is made out to"
        )
    if isinstance(error, ssl.SSLError):
        return (
            f"TLS fails, {error.reason}: check that SHIPCLOCK_SECURITY_PROTOCOL is that of the listener, and"
            " SHIPCLOCK_SSL_CERT_FILE where it asks for a certificate"
        )
    return None


def too_old(error: object) -> str | None:
    """Say what brokers need that do not know a request of ours; None for other errors."""
    if isinstance(error, IncompatibleBrokerVersion):
        return f"the brokers are too old, or have no transactions ({error}): use Kafka 3.3 or newer"
    return None
