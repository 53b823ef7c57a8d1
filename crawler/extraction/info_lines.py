"""Info lines: labelled and unlabelled values around a headline or behind a text, put into `Readings`."""

import re
from functools import cached_property
from itertools import islice

from crawler.extraction.dates import DateFound, find_dates, find_short_date, has_date_sign
from crawler.extraction.document import Block, Document
from crawler.extraction.labels import Segment, fold_width, has_label_sign, role_of, segment, trim
from crawler.extraction.names import (
    is_account,
    is_column,
    is_furniture,
    is_lone_name,
    is_outlet,
    is_unit,
    read_names,
    without_asides,
)
from crawler.extraction.nodes import TEXT, children, opening
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.sources import clean_source, collapse, without_addresses
from crawler.extraction.titles import parts
from crawler.extraction.trailers import read_byline

LONGEST_INFO = 400
"""Characters of an info line; a longer line is text."""
_LONGEST_UNLABELLED = 160
_LONGEST_REST = 60
"""Characters of what stands beside a date; more is a sentence."""
_LONGEST_CLAUSE = 24
"""Characters with a comma beside a date; more of them are a sentence."""
_LONGEST_VALUE = 40
"""Characters of a value on the line below its label."""

_ASIDE = ("noise", "review", "poster", "other_date", "picture", "contributor")
_PEOPLE_ASIDE = ("review", "poster", "picture", "contributor")
_LABEL_CELLS = ("td", "th", "dt")
_LONGEST_LABEL_ALONE = 8
_LABEL_SIGNS = ":：【】[]"
_ROLES_ALONE = frozenset({"source", "issuer", "published", "modified", "other_date", "document_number"})
_LABELS_ALONE = frozenset({"作者", "责任编辑"})
"""Labels of persons that are no words of the language; others stand in headings and menus too."""
_SIGNED_DATES = frozenset({"发文日期", "发文时间", "公布日期", "公布时间", "登记日期"})
_BEHIND_SOURCE = re.compile(r"\S(?: {2,}|\s?[|丨｜]\s?)(?P<rest>[^|丨｜]{2,40})")
_REPORTERS = re.compile(
    r"(?<=\S)[\s|丨｜]{1,8}(?P<rest>[\u3400-\u9fff]{0,12}(?:记者|通讯员)[\u3400-\u9fff·、 \xa0\u3000]{2,40})"
)
# 方敏/文 李敏/图: who wrote and who took the pictures. 文/图 is one who did both.
_TOOK_PICTURES = re.compile(r"[\u3400-\u9fff]{2,4}(?<!文)\s?[/／]\s?(?:图|摄影|摄)(?![\u3400-\u9fff])")
_WROTE = re.compile(r"(?<=[\u3400-\u9fff])[/／]\s?(?:文字|文)(?![\u3400-\u9fff/／])")
_COMMENTATOR = re.compile(r"本[报刊网台社](?:特约|首席)?评论员")
_NAME_LIKE = re.compile(r"(?!来自|\d|.*(?:--|阅读|喜欢|评论 |评论$|参与|点击|浏览|人气))[\w·《》“” -]{2,24}")
_EDITORS_NUMBER = re.compile(r"_[A-Za-z]{0,4}\d{2,8}$")
_BEHIND_EDITORS = re.compile(r"版权|版權|转载|https?:|www\.|电话")
_EDITOR_ID = re.compile(r"[A-Za-z][\w-]{1,15}|[\u3400-\u9fff]{2,8}")
_PEN_NAME = re.compile(r"(?!.*\d{3})[\w·—-]{2,14}(?: [\w·—-]{1,10}){0,2}")
_BARRED_NAME = re.compile(r"[\u3400-\u9fff]{3,10}\s?[|丨｜]\s?\d{4}\D")
_OWN_REPORTERS = re.compile(
    r"\s*本[报刊网台站](?:记者|通讯员)\s{0,4}(?P<names>[\u3400-\u9fff·、 \xa0\u3000]{2,40})"
)
_SIGNED_SOURCE = re.compile(r"(?P<source>[^()（）]{2,30})[（(](?P<names>[\u3400-\u9fff·、]{2,30})[)）]")
_REPORTERS_GLUED = re.compile(
    r"(?P<source>.{3,24}?)\s?(?:本报|首席|特约|见习|全媒体|融媒体)?(?:记者|記者)(?P<names>.{2,40})"
)
_LONGEST_OUTLET = 12
_COUNTED = re.compile(
    r"(?:點閱|點擊|瀏覽|閱讀|人氣|点击|浏览|阅读|人气)(?:次[数數]|[数數量])?[:\s]{0,3}\d+\s?次?"
)
_OUTLET_LINE = ("报", "報", "网", "網", "社", "客户端", "杂志", "融媒", "融媒体中心")
_PIECES = re.compile(r" {2,}|\|")
_ISSUE_LINE = re.compile(
    r"[《]?(?P<name>[\u3400-\u9fff·（）()]{2,16}?)[》]?\s?(?:19|20)\d\d年第?\s?\d{1,2}[期号]"
)
_SOURCE_NAME = re.compile(r"source|laiyuan|comefrom|copyfrom", re.IGNORECASE)
_TODAY = re.compile("今天|今日|当前|现在|欢迎")
_COMMA = re.compile("[,，]")
_KEYWORDS = re.compile(r"[,，;；、|\s]+")


