"""What counts as a change of an article."""

import hashlib
import re
import unicodedata

from crawler.items import Article

# White space of every kind, and characters without a glyph that editors and templates leave in Chinese text:
# soft hyphen, zero-width spaces and joiners, direction marks, variation selectors, byte order mark.
_INVISIBLE = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]+"
)

_PRECISIONS = {"day": 10, "minute": 16, "second": 19}
"""How many characters of an ISO 8601 time each precision vouches for."""


def fold(text: str | None) -> str:
    """Return a text reduced to what a reader sees: NFKC (Unicode Annex 15), white and invisible out."""
    if not text:
        return ""
    folded = _INVISIBLE.sub("", text)
    while True:
        # What was apart may compose now, and some compatible forms hold a space (´ is space and accent).
        before, folded = folded, _INVISIBLE.sub("", unicodedata.normalize("NFKC", folded))
        if folded == before:
            return folded


def text_digest(body: str) -> str:
    """Return `sha256:` and the hex digest of the folded body."""
    return "sha256:" + hashlib.sha256(fold(body).encode("utf-8", "surrogatepass")).hexdigest()


def content_digest(article: Article) -> str:
    """Return the digest of what makes a version, without the date: folded title, authors, source and body.

    Authors are taken together, since templates differ in what they put between two names.
    """
    parts = (article.title, "".join(article.authors), article.source, article.body)
    folded = "\x00".join(fold(part) for part in parts)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def same_time(
    first: str | None, first_precision: str | None, second: str | None, second_precision: str | None
) -> bool:
    """Tell whether two times of publication agree as far as both say: a template may print the day only."""
    if not first or not second:
        return not first and not second
    width = min(_PRECISIONS.get(first_precision or "", 19), _PRECISIONS.get(second_precision or "", 19))
    return first[:width] == second[:width]


def changed_fields(old: Article, new: Article) -> tuple[str, ...]:
    """Name the fields by which a new reading differs from an old one; empty where nothing changed."""
    fields = [
        name
        for name, before, after in (
            ("title", old.title, new.title),
            ("authors", "".join(old.authors), "".join(new.authors)),
            ("source", old.source, new.source),
            ("body", old.body, new.body),
        )
        if fold(before) != fold(after)
    ]
    if not same_time(old.published, old.published_precision, new.published, new.published_precision):
        fields.append("published")
    return tuple(fields)
