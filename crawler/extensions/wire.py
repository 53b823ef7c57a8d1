"""A download handler that keeps what really went over the wire.

Scrapy's responses have lost the reason phrase, the case and the order of header names, connection headers and
the chunk framing, and its requests do not show the head that Twisted sends. An archive needs all of them.
Twisted's parser sees every line before it interprets it, so this handler swaps the parser (as Scrapy's own
handler does) for one that takes notes, and hands the notes over with the response: see `wire_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ResultT,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadFailedError
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached

from crawler.extensions.certificates import BadCertificate, CertificatePolicy, are_checked

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web.iweb import IPolicyForHTTPS, IResponse

MAX_HEAD_BYTES = 256 * 1024
"""A response head above this size is an attack or a defect: the connection is closed."""


@dataclass(slots=True)
class Wire:
    """One HTTP exchange as bytes."""

    started: datetime
    """When the request was written, UTC."""
    request_head: bytes = b""
    """Request line and headers as sent, with the empty line that ends them."""
    response_head: bytes = b""
    """Status line and headers as received, with the empty line that ends them."""
    framed_body: bytes | None = None
    """The body with its chunk framing; None where there is no framing and the body is the response's own."""
    _lines: list[bytes] = field(default_factory=list, repr=False)
    _frames: list[bytes] = field(default_factory=list, repr=False)
    _frame_bytes: int = 0


def wire_of(response: "Response") -> Wire | None:
    """Return the exchange behind a response, or None where another handler fetched it."""
    return _wires.get(response)


# Scrapy's responses have slots; an entry here goes with its response.
_wires: "WeakKeyDictionary[Response, Wire]" = WeakKeyDictionary()


class _Recorder:
    """Stands in for the transport while Twisted writes a request head."""

    def __init__(self, transport: Any, wire: Wire) -> None:
        self._transport = transport
        self._wire = wire

    def writeSequence(self, lines: Iterable[bytes]) -> None:  # noqa: N802 - Twisted's name
        lines = list(lines)
        self._wire.request_head += b"".join(lines)
        self._transport.writeSequence(lines)


class _WireParser(_LenientHTTPClientParser):
    wire: Wire
    max_body: int

    def connectionMade(self) -> None:  # noqa: N802
        # Twisted also calls this to start afresh after a 1xx response: the final response is the one to keep.
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.wire._lines.clear()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        lines = self.wire._lines
        lines.append(line + b"\n")
        if len(lines) % 64 == 0 and sum(map(len, lines)) > MAX_HEAD_BYTES:
            self.transport.abortConnection()  # type: ignore[union-attr]
            return
        super().lineReceived(line)

    def allHeadersReceived(self) -> None:  # noqa: N802
        self.wire.response_head = b"".join(self.wire._lines)
        self.response._wire = self.wire
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.connHeaders.hasHeader(b"transfer-encoding"):
            wire = self.wire
            wire._frames.append(data)
            wire._frame_bytes += len(data)
            if self.max_body and wire._frame_bytes > self.max_body:
                # Chunk headers can be a thousand times their content, which the size limit on bodies does not
                # see.
                self.transport.abortConnection()  # type: ignore[union-attr]
                return
        super().rawDataReceived(data)  # type: ignore[no-untyped-call]

    def _finished(self, rest: bytes) -> None:
        wire = self.wire
        if wire._frames:
            framed = b"".join(wire._frames)
            wire.framed_body = framed[: len(framed) - len(rest)] if rest else framed
            wire._frames.clear()
        super()._finished(rest)  # type: ignore[no-untyped-call]


class _WireProtocol(_LenientHTTP11ClientProtocol):
    max_body = 0

    def request(self, request: Any) -> "Deferred[IResponse]":
        wire = Wire(started=datetime.now(UTC))
        write_headers = request._writeHeaders

        def record(transport: Any, framing: bytes | None) -> None:
            write_headers(_Recorder(transport, wire), framing)

        request._writeHeaders = record
        deferred = super().request(request)
        parser = cast("Any", self._parser)
        parser.__class__ = _WireParser  # Twisted fixes the class; Scrapy swaps it in the same way
        parser.wire = wire
        parser.max_body = self.max_body
        return deferred


class _WireFactory(_LenientHTTP11ClientFactory):
    max_body = 0

    def buildProtocol(self, addr: "IAddress | None") -> _WireProtocol:  # noqa: N802
        protocol = _WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.max_body = self.max_body
        return protocol


class _WireAgent(_ScrapyAgent):
    def _cb_bodydone(self, result: _ResultT, url: str) -> "Response":
        response = super()._cb_bodydone(result, url)
        wire = getattr(result["txresponse"], "_wire", None)
        if wire is not None:
            if wire._frames:  # the connection was lost between two chunks, or within one
                wire.framed_body = b"".join(wire._frames)
            _wires[response] = wire
        return response


class WireDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler; its responses carry their `Wire`, and a bad certificate is an error with a
    reason."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        # Scrapy's own settings for TLS are in its context.
        context = cast("Any", self._contextFactory)._get_cert_options().getContext()
        self._certificates = CertificatePolicy(context, checks=are_checked(crawler))
        self._contextFactory = cast("IPolicyForHTTPS", self._certificates)
        limit = 2 * self._default_maxsize

        class Factory(_WireFactory):
            max_body = limit

        self._pool._factory = Factory
        # Scrapy keeps as many connections as a host has by default; a host may have more by its site file.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")

    async def download_request(self, request: "Request") -> "Response":
        """Download one request (Scrapy's method with another agent). Raises BadCertificate too."""
        agent = _WireAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except DownloadFailedError as error:
            address = urlparse_cached(request)
            host = address.hostname or ""
            problem = self._certificates.problem_of(host, address.port or 443)
            if problem is None or "certificate verify failed" not in str(error):
                raise
            raise BadCertificate(host, problem) from error
