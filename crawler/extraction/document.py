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
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import unescape
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from crawler.extraction.charset import to_utf8

MAX_BYTES: Final = 32_000_000
"""Longer pages are cut here; no article is, and the tree of such a page would take gigabytes."""


class Role:
    """What an element does to the lines of a page."""

    INLINE, BLOCK, BREAK, SKIP, LINK, IMAGE, MARK, NOTE = range(8)


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
    roles |= dict.fromkeys(("b", "strong", "em", "i"), Role.MARK)
    roles |= dict.fromkeys(("meta", "link", "base"), Role.NOTE)
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

    __slots__ = ("box", "index", "link_chars", "links", "marked", "raw", "text")

    def __init__(
        self,
        index: int,
        text: str,
        raw: str,
        box: Box,
        links: int = 0,
        link_chars: int = 0,
        marked: bool = False,
    ) -> None:
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
        self.marked = marked
        """Whether b, strong, i or em begins in it."""

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


class Placed:
    """A link or picture and where it stands."""

    __slots__ = ("box", "element", "index")

    def __init__(self, element: etree._Element, index: int, box: Box) -> None:
        self.element = element
        """The lxml element."""
        self.index = index
        """Index of the line it stands in, or before which it stands."""
        self.box = box
        """The box it stands in."""

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
    notes: list[etree._Element] = field(default_factory=list, repr=False)
    """The meta, link, base and script elements of the body, where templates put them by mistake."""

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

    def declared(self, tag: str) -> Iterator[etree._Element]:
        """Yield the meta, link, base or script elements, those of the head first."""
        for element in (*self._head, *self.notes):
            if element.tag == tag:
                yield element

    @cached_property
    def _head(self) -> list[etree._Element]:
        head = self.root.find("head")
        return [] if head is None else list(head.iter())

    @cached_property
    def base(self) -> str:
        """The address that relative links are joined to."""
        element = next(self.declared("base"), None)
        href = (element.get("href") or "").strip() if element is not None else ""
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    @cached_property
    def title_text(self) -> str:
        """The text of `<title>`, white space folded; empty where there is none."""
        title = self.root.find("head/title")
        text = text_of(title) if title is not None else ""
        return text or next(filter(None, map(text_of, self.root.iter("title"))), "")

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Lower-case `name`, `property` or `itemprop` of each meta -> its contents in order.

        Entities are resolved once by the parser; tags inside a content are left in and are the reader's affair.
        """
        metas: dict[str, list[str]] = {}
        for element in self.declared("meta"):
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
        return [element.text for element in self.declared("script") if element.text]


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
    return _read(mend(data[:MAX_BYTES]), charset, url)


def _read(data: bytes, charset: str, url: str) -> Document:
    root = _tree(data)
    walk = _Walk()
    walk.run(root)
    return Document(
        url, charset, data, root, walk.blocks, walk.boxes, walk.links, walk.images, walk.index, walk.notes
    )


_WRAPPER = re.compile(rb"<(textarea|noscript|template|xmp|script)\b([^<>]{0,500})>", re.IGNORECASE)
_TEMPLATE_TYPE = re.compile(rb"type\s*=\s*[\"']?text/(?:html|template|x-)", re.IGNORECASE)
_MARKUP = re.compile(rb"(?:<|&lt;)(?:p|br|div|span)\b", re.IGNORECASE)
_LEAST_WRAPPED: Final = 80


def unwrapped(document: Document) -> Document | None:
    """Return the page with what it keeps in textarea, noscript, template or a script of type text/html laid open.

    For pages that show their text by script. None where there is nothing to lay open.
    """
    data = document.data
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
    return _read(b"".join((*pieces, data[done:])), document.charset, document.url)


# One parser for all pages: lxml locks it, and making one costs a twentieth of a parse. `huge_tree` lifts libxml2's limits on
# depth (256 elements, which pages with unclosed tags reach; then 2,048) and on the length of a text.
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


def _tree(data: bytes) -> etree._Element:
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
_LONG_TAG = re.compile(rb"<([a-zA-Z][\w:-]{0,60})\s[^<>]{10000,}>")


def _without_attributes(match: re.Match[bytes]) -> bytes:
    """Take the attributes off a tag with so many that libxml2 would compare them for minutes."""
    tag = match.group()
    return b"<" + match[1] + b">" if tag.count(b"=") + tag.count(b" ") > _MANY_ATTRIBUTES else tag


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
    * A tag with thousands of attributes takes time with the square of their number.
    """
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
    last = data.rfind(b"<!--")
    if last >= 0 and data.find(b"-->", last) < 0 and data.find(b"<!-->", last) < 0:
        data = data[:last] + data[last + 4 :]
    if len(data) > _LARGE:
        data = _LONG_TAG.sub(_without_attributes, data)
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


