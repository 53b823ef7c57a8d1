"""What stands above a text inside its container: headline, info line, breadcrumb, share bar, byline."""

import re
from collections.abc import Sequence
from typing import Final

from crawler.extraction import endings, furniture, index_tables, unlabelled_heads
from crawler.extraction.document import Block, Document
from crawler.extraction.labels import alternation, has_label, segment, vocabulary

_WORDS: Final = vocabulary("furniture")
_HEAD_LINES: Final = 25
"""Lines of the container that may stand above the text."""
_INFO_LENGTH: Final = 160
_BRIEF: Final = 12
# Roles of labels that stand in info lines and hardly ever open a line of text.
_INFO_ROLES: Final = frozenset(
    {
        "source",
        "published",
        "modified",
        "editor",
        "review",
        "poster",
        "noise",
        "author",
        "issuer",
        "contributor",
    }
)
_INFO_WORD: Final = re.compile(alternation(_WORDS["info_words"]))
_SENTENCE_END: Final = re.compile(r"[。！？；：!?;:…][”’」』）)】]?$")
_BYLINE: Final = re.compile(
    rf"[□■◎○◇]\s*\S|(?:{alternation(_WORDS['byline_labels'])})\s*[/|丨:：]"
    r"|本[报刊网台社](?:特约|见习|实习|驻[^ ]{1,4})?(?:记者|评论员|通讯员)"
)
_OUTLET_AND_NAMES: Final = re.compile(
    rf"\S{{1,12}}(?:{alternation(_WORDS['outlets'])})(?:\s(?:记者|评论员)?|记者|评论员)\s?"
    r"[\u4e00-\u9fff·]{2,4}(?:[ 、][\u4e00-\u9fff·]{1,4}){0,4}"
)
_DATELINE: Final = re.compile(r"\d{1,2}日(?:电|讯|電|訊)|^本[报刊网台社](?:讯|电)")
_STOPS: Final = frozenset("，。；！？,;!?")
_OF_A_RECORD: Final = re.compile(rf"(?:{alternation(_WORDS['record_labels'])}):")
# 1.某市召开座谈会: in a digest the headings are links.
_NUMBERED: Final = re.compile(r"\d{1,2}[.、][^\d.]")
# 时间:5月28日至30日: without a year it is the time of what the text tells of.
_EVENT: Final = re.compile(r"(?:时间|日期):?\d{1,2}月\d{1,2}日")
_OF_HISTORY: Final = re.compile(r"[(\[]?1[89][0-8]\d年")  # a heading of a chronicle
_TITLE_SEPARATORS: Final = frozenset("_-—–|丨·<>»(（,，")
# How headings of sections begin, which some editors paste as `h1`: 一、基础信息.
_SECTION: Final = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[）)、]|第[一二三四五六七八九十]{1,3}[章节篇]"
)
_LONG_TITLE: Final = 8
"""Characters of a line that is the headline if `<title>` ends with it, behind the name of the site."""


class Titles:
    """The strings that may be the headline: what `<title>`, headings and metas say."""

    def __init__(self, document: Document) -> None:
        self._page = furniture.squash(document.title_text)
        known = [document.meta("articletitle", "og:title", "title")]
        headings = [" ".join(b.text for b in document.lines(box)) for box in document.find("h1")[:3]]
        known += [text for text in headings if not _SECTION.match(text)]
        self._known = {furniture.squash(text) for text in known if text}

    def holds(self, squashed: str) -> bool:
        """Tell whether a squashed line is the page's headline."""
        if len(squashed) < 4:
            return False
        if squashed in self._known:
            return True
        # `<title>` goes on with the site's name; a unit that a headline begins with is no headline.
        rest = self._page[len(squashed) : len(squashed) + 1]
        if self._page.startswith(squashed):
            return not rest or rest in _TITLE_SEPARATORS
        return len(squashed) >= _LONG_TITLE and self._page.endswith(squashed)


