"""Info lines cut into labels and values: 作者：高铭铎　来源：党建先锋网　发布于：2021-03-23 09:51.

A value ends at the next label and not at white space, because names of two characters are padded (方　敏)
and a value may be empty. Widths are folded one character to one character for comparing, so that positions
in the folded and in the raw text are the same and values keep the form in which they are printed.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

LONGEST_LINE = 600
"""Characters of a line that are looked at: an info line is short, and a hostile line must not cost time."""

_WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94)}
_WIDTHS |= dict.fromkeys(
    [0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x205F, 0x9, 0xA, 0xD, 0x200B, 0xFEFF], 0x20
)
_WIDTHS |= {0xFE55: 0x3A, 0x2236: 0x3A, 0xFE30: 0x3A, 0x2502: 0x7C, 0x4E28: 0x7C, 0xFE31: 0x7C, 0x2215: 0x2F}
_FOLDABLE = re.compile("[" + "".join(re.escape(chr(code)) for code in _WIDTHS) + "]")
_NARROW = {chr(wide): chr(narrow) for wide, narrow in _WIDTHS.items()}


def fold_width(text: str) -> str:
    """Return a text with full-width ASCII narrowed and every blank a space, each character in its place."""
    if len(text) > LONGEST_LINE:
        return text.translate(_WIDTHS)
    # A line holds two or three of these signs. Replacing them takes a third of the time of `translate`,
    # which looks every ideograph up and does not find it.
    signs = _FOLDABLE.findall(text)
    if signs:
        for sign in set(signs):
            text = text.replace(sign, _NARROW[sign])
    return text


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """Return a word list of this room, `vocabulary/<name>.toml`."""
    path = Path(__file__).with_name("vocabulary") / f"{name}.toml"
    with path.open("rb") as file:
        return tomllib.load(file)


def alternation(words: Iterable[str]) -> str:
    """Return words as a pattern that prefers the longest."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


class Segment(NamedTuple):
    """A label with its value, or a text without label."""

    role: str
    """Key of `vocabulary/labels.toml`; empty where there is no label."""
    label: str
    """As printed, without blanks; empty where there is none."""
    value: str
    """As printed, without white space, separators and brackets around it; empty where nothing is printed."""
    span: tuple[int, int]
    """Where the value stands in the text."""


