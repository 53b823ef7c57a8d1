"""The lines of a page: what a browser would show as lines, each with the element it stands in.

A line ends where a browser would end it: at `<br>`, and at the edges of block-level elements and table cells.
Inline elements are joined without blanks.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
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

    __slots__ = ("block", "cls", "element", "end", "hidden", "id", "order", "parent", "start", "tag")

    def __init__(
        self,
        element: etree._Element,
        tag: str,
        parent: "Box | None",
        start: int,
        order: int,
        hidden: bool,
        block: bool = True,
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
        self.order = order
        """Its place in `Document.boxes`."""
        self.hidden = hidden
        """Whether it or an element around it is `display:none`, `visibility:hidden` or `hidden`."""
        self.block = block
        """Whether it is block-level (else an inline element with an id, a class or a hiding style)."""
        self.id = ""
        """Value of the `id` attribute."""
        self.cls = ""
        """Value of the `class` attribute."""

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

_NAMING: Final = frozenset({"class", "id", "style", "hidden"})
"""The attributes for which an inline element has a box; `style` only where it hides."""
_CHILDLESS: Final = frozenset({Role.SKIP, Role.BREAK, Role.NOTE})
"""The roles of elements whose content is no text of the page."""
_PREFORMATTED: Final = frozenset({"pre", "xmp", "listing", "plaintext"})


def _hides(style: str) -> bool:
    return ("none" in style or "hidden" in style) and _HIDING.search(style) is not None


@lru_cache(maxsize=4096)
def _class_keys(value: str) -> tuple[str, ...]:
    """Return the index keys of a class attribute."""
    return tuple(dict.fromkeys("." + token for token in value.split()))


class _Ends:
    """What the end of an element ends."""

    BOX, LINE, LINK = 1, 2, 4


_ORDER: Final = attrgetter("order")


class Walk:
    """The one pass over the tree. Iterative, so that depth costs memory and no stack.

    It is the dearest part of reading a page, so it is written for speed: an element without children is done
    in one turn, and what most elements need stands in the loop itself.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        self.links: list[Placed] = []
        self.images: list[Placed] = []
        self.index: dict[str, list[Box]] = {}
        self.notes: list[etree._Element] = []

    def run(self, root: etree._Element) -> None:
        """Walk the tree under `root` and fill the views."""
        blocks, boxes, links, images, index = self.blocks, self.boxes, self.links, self.images, self.index
        block, line_break, note, mark, image = Role.BLOCK, Role.BREAK, Role.NOTE, Role.MARK, Role.IMAGE
        role_of, childless, naming = ROLES.get, _CHILDLESS, _NAMING
        ends_box, ends_link, ends_block = _Ends.BOX, _Ends.LINK, _Ends.BOX | _Ends.LINE
        classes: dict[str, list[Box]] = {}
        # What is around the root has no lines; the root's own box is the first.
        box = Box(root, "", None, 0, -1, False)
        # The line that is being gathered.
        parts: list[str] = []
        link_count = link_chars = 0
        in_link = marked = False

        def flush() -> None:
            """End the line that is being gathered."""
            nonlocal link_count, link_chars, marked
            raw = "".join(parts) if len(parts) > 1 else parts[0]
            parts.clear()
            holder = box
            while not holder.block and holder.parent is not None:
                holder = holder.parent
            for piece in raw.split("\n") if holder.tag in _PREFORMATTED else (raw,):
                text = " ".join(piece.split())
                if not text.isprintable():
                    text = fold_space(text)
                if text:
                    if link_chars > len(text):
                        link_chars = len(text)
                    blocks.append(Block(len(blocks), text, piece, holder, link_count, link_chars, marked))
            # A link that goes on in the next line gives it characters, but is counted once.
            link_count = link_chars = 0
            marked = False

        def leave(ends: int) -> None:
            """End what an element's end ends."""
            nonlocal box, in_link
            if ends & _Ends.BOX:
                if ends & _Ends.LINE and parts:
                    flush()
                box.end = len(blocks) + 1 if parts else len(blocks)
                box = box.parent or box
            if ends & _Ends.LINK:
                in_link = False

        # Elements that are open: what is left of the children around each, and what its end ends.
        around: list[tuple[Iterator[etree._Element], etree._Element, int]] = []
        children: Iterator[etree._Element] = iter((root,))
        parent, ends = root, 0
        while True:
            for element in children:
                # Comments, whose tag is no str, are not parsed.
                tag: str = element.tag  # type: ignore[assignment]
                role = role_of(tag)
                own = 0
                if role:
                    if role == block:
                        if parts:
                            flush()
                        box = Box(element, tag, box, len(blocks), len(boxes), box.hidden)
                        boxes.append(box)
                        own = ends_block
                    elif role in childless:
                        if role == line_break:
                            if parts:
                                flush()
                        elif role == note or tag == "script":
                            self.notes.append(element)
                        text = element.tail
                        if text and (parts or not text.isspace()):
                            parts.append(text)
                            if in_link:
                                link_chars += len(text.strip())
                        continue
                    elif role == mark:
                        marked = True
                for name, value in element.items():
                    if name == "href":
                        if tag == "a" and not in_link:
                            in_link = True
                            link_count += 1
                            links.append(Placed(element, len(blocks), box))
                            own |= ends_link
                    elif name in naming and (name != "style" or _hides(value)):
                        if not own & ends_box:
                            box = Box(element, tag, box, len(blocks), len(boxes), box.hidden, False)
                            boxes.append(box)
                            own |= ends_box
                        if name == "class":
                            box.cls = value
                            if value in classes:
                                classes[value].append(box)
                            else:
                                classes[value] = [box]
                        elif name == "id":
                            box.id = value
                            index.setdefault("#" + value, []).append(box)
                        else:
                            box.hidden = True
                if role == image:
                    images.append(Placed(element, len(blocks), box))
                text = element.text
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if in_link:
                        link_chars += len(text.strip())
                if len(element):
                    around.append((children, parent, ends))
                    children, parent, ends = iter(element), element, own
                    break
                if own:
                    leave(own)
                text = element.tail
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if in_link:
                        link_chars += len(text.strip())
            else:
                if not around:
                    break
                if ends:
                    leave(ends)
                text = parent.tail
                children, parent, ends = around.pop()
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if in_link:
                        link_chars += len(text.strip())
        boxes[0].parent = None
        self._index_classes(classes)

    def _index_classes(self, classes: dict[str, list[Box]]) -> None:
        """Index the boxes by the names in their classes, of which most are written alike many times."""
        index = self.index
        for value, boxes in classes.items():
            for key in _class_keys(value):
                # Names that always stand together share a list.
                index[key] = sorted(index[key] + boxes, key=_ORDER) if key in index else boxes