def is_info_line(block: Block, squashed: str) -> bool:
    """Tell whether a line is an info line: labels with source, date, counters, size switch; or a date
    alone."""
    if len(squashed) > _INFO_LENGTH or _EVENT.match(squashed):
        return False
    if furniture.is_date_line(squashed):
        return _OF_HISTORY.match(squashed) is None
    if not _INFO_WORD.search(squashed) or not has_label(block.text):
        return False
    labelled = [s for s in segment(block.text) if s.role in _INFO_ROLES]
    if not labelled:
        return False
    lead = squashed.lstrip("[(【〖|")
    if len({s.role for s in labelled}) > 1 or furniture.holds_date(squashed):
        return "。" not in squashed
    first = labelled[0]
    if first.label[-1] in "于自" and "," in squashed:
        return False  # 来源于群众，服务于群众
    return lead.startswith(first.label.lower()) and len(squashed) < 40 and "。" not in squashed


def is_byline(text: str) -> bool:
    """Tell whether a line of the text's top names its writers and nothing else."""
    if len(text) > 48 or not _STOPS.isdisjoint(text):
        return False
    return bool(_BYLINE.match(text) or _OUTLET_AND_NAMES.fullmatch(text))


def is_above_text(block: Block, squashed: str, titles: Titles) -> bool:
    """Tell whether a line belongs to what stands above a text: headline, info line, breadcrumb, share bar."""
    return (
        titles.holds(squashed)
        or is_info_line(block, squashed)
        or furniture.is_furniture_line(squashed)
        or furniture.is_breadcrumb(squashed)
        or furniture.is_greeting(squashed)
        or (not squashed.isdigit() and furniture.is_pager_line(squashed))
        or (block.link_chars * 2 > len(block.text) and len(squashed) < 30 and not _NUMBERED.match(squashed))
        or (len(squashed) <= _BRIEF and furniture.may_be_ending(squashed) and furniture.is_ending(squashed))
        or endings.is_counter(squashed)
        or (len(squashed) < 60 and _OF_A_RECORD.match(squashed) is not None)
        or not any(map(str.isalnum, squashed))
    )


def head(document: Document, start: int, end: int, titles: Titles) -> int:
    """Return the index of the first line of text: behind headline, info line and what else stands above."""
    blocks = document.blocks
    first = start
    index = start - 1
    stop = min(end, start + _HEAD_LINES)
    while (index := index + 1) < stop:
        block = blocks[index]
        squashed = furniture.squash(block.text)
        opens = squashed[:1] in index_tables.OPENS
        if opens and (behind := index_tables.behind_index(document, index, end)) > index:
            first, stop = behind, min(end, behind + _HEAD_LINES)
            index = behind - 1
            continue
        if is_above_text(block, squashed, titles) and not endings.is_particular(
            blocks, index, start - 1, stop
        ):
            first = index + 1
        elif is_byline(block.text) and not unlabelled_heads.marks_many(blocks, index, end):
            # Names stand under a headline, which may stand above them unrecognised; not under a dateline.
            if not any(_DATELINE.search(b.text) for b in blocks[first:index]):
                first = index + 1
        elif index - first <= 1 and unlabelled_heads.names_house(blocks, index, titles.holds):
            first = index + 1
        elif (
            len(squashed) > 70
            or index - first > 4
            or (_SENTENCE_END.search(block.text) and not _heads_link(blocks, index))
            or (len(squashed) > 30 and "。" in squashed)
        ):
            break
    return first if first < end else start


def _heads_link(blocks: Sequence[Block], index: int) -> bool:
    """Tell whether a line is the heading of a link above the text: 政策解读："""
    if len(blocks[index].text) > _BRIEF or blocks[index].text[-1] not in "：:":
        return False
    return any(b.link_chars * 2 > len(b.text) for b in blocks[index + 1 : index + 2])
