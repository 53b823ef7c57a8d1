"""What went over the wire: one request and its response, as bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and the response to it, as they went over the wire.

    The heads are the raw status or request line and header lines, each ended by CR LF, with an empty line at
    the end. Repeated headers, their order and their letter case are kept. A head that would not survive a
    reader (bare CR, empty lines in the middle) is mended when it is written, see `heads.clean_head`.
    """

    url: str
    """Absolute http or https address that was requested, with its query."""
    started: datetime
    """Time at which the request was sent; must carry a time zone."""
    ip: str | None = None
    """Address of the server, IPv4 or IPv6, where known."""
    request_head: bytes = b""
    """Request line and headers; empty where unknown, then no request record is written."""
    request_body: bytes = b""
    """Body of the request."""
    response_head: bytes
    """Status line and headers."""
    response_body: bytes = b""
    """Body of the response before content decoding (gzip, br): the bytes that Content-Encoding speaks of."""
    transfer_decoded: bool = True
    """Whether the client has already taken the chunked transfer coding off `response_body`, as Twisted
    does."""
    truncated: str | None = None
    """Why the body is not whole: `length` (size limit), `time`, `disconnect` or `unspecified`; None where it
    is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorCapture:
    """An earlier capture that holds the payload which a revisit record leaves out."""

    url: str
    """Address it was captured from."""
    date: datetime
    """Its WARC-Date; must carry a time zone."""
    record_id: str | None = None
    """Its WARC-Record-ID, `urn:uuid:…` without angle brackets, where known."""
    payload_digest: str | None = None
    """Its WARC-Payload-Digest, `sha1:…`; needed where the new response (304) has no payload of its own."""


KnownPayloads = Callable[[str | None, str], PriorCapture | None]
"""Asks for an earlier capture by payload digest and address; None where there is none.

The digest is `sha1:…`, the WARC-Payload-Digest that the new response would get. For a body stored with its
chunks, whose boundaries differ from one fetch to the next, it is asked again with `dechunked:sha1:…`, the
digest of the body without them; only a capture that is stored with chunks too may then be named. None as
digest stands for a 304 response: the capture is wanted whose validators were sent.
"""
