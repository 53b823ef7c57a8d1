"""Identity of addresses: one canonical key for every way of writing the address of one document."""

import hashlib
import re
from urllib.parse import unquote_to_bytes, urlsplit

from w3lib.url import canonicalize_url

# Query keys that name a visit and not a document. Generic keys such as `id`, `from` or `type` do carry meaning on
# Chinese CMSs and are never dropped here.
_VISIT_KEYS = re.compile(
    r"^(?:utm_\w+|spm|share_token|sharefrom|isappinstalled|fbclid|gclid|jsessionid|phpsessid|sessionid|_t|_ts)$",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|shtml|jsp|php|aspx?)$", re.IGNORECASE)


def canonical_key(url: str) -> str:
    """Return the key under which a document is known, whatever address led to it.

    Scheme, `www.`, default ports, fragments, visit keys and session ids in the path are left out, the rest of the
    query is kept in its order, because PHPWeb addresses are `?123.html` and some CMSs read the query by position.
    The result is no address: it starts with the host.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower().rstrip(".")
    host = host.removeprefix("www.")
    if port and (parts.scheme, port) not in {("http", 80), ("https", 443)}:
        host = f"{host}:{port}"
    safe = urlsplit(canonicalize_url(f"http://h{_SESSION_PATH.sub('', parts.path) or '/'}"))
    path = _INDEX_FILE.sub("/", safe.path)
    query = "&".join(
        piece for piece in parts.query.split("&") if piece and not _VISIT_KEYS.match(piece.partition("=")[0])
    )
    return f"{host}{path}" + (f"?{query}" if query else "")


def article_id(url: str) -> str:
    """Return the stable id of the article at an address: the first 16 hex digits of the SHA-256 of its key."""
    return hashlib.sha256(canonical_key(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def host_of(url: str) -> str:
    """Return the lower-case host name of an address, or an empty string where it has none."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return ""


def display_url(url: str) -> str:
    """Return an address as a person reads it: percent-escapes of UTF-8 text decoded where that is harmless."""
    try:
        text = unquote_to_bytes(url).decode("utf-8")
    except UnicodeDecodeError:
        return url
    return text if text.isprintable() and " " not in text else url
