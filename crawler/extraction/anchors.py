"""The links of a page that may lead to articles: text, place and furniture around them."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urldefrag

from crawler.extraction import addresses
from crawler.extraction.addresses import Address, address
from crawler.extraction.document import Box, Document, Placed, fold_space, text_of
from crawler.extraction.labels import fold_width, vocabulary
from crawler.extraction.nodes import Node, attribute, children, descendants

MAX_ANCHORS: Final = 5_000
"""Links of a page that are looked at; the longest real lists have some 2,000."""

MAX_PAGER_LINES: Final = 60
MAX_PAGER_CHARACTERS: Final = 300
LONGEST_PAGER_LINK: Final = 7

_WORDS: Final = vocabulary("lists")
_NOT_HEADLINES: Final = frozenset(_WORDS["not_headlines"])
_NOT_HEADLINE_FORM: Final = re.compile("|".join(_WORDS["not_headline_forms"]))
_FURNITURE_TEXT: Final = re.compile("|".join(map(re.escape, _WORDS["furniture_texts"])))
_FURNITURE_NAMES: Final = frozenset(_WORDS["furniture_names"])
_FURNITURE_TAGS: Final = frozenset(_WORDS["furniture_tags"])
_PAGER_NAMES: Final = frozenset(_WORDS["pager_names"])
_SIDE_NAMES: Final = frozenset(_WORDS["side_names"])
_NAME: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_DEAD: Final = re.compile(r"#|javascript:|mailto:|tel:|data:|about:|void\(", re.IGNORECASE)
_TEMPLATE: Final = re.compile(r"\{\{|\$\{|<[%#?]|%7b%7b|\[!--", re.IGNORECASE)  # what a script was to fill in
_TITLE_LABEL: Final = re.compile(r"^(?:文章)?标 ?题 ?[:：] ?")
_CUT: Final = re.compile(r"(?:…|\.{2,}+|。。)++$")
_EDGE: Final = " \t·•●○◆◇■□▪▶►>»›※★☆-—–|,、"
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ROW_TAGS: Final = frozenset({"li", "tr", "dt", "dd", "p"}) | _HEADINGS
_HEADLINE_CLASS = re.compile(r"title|headline|\btit\b|biaoti|\bbt\b", re.IGNORECASE)

FURNITURE, PAGER, SIDE, PLAIN = "furniture", "pager", "side", ""


@dataclass(slots=True, eq=False)
class Anchor:
    """A link that may lead to an article."""

    placed: Placed
    url: str
    """Absolute, without fragment."""
    text: str
    """The headline as far as the page prints it."""
    address: Address
    place: str
    """`furniture`, `pager`, `side` or empty: what the elements around it are called."""

    @property
    def line(self) -> int:
        """Index of its line in `Document.blocks`."""
        return self.placed.index


@cache
def name_tokens(value: str) -> frozenset[str]:
    """Cut a class or id into its words: `left-navBar2` is left, nav, bar."""
    return frozenset(token.lower() for token in _NAME.findall(value))


def _own_place(box: Box) -> str:
    words = name_tokens(f"{box.cls} {box.id}") if box.cls or box.id else frozenset[str]()
    if box.tag in _FURNITURE_TAGS and words.isdisjoint(_PAGER_NAMES):
        return FURNITURE
    # Rows and what is in them carry names such as `top` (置顶) that mean something else there.
    if (not box.cls and not box.id) or not box.block or box.tag in _ROW_TAGS:
        return PLAIN
    if words & _PAGER_NAMES and words.isdisjoint({"main", "content", "list", "home"}):
        return PAGER
    if words & _FURNITURE_NAMES and words.isdisjoint({"news", "list", "content", "title", "article", "main"}):
        return FURNITURE
    return SIDE if words & _SIDE_NAMES else PLAIN


class Places:
    """Says of a box what the elements around it are called; remembers its answers."""

    def __init__(self, document: Document) -> None:
        self._known: dict[int, str] = {}
        self._blocks = document.blocks

    def of(self, box: Box) -> str:
        """Return `furniture`, `pager`, `side` or an empty string for a box; the outermost furniture wins."""
        chain: list[Box] = []
        at: Box | None = box
        while at is not None and id(at) not in self._known:
            chain.append(at)
            at = at.parent
        place = self._known[id(at)] if at is not None else PLAIN
        for inner in reversed(chain):
            # A box that holds most of the page is a wrapper, whatever its class says.
            if place in (PLAIN, SIDE) and inner.end - inner.start < 0.7 * len(self._blocks):
                own = _own_place(inner)
                if own != PAGER or self._is_short(inner):
                    place = own or place
            self._known[id(inner)] = place
        return place

    def _is_short(self, box: Box) -> bool:
        """Tell whether a box can be a pager: `page` is also what wrappers of whole pages are called."""
        lines = self._blocks[box.start : box.end]
        return (
            len(lines) <= MAX_PAGER_LINES
            and sum(len(line.text) for line in lines) <= MAX_PAGER_CHARACTERS
            and not any(line.links == 1 and line.link_chars >= LONGEST_PAGER_LINK for line in lines)
        )


def comparable(text: str) -> str:
    """Return a text folded for the vocabulary: half width, lower case, no blanks, no marks at the edges."""
    return fold_width(text).replace(" ", "").lower().strip("[]()<>《》【】+»›·:。.!")


def link_text(element: Node) -> str:
    """Return what a link says: the heading in it, its text, its `title` where cut, its picture's name."""
    whole = text_of(element)
    title = _title(element)
    if _has_elements(element) and whole:
        whole = _headline_inside(element) or whole
    whole = whole.strip(_EDGE)
    if title:
        start = _CUT.sub("", whole)
        if (
            not whole
            or (_CUT.search(whole) and title.startswith(start[:6]))
            or (start and title.startswith(start))
        ):
            return title.strip(_EDGE)
    if whole:
        return whole
    for image in descendants(element, "img"):
        name = fold_space(attribute(image, "alt") or attribute(image, "title") or "")
        if name:
            return name
    return title


