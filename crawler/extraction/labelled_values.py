"""Labelled values of info lines, put into `Readings`: 来源：示例日报, 作者：方敏, 发布时间：…."""

import re

from crawler.extraction.dates import find_dates, find_short_date, has_date_sign
from crawler.extraction.document import Block
from crawler.extraction.labels import Segment, fold_width, trim
from crawler.extraction.names import (
    is_account,
    is_furniture,
    is_lone_name,
    is_outlet,
    is_person,
    is_unit,
    read_names,
    without_asides,
)
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.roles_behind import read_writers
from crawler.extraction.sources import clean_source

LONGEST_REST = 60
"""Characters of what stands beside a date; more is a sentence."""
_ASIDE = ("noise", "review", "poster", "other_date", "picture", "contributor")
_CONTRIBUTING_UNITS = frozenset({"供稿单位", "供稿部门", "投稿单位", "报送单位", "提供单位", "供稿單位"})
_COUNTS_OR_SWITCHES = frozenset("0123456789大中小【[")
_PEOPLE_ASIDE = ("review", "poster", "picture", "contributor")
# The day on which a record of 信息公开 was made, told where it shows no other.
# 资料来源：江州统计年鉴: the note under a table.
_OF_TABLE = re.compile("统计|年鉴|报表|数据|公报|年报|调查|整理|计算|^根据")
GENERATED = frozenset({"生成日期", "生成时间", "信息生成日期"})
_SIGNED_DATES = frozenset({"发文日期", "发文时间", "公布日期", "公布时间", "登记日期"})
_BEHIND_SOURCE = re.compile(r"\S(?: {2,}|\s?[|丨｜]\s?)(?P<rest>[^|丨｜\d]{2,40})")
_REPORTERS = re.compile(
    r"(?<=\S)[\s|丨｜]{1,8}(?P<rest>[\u3400-\u9fff]{0,12}(?:记者|通讯员)[\u3400-\u9fff·、 \xa0\u3000]{2,40})"
)
# 方敏/文 李敏/图: who wrote and who took the pictures. 文/图 is one who did both.
_TOOK_PICTURES = re.compile(
    r"[\u3400-\u9fff]{2,4}(?<!文)\s?[/／]\s?(?:图|摄影|摄)(?![\u3400-\u9fff])"
    r"|[\u3400-\u9fff]{2,4}[（(](?:图|图片|摄影|摄)[)）]"
)
_WROTE = re.compile(r"(?<=[\u3400-\u9fff])[/／]\s?(?:文字|文)(?![\u3400-\u9fff/／])")
_EDITORS_NUMBER = re.compile(r"_[A-Za-z]{0,4}\d{2,8}$")
_BEHIND_EDITORS = re.compile(
    r"版权|版權|转载|https?:|www\.|电话|(?<=\S)\s{1,4}(?:责任)?(?:校对|审核|审校|监审|监制|签发|统筹|策划|美编)\s"
    r"|(?<=\S)\s{1,4}(?:本[报刊网台社])?(?:记者|通讯员)\s"
)
_EDITOR_ID = re.compile(r"[A-Za-z][\w-]{1,15}|[\u3400-\u9fff]{2,8}")
# 方敏，江南大学文学院院长、教授
_NAME_AND_OFFICE = re.compile(
    r"(?P<name>[\u3400-\u9fff]{2,4})[,，]\s?(?:系|为)?[\u3400-\u9fff]{2,20}"
    r"(?:大学|学院|党校|研究[院所会]|中心|[委局部办])[\u3400-\u9fff、]*"
    r"(?:教授|研究员|讲师|[院所校会局部处厅]长|书记|主任|委员|博士生?|研究生)"
)
_RIGHTS = re.compile(r"。|[,，;；]\s?(?:如|若|转载|未经|请|欢迎|版权|本文)")
_PEN_NAME = re.compile(r"(?!.*\d{3})[\w·—-]{2,14}(?: [\w·—-]{1,10}){0,2}")
_OWN_REPORTERS = re.compile(
    r"\s*本[报刊网台站](?:记者|通讯员)\s{0,4}(?P<names>[\u3400-\u9fff·、 \xa0\u3000]{2,40})"
)
_REPORTERS_IN_BRACKETS = re.compile(
    r"(?P<source>[^()（）\s]{2,30})[（(](?P<names>[\u3400-\u9fff]{0,6}(?:记者|記者|通讯员)[^()（）]{2,40})[)）]"
)
_SIGNED_SOURCE = re.compile(r"(?P<source>[^()（）]{2,30})[（(](?P<names>[\u3400-\u9fff·、]{2,30})[)）]")
# 学生处（方敏 文 李敏 图）
_HOUSE_AND_WRITERS = re.compile(r"(?P<house>[^()（）\s]{2,30})[（(](?P<writers>[^()（）]{4,40})[)）]")
_REPORTERS_GLUED = re.compile(
    r"(?P<source>.{3,24}?)\s?(?:本报|首席|特约|见习|全媒体|融媒体)?(?:记者|記者)(?P<names>.{2,40})"
)
_KEYWORDS = re.compile(r"[,，;；、|\s]+")


