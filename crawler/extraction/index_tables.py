"""The table of particulars (索引号, 发文机关, 成文日期 …) that government sites set above a document."""

import re
from typing import Final

from crawler.extraction import furniture
from crawler.extraction.document import Box, Document
from crawler.extraction.labels import alternation, vocabulary

_WORDS: Final = vocabulary("furniture")["index_labels"]
_CELL: Final = re.compile(rf"[\[【]?(?:{alternation(_WORDS)})[\]】]?(?:$|[:：])")
_OUTLINE: Final = re.compile(r"[\[【]?(?:内容)?(?:概述|摘要|概要|简介)[\]】]?(?:$|[:：])")
OPENS: Final = frozenset({word[0] for word in _WORDS} | set("[【"))
"""What the first cell of such a table may begin with."""
_LINES: Final = 60
_LABELS: Final = 3
_LONGEST: Final = 160


def behind_index(document: Document, index: int, end: int) -> int:
    """Return the index behind the table of particulars that a line begins; 0 where none begins there.

    A fourth of such a table's lines are its labels, the rest their short values; but the outline of the text
    is as long as the cell allows.
    """
    blocks = document.blocks
    box: Box | None = blocks[index].box
    if not _CELL.match(furniture.squash(blocks[index].text)):
        return 0
    best = 0
    while box is not None and box.start >= index and box.end <= min(end, index + _LINES):
        labels = 0
        outline = False
        for block in blocks[index : box.end]:
            squashed = furniture.squash(block.text)
            outlined, outline = outline, _OUTLINE.match(squashed) is not None
            if (len(squashed) > _LONGEST or "。" in squashed) and not (outline or outlined):
                return best
            labels += _CELL.match(squashed) is not None
        if labels >= _LABELS and labels * 4 >= box.end - index:
            best = box.end
        box = box.parent
    return best
