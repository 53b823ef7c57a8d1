"""Addresses: one canonical key for every way of writing the address of one document, and what a host is."""

import hashlib
import ipaddress
import re
import socket
import string
from urllib.parse import quote, unquote_to_bytes, urlsplit

# Query keys that name a visit and not a document. Generic keys such as `id`, `from` or `type` do carry
# meaning on Chinese CMSs and are never dropped here.
_VISIT_KEYS = re.compile(
    r"^(?:utm_\w+|spm|share_token|sharefrom|isappinstalled|fbclid|gclid|jsessionid|phpsessid|sessionid|_t|_ts)$",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|shtml|jsp|php|aspx?)$", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")


def _escaped(text: str) -> str:
    """Return a path or query with its percent-escapes in their normal form (RFC 3986 §6.2.2)."""

    def normal(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(normal, quote(text, safe=string.punctuation, errors="surrogatepass"))


def canonical_key(url: str) -> str:
    """Return the key under which a document is known, whatever address led to it.

    Scheme, `www.`, default ports, fragments, visit keys and session ids in the path are left out. The rest
    of the query keeps its order, because PHPWeb addresses are `?123.html` and some CMSs read a query by
    position.
    The result is no address: it starts with the host. A text that is no address is its own key.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if port and (parts.scheme, port) not in {("http", 80), ("https", 443)}:
        host = f"{host}:{port}"
    path = _INDEX_FILE.sub("/", _SESSION_PATH.sub("", _escaped(parts.path)) or "/")
    pieces = _escaped(parts.query).split("&")
    query = "&".join(piece for piece in pieces if piece and not _VISIT_KEYS.match(piece.partition("=")[0]))
    return f"{host}{path}?{query}" if query else host + path


def article_id(url: str) -> str:
    """Return the stable id of the article at an address: 16 hex digits of the SHA-256 of its key."""
    return hashlib.sha256(canonical_key(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def host_of(url: str) -> str:
    """Return the lower-case host name of an address, or an empty string where it has none."""
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def is_public(address: str) -> bool:
    """Tell whether an IP address can be a host on the public Internet; False for what is no address.

    An IPv6 address that stands for an IPv4 address is judged by that.
    """
    ip = ip_address_of(address)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _embedded(ip) or ip
    return ip is not None and ip.is_global and not ip.is_multicast


def ip_address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a host is, in any form that a system takes (`2130706433`, `0x7f.1`); None
    for a name."""
    host = host.partition("%")[0]  # the zone of a link-local address
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host.isascii() else None
    except OSError:
        return None


# IPv6 addresses whose last four bytes are an IPv4 address: compatible (RFC 4291, section 2.5.5.1) and
# translated ones (RFC 6052, RFC 8215).
_HOLDS_IPV4 = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address at which packets to an IPv6 address may end up."""
    if any(ip in network for network in _HOLDS_IPV4):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def display_url(url: str) -> str:
    """Return an address as a person reads it: escapes of UTF-8 text decoded where that is harmless."""
    try:
        text = unquote_to_bytes(url).decode("utf-8")
    except UnicodeError:
        return url
    return text if text.isprintable() and " " not in text else url
