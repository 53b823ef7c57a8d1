"""Sort-friendly keys of addresses (SURT), as CDX indexes and replay tools use them.

`http://www.example.cn/A/?b=2&a=1` becomes `cn,example)/a?a=1&b=2`. The rules are those of the Internet
Archive's canonicalizer, which pywb, cdxj-indexer and Heritrix share, so that their lookups find our lines.
Its reference implementation is not used because it resolves names over the network and is under another
licence.
"""

import contextlib
import re
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes

_PARTS = re.compile(
    rb"(?:([a-z][a-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE | re.DOTALL
)
_WHITE = re.compile(rb"[\n\r\t]")
_WWW = re.compile(rb"www\d*\.")
_PORT = re.compile(rb":(\d*)$")
_DEFAULT_PORTS = {b"http": b"80", b"https": b"443"}
# Every printable character of ASCII but the space, the number sign and the percent sign stays as it is.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_TO_ESCAPE = re.compile(rb"[^\x21-\x7e]|[#%]")
_SESSION_PATHS = (
    re.compile(rb"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_SESSION_QUERIES = (
    re.compile(rb"^(.*)(?:jsessionid=[0-9a-z]{32})(?:&(.*))?$", re.IGNORECASE),
    re.compile(rb"^(.*)(?:phpsessid=[0-9a-z]{32})(?:&(.*))?$", re.IGNORECASE),
    re.compile(rb"^(.*)(?:sid=[0-9a-z]{32})(?:&(.*))?$", re.IGNORECASE),
    re.compile(rb"^(.*)(?:aspsessionid[a-z]{8}=[a-z]{24})(?:&(.*))?$", re.IGNORECASE),
    re.compile(rb"^(.*)(?:cfid=[^&]+&cftoken=[^&]+)(?:&(.*))?$", re.IGNORECASE),
)
# Unescaping is repeated until nothing changes; an address that needs more rounds than this was made to be
# costly.
_ROUNDS = 16


def surt(url: str) -> str:
    """Return the SURT key of an address; never fails, and never contains a space.

    An address without host (`urn:…`) keeps its scheme and is its own key.
    """
    raw = _WHITE.sub(b"", url.encode("utf-8", "surrogatepass").strip())
    match = _PARTS.match(raw)
    scheme, authority, path, query = match.groups() if match else (None, None, raw, None)
    scheme = (scheme or b"http").lower()
    host = _host(authority or b"", scheme)
    path = _unescape(path)
    if host:
        path = _normal_path(path)
    path = _escape(path).lower()
    for pattern in _SESSION_PATHS if b".aspx" in path else ():
        if found := pattern.match(path):
            path = found[1] + found[2]
    if len(path) > 1 and path.endswith(b"/"):
        path = path[:-1]
    key = b"%s)%s" % (host, path or b"/") if host else b"%s:%s" % (scheme, path)
    if query and (query := _query(query)):
        key += b"?" + query
    return key.decode("ascii")


@lru_cache(maxsize=1024)
def _host(authority: bytes, scheme: bytes) -> bytes:
    """Return the host reversed by its dots, without user, leading www and default port."""
    host = authority.rpartition(b"@")[2].lower()
    port = _PORT.search(host)
    if port:
        host = host[: port.start()]
    host = _unescape(host).replace(b"..", b".").strip(b".")
    if not host.isascii():
        with contextlib.suppress(UnicodeError):
            host = host.decode("utf-8").encode("idna")
    host = _escape(host).lower()
    if www := _WWW.match(host):
        host = host[www.end() :]
    if not host:
        return b""
    if not host.startswith(b"["):
        host = b",".join(reversed(host.split(b".")))
    number = port[1].lstrip(b"0") if port else b""
    return host + b":" + number if number and number != _DEFAULT_PORTS.get(scheme) else host


def _normal_path(path: bytes) -> bytes:
    """Return the path without `.`, `..` and empty segments; a `..` too many stays, as the others have it."""
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    if not kept:
        return b"/"
    return b"/" + b"".join(segment + b"/" for segment in kept[:-1] if segment) + kept[-1]


def _query(query: bytes) -> bytes:
    """Return the query without session ids, in lower case, its arguments sorted by name and value."""
    query = _escape(_unescape(query))
    for pattern in _SESSION_QUERIES if b"=" in query else ():
        if found := pattern.match(query):
            query = found[1] + (found[2] or b"")
    arguments = [argument.partition(b"=") for argument in query.lower().split(b"&")]
    return b"&".join(
        b"".join(parts) for parts in sorted(arguments, key=lambda parts: (parts[0], parts[2], parts[1]))
    )


def _unescape(text: bytes) -> bytes:
    if b"%" not in text:
        return text
    for _ in range(_ROUNDS):
        plain = unquote_to_bytes(text)
        if plain == text:
            break
        text = plain
    return text


def _escape(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_SAFE).encode("ascii") if _TO_ESCAPE.search(text) else text
