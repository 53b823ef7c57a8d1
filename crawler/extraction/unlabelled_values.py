"""Values of info lines without a label, put into `Readings`: dates, and outlets and names beside them."""

import re
from functools import cached_property

from crawler.extraction.dates import DateFound, find_dates, has_date_sign
from crawler.extraction.document import Block, Document
from crawler.extraction.labelled_values import LONGEST_REST, date_trust
from crawler.extraction.labels import fold_width, trim
from crawler.extraction.names import (
    is_column,
    is_furniture,
    is_lone_name,
    is_outlet,
    is_person,
    is_unit,
    read_names,
)
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.sources import clean_source, without_addresses
from crawler.extraction.titles import parts
from crawler.extraction.trailers import may_have_role, read_byline, read_trailer

OWN_NAME = "own-name"
"""Ends the rule by which the site's own name was read beside a date."""
_LONGEST_CLAUSE = 24
"""Characters with a comma beside a date; more of them are a sentence."""
_COMMENTATOR = re.compile(r"本[报刊网台社](?:特约|首席)?评论员")
_NAME_LIKE = re.compile(r"(?!来自|\d|.*(?:--|阅读|喜欢|评论 |评论$|参与|点击|浏览|人气))[\w·《》“” -]{2,24}")
_BARRED_NAME = re.compile(r"[\u3400-\u9fff]{3,10}\s?[|丨｜]\s?\d{4}\D")
_LONGEST_OUTLET, _LONGEST_UNIT = 12, 24
_LONGEST_SIGNATURE = 40
_LONGEST_ROW, _LONGEST_CARD = 6, 3
_DATE_ALONE = re.compile(
    r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?", re.ASCII
)
_COUNTED = re.compile(
    r"(?:點閱|點擊|瀏覽|閱讀|人氣|点击|浏览|阅读|人气)(?:次[数數]|[数數量])?[:\s]{0,3}\d+\s?次?"
    r"|\d[\d.]*万?\s?[条次人]?(?:评论|阅读|浏览|点赞|参与)|(?:点赞|评论)[\s(（]{0,2}\d+[)）]?"
)
_WEEKDAY = re.compile("(?:星期|礼拜)[一二三四五六日天]")
# Switches for the size of the letters and buttons without a label: 【大 中 小】 [打印]
_SWITCHES = re.compile(r"[【\[〖(](?:大|中|小|号|打印|关闭|收藏|分享|纠错|返回|[ |AaT+-])+[】\]〗)]")
_OUTLET_LINE = ("报", "報", "网", "網", "社", "客户端", "杂志", "融媒", "融媒体中心")
_PIECES = re.compile(r" {2,}|\|")
_ISSUE_LINE = re.compile(
    r"[《]?(?P<name>[\u3400-\u9fff·（）()]{2,16}?)[》]?\s?(?:19|20)\d\d年第?\s?\d{1,2}[期号]"
)
_SOURCE_NAME = re.compile(r"source|laiyuan|comefrom|copyfrom", re.IGNORECASE)
_TODAY = re.compile("今天|今日|当前|现在|欢迎")
_COMMA = re.compile("[,，]")


