"""The row a link stands in, and the day printed in it."""

import re
from itertools import islice
from typing import Final

from crawler.extraction import dates
from crawler.extraction.addresses import ATTACHMENT, COLUMN
from crawler.extraction.anchors import Anchor
from crawler.extraction.document import Box, Document
from crawler.extraction.labels import fold_width
from crawler.extraction.nodes import pieces as pieces_of

LONGEST_ROW: Final = 14
"""Lines that a row covers at most: picture, headline, summary, source, date, counters."""
SHORTEST_HEADLINE: Final = 4
LONGEST_DAY: Final = 24
"""Characters of a piece of text that holds a month and a day only."""
MOST_PIECES: Final = 80
"""Pieces of text of a row that are looked at."""
LONGEST_LINE: Final = 2_000
"""Characters of a line that is looked at; a row and its neighbours without line breaks are far shorter."""
LONGEST_PIECE: Final = 300
"""Characters of a piece of text that can hold a row's date; longer ones are summaries."""

_DIGIT = re.compile(r"\d")
_MONTH_DAY = re.compile(
    r"(?<![\d.:/-])(?P<month>1[0-2]|0?[1-9])(?P<mark>[-/.月])(?P<day>3[01]|[12]\d|0?[1-9])(?P<end>日?)(?![\d:/.-])"
)
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[-/.年] ?(1[0-2]|0?[1-9])(?: ?月)?(?![\d])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年?(?!\d)")
_LONE_DAY = re.compile(r"(?:3[01]|[12]\d|0?[1-9])日?")


class Rows:
    """Finds the row of each of some links: the largest element that holds a link and no other one."""

    def __init__(self, document: Document, anchors: list[Anchor]) -> None:
        self._document = document
        self._owner: dict[int, str] = {}
        # A row may open with a link to its column ([通知公告]), which does not make it two rows, nor does a
        # file to download or a button without words: each claims only what its betters have not claimed.
        classes: tuple[list[Anchor], list[Anchor], list[Anchor]] = ([], [], [])
        for anchor in anchors:
            if len(anchor.text) < SHORTEST_HEADLINE or anchor.address.kind == COLUMN:
                classes[2].append(anchor)
            else:
                classes[anchor.address.kind == ATTACHMENT].append(anchor)
        urls: set[str] = set()
        for members in classes:
            taken = frozenset(self._owner)
            for anchor in members:
                if anchor.url not in urls:
                    self._claim(anchor, taken)
            urls.update(anchor.url for anchor in members)

    def _claim(self, anchor: Anchor, taken: frozenset[int]) -> None:
        """Mark the boxes around a link as its own, up to those that are taken or hold two links (empty)."""
        owner = self._owner
        box: Box | None = anchor.placed.box
        while box is not None and id(box) not in taken:
            held = owner.setdefault(id(box), anchor.url)
            if held != anchor.url:
                if not held:
                    return
                owner[id(box)] = ""
            box = box.parent

    def of(self, anchor: Anchor) -> Box | None:
        """Return the row of a link, or None where links stand in one element, divided by `<br>` at most."""
        row: Box | None = None
        box: Box | None = anchor.placed.box
        while (
            box is not None and self._owner.get(id(box)) == anchor.url and box.end - box.start <= LONGEST_ROW
        ):
            if box.block:
                row = box
            box = box.parent
        return row

    def texts(self, anchor: Anchor) -> list[str]:
        """Return the pieces of text in a link's row without its headline, as tags divide them."""
        row = self.of(anchor)
        blocks = self._document.blocks
        printed = anchor.placed.text
        if row is not None and row.end > row.start:
            pieces = [piece.strip() for piece in islice(pieces_of(row.element), MOST_PIECES)]
        else:
            pieces = [block.text for block in blocks[anchor.line : anchor.line + 1]]
        rest: list[str] = []
        for piece in (piece for piece in pieces if len(piece) <= LONGEST_LINE):
            for headline in (anchor.text, printed):
                if len(headline) >= SHORTEST_HEADLINE and headline in piece:
                    rest.extend(piece.split(headline))
                    break
            else:
                rest.append(piece)
        return [fold_width(text).strip() for text in rest if text and len(text) <= LONGEST_PIECE]


