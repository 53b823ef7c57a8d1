"""Recognise what stands in or around a text without being text: by the words of a line, by the names of an
element."""

import re
from functools import cache, lru_cache
from typing import Final

from crawler.extraction.document import Box, Document
from crawler.extraction.labels import alternation, fold_width, vocabulary
from crawler.extraction.nodes import attribute, descendants

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SMALL_WORDS: Final = re.compile(r"[a-z]+")
_LISTS: Final = vocabulary("furniture")
_LONGEST_NAME: Final = 200


_NAMES: Final = {key: frozenset(_LISTS[key]) for key in ("furniture_names", "never_text", "comment_names")}


@lru_cache(maxsize=8192)
def _named(name: str, key: str) -> bool:
    names = _NAMES[key]
    if not names.isdisjoint(name.lower().split()):
        return True
    # Small letters are words already; others are cut where a capital begins one.
    words = _SMALL_WORDS.findall(name) if name.islower() else map(str.lower, _WORDS.findall(name))
    return not names.isdisjoint(words)


def is_furniture_name(name: str) -> bool:
    """Tell whether an id or class attribute names furniture: share bars, related links, pagers, comments,
    advertisements."""
    return bool(name) and _named(name[:_LONGEST_NAME], "furniture_names")


def is_never_text(box: Box) -> bool:
    """Tell whether an element is the foot or the menu of a page by tag, id or class."""
    return box.tag in _NEVER_TEXT or _named(f"{box.id} {box.cls}"[:_LONGEST_NAME], "never_text")


_NEVER_TEXT: Final = frozenset({"nav", "footer"})


@cache
def _footers() -> re.Pattern[str]:
    return re.compile(alternation(vocabulary("furniture")["footers"]))


def is_footer_line(squashed: str) -> bool:
    """Tell whether a squashed line holds what stands at the foot of a page: 京ICP备…, 版权所有."""
    return _footers().search(squashed) is not None


def is_comment_name(name: str) -> bool:
    """Tell whether an id or class attribute names readers' comments."""
    return bool(name) and _named(name[:_LONGEST_NAME], "comment_names")


class _FurnitureKeys(dict[str, bool]):
    """Whether ids and classes (`#id`, `.class`) name furniture; remembered, as pages of a site share them.

    A page has a hundred of them and a plain dictionary is asked in a third of the time of `lru_cache`.
    """

    def __missing__(self, key: str) -> bool:
        if len(self) >= _MOST_KEYS:
            self.clear()
        name = key[1 : _LONGEST_NAME + 1]
        # Most names are one word in small letters: every page of a new site has fifty that nobody has met.
        plain = name.isalpha() and name.islower()
        known = self[key[: _LONGEST_NAME + 1]] = (
            name in _NAMES["furniture_names"] if plain else is_furniture_name(name)
        )
        return known


_MOST_KEYS: Final = 8_192
_FURNITURE_KEYS: Final = _FurnitureKeys()


def named_boxes(document: Document) -> list[Box]:
    """Return the block-level boxes that are furniture by id, class or tag, in document order."""
    index, by_tag = document.index, document.by_tag
    found = {box for key in index if _FURNITURE_KEYS[key] for box in index[key] if box.block}
    for tag in _FURNITURE_TAGS & by_tag.keys():
        found.update(by_tag[tag])
    found.update(box for box in by_tag.get("table", ()) if _is_set_into_text(box))
    return sorted(found, key=lambda box: (box.start, -box.end))


_FURNITURE_TAGS: Final = frozenset({"nav", "footer", "aside"})


def _is_set_into_text(box: Box) -> bool:
    """Tell whether a small table that text flows around holds an advertisement (画中画)."""
    if not 0 < box.end - box.start <= _LARGEST_INSET:
        return False
    if (attribute(box.element, "align") or "").lower() not in ("left", "right"):
        return False
    return next(descendants(box.element, *_ADVERTISING_TAGS), None) is not None


_LARGEST_INSET: Final = 4
_ADVERTISING_TAGS: Final = ("iframe", "object", "embed", "script")


@lru_cache(maxsize=256)
def squash(text: str) -> str:
    """Return a line as the word lists are written: widths folded, white space out, lower case.

    Remembered for the time of a page, as several readers ask of each line.
    """
    return "".join(fold_width(text).split()).lower()


_BULLETS: Final = "[(【〖<>》»◆■□●▲*·•|-↓↑▼▽△→➜☞👇※"


@cache
def _openings(key: str) -> dict[str, tuple[str, ...]]:
    """Return a word list by first character: `startswith` over the few words of one is faster than a
    pattern of all."""
    found: dict[str, tuple[str, ...]] = {}
    for word in vocabulary("furniture")[key]:
        found[word[0]] = (*found.get(word[0], ()), word)
    return found


