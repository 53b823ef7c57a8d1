"""A page as every reader sees it: characters, one lxml tree, and the tree flattened once to visual lines.

`parse` decodes the bytes, mends what would make libxml2 lose text, builds the tree and walks it a single time. The walk
leaves two parallel views:

* `Document.blocks`, the visual lines of the page in reading order. A line ends where a browser would end it: at `<br>`, and
  at the edges of block-level elements and table cells. Inline elements are joined without blanks.
* `Document.boxes`, the block-level elements, and the inline ones that carry an `id` or a `class`. Each knows which slice
  of `blocks` it covers, so that "the text of this container" is a slice and never a second walk. `Document.find` looks boxes up by id, class
  or tag through an index that the same walk filled.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from crawler.extraction.charset import to_utf8

MAX_BYTES: Final = 32_000_000
"""Longer pages are cut here; no article is, and the tree of such a page would take gigabytes."""


class Role:
    """What an element does to the lines of a page."""

    INLINE, BLOCK, BREAK, SKIP, LINK, IMAGE = range(6)


def _roles() -> dict[str, int]:
    block = (
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup html legend li listing main marquee menu nav "
        "noframes ol p plaintext pre section summary table tbody td tfoot th thead tr ul xmp "
        "founder-content cms-content"
    )
    skip = (
        "applet audio button canvas embed frame head iframe map math noscript object option rp rt script select "
        "style svg template textarea title video"
    )
    roles = dict.fromkeys(block.split(), Role.BLOCK) | dict.fromkeys(skip.split(), Role.SKIP)
    return roles | {"br": Role.BREAK, "hr": Role.BREAK, "a": Role.LINK, "img": Role.IMAGE}


ROLES: Final = _roles()
"""Tag -> role; tags that are not here are inline."""
_LEVELS: Final = {f"h{n}": n for n in range(1, 7)}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Box:
    """An element that covers a slice of the page's lines."""

    id = ""
    """Value of the `id` attribute."""
    cls = ""
    """Value of the `class` attribute."""

    def __init__(
        self, element: etree._Element, tag: str, parent: "Box | None", start: int, block: bool, hidden: bool
    ) -> None:
        self.element = element
        """The lxml element."""
        self.tag = tag
        """Its lower-case tag name."""
        self.parent = parent
        """The nearest box around it; None for the root."""
        self.start = start
        """Index of the first line it covers."""
        self.end = start
        """Index after the last line it covers. An inline box may share its first and last line with other text."""
        self.block = block
        """Whether it is block-level (else an inline element with an id, a class or a hiding style)."""
        self.hidden = hidden
        """Whether it or an element around it is `display:none`, `visibility:hidden` or `hidden`."""

    def ancestors(self) -> "Iterator[Box]":
        """Yield the boxes around this one, nearest first."""
        box = self.parent
        while box is not None:
            yield box
            box = box.parent

    def within(self, *tags: str) -> "Box | None":
        """Return the nearest box with one of some tags, this one included."""
        box: Box | None = self
        while box is not None and box.tag not in tags:
            box = box.parent
        return box

    @property
    def level(self) -> int:
        """1 to 6 in h1 to h6, else 0."""
        heading = self.within(*_LEVELS)
        return _LEVELS[heading.tag] if heading else 0

    @property
    def table(self) -> "Box | None":
        """The nearest table around it, or itself."""
        return self.within("table")

    @property
    def in_list(self) -> bool:
        """Whether it is or stands in a list item."""
        return self.within("li", "dd") is not None

    def __repr__(self) -> str:
        name = self.tag + (f"#{self.id}" if self.id else "") + "".join(f".{c}" for c in self.cls.split())
        return f"<Box {name} {self.start}:{self.end}>"


class Block:
    """One visual line or paragraph of the page."""

    __slots__ = ("box", "index", "link_chars", "links", "raw", "text")

    def __init__(self, index: int, text: str, raw: str, box: Box, links: int, link_chars: int) -> None:
        self.index = index
        """Its place in `Document.blocks`."""
        self.text = text
        """The line with white space folded to single blanks and invisible characters removed; never empty."""
        self.raw = raw
        """The same before folding: shows indentation and the width of gaps (`方　敏`)."""
        self.box = box
        """The block-level box it stands in."""
        self.links = links
        """How many links (`<a href>`) touch the line."""
        self.link_chars = link_chars
        """How many of its characters are link text."""

    @property
    def element(self) -> etree._Element:
        """The block-level element it stands in (the parent of a bare text between two `<br>`)."""
        return self.box.element

    @property
    def tag(self) -> str:
        """Tag of that element."""
        return self.box.tag

    @property
    def level(self) -> int:
        """1 to 6 for a line in h1 to h6, else 0."""
        return self.box.level

    @property
    def hidden(self) -> bool:
        """Whether a browser would not show it. Kept, because some sites hide the very text or its metadata."""
        return self.box.hidden

    @property
    def in_list(self) -> bool:
        """Whether it stands in a list item."""
        return self.box.in_list

    @property
    def table(self) -> Box | None:
        """The nearest table around it."""
        return self.box.table

    def __repr__(self) -> str:
        return f"<Block {self.index} {self.box.tag} {self.text[:40]!r}>"


