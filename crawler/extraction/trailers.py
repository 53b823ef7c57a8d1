"""Credits inside the running text: lines of names at its top, datelines, brackets at its end.

□ 高铭铎            中央纪委国家监委网站 陆丽环            文/张三            本刊记者 侯逸宁 黄月
新华社北京1月6日电（记者 张三、李四）…            本报讯（记者叶婉）… …（记者孙少龙、王鹏）
…（冯洁）            （作者：方敏，系北京大学教授）            （原载《求是》2022年第1期）
"""

import re
from typing import NamedTuple

from crawler.extraction.labels import Segment, fold_width, has_label, segment, trim
from crawler.extraction.names import (
    Names,
    has_role,
    has_surname,
    is_lone_name,
    is_no_source,
    is_outlet,
    is_person,
    is_unit,
    may_be_person,
    read_names,
)
from crawler.extraction.roles_behind import BOTH_ROLES, ROLE_FIRST, read_writers

LONGEST_BYLINE = 60
"""Characters of a line of names."""

_HAN = r"[\u3400-\u9fff]"
_PERIOD = re.compile(r"[。！？；…:：](?:(?<![:：])|$)")
_GOES_ON = ("：", ":", "；", ";", "，", ",", "。", "！", "？")
_MARK = re.compile(r"^\s*[□■◎○●◇◆▲△▼☆★※◆∎☉⊙◢]\s*")
_PLACES = ("镇", "乡", "县", "市", "区", "街道", "村", "省", "州", "旗")
_POINTERS = frozenset("▲△▼▽◆")
"""Marks behind which captions stand too: ▲活动现场."""
_ROLE_LINE = re.compile(
    rf"^\s*[(（【\[]?\s*(?:[《“]?{_HAN}[\u3400-\u9fffA-Za-z0-9·》”\s-]{{0,24}}?)?"
    r"(?:记者|記者|通讯员|通訊員|评论员|評論員|撰稿人?|特派员|观察员|采写|撰文|执笔|整理|口述|实习生)"
)
# 《示例》新闻周刊记者: its name need not end as those of outlets do.
_MAGAZINE = re.compile(rf"^《[^《》]{{2,16}}》(?:新闻)?(?:周刊|杂志)?(?={_HAN}{{0,4}}(?:记者|评论员|撰稿))")
_FROM_PLACE = re.compile(rf"\s(?:自|发自|從|从){_HAN}{{2,10}}(?:报道|报导|報道|報導)?$")
_END_OF_SENTENCE = re.compile("[。！？…；][”’」』）)]?")
# 材料学院 2019级 方敏, 英语1901班 方敏
_CLASS = re.compile(
    rf"\d{{2,4}}级(?:[\u3400-\u9fff\d]{{0,12}}班|{_HAN}{{2,10}}专业)?(?=[\s:])|{_HAN}{{2,8}}\d{{2,4}}班(?=\s)"
)
_FOOTED = re.compile(rf"(?<={_HAN})\s?\d(?:,\d)*\*?(?=[,、;\s]|$)")
_WHOLE_PAGE = re.compile(r"^本[版栏组](?=文\s?/)")
_BRACKETS = re.compile(r"[（(【\[](?P<inside>[^（()）【】\[\]]{1,120})[)）】\]]\s*[。.]?\s*$")
_TEAMS = ("课题组", "调研组", "编写组", "写作组", "评论部", "理论部", "编辑部")
_WRITING_UNITS = (*_TEAMS, "评论员", "报道组")
# 示例县委书记 张三
_OFFICE_AND_NAME = re.compile(
    rf"{_HAN}[\u3400-\u9fff、]{{3,30}}(?:书记|主任|[局部校院所会省市县区厅]长|主席|教授|研究员|讲师)\s{{1,4}}(?P<name>{_HAN}{{2,3}})"
)
# 张三（示例大学示例学院）
_NAME_AND_HOUSE = re.compile(
    rf"(?P<name>{_HAN}{{2,3}})\s?[(（][^()（）]{{2,40}}(?:大学|学院|党校|研究[院所]|中心|委|局|部|办|教授|研究员|书记|主任)[)）]"
)
# 《江南日报》（2021年07月25日 01 版）
_PRINTED_IN = re.compile(
    rf"[（(]?\s*《\s?(?P<name>{_HAN}{{2,14}}?)\s?》[\s（(]*(?:19|20)\d\d年\s?\d{{1,2}}月\s?\d{{1,2}}日[\s,，]*"
    r"(?:第?\s?[A-Z]?\d{1,2}\s?版?)?\s*[）)]*"
)
_FULL_STOPS = "。！？…”’』」"
# …一番。江州融媒讯（方敏）
_SIGNED_NEWS = re.compile(rf"[。！？”]\s?{_HAN}{{2,12}}(?:讯|报道|供稿)$")
_CLOSING = frozenset(")）】]")
_SKIPPED = re.compile(
    r"\s*[（(【\[]?(?:完|全文完|未完待续|图文|编后|略|END|end|The End|责任编辑见下)[)）】\]]?[。.]?\s*$"
)
_ENDS_OF_SKIPPED = frozenset("完续文后略Dd下")
_AFFILIATION = re.compile(
    r"^(?P<label>(?:本文)?作者(?:单位|系|为|是|分别系|分别为|分别是|均系|均为|简介|現為|现为)|作者单位)"
)
_OF_PICTURES = re.compile(r"[\s,;，；]+(?:漫画|插图|图片|摄影)作者.*$")
_BEHIND_OFFICE = re.compile(
    rf"(?:\s|研究[所院]|大学|学院|中心|教授|研究员|讲师|主任|书记|院长|所长|会长|主席|博士|博士生|研究生|本科生)(?P<name>{_HAN}{{2,3}})$"
)
_SIGNED_AFFILIATION = re.compile(
    r"^(?:本文)?作者[:：\s]{0,3}(?!分别|均|单位|简介)(?P<names>[\u3400-\u9fff·、\s]{2,40}?)(?:[,，;；。\s]{0,3})"
    r"(?:分别系|分别为|分别是|均系|均为|系|为|单位|是|现任|現任|，|,)"
)
_BEFORE_AFFILIATION = re.compile(
    r"^(?P<names>[\u3400-\u9fff·、，,\s]{2,40}?)[\s;；，,。:：]{0,3}作者(?:单位|系|为|是|分别|均)"
)
_QUOTED_SOURCE = re.compile(
    r"^(?:本文)?(?:原文)?(?:原载[于自]?|转自|转载自|摘自|摘编自|选自|节选自|(?:稿件|文章)?来源于?|载于|刊于|刊载于|发表于|据|综合自)"
    r"[:：\s]*(?P<source>.+)$"
)
_BLANKS_AND_STOPS = " \u3000\xa0。."
_TITLE_MARKS = re.compile(
    r"《(?P<name>[^《》]{1,30})》|[“「](?P<account>[^“”「」]{2,20})[”」]\s?(?:官方)?(?:微信|公众号|客户端)"
)
_TAIL_OF_NEWS = re.compile(r"(?:报道|消息|电|讯|综合|等)$")


