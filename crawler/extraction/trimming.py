"""Tell text from furniture among the lines of the container: cut both ends, drop what stands between."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from crawler.extraction import endings, english, furniture, index_tables, insets, unlabelled_heads
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.labels import alternation, has_label, segment, vocabulary
from crawler.extraction.names import is_unit
from crawler.extraction.nodes import behind, detach

_HEAD_LINES: Final = 25
_INFO_LENGTH: Final = 160
_OPENING: Final = 24
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
_WORDS: Final = vocabulary("furniture")
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


Weigher = Callable[[int, int], float]
"""Tells how much running text stands in the lines from one index up to another."""


_TITLE_SEPARATORS: Final = frozenset("_-—–|丨·<>»(（,，")


# How headings of sections begin, which some editors paste as `h1`: 一、基础信息.
_SECTION: Final = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[）)、]|第[一二三四五六七八九十]{1,3}[章节篇]"
)


_LONG_TITLE: Final = 8


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


# 时间:5月28日至30日: without a year it is the time of what the text tells of.
_EVENT: Final = re.compile(r"(?:时间|日期):?\d{1,2}月\d{1,2}日")


_OF_HISTORY: Final = re.compile(r"[(\[]?1[89][0-8]\d年")  # a heading of a chronicle


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


_BRIEF: Final = 12
# Particulars of a document, of which each stands on a line of its own.
_OF_A_RECORD: Final = re.compile(
    r"(?:索引号|索取号|信息索引|发文机[关构]|发文字号|成文日期|成文时间|生成日期|主题分类|体裁分类|组配分类"
    r"|公开方式|公开形式|公开范围|有效性):"
)
# 1.某市召开座谈会: in a digest the headings are links.
_NUMBERED: Final = re.compile(r"\d{1,2}[.、][^\d.]")


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


def tail(document: Document, start: int, end: int, weigh: Weigher) -> int:
    """Return the index behind the last line of text."""
    blocks = document.blocks
    # Statements of rights at the very end would count as text that follows those before them.
    while (
        end > start + 1
        and _ends_alone(blocks[end - 1])
        and not endings.is_particular(blocks, end - 1, start, end)
    ):
        end -= 1
    whole = weigh(start, end)
    stop = end
    for index in range(start + 1, end):
        text = blocks[index].text
        if (text[0] not in furniture.OPENS_ENDS and text[0].isalnum()) or len(text) > _INFO_LENGTH:
            continue
        rest = weigh(index + 1, end)
        if whole < _SCANT and rest > _LITTLE and _is_done(document, start, index, end, weigh):
            rest = 0.0
        if (
            _ends(text, rest, whole)
            and not endings.is_particular(blocks, index, start, end)
            and not insets.is_inset(document, index, end, weigh)
        ):
            stop = index
            break
    mark = endings.end_mark(blocks, start, stop)
    if mark < stop and weigh(mark, stop) <= _REST * whole:
        stop = mark
    while stop > start + 1:
        loose = _is_loose(blocks[stop - 1]) or insets.is_summary(blocks, stop - 1, weigh)
        if loose and endings.is_particular(blocks, stop - 1, start, stop):
            break
        if not loose and not (stop < end and insets.heads_list(blocks, stop - 1)):
            break
        stop -= 1
    stop = endings.top_of_added(blocks, start, stop)
    return _behind_paragraphs(document, start, stop, weigh)


def _is_done(document: Document, start: int, index: int, end: int, weigh: Weigher) -> bool:
    """Tell whether no running text behind a line stands in an element that held some before it.

    A short text may weigh less than the summaries of other articles that follow it.
    """
    blocks = document.blocks
    before = {_holder(blocks[i]) for i in range(start, index) if weigh(i, i + 1) >= _PARAGRAPH}
    if not before:
        return False
    return all(_holder(blocks[i]) not in before for i in range(index, end) if weigh(i, i + 1) >= _PARAGRAPH)


def _holder(block: Block) -> tuple[Box | None, bool]:
    """Return the element that holds a paragraph, and whether as a line parted from others by breaks."""
    box = block.box
    parted = box.end - box.start > 1
    return (box if parted else box.parent), parted


_SCANT: Final = 400


def _behind_paragraphs(document: Document, start: int, stop: int, weigh: Weigher) -> int:
    """Return the end of the text without short last lines in elements that no paragraph stands in.

    Such are buttons, questions and notes of a template behind the text that an editor entered. An editor's
    own elements have no names, or those of their paragraphs.
    """
    blocks = document.blocks
    last = stop
    while last > start + 1 and _is_note(blocks[last - 1]):
        last -= 1
    if last == stop:
        return stop
    names: set[str] = set()
    for block in blocks[start:last]:
        if weigh(block.index, block.index + 1) >= _PARAGRAPH:
            names.update(name for box in (block.box, *block.box.ancestors()) for name in (box.cls, box.id))
    if not names:
        return stop
    while stop > last and _is_named_apart(blocks[stop - 1].box, last, names):
        stop -= 1
    return stop


def _is_note(block: Block) -> bool:
    text = block.text
    if len(text) > _LONGEST_NOTE or text[0] in "（(" or text[-1] in "。！？!":
        return False
    squashed = furniture.squash(text)
    if any(sign in squashed for sign in _FILE_SIGNS) or furniture.holds_date(squashed) or is_unit(text):
        return False
    return block.box.within("table", "blockquote") is None


def _is_named_apart(box: Box, first: int, names: set[str]) -> bool:
    """Tell whether a box, or one around it that begins at a line or behind it, has a name not among some."""
    around: Box | None = box
    while around is not None and around.start >= first:
        if (around.cls or around.id) and not names.issuperset((around.cls, around.id)):
            return _PASTED.match(around.cls) is None
        around = around.parent
    return False


_LONGEST_NOTE: Final = 24
# Classes that come with text from word processors and from editors of accounts.
_PASTED: Final = re.compile(r"[Mm]so|_135editor|ql-|p\d*$")


def _ends_alone(block: Block) -> bool:
    """Tell whether a last line would end the text though it were the only one behind it."""
    text = block.text
    if len(text) > _LONGEST_RIGHTS or not furniture.may_be_ending(text):
        return False
    squashed = furniture.squash(text[:_OPENING])
    if endings.is_sentence(squashed):
        return False
    return furniture.is_ending(squashed) if len(text) <= _INFO_LENGTH else squashed.startswith(_STATES_RIGHTS)


_LONGEST_RIGHTS: Final = 600
_STATES_RIGHTS: Final = tuple(_WORDS["rights"])


_PARAGRAPH: Final = 30


def _ends(text: str, rest: float, whole: float) -> bool:
    """Tell whether a line ends the text, going by how it begins and by how much of the `whole` running text
    follows, the `rest`."""
    # Nothing but comments begins where most of the text is still to come.
    if len(text) <= _COMMENT_HEADING and furniture.is_comment_heading(furniture.squash(text)):
        return True
    if rest > _LITTLE and rest > _REST * whole:
        return False
    if furniture.is_editor_line(text):
        return True
    if not furniture.may_be_ending(text):
        return False
    squashed = furniture.squash(text[:_OPENING])
    if endings.is_sentence(squashed):
        return False
    if furniture.is_ending(squashed) or (
        len(text) <= _SHORT and furniture.is_heading_of_others(furniture.squash(text))
    ):
        return True
    return rest <= _LITTLE and furniture.is_weak_ending(squashed) and "。" not in text


_LITTLE: Final = 50
_REST: Final = 0.34
_COMMENT_HEADING: Final = 14


def _is_loose(block: Block) -> bool:
    """Tell whether a last line is no text: only links, a pager, furniture, an info line or signs."""
    text = block.text
    if len(text) > _INFO_LENGTH:
        return len(text) <= endings.LONGEST and endings.is_added(furniture.squash(text))
    squashed = furniture.squash(text)
    if _REMAINS.fullmatch(squashed):
        return True
    share = block.link_chars / len(text)
    if len(squashed) < _LIST_ROW and (share > 0.8 or (share > 0.5 and furniture.holds_date(squashed))):
        return not any(sign in squashed for sign in _FILE_SIGNS)
    return (
        furniture.is_furniture_line(squashed)
        or (furniture.is_pager_line(squashed) and (block.links > 0 or not squashed.isdigit()))
        or furniture.is_editor_line(text)
        or endings.is_counter(squashed)
        or (
            squashed[-1:] in _RIGHTS_ENDS
            and _RIGHTS.search(squashed) is not None
            and not endings.is_report(squashed)
        )
        or not any(char.isalnum() for char in squashed)
        or endings.is_added(squashed)
        or endings.is_credit_line(text)
        or english.is_behind_text(text)
        or (
            not furniture.is_date_line(squashed)
            and not AFFILIATION.search(text)
            and is_info_line(block, squashed)
        )
    )


_LIST_ROW: Final = 60
# A heading with nothing behind it, and tags.
_REMAINS: Final = re.compile(
    r"[(]?(?:部分|文中|本文|以上)?(?:图片|照片|图|视频|音频|配图)(?:由.{1,20}提供|来自.{1,16}|来源[于:].{1,16})[)]?|下载.{1,12}(?:客户端|app)|"
    r"[(]?下载.{2,12},[报爆]料有奖!?[)]?|"
    r"[\[【(]?(?:相关)?附件(?:下载|列表)?[\]】)]?:?|(?:#[^#。,]{1,20}){1,10}#?"
)
_RIGHTS_ENDS: Final = frozenset("。!除场点源者0123456789")
_RIGHTS: Final = re.compile(
    r"版权归(?!.{0,4}(?:主办|承办|组委会|征集)).{0,12}所有|侵权.{0,12}(?:删除|联系)|联系.{0,8}删除|仅代表.{0,10}观点|转载请(?:注明|联系)|爆料热线:"
)


AFFILIATION: Final = re.compile(
    r"作者(?:系|为|單位|单位|简介)|[，,：:\s（(]系[^，。]{2,}|(?:教授|研究员|书记|主任|院长|会长)[）)]$"
)
"""What tells `（作者系…）`, which is text, from a byline."""
_FILE_SIGNS: Final = ("附件", "附:", ".doc", ".pdf", ".xls", ".zip", ".rar", ".wps", ".ppt")


def inside(document: Document, start: int, end: int, dropped: set[int]) -> list[int]:
    """Return the indexes of the lines of text between two ends, `dropped` being lines of furniture
    elements."""
    lines = []
    for index, block in enumerate(document.blocks[start:end], start):
        if index in dropped:
            continue
        text = block.text
        if len(text) <= _SHORT:
            squashed = furniture.squash(text)
            if furniture.is_furniture_line(squashed) or (block.links and furniture.is_pager_line(squashed)):
                continue
        elif len(text) <= _LIST_ROW and ":" in text and furniture.is_player(furniture.squash(text)):
            continue
        if text[0] in furniture.OPENS_EDITORS and furniture.is_editor_line(text):
            continue
        if block.link_chars * 2 > len(text) and len(text) < _LIST_ROW and is_pointer(text):
            continue
        lines.append(index)
    return lines


def is_pointer(text: str) -> bool:
    """Tell whether a line that is a link points to other articles: 相关阅读：某某."""
    return furniture.may_be_ending(text) and furniture.is_ending(furniture.squash(text[:_OPENING]))


_SHORT: Final = 24


# Further pages of a text that a script shows one by one: `page_2`, `content-page3`.
_PAGE_PART: Final = re.compile(r"(?:^|[\s_-])(?:page|part|p)[_-]?\d{1,2}(?:$|\s)", re.IGNORECASE)


def _is_shown_later(box: Box) -> bool:
    return bool(_PAGE_PART.search(box.cls) or _PAGE_PART.search(box.id))


def furniture_lines(document: Document, container: Box, named: Iterable[Box], weigh: Weigher) -> set[int]:
    """Return the lines that stand in elements of the container which are furniture by name or are hidden."""
    dropped: set[int] = set()
    whole = weigh(container.start, container.end)
    for box in named:
        if _is_inside(box, container) and weigh(box.start, box.end) < 0.25 * whole:
            dropped.update(range(box.start, box.end))
    if container.hidden:
        return dropped
    shown_to = container.start
    for index in range(container.start, container.end):
        if index < shown_to or index in dropped or not document.blocks[index].box.hidden:
            continue
        box = _hidden_by(document.blocks[index].box)
        if _is_shown_later(box) or weigh(box.start, box.end) > 0.5 * whole:
            shown_to = box.end
        else:
            dropped.update(range(index, min(box.end, container.end)))
    return dropped


_CLOSING_LINK: Final = re.compile(alternation(_WORDS["closing_links"]) + r"|返回.{2,8}[,，]\s?查看更多")


def cut_closing_link(document: Document, lines: Sequence[int]) -> None:
    """Take the link that closes the last paragraph off it: 查看更多, 阅读原文."""
    last = document.blocks[lines[-1]] if lines else None
    if last is None or not last.links:
        return
    link = next((placed for placed in reversed(document.links) if placed.index <= last.index), None)
    words = link.text if link and link.index == last.index else ""
    if link is None or not _CLOSING_LINK.fullmatch(words) or not last.text.endswith(words):
        return
    rest = last.text[: -len(words)].rstrip()
    if rest and not behind(link.element).strip():
        last.text = last.raw = rest
        detach(link.element)


def _is_inside(box: Box, container: Box) -> bool:
    return (
        container.start <= box.start < box.end <= container.end
        and box is not container
        and any(around is container for around in box.ancestors())
    )


def _hidden_by(box: Box) -> Box:
    """Return the outermost hidden box around a hidden one."""
    while box.parent is not None and box.parent.hidden:
        box = box.parent
    return box
