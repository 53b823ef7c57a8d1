"""The lines of a page: what a browser would show as lines, each with the element it stands in.

A line ends where a browser would end it: at `<br>`, and at the edges of block-level elements and table cells.
Inline elements are joined without blanks.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from crawler.extraction.nodes import COMMENT, SCRIPT, TEXT, Node, attribute


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
_COMMON: Final = 256
"""lexbor numbers the tags of HTML below this, the same in every page; others anew for each."""
_KNOWN: Final[dict[int, int]] = {COMMENT: Role.SKIP}


def _known_role(node: Node) -> int:
    """Return the role of an element, and keep it if its number means the same in every page."""
    role = ROLES.get(node.tag or "", Role.INLINE)
    if node.tag_id < _COMMON:
        _KNOWN[node.tag_id] = role
    return role


_LEVELS: Final = {f"h{n}": n for n in range(1, 7)}


class Box:
    """An element that covers a slice of the page's lines."""

    __slots__ = ("block", "cls", "element", "end", "hidden", "id", "parent", "start", "tag")

    def __init__(
        self, element: Node, tag: str, parent: "Box | None", start: int, block: bool, hidden: bool
    ) -> None:
        self.id = ""
        """Value of the `id` attribute."""
        self.cls = ""
        """Value of the `class` attribute."""
        self.element = element
        """The node."""
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
    def element(self) -> Node:
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

    def __init__(self, element: Node, index: int, box: Box) -> None:
        self.element = element
        """The node."""
        self.index = index
        """Index of the line it stands in, or before which it stands."""
        self.box = box
        """The box it stands in."""

    @property
    def href(self) -> str:
        """The link's address as written, without surrounding white space."""
        return (attribute(self.element, "href") or "").strip()

    @property
    def text(self) -> str:
        """The link's text with white space folded."""
        return text_of(self.element)


def text_of(element: Node) -> str:
    """Return all text under an element, white space folded to single blanks, tail left out."""
    return fold_space(element.text_lexbor())


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


def _hides(style: str) -> bool:
    """Tell whether a style attribute hides its element."""
    style = "".join(style.split()).lower()
    return "display:none" in style or "visibility:hidden" in style


_PREFORMATTED: Final = frozenset({"pre", "xmp", "listing", "plaintext"})


class _ClassKeys(dict[str, tuple[str, ...]]):
    """The index keys of class attributes; remembered, as pages of a site share them."""

    def __missing__(self, value: str) -> tuple[str, ...]:
        if len(self) >= _MOST_VALUES:
            self.clear()
        tokens = value.split()
        keys = ("." + tokens[0],) if len(tokens) == 1 else tuple(dict.fromkeys(["." + t for t in tokens]))
        if len(value) <= _LONGEST_VALUE:
            self[value] = keys
        return keys


_MOST_VALUES: Final = 4_096
_LONGEST_VALUE: Final = 1_000
_CLASS_KEYS: Final = _ClassKeys()


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
        self.notes: list[Node] = []
        self._parts: list[str] = []
        self._link_count = 0
        self._link_chars = 0
        self._marked = False

    def _flush(self, box: Box) -> None:
        """End the line that is being gathered."""
        parts = self._parts
        raw = "".join(parts) if len(parts) > 1 else parts[0]
        parts.clear()
        links, link_chars, marked = self._link_count, self._link_chars, self._marked
        if links:
            self._link_count = 0
        if link_chars:
            # Without a count it is the end of a link that began in the line before.
            self._link_chars = 0
        if marked:
            self._marked = False
        while not box.block and box.parent is not None:
            box = box.parent
        blocks = self.blocks
        for piece in raw.split("\n") if box.tag in _PREFORMATTED else (raw,):
            text = " ".join(piece.split())
            if not text.isprintable():
                text = fold_space(text)
            if text:
                chars = link_chars if link_chars < len(text) else len(text)
                blocks.append(Block(len(blocks), text, piece, box, links, chars, marked))

    def run(self, root: Node) -> None:
        """Walk the tree under `root` and fill the views."""
        blocks, boxes, parts, flush, index = self.blocks, self.boxes, self._parts, self._flush, self.index
        known, known_role, class_keys = _KNOWN, _known_role, _CLASS_KEYS
        inline, skip, block, line_break = Role.INLINE, Role.SKIP, Role.BLOCK, Role.BREAK
        a_link, mark, note, image = Role.LINK, Role.MARK, Role.NOTE, Role.IMAGE
        box = Box(root, "html", None, 0, True, False)
        boxes.append(box)
        link: Node | None = None
        owner: Node | None = root
        node = root
        around: list[Node] = []
        while True:
            tag_id = node.tag_id
            if tag_id == TEXT:
                text = node.text_content
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if link is not None:
                        self._link_chars += len(text.strip())
                following = node.next
                if following is not None:
                    node = following
                    continue
                node = around.pop()
            else:
                inner: Node | None = None
                role = known[tag_id] if tag_id in known else known_role(node)
                if role == block:
                    if parts:
                        flush(box)
                    if node is not root:
                        box = Box(node, node.tag or "", box, len(blocks), True, box.hidden)
                        owner = node
                        boxes.append(box)
                    inner = node.first_child
                elif role in (inline, a_link):
                    inner = node.first_child
                elif role == image:
                    pass
                elif role == mark:
                    self._marked = True
                    inner = node.first_child
                else:
                    if role == line_break:
                        if parts:
                            flush(box)
                    elif role == note or tag_id == SCRIPT:
                        self.notes.append(node)
                    role = skip
                if role != skip:
                    attributes = node.attributes
                    if attributes:
                        if role == a_link and link is None and "href" in attributes:
                            link = node
                            self._link_count += 1
                            self.links.append(Placed(node, len(blocks), box))
                        get = attributes.get
                        cls, identity, style = get("class"), get("id"), get("style")
                        hiding = "hidden" in attributes or (
                            style and ("none" in style or "hidden" in style) and _hides(style)
                        )
                        if owner is not node and (cls is not None or identity is not None or hiding):
                            box = Box(node, node.tag or "", box, len(blocks), False, box.hidden)
                            owner = node
                            boxes.append(box)
                        if hiding:
                            box.hidden = True
                        if cls:
                            box.cls = cls
                            for key in class_keys[cls]:
                                if key in index:
                                    index[key].append(box)
                                else:
                                    index[key] = [box]
                        if identity is not None:
                            box.id = identity
                            index.setdefault("#" + identity, []).append(box)
                    if role == image:
                        self.images.append(Placed(node, len(blocks), box))
                if inner is not None:
                    around.append(node)
                    node = inner
                    continue
            while True:
                if owner is node:
                    if box.block and parts:
                        flush(box)
                    box.end = len(blocks) + 1 if parts else len(blocks)
                    if box.parent is not None:
                        box = box.parent
                        owner = box.element
                if link is node:
                    link = None
                if not around:
                    if parts:
                        flush(box)
                    boxes[0].end = len(blocks)
                    return
                following = node.next
                if following is not None:
                    node = following
                    break
                node = around.pop()