_ROLES: dict[str, str] = {word: role for role, words in vocabulary("labels").items() for word in words}
_HAN = r"\u3400-\u9fff"
_QUOTES = ("“", "‘", "「", "『", '"')
_OUTLET_AND_LABEL = frozenset({"在线编辑", "网站编辑", "频道编辑", "網站編輯"})
_HAN_SIGN = re.compile(rf"[{_HAN}]")
_STAFF = frozenset({"编辑", "记者", "责编"})
_HOUSE = re.compile(rf"(?<=[ |])[{_HAN}]{{2,4}}$")
_LONGEST_OUTLET = 12
_DATE_LABELS = frozenset({"时间", "日期", "時間"})
_ENDS_OF_OUTLETS = tuple(vocabulary("names")["outlet_endings"])
_SURNAMES = "".join(vocabulary("names")["surnames"].split())
_SEPARATOR = re.compile(r"[:|/\]\u3011]")
_LAST = "".join(sorted({word[-1] for word in _ROLES} | set("文图圖摄攝编編")))
_BARS = "|丨│｜"
_SEPARATORS = r":：|/\]】︰∶丨│｜／］"
# What a line without any label is told by at once: no separator stands behind the last character of a
# label, nor does it hold one of the words that label without a separator. Each pattern begins with a class of
# characters, for such a one is searched for in a fraction of the time that alternatives take.
_LABEL_SIGN = re.compile(
    rf"[{re.escape(_LAST)}]\s{{0,4}}(?:[（(\[［][^()（）\[\]:：]{{0,8}}[)）\]］])?\s{{0,3}}[{_SEPARATORS}]"
)
_UNSEPARATED_SIGN = re.compile(
    rf"[来來稿作责責发發编編{_BARS}](?:(?<=[来來稿])源\s|(?<=作)者\s|(?<=[责責])任?[编編][辑輯]?\s"
    rf"|(?<=[发發])[布佈][时時日][间間期]\s|(?<=[{_BARS}])\s{{0,4}}(?:来源|稿源|作者|记者|责编)"
    rf"|(?<=编)辑\s{{1,4}}(?:(?:[-–—]\s)?[{_SURNAMES}]|[{_HAN}·]{{3,10}}\s{{1,4}}[校审])|(?<=編)輯\s{{1,4}}[{_SURNAMES}])"
)
# Last character of a label -> the lengths of the labels that end so, longest first.
_LENGTHS = {
    last: tuple(sorted({len(word) for word in _ROLES if word[-1] == last}, reverse=True)) for last in _LAST
}
_BEFORE_JOINT = "源布佈表新载載自转轉摘编編出"
_JOINED_SIGN = re.compile(rf"[{_BEFORE_JOINT}][于自於]")
# What all these forms hold and few sentences do.
_LABEL_HINT = re.compile(
    rf"[{re.escape(_LAST)}{_BEFORE_JOINT}{_BARS}]"
    rf"(?:[\s（(\[［{_SEPARATORS}]|(?<=[{_BEFORE_JOINT}])[于自於]|(?<=[{_BARS}]))"
)
_PADDED = re.compile(r"(\S) {1,4}(\S)$")
_REMARK = re.compile(r" ?[(\[][^()\[\]:]{0,8}[)\]] {0,2}$")
# Labels that end by themselves: 于 and 自 do what a colon does.
_JOINED = re.compile(
    rf"(?P<label>{alternation(word for word in _ROLES if word[-1] in '于自於' and word != '来自')})"
    rf"(?P<editor>)(?= {{0,4}}[{_HAN}A-Za-z0-9《\[\u3010])"
)
# The few labels that are followed by nothing but a blank. Others are words of the language as well.
_BLANK = re.compile(
    r"(?:^|(?<=[ |\])\u3011\d]))"
    r"(?P<label>(?:文章|信息|稿件)?来源|稿源|作者|责任编辑|责编|发布时间|发布日期|來源|責任編輯|發布時間)"
    r" {1,8}(?=\S)"
    r"|(?<=[(\[\u3010])(?P<bracketed>责任编辑|责编|責任編輯|責編) {1,8}(?=\S)"
    # 编辑 is a word as well: a name must follow.
    rf"|(?:^|(?<=[ (\[\u3010|]))(?!图片|视频|视觉|美术|责任)(?:[{_HAN}]{{2,4}})?(?P<editor>编辑|編輯) {{1,4}}"
    rf"(?:[-–—] )?(?=[{_SURNAMES}][{_HAN}]{{1,2}}(?:[ 、,)\]\u3011]|$)"
    rf"|[{_HAN}·]{{3,10}} {{1,4}}(?:校对|审核|审校))"
)
# 发表于2014-08-24 21:30 | 来源示例网 | 作者张三: between bars a label needs no sign behind it.
_FIELD = re.compile(
    rf"(?:^|(?<=\|)) {{0,4}}(?P<label>来源|稿源|作者|记者|责任编辑|责编|编辑)(?P<editor>)(?=[{_HAN}A-Za-z])"
)
_BLANK_HINT = re.compile("[源者辑輯编间間期] ")
_SHORT = re.compile(
    rf"(?:^|(?<=[ (\[\u3010|/◎□■○●◇◆]))(?P<label>图/文|文/图|图文|文图|文(?!/图(?![{_HAN}]))"
    rf"|图(?!/文(?![{_HAN}]))|圖|摄|攝|编|編)(?P<editor>) ?[/:|] ?"
)
_AND_TEXT = re.compile(rf"/文(?![{_HAN}])")
_SHORT_HINT = re.compile("[文图圖摄攝编編] ?[/:|]")
_SHORT_ROLES = {"编": "editor", "編": "editor"} | dict.fromkeys("图圖摄攝", "picture")
_EDGES = " \t\r\n\u3000\xa0\u2002\u2003\u200b\ufeff|丨│/／,，;；:：·•-—→>"
_OPENING, _CLOSING = "（(《【[［「“<", "）)》】]］」”>"
_BRACKETS = frozenset(_OPENING + _CLOSING)
_MATES = {"【": "】", "[": "]］", "［": "]］", "（": "）)", "(": "）)"}
_PAIRS = {
    "）": "（(",
    ")": "（(",
    "》": "《",
    "】": "【",
    "]": "[［",
    "］": "[［",
    "」": "「",
    "”": "“",
    ">": "<",
}


