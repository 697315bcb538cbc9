"""Letters carry links that open doors: on their way to another machine nobody reads them, or they wait."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from tests.mail.server import mail_server, use_server
from tests.mail.test_outbox import carry, write_letter
from tests.site import letters

ELSEWHERE = "0.0.0.0"  # noqa: S104  (leads to this machine, and is not its name)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `ELSEWHERE`, signed by itself, and what a server shows it with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ELSEWHERE))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, own = folder / "shown.pem", folder / "own.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    own.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown, own)
    return shown, context


@pytest.mark.parametrize(
    ("url", "offers_tls", "is_known", "error"),
    [
        (f"smtp://{ELSEWHERE}", False, False, "SMTPNotSupportedError"),
        (f"smtp://u:p@{ELSEWHERE}", False, False, "SMTPNotSupportedError"),
        (f"smtp://{ELSEWHERE}", True, False, "SSLCertVerificationError"),
        (f"smtp://{ELSEWHERE}", True, True, None),
        (f"smtp+plain://{ELSEWHERE}", False, False, None),
        ("smtp://127.0.0.1", False, False, None),
        ("smtp://localhost", True, False, None),
    ],
)
def test_to_another_machine_only_by_tls_and_to_whom_it_should(
    site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    url: str, offers_tls: bool, is_known: bool, error: str | None,
) -> None:  # fmt: skip
    shown, context = certificate(tmp_path)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with mail_server(tls_context=context if offers_tls else None) as (inbox, port):
        use_server(site, port, url)
        write_letter(site)
        assert carry(site)
    assert letters(site)[0].last_error == error
    assert len(inbox.messages) == (error is None)
