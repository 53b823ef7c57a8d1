"""Mending and parsing markup: what libxml2 would lose is put right in the bytes before it sees them."""

import re
from html import unescape
from typing import Final

from lxml import etree

_WRAPPER = re.compile(rb"<(textarea|noscript|template|xmp|script)\b([^<>]{0,500})>", re.IGNORECASE)
_TEMPLATE_TYPE = re.compile(rb"type\s*=\s*[\"']?text/(?:html|template|x-)", re.IGNORECASE)
_MARKUP = re.compile(rb"(?:<|&lt;)(?:p|br|div|span)\b", re.IGNORECASE)
_LEAST_WRAPPED: Final = 80


def lay_open(data: bytes) -> bytes | None:
    """Return a page with what it keeps in textarea, noscript, template or a script of type text/html laid
    open.

    For pages that show their text by script. None where there is nothing to lay open.
    """
    pieces: list[bytes] = []
    done = 0
    unclosed: set[bytes] = set()
    for match in _WRAPPER.finditer(data):
        tag = match[1].lower()
        if (
            match.start() < done
            or tag in unclosed
            or (tag == b"script" and not _TEMPLATE_TYPE.search(match[2]))
        ):
            continue
        end = data.find(b"</" + match[1], match.end())
        if end < 0:
            unclosed.add(tag)
            continue
        content = data[match.end() : end]
        if len(content) < _LEAST_WRAPPED or not _MARKUP.search(content):
            continue
        if b"&lt;" in content:
            content = unescape(content.decode("utf-8", "replace")).encode("utf-8", "replace")
        pieces += data[done : match.start()], b"<div>", content, b"</div>"
        done = data.find(b">", end) + 1 or len(data)
    if not pieces:
        return None
    return b"".join((*pieces, data[done:]))


# One parser for all pages: lxml locks it, and making one costs a twentieth of a parse. `huge_tree` lifts
# libxml2's limits on depth (256 elements, which pages with unclosed tags reach; then 2,048) and on the
# length of a text.
_PARSER: Final = etree.HTMLParser(
    encoding="utf-8",
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
    no_network=True,
    huge_tree=True,
)
_TOO_DEEP: Final = "ERR_RESOURCE_LIMIT"
_NESTING_TAGS = re.compile(
    rb"</?(?!(?:p|br|hr|title|meta|link|base|a|img|h[1-6]|script|style|html|head|body)\b)[a-zA-Z][^<>]*>",
    re.IGNORECASE,
)


def parse_tree(data: bytes) -> etree._Element:
    """Return the root of a page in UTF-8; an empty `html` element where there is nothing to parse."""
    root = _parsed(data)
    last = _PARSER.error_log.last_error
    if last is not None and last.type_name == _TOO_DEEP:
        # libxml2 dropped all that is deeper. Without the nesting the lines are still there.
        root = _parsed(_NESTING_TAGS.sub(b"<br>", data))
    return etree.fromstring("<html/>") if root is None else root


def _parsed(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _PARSER)
    except etree.LxmlError:
        return None


_LARGE: Final = 200_000
_MANY_ATTRIBUTES: Final = 1000
_LONG: Final = 10_000
_LONG_TAG = re.compile(rb"<([a-zA-Z][\w:-]{0,60})\s[^<>]{%d,}>" % _LONG)


def _without_endless_attributes(data: bytes) -> bytes:
    """Take the attributes off tags with so many that libxml2 would compare them for minutes.

    A long tag has no `<` near behind its own, so a page is crossed in leaps from one `<` to the last within
    reach.
    """
    pieces: list[bytes] = []
    done = 0
    at = data.find(b"<")
    while at >= 0:
        following = data.rfind(b"<", at + 1, at + _LONG)
        if following < 0:
            tag = _LONG_TAG.match(data, at)
            if tag and tag[0].count(b"=") + tag[0].count(b" ") > _MANY_ATTRIBUTES:
                pieces += data[done:at], b"<", tag[1], b">"
                done = tag.end()
            following = data.find(b"<", at + 1)
        at = following
    return b"".join((*pieces, data[done:])) if pieces else data


# `</br`, `</body`, `</html`, `<h1>`, and a few end tags besides: alternatives would be searched for slower.
_WEAK_SPOT = re.compile(rb"<[/hH][bBhH1-6](?:(?<=/.)[oOrRtT]|(?<=[hH][1-6])[\s>])")
_PAGE_END = re.compile(rb"</(?:body|html)\b", re.IGNORECASE)
_HEADING_END = re.compile(rb"</[hH][1-6]")
_HEADING_REACH: Final = 6000
_BLOCK_IN_HEADING = re.compile(rb"<(?:p|div)\b[^>]*>", re.IGNORECASE)
_BLOCK_END_IN_HEADING = re.compile(rb"</(?:p|div)\s*>", re.IGNORECASE)


def mend(data: bytes) -> bytes:
    """Mend the faults that make libxml2 lose or misplace text where a browser does not.

    * NUL characters end the input for libxml2.
    * A `</body>` or `</html>` in the middle (an included header) ends the tree: all are dropped, the end of
      input closes them.
    * `<p>` or `<div>` inside a heading closes the heading: they become line breaks.
    * `</br>` is a line break to a browser and nothing to libxml2.
    * A comment or title that is never closed would swallow the rest.
    * A tag with thousands of attributes takes time with the square of their number.
    """
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
    last = data.rfind(b"<!--")
    if last >= 0 and data.find(b"-->", last) < 0 and data.find(b"<!-->", last) < 0:
        data = data[:last] + data[last + 4 :]
    if len(data) > _LARGE:
        data = _without_endless_attributes(data)
    data = _mend_title(data)
    pieces: list[bytes] = []
    done = 0
    for match in _WEAK_SPOT.finditer(data):
        start = match.start()
        if start < done:
            continue
        spot = match.group().lower()
        if spot == b"</br":
            pieces += data[done:start], b"<br"
            done = start + 4
        elif spot.startswith(b"</"):
            if _PAGE_END.match(data, start):
                pieces += data[done:start], b"</x"
                done = start + 3
        else:
            end = _HEADING_END.search(data, start, start + _HEADING_REACH)
            if end and _BLOCK_IN_HEADING.search(data, start, end.start()):
                inside = _BLOCK_IN_HEADING.sub(b"<br>", data[start : end.start()])
                pieces += data[done:start], _BLOCK_END_IN_HEADING.sub(b"", inside)
                done = end.start()
    return b"".join((*pieces, data[done:])) if pieces else data


def _mend_title(data: bytes) -> bytes:
    start = data.find(b"<title")
    if start < 0 or b"</title" in data or b"</TITLE" in data:
        return data
    end = data.find(b"<", data.find(b">", start))
    return data[:end] + b"</title>" + data[end:] if end > 0 else data