def trim(text: str) -> str:
    """Return a value without the white space, separators and unpaired brackets around it."""
    text = text.strip(_EDGES)
    while text and (text[0] in _BRACKETS or text[-1] in _BRACKETS):
        first, last = text[0], text[-1]
        if last in _OPENING or (last in _PAIRS and not any(sign in text for sign in _PAIRS[last])):
            text = text[:-1].rstrip(_EDGES)
        elif first in _CLOSING or (first in _OPENING and not any(sign in text for sign in _CLOSING)):
            text = text[1:].lstrip(_EDGES)
        elif (
            first in "【[［"
            and last in "】]］"
            and len(text) > 1
            and not any(c in text[1:-1] for c in "【[［】]］")
        ):
            text = text[1:-1].strip(_EDGES)
        else:
            break
    return text


def _label_before(folded: str, stop: int) -> tuple[int, str] | None:
    """Return start and name of the longest label that ends at `stop`; one of two characters may be padded."""
    while stop > 0 and folded[stop - 1] == " ":
        stop -= 1
    lengths = _LENGTHS.get(folded[stop - 1]) if stop else None
    if lengths is None:
        return None
    for length in lengths:
        label = folded[stop - length : stop] if length <= stop else ""
        if label in _ROLES:
            return stop - length, label
    padded = _PADDED.search(folded, max(0, stop - 6), stop)
    if padded and padded[1] + padded[2] in _ROLES:
        return padded.start(), padded[1] + padded[2]
    return None


# Several readers ask of each line: what was found is remembered for the time of a page. Lines without
# `_LABEL_HINT`, the most of a page, are not worth remembering.


@lru_cache(maxsize=128)
def _is_signed(text: str) -> bool:
    return bool(_LABEL_SIGN.search(text) or _JOINED_SIGN.search(text) or _UNSEPARATED_SIGN.search(text))


