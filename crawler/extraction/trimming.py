"""Cut the lower end of a text, and drop the furniture that stands between its lines."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from crawler.extraction import endings, english, furniture, insets
from crawler.extraction.above_text import is_info_line
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.labels import alternation, vocabulary
from crawler.extraction.names import is_unit
from crawler.extraction.nodes import behind, detach
from crawler.extraction.prose import Weigher

_INFO_LENGTH: Final = 160
"""Characters of a line that may end a text."""
_OPENING: Final = 24
"""Characters by which such a line is told."""
_WORDS: Final = vocabulary("furniture")


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
"""Weight of a text that may be lighter than the summaries behind it."""


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
"""Characters of a statement of rights that may end a text."""
_STATES_RIGHTS: Final = tuple(_WORDS["rights"])


_PARAGRAPH: Final = 30
"""Weight of a paragraph at least."""


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
"""Weight of next to nothing."""
_REST: Final = 0.34
"""Part of the running text that may stand behind the end at most."""
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
"""Characters below which a line of links is a row of a list."""
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