class Trailer(NamedTuple):
    """What closes a text."""

    authors: list[str]
    """Persons who sign, or the units that a label calls authors."""
    units: list[str]
    """Units that sign."""
    source: str | None
    """Publication the text is said to come from."""
    raw: str
    """The text in the brackets."""
    sure: bool
    """Whether a word says that these are authors; else the line holds names alone."""


def read_byline(text: str) -> Names | None:
    """Read a line that holds nothing but names and what they are; None where it is anything else."""
    if not 2 <= len(text) <= LONGEST_BYLINE or _PERIOD.search(text.strip()[:-1]) or text.endswith(_GOES_ON):
        return None
    line = _WHOLE_PAGE.sub("", BOTH_ROLES.sub("", fold_width(text).strip()))
    school = _CLASS.search(line) if "级" in line or "班" in line else None
    if school:
        named = read_names(_CLASS.sub(" ", line), trusted=False)
        return named._replace(units=[school[0].strip()]) if named.people and named.complete else None
    if any(map(str.isdigit, line)):
        line = _FOOTED.sub("", line)  # 白露1，霍然2
    bare = line.strip("()（）[]【】 —-")
    marked = _MARK.match(line) or ROLE_FIRST.match(line)
    if line[:1] == "口" and is_lone_name(line[1:]):
        marked = re.match("口", line)  # the square, typed as the character that looks like it
    if marked:
        names = read_names(line[marked.end() :], trusted=line[:1] not in _POINTERS)
        if not names.people and line.endswith(_PLACES):
            return None  # ●石桥镇 heads what is told of the place
        return names._replace(role=True) if (names.people or names.units) and names.complete else None
    if writers := read_writers(bare):
        return Names(writers, [], True, True)
    if has_label(line):
        segments = segment(line)
        labelled = [s for s in segments if s.role]
        if any(s.role not in ("author", "picture", "editor", "contributor") for s in labelled):
            return None
        written = [s for s in segments if s.role == "author" and s.value]
        if not any(s.role == "author" for s in labelled) and segments[0].value and not segments[0].role:
            written = segments[:1]  # 记者 张三 编辑：李四
        sure = bool(written) and bool(written[0].role)
        credited = read_names("、".join(s.value for s in written), trusted=sure) if written else None
        if credited and not sure and not credited.complete:
            return None
        return credited if credited and (credited.people or credited.units) else None
    bare = _FROM_PLACE.sub("", bare)
    signed = _OFFICE_AND_NAME.fullmatch(line) or _NAME_AND_HOUSE.fullmatch(line)
    if signed and (is_lone_name(signed["name"]) or (len(signed["name"]) > 2 and is_person(signed["name"]))):
        return Names([signed["name"]], [], True, True)
    if bare.endswith(_TEAMS) and len(bare) > 5 and not any(sign in bare for sign in " 、,"):
        return Names([], [bare], True, True)
    listed = read_names(bare, trusted=False)
    if _ROLE_LINE.match(bare):
        if bare.endswith(("评论员", "評論員")) and " " not in bare:
            return Names([], [bare], True, True)
        trusted = read_names(_MAGAZINE.sub("", bare), trusted=True)
        return trusted if trusted.complete and (trusted.people or trusted.units) else None
    return listed if listed.people and listed.complete else None


