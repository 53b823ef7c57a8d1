"""Texts that every database can hold and index."""

import hashlib
from typing import overload

MAX_INDEXED = 1500
"""Bytes of UTF-8 an indexed text may have: PostgreSQL takes 2,704 in all columns of an index together."""


@overload
def clean(text: str) -> str: ...
@overload
def clean(text: None) -> None: ...
def clean(text: str | None) -> str | None:
    """Return a text without lone surrogates and NUL, which UTF-8 and PostgreSQL cannot hold."""
    if text is None or (text.isascii() and "\x00" not in text):
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


@overload
def indexed(text: str) -> str: ...
@overload
def indexed(text: None) -> None: ...
def indexed(text: str | None) -> str | None:
    """Return a clean text that can be indexed: of one that is too long the beginning and its SHA-256."""
    text = clean(text)
    if text is None or len(text) * 3 <= MAX_INDEXED:
        return text
    encoded = text.encode("utf-8")
    if len(encoded) <= MAX_INDEXED:
        return text
    beginning = encoded[: MAX_INDEXED - 80].decode("utf-8", "ignore")
    return f"{beginning}#{hashlib.sha256(encoded).hexdigest()}"
