"""Who wrote a page, where it comes from, who edited it and when it was published.

Each of these stands in one of a few places: the info line under (or over) the headline, elements named for
it, the first lines of the text, its end, the lines behind it, the head of the page. All are read, each
reading is kept with the rule that made it, and the best-placed one wins. Editors, posters, photographers and
accounts never become authors.
"""

import re
from collections.abc import Iterable, Iterator

from crawler.extraction import english
from crawler.extraction.body import BodyRegion
from crawler.extraction.datelines import read_dateline
from crawler.extraction.dates import find_dates, has_date_sign
from crawler.extraction.deciding import Credits, decide
from crawler.extraction.document import Block, Document
from crawler.extraction.headline import Headline
from crawler.extraction.info_lines import InfoLines, opens_with_credit
from crawler.extraction.labels import alternation, has_label, has_label_sign, segment, trim, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas, read_metas
from crawler.extraction.named_elements import NamedElements
from crawler.extraction.names import is_lone_name, read_names
from crawler.extraction.page_head import read_page_head
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.spacing import LONGEST_INFO
from crawler.extraction.trailers import (
    may_have_role,
    read_about_author,
    read_byline,
    read_signed_end,
    read_trailer,
)
from crawler.extraction.written import written_lines

__all__ = ["Credits", "read_credits"]

ABOVE, FAR_ABOVE = 4, 14
"""Lines above the headline that are read as info lines, and for labelled values alone."""
BELOW = 60
"""Lines between headline and text that are read; in a wider gap those at its two ends."""
TOP_OF_TEXT, END_OF_TEXT = 6, 5
"""Lines at either end of the text that may be credits."""
BEHIND, FAR_BEHIND = 25, 120
"""Lines behind the text that are read for everything, and for editors alone."""

_END = re.compile(alternation(vocabulary("sources")["end_of_article"]))
_EDITOR_LABEL = re.compile(
    r"[责責]\s{0,4}任?\s{0,4}[编編]|(?:^|\s|\W)(?:本版|本期|值班|网络)?(?:编辑|編輯)\s{0,3}[:：/|丨｜]"
)
_GLUED_EDITOR = re.compile(
    r"(?:[（(【\[]\s*)?(?:(?:[责責]任?)?(?<!综)[编編][辑輯]?\s*[:：/]|[责責]任?[编編][辑輯]?\s)\s*"
    r"(?P<names>[\u3400-\u9fff·、，,\s]{2,30}?)\s*[)）】\]]?\s*\d{0,7}$"
)
_NAME_BEFORE_EDITOR = re.compile(
    r"(?P<name>[\u3400-\u9fff]{2,4})\s?[/／]\s?(?:核稿|责任|責任)?(?:编辑|編輯)$"
)
_BRACKETED_AUTHOR = re.compile(r"^\s*[（(【\[]\s*(?:本文)?作者")
_PAPERS = tuple(vocabulary("sources")["papers"])
"""What a line is hardly ever but a paper's name; 办好支部小报 is a heading."""
_ABOUT_AUTHORS = re.compile(r"[【\[（(]?作者(?:简介|介绍)")
_CONTRIBUTED = re.compile(r"^\s*[【\[(（]?供稿")
_LONGEST_ROW = 12
_RUNS_ON = ("：", ":", "，", ",", "。", "；", ";")
_CREDIT_ROLES = frozenset({"editor", "author", "published", "source"})


def read_credits(
    document: Document, region: BodyRegion, headline: Headline, layout: Layout, metas: Metas | None = None
) -> Credits:
    """Read authors, source, editors, date of publication and the other credits of a page."""
    reader = _Reader(document, region, headline, layout, metas or read_metas(document))
    reader.read()
    credits = decide(document, reader.readings, headline.title, reader.metas.source)
    credits.drop = tuple(sorted(reader.drop))
    return credits