def may_have_role(text: str) -> bool:
    """Tell, fast, whether `read_byline` may find in a line what its names are: a role word or a mark."""
    marked = _MARK.match(text) is not None or ROLE_FIRST.match(text) is not None
    return marked or has_role(text) or _WRITTEN_BY.search(text) is not None


_WRITTEN_BY = re.compile(r"(?:^|(?<=[。！？”\s]))(?:图文|文字|撰文|文)\s?[/／丨｜:：]")
_ABOUT_AUTHOR = re.compile(
    rf"^[【\[（(]?作者(?:简介|介绍)[】\]）)]?[:：\s]{{0,3}}(?P<name>{_HAN}{{2,4}})(?=[,，。:：;；（(\s]|系|现任)"
)
_ABOUT_NEXT = re.compile(rf"[;；。]\s?(?P<name>{_HAN}{{2,3}})(?=[,，:：（(])")


def read_about_author(text: str) -> list[str]:
    """Return the names in a note on the authors: 作者简介：张三，江南大学教授；李四，江州大学讲师。"""
    match = _ABOUT_AUTHOR.match(text)
    if match is None or not is_person(match["name"]):
        return []
    others = (other["name"] for other in _ABOUT_NEXT.finditer(text, match.end()))
    return [match["name"], *(name for name in others if is_lone_name(name))]


def read_signed_end(text: str) -> Names | None:
    """Read the names behind the last sentence of a paragraph, with a role: …一番。文/本报记者张三."""
    stop = 0
    for match in _END_OF_SENTENCE.finditer(text, max(0, len(text) - 60)):
        stop = match.end()
    rest = _BRACKETS.sub("", text[stop:]).strip() if stop else ""
    names = read_byline(rest) if 3 <= len(rest) <= 40 else None
    if names and _WRITTEN_BY.match(rest):
        return names._replace(role=True)
    return names if names and names.role else None


def read_trailer(text: str, *, wanted: bool = False) -> Trailer | None:
    """Read the brackets that close a text; None where they hold no credit.

    `wanted` says that the page has an author's label without a name behind it.
    """
    # Most lines end in neither a bracket nor a word behind which one may stand.
    tail = text[-260:]
    last = tail.rstrip(_BLANKS_AND_STOPS)[-1:]
    if last not in _CLOSING and last not in _ENDS_OF_SKIPPED:
        return None
    skipped = _SKIPPED.search(tail, max(0, len(tail) - 14))
    if skipped and skipped.start() > 0:
        tail = tail[: skipped.start()]
    if tail.rstrip(_BLANKS_AND_STOPS)[-1:] not in _CLOSING:
        return None
    printed = _PRINTED_IN.fullmatch(tail.strip()) if len(tail) < 60 and "《" in tail else None
    if printed and is_outlet(printed["name"]):
        return Trailer([], [], printed["name"], tail.strip(), True)
    match = _BRACKETS.search(tail)
    if match is None:
        return None
    inside = BOTH_ROLES.sub("", fold_width(match["inside"]).strip())
    before = tail[: match.start()].rstrip()
    closing = not before or before[-1] in _FULL_STOPS or _SIGNED_NEWS.search(before) is not None
    found = read_signature(inside, shortest=2 if closing and wanted else 3 if closing else 9)
    if found is None and before[-1:] in _CLOSING and has_label(inside):
        return read_trailer(before, wanted=wanted)  # （方敏）（责编：李敏）
    return found