@dataclass(slots=True)
class Placed:
    """A link or picture and the index of the line it stands in, or before which it stands."""

    element: etree._Element
    index: int
    box: Box

    @property
    def href(self) -> str:
        """The link's address as written, without surrounding white space."""
        return (self.element.get("href") or "").strip()

    @property
    def text(self) -> str:
        """The link's text with white space folded."""
        return text_of(self.element)


@dataclass
class Document:
    """A parsed page."""

    url: str
    """The address it came from; may be empty."""
    charset: str
    """Codec it was decoded with, `str` where it came as characters."""
    data: bytes
    """The page in UTF-8, mended, for what lives in scripts and comments."""
    root: etree._Element
    """The `html` element."""
    blocks: list[Block]
    """The visual lines in reading order."""
    boxes: list[Box]
    """All boxes in document order."""
    links: list[Placed]
    """All `<a href>` outside skipped elements."""
    images: list[Placed]
    """All `<img>` outside skipped elements."""
    index: dict[str, list[Box]] = field(repr=False)
    """`#id`, `.class` -> boxes in document order."""

    def find(self, *selectors: str) -> list[Box]:
        """Return the boxes of the first of some selectors that matches any, in document order.

        A selector is `#id`, `.class`, `tag`, `tag#id` or `tag.class`; several with blanks between, each inside the
        one before it. `tag` alone finds block-level elements and such as have an id or class.
        """
        for selector in selectors:
            *around, last = selector.split()
            found = self._matching(last)
            for outer in reversed(around):
                if not found:
                    break
                holders = set(self._matching(outer))
                found = [box for box in found if any(a in holders for a in box.ancestors())]
            if found:
                return found
        return []

    def _matching(self, simple: str) -> list[Box]:
        cut = max(simple.find("#"), simple.find("."))
        if cut < 0:
            return [box for box in self.boxes if box.tag == simple]
        found = self.index.get(simple[cut:], [])
        return [box for box in found if box.tag == simple[:cut]] if cut else found

    def lines(self, box: Box) -> list[Block]:
        """Return the lines that a box covers."""
        return self.blocks[box.start : box.end]

    def absolute(self, address: str | None) -> str | None:
        """Return an address joined to the page's base if that gives http or https, else None."""
        address = (address or "").strip()
        if not address or address.startswith("#"):
            return None
        try:
            joined = urljoin(self.base, address)
        except ValueError:
            return None
        return joined if joined.lower().startswith(("http://", "https://")) else None

    @cached_property
    def base(self) -> str:
        """The address that relative links are joined to."""
        element = next(self.root.iter("base"), None)
        href = (element.get("href") or "").strip() if element is not None else ""
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    @cached_property
    def title_text(self) -> str:
        """The text of `<title>`, white space folded; empty where there is none."""
        for element in self.root.iter("title"):
            text = text_of(element)
            if text:
                return text
        return ""

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Lower-case `name`, `property` or `itemprop` of each meta -> its contents in order.

        Entities are resolved once by the parser; tags inside a content are left in and are the reader's affair.
        """
        metas: dict[str, list[str]] = {}
        for element in self.root.iter("meta"):
            name = element.get("name") or element.get("property") or element.get("itemprop")
            content = element.get("content")
            if name and content is not None:
                metas.setdefault(name.strip().lower(), []).append(content)
        return metas

    def meta(self, *names: str) -> str:
        """Return the first content that is not blank among some metas (lower-case names), stripped; else an empty string."""
        for name in names:
            for content in self.metas.get(name, ()):
                if content.strip():
                    return content.strip()
        return ""

    @cached_property
    def scripts(self) -> list[str]:
        """The inline scripts."""
        return [element.text for element in self.root.iter("script") if element.text]


def text_of(element: etree._Element) -> str:
    """Return all text under an element, white space folded to single blanks, tail left out."""
    return fold_space("".join(element.itertext()))


def fold_space(text: str) -> str:
    """Fold runs of white space to one blank and drop zero-width, soft-hyphen and private-use characters."""
    text = " ".join(text.split())
    if not text.isprintable():
        text = " ".join("".join(c if c.isprintable() else _STAND_INS.get(c, "") for c in text).split())
    return text


# Characters that `str.isprintable` refuses but that stand for something: unassigned or rare ideographs come through as
# themselves elsewhere; line separators are white space.
_STAND_INS: Final = {"\u2028": " ", "\u2029": " "}


def parse(html: bytes | str, *, url: str = "", content_type: str | None = None) -> Document:
    """Read a page. Never raises on a bad one: an unreadable page is a document without blocks.

    `content_type` is the value of the HTTP header; its charset counts as a browser counts it (see `charset`).
    """
    if isinstance(html, str):
        data, charset = html.removeprefix("\ufeff").encode("utf-8", "replace"), "str"
    else:
        data, charset = to_utf8(html, content_type)
    data = mend(data[:MAX_BYTES])
    root = _tree(data)
    walk = _Walk()
    walk.run(root)
    return Document(url, charset, data, root, walk.blocks, walk.boxes, walk.links, walk.images, walk.index)


# One parser for all pages: lxml locks it, and making one costs a twentieth of a parse.
_PARSER: Final = etree.HTMLParser(
    encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, no_network=True
)


def _tree(data: bytes) -> etree._Element:
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.LxmlError:
        root = None
    return etree.fromstring("<html/>") if root is None else root


_WEAK_SPOT = re.compile(rb"</(?:[bB][oOrR]|[hH][tT])|<[hH][1-6][\s>]")
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
    """
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
    last = data.rfind(b"<!--")
    if last >= 0 and data.find(b"-->", last) < 0 and data.find(b"<!-->", last) < 0:
        data = data[:last] + data[last + 4 :]
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


