"""Which servers' certificates a crawl accepts, and why it turns others down.

Scrapy checks certificates only when told to, says no more than that one was not good, and reads the machine's
some 150 authorities again for every request (5 ms). Here they are read once a crawl, every refusal has its
reason, and a machine that keeps no authorities is lent those of Mozilla (certifi).
"""

import logging
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from OpenSSL import SSL
from scrapy.settings import SETTINGS_PRIORITIES
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

if TYPE_CHECKING:
    from collections.abc import Callable

    from OpenSSL.crypto import X509
    from scrapy.crawler import Crawler
    from twisted.protocols.tls import TLSMemoryBIOProtocol

logger = logging.getLogger(__name__)

_PROBLEMS = {
    9: "not valid yet",
    10: "expired",
    18: "self-signed",
    19: "of an unknown authority",
    20: "of an unknown authority",
    21: "of an unknown authority",
    23: "revoked",
    66: "with a weak key",
    67: "of an authority with a weak key",
    68: "with a weak signature",
}
"""OpenSSL's number of what is wrong with a chain (x509_vfy.h) -> our word for it."""
_OTHER_HOST = "of another host"
_OTHERWISE = "not valid"


class BadCertificate(Exception):  # noqa: N818  # named as the other reasons that spiders/failures.py tells
    """A server's certificate was turned down. `problem` says why: "expired", "of another host"."""

    def __init__(self, host: str, problem: str) -> None:
        super().__init__(f"the certificate of {host} was turned down: {problem}")
        self.problem = problem


def are_checked(crawler: "Crawler") -> bool:
    """Tell whether a crawl checks certificates: what the user sets for this run goes before the site file."""
    settings = crawler.settings
    wanted = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    if (settings.getpriority("DOWNLOAD_VERIFY_CERTIFICATES") or 0) > SETTINGS_PRIORITIES["project"]:
        return wanted
    site = getattr(crawler.spider, "site", None)
    return wanted and (site is None or bool(site.verify_tls))


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Makes the TLS connections of a crawl, and remembers which hosts were turned down for what."""

    def __init__(self, context: SSL.Context, *, checks: bool) -> None:
        """`context` serves every connection; where it `checks`, the known authorities are added to it."""
        self._context = context
        self._checks = checks
        self._problems: dict[tuple[str, int], str] = {}
        if checks:
            trust_authorities(context)

    def creatorForNetloc(self, hostname: bytes, port: int) -> "_Connections":  # noqa: N802  # Twisted's name
        """Return what makes the connections to a host."""
        host = hostname.decode("ascii")

        def turn_down(problem: str) -> None:
            self._turn_down(host, port, problem)

        return _Connections(self._context, host, turn_down if self._checks else None)

    def problem_of(self, host: str, port: int) -> str | None:
        """Return why the certificate of a server was turned down last, if it was."""
        return self._problems.get((host, port))

    def _turn_down(self, host: str, port: int, problem: str) -> None:
        if (host, port) not in self._problems:
            logger.warning(
                "The certificate of %s was turned down: %s. To take its pages all the same, set "
                "verify_tls = false in its site file, or -s DOWNLOAD_VERIFY_CERTIFICATES=0 for one run",
                host,
                problem,
            )
        self._problems[host, port] = problem


@implementer(IOpenSSLClientConnectionCreator)
class _Connections:
    """Makes connections to one host; `turn_down` learns of a bad certificate, without it all are good."""

    def __init__(self, context: SSL.Context, host: str, turn_down: "Callable[[str], None] | None") -> None:
        self._context = context
        self._host = host
        self._turn_down = turn_down
        self._is_address = isIPAddress(host) or isIPv6Address(host)

    def clientConnectionForTLS(self, protocol: "TLSMemoryBIOProtocol") -> SSL.Connection:  # noqa: N802
        connection = SSL.Connection(self._context, None)
        if not self._is_address:  # RFC 6066, section 3: no addresses
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        if self._turn_down is None:
            connection.set_verify(SSL.VERIFY_NONE)
        else:
            connection.set_verify(SSL.VERIFY_PEER, self._judge)
        return connection

    def _judge(
        self, connection: SSL.Connection, certificate: "X509", number: int, depth: int, ok: int
    ) -> bool:
        """Tell OpenSSL whether a certificate of the chain is good; `ok` and `number` are its own opinion."""
        try:
            problem = None
            if not ok:
                problem = _PROBLEMS.get(number, _OTHERWISE)
            elif depth == 0 and not self._is_own(certificate):
                problem = _OTHER_HOST
        except Exception:  # a strange certificate must not pass because it cannot be understood
            logger.debug("the certificate of %s cannot be understood", self._host, exc_info=True)
            problem = _OTHERWISE
        if problem is None:
            return True
        assert self._turn_down is not None
        self._turn_down(problem)
        return False

    def _is_own(self, certificate: "X509") -> bool:
        try:
            own: ServiceID = IPAddress_ID(self._host) if self._is_address else DNS_ID(self._host)
            verify_service_identity(extract_patterns(certificate), [own], [])
        except (VerificationError, CertificateError, ValueError):
            return False
        return True


def trust_authorities(context: SSL.Context) -> None:
    """Add the machine's authorities to a context, or certifi's where it has none that can be read."""
    file, folder = _machine_authorities()
    if file or folder:
        try:
            context.load_verify_locations(file, folder)
            return
        except SSL.Error as error:
            logger.warning("The machine's certificates of authorities cannot be read: %s", error)
    context.load_verify_locations(certifi.where())


def _machine_authorities() -> tuple[str | None, str | None]:
    """Return file and folder of the machine's authorities, as OpenSSL names them.

    Python's OpenSSL is asked, which is that of the machine: the one that comes with cryptography knows the
    places of common Linux distributions only, and none on macOS and Windows. `SSL_CERT_FILE` and
    `SSL_CERT_DIR` are heeded.
    """
    paths = ssl.get_default_verify_paths()
    folder: str | None = paths.capath
    # OpenSSL finds an authority by the hash of its name, in a file `<hash>.<number>`.
    if folder and not any(Path(folder).glob("*.[0-9]")):
        folder = None
    return paths.cafile, folder
