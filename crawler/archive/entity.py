"""Transfer and content decoding of archived bodies, bounded in size."""

from crawler.archive.errors import EntityError
from crawler.archive.heads import HeaderLines

MAX_ENTITY = 64 << 20
"""Bytes an entity may have after decoding unless the caller says otherwise."""


def decode_entity(headers: HeaderLines, body: bytes, *, max_bytes: int = MAX_ENTITY) -> bytes:
    """Return a body after transfer and content decoding."""
    raise EntityError("not yet")
