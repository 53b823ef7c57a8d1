"""Find the article's text: the element that holds it, and exactly which of its lines are text."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, compress
from operator import attrgetter
from typing import Final

from crawler.extraction import above_text, insets, short_texts, trimming
from crawler.extraction.copies import densest_copy
from crawler.extraction.document import Block, Box, Document, Placed
from crawler.extraction.furniture import is_comment_name, is_footer_line, is_never_text, named_boxes, squash
from crawler.extraction.layouts import GENERIC, Layout, common
from crawler.extraction.prose import SHORT, prose


@dataclass(slots=True)
class BodyRegion:
    """Where the article's text stands among the page's lines."""

    container: Box | None
    """The element that holds the text; None where the page has none."""
    start: int
    """Index of the first line of text in `Document.blocks`."""
    end: int
    """Index after the last line of text."""
    lines: list[int] = field(default_factory=list)
    """Indexes of the lines that are text, in order: start to end without the furniture between."""
    rule: str = "none"
    """What found it: `layout:<name>` or the name of a generic rule."""

    def before(self, document: Document, limit: int = 40) -> list[Block]:
        """Return at most `limit` lines in front of the text, in reading order: headline and info line."""
        return document.blocks[max(0, self.start - limit) : self.start]

    def after(self, document: Document, limit: int = 40) -> list[Block]:
        """Return the first `limit` lines behind the text: editors and 来源 trailers, then furniture."""
        return document.blocks[self.end : self.end + limit]

    def text(self, document: Document) -> list[Block]:
        """Return the lines of text."""
        return [document.blocks[i] for i in self.lines]


_line_of = attrgetter("index")


def between(placed: Sequence[Placed], first: int, last: int) -> Sequence[Placed]:
    """Return the links or pictures that stand in the lines from one to another, both included.

    They come in reading order, so that the many in menus need not be looked at.
    """
    start = bisect_left(placed, first, key=_line_of)
    return placed[start : bisect_right(placed, last, start, key=_line_of)]


# A container is never one of these: its siblings are paragraphs of the same text.
_LINE_TAGS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "dl", "ul", "ol", "tr", "tbody", "thead"}
    | {"tfoot", "pre", "center", "blockquote"}
)


class _Weights:
    """Prefix sums over the lines, so that any box is weighed in constant time."""

    def __init__(self, document: Document, named: Sequence[Box]) -> None:
        self.blocks = blocks = document.blocks
        every = [0.0] * len(blocks)
        weighty: list[int] = []
        for index, block in enumerate(blocks):
            text = block.text
            size = len(text)
            plain = size - block.link_chars
            if plain * 2 < size:
                continue  # menus are most lines of a page
            every[index] = plain * 0.15 if size < SHORT else prose(text, size, plain)
            weighty.append(index)
        _discount_headlines(document, every, weighty)
        _discount_teasers(blocks, every, weighty)
        whole = sum(every)
        if whole < _SCANT:
            # Where there is little text the foot of the page would outweigh it.
            every = [
                0.0 if w and is_footer_line(squash(b.text)) else w for b, w in zip(blocks, every, strict=True)
            ]
            whole = sum(every)
        hidden = [index for index in weighty if blocks[index].box.hidden]
        if hidden:
            shown = every.copy()
            for index in hidden:
                shown[index] = 0.0
            # Some sites hide the text and show it by script.
            if whole <= 2 * sum(shown) + _LITTLE:
                every = shown
        self.each = every
        """Running text of each line."""
        self._sum()
        if self._discount(named):
            self._sum()

    def _sum(self) -> None:
        self.sums = [0.0, *accumulate(self.each)]
        self.total = self.sums[-1]

    def _discount(self, named: Sequence[Box]) -> bool:
        """Take furniture elements out of the reckoning; comments too where something else is left."""
        changed = 0
        for box in named:
            if box.end <= changed:
                continue
            weight = self.of(box.start, box.end)
            if weight and (
                weight < 0.4 * self.total
                or (is_never_text(box) and not self._is_text_all_the_same(box, weight))
                or (self.total - weight > _A_LITTLE and _holds_comments(box))
            ):
                self.each[box.start : box.end] = [0.0] * (box.end - box.start)
                changed = box.end
        return changed > 0

    def _is_text_all_the_same(self, box: Box, weight: float) -> bool:
        """Tell whether a box is a frame around the whole page, whatever its class (wrap with-nav), or a menu
        that holds the only sentence there is: what a video is about, under its tabs."""
        lines = box.end - box.start
        if weight <= _NEARLY_ALL * self.total:
            return False
        if lines > _NEARLY_ALL * len(self.each):
            return True
        return lines <= _TABS and any(
            b.text.endswith("。") and len(b.text) > _SENTENCE and not is_footer_line(squash(b.text))
            for b in self.blocks[box.start : box.end]
        )

    def leave_out(self, box: Box) -> None:
        """Let a box count as if it were empty."""
        self.each[box.start : box.end] = [0.0] * (box.end - box.start)
        self._sum()

    def of(self, start: int, end: int) -> float:
        """Return the running text in the lines from `start` up to `end`."""
        return self.sums[end] - self.sums[start]


def _holds_comments(box: Box) -> bool:
    return is_comment_name(box.cls) or is_comment_name(box.id)


_NEARLY_ALL: Final = 0.8
_TABS: Final = 12
_SENTENCE: Final = 30
_LITTLE: Final = 80
_A_LITTLE: Final = 25
_NOTHING: Final = 8
_SCANT: Final = 400


def _discount_headlines(document: Document, each: list[float], weighty: Iterable[int]) -> None:
    """Take off the weight of lines that are the page's title: a long headline is no running text."""
    title = document.title_text
    if len(title) < SHORT:
        return
    opening = title[:_SAME]
    for index in weighty:
        text = document.blocks[index].text
        if text.startswith(opening) and title.startswith(text):
            each[index] = 0.0


