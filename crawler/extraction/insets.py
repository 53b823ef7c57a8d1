"""Related articles that are set into a text: linked headlines between its paragraphs."""

from collections.abc import Sequence
from typing import Final

from crawler.extraction import furniture
from crawler.extraction.document import Block, Document
from crawler.extraction.prose import Weigher


def is_inset(document: Document, index: int, end: int, weigh: Weigher) -> bool:
    """Tell whether a heading of related links stands in the middle: behind its links the text goes on."""
    blocks = document.blocks
    if furniture.is_furniture_line(furniture.squash(blocks[index].text)):
        return _goes_on(blocks, index, index + 1, end, weigh)  # 打开APP，查看更多精彩内容
    behind = index if _is_linked(blocks[index]) else index + 1
    first = behind
    while behind < end and _is_linked(document.blocks[behind]):
        behind += 1
    if behind == first:
        return False
    if _goes_on(blocks, index, behind, end, weigh):
        return True
    tag = document.blocks[index - 1].tag
    paragraphs = [
        i
        for i in range(behind, end)
        if document.blocks[i].tag == tag
        and weigh(i, i + 1) >= _PARAGRAPH
        and (i == behind or not _is_linked(document.blocks[i - 1]))  # 县领导检查防汛 and what it tells of
    ]
    # One link behind its label, in a paragraph of its own, is set in wherever a paragraph follows.
    alone = behind == index + 1 and document.blocks[index].tag == tag
    return len(paragraphs) >= (1 if alone else 2) and paragraphs[0] <= behind + (not alone)


def _goes_on(blocks: Sequence[Block], index: int, behind: int, end: int, weigh: Weigher) -> bool:
    """Tell whether the text that breaks off before a line goes on at another: a paragraph of its kind."""
    if not 0 < behind < end:
        return False
    before, after = blocks[index - 1], blocks[behind]
    return (
        before.tag == after.tag
        and before.box.parent is after.box.parent
        and weigh(behind, behind + 1) >= _PARAGRAPH
        and after.text[-1] in "。！？”』」）)"
        and not furniture.is_ending(furniture.squash(after.text[:_OPENING]))
    )


def _is_linked(block: Block) -> bool:
    return block.link_chars * 10 > len(block.text) * 6 and len(block.text) < _LIST_ROW


def link_runs(document: Document, start: int, end: int) -> set[int]:
    """Return the lines of runs of linked headlines between paragraphs: related articles set into the text.

    A text that consists of links for the better part (a collection, a table of contents) is left alone.
    """
    blocks = document.blocks
    linked = [
        block.index
        for block in blocks[start:end]
        if block.link_chars and _is_linked(block) and len(block.text) >= _ROW
    ]
    if not linked or len(linked) * 2 > end - start:
        return set()
    found: set[int] = set()
    run: list[int] = []
    for index in [*linked, end + 1]:
        if run and index != run[-1] + 1:
            if len(run) >= _RUN:
                found.update(run)
            first, behind = run[0], run[-1] + 1
            while first > start and _is_linked(blocks[first - 1]):
                first -= 1  # headlines shorter than those that tell a run
            heading = blocks[first - 1].text if first > start else ""
            if 0 < len(heading) <= _LONGEST_HEADING and furniture.is_ending(furniture.squash(heading)):
                while behind < end and _is_linked(blocks[behind]):
                    behind += 1
                found.update(range(first - 1, behind))
            run = []
        run.append(index)
    return found


def is_summary(blocks: Sequence[Block], index: int, weigh: Weigher) -> bool:
    """Tell whether a line is the summary below another article's linked headline: it weighs next to
    nothing."""
    text = blocks[index].text
    return (
        len(text) >= _ROW
        and not blocks[index].link_chars
        and index > 0
        and _is_linked(blocks[index - 1])
        and weigh(index, index + 1) * _DISCOUNTED < len(text)
    )


def heads_list(blocks: Sequence[Block], index: int) -> bool:
    """Tell whether a line is a heading right above a linked headline: 更多快讯."""
    text = blocks[index].text
    return (
        len(text) <= _LONGEST_HEADING
        and text[-1] not in "。！？!?：:"
        and blocks[index].tag in _HEADINGS
        and _is_linked(blocks[index + 1])
        and len(blocks[index + 1].text) >= _ROW
    )


_OPENING: Final = 24
"""Characters by which a heading of others is told."""
_DISCOUNTED: Final = 20
"""How many times longer than its weight a summary in a list is."""
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6", "dt"})
_RUN: Final = 3
"""Linked headlines in a row that need no heading to be known as set into the text."""
_ROW: Final = 8
"""Characters of a linked headline at least."""
_LIST_ROW: Final = 60
"""Characters below which a line of links is a headline and no paragraph."""
_PARAGRAPH: Final = 30
"""Weight of a paragraph at least."""
_LONGEST_HEADING: Final = 14
