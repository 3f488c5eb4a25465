"""Certificates and keys that cannot be used are told by their setting, and nobody is asked for a passphrase."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from streams.configuration import load_settings
from streams.connecting import connection_of
from streams.errors import SettingsError

AT_THE_TERMINAL = """
import os
os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first terminal of a new session is the one to ask at
from streams.cli import main
main()
"""
CERTIFICATES = Path(__file__).parents[2] / "integration" / "certificates"


def settings(authority: Path, certificate: Path, key: Path) -> dict[str, str]:
    return {
        "SHIPCLOCK_SECURITY_PROTOCOL": "SSL",
        "SHIPCLOCK_SSL_CA_FILE": str(authority),
        "SHIPCLOCK_SSL_CERT_FILE": str(certificate),
        "SHIPCLOCK_SSL_KEY_FILE": str(key),
    }


AUTHORITY, CERTIFICATE, KEY, ENCRYPTED = (
    CERTIFICATES / name for name in ("authority.pem", "worker.pem", "worker.key", "encrypted.key")
)


def test_a_certificate_with_its_key_is_taken() -> None:
    assert connection_of(load_settings(settings(AUTHORITY, CERTIFICATE, KEY))).ssl_context is not None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (settings(KEY, CERTIFICATE, KEY), r"^SHIPCLOCK_SSL_CA_FILE is '.*worker\.key': it cannot be used"),
        (settings(AUTHORITY, AUTHORITY, KEY), r"^SHIPCLOCK_SSL_CERT_FILE is .* SHIPCLOCK_SSL_KEY_FILE is .*MISMATCH"),
        (settings(AUTHORITY, KEY, KEY), r"^SHIPCLOCK_SSL_CERT_FILE is '.*worker\.key' and .* give a certificate and"),
    ],
    ids=["no authority", "another key", "no certificate"],
)
def test_files_that_do_not_fit_are_named(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        connection_of(load_settings(given))


def test_at_a_terminal_nobody_is_asked_for_the_passphrase_of_a_key() -> None:
    screen, line = pty.openpty()
    worker = subprocess.Popen(
        [sys.executable, "-c", AT_THE_TERMINAL, "topics", "plan"],
        env={**os.environ, **settings(AUTHORITY, CERTIFICATE, ENCRYPTED)},
        stdin=line,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(line)
    try:
        _, told = worker.communicate(timeout=60)
    finally:
        worker.kill()
        os.close(screen)
    assert worker.returncode == 2
    assert told.startswith("shipclock: SHIPCLOCK_SSL_CERT_FILE is ")
    assert told.endswith("the key not encrypted\n")
