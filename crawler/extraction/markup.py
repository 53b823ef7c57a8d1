"""Mending and parsing markup: what a parser would lose is put right in the bytes before it sees them."""

import re
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.nodes import Node

_WRAPPER = re.compile(rb"<(textarea|noscript|template|xmp|script)\b([^<>]{0,500})>", re.IGNORECASE)
_TEMPLATE_TYPE = re.compile(rb"type\s*=\s*[\"']?text/(?:html|template|x-)", re.IGNORECASE)
_MARKUP = re.compile(rb"(?:<|&lt;)(?:p|br|div|span)\b", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")
_LEAST_WRAPPED: Final = 80


def lay_open(data: bytes, least: int = 0) -> bytes | None:
    """Return a page with what it keeps in textarea, noscript, template or a script of type text/html laid
    open.

    For pages that show their text by script. None where there is nothing to lay open, or less than `least`
    characters of text in all.
    """
    pieces: list[bytes] = []
    done = 0
    shown = 0
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
        shown += len(b"".join(_TAG.sub(b"", content).split()).decode("utf-8", "replace"))
        pieces += data[done : match.start()], b"<div>", content, b"</div>"
        done = data.find(b">", end) + 1 or len(data)
    if not pieces or shown < least:
        return None
    return b"".join((*pieces, data[done:]))


_NESTING_TAGS = re.compile(
    rb"</?(?!(?:p|br|hr|title|meta|link|base|a|img|h[1-6]|script|style|html|head|body)\b)[a-zA-Z][^<>]*>",
    re.IGNORECASE,
)
_MANY_TAGS: Final = 2_500
_VERY_MANY_TAGS: Final = 8_000
_DEEPEST: Final = 1_000
_MOST_UNCLOSED: Final = 100
_TAG_OR_COMMENT: Final = re.compile(rb"<(/?)([a-zA-Z][\w:-]{0,60})|<!--")
_NOT_NESTING: Final = frozenset(
    b"p option td th tr tbody thead tfoot col colgroup br hr img input meta link base embed area wbr param "
    b"source track html head body".split()
)
# What a parser opens again in every block behind the one that it was left open in.
_FORMATTING: Final = frozenset(b"b big code em font i nobr s small strike strong tt u".split())
_FORMATTING_TAG: Final = re.compile(rb"<(?:%s)[\s/>]" % b"|".join(sorted(_FORMATTING)), re.IGNORECASE)
_ITEMS: Final = frozenset(b"li dd dt".split())
# An end tag has no effect on what is open outside these; that of an inline element on no block either.
_BOUNDARIES: Final = frozenset(b"table object applet marquee template svg math select button caption".split())
_BLOCKS: Final = frozenset(
    b"address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure "
    b"footer form h1 h2 h3 h4 h5 h6 header hgroup li listing main menu nav ol pre "
    b"search section summary ul".split()
)
_STOPPING: Final = _BLOCKS | _BOUNDARIES
_REACH: Final = 50


def parse_tree(data: bytes) -> Node:
    """Return the root of a page in UTF-8; an empty `html` element where there is nothing to parse."""
    if _is_suspect(data) and _is_deep(data):
        # The parser looks through all open elements at every tag, and repeats unclosed formatting in every
        # block. Without the nesting the lines are still there.
        data = _NESTING_TAGS.sub(b"<br>", data)
    # With scripting, as a browser has it, a noscript in the head stays there and shows nothing.
    root = LexborHTMLParser(data, scripting=True).root
    assert root is not None  # the standard gives every input an html element
    return root


def _is_suspect(data: bytes) -> bool:
    """Tell whether a page has so many tags, or so many of formatting, that how they nest is worth a look."""
    tags = data.count(b"<")
    return tags > _VERY_MANY_TAGS or (
        tags > _MANY_TAGS and len(_FORMATTING_TAG.findall(data)) > _MOST_UNCLOSED
    )


def _is_deep(data: bytes) -> bool:
    """Tell whether a thousand elements may be open at a time, or a hundred of formatting be left open.

    What is not sure to be closed counts.
    """
    opened: list[bytes] = []
    unclosed = 0
    done = 0
    for match in _TAG_OR_COMMENT.finditer(data):
        if match.start() < done:
            continue
        if match[2] is None:
            done = data.find(b"-->", match.start())
            if done < 0:
                break
            continue
        name = match[2].lower()
        if name in _NOT_NESTING:
            continue
        if not match[1]:
            if (
                name in _ITEMS
                and opened
                and opened[-1] in _ITEMS
                and (opened[-1] == b"li") == (name == b"li")
            ):
                continue
            opened.append(name)
            unclosed += name in _FORMATTING
            if len(opened) > _DEEPEST or unclosed > _MOST_UNCLOSED:
                return True
            continue
        stops = _BOUNDARIES if name in _STOPPING else _STOPPING
        for back in range(len(opened) - 1, max(-1, len(opened) - _REACH), -1):
            if opened[back] == name:
                del opened[back:]
                unclosed -= name in _FORMATTING
                break
            if opened[back] in stops:
                break
    return False


_LARGE: Final = 200_000
_MANY_ATTRIBUTES: Final = 1000
_LONG: Final = 10_000
_LONG_TAG = re.compile(rb"<([a-zA-Z][\w:-]{0,60})\s[^<>]{%d,}>" % _LONG)


def _without_endless_attributes(data: bytes) -> bytes:
    """Take the attributes off tags with so many that the parser would compare them for minutes.

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


def mend(data: bytes) -> bytes:
    """Mend what would cost text or time in a browser too.

    * NUL characters.
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
    return _mend_title(data)


def _mend_title(data: bytes) -> bytes:
    start = data.find(b"<title")
    if start < 0 or b"</title" in data or b"</TITLE" in data:
        return data
    end = data.find(b"<", data.find(b">", start))
    return data[:end] + b"</title>" + data[end:] if end > 0 else data
