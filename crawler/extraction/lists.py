"""List pages: which links lead to articles, what their rows say, and where the list goes on.

No two sites mark a list in the same way, but on every one the rows of a list look alike. The links are
grouped by the elements around them; a group is judged by what its members have in common: days in the rows,
length of the headlines, the shape of the addresses, and what the elements are called. On a list the best
group wins, with the rows that belong to it; on a portal every group that holds articles counts. Words live
in `vocabulary/lists.toml`.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from crawler.extraction import addresses, records
from crawler.extraction.anchors import FURNITURE, PAGER, SIDE, Anchor, collect, comparable
from crawler.extraction.document import Box, Document, parse
from crawler.extraction.labels import vocabulary
from crawler.extraction.listing import Link, Listing, each_once
from crawler.extraction.pagers import next_page
from crawler.extraction.rows import Rows, day_in_row, prints_day, without_edge_date

__all__ = ["Link", "Listing", "read", "read_list"]

SHORTEST_ARRAY: Final = 200
"""Characters of a script below which it cannot hold a list."""
FEWEST_ROWS_OF_DATA: Final = 4
"""Rows that a script must hold more than to be the page's list: carousels have as many."""

_TITLE_KEY: Final = re.compile(r"title['\"]?\s*:", re.IGNORECASE)
_WORDS: Final = vocabulary("lists")
_SIDE_HEADING: Final = re.compile("|".join(_WORDS["side_headings"]))
_LINK_HEADING: Final = re.compile("|".join(_WORDS["link_headings"]))
_BREADCRUMB: Final = re.compile("|".join(_WORDS["breadcrumbs"]))
_STATE: Final = re.compile(
    r"^(?:first|last|odd|even|alt|on|cur|current|active|hover|selected|clearfix|clear|cl|fl|fr|cf)$"
)
_DIGITS: Final = re.compile(r"[\d_-]+$")
_BLOCK_END: Final = re.compile(r".{0,8}(?:更多|more)", re.IGNORECASE)
_PAGER: Final = re.compile(r"下一?[页頁]|后一?[页頁]|尾[页頁]|末[页頁]|共 ?\d+ ?[页頁条]")
_PAGER_CLASSES: Final = tuple(name for name in _WORDS["pager_names"] if name not in ("page", "pages"))
_TITLE_PART: Final = re.compile(r"\s*[-_|–—－＿｜]+\s*")
_DEPTH: Final = 5
_LONG_HEADLINE: Final = 9
_SHORT_HEADLINE: Final = 6


