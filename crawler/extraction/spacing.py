"""Info lines as they are cut into values: blanks where only a style sheet sets elements apart."""

from itertools import islice

from crawler.extraction.document import Block
from crawler.extraction.nodes import TEXT, Node, children, opening
from crawler.extraction.sources import collapse

LONGEST_INFO = 400
"""Characters of an info line; a longer line is text."""
APART = frozenset({"span", "em", "i", "b", "a", "small", "strong", "label", "font", "time"})
LONGEST_BEGUN = 160
"""The same, of one that begins with text outside any element."""
_MOST_WRAPPERS = 3
_GAP = "\xa0\xa0"


def spaced(block: Block) -> str:
    """Return the raw text of an info line with a gap between elements that only a style sheet sets apart.

    `<span>来源：示例网</span><span>方敏</span>` is two fields to a reader, though no blank stands between.
    """
    element = _innermost(block.box.element)
    begun = opening(element)
    if len(block.raw) > LONGEST_BEGUN and begun.strip():
        return block.raw
    if not 1 < sum(1 for _ in islice(children(element), 21)) <= 20:
        return block.raw
    pieces: list[str] = [begun] if begun.strip() else []
    gaps = 0
    before = ""
    apart = False
    for child in element.iter(include_text=True):
        if child.tag_id == TEXT:
            if apart:
                pieces.append(child.text_content or "")
            continue
        apart = child.tag in APART
        if not apart:
            if gaps and _are_all_of(block, pieces):
                break
            pieces, gaps = [], 0
            continue
        text = child.text_lexbor()
        if (gaps or pieces != [begun]) and pieces and len(text.strip()) > 1 and len(before) > 1:
            pieces.append(_GAP)
            gaps += 1
        pieces.append(text)
        before = text.strip()
    return "".join(pieces) if gaps and _are_all_of(block, pieces) else block.raw


def _innermost(element: Node) -> Node:
    """Return the element that holds a line's pieces: one that is all there is in another may wrap them."""
    for _ in range(_MOST_WRAPPERS):
        inner = list(islice(children(element), 2))
        if len(inner) != 1 or inner[0].tag not in APART or opening(element).strip():
            break
        element = inner[0]
    return element


def _are_all_of(block: Block, pieces: list[str]) -> bool:
    """Tell whether pieces are the whole text of a line, but for blanks."""
    return "".join("".join(pieces).split()) == block.text.replace(" ", "")


def line_of(block: Block) -> str:
    """Return an info line as it is cut into its values: single blanks collapsed, gaps kept."""
    line = spaced(block)
    return line if line == block.text else collapse(line[:LONGEST_INFO])
