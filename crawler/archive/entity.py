"""Transfer and content decoding of archived bodies, bounded in size.

Lenient where browsers are: a stream cut short gives what came through, and a body that is not in the coding
its header names is taken as it is (many archives keep the header over a body already decoded).
"""

import importlib
import re
import zlib
from collections.abc import Callable
from typing import Any

from crawler.archive.errors import EntityError
from crawler.archive.heads import HeaderLines

MAX_ENTITY = 64 << 20
"""Bytes an entity may have after decoding unless the caller says otherwise."""

_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MAX_CODINGS = 4


def decode_entity(headers: HeaderLines, body: bytes, *, max_bytes: int = MAX_ENTITY) -> bytes:
    """Return a body after transfer and content decoding: gzip, deflate, br and zstd, also several in a row.

    Raises EntityError where the result would be larger than `max_bytes`, where a coding is unknown or its
    library is not installed (`brotli`, `zstandard`), or where a stream breaks before anything came through.
    """
    if "chunked" in _tokens(headers, "transfer-encoding"):
        body = dechunk(body)
    codings = [coding for coding in _tokens(headers, "content-encoding") if coding not in {"identity", ""}]
    if len(codings) > _MAX_CODINGS:
        raise EntityError(f"{len(codings)} content codings on one body")
    for coding in reversed(codings):
        decode = _DECODERS.get(coding)
        if decode is None:
            raise EntityError(f"unknown content coding {coding[:40]!r}")
        body = decode(body, max_bytes) if body else body
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return body


def dechunk(body: bytes) -> bytes:
    """Take the chunked transfer coding off; a body that does not begin with a chunk is returned as it is."""
    pieces: list[bytes] = []
    at = 0
    while match := _CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else int(body[at : at + 1] == b"\n")
    return b"".join(pieces) if pieces else body


def _tokens(headers: HeaderLines, name: str) -> list[str]:
    return [
        token.strip().lower() for key, value in headers if key.lower() == name for token in value.split(",")
    ]


def _too_large(max_bytes: int) -> EntityError:
    return EntityError(f"the decoded body is larger than {max_bytes} bytes")


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    return _inflate(body, max_bytes, 16 + zlib.MAX_WBITS)


def _deflate(body: bytes, max_bytes: int) -> bytes:
    """Decode `deflate`, which some servers send with the zlib header the standard asks for and some
    without."""
    try:
        return _inflate(body, max_bytes, zlib.MAX_WBITS)
    except _NotThisCodingError:
        pass
    try:
        return _inflate(body, max_bytes, -zlib.MAX_WBITS)
    except _NotThisCodingError:
        return body


class _NotThisCodingError(EntityError):
    """A stream breaks before anything came through."""


def _inflate(body: bytes, max_bytes: int, window: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while body:
        inflater = zlib.decompressobj(window)
        while body and not inflater.eof:
            try:
                piece = inflater.decompress(body, max_bytes - size + 1)
            except zlib.error as error:
                if size:
                    return b"".join(pieces)
                raise _NotThisCodingError(f"broken compressed body ({error})") from error
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            pieces.append(piece)
            body = inflater.unconsumed_tail
        # Several gzip members in a row make one body; anything else behind the first is padding.
        body = inflater.unused_data if inflater.unused_data.startswith(b"\x1f\x8b") else b""
    return b"".join(pieces)


def _library(name: str, coding: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EntityError(f"content coding {coding} needs the package {name}") from error


def _brotli(body: bytes, max_bytes: int) -> bytes:
    library = _library("brotli", "br")
    decompressor = library.Decompressor()
    pieces: list[bytes] = []
    size = 0
    try:
        while True:
            piece = decompressor.process(body, output_buffer_limit=max_bytes - size + 1)
            body = b""
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            pieces.append(piece)
            if not piece or decompressor.can_accept_more_data():
                return b"".join(pieces)
    except TypeError as error:
        raise EntityError(
            "content coding br needs brotli 1.2 or later, whose output can be bounded"
        ) from error
    except library.error as error:
        if size:
            return b"".join(pieces)
        raise EntityError(f"broken compressed body ({error})") from error


def _zstandard(body: bytes, max_bytes: int) -> bytes:
    library = _library("zstandard", "zstd")
    pieces: list[bytes] = []
    size = 0
    try:
        with library.ZstdDecompressor().stream_reader(body, read_across_frames=True) as reader:
            while piece := reader.read(min(1 << 20, max_bytes - size + 1)):
                size += len(piece)
                if size > max_bytes:
                    raise _too_large(max_bytes)
                pieces.append(piece)
    except library.ZstdError as error:
        if not size:
            raise EntityError(f"broken compressed body ({error})") from error
    return b"".join(pieces)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