_ATTRIBUTES: Final = {"class": 1, "id": 2, "style": 3, "hidden": 4, "href": 5}
_PREFORMATTED: Final = frozenset({"pre", "xmp", "listing", "plaintext"})


@lru_cache(maxsize=4096)
def _class_keys(value: str) -> tuple[str, ...]:
    """Return the index keys of a class attribute."""
    return tuple(dict.fromkeys("." + token for token in value.split()))


class _Walk:
    """The one pass over the tree. Iterative, so that depth costs memory and no stack.

    It is the dearest part of reading a page, so it is written for speed: one loop, local names, no calls for an
    element without attributes.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        self.links: list[Placed] = []
        self.images: list[Placed] = []
        self.index: dict[str, list[Box]] = {}
        self.notes: list[etree._Element] = []
        self._parts: list[str] = []
        self._link_count = 0
        self._link_chars = 0
        self._marked = False

    def _flush(self, box: Box) -> None:
        """End the line that is being gathered."""
        parts = self._parts
        raw = "".join(parts) if len(parts) > 1 else parts[0]
        parts.clear()
        links = self._link_count
        if links:
            link_chars, self._link_count, self._link_chars = self._link_chars, 0, 0
        else:
            # The end of a link that began in the line before.
            link_chars, self._link_chars = self._link_chars, 0
        marked, self._marked = self._marked, False
        while not box.block and box.parent is not None:
            box = box.parent
        blocks = self.blocks
        if box.tag in _PREFORMATTED:
            pieces = raw.split("\n")
        else:
            pieces = [raw]
        for piece in pieces:
            text = " ".join(piece.split())
            if not text.isprintable():
                text = fold_space(text)
            if text:
                if link_chars > len(text):
                    link_chars = len(text)
                blocks.append(Block(len(blocks), text, piece, box, links, link_chars, marked))

    def run(self, root: etree._Element) -> None:
        """Walk the tree under `root` and fill the views."""
        blocks, boxes, parts, flush, index = self.blocks, self.boxes, self._parts, self._flush, self.index
        role_of, skip, block, line_break = ROLES.get, Role.SKIP, Role.BLOCK, Role.BREAK
        a_link, mark, note, image = Role.LINK, Role.MARK, Role.NOTE, Role.IMAGE
        meaning_of, (class_, id_, style, _, href) = _ATTRIBUTES.get, range(1, 6)
        box = Box(root, "html", None, 0, True, False)
        boxes.append(box)
        link: etree._Element | None = None
        owner: etree._Element | None = root
        walker = etree.iterwalk(root, events=("start", "end"))
        skip_subtree = walker.skip_subtree
        for event, element in walker:
            if event == "start":
                # Comments, whose tag is no str, are not parsed.
                tag: str = element.tag  # type: ignore[assignment]
                role = role_of(tag)
                if role:
                    if role == block:
                        if parts:
                            flush(box)
                        if element is not root:
                            box = Box(element, tag, box, len(blocks), True, box.hidden)
                            owner = element
                            boxes.append(box)
                    elif role == skip:
                        if tag == "script":
                            self.notes.append(element)
                        skip_subtree()
                        continue
                    elif role == line_break:
                        if parts:
                            flush(box)
                        continue
                    elif role == mark:
                        self._marked = True
                    elif role == note:
                        self.notes.append(element)
                        continue
                for name, value in element.items():
                    meaning = meaning_of(name)
                    if not meaning:
                        continue
                    if meaning == href:
                        if role == a_link and link is None:
                            link = element
                            self._link_count += 1
                            self.links.append(Placed(element, len(blocks), box))
                        continue
                    if meaning == style and (
                        ("none" not in value and "hidden" not in value) or not _HIDING.search(value)
                    ):
                        continue
                    if owner is not element:
                        box = Box(element, tag, box, len(blocks), False, box.hidden)
                        owner = element
                        boxes.append(box)
                    if meaning == class_:
                        box.cls = value
                        for key in _class_keys(value):
                            if key in index:
                                index[key].append(box)
                            else:
                                index[key] = [box]
                    elif meaning == id_:
                        box.id = value
                        index.setdefault("#" + value, []).append(box)
                    else:
                        box.hidden = True
                if role == image:
                    self.images.append(Placed(element, len(blocks), box))
                text = element.text
            else:
                if owner is element:
                    if box.block and parts:
                        flush(box)
                    box.end = len(blocks) + 1 if parts else len(blocks)
                    if box.parent is not None:
                        box = box.parent
                        owner = box.element
                if link is element:
                    link = None
                text = element.tail
            if text and (parts or not text.isspace()):
                parts.append(text)
                if link is not None:
                    self._link_chars += len(text.strip())
        if parts:
            flush(box)
        boxes[0].end = len(blocks)
