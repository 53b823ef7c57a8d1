"""A page as every reader sees it: one tree, and the tree flattened once to visual lines.

`parse` decodes the bytes, mends what would swallow text or time, builds the tree and walks it a single
time.
The walk leaves two parallel views:

* `Document.blocks`, the visual lines of the page in reading order.
* `Document.boxes`, the block-level elements, and the inline ones that carry an `id` or a `class`. Each knows
  which slice of `blocks` it covers, so that "the text of this container" is a slice and never a second walk.
  `Document.find` looks boxes up by id, class or tag through an index that the same walk filled.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.extraction.charset import to_utf8
from crawler.extraction.lines import ROLES, Block, Box, Placed, Role, Walk, fold_space, text_of
from crawler.extraction.markup import lay_open, mend, parse_tree
from crawler.extraction.nodes import Node, attribute, children, descendants

__all__ = [
    "ROLES",
    "Block",
    "Box",
    "Document",
    "Placed",
    "Role",
    "fold_space",
    "parse",
    "reread",
    "text_of",
    "unwrapped",
]

MAX_BYTES: Final = 32_000_000
"""Longer pages are cut here; no article is, and the tree of such a page would take gigabytes."""


# What `urljoin` leaves as it is or puts behind the host, if it holds no step that begins with a dot: most
# addresses, in a fraction of its time.
_PATH: Final = r"/[\w%~=&+,@!./-]*(?:\?[\w%~=&+,@!./-]+)?"
_ORIGIN: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?=/)", re.ASCII)
_PLAIN_ADDRESS: Final = re.compile(_ORIGIN.pattern + _PATH, re.ASCII)
_PLAIN_PATH: Final = re.compile("(?!//)" + _PATH, re.ASCII)


@dataclass
class Document:
    """A parsed page."""

    url: str
    """The address it came from; may be empty."""
    charset: str
    """Codec it was decoded with, `str` where it came as characters."""
    data: bytes
    """The page in UTF-8, mended, for what lives in scripts and comments."""
    root: Node
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
    notes: list[Node] = field(default_factory=list, repr=False)
    """The meta, link, base and script elements of the body, where templates put them by mistake."""

    def find(self, *selectors: str) -> list[Box]:
        """Return the boxes of the first of some selectors that matches any, in document order.

        A selector is `#id`, `.class`, `tag`, `tag#id` or `tag.class`; several with blanks between, each
        inside the
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
            return self.by_tag.get(simple, [])
        found = self.index.get(simple[cut:], [])
        return [box for box in found if box.tag == simple[:cut]] if cut else found

    @cached_property
    def by_tag(self) -> dict[str, list[Box]]:
        """Tag -> boxes in document order."""
        by_tag: defaultdict[str, list[Box]] = defaultdict(list)
        for box in self.boxes:
            by_tag[box.tag].append(box)
        return dict(by_tag)

    def lines(self, box: Box) -> list[Block]:
        """Return the lines that a box covers."""
        return self.blocks[box.start : box.end]

    def absolute(self, address: str | None) -> str | None:
        """Return an address joined to the page's base if that gives http or https, else None."""
        address = (address or "").strip()
        if not address or address.startswith("#"):
            return None
        if "/." not in address:
            if _PLAIN_ADDRESS.fullmatch(address):
                return address
            if _PLAIN_PATH.fullmatch(address) and self._origin:
                return self._origin + address
        try:
            joined = urljoin(self.base, address)
            # Without a base, it may be what nobody behind could take apart.
            urlsplit(joined)
        except ValueError:
            return None
        return joined if joined.lower().startswith(("http://", "https://")) else None

    def declared(self, tag: str) -> Sequence[Node]:
        """Return the meta, link, base or script elements, those of the head first."""
        return self._declared.get(tag, ())

    @cached_property
    def _declared(self) -> dict[str, list[Node]]:
        """Tag -> elements of the head, then those of the body that belong there."""
        declared: dict[str, list[Node]] = {}
        for child in children(self.root):
            if child.tag == "head":
                for element in descendants(child):
                    declared.setdefault(element.tag or "", []).append(element)
        for element in self.notes:
            declared.setdefault(element.tag or "", []).append(element)
        return declared

    @cached_property
    def base(self) -> str:
        """The address that relative links are joined to."""
        bases = self.declared("base")
        href = (attribute(bases[0], "href") or "").strip() if bases else ""
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    @cached_property
    def _origin(self) -> str:
        """Scheme and host of the base; empty where it is no address of the web."""
        origin = _ORIGIN.match(self.base)
        return origin[0] if origin else ""

    @cached_property
    def title_text(self) -> str:
        """The text of `<title>`, white space folded; empty where there is none."""
        for title in self._declared.get("title", ()):
            text = text_of(title)
            if text:
                return text
        return self._stray_title()

    def _stray_title(self) -> str:
        """Return the text of a `<title>` outside the head, where broken markup put it."""
        return next(filter(None, map(text_of, descendants(self.root, "title"))), "")

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Lower-case `name`, `property` or `itemprop` of each meta -> its contents in order.

        Entities are resolved once by the parser; tags inside a content are left in and are the reader's
        affair.
        """
        metas: dict[str, list[str]] = {}
        for element in self.declared("meta"):
            attributes = element.attributes
            name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content is not None:
                metas.setdefault(name.strip().lower(), []).append(content)
        return metas

    def meta(self, *names: str) -> str:
        """Return the first content that is not blank among some metas (lower-case names), stripped; else an
        empty string."""
        for name in names:
            for content in self.metas.get(name, ()):
                if content.strip():
                    return content.strip()
        return ""

    @cached_property
    def scripts(self) -> list[str]:
        """The inline scripts."""
        return [text for element in self.declared("script") if (text := element.text_lexbor())]


def parse(html: bytes | str, *, url: str = "", content_type: str | None = None) -> Document:
    """Read a page. Never raises on a bad one: an unreadable page is a document without blocks.

    `content_type` is the value of the HTTP header; its charset counts as a browser counts it (see `charset`).
    An `url` that cannot be taken apart (`http://[x`) counts as none.
    """
    try:
        urlsplit(url)
    except ValueError:
        url = ""
    if isinstance(html, str):
        data, charset = html.removeprefix("\ufeff").encode("utf-8", "replace"), "str"
    else:
        data, charset = to_utf8(html, content_type)
    return _read(mend(data[:MAX_BYTES]), charset, url)


def _read(data: bytes, charset: str, url: str) -> Document:
    root = parse_tree(data)
    walk = Walk()
    walk.run(root)
    return Document(
        url, charset, data, root, walk.blocks, walk.boxes, walk.links, walk.images, walk.index, walk.notes
    )


def reread(document: Document, data: bytes) -> Document:
    """Return a page with other bytes, in UTF-8 and mended like `Document.data`."""
    return _read(data, document.charset, document.url)


def unwrapped(document: Document, least: int = 0) -> Document | None:
    """Return the page with its wrapped markup laid open (see `markup.lay_open`), None where it has none with
    `least` characters of text."""
    data = lay_open(document.data, least)
    return None if data is None else reread(document, data)