@dataclass
class _Group:
    """Links whose surroundings are alike."""

    anchors: list[Anchor]
    rows_with_day: int
    """How many rows print a day, were it without a year."""
    heading: str

    def __len__(self) -> int:
        return len(self.anchors)

    @cached_property
    def dated(self) -> float:
        return self.rows_with_day / len(self.anchors)

    @cached_property
    def length(self) -> float:
        return median(len(anchor.text) for anchor in self.anchors)

    def share(self, kind: str) -> float:
        """Return the share of addresses of a kind."""
        return sum(anchor.address.kind == kind for anchor in self.anchors) / len(self.anchors)

    def placed(self, place: str) -> bool:
        """Tell whether most of the group stands in elements called so."""
        return sum(anchor.place == place for anchor in self.anchors) * 2 > len(self.anchors)

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The shapes of at least a fifth of the addresses, of article addresses where there are any."""
        kinds = (
            (addresses.ARTICLE,)
            if self.share(addresses.ARTICLE) >= 0.3
            else (addresses.UNSURE, addresses.ATTACHMENT)
        )
        counts = Counter(a.address.shape for a in self.anchors if a.address.kind in kinds)
        return frozenset(shape for shape, count in counts.items() if count * 5 >= len(self.anchors))

    @cached_property
    def likeness(self) -> float:
        """The share of the commonest shape of address: one CMS has one, a block of services has many."""
        return Counter(a.address.shape for a in self.anchors).most_common(1)[0][1] / len(self)

    @cached_property
    def hosts(self) -> int:
        return len({urlsplit(anchor.url).netloc for anchor in self.anchors})

    @cached_property
    def holds_files(self) -> bool:
        """Whether most of it are documents to download."""
        return self.share(addresses.ATTACHMENT) >= 0.5 and self.share(addresses.ARTICLE) < 0.3

    def stands_among(self, other: "_Group") -> bool:
        """Tell whether its links stand between those of a group of articles: files of these rows."""
        return not other.holds_files and other.first <= self.first and self.first <= other.last

    @property
    def first(self) -> int:
        return self.anchors[0].line

    @property
    def last(self) -> int:
        return self.anchors[-1].line

    @cached_property
    def weight(self) -> float:
        """How much of a list it is: rows, counted double where dated, less where the headlines are short."""
        return self.longest_run * (1 + self.dated) * min(self.length, 16) / 16

    @cached_property
    def longest_run(self) -> int:
        """How many links stand together at most: headings between them make several blocks."""
        longest = run = 1
        for before, after in pairwise(self.anchors):
            run = run + 1 if after.line - before.line <= self.widest_gap else 1
            longest = max(longest, run)
        return longest

    @cached_property
    def widest_gap(self) -> int:
        """Lines from one link to the next within a block; rows of many lines vary in height."""
        gaps = Counter(after.line - before.line for before, after in pairwise(self.anchors))
        usual = gaps.most_common(1)[0][0] if gaps else 0
        return usual if usual <= 2 else 2 * usual

    @cached_property
    def holds_articles(self) -> bool:
        """Whether the group by itself shows that it lists articles."""
        if self.placed(PAGER) or (self.placed(FURNITURE) and self.dated < 0.5):
            return False
        if _LINK_HEADING.search(self.heading) and self.dated < 0.5:
            return False
        if self.share(addresses.COLUMN) > 0.6 and self.dated < 0.5:
            return False
        if self.dated >= 0.5 and self.length >= 4 and self.share(addresses.COLUMN) < 1:
            return len(self) >= 2 or self.share(addresses.ARTICLE) == 1
        if self.hosts > 3 and self.hosts * 2 > len(self):
            return False
        if self.likeness < 0.5:
            return False
        if self.share(addresses.ARTICLE) >= 0.5:
            return len(self) >= 3 and self.length >= _SHORT_HEADLINE + 1
        return len(self) >= 4 and self.length >= _LONG_HEADLINE + 1


def read_list(html: bytes | str, *, url: str = "") -> Listing:
    """Read a list page. Never raises on a bad page: one without a list gives a listing without links."""
    return read(parse(html, url=url))


def read(document: Document) -> Listing:
    """Read the list on a parsed page."""
    anchors = collect(document)
    rows = Rows(document, anchors)
    texts = {id(a): rows.texts(a) for a in anchors}
    days = {id(a): day_in_row(texts[id(a)], a) for a in anchors}
    groups = _groups(document, anchors, {key for key in days if days[key] or prints_day(texts[key])})
    following, post_back = next_page(document)
    chosen, shape = _choose(document, groups, paged=bool(following or post_back) or _has_pager(document))
    links = _links(chosen, days)
    data, data_following = _given_as_data(document, len(links))
    if data:
        return Listing(data, data_following or following, post_back)
    return Listing(links, following, post_back, shape)


def _has_pager(document: Document) -> bool:
    """Tell whether an element is called a pager: the last page of a list has one too, and no next page."""
    return any(mark + name in document.index for name in _PAGER_CLASSES for mark in ".#")


def _signatures(anchors: list[Anchor]) -> list[tuple[str, ...]]:
    known: dict[int, str] = {}

    def name(box: Box) -> str:
        if id(box) not in known:
            classes = [_DIGITS.sub("", c) for c in box.cls.split() if not _STATE.match(c.lower())]
            known[id(box)] = f"{box.tag}.{classes[0]}" if classes else box.tag
        return known[id(box)]

    signatures = []
    for anchor in anchors:
        names: list[str] = []
        box: Box | None = anchor.placed.box
        while box is not None and len(names) < _DEPTH:
            if box.block:
                names.append(name(box))
            box = box.parent
        signatures.append(tuple(names))
    return signatures


def _groups(document: Document, anchors: list[Anchor], dated: set[int]) -> list[_Group]:
    """Group links by the elements around them; of the links to one address in a group the best text stays."""
    members: dict[tuple[str, ...], dict[str, Anchor]] = {}
    for anchor, signature in zip(anchors, _signatures(anchors), strict=True):
        group = members.setdefault((*signature, anchor.place), {})
        held = group.get(anchor.url)
        if held is None or len(held.text) < len(anchor.text) <= 80:
            group[anchor.url] = anchor
    groups = []
    for by_url in members.values():
        kept = sorted((a for a in by_url.values() if a.text), key=lambda a: a.line)
        if kept:
            heading = _heading(document, kept[0].line)
            groups.append(_Group(kept, sum(id(a) in dated for a in kept), heading))
    return sorted(groups, key=lambda g: g.first)


def _heading(document: Document, line: int) -> str:
    """Return the short line in front of a block of links."""
    for block in reversed(document.blocks[max(0, line - 3) : line]):
        text = comparable(block.text)
        if 2 <= len(text) <= 16 and not text.isdigit() and text not in ("更多", "more"):
            return text
    return ""


def _choose(document: Document, groups: list[_Group], *, paged: bool) -> tuple[list[Anchor], str]:
    good = [g for g in groups if g.holds_articles]
    good = [g for g in good if not g.holds_files or not any(g.stands_among(other) for other in good)]
    if not good:
        return [], "list"
    main = _main_group(document, good, paged=paged)
    if main is None:
        shape = "list" if len(good) == 1 and not _is_divided(document, good[0]) else "portal"
        return _portal(groups, [g for g in good if not g.holds_files]), shape
    return _with_kin(groups, main), "list"


def _main_group(document: Document, good: list[_Group], *, paged: bool) -> _Group | None:
    """Return the group that is the page's list, or None where several blocks have equal rights."""
    breadcrumb = next((b.index for b in document.blocks if _BREADCRUMB.search(b.text[:30])), None)
    pager = max(
        (b.index for b in document.blocks if len(b.text) <= 200 and _PAGER.search(b.text)), default=-1
    )
    before_pager = max((g for g in good if g.first < pager), key=lambda g: g.last, default=None)
    column = comparable(_TITLE_PART.split(document.title_text, maxsplit=1)[0])

    def rank(group: _Group) -> float:
        weight = group.weight
        if group.placed(SIDE) or _SIDE_HEADING.search(group.heading):
            weight *= 0.4
        if breadcrumb is not None and group.first < breadcrumb:
            weight *= 0.5
        if group is before_pager:
            weight *= 2
        return weight * 2 if group.heading and group.heading == column else weight

    ranked = sorted(good, key=rank, reverse=True)
    best = ranked[0]
    second = max((rank(g) for g in ranked[1:] if g.shapes & best.shapes or g.dated), default=0.0)
    rest = sum(rank(g) for g in ranked[1:])
    if not paged and _is_divided(document, best):
        return None
    if not paged and breadcrumb is None and (best.dated < 0.5 or rank(best) < 3 * rest):
        return None  # the front page of a site or a channel
    return best if paged or (rank(best) >= 1.3 * second and rank(best) >= 0.8 * rest) else None


