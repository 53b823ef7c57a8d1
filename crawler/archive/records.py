"""WARC 1.1 records as bytes: header fields, digests, one gzip member each.

Format: ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from isal import igzip_lib, isal_zlib

from crawler.archive.errors import ExchangeError

VERSION = b"WARC/1.1"
CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
REVISIT_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
REVISIT_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
DECHUNKED_DIGEST = "X-Dechunked-Payload-Digest"
"""Our own field beside WARC-Payload-Digest of a body stored with its chunks: the digest of the body without
them."""
RECORD_END = b"\r\n\r\n"

# igzip's level 2 compresses Chinese HTML some ten times as fast as zlib's 9 for a seventh more bytes.
_LEVEL = 2
# Above this a record is compressed piece by piece, so that memory stays flat however large the body is.
_WHOLE = 1 << 20
_PIECE = 1 << 18
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE32_PAIRS = [high + low for high in _BASE32 for low in _BASE32]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Fields = Sequence[tuple[str, str | None]]


def new_record_id() -> str:
    """Return a fresh WARC-Record-ID without angle brackets."""
    return f"urn:uuid:{uuid.uuid4()}"


def sha1_digest(*parts: bytes) -> str:
    """Return `sha1:` and the base 32 digest of the parts in a row, the form WARC tools expect."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    # base64.b32encode works byte by byte in Python and would take as long as the hash itself.
    bits = int.from_bytes(digest.digest(), "big")
    return "sha1:" + "".join([_BASE32_PAIRS[bits >> shift & 0x3FF] for shift in range(150, -1, -10)])


def warc_date(moment: datetime) -> str:
    """Return a moment as WARC-Date with microseconds, in UTC. Raises ExchangeError for one without time
    zone."""
    if moment.tzinfo is None:
        raise ExchangeError(f"a capture's time needs a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def parse_warc_date(text: str) -> datetime:
    """Read a WARC-Date of any precision WARC 1.1 allows, from the year to the nanosecond, as UTC.

    Raises ValueError for anything else. Digits beyond the microsecond are dropped.
    """
    match = re.fullmatch(
        r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z?)?)?)?",
        text.strip(),
        re.ASCII,
    )
    if match is None:
        raise ValueError(f"no WARC-Date: {text[:40]!r}")
    year, month, day, hour, minute, second, fraction = match.groups()
    return datetime(
        int(year),
        int(month or 1),
        int(day or 1),
        int(hour or 0),
        int(minute or 0),
        min(int(second or 0), 59),
        int((fraction or "0").ljust(6, "0")[:6]),
        tzinfo=UTC,
    )


def one_line(text: str) -> str:
    """Return a text that cannot break out of its header field: control characters become single spaces."""
    return _CONTROL.sub(" ", text).strip()


def header_block(fields: Fields) -> bytes:
    """Return a WARC header, with the empty line at its end; fields whose value is None are left out."""
    told = [(name, value) for name, value in fields if value is not None]
    lines = "".join([f"{name}: {value}\r\n" for name, value in told])
    if not lines.count("\r") == lines.count("\n") == len(told):
        lines = "".join([f"{name}: {one_line(value)}\r\n" for name, value in told])
    return b"%s\r\n%s\r\n" % (VERSION, lines.encode("utf-8", "replace"))


def warc_fields(pairs: Fields) -> bytes:
    """Return a block of type application/warc-fields."""
    return "".join(f"{one_line(name)}: {one_line(value)}\r\n" for name, value in pairs if value).encode(
        "utf-8", "replace"
    )


def gzip_member(header: bytes, block: Sequence[bytes]) -> Iterator[bytes]:
    """Yield one record as one gzip member: in one piece where it is small, else in pieces of bounded size."""
    if sum(map(len, block)) <= _WHOLE:
        yield igzip_lib.compress(b"".join((header, *block, RECORD_END)), _LEVEL, igzip_lib.COMP_GZIP)
        return
    compressor: Any = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, 16 + isal_zlib.MAX_WBITS)
    for part in (header, *block, RECORD_END):
        view = memoryview(part)
        for start in range(0, len(view), _PIECE):
            if piece := compressor.compress(view[start : start + _PIECE]):
                yield piece
    yield compressor.flush()