_APART = frozenset({"span", "em", "i", "b", "a", "small", "strong", "label", "font"})
_GAP = "\xa0\xa0"


def spaced(block: Block) -> str:
    """Return the raw text of an info line with a gap between elements that only a style sheet sets apart.

    `<span>来源：示例网</span><span>方敏</span>` is two fields to a reader, though no blank stands between.
    """
    element = block.box.element
    if opening(element).strip() or not 1 < sum(1 for _ in islice(children(element), 21)) <= 20:
        return block.raw
    pieces: list[str] = []
    gaps = 0
    apart = False
    for child in element.iter(include_text=True):
        if child.tag_id == TEXT:
            if apart:
                pieces.append(child.text_content or "")
            continue
        apart = child.tag in _APART
        if not apart:
            if gaps and _are_all_of(block, pieces):
                break
            pieces, gaps = [], 0
            continue
        text = child.text_lexbor()
        if pieces and len(text.strip()) > 1 and len(pieces[-1].strip()) > 1:
            pieces.append(_GAP)
            gaps += 1
        pieces.append(text)
    return "".join(pieces) if gaps and _are_all_of(block, pieces) else block.raw


def _are_all_of(block: Block, pieces: list[str]) -> bool:
    """Tell whether pieces are the whole text of a line, but for blanks."""
    return "".join("".join(pieces).split()) == block.text.replace(" ", "")


def _line_of(block: Block) -> str:
    """Return an info line as it is cut into its values: single blanks collapsed, gaps kept."""
    line = spaced(block)
    return line if line == block.text else collapse(line[:LONGEST_INFO])