class _Reader:
    """Goes through the places of one page."""

    def __init__(
        self, document: Document, region: BodyRegion, headline: Headline, layout: Layout, metas: Metas
    ) -> None:
        self.document, self.region, self.headline = document, region, headline
        self.layout, self.metas = layout, metas
        self.readings = Readings()
        self.drop: set[int] = set()
        # What the body has cut off inside its container lies outside first and last: credits, most of it.
        self.first = region.lines[0] if region.lines else region.start
        self.last = region.lines[-1] + 1 if region.lines else region.end
        self.start = min(headline.indexes, default=self.first)
        self.end = max(headline.indexes, default=-1)
        self.text = region.lines
        if self.end >= self.first:
            self.text = [i for i in region.lines if i not in headline.indexes]
        self.readings.behind = self.last
        self.info = InfoLines(document, self.readings, self.start, self.end)

    def read(self) -> None:
        """Read every place."""
        for block in self._top():
            self._info_line(block, Trust.INFO_LINE, Trust.HIDDEN, "info-line")
        self._far_above()
        self._named_elements()
        self._opening()
        self._closing()
        for block in self._behind():
            self._info_line(block, Trust.BEHIND, Trust.HIDDEN_BEHIND, "line-behind-text")
        if not self.readings.editors:
            self._far_behind()
        self._written()
        if english.is_english(self.headline.title):
            last = min(self.last + BEHIND, len(self.document.blocks))
            under = range(max(self.end + 1, self.first - BELOW), self.first)
            english.read(
                self.document, self.readings, under, range(max(self.last - END_OF_TEXT, self.first), last)
            )
        text = range(self.first, self.last)
        above = self.document.blocks[self.start + 1 : self.first]
        read_page_head(self.document, self.readings, self.metas, self.headline.title, text, above)

    def _written(self) -> None:
        """Read what inline scripts write, where no line in the page gives source or date."""
        if (self.readings.sources and self.readings.dates) or self.first >= len(self.document.blocks):
            return
        block = self.document.blocks[self.first]
        for line in written_lines(self.document):
            for part in segment(line):
                if part.role and part.value:
                    self.info.labelled(block, part, Trust.INFO_LINE, "script")

    def _info_line(self, block: Block, shown: int, hidden: int, rule: str) -> bool:
        text = block.text
        if len(text) > LONGEST_INFO:
            return False  # a paragraph
        if (
            block.link_chars * 10 > len(text) * 7
            and not has_label_sign(text)
            and not self._is_dated_line(block)
        ):
            self.info.linked_line(block)
            return False  # a row of a list or menu
        if text == self.headline.title:
            return False  # once more, for readers on telephones
        return self.info.read(block, hidden if block.box.hidden else shown, rule)

    def _is_dated_line(self, block: Block) -> bool:
        """Tell whether a line right below the headline gives a time of day; its outlet may be a link."""
        if block.index != self.end + 1 or block.index >= self.first or not has_date_sign(block.text):
            return False
        return any(found.precision != "day" for found in find_dates(block.text))

    # Lines around the headline and behind the text

    def _top(self) -> Iterator[Block]:
        """Yield the lines around the headline, in front of the text."""
        first, last = max(0, min(self.start, self.first) - ABOVE), self.first
        wanted: Iterable[int] = range(first, last)
        if last - first > BELOW:
            under = max(self.end, first)
            ends = (range(first, first + ABOVE + 12), range(under, under + 12), range(last - 16, last))
            wanted = sorted({index for end in ends for index in end if index < last})
        for index in wanted:
            if index not in self.headline.indexes:
                yield self.document.blocks[index]
        yield from self._cut_out(self.first, self.first + ABOVE + TOP_OF_TEXT)

    def _cut_out(self, first: int, last: int) -> Iterator[Block]:
        """Yield the lines of a stretch of the text that the body has left out."""
        if len(self.region.lines) == self.last - self.first:
            return
        kept = {*self.region.lines, *self.headline.indexes}
        for index in range(first, min(last, self.last)):
            if index not in kept:
                yield self.document.blocks[index]

    def _far_above(self) -> None:
        """Read labelled values above the lines that are read as info lines."""
        blocks = self.document.blocks
        for block in blocks[max(0, self.start - FAR_ABOVE) : max(0, self.start - ABOVE)]:
            if len(block.text) <= LONGEST_INFO:
                trust = Trust.HIDDEN_BEHIND if block.hidden else Trust.ABOVE
                self.info.read_labelled(block, trust, "line-above")

    def _behind(self) -> Iterator[Block]:
        """Yield the lines behind the text up to the page's foot."""
        yield from self._cut_out(max(self.last - END_OF_TEXT - ABOVE, self.first), self.last)
        for block in self.document.blocks[self.last : self.last + BEHIND]:
            if len(block.text) < 60 and _END.search(block.text) and not _EDITOR_LABEL.search(block.text):
                return
            yield block

    def _far_behind(self) -> None:
        """Read an editor line that stands between or below the lists behind the text."""
        for block in self.document.blocks[self.last : self.last + FAR_BEHIND]:
            text = block.text
            if len(text) <= 80 and ("编" in text or "編" in text) and _EDITOR_LABEL.search(text):
                for part in segment(text):
                    if part.role == "editor" and len(part.value) <= 30:
                        self.info.labelled(block, part, Trust.FAR_BEHIND, "line-far-behind")

    # Named elements

    def _named_elements(self) -> None:
        """Read the elements that templates name for a field."""
        low, high = max(0, self.start - 8), self.last + BEHIND
        elements = NamedElements(self.document, self.layout, self.readings, self.last)
        elements.read(low, high, set(self.text[TOP_OF_TEXT:-END_OF_TEXT]))
        for box in self.document.find(*self.layout.info)[:2] if self.layout.info else ():
            for block in self.document.lines(box)[:6]:
                self._info_line(block, Trust.LAYOUT_LINE, Trust.HIDDEN, "layout-info")

    # The text itself

    def _opening(self) -> None:
        """Read the first lines of the text: info lines, names, dateline."""
        begun = False
        self._about_authors()
        for position, index in enumerate(self.text[:TOP_OF_TEXT]):
            block = self.document.blocks[index]
            if _ABOUT_AUTHORS.match(block.text):
                continue
            if self._opening_credit(block, begun):
                self.drop.add(index)
                continue
            begun |= block.text.endswith(_RUNS_ON)
            dateline = read_dateline(block.text) if position < TOP_OF_TEXT - 1 else None
            if dateline and dateline.dateline:
                self.readings.first("dateline", dateline.dateline, "first-lines")
            if dateline:
                self.readings.author(80, dateline.authors, dateline.raw, "dateline", index)
            if len(block.text) > 60:
                break

    def _about_authors(self) -> None:
        """Read the note on the authors that journals print between abstract and text."""
        for index in self.text[: 2 * TOP_OF_TEXT]:
            text = self.document.blocks[index].text
            if _ABOUT_AUTHORS.match(text):
                self.readings.author(48, read_about_author(text), text, "about-author", index)

    def _opening_credit(self, block: Block, begun: bool) -> bool:
        """Read a line above the first paragraph as info line or names; return whether it is no text.

        `begun` says that a sentence stands above it: names alone are then a list that the text gives.
        """
        text = block.text
        if len(text) <= 120 and has_label(text) and not _CONTRIBUTED.match(text):
            if block.in_list or not opens_with_credit(text) or self.info.tells_of_event(text):
                return False
            return self._info_line(block, Trust.INFO_LINE, Trust.HIDDEN, "first-lines")
        if len(text) > 60:
            return False
        editor = _NAME_BEFORE_EDITOR.match(text) if text.endswith(("编辑", "編輯")) else None
        if editor:
            self.readings.editor(Trust.LAST_LINE, [editor["name"]], text, "first-lines", block.index)
            return True
        if not begun and self._holds_only_a_date(text):
            return self._info_line(block, Trust.INFO_LINE, Trust.HIDDEN, "first-lines")
        if block.index == self.end + 1 and text.endswith(_PAPERS) and self.info.outlet_line(block):
            return True
        names = read_byline(text)
        if names is None or not (names.people or names.role):
            return False
        if not names.role and (begun or self._is_listed(block)):
            return False
        sure = names.role or len(names.people) > 1 or bool(names.units)
        if not sure and not (is_lone_name(names.people[0]) and len(text) <= len(names.people[0]) + 4):
            return False
        self.readings.author(
            85 if sure else 52, names.people or names.units, text, "first-lines", block.index
        )
        return True

    def _is_listed(self, block: Block) -> bool:
        """Tell whether a line of names is one of a list that the text gives: a cell of a row of several,
        or one of three such lines."""
        row, cell = block.box.within("tr"), block.box.within("td", "th")
        if (
            row
            and cell
            and self.end < row.start
            and cell.end - cell.start < row.end - row.start <= _LONGEST_ROW
        ):
            return True
        at = self.text.index(block.index)
        run = 0
        for index in self.text[max(at - 2, 0) : at + 3]:
            names = read_byline(self.document.blocks[index].text[:60])
            run = run + 1 if names and names.people and not names.role else 0
            if run == 3:
                return True
        return False

    def _holds_only_a_date(self, text: str) -> bool:
        if len(text) > 40:
            return False
        found = find_dates(text)
        alone = len(found) == 1 and found[0].precision != "day"
        return alone and len(trim(text.replace(found[0].raw, " "))) <= 20

    def _closing(self) -> None:
        """Read the last lines of the text: brackets, signatures, editor lines."""
        tail = self.text[-END_OF_TEXT:] if len(self.text) > 1 else self.text
        for distance, index in enumerate(reversed(tail)):
            block = self.document.blocks[index]
            if self._closing_credit(block):
                self.drop.add(index)
            elif distance < END_OF_TEXT - 1:
                self._signature(block, distance)

    def _signature(self, block: Block, distance: int) -> None:
        """Read what closes a paragraph; `distance` is the number of lines behind it."""
        text, index = block.text, block.index
        if distance < 3 and len(text) > 30:
            self._glued_editor(block)
        trailer = read_trailer(text, wanted=self.readings.empty_author)
        if trailer is None:
            if distance > 2:
                return
            names = None
            if may_have_role(text[-60:]):
                names = (read_byline(text) if len(text) <= 40 else None) or read_signed_end(text)
            if names and names.people and names.role:
                self.readings.author(66, names.people, text, "last-lines", index)
            elif distance < 3 and "作者" in text[:3]:
                self.readings.author(48, read_about_author(text), text, "about-author", index)
            return
        if trailer.sure or distance < 2:
            trust = 78 if trailer.sure else 70 - distance
            self.readings.author(trust, trailer.authors, trailer.raw, "last-brackets", index)
        if distance < 3:
            self.readings.source(50, trailer.source, trailer.raw, "last-brackets", index)

    def _glued_editor(self, block: Block) -> None:
        """Read the editor in brackets at the very end of a paragraph."""
        tail = block.text[-50:]
        match = _GLUED_EDITOR.search(tail) if "编" in tail or "編" in tail else None
        names = read_names(match["names"]) if match else None
        if names and names.complete:
            self.readings.editor(61, names.people, tail, "last-paragraph", block.index)

    def _closing_credit(self, block: Block) -> bool:
        """Read a line at the end of the text that holds labels with names; return whether it is no text."""
        text = block.text
        if len(text) > 160 or not has_label(text):
            return False
        if _BRACKETED_AUTHOR.match(text) and not ("编" in text or "編" in text):
            return False  # （作者：…） belongs to the text
        segments = segment(text)
        roles = {part.role for part in segments}
        if not segments[0].role and len(segments[0].value) > 24:
            return False
        if "editor" not in roles and not opens_with_credit(text):
            return False
        before = self.readings.count()
        self._info_line(block, Trust.LAST_LINE, Trust.HIDDEN_BEHIND, "last-lines")
        return self.readings.count() > before and not roles.isdisjoint(_CREDIT_ROLES)
