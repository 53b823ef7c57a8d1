"""Certificates for servers on loopback, made as a test needs them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """An authority that vouches for servers."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """What a client that trusts it keeps."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def authority(name: str) -> Authority:
    """Return the authority with that name, the same within a test run."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(_signed(name, None, key, None, days=(-1, 30)), key)


def server_context(
    folder: Path, *, host: str = "127.0.0.1", by: Authority | None = None, days: tuple[int, int] = (-1, 30)
) -> ssl.SSLContext:
    """Return what a server needs that shows a certificate for `host`, good from and to a day from today.

    It is signed by the authority, or by itself. `folder` takes a file with the key for as long as it is read.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(host, host, key, by, days=days)
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    file.unlink()
    return context


def _signed(
    name: str,
    host: str | None,
    key: ec.EllipticCurvePrivateKey,
    by: Authority | None,
    *,
    days: tuple[int, int],
) -> x509.Certificate:
    """Return a certificate for a server, or of an authority where there is no host."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * _DAY)
        .not_valid_after(now + days[1] * _DAY)
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    )
    if host is not None:
        try:
            names: x509.GeneralName = x509.IPAddress(ip_address(host))
        except ValueError:
            names = x509.DNSName(host)
        builder = builder.add_extension(x509.SubjectAlternativeName([names]), critical=False)
    return builder.sign(by.key if by else key, hashes.SHA256())
