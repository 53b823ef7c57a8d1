"""Find texts too short to stand out by weight: those right under the headline and its info line."""

import re
from typing import Final

from crawler.extraction.above_text import Titles, is_above_text, is_info_line
from crawler.extraction.document import Box, Document
from crawler.extraction.furniture import is_footer_line, squash
from crawler.extraction.prose import Weigher


def under_headline(document: Document, dense: Box, titles: Titles, weigh: Weigher) -> Box | None:
    """Return the element right under the headline and its info line, or the densest one of the page where
    that holds more or the only sentence near; None where nothing stands under a headline."""
    under = _right_under(document, titles)
    if under is None:
        return None
    # Names and a date under the headline are not the text where more stands elsewhere; a sentence is, though
    # the summaries of others are longer.
    longer = _size(document, under) * 4 < _size(document, dense) and not (
        _holds_sentence(document, under) and _lists_others(document, dense)
    )
    if (longer and weigh(under.start, under.end) < weigh(dense.start, dense.end)) or _is_next(
        document, under, dense
    ):
        return dense
    return under


def _right_under(document: Document, titles: Titles) -> Box | None:
    blocks = document.blocks
    places = [b.index for b in blocks if len(b.text) <= _LONGEST_HEADLINE and titles.holds(squash(b.text))]
    for place in reversed(places):
        for block in blocks[place + 1 : place + 1 + _INFO_LINES]:
            squashed = squash(block.text)
            if is_above_text(block, squashed, titles):
                continue
            if block.link_chars * 2 > len(block.text) or is_footer_line(squashed):
                break
            box = block.box
            while box.parent is not None and box.parent.start > place:
                box = box.parent
            return box
    return None


def _size(document: Document, box: Box) -> int:
    return sum(len(block.text) for block in document.lines(box))


def _is_next(document: Document, under: Box, dense: Box) -> bool:
    """Tell whether a sentence stands in the densest element, which is near, and none right under the
    headline: a picture, a share bar or a date stands there."""
    if not 0 <= dense.start - under.end <= _INFO_LINES:
        return False
    return not _holds_sentence(document, under) and _holds_sentence(document, dense)


def _holds_sentence(document: Document, box: Box) -> bool:
    return any("。" in block.text for block in document.lines(box))


def _lists_others(document: Document, box: Box) -> bool:
    """Tell whether an element lists other articles: a link, and below it a summary, twice and more."""
    lines = document.lines(box)
    links = sum(block.link_chars * 2 > len(block.text) for block in lines)
    return 2 <= links < len(lines) <= links * 2 + 1


_LONGEST_HEADLINE: Final = 100
_INFO_LINES: Final = 6
"""Lines between headline and text at most."""


def prose_under_headline(document: Document, dense: Box, weigh: Weigher) -> Box | None:
    """Return the element with running text under the page's headline, if the densest one stands far below.

    A short text weighs less than the summaries, notes and statements at the foot of many pages.
    """
    blocks = document.blocks
    limit = dense.start
    title = document.title_text
    opening = title[:_SAME]
    for block in reversed(blocks[:limit]):
        text = block.text
        if block.link_chars or len(text) < _HEADLINE or not text.startswith(opening):
            continue
        if not title.startswith(text) or len(text) * 3 < len(title):
            continue
        place = block.index
        if limit - place <= _FAR and not _lists_others(document, dense):
            return None
        for below in blocks[place + 1 : min(limit, place + 1 + _FAR)]:
            if weigh(below.index, below.index + 1) >= _A_LITTLE and not (
                _ABSTRACT.match(below.text) or is_info_line(below, squash(below.text))
            ):
                box = below.box
                while box.parent is not None and place < box.parent.start and box.parent.end <= limit:
                    box = box.parent
                return box if weigh(box.start, box.end) * 6 > weigh(dense.start, dense.end) else None
        return None
    return None


_SAME: Final = 4
"""Characters that a headline has in common with `<title>` before the whole is compared."""
_HEADLINE: Final = 8
"""Characters of a headline at least."""
_A_LITTLE: Final = 25
"""Weight of a sentence."""
_FAR: Final = 12
"""Lines behind a headline beyond which a text is not its own."""
_ABSTRACT: Final = re.compile(r"[\[【]?(?:摘要|导读|导语|提要|核心提示|内容提要|编者按)")