@lru_cache(maxsize=128)
def _label_marks(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """Return the labels of a line."""
    return tuple(_marks(fold_width(text))) if has_label_sign(text) else ()


def _marks(folded: str) -> list[tuple[int, int, str, str]]:
    """Return start, end, role and name of every label in a folded line, in order, without overlap."""
    marks: list[tuple[int, int, str, str]] = []
    for match in _SEPARATOR.finditer(folded):
        stop, sign = match.start(), match[0]
        if sign == ":" and folded[stop - 1 : stop] in ")] ":
            remark = _REMARK.search(folded, max(0, stop - 14), stop)
            stop = remark.start() if remark else stop
        found = _label_before(folded, stop)
        if found is None:
            continue
        start, label = found
        before = folded[start - 1] if start else ""
        if label in _OUTLET_AND_LABEL and _HAN_SIGN.match(before):
            start, label = start + 2, label[2:]  # 来源：示例在线编辑：方敏
            before = folded[start - 1]
        if label in _STAFF and (house := _HOUSE.search(folded, 0, start)) and house[0][0] not in _SURNAMES:
            start = house.start()  # 示报记者：方敏 示报编辑：何佳
            before = folded[start - 1]
        if sign in "]】" and before not in ("[", "【"):
            continue
        # A bar or a slash stands between words too, so the label needs a break before it.
        if sign in "|/" and folded[match.end() : match.end() + 1] == "/":
            continue
        if sign in "|/" and before.isalnum() and not _is_outlets_own(folded[:start], label):
            continue
        if label == "图" and _AND_TEXT.match(folded, stop):
            continue
        if before in _QUOTES or folded[:start].endswith(("注明", "标明", "标注", "註明")):
            continue  # a notice that speaks of labels: 凡注明“来源：…”
        role = _ROLES[label]
        if (
            label == "公众号"
            and marks
            and marks[-1][2] == "source"
            and folded[marks[-1][1] : start].strip() in ("", "微信")
        ):
            continue  # 来源：微信公众号：示例先锋
        glued = "\u3400" <= before <= "\u9fff" and not (
            marks and " " not in folded[marks[-1][1] : start].strip()
        )
        if glued and label in _DATE_LABELS and not folded[:start].endswith(_ENDS_OF_OUTLETS):
            role = "other_date"  # 播出时间, 考试时间: the time of something else
        marks.append((start, match.end(), role, label))
    patterns = [_FIELD] if folded.count("|") > 1 else []
    if "于" in folded or "自" in folded or "於" in folded:
        patterns.append(_JOINED)
    if len(folded) < 200:
        if _BLANK_HINT.search(folded):
            patterns.append(_BLANK)
        if _SHORT_HINT.search(folded):
            patterns.append(_SHORT)
    for pattern in patterns:
        for match in pattern.finditer(folded):
            if not any(start < match.end() and match.start() < end for start, end, _, _ in marks):
                label = next(filter(None, match.groups()), "")
                roles = _SHORT_ROLES if pattern is _SHORT else _ROLES
                marks.append((match.start(), match.end(), roles.get(label, "author"), label))
    if len(marks) < 2:
        return marks
    marks.sort(key=lambda mark: (mark[0], -mark[1]))
    return [mark for i, mark in enumerate(marks) if i == 0 or mark[0] >= marks[i - 1][1]]


def _is_outlets_own(before: str, label: str) -> bool:
    """Tell whether a label that a bar follows has but an outlet's name in front: 示例新闻编辑 | 方敏."""
    return label in _STAFF and len(before) <= _LONGEST_OUTLET and before.endswith(_ENDS_OF_OUTLETS)


def segment(text: str) -> list[Segment]:
    """Cut an info line into its labelled values and the texts between, in reading order.

    A text before the first label comes out as a segment without role. Empty values are kept as empty
    strings: the label stands there, and what follows it is the next label and not its value.
    """
    text = text[:LONGEST_LINE]
    marks = _label_marks(text)
    segments = []
    first = marks[0][0] if marks else len(text)
    head = trim(text[:first])
    if head:
        segments.append(Segment("", "", head, (0, first)))
    for position, (start, end, role, label) in enumerate(marks):
        stop = marks[position + 1][0] if position + 1 < len(marks) else len(text)
        close = _closed_at(text, start, end, stop)
        segments.append(Segment(role, label, trim(text[end:close]), (end, close)))
        rest = trim(text[close + 1 : stop])
        if rest:
            segments.append(Segment("", "", rest, (close + 1, stop)))
    return segments


def _closed_at(text: str, start: int, end: int, stop: int) -> int:
    """Return where a value ends: at the mate of the bracket that its label stands behind, else at `stop`."""
    opening = text[start - 1] if start else ""
    closing = _MATES.get(opening)
    if closing is None:
        return stop
    depth = 1
    for position in range(end, stop):
        sign = text[position]
        if sign == opening:
            depth += 1
        elif sign in closing:
            depth -= 1
            if depth == 0:
                return position
    return stop


def role_of(text: str) -> str:
    """Return the role of a text that is a label without separator, as in a table's first cell; else empty."""
    return _ROLES.get(text.replace(" ", "").replace("\u3000", ""), "") if len(text) <= 12 else ""


def has_label_sign(text: str) -> bool:
    """Tell, fast, whether a text may hold a label; most lines of a page cannot."""
    return _LABEL_HINT.search(text) is not None and _is_signed(text)


def has_label(text: str) -> bool:
    """Tell whether a text holds a label of the vocabulary."""
    text = text[:LONGEST_LINE]
    return has_label_sign(text) and bool(_label_marks(text))