def _opens(squashed: str, key: str) -> bool:
    openings = _openings(key)
    if squashed.startswith(openings.get(squashed[:1], ())):
        return True
    if not squashed or squashed[0].isalnum() or squashed[0] in _QUOTES:
        return False
    bare = _ORNAMENTS.sub("", squashed, count=1)
    return bare.startswith(openings.get(bare[:1], ()))


_QUOTES: Final = frozenset("“‘「『《")
_ORNAMENTS: Final = re.compile(r"[^\w“‘「『《]{1,6}")


def _unfolded(characters: set[str]) -> frozenset[str]:
    """Return some characters with all that squashing makes one of them."""
    either = characters | {char.upper() for char in characters}
    return frozenset(either | {chr(ord(char) + 0xFEE0) for char in either if "!" <= char <= "~"})


_OPENS_ENDING: Final = _unfolded(
    {w[0] for k in ("endings", "weak_endings", "headings") for w in _LISTS[k]} | set(_BULLETS)
)
_OPENS_COMMENTS: Final = _unfolded({word[0] for word in _LISTS["comments"]})


def may_be_ending(text: str) -> bool:
    """Tell by the first character of a line whether it is worth folding it to see if it ends a text."""
    return text[:1] in _OPENS_ENDING or not text[:1].isalnum()


def is_ending(squashed: str) -> bool:
    """Tell whether a squashed line begins as those do that follow a text: related links, sharing, previous
    and next."""
    return _opens(squashed, "endings")


def is_weak_ending(squashed: str) -> bool:
    """Tell whether a squashed line begins as lines behind a text do, but as lines of a text do too."""
    return _opens(squashed, "weak_endings") or (
        squashed[:1] == "关" and _FOLLOW.fullmatch(squashed) is not None
    )


_FOLLOW: Final = re.compile(r"关注[^,。:;]{2,12}(?:微信公众号|公众号|官方微信|官方微博)")


def is_breadcrumb(squashed: str) -> bool:
    """Tell whether a squashed line begins as breadcrumbs do: 当前位置：首页 > 要闻."""
    return len(squashed) <= _BREADCRUMB_LENGTH and _opens(squashed, "breadcrumbs")


def is_greeting(squashed: str) -> bool:
    """Tell whether a squashed line tells the day or bids a visitor welcome, as above the menu of a site."""
    return squashed[:1] in "今欢您" and _GREETING.fullmatch(squashed) is not None


_GREETING: Final = re.compile(
    r"(?:您好,?)?(?:今[天日]是:?\d{4}年\d{1,2}月\d{1,2}日[^,。;]{0,40}|欢迎您?(?:访问|光临|来到|进入)[^,。;]{2,30})"
)
_BREADCRUMB_LENGTH: Final = 100


@cache
def _lines() -> frozenset[str]:
    return frozenset(vocabulary("furniture")["lines"])


def is_furniture_line(squashed: str) -> bool:
    """Tell whether a whole squashed line is furniture wherever it stands: a word, a prompt, a row of
    buttons, a player's clock."""
    if squashed in _lines() or squashed.strip(_BULLETS + "])】〗>") in _lines():
        return True
    if len(squashed) > _SHORT_LINE:
        return is_player(squashed)
    return (
        (squashed[:1] in _OPENS_PROMPT and "。" not in squashed and _opens(squashed, "prompts"))
        or (squashed[:1] in _OPENS_BUTTONS and _BUTTONS.fullmatch(squashed) is not None)
        or (squashed[:1] == "打" and _APP.fullmatch(squashed) is not None)
        or (squashed[:1].isdigit() and _CLOCK.fullmatch(squashed) is not None)
        or is_player(squashed)
    )


_SHORT_LINE: Final = 24
_OPENS_PROMPT: Final = frozenset({word[0] for word in _LISTS["prompts"]} | set(_BULLETS))
_BUTTONS: Final = re.compile(
    rf"(?:[\[(【〖]?(?:{alternation(_LISTS['buttons'])})[:)\]】〗]?[|/·+>]{{0,2}}){{2,}}"
)
_OPENS_BUTTONS: Final = frozenset({word[0] for word in _LISTS["buttons"]} | set("[(【〖"))
_APP: Final = re.compile(r"打开[^,。:]{1,12}(?:app|客户端)[,]?(?:查看|阅读|看|体验|观看)[^,。]{0,8}")


def is_player(squashed: str) -> bool:
    """Tell whether a squashed line is what a player shows: 正在播放 00:00/03:21 倍速 1.0x 高清 全屏."""
    return len(squashed) <= _LONGEST_PLAYER and ":" in squashed and _PLAYER.fullmatch(squashed) is not None