class InfoLines:
    """Reads info lines of one page into its readings."""

    def __init__(self, document: Document, readings: Readings, start: int, end: int) -> None:
        """`start` and `end` are the first and last line of the headline."""
        self.document, self.readings = document, readings
        self.start, self.end = start, end

    def read(self, block: Block, trust: int, rule: str) -> bool:
        """Read a line; return whether it held a label or a date standing alone, and so is no text."""
        cell = self._label_in_element(block)
        if cell:
            return self.labelled(block, cell, trust, rule)
        text = block.text
        if not has_date_sign(text) and not has_label_sign(text):
            role = role_of(text) if block.box.tag in _LABEL_CELLS else ""
            if role:
                part = self._completed(block, Segment(role, text, "", (0, 0)))
                return bool(part.value) and self.labelled(block, part, trust, rule)
            # Most lines: nothing in them but perhaps names.
            if trust >= Trust.INFO_LINE and block.index > self.end:
                self._name_line(block, text)
            return False
        line = _line_of(block)
        if trust < Trust.INFO_LINE and not has_label_sign(line) and self._in_a_list(block):
            return False  # a row of a list of other articles
        if not has_label_sign(line) and self._behind_other_date(block):
            return True  # the value in a table's cell: 生成日期： | 2024-06-04
        segments = segment(line)
        held = False
        for position, printed in enumerate(segments):
            if printed.role:
                last = position == len(segments) - 1
                part = self._completed(block, printed) if last and _unfinished(printed) else printed
                held |= self.labelled(block, part, trust, rule)
        if len(line) <= _LONGEST_UNLABELLED:
            for part in segments:
                if not part.role:
                    labelled = len(segments) > 1
                    held |= self._unlabelled(block, part.value, trust, rule, labelled=labelled)
        return held

    def _behind_other_date(self, block: Block) -> bool:
        """Tell whether the line above is the label of a date that is not the page's, and nothing else."""
        if block.index == 0 or len(block.text) > _LONGEST_VALUE:
            return False
        above = self.document.blocks[block.index - 1]
        if len(above.text) > _LONGEST_LABEL_ALONE + 2 or above.box.parent is not block.box.parent:
            return False
        return role_of("".join(above.text.split()).strip(_LABEL_SIGNS)) == "other_date"

    @staticmethod
    def _label_in_element(block: Block) -> Segment | None:
        """Read a line whose first element is a label without a sign: <li><b>发布日期</b>2024-05-10</li>."""
        text = block.text
        if len(text) > _LONGEST_REST or ":" in text or "：" in text:
            return None
        element = block.box.element
        first = next(children(element), None)
        if first is None or first.tag not in _APART or opening(element).strip():
            return None
        label = "".join(opening(first).split())
        if not text.startswith(label) or not 2 <= len(label) <= _LONGEST_LABEL_ALONE:
            return None
        role = role_of(label)
        if role not in _ROLES_ALONE and label not in _LABELS_ALONE:
            return None
        return Segment(role, label, trim(text[len(label) :]), (len(label), len(text)))

    def _completed(self, block: Block, part: Segment) -> Segment:
        """Give a label that ends its line the value that stands on the next line, where that is one."""
        following = next(iter(self.document.blocks[block.index + 1 : block.index + 2]), None)
        if following is None or len(following.text) > _LONGEST_VALUE or following.level:
            return part
        if following.box.parent is not block.box.parent or any(s.role for s in segment(following.text)):
            return part
        value = following.text
        if part.role == "source":
            fits = is_outlet(value) or is_unit(value)
        elif part.role in ("author", "editor"):
            names = read_names(value)
            fits = bool(names.people) and names.complete
        elif part.role == "document_number":
            fits = "号" in value
        elif part.role == "issuer":
            fits = is_unit(value)
        else:
            fits = part.role in ("published", "modified") and bool(find_dates(value))
        return part._replace(value=value) if fits else part

    def read_labelled(self, block: Block, trust: int, rule: str) -> None:
        """Read the labelled values of a line and nothing else."""
        segments = segment(_line_of(block))
        for position, printed in enumerate(segments):
            if printed.role:
                last = position == len(segments) - 1
                part = self._completed(block, printed) if last and _unfinished(printed) else printed
                self.labelled(block, part, trust, rule)

    # Labelled values

    def labelled(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        """Read a labelled value; return whether the line is an info line for it."""
        rule = f"{rule}:{part.label}"
        value = part.value
        match part.role:
            case "author":
                return self._author(block, part, trust, rule)
            case "source" | "issuer":
                self._source(block, part, trust, rule)
            case "editor":
                self.readings.editor(trust, read_editors(value), value, rule, block.index)
                self._date_behind(value, trust, rule)
            case "published" | "modified":
                return self._date(block, part, trust, rule)
            case "document_number" if value and len(value) <= _LONGEST_REST:
                self.readings.first("document_number", value, rule)
            case "keywords" if value:
                words = [word for word in _KEYWORDS.split(value) if 1 < len(word) <= 30]
                self.readings.first("keywords", "\n".join(words[:30]), rule)
            case "summary" if len(value) >= 10:
                self.readings.first("summary", value, rule)
            case role if role in _ASIDE:
                if role in _PEOPLE_ASIDE:
                    self._date_behind(value, trust, rule)
                return len(block.text) <= 120
            case _:
                return False
        return bool(value) and part.role not in ("summary", "document_number")

    def _date_behind(self, value: str, trust: int, rule: str) -> None:
        """Read a date behind a value: 来源：新华社 2024-05-10 06:58."""
        for found in find_dates(value)[:1]:
            self.readings.date(_date_trust(trust, Trust.DATE_BESIDE) - 2, found, f"{rule}:beside")

    def _author(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        value, raw = part.value, f"{part.label}：{part.value}"
        if not value and trust >= Trust.INFO_LINE:
            self.readings.empty_author = True
        dates = find_dates(value) if has_date_sign(value) else ()
        if dates and value[: dates[0].span[0]].strip():
            value = trim(value[: dates[0].span[0]])
        value = value.partition("。")[0]  # 作者：张三。示例网经授权转载。
        if "/" in value or "／" in value:
            value = _WROTE.sub(" ", _TOOK_PICTURES.sub(" ", value))
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
        if people and trust >= Trust.INFO_LINE:
            self.readings.author(trust - 5, people, part.value, f"{rule}:beside", block.index)
        source = clean_source(value)
        if source and trust < Trust.ABOVE + 2 and not (is_outlet(source) or is_unit(source)):
            source = None
        if part.role == "issuer":
            # Who signs a document is its source where nothing else is called so, be it behind the text.
            level = Trust.BEHIND - 2 if trust >= Trust.INFO_LINE else trust - 30
            self.readings.source(level, source, part.value, rule, block.index)
        else:
            self.readings.source(trust, source, part.value, rule, block.index)
        if source is None and part.role == "source" and trust >= Trust.INFO_LINE:
            self.readings.empty_source = True
        self._date_behind(part.value, trust, rule)
        behind = _BEHIND_SOURCE.search(part.value) if trust >= Trust.INFO_LINE else None
        names = read_names(behind["rest"], trusted=False) if behind else None
        if names and names.people and (names.role or (names.complete and is_lone_name(names.people[0]))):
            self.readings.author(trust - 20, names.people, part.value, f"{rule}:beside", block.index)

    def _date(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        found = next(iter(find_dates(part.value)), None) or find_short_date(part.value)
        if found is None:
            return False
        modified = part.role == "modified"
        level = Trust.DATE_MODIFIED if modified else _date_trust(trust, Trust.DATE_LABELLED)
        if part.label in _SIGNED_DATES:
            level -= 2  # the document's day; the page's own may stand beside it
        self.readings.date(level, found, rule)
        rest = trim(part.value[found.span[1] :])
        if 2 <= len(rest) <= _LONGEST_REST:
            self._behind_date(block, rest, trust, f"{rule}:beside")
        return True

    def _behind_date(self, block: Block, rest: str, trust: int, rule: str) -> None:
        """Read an outlet, a unit or a name that stands behind a labelled date."""
        if (is_outlet(rest) or is_unit(rest)) and not any(c.isdigit() for c in rest):
            self.readings.source(trust - 15, clean_source(rest), rest, rule, block.index)
        elif len(rest) <= 4 and is_lone_name(rest):
            self.readings.author(trust - 20, [rest], rest, rule, block.index)

    # Values without a label

    def _unlabelled(self, block: Block, text: str, trust: int, rule: str, *, labelled: bool) -> bool:
        """Read what stands in an info line without a label: a date, an outlet, names."""
        dates = find_dates(text)
        if not dates and not labelled:
            if trust >= Trust.INFO_LINE and block.index > self.end:
                self._name_line(block, text)
            return False
        first = dates[0] if dates else None
        if first is None and trust < Trust.INFO_LINE:
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
        if 1 < len(rest) <= _LONGEST_REST and (first or labelled or not block.links):
            self._beside(block, rest, trust - 20, rule)
        return first is not None

    def _stands_alone(self, block: Block, rest: str, trust: int, *, labelled: bool) -> bool:
        """Tell whether a date stands by itself and not in a sentence or in a row of a list."""
        if len(rest) > _LONGEST_REST or "。" in rest:
            return False
        if _TODAY.search(rest) or (len(rest) > _LONGEST_CLAUSE and "，" in rest):
            return False
        if trust >= Trust.INFO_LINE or labelled:
            return True
        return len(rest) <= 12 and not self._in_a_list(block)

    def _in_a_list(self, block: Block) -> bool:
        """Tell whether a line is part of a row of links: a list item, or beside a line that is a link."""
        around = self.document.blocks[max(0, block.index - 1) : block.index + 2]
        return block.in_list or any(b.link_chars * 2 > len(b.text) for b in around)

    def _note_date(self, block: Block, found: DateFound, trust: int, rule: str, *, several: bool) -> None:
        level = _date_trust(trust, Trust.DATE_BESIDE)
        if several:
            level -= 15
        if block.index < self.start and trust >= Trust.INFO_LINE:
            level -= 12  # a ticker or a menu stands above the headline more often than the date does
        self.readings.date(level, found, f"{rule}:date")

    def _beside(self, block: Block, rest: str, trust: int, rule: str) -> None:
        """Read an outlet and names that stand beside a date or a labelled value."""
        rule = f"{rule}:beside-date"
        rest = trim(_COUNTED.sub(" ", rest))
        for word in rest.split():
            if is_column(word) or is_furniture(word):
                rest = trim(rest.replace(word, " ", 1))
        names = read_names(rest, trusted=False)
        if names.people and (names.complete or names.role):
            self.readings.author(trust, names.people, rest, rule, block.index)
        pieces = [trim(piece) for piece in _PIECES.split(rest)]
        if "评论员" in rest:
            commentator = next((word for word in rest.split() if _COMMENTATOR.fullmatch(word)), None)
            self.readings.author(trust, [commentator] if commentator else [], rest, rule, block.index)
        site = self._site
        outlets = (p for p in pieces if (is_outlet(p) or is_unit(p) or p == site) and _NAME_LIKE.fullmatch(p))
        # 方敏 示例日报: with a name in it the piece is two things.
        outlet = next((p for p in outlets if p == site or not any(n in p for n in names.people)), None)
        # Units between commas are the article's tags.
        units = (u for u in names.units if _NAME_LIKE.fullmatch(u)) if not _COMMA.search(rest) else iter(())
        outlet = outlet or next((unit for unit in units if is_outlet(unit)), None)
        if outlet:
            # 江州市政府门户网站 beside the date is the site itself; the article's source may stand below.
            level = min(trust, Trust.BEHIND - 2) if outlet.endswith("门户网站") else trust
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

    def outlet_line(self, block: Block) -> bool:
        """Read a line under the headline that is a paper's name, the source where nothing else says so."""
        text = block.text
        if len(text) > _LONGEST_OUTLET or not text.endswith(_OUTLET_LINE) or not is_outlet(text):
            return False
        self.readings.source(Trust.BEHIND - 10, clean_source(text), text, "line-under-headline", block.index)
        return True

    def _name_line(self, block: Block, text: str) -> None:
        """Read a line between headline and text that holds nothing but names."""
        # Two characters alone are a word of a menu more often than a name, but for a place like this.
        if (len(text) < 3 and not self._between_headline_and_date(block)) or block.link_chars * 2 > len(
            block.text
        ):
            return
        if self.outlet_line(block):
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
            if not sure and not is_lone_name(names.people[0]):
                return
            self.readings.author(
                86 if sure else 54, names.people or names.units, text, "line-under-headline", block.index
            )


def _unfinished(part: Segment) -> bool:
    """Tell whether a label's value may stand on the next line: none is here, or a role alone."""
    return not part.value or (part.role == "author" and part.value.endswith(("记者", "記者", "通讯员")))


def _source_and_reporters(value: str) -> tuple[str, list[str]]:
    """Split a source that goes on with its reporters: 示例日报记者张三, 示例日报 张三, 组织部（张三）."""
    if "记者" in value or "記者" in value or "通讯员" in value:
        own = _OWN_REPORTERS.match(value)
        if own:
            return "", read_names(own["names"]).people
        reporters = _REPORTERS.search(value)
        if reporters:
            return value[: reporters.start()], read_names(reporters["rest"]).people
        match = _REPORTERS_GLUED.match(value)
        if match and any(is_outlet(trim(name)) for name in re.split("[/／]", match["source"])):
            return match["source"], read_names(match["names"]).people
    signed = _SIGNED_SOURCE.fullmatch(value) if value.endswith((")", "）")) else None
    words = [signed["source"], *signed["names"].split("、")] if signed else _WROTE.sub("", value).split()
    first, rest = words[:1], words[1:]
    if not rest or not (is_outlet(first[0]) or is_unit(first[0])) or len(first[0]) < 3:
        return value, []
    people = all(is_lone_name(word) and not is_unit(word) for word in rest)
    return (first[0], rest) if people else (value, [])


def read_editors(value: str) -> list[str]:
    """Return the editors that a value names: persons, else a unit, else the signs they go by (NF041)."""
    value = _BEHIND_EDITORS.split(without_asides(fold_width(value)), maxsplit=1)[0]
    value = _EDITORS_NUMBER.sub("", value.strip())
    names = read_names(value)
    people = [name for name in names.people if not is_account(name)]
    if people or names.units:
        return people or names.units
    signs = [trim(piece) for piece in re.split(r"[、,，;；\s]+", value[:_LONGEST_REST])]
    return [s for s in signs if _EDITOR_ID.fullmatch(s) and not is_furniture(s)] if len(signs) <= 3 else []


def _date_trust(trust: int, visible: int) -> int:
    """Return how far a date is trusted that stands in a line of some trust."""
    if trust >= Trust.INFO_LINE:
        return visible
    if trust >= Trust.BEHIND:
        return Trust.DATE_BEHIND - (0 if visible == Trust.DATE_LABELLED else 5)
    return Trust.DATE_HIDDEN