def read_signature(inside: str, *, shortest: int = 9) -> Trailer | None:
    """Read what stands in closing brackets.

    A single name must have a common surname, unless it has `shortest` characters at least: those of two are
    words of the language too often.
    """
    empty: list[str] = []
    writers = read_writers(inside)
    if not writers and (role := ROLE_FIRST.match(inside)):
        named = read_names(inside[role.end() :])
        writers = named.people if named.complete else []
    if writers:
        return Trailer(writers, empty, None, inside, True)
    quoted = _QUOTED_SOURCE.match(inside)
    if quoted:
        source = _outlet_of(quoted["source"])
        return Trailer(empty, empty, source, inside, False) if source else None
    signed = _BEFORE_AFFILIATION.match(inside) or _SIGNED_AFFILIATION.match(inside)
    if signed:
        names = read_names(signed["names"], trusted=signed.re is _SIGNED_AFFILIATION)
        people = [name for name in names.people if is_person(name) or may_be_person(name)]
        if people and names.complete:
            return Trailer(people, empty, None, inside, True)
    if _AFFILIATION.match(inside):
        name = _name_behind_office(inside)
        return Trailer([name], empty, None, inside, True) if name else None
    segments = segment(inside)
    if any(part.role for part in segments):
        return _labelled_signature(segments, inside)
    office = _OFFICE_AND_NAME.fullmatch(inside) if shortest < 9 else None
    if office and is_lone_name(office["name"]):
        return Trailer([office["name"]], empty, None, inside, False)
    names = read_names(inside, trusted=False)
    if names.role and (names.people or names.units):
        return Trailer(names.people, [] if names.people else names.units, None, inside, True)
    if names.complete and names.people and inside[-1] not in "摄攝":
        sure = len(names.people) > 1 or is_lone_name(names.people[0])
        if sure or (names.people == [inside] and len(inside) >= shortest):
            return Trailer(names.people, empty, None, inside, False)
    if names.complete and names.units and all(u.endswith(_WRITING_UNITS) for u in names.units):
        return Trailer(names.units, names.units, None, inside, False)
    if names.complete and names.units and all(is_unit(u) for u in names.units):
        return Trailer(empty, names.units, None, inside, False)
    return None


def _labelled_signature(segments: list[Segment], inside: str) -> Trailer | None:
    """Read closing brackets that hold labels: （作者：张三 来源：江州日报）, （记者 张三 责任编辑 李四）."""
    authors = [part.value for part in segments if part.role == "author" and part.value]
    if not authors and not segments[0].role and may_have_role(segments[0].value):
        authors = [segments[0].value]
    source = next((part.value for part in segments if part.role == "source" and part.value), None)
    names = read_names("、".join(authors))
    credited = names.people or names.units
    if not credited and not source:
        return None
    return Trailer(credited, names.units, _outlet_of(source) if source else None, inside, True)


def _name_behind_office(inside: str) -> str | None:
    """Return the name at the end of an affiliation: 作者系江南大学教授 张三, 作者系江南大学历史研究所张三."""
    inside = _OF_PICTURES.sub("", inside)
    found = _BEHIND_OFFICE.search(inside)
    return found["name"] if found and is_lone_name(found["name"]) else None


def _outlet_of(text: str) -> str | None:
    """Return the publication in 《求是》2022年第1期, 新华社电, 人民日报 2024年5月10日."""
    marks = _TITLE_MARKS.search(text)
    if marks:
        return marks["name"] or marks["account"]
    name = re.split(r"[,，;；。\s(（]|\d{2,4}[年.-]|第\d", text.strip(), maxsplit=1)[0]
    name = trim(_TAIL_OF_NEWS.sub("", name))
    if not 2 <= len(name) <= 30 or is_no_source(name):
        return None
    return name if is_outlet(name) or is_unit(name) else None


def author_in_headline(title: str) -> tuple[str, str] | None:
    """Return author and rest of a headline that opens with a scholar's office and name (…研究员 周春明：…).

    News headlines quote ministers and spokesmen in the same form, so the office must be one of scholarship.
    """
    head, colon, rest = fold_width(title).partition(":")
    if not colon or len(rest) < 4 or len(head) > 60:
        return None
    office, _, name = head.strip().rpartition(" ")
    if not name or not has_surname(name) or not is_person(name):
        return None
    if office.endswith(("研究员", "教授", "院士", "学者", "讲师", "特约评论员", "撰稿人")):
        return name, rest.strip()
    return None