_LONGEST_PLAYER: Final = 60
_PLAYER: Final = re.compile(
    r"(?:(?:正在|当前|视频|语音|音频)?播[放报]|暂停|重播|倍速|\d\.\d{1,2}x|[超高标]清|流畅|自动|全屏|画中画|静音|音量"
    r"|\d{1,3}%|\d{1,2}:\d{2}(?::\d{2})?|[/|·])+"
)
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?:/\d{1,2}:\d{2})?")


@cache
def _headings() -> frozenset[str]:
    return frozenset(vocabulary("furniture")["headings"])


def is_heading_of_others(squashed: str) -> bool:
    """Tell whether a squashed line is but the heading of other articles: 图片新闻, 相关文件：更多>>."""
    if len(squashed) > _SHORT_LINE:
        return False
    bare = squashed.strip(_HEADING_SIGNS).removesuffix("更多").removesuffix("more").strip(_HEADING_SIGNS)
    return bare in _headings()


_HEADING_SIGNS: Final = _BULLETS + "])】〗:"


_COUNT: Final = re.compile(r"[\[(:]?\d{0,9}条?[\])]?$")


@cache
def _comment_headings() -> frozenset[str]:
    return frozenset(vocabulary("furniture")["comments"])


def is_comment_heading(squashed: str) -> bool:
    """Tell whether a squashed line is the heading above readers' comments, a count behind it left out."""
    return (
        squashed[:1] in _OPENS_COMMENTS
        and len(squashed) <= 16
        and _COUNT.sub("", squashed) in _comment_headings()
    )


_SEPARATORS: Final = frozenset("：:|/｜丨")


_EDITOR_ROLES: Final = [
    word for role in ("editor", "review", "poster") for word in vocabulary("labels")[role]
]
_EDITORS: Final = re.compile(
    rf"[\[(【〖]?(?:(?:作者|来源|文|图)[:/]\S{{1,12}}?)?(?:{alternation(_EDITOR_ROLES)})[\])】]?[:|/]"
)
OPENS_EDITORS: Final = frozenset("[(【〖［（ 　\xa0作来文图" + "".join({word[0] for word in _EDITOR_ROLES}))
"""What the lines begin with that `is_editor_line` can be true of."""
OPENS_ENDS: Final = _OPENS_ENDING | _OPENS_COMMENTS | OPENS_EDITORS
"""What the lines begin with that may end a text: endings, editor lines, headings of comments."""


def is_editor_line(text: str) -> bool:
    """Tell whether a line names editors, reviewers or who put it on line: （责编：甲、乙）."""
    if text[:1] not in OPENS_EDITORS or len(text) > _EDITOR_LENGTH:
        return False
    if _SEPARATORS.isdisjoint(text):
        return text[:1] in _BRACKETS and _SIGNED.fullmatch(text) is not None
    return _EDITORS.match(squash(text)) is not None and not _OPENS_PARAGRAPH.match(text)


# （文/甲 编辑/乙）清晨的雾还没有散，…
_OPENS_PARAGRAPH: Final = re.compile(r"[(\[（【][^()（）\[\]【】]{4,40}[)\]）】][^（(]{12,}。[”’」』]?$")
_BRACKETS: Final = frozenset("([【〖（［")
_SIGNED: Final = re.compile(
    r"[\[(【〖［（](?:责任编辑|责编|编辑|审核|校对)\s+[\u4e00-\u9fff·、 \u3000]{2,12}[\])】〗］）]"
)
_EDITOR_LENGTH: Final = 90


# Possessive: digits and arrows can be divided in countless ways, and none but the first is worth a try.
_PAGER: Final = re.compile(
    r"(?:[共第]?\d{1,6}+/?[共第]?\d{0,6}+页:?|[/|｜]"
    r"|[\[(【]?(?:首页|上一?页|下一?页|尾页|末页|前页|后页|\d{1,3}|>++|<++|»|«|\.\.\.|…|跳转|go)[\])】]?)++"
)


def is_pager_line(squashed: str) -> bool:
    """Tell whether a squashed line consists of page numbers and 上一页/下一页."""
    return _PAGER.fullmatch(squashed) is not None


_DATE: Final = (
    r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?)"
    r"(?:t|hkt|\(?(?:星期|周|週)[一二三四五六日天]\)?)?(?:(?:上午|下午|香港時間)?\d{1,2}[:时時点]\d{1,2}(?:[:分]\d{0,2}秒?)?)?"
)
_DATE_LINE: Final = re.compile(
    rf"[\[(【〖]?(?:发布|更新|日期|时间|于|:)*(?:\d{{1,2}}:\d\d)?{_DATE}[\])】〗]?"
)
_DATED: Final = re.compile(_DATE)


def is_date_line(squashed: str) -> bool:
    """Tell whether a squashed line is a date and nothing else."""
    return len(squashed) < 40 and _DATE_LINE.fullmatch(squashed) is not None


def holds_date(squashed: str) -> bool:
    """Tell whether a squashed line holds a date."""
    return _DATED.search(squashed) is not None