class _Walk:
    """The one pass over the tree. Iterative, so that depth costs memory and no stack."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        self.links: list[Placed] = []
        self.images: list[Placed] = []
        self.index: dict[str, list[Box]] = {}
        self._parts: list[str] = []
        self._link_count = 0
        self._link_chars = 0

    def _flush(self, box: Box) -> None:
        """End the line that is being gathered."""
        parts = self._parts
        raw = "".join(parts) if len(parts) > 1 else parts[0]
        parts.clear()
        links, link_chars = self._link_count, self._link_chars
        self._link_count = self._link_chars = 0
        while not box.block and box.parent is not None:
            box = box.parent
        pieces = raw.split("\n") if box.tag == "pre" or box.tag == "xmp" else (raw,)
        for piece in pieces:
            text = fold_space(piece)
            if text:
                self.blocks.append(
                    Block(len(self.blocks), text, piece, box, links, min(link_chars, len(text)))
                )

    def run(self, root: etree._Element) -> None:
        """Walk the tree under `root` and fill the views."""
        blocks, parts, flush = self.blocks, self._parts, self._flush
        box = Box(root, "html", None, 0, True, False)
        self.boxes.append(box)
        link: etree._Element | None = None
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                tag: str = element.tag  # type: ignore[assignment]  # comments, whose tag is no str, are not parsed
                role = ROLES.get(tag, Role.INLINE)
                if role == Role.SKIP:
                    walker.skip_subtree()
                    continue
                if role == Role.BLOCK:
                    if parts:
                        flush(box)
                    if element is not root:
                        box = Box(element, tag, box, len(blocks), True, box.hidden)
                        self.boxes.append(box)
                elif role == Role.BREAK:
                    if parts:
                        flush(box)
                    continue
                elif role == Role.LINK and link is None and element.get("href") is not None:
                    link = element
                    self._link_count += 1
                attributes = element.items()
                if attributes:
                    box = self._name(element, tag, attributes, box)
                if role == Role.IMAGE:
                    self.images.append(Placed(element, len(blocks), box))
                elif link is element:
                    self.links.append(Placed(element, len(blocks), box))
                text = element.text
            else:
                if box.element is element:
                    if box.block and parts:
                        flush(box)
                    box.end = len(blocks) + (1 if parts else 0)
                    box = box.parent or box
                if link is element:
                    link = None
                text = element.tail
            if text and (parts or not text.isspace()):
                parts.append(text)
                if link is not None:
                    self._link_chars += len(text.strip())
        if parts:
            flush(box)
        self.boxes[0].end = len(blocks)

    def _name(
        self, element: etree._Element, tag: str, attributes: Iterable[tuple[str, str]], box: Box
    ) -> Box:
        """Note an element's id, classes and hiding; return the box it is in: its own where it has any of these."""
        for name, value in attributes:
            if (
                name == "class"
                or name == "id"
                or (name == "style" and _HIDING.search(value))
                or name == "hidden"
            ):
                if box.element is not element:
                    box = Box(element, tag, box, len(self.blocks), False, box.hidden)
                    self.boxes.append(box)
                if name == "class":
                    box.cls = value
                    for token in value.split():
                        self.index.setdefault("." + token, []).append(box)
                elif name == "id":
                    box.id = value
                    self.index.setdefault("#" + value, []).append(box)
                else:
                    box.hidden = True
        return box
