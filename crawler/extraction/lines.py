"""The lines of a page: what a browser would show as lines, each with the element it stands in.

A line ends where a browser would end it: at `<br>`, and at the edges of block-level elements and table cells.
Inline elements are joined without blanks.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml import etree


class Role:
    """What an element does to the lines of a page."""

    INLINE, BLOCK, BREAK, SKIP, LINK, IMAGE, MARK, NOTE = range(8)


def _roles() -> dict[str, int]:
    block = (
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
        "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup html legend li listing main "
        "marquee menu nav noframes ol p plaintext pre section summary table tbody td tfoot th thead tr ul "
        "xmp founder-content cms-content"
    )
    skip = (
        "applet audio button canvas embed frame head iframe map math noscript object option rp rt script "
        "select style svg template textarea title video"
    )
    roles = dict.fromkeys(block.split(), Role.BLOCK) | dict.fromkeys(skip.split(), Role.SKIP)
    roles |= dict.fromkeys(("b", "strong", "em", "i"), Role.MARK)
    roles |= dict.fromkeys(("meta", "link", "base"), Role.NOTE)
    return roles | {"br": Role.BREAK, "hr": Role.BREAK, "a": Role.LINK, "img": Role.IMAGE}


ROLES: Final = _roles()
"""Tag -> role; tags that are not here are inline."""
_LEVELS: Final = {f"h{n}": n for n in range(1, 7)}


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
        """Index after the last line it covers. An inline box may share its first and last line with other
        text."""
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
        """Whether a browser would not show it. Kept, because some sites hide the very text or its
        metadata."""
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


def text_of(element: etree._Element) -> str:
    """Return all text under an element, white space folded to single blanks, tail left out."""
    return fold_space("".join(element.itertext()))


def fold_space(text: str) -> str:
    """Fold runs of white space to one blank; drop controls, zero-width, soft-hyphen and private-use
    characters."""
    text = " ".join(text.split())
    if not text.isprintable():
        text = " ".join("".join(filter(_is_shown, text)).split())
    return text


def _is_shown(char: str) -> bool:
    # Ideographs that this Python's Unicode does not know yet count as unassigned (Cn), and are shown.
    return char.isprintable() or unicodedata.category(char) == "Cn"


_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_ATTRIBUTES: Final = {"class": 1, "id": 2, "style": 3, "hidden": 4, "href": 5}
_PREFORMATTED: Final = frozenset({"pre", "xmp", "listing", "plaintext"})


@lru_cache(maxsize=4096)
def _class_keys(value: str) -> tuple[str, ...]:
    """Return the index keys of a class attribute."""
    return tuple(dict.fromkeys("." + token for token in value.split()))


class Walk:
    """The one pass over the tree. Iterative, so that depth costs memory and no stack.

    It is the dearest part of reading a page, so it is written for speed: one loop, local names, no calls for
    an element without attributes.
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
        pieces = raw.split("\n") if box.tag in _PREFORMATTED else [raw]
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
