"""HTTP heads and addresses as WARC readers understand them.

A head comes from a stranger. Where it is sound it is kept byte for byte; where a reader would see its end in
another place than we do, the payload would begin in another place too, and its digest would be wrong. Such
heads are mended here, and nothing else is.
"""

import re
from urllib.parse import urlsplit

from crawler.archive.errors import ExchangeError

HeaderLines = list[tuple[str, str]]

MAX_HEAD = 1 << 20
"""Bytes of a block in which the end of its head is looked for."""
MAX_URL = 1 << 18
"""Characters an address may have."""

_LINE_END = re.compile(rb"\r*\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_TRANSFER_ENCODING = re.compile(rb"^(transfer-encoding[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_NEWER_HTTP = re.compile(rb"HTTP/([23])(?:\.0)?(?=[ \r])", re.IGNORECASE)
_REQUEST_VERSION = re.compile(rb" HTTP/[23](?:\.0)?\r\n", re.IGNORECASE)
_STATUS_LINE = re.compile(r"(\S+)[ \t]+(\d{3})(?:[ \t]+(.*))?$", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*$")
_NOT_IN_URI = re.compile(r"[^\x21-\x7e]")


def decode_line(line: bytes) -> str:
    """Decode a header line as UTF-8, else as Latin-1, as WARC tools do; never fails."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _is_blank(line: bytes) -> bool:
    """Whether readers take the line for the empty line that ends a head: some strip Unicode white space
    first."""
    return not decode_line(line).strip()


def clean_head(head: bytes) -> bytes:
    """Return a head that every reader ends at the same byte.

    A sound head (lines ended by CR LF, one empty line at the end) is returned as it is. Otherwise line ends
    become CR LF, blank lines before the end are dropped, so that lines injected after one stay header lines,
    and a bare CR becomes a space (RFC 9112, section 2.2). An empty head stays empty.
    """
    if head.endswith(b"\r\n\r\n"):
        ends = head.count(b"\r\n")
        if ends == head.count(b"\n") == head.count(b"\r"):
            lines = head[:-4].split(b"\r\n")
            if not any(b":" not in line and _is_blank(line) for line in lines):
                return head
    lines = [line.replace(b"\r", b" ") for line in _LINE_END.split(head)]
    kept = [line for line in lines if not _is_blank(line)]
    return b"\r\n".join(kept) + b"\r\n\r\n" if kept else b""


def cut_head(head: bytes) -> tuple[bytes, bool]:
    """Return a clean head cut after the last line that fits into a quarter of MAX_HEAD, and whether it was
    cut."""
    if len(head) <= MAX_HEAD // 4:
        return head, False
    end = head.rfind(b"\r\n", 0, MAX_HEAD // 4)
    return head[: max(end, 0)] + b"\r\n\r\n", True


def response_head(head: bytes, *, transfer_decoded: bool) -> tuple[bytes, str | None]:
    """Return a response head fit for a WARC record, and the value for WARC-Protocol where it needs one.

    Two things are changed, both after the practice of large archives, because readers fail on them otherwise:

    * `Transfer-Encoding: chunked` over a body whose chunks the client has already joined becomes
      `X-Crawler-Transfer-Encoding: chunked` (Common Crawl's convention). Strict readers refuse such a body,
      lenient ones guess, and take a body that happens to begin like a chunk for one.
    * An HTTP/2 or HTTP/3 status line is written as HTTP/1.1, since `application/http` knows no other, and the
      protocol is told in WARC-Protocol.

    Raises ExchangeError where there is no status line at all.
    """
    clean = clean_head(head)
    if not clean:
        raise ExchangeError("the response has no status line")
    if transfer_decoded:
        clean = _TRANSFER_ENCODING.sub(rb"X-Crawler-\1", clean)
    newer = _NEWER_HTTP.match(clean)
    if newer is None:
        return clean, None
    rest = clean[newer.end() :]
    if b" " not in rest.partition(b"\r\n")[0].strip(b" "):
        line, _, rest = rest.partition(b"\r\n")
        rest = line.rstrip(b" ") + b" \r\n" + rest
    return b"HTTP/1.1" + rest, f"h{newer[1].decode()}"


def request_head(head: bytes) -> bytes:
    """Return a request head fit for a WARC record; empty where there is none."""
    return _REQUEST_VERSION.sub(b" HTTP/1.1\r\n", clean_head(head), count=1)


def parse_status_line(line: str) -> tuple[str, int, str]:
    """Return protocol, status code and reason phrase of a status line; ("", 0, "") where it is none."""
    match = _STATUS_LINE.match(line)
    if match is None:
        return "", 0, ""
    return match[1], int(match[2]), (match[3] or "").strip()


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """Split an HTTP message into its head, with the empty line, and its body; either may be empty."""
    end = _HEAD_END.search(block, 0, MAX_HEAD)
    if end is not None:
        return block[: end.end()], block[end.end() :]
    return (block, b"") if len(block) <= MAX_HEAD else (b"", block)


def parse_head(head: bytes) -> tuple[str, HeaderLines]:
    """Return the first line of a head and its header lines as name and value, in order, folded lines
    joined."""
    if head.isascii():
        first, *lines = head.decode("ascii").replace("\r\n", "\n").split("\n")
    else:
        first, *lines = [decode_line(line.removesuffix(b"\r")) for line in head.split(b"\n")]
    headers: HeaderLines = []
    for line in lines:
        if line[:1] in (" ", "\t"):
            if headers and line.strip():
                name, value = headers[-1]
                headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.rstrip(" \t"), value.strip(" \t")))
    return first.rstrip(), headers


def target_uri(url: str, *, any_scheme: bool = False) -> str:
    """Return an address as it stands in WARC-Target-URI: without fragment, unsafe characters percent-encoded.

    What a URI cannot hold (control characters, spaces, anything beyond ASCII) is percent-encoded as UTF-8;
    the rest, the query above all, stays as it was requested. Raises ExchangeError for anything that is no
    http or https address (with `any_scheme`, that has no scheme).
    """
    if len(url) > MAX_URL:
        raise ExchangeError(f"an address of {len(url)} characters: {url[:100]!r}…")
    scheme, colon, rest = url.strip("\x00\t\n\r\x0b\x0c ").partition(":")
    scheme = scheme.lower()
    if scheme not in {"http", "https"}:
        if any_scheme and colon and _SCHEME.match(scheme):
            return f"{scheme}:{_NOT_IN_URI.sub(_percent_encode, rest)}"
        raise ExchangeError(f"no http or https address: {url[:200]!r}")
    if not rest.startswith("//") or rest[2:3] in ("", "/", "?", "#"):
        raise ExchangeError(f"no http or https address: {url[:200]!r}")
    rest = rest.partition("#")[0]
    if not (rest.isascii() and rest.isprintable() and " " not in rest):
        rest = _NOT_IN_URI.sub(_percent_encode, rest)
    address = f"{scheme}:{rest}"
    if "[" in rest or "]" in rest:
        try:
            urlsplit(address)
        except ValueError as error:
            raise ExchangeError(f"no http or https address: {url[:200]!r} ({error})") from None
    return address


def _percent_encode(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