_SAME: Final = 4


def _discount_teasers(blocks: Sequence[Block], each: list[float], weighty: Iterable[int]) -> None:
    """Take off weight from summaries in lists of articles: lines between a linked headline and the next.

    `weighty` are the lines that weigh anything, in order.
    """
    last = -9
    for index in weighty:
        if not 0 < index < len(blocks) - 1 or blocks[index - 1].link_chars < _HEADLINE:
            continue
        if not _is_linked_headline(blocks[index - 1]):
            continue
        # A date may stand between a summary and the next headline.
        dated = len(blocks[index + 1].text) <= _DATE_LENGTH
        following = index + 2 if dated and index + 2 < len(blocks) else index + 1
        if last >= index - 3 or any(map(_is_linked_headline, (blocks[index + 1], blocks[following]))):
            each[index] *= _TEASER
            last = index


def _is_linked_headline(block: Block) -> bool:
    return block.link_chars >= _HEADLINE and block.link_chars * 10 >= len(block.text) * 7


_HEADLINE: Final = 8
_TEASER: Final = 0.02
_DATE_LENGTH: Final = 20
_LIST: Final = 3


def _densest(document: Document, weights: _Weights) -> Box:
    """Descend from the root to the child that holds most of the running text until the rest is text as
    well."""
    sums = weights.sums
    least = weights.total * 0.01
    # Few boxes of a page hold running text: those around the lines that do.
    children: dict[Box, list[Box]] = {}
    known = {document.boxes[0]}
    for block in compress(document.blocks, weights.each):
        box = block.box
        while box not in known:
            known.add(box)
            parent = _block_around(box)
            if sums[box.end] - sums[box.start] > least:
                children.setdefault(parent, []).append(box)
            box = parent
    box = document.boxes[0]
    weight = weights.total
    while True:
        best, best_weight = None, 0.0
        for child in children.get(box, ()):
            child_weight = sums[child.end] - sums[child.start]
            if child_weight > best_weight:
                best, best_weight = child, child_weight
        if best is None or (best_weight < 0.6 * weight and not _is_column(document, box, best)):
            break
        box, weight = best, best_weight
    return _widen(document, box, weight, weights)


def _block_around(box: Box) -> Box:
    """Return the nearest block-level box around one that is not the root."""
    around = box.parent
    while around is not None:
        if around.block or around.parent is None:
            return around
        around = around.parent
    return box


def _is_column(document: Document, box: Box, best: Box) -> bool:
    """Tell whether the rest of a box is links beside its best child, and not text that belongs to it."""
    if best.tag in _LINE_TAGS or best.end - best.start < 3:
        return False
    links = plain = 0
    for index in (*range(box.start, best.start), *range(best.end, box.end)):
        block = document.blocks[index]
        links += block.link_chars
        plain += len(block.text) - block.link_chars
    return links > plain


def _widen(document: Document, box: Box, weight: float, weights: _Weights) -> Box:
    """Leave a box that is a single paragraph for the one that holds its neighbours."""
    while box.parent is not None and (box.tag in _LINE_TAGS or not box.block or box.end - box.start < 2):
        wider = box.parent
        alone = box.end - box.start < 2 and box.tag not in _LINE_TAGS
        if alone and (wider.tag == "body" or weights.of(wider.start, wider.end) > 1.5 * weight + 40):
            break
        if alone and sum(b.link_chars >= _HEADLINE for b in document.lines(wider)) >= _LIST:
            break
        box = wider
    return box