def _has_elements(element: Node) -> bool:
    return next(children(element), None) is not None


def _title(element: Node) -> str:
    """Return the headline in a link's `title`, which may go on with author and date on further lines."""
    lines = (attribute(element, "title") or "").strip().splitlines()
    return _TITLE_LABEL.sub("", fold_space(lines[0])) if lines else ""


def _headline_inside(element: Node) -> str:
    for inner in descendants(element):
        tag = inner.tag
        if tag in _HEADINGS or (
            inner.mem_id != element.mem_id and _HEADLINE_CLASS.search(attribute(inner, "class") or "")
        ):
            text = text_of(inner)
            if len(text) >= 4:
                return text
    # A card without heading: its first paragraph is the headline, what follows a summary.
    first = next((text for text in map(text_of, descendants(element, "p", "div")) if len(text) >= 4), "")
    return first if first and len(list(descendants(element, "p"))) > 1 else ""


def collect(document: Document) -> list[Anchor]:
    """Return the links that may lead to articles, in reading order.

    Left out are links without a destination, to this very page, to front pages, pictures, sound and
    programs, to twins (BIG5, print, mobile) and traps (calendars, session ids), and links whose text is no
    headline (更多, 首页, 下一页).
    """
    places = Places(document)
    here = urldefrag(document.url)[0]
    resolved: dict[str, str | None] = {}
    anchors: list[Anchor] = []
    for placed in document.links[:MAX_ANCHORS]:
        href = placed.href
        if not href or _DEAD.match(href) or _TEMPLATE.search(href):
            continue
        if href not in resolved:
            url = document.absolute(href)
            resolved[href] = urldefrag(url)[0] if url else None
        url = resolved[href]
        if not url or url == here:
            continue
        read = address(url)
        if read.kind in (addresses.NAVIGATION, addresses.MEDIA, addresses.TRAP):
            continue
        text = link_text(placed.element)
        if text:
            folded = comparable(text)
            if not folded or folded.isdigit() or folded in _NOT_HEADLINES:
                continue
            if _FURNITURE_TEXT.search(folded) or _NOT_HEADLINE_FORM.fullmatch(folded):
                continue
        anchors.append(Anchor(placed, url, text, read, places.of(placed.box)))
    twins = {anchor.url for anchor in anchors if addresses.is_twin(anchor.url)}
    # On a page that is such a twin itself, its articles are twins as well.
    pages = {anchor.url for anchor in anchors if anchor.address.kind != addresses.COLUMN}
    return anchors if len(twins) * 3 > len(pages) else [a for a in anchors if a.url not in twins]