class UnlabelledValues:
    """Puts dates, outlets and names that stand without a label into readings."""

    def __init__(self, document: Document, readings: Readings, start: int, end: int) -> None:
        """`start` and `end` are the first and last line of the headline."""
        self.document, self.readings = document, readings
        self.start, self.end = start, end

    def read(self, block: Block, text: str, trust: int, rule: str, *, labelled: bool) -> bool:
        """Read what stands in an info line without a label: a date, an outlet, names."""
        dates = find_dates(text)
        if not dates and not labelled:
            if trust >= Trust.INFO_LINE and block.index > self.end:
                self.name_line(block, text)
            return False
        first = dates[0] if dates else None
        if first is None and trust < Trust.INFO_LINE:
            if trust == Trust.BEHIND:
                self.signing_line(block, text)
            return False
        rest = text[: first.span[0]] + "  " + text[first.span[1] :] if first else text
        rest = trim(without_addresses(fold_width(rest)))
        if first is not None:
            linked = block.link_chars > len(block.text) * 0.6 and (
                first.precision == "day" or block.index != self.end + 1
            )
            if linked or not self._stands_alone(block, rest, trust, labelled=labelled):
                return False
            self._note_date(block, first, trust, rule, several=len(dates) > 1 and not labelled)
        if 1 < len(rest) <= LONGEST_REST and (first or labelled or not block.links):
            self.beside(block, rest, trust - 20, rule)
        return first is not None

    def _stands_alone(self, block: Block, rest: str, trust: int, *, labelled: bool) -> bool:
        """Tell whether a date stands by itself and not in a sentence or in a row of a list."""
        if len(rest) > LONGEST_REST or "。" in rest:
            return False
        if _TODAY.search(rest) or (len(rest) > _LONGEST_CLAUSE and "，" in rest):
            return False
        if trust >= Trust.INFO_LINE or labelled:
            return True
        return len(rest) <= 12 and not self.in_a_list(block)

    def in_a_list(self, block: Block) -> bool:
        """Tell whether a line is part of a row of links: a list item, or beside a line that is a link."""
        around = self.document.blocks[max(0, block.index - 1) : block.index + 2]
        return block.in_list or any(b.link_chars * 2 > len(b.text) for b in around)

    def _note_date(self, block: Block, found: DateFound, trust: int, rule: str, *, several: bool) -> None:
        level = date_trust(trust, Trust.DATE_BESIDE)
        if several:
            level -= 15
        if block.index < self.start and trust >= Trust.INFO_LINE:
            level -= 12  # a ticker or a menu stands above the headline more often than the date does
        self.readings.date(level, found, f"{rule}:date")

    def beside(self, block: Block, rest: str, trust: int, rule: str) -> None:
        """Read an outlet and names that stand beside a date or a labelled value."""
        rule = f"{rule}:beside-date"
        rest = trim(_SWITCHES.sub("  ", _COUNTED.sub(" ", _WEEKDAY.sub(" ", rest)))).removeprefix("由 ")
        for word in rest.split():
            if is_column(word) or is_furniture(word):
                rest = trim(rest.replace(word, " ", 1))
        words = rest.split()
        if len(words) > 2 and words[-1] == words[-2]:
            # 方敏 示例发布 示例发布: a template that prints the account twice, for different readers.
            self.readings.source(trust, clean_source(words[-1]), rest, rule, block.index)
            rest = " ".join(words[:-2])
        issue = _ISSUE_LINE.search(rest)
        if issue:
            # 《示例党建》2021年第3期 方敏
            self.readings.source(trust, clean_source(issue["name"]), rest, rule, block.index)
            rest = trim(rest.replace(issue[0], " ", 1))
        names = read_names(rest, trusted=False)
        pieces = [trim(piece) for piece in _PIECES.split(rest)]
        if len(pieces) > 1 and not names.complete and not names.role and " " in pieces[-1]:
            last = read_names(pieces[-1], trusted=False)  # 江城女性 | 方敏 李敏
            names = last if last.people and all(map(is_lone_name, last.people)) else names
        if names.people and (names.complete or names.role):
            self.readings.author(trust, names.people, rest, rule, block.index)
        if "评论员" in rest:
            commentator = next((word for word in rest.split() if _COMMENTATOR.fullmatch(word)), None)
            self.readings.author(trust, [commentator] if commentator else [], rest, rule, block.index)
        site = self._site
        outlets = (p for p in pieces if (is_outlet(p) or is_unit(p) or p == site) and _NAME_LIKE.fullmatch(p))
        # 方敏 示例日报: with a name in it the piece is two things.
        outlet = next((p for p in outlets if p == site or not any(n in p for n in names.people)), None)
        # Units between commas are the article's tags.
        units = (u for u in names.units if _NAME_LIKE.fullmatch(u)) if not _COMMA.search(rest) else iter(())
        alone = names.complete and names.people and len(names.units) == 1  # 宣传部 方敏
        outlet = outlet or next((unit for unit in units if is_outlet(unit) or alone), None)
        if outlet:
            # 江州市政府门户网站 beside the date is the site itself; the article's source may stand below.
            level = min(trust, Trust.BEHIND - 2) if outlet.endswith("门户网站") else trust
            rule = f"{rule}:{OWN_NAME}" if outlet == site else rule
            self.readings.source(level, clean_source(outlet), rest, rule, block.index)
        elif pieces and not names.people and self._is_own_name(block, pieces[0]):
            # No ending tells it for an outlet's name; the place does, but a column may stand there as well.
            self.readings.source(Trust.BEHIND - 12, pieces[0], rest, rule, block.index)

    def _is_own_name(self, block: Block, piece: str) -> bool:
        """Tell whether a line opens with a name and a bar that is no column: no link on the page says so."""
        if not _BARRED_NAME.match(block.text) or not block.text.startswith(piece):
            return False
        return piece not in self.document.title_text and all(
            piece not in link.text for link in self.document.links
        )

    @cached_property
    def _site(self) -> str:
        """What stands last in the page's title."""
        return parts(self.document.title_text)[-1]

    def _between_headline_and_date(self, block: Block) -> bool:
        following = self.document.blocks[block.index + 1 : block.index + 2]
        return block.index == self.end + 1 and any(has_date_sign(line.text) for line in following)

    def _is_placed_name(self, block: Block, text: str) -> bool:
        """Tell whether a line of three characters between headline and date is a name by any surname."""
        return len(text) == 3 and is_person(text) and self._between_headline_and_date(block)

    def _in_row_with_date(self, block: Block) -> bool:
        """Tell whether a line is an item of a short list of which another one is a date and nothing else."""
        item = block.box.within("li", "dd", "td")
        if item is not None and item.end - item.start > 1:
            item = None  # a cell that the page stands in
        row = item.parent if item else block.box.parent
        if row is None or not 1 < row.end - row.start <= (_LONGEST_ROW if item else _LONGEST_CARD):
            return False
        return any(_DATE_ALONE.fullmatch(line.text) for line in self.document.lines(row))

    def outlet_line(self, block: Block) -> bool:
        """Read a line under the headline that is a paper's name, the source where nothing else says so."""
        text = block.text
        if len(text) > _LONGEST_OUTLET or not text.endswith(_OUTLET_LINE) or not is_outlet(text):
            return False
        self.readings.source(Trust.BEHIND - 10, clean_source(text), text, "line-under-headline", block.index)
        return True

    def linked_line(self, block: Block) -> None:
        """Read a link between headline and date that is an outlet's name: an account, linked to its page."""
        if self._between_headline_and_date(block):
            self.outlet_line(block)

    def signing_line(self, block: Block, text: str) -> None:
        """Read a line behind the text that is a role and names: 本报记者 方敏, （记者 方敏 编辑 李敏）."""
        if len(text) > _LONGEST_SIGNATURE or block.links or block.in_list or not may_have_role(text):
            return
        names, trailer = read_byline(text), read_trailer(text)
        if names and names.role and names.people:
            self.readings.author(Trust.FAR_BEHIND, names.people, text, "line-behind-text", block.index)
        elif trailer and trailer.sure:
            self.readings.author(Trust.FAR_BEHIND, trailer.authors, text, "line-behind-text", block.index)

    def name_line(self, block: Block, text: str) -> None:
        """Read a line between headline and text that holds nothing but names."""
        if block.link_chars * 2 > len(block.text):
            return
        dated = len(text) <= _LONGEST_UNIT and self._in_row_with_date(block)
        # Two characters alone are a word of a menu more often than a name, but for places like these.
        if len(text) < 3 and not dated and not self._between_headline_and_date(block):
            return
        if self.outlet_line(block):
            return
        named = dated and not text[0].isdigit() and not is_column(text)  # 1280浏览·36点赞·5评论
        if named and (is_unit(text) or is_outlet(text)):
            self.readings.source(Trust.BEHIND - 11, clean_source(text), text, "row-of-date", block.index)
            return
        if _SOURCE_NAME.search(block.box.cls) and (is_outlet(text) or is_unit(text)):
            source = clean_source(text)
            self.readings.source(Trust.INFO_LINE - 20, source, text, "line-named-source", block.index)
            return
        issue = _ISSUE_LINE.fullmatch(text) if text.endswith(("期", "号")) else None
        if issue:
            # The issue a magazine's article was printed in, on a line of its own.
            self.readings.source(
                Trust.BEHIND - 10, clean_source(issue["name"]), text, "line-under-headline", block.index
            )
            return
        names = read_byline(text)
        if names and (names.people or names.role):
            sure = names.role or bool(names.units) or len(names.people) > 1
            if not sure and not (is_lone_name(names.people[0]) or self._is_placed_name(block, text)):
                return
            self.readings.author(
                86 if sure else 54, names.people or names.units, text, "line-under-headline", block.index
            )
