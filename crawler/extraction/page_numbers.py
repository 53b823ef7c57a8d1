"""Rows of page numbers: which number is the current page, and which link leads to the one after it."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from crawler.extraction.anchors import PAGER, Places, comparable
from crawler.extraction.document import Document, Placed
from crawler.extraction.labels import fold_width, vocabulary
from crawler.extraction.nodes import Node, ancestors, attribute, children, descendants, opening, pieces

MAX_ROWS: Final = 50
"""Rows of numbers that are looked at."""
MAX_LINKS: Final = 5_000
"""Links of a page among which pagers are looked for."""
NEAR: Final = 3
"""Lines between links of one pager."""
MAX_BESIDE: Final = 500
"""Links and pieces of text of such an element that are looked at."""
MAX_LEVELS: Final = 6
"""Elements around a number in which its neighbours are looked for."""

_WORDS: Final = vocabulary("pagers")
_CURRENT: Final = frozenset(_WORDS["current"])
_CONTEXT: Final = re.compile("|".join(map(re.escape, _WORDS["words"])), re.IGNORECASE)
_NUMBER: Final = re.compile(r"第?(\d{1,4})页?")
_OF: Final = re.compile(r"(?<![\d/.-])(\d{1,5}) ?页? ?/ ?共? ?(\d{1,5})(?![\d/.-])")
_AT: Final = re.compile(r"(?:当前)?第 ?(\d{1,5}) ?页")
_TOTAL: Final = re.compile(r"共 ?(\d{1,5}) ?页")
_DEAD: Final = re.compile(r"#?|javascript:\s*(?:void\(0?\))?;?", re.IGNORECASE)
_MANY_NUMBERS: Final = 15
_LONGEST_LINE: Final = 200


def position_in_text(text: str) -> tuple[int, int] | None:
    """Read `2/31` or `页次：2/31` as page and number of pages; None where a line says neither."""
    match = _OF.search(fold_width(text))
    return (int(match[1]), int(match[2])) if match else None


def page_number(placed: Placed) -> int | None:
    """Return the page number that a link is, or None."""
    start = opening(placed.element).lstrip()[:1]
    if (start.isalpha() and start != "第") or sum(1 for _ in islice(children(placed.element), 3)) > 2:
        return None
    text = placed.text
    match = _NUMBER.fullmatch(comparable(text)) if text and len(text) <= 8 else None
    return int(match[1]) if match else None


def links_of(document: Document) -> list[Placed]:
    """Return the links among which pagers are looked for: all, or the first and last of very many."""
    links = document.links
    return links if len(links) <= MAX_LINKS else links[: MAX_LINKS // 5] + links[-MAX_LINKS:]


def lines_with_numbers(document: Document) -> list[int]:
    """Return the lines in which links that are page numbers stand, rising, once for each link."""
    return sorted(placed.index for placed in links_of(document) if page_number(placed) is not None)


def stands_among(lines: list[int], line: int) -> bool:
    """Tell whether at least two of `lines_with_numbers` are near a line."""
    at = bisect_left(lines, line - NEAR)
    return at + 1 < len(lines) and lines[at + 1] <= line + NEAR


def following(document: Document) -> Iterator[Placed | str]:
    """Yield what leads to the page after the current one, for each row of page numbers.

    That is the link with the next number. Where the row ends before it though the page says that there are
    more, it is the address made after the pattern of the other numbers (`index_3.html` for 4 gives
    `index_5.html` for 6).
    """
    places = Places(document)
    for run in islice(_runs(document), MAX_ROWS):
        numbers = dict(run)
        text = _text_around(document, run)
        is_pager = places.of(run[0][1].box) == PAGER or (len(run) <= _MANY_NUMBERS and _CONTEXT.search(text))
        if not is_pager and not _beside_this_page(document, run):
            continue
        current = _current(document, numbers, text)
        if current is None:
            continue
        if current + 1 in numbers:
            yield numbers[current + 1]
        elif address := _after_the_pattern(numbers, current + 1, text):
            yield address


def _runs(document: Document) -> Iterator[list[tuple[int, Placed]]]:
    """Yield runs of links that are rising numbers, close to each other."""
    run: list[tuple[int, Placed]] = []
    for placed in links_of(document):
        number = page_number(placed)
        if number is None:
            continue
        if run and (number <= run[-1][0] or placed.index - run[-1][1].index > NEAR):
            yield run
            run = []
        run.append((number, placed))
    if run:
        yield run


def _text_around(document: Document, run: list[tuple[int, Placed]]) -> str:
    lines = document.blocks[max(0, run[0][1].index - 2) : run[-1][1].index + 3]
    return " ".join(fold_width(line.text) for line in lines if len(line.text) <= _LONGEST_LINE)


def _beside_this_page(document: Document, run: list[tuple[int, Placed]]) -> bool:
    """Tell whether the addresses of a run stand beside this page's: `list.asp?page=2`."""
    here = urlsplit(document.url)
    if len(run) < 2 or len(run) > _MANY_NUMBERS or not here.netloc:
        return False
    for _, placed in run:
        parts = urlsplit(document.absolute(placed.href) or "")
        if parts.netloc != here.netloc or parts.path.rpartition("/")[0] != here.path.rpartition("/")[0]:
            return False
    return True


def _current(document: Document, numbers: dict[int, Placed], text: str) -> int | None:
    for number, placed in numbers.items():
        parent = placed.element.parent
        around = attribute(parent, "class") or "" if parent is not None else ""
        words = f"{attribute(placed.element, 'class') or ''} {around}".lower().split()
        if not _CURRENT.isdisjoint(words):
            return number
    if position := _OF.search(text) or _AT.search(text):
        return int(position[1])
    printed = _printed(numbers) - set(numbers)
    beside = sorted(n for n in printed if n + 1 in numbers or n - 1 in numbers)
    if beside:
        return beside[0]
    dead = [
        n
        for n, placed in numbers.items()
        if _DEAD.fullmatch(placed.href) and not attribute(placed.element, "onclick")
    ]
    if len(dead) == 1:
        return dead[0]
    return next(
        (n for n, p in numbers.items() if document.url and document.absolute(p.href) == document.url), None
    )


def _printed(numbers: dict[int, Placed]) -> set[int]:
    """Return the numbers that stand beside page numbers without being links."""
    first = next(iter(numbers.values())).element
    held = {placed.element.mem_id for placed in numbers.values()}
    around: Node = first
    for outer in islice(ancestors(first), MAX_LEVELS):
        around = outer
        if sum(link.mem_id in held for link in islice(descendants(outer, "a"), MAX_BESIDE)) > 1:
            break
        # A list item holds one number; its neighbours stand in the items around it.
        if len(held) == 1 and outer.tag not in ("li", "span", "td"):
            break
    return {
        int(m[1]) for text in islice(pieces(around), MAX_BESIDE) if (m := _NUMBER.fullmatch(text.strip()))
    }


def _after_the_pattern(numbers: dict[int, Placed], wanted: int, text: str) -> str | None:
    total = _TOTAL.search(text)
    if not total or wanted > int(total[1]):
        return None
    patterns = set()
    for number, placed in numbers.items():
        match = re.fullmatch(r"(.*?)(\d+)(\D*)", placed.href)
        if match and not _DEAD.fullmatch(placed.href):
            patterns.add((match[1], int(match[2]) - number, match[3]))
    if len(patterns) != 1 or len(numbers) < 3:
        return None
    before, shift, after = patterns.pop()
    return f"{before}{wanted + shift}{after}"