def _is_divided(document: Document, group: _Group) -> bool:
    """Tell whether a group is several blocks: between its rows stands 更多."""
    for before, after in pairwise(group.anchors):
        gap = document.blocks[before.line + 1 : after.line]
        if any(_BLOCK_END.fullmatch(comparable(block.text)) for block in gap[-6:]):
            return True
    return False


def _with_kin(groups: list[_Group], main: _Group) -> list[Anchor]:
    """Return the main group's links and those of other groups that stand among its rows (pinned ones)."""
    around = _common_box(main.anchors)
    chosen = list(main.anchors)
    for group in groups:
        if group is main or group.placed(PAGER) or group.placed(FURNITURE):
            continue
        for anchor in group.anchors:
            inside = around is None or around in (anchor.placed.box, *anchor.placed.box.ancestors())
            near = main.first - 6 <= anchor.line <= main.last
            if inside and near and anchor.address.shape in main.shapes and len(anchor.text) >= 4:
                chosen.append(anchor)
    return [a for a in chosen if _belongs(a, main)]


def _belongs(anchor: Anchor, group: _Group) -> bool:
    """Drop the odd column, file or short link out of a group of articles."""
    kind = anchor.address.kind
    if kind == addresses.COLUMN:
        return group.share(addresses.COLUMN) > 0.5
    if kind == addresses.ATTACHMENT:
        return group.holds_files
    return True


def _common_box(anchors: list[Anchor]) -> Box | None:
    """Return the smallest block that holds all of some links."""
    common: list[Box] | None = None
    for anchor in anchors:
        chain = [box for box in (anchor.placed.box, *anchor.placed.box.ancestors()) if box.block]
        if common is None:
            common = chain
        else:
            held = set(map(id, chain))
            common = [box for box in common if id(box) in held]
    return common[0] if common else None


def _portal(groups: list[_Group], good: list[_Group]) -> list[Anchor]:
    """Return the links of all blocks with articles, and lone links whose addresses look like theirs."""
    shapes = frozenset[str]().union(*(g.shapes for g in good if len(g) >= 3 or g.dated))
    chosen = [a for g in good for a in g.anchors if _belongs(a, g)]
    for group in groups:
        if (
            group in good
            or group.placed(PAGER)
            or group.placed(FURNITURE)
            or _LINK_HEADING.search(group.heading)
        ):
            continue
        chosen.extend(
            a
            for a in group.anchors
            if a.address.shape in shapes
            and a.address.kind != addresses.COLUMN
            and len(a.text) >= _SHORT_HEADLINE
        )
    return chosen


def _links(anchors: list[Anchor], days: dict[int, str | None]) -> list[Link]:
    in_order = sorted(anchors, key=lambda a: a.line)
    return each_once([Link(a.url, without_edge_date(a.text), days[id(a)]) for a in in_order])


def _given_as_data(document: Document, printed: int) -> tuple[list[Link], str | None]:
    """Return rows that scripts hold in the page's place, if more than it prints, and what follows."""
    if b"<record>" in document.data:
        links, following = records.links_in_datastore(document.data.decode("utf-8", "replace"), document.base)
        if len(links) > printed:
            return links, following
    found: list[Link] = []
    for script in document.scripts:
        if len(script) > SHORTEST_ARRAY and _TITLE_KEY.search(script):
            found.extend(records.links_in_script(script, document.base))
    found = each_once(found)
    return (found, None) if len(found) > max(printed, FEWEST_ROWS_OF_DATA) else ([], None)