def day_in_row(texts: list[str], anchor: Anchor) -> str | None:
    """Return the day printed in a row beside the headline or at its edge, as `YYYY-MM-DD`; else None.

    Rows print 2021-03-23, [2021年03月23日 09:51], 03-23 (the year is then taken from the link's address)
    and a day set apart: 23 over 2021-03. A day inside a headline is no date of publication.
    """
    numbers = [text for text in texts if _DIGIT.search(text)]
    for text in sorted(numbers, key=len):
        found = dates.find_dates(text)
        if found and _alone(text, found[0].raw):
            return found[0].day
    return _apart(numbers, anchor.url) or _edge(anchor.text)


def prints_day(texts: list[str]) -> bool:
    """Tell whether a row prints a month and a day beside the headline, were it without a year."""
    return any(len(text) <= LONGEST_DAY and _MONTH_DAY.search(text) for text in texts)


def _alone(text: str, raw: str) -> bool:
    """Tell whether a date is what a text is there for, and not part of a sentence."""
    return len(text) - len(raw) <= 40 or text.startswith(raw) or text.endswith(raw)


def _apart(texts: list[str], url: str) -> str | None:
    """Read a date whose parts stand in several elements, or that lacks the year."""
    day_line = next((t for t in texts if _LONE_DAY.fullmatch(t)), None)
    for text in texts:
        if len(text) > LONGEST_DAY:
            continue
        if day_line and (match := _YEAR_MONTH.search(text)):
            return _made(match[1], match[2], day_line.rstrip("日"))
    for text in texts:
        if len(text) > LONGEST_DAY or not (match := _MONTH_DAY.search(text)):
            continue
        if match["mark"] == "月" and not match["end"]:
            continue
        year = next((y[1] for t in texts if len(t) <= 8 and (y := _YEAR.fullmatch(t))), None)
        return _with_year(match["month"], match["day"], year, url)
    return None


def _with_year(month: str, day: str, year: str | None, url: str) -> str | None:
    if year:
        return _made(year, month, day)
    in_address = dates.from_url(url)
    if in_address:
        years = [in_address[:4], str(int(in_address[:4]) + 1), str(int(in_address[:4]) - 1)]
        made = [m for y in years if (m := _made(y, month, day))]
        return min(made, key=lambda m: abs(_ordinal(m) - _ordinal(in_address)), default=None)
    match = re.search(r"/((?:19|20)\d\d)(?=[/-]|\d\d/)", url)
    return _made(match[1], month, day) if match else None


def _ordinal(day: str) -> int:
    return int(day[:4]) * 372 + int(day[5:7]) * 31 + int(day[8:])


def _made(year: str, month: str, day: str) -> str | None:
    found = dates.find_dates(f"{year}-{int(month):02d}-{int(day):02d}")
    return found[0].day if found else None


def _edge(headline: str) -> str | None:
    """Return the day with which a headline begins or ends (a date inside the link), else None."""
    if len(headline) > 300 or not _DIGIT.search(headline):
        return None
    for found in dates.find_dates(headline):
        before, after = headline[: found.span[0]].strip(" [(（【"), headline[found.span[1] :].strip(" ])）】")
        if not before or not after:
            return found.day
    return None


def without_edge_date(headline: str) -> str:
    """Return a headline without the date that the link prints in front of or behind it."""
    if not _DIGIT.search(headline[:24] + headline[-24:]):
        return headline
    for found in dates.find_dates(headline):
        start, end = found.span
        before = headline[:start].rstrip(" [(（【")
        after = headline[end:].lstrip(" ])）】")
        if not before and len(after) >= 4:
            return after
        if not after and len(before) >= 4:
            return before
    return headline
