"""A page that holds its article twice: for screens and for phones, or once more for readers of great age.

Both copies stand in the markup, and styles or scripts show one of them. Together they would pass for one text
of double length, with headline and info line in its middle.
"""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from crawler.extraction.document import Box, Document

_LONG: Final = 30
"""Characters of a line that does not stand twice in one text by chance."""
_ALIKE: Final = 0.8
"""Part of the long lines of the shorter copy that the other must hold too."""
_HALF: Final = 0.5
"""The same of the longer copy, in which statements of rights and the like may stand too."""
_SHARE: Final = 0.28
"""Part of the running text that one of at most three copies holds."""
_MOST_COPIES: Final = 3


class Weighed(Protocol):
    """Running text by lines."""

    @property
    def each(self) -> list[float]:
        """Running text of each line."""

    def of(self, start: int, end: int) -> float:
        """Return the running text in the lines from one index up to another."""

    def leave_out(self, box: Box) -> None:
        """Let an element count as if it were empty."""


_Weights = TypeVar("_Weights", bound=Weighed)


def densest_copy(document: Document, weights: _Weights, densest: Callable[[Document, _Weights], Box]) -> Box:
    """Return the densest element, the further copies of the article left out of the reckoning."""
    box = densest(document, weights)
    for _ in range(_MOST_COPIES - 1):
        further = _further_copy(document, box, weights)
        if further is None:
            break
        weights.leave_out(further)
        box = densest(document, weights)
    return box


def _further_copy(document: Document, box: Box, weights: Weighed) -> Box | None:
    """Return the element with the second copy of a text that an element holds twice, else None.

    It is the first copy where that one alone is hidden.
    """
    seen: dict[str, int] = {}
    for block in document.blocks[box.start : box.end]:
        text = block.text
        if len(text) < _LONG or not weights.each[block.index]:
            continue
        first = seen.setdefault(text, block.index)
        if first != block.index:
            one, other = _apart(document, first, block.index)
            if one.end <= other.start and _are_copies(document, box, one, other, weights):
                return one if one.hidden and not other.hidden else other
            return None
    return None


def _apart(document: Document, first: int, second: int) -> tuple[Box, Box]:
    """Return the widest elements of which each holds one of two lines and not the other."""
    one, other = document.blocks[first].box, document.blocks[second].box
    while one.parent is not None and one.parent.end <= second:
        one = one.parent
    while other.parent is not None and other.parent.start > first:
        other = other.parent
    return one, other


def _are_copies(document: Document, box: Box, one: Box, other: Box, weights: Weighed) -> bool:
    whole = weights.of(box.start, box.end)
    if min(weights.of(one.start, one.end), weights.of(other.start, other.end)) < _SHARE * whole:
        return False
    here, there = ({b.text for b in document.lines(held) if len(b.text) >= _LONG} for held in (one, other))
    common = sum(map(len, here & there))
    sizes = sorted((sum(map(len, here)), sum(map(len, there))))
    return common >= _ALIKE * sizes[0] and common >= _HALF * sizes[1]