class LabelledValues:
    """Puts labelled values into readings."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings

    def read(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        """Read a labelled value; return whether the line is an info line for it."""
        rule = f"{rule}:{part.label}"
        value = part.value
        match part.role:
            case "author":
                return self._author(block, part, trust, rule)
            case "source" if part.label == "资料来源" and trust < Trust.INFO_LINE and _OF_TABLE.search(value):
                return False
            case "source" | "issuer":
                self._source(block, part, trust, rule)
            case "editor":
                self.readings.editor(trust, read_editors(value), value, rule, block.index)
                self._date_behind(value, trust, rule)
            case "published" | "modified":
                return self._date(block, part, trust, rule)
            case "document_number" if value and len(value) <= LONGEST_REST:
                self.readings.first("document_number", value, rule)
            case "keywords" if value:
                words = [word for word in _KEYWORDS.split(value) if 1 < len(word) <= 30]
                self.readings.first("keywords", "\n".join(words[:30]), rule)
            case "summary" if len(value) >= 10:
                self.readings.first("summary", value, rule)
            case role if role in _ASIDE:
                if part.label in GENERATED:
                    for found in find_dates(value)[:1]:
                        self.readings.date(Trust.DATE_GENERATED, found, rule)
                if part.label in _CONTRIBUTING_UNITS and is_unit(value):
                    # The unit that sent a text in is its source where nothing else is called so.
                    self.readings.source(min(trust, Trust.BEHIND) - 5, value, value, rule, block.index)
                if role in _PEOPLE_ASIDE or (role == "noise" and value[:1] in _COUNTS_OR_SWITCHES):
                    self._date_behind(value, trust, rule)
                return len(block.text) <= 120
            case _:
                return False
        return bool(value) and part.role not in ("summary", "document_number")

    def _date_behind(self, value: str, trust: int, rule: str) -> None:
        """Read a date behind a value: 来源：新华社 2024-05-10 06:58."""
        for found in find_dates(value)[:1]:
            self.readings.date(date_trust(trust, Trust.DATE_BESIDE) - 2, found, f"{rule}:beside")

    def _author(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        value, raw = part.value, f"{part.label}：{part.value}"
        if not value and trust >= Trust.INFO_LINE:
            self.readings.empty_author = True
        dates = find_dates(value) if has_date_sign(value) else ()
        if dates and value[: dates[0].span[0]].strip():
            value = trim(value[: dates[0].span[0]])
        value = _RIGHTS.split(value, maxsplit=1)[0]  # 作者：张三。示例网经授权转载。
        if "/" in value or "／" in value or value.endswith((")", "）")):
            value = _WROTE.sub(" ", _TOOK_PICTURES.sub(" ", value))
        if office := _NAME_AND_OFFICE.fullmatch(value):
            value = office["name"]
        names = read_names(value)
        if part.label == "文字" and not (names.people or names.units):
            return False  # 文字：大 中 小 is a switch
        people = [name for name in names.people if not is_account(name)]
        if people or names.units:
            self.readings.author(trust, people or names.units, raw, rule, block.index)
        elif _PEN_NAME.fullmatch(value) and not is_account(value) and not is_furniture(value):
            self.readings.author(trust - 10, [" ".join(value.split())], raw, rule, block.index)
        self._date_behind(part.value, trust, rule)
        return bool(value)

    def _source(self, block: Block, part: Segment, trust: int, rule: str) -> None:
        value, people = _source_and_reporters(part.value)
        if people and trust >= Trust.BEHIND:
            self.readings.author(trust - 5, people, part.value, f"{rule}:beside", block.index)
        source = clean_source(value)
        if source and trust < Trust.ABOVE + 2 and not (is_outlet(source) or is_unit(source)):
            source = None
        if part.role == "issuer":
            # Who signs a document is its source where nothing else is called so, be it behind the text.
            level = Trust.BEHIND - 2 if trust >= Trust.INFO_LINE else trust - 30
            if part.label == "主办单位" and trust < Trust.INFO_LINE:
                return  # the foot names who runs the site
            self.readings.source(level, source, part.value, rule, block.index)
        else:
            self.readings.source(trust, source, part.value, rule, block.index)
        if source is None and part.role == "source" and trust >= Trust.INFO_LINE:
            self.readings.empty_source = True
        self._date_behind(part.value, trust, rule)
        behind = _BEHIND_SOURCE.search(part.value) if trust >= Trust.INFO_LINE else None
        names = read_names(behind["rest"], trusted=False) if behind else None
        if (
            names
            and names.people
            and (names.role or (names.complete and (len(names.people) > 1 or is_lone_name(names.people[0]))))
        ):
            self.readings.author(trust - 20, names.people, part.value, f"{rule}:beside", block.index)

    def _date(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        found = next(iter(find_dates(part.value)), None) or find_short_date(part.value)
        if found is None:
            return False
        modified = part.role == "modified"
        level = Trust.DATE_MODIFIED if modified else date_trust(trust, Trust.DATE_LABELLED)
        if part.label in _SIGNED_DATES:
            level -= 2  # the document's day; the page's own may stand beside it
        self.readings.date(level, found, rule)
        rest = trim(part.value[found.span[1] :])
        if 2 <= len(rest) <= LONGEST_REST:
            self._behind_date(block, rest, trust, f"{rule}:beside")
        return True

    def _behind_date(self, block: Block, rest: str, trust: int, rule: str) -> None:
        """Read an outlet, a unit or a name that stands behind a labelled date."""
        if (is_outlet(rest) or is_unit(rest)) and not any(c.isdigit() for c in rest):
            self.readings.source(trust - 15, clean_source(rest), rest, rule, block.index)
        elif len(rest) <= 4 and is_lone_name(rest):
            self.readings.author(trust - 20, [rest], rest, rule, block.index)


def _source_and_reporters(value: str) -> tuple[str, list[str]]:
    """Split a source that goes on with its reporters: 示例日报记者张三, 示例日报 张三, 组织部（张三）."""
    if "记者" in value or "記者" in value or "通讯员" in value:
        bracketed = _REPORTERS_IN_BRACKETS.match(value)
        if bracketed:
            return bracketed["source"], read_names(bracketed["names"]).people
        own = _OWN_REPORTERS.match(value)
        if own:
            return "", read_names(own["names"]).people
        reporters = _REPORTERS.search(value)
        if reporters:
            source, first = _source_and_reporters(value[: reporters.start()])
            return source, [*first, *read_names(reporters["rest"]).people]
        match = _REPORTERS_GLUED.match(value)
        if match and any(is_outlet(trim(name)) for name in re.split("[/／]", match["source"])):
            return match["source"], read_names(match["names"]).people
    credits = _HOUSE_AND_WRITERS.match(value)
    if credits and (writers := read_writers(fold_width(credits["writers"]))):
        return credits["house"], writers
    signed = _SIGNED_SOURCE.fullmatch(value) if value.endswith((")", "）")) else None
    words = [signed["source"], *signed["names"].split("、")] if signed else _WROTE.sub("", value).split()
    first, rest = words[:1], words[1:]
    if not rest or not (is_outlet(first[0]) or is_unit(first[0])) or len(first[0]) < 3:
        return value, []
    named = is_lone_name if len(rest) == 1 else is_person
    people = all(named(word) and not is_unit(word) for word in rest)
    return (first[0], rest) if people else (value, [])


def read_editors(value: str) -> list[str]:
    """Return the editors that a value names: persons, else a unit, else the signs they go by (NF041)."""
    value = _BEHIND_EDITORS.split(without_asides(fold_width(value)), maxsplit=1)[0]
    value = _EDITORS_NUMBER.sub("", value.strip())
    names = read_names(value)
    people = [name for name in names.people if not is_account(name)]
    if people or names.units:
        return people or names.units
    signs = [trim(piece) for piece in re.split(r"[、,，;；\s]+", value[:LONGEST_REST])]
    return [s for s in signs if _EDITOR_ID.fullmatch(s) and not is_furniture(s)] if len(signs) <= 3 else []


def date_trust(trust: int, visible: int) -> int:
    """Return how far a date is trusted that stands in a line of some trust."""
    if trust >= Trust.INFO_LINE:
        return visible
    if trust >= Trust.BEHIND:
        return Trust.DATE_BEHIND - (0 if visible == Trust.DATE_LABELLED else 5)
    return Trust.DATE_HIDDEN