def _best(boxes: Sequence[Box], weights: _Weights) -> Box:
    """Return the box with most running text; of nested ones that hold the same the innermost."""
    return max(boxes, key=lambda box: (round(weights.of(box.start, box.end)), box.start, -box.end))


def _named_container(
    document: Document, layout: Layout, dense: Box, weights: _Weights
) -> tuple[Box, str] | None:
    """Return the container that a layout names, if it makes sense beside the densest element."""
    found_here = weights.of(dense.start, dense.end)
    for selector in layout.body:
        boxes = [box for box in document.find(selector) if box.end > box.start]
        if not boxes:
            continue
        box = _best(boxes, weights)
        weight = weights.of(box.start, box.end)
        overlap = weights.of(
            max(box.start, dense.start), max(box.start, dense.start, min(box.end, dense.end))
        )
        if (
            overlap >= 0.8 * found_here
            or weight >= 0.5 * found_here
            or (found_here < _LITTLE and not overlap)
        ):
            return box, f"layout:{layout.name}"
    return None


@cache
def _common_names() -> tuple[dict[str, int], tuple[str, ...]]:
    """Return rank by selector for ids and classes, and the selectors that are tags."""
    body = common().body
    return {name: rank for rank, name in enumerate(body)}, tuple(n for n in body if n[0] not in "#.")


def _commonly_named(document: Document, dense: Box, weights: _Weights) -> tuple[Box, str] | None:
    """Return a container with a common name that holds the same text as the densest element, but more
    closely."""
    ranks, tags = _common_names()
    whole = weights.of(dense.start, dense.end)
    names = sorted([*(document.index.keys() & ranks.keys()), *tags], key=ranks.__getitem__)
    for name in names:
        for box in reversed(document.find(name)):
            if (
                dense.start <= box.start
                and box.end <= dense.end
                and weights.of(box.start, box.end) >= 0.95 * whole
            ):
                return box, f"density+name:{name}"
    return None


_MUCH: Final = 600


def find_body(document: Document, layout: Layout = GENERIC) -> BodyRegion:
    """Find the article's text: the container that the layout names, else the densest element; then its
    lines."""
    blocks = document.blocks
    if not blocks:
        return BodyRegion(None, 0, 0)
    named = named_boxes(document)
    weights = _Weights(document, named)
    dense = densest_copy(document, weights, _densest)
    box, rule = (
        _named_container(document, layout, dense, weights)
        or _commonly_named(document, dense, weights)
        or (dense, "density")
    )
    titles = above_text.Titles(document)
    if rule == "density" and weights.of(box.start, box.end) < _LITTLE:
        under = short_texts.under_headline(document, box, titles, weights.of)
        if under is not None and not under.start <= box.start < under.end:
            box, rule = under, "under-headline"
        elif under is None and weights.of(box.start, box.end) < _NOTHING:
            return BodyRegion(None, len(blocks), len(blocks))
    elif rule == "density" and weights.of(box.start, box.end) < _MUCH:
        near = short_texts.prose_under_headline(document, box, weights.of)
        if near is not None:
            box, rule = near, "under-headline"
    start = above_text.head(document, box.start, box.end, titles)
    end = trimming.tail(document, start, box.end, weights.of)
    dropped = trimming.furniture_lines(document, box, named, weights.of)
    for selector in layout.remove:
        for cut in document.find(selector):
            if box.start <= cut.start and cut.end <= box.end:
                dropped.update(range(cut.start, cut.end))
    dropped |= insets.link_runs(document, start, end)
    lines = trimming.inside(document, start, end, dropped)
    if rule == "under-headline" and all(blocks[i].level or blocks[i].link_chars for i in lines):
        return BodyRegion(None, len(blocks), len(blocks))  # 往期节目: headings of lists, and no text
    return BodyRegion(box, start, end, lines, rule)


def weigh_containers(document: Document, layout: Layout = GENERIC) -> list[tuple[Box, str, float]]:
    """Return the elements that could hold the text with rule and weight, the best first; for tracing only."""
    if not document.blocks:
        return []
    weights = _Weights(document, named_boxes(document))
    found = {_densest(document, weights): "density"}
    for selectors, rule in ((layout.body, f"layout:{layout.name}"), (common().body, "name")):
        for selector in selectors:
            for box in document.find(selector):
                found.setdefault(box, f"{rule} {selector}")
    ranked = [(box, rule, weights.of(box.start, box.end)) for box, rule in found.items()]
    return sorted(ranked, key=lambda entry: -entry[2])[:12]
