"""Who wrote a page, where it comes from, who edited it and when it was published.

Each of these stands in one of a few places: the info line under (or over) the headline, elements named for it, the first
lines of the text, the end of the text, the lines behind it, the head of the page. All are read, each reading is kept with the
rule that made it, and the best-placed one wins. Editors, posters, photographers and accounts never become authors.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.extraction.body import BodyRegion
from crawler.extraction.dates import DateFound, find_dates
from crawler.extraction.document import Block, Box, Document, text_of
from crawler.extraction.headline import Headline
from crawler.extraction.labels import Segment, fold_width, segment, trim, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas, read_metas
from crawler.extraction.names import (
    is_account,
    is_no_source,
    is_outlet,
    is_unit,
    read_names,
)
from crawler.extraction.published import (
    BESIDE,
    ELEMENT,
    HIDDEN,
    LABELLED,
    LAYOUT,
    META,
    MODIFIED,
    TAIL,
    DateWitness,
    choose,
    date_in_scripts,
)
from crawler.extraction.trailers import author_in_headline, read_byline, read_dateline, read_trailer

LONGEST_INFO = 400
"""Characters of an info line; longer lines are text."""
ABOVE, FAR_ABOVE, BELOW, TOP_OF_TEXT, END_OF_TEXT = 4, 14, 60, 6, 5
"""Lines looked at above the headline, below it, and at either end of the text."""
BEHIND, FAR_BEHIND = 25, 120
"""Lines looked at behind the text for everything, and for editors alone."""

_ELEMENTS: dict[str, list[str]] = vocabulary("elements")
_END = re.compile(
    r"版权所有|Copyright|©|ICP备|相关(?:阅读|新闻|链接|文章|报道|推荐|专题)|推荐(?:阅读|新闻|文章)|热门|排行|热点|最新(?:文章|评论)|网友评论|发表评论|延伸阅读|编辑推荐"
)
_URL_LIKE = re.compile(
    r"(?:https?://|www\.)[\w./?=&%:#-]*|[\w-]+(?:\.[\w-]+)*\.(?:com|cn|org|net|gov|edu)(?:\.cn)?(?![\w])",
    re.ASCII | re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_FURNITURE = re.compile(
    r"(?:参与互动|我要评论|参与评论|发表评论|手机看新闻|手机查看|打印本?页|关闭窗口|关闭本页|我要纠错|分享到|分享至|复制链接|字号|字体|点击查看|查看原文|阅读原文|浏览次数|点击数|点击次数|阅读次数|发布时间|【.{0,6}】|\(\d+\)|(?<=[ \u3000])(?:\d{1,7}次|\S{0,8}收集|打印|关闭|纠错|分享|收藏|评论|浏览|点击|阅读|人气|作者|编辑|责编|时间|日期|原文|大 ?中 ?小|[A+-]{1,3})(?=[ \u3000\d]|$)).*$"
)
_GAP = re.compile(r" {2,}|\t")
_ISSUE = re.compile(r"[\s(（]*(?:\d{4}[-年/.]|第\s?\d+\s?[期版]|\d{1,2}版).*$")
_MARKED = re.compile(r"^\s*[《“\"](?P<name>[^《》“”\"]{2,30})[》”\"]\s*(?=$|[\s(（\d第,，])")
_CONTRIBUTED = re.compile(r"^\s*[【\[(（]?供稿")


class Reading(NamedTuple):
    """A value of one field and how it was read."""

    trust: int
    value: tuple[str, ...]
    raw: str
    rule: str
    index: int


@dataclass(slots=True)
class Credits:
    """What a page says about an article apart from its text."""

    authors: list[str] = field(default_factory=list)
    byline: str | None = None
    """Raw text the authors were read from."""
    source: str | None = None
    source_url: str | None = None
    """Absolute address behind the source, where it leads to a page and not to a home page."""
    editors: list[str] = field(default_factory=list)
    published: str | None = None
    published_raw: str | None = None
    published_precision: str | None = None
    dateline: str | None = None
    document_number: str | None = None
    keywords: list[str] = field(default_factory=list)
    summary: str | None = None
    drop: tuple[int, ...] = ()
    """Lines of the text that are byline, info or editor lines and no text."""
    evidence: dict[str, str] = field(default_factory=dict)
    """Field -> rule."""
    candidates: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Field -> every reading with trust, value and rule, best first; for tracing."""


def clean_source(value: str) -> str | None:
    """Return the value of a source label without dates, furniture, addresses and quotation marks; None where none is left."""
    value = _BLANKS.sub(" ", value[:200])
    folded = fold_width(value)
    for found in find_dates(value)[:1]:
        if found.span[0] < 2:
            return None
        value, folded = value[: found.span[0]], folded[: found.span[0]]
    address = _URL_LIKE.search(folded)
    if address:
        value, folded = value[: address.start()], folded[: address.start()]
    gap = _GAP.search(folded.strip())
    if gap:
        lead = len(folded) - len(folded.lstrip())
        head = trim(value[: lead + gap.start()])
        if len(head) >= 2:
            value = head
    furniture = _FURNITURE.search(value)
    if furniture and furniture.start() >= 2:
        value = value[: furniture.start()]
    elif furniture:
        return None
    marked = _MARKED.match(value)
    if marked:
        value = marked["name"]
    value = trim(value)
    issue = _ISSUE.search(value)
    if issue and issue.start() >= 2:
        value = trim(value[: issue.start()])
    value = " ".join(value.split())
    if (
        not 2 <= len(value) <= 60
        or is_no_source(value)
        or (value.isascii() and not any(c.isalpha() for c in value))
    ):
        return None
    return value


class _Gathering:
    """The readings of one page."""

    def __init__(
        self, document: Document, region: BodyRegion, headline: Headline, layout: Layout, metas: Metas
    ) -> None:
        self.document, self.region, self.headline = document, region, headline
        self.layout, self.metas = layout, metas
        self.authors: list[Reading] = []
        self.sources: list[Reading] = []
        self.editors: list[Reading] = []
        self.dates: list[DateWitness] = []
        self.drop: set[int] = set()
        self.credits = Credits()
        self.empty_source = False
        self.start = min(headline.indexes, default=region.start)
        self.text = [i for i in region.lines if i not in set(headline.indexes)]

    # The places, in the order in which they stand on a page

    def top(self) -> Iterator[Block]:
        """Yield the lines around the headline, in front of the text."""
        blocks = self.document.blocks
        first = max(0, min(self.start, self.region.start) - ABOVE)
        last = self.region.start
        if last - first > BELOW:
            after = max(self.headline.indexes, default=first)
            near = range(after, min(after + 12, last)) if after < last else range(0)
            wanted = sorted({*range(first, min(first + ABOVE + 12, last)), *near, *range(last - 16, last)})
        else:
            wanted = list(range(first, last))
        skip = set(self.headline.indexes)
        for index in wanted:
            if index not in skip and index < len(blocks):
                yield blocks[index]

    def behind(self) -> Iterator[Block]:
        """Yield the lines behind the text up to the page's foot."""
        for block in self.document.blocks[self.region.end : self.region.end + BEHIND]:
            text = block.text
            if len(text) < 60 and _END.search(text) and not segment(text)[0].role == "editor":
                return
            yield block

    def far_behind(self) -> None:
        """Read an editor line that stands between or below the lists behind the text."""
        first = self.region.end
        for block in self.document.blocks[first : first + FAR_BEHIND]:
            text = block.text
            if len(text) <= 80 and ("责" in text or "責" in text) and _EDITOR_LABEL.search(text):
                for part in segment(text):
                    if part.role == "editor":
                        self._labelled(block, part, 55, "line-far-behind")

    def read(self) -> None:
        """Read every place."""
        for block in self.top():
            if len(block.text) <= LONGEST_INFO:
                self.info_line(block, 100 if not block.hidden else 40, "info-line")
        for block in self.document.blocks[max(0, self.start - FAR_ABOVE) : max(0, self.start - ABOVE)]:
            if len(block.text) <= LONGEST_INFO and _has_credit_label(block.text):
                for part in segment(block.text):
                    self._labelled(block, part, 58 if not block.hidden else 35, "line-above")
        self.named_elements()
        self.opening()
        self.closing()
        for block in self.behind():
            if len(block.text) <= LONGEST_INFO:
                self.info_line(block, 60 if not block.hidden else 35, "line-behind-text")
        if not self.editors:
            self.far_behind()
        self.head_of_page()

    # Info lines

    def info_line(self, block: Block, trust: int, rule: str, text: str | None = None) -> bool:
        """Read a line as an info line; return whether it held a labelled value or a date and is none of the text."""
        line = _BLANKS.sub(" ", block.raw[:LONGEST_INFO]) if text is None else text
        if len(line) < 3:
            return False
        segments = segment(line)
        held = False
        dated = False
        for position, part in enumerate(segments):
            if not part.role:
                continue
            part = self._completed(block, part, last=position == len(segments) - 1)
            held |= self._labelled(block, part, trust, rule)
            dated |= part.role == "published" and bool(part.value)
        rest = [part for part in segments if not part.role]
        if len(line) <= 160:
            for part in rest:
                held |= self._unlabelled(
                    block, part.value, trust, rule, labelled=len(segments) > 1, dated=dated
                )
        return held

    def _completed(self, block: Block, part: Segment, *, last: bool) -> Segment:
        """Give a label that ends its line the value that stands on the next line, where that is one."""
        if part.value or not last or part.role in ("noise", "picture", "review"):
            return part
        blocks = self.document.blocks
        if block.index + 1 >= len(blocks):
            return part
        following = blocks[block.index + 1]
        value = following.text
        if len(value) > 40 or following.box.parent is not block.box.parent or following.level:
            return part
        if any(s.role for s in segment(value)):
            return part
        fits = {
            "source": is_outlet(value) or is_unit(value),
            "author": bool(read_names(value).people) and read_names(value).complete,
            "editor": bool(read_names(value).people) and read_names(value).complete,
            "published": bool(find_dates(value)),
        }
        return part._replace(value=value) if fits.get(part.role) else part

    def _labelled(self, block: Block, part: Segment, trust: int, rule: str) -> bool:
        role, value = part.role, part.value
        if role == "author":
            names = read_names(value)
            # 文字：大 中 小 is a switch.
            if part.label == "文字" and not names.people:
                return False
            people = [n for n in names.people if not is_account(n)]
            if people or names.units:
                self._author(
                    trust,
                    people or names.units,
                    part.label + "：" + value,
                    f"{rule}:{part.label}",
                    block.index,
                )
            elif 2 <= len(value) <= 24 and not is_account(value) and not find_dates(value):
                whole = " ".join(value.split())
                self._author(
                    trust - 10, [whole], part.label + "：" + value, f"{rule}:{part.label}", block.index
                )
            return bool(value)
        if role in ("source", "issuer"):
            source = clean_source(value)
            if source and trust < 60 and not (is_outlet(source) or is_unit(source)):
                source = None
            if source:
                level = trust if role == "source" else trust - 30
                self.sources.append(Reading(level, (source,), value, f"{rule}:{part.label}", block.index))
            elif role == "source" and trust >= 100:
                self.empty_source = True
            self._glued(block, part, trust, rule)
            return bool(value)
        if role == "editor":
            names = read_names(value)
            people = [n for n in names.people if not is_account(n)]
            found_editors = people or names.units
            if found_editors:
                self.editors.append(
                    Reading(trust, tuple(found_editors), value, f"{rule}:{part.label}", block.index)
                )
            return bool(value)
        if role in ("published", "modified"):
            found = find_dates(value)
            if found:
                level = (
                    MODIFIED
                    if role == "modified"
                    else (LABELLED if trust >= 100 else TAIL if trust >= 60 else HIDDEN)
                )
                self.dates.append(DateWitness(level, found[0], f"{rule}:{part.label}"))
                self._rest_of_date(block, value, found[0], trust, rule)
            return bool(found)
        if role == "document_number" and value and len(value) <= 60 and not self.credits.document_number:
            self.credits.document_number = value
            self.credits.evidence["document_number"] = f"{rule}:{part.label}"
        elif role == "keywords" and value and not self.credits.keywords:
            self.credits.keywords = [k for k in re.split(r"[,，;；、|\s]+", value) if 1 < len(k) <= 30][:30]
            self.credits.evidence["keywords"] = f"{rule}:{part.label}"
        elif role == "summary" and len(value) >= 10 and not self.credits.summary:
            self.credits.summary = value
            self.credits.evidence["summary"] = f"{rule}:{part.label}"
        return (
            role in ("noise", "review", "poster", "other_date", "picture", "contributor")
            and len(block.text) <= 120
        )

    def _glued(self, block: Block, part: Segment, trust: int, rule: str) -> None:
        """Read the date that follows a source without a label: 来源：新华社 2024-05-10 06:58."""
        for found in find_dates(part.value)[:1]:
            level = BESIDE if trust >= 100 else TAIL - 2 if trust >= 60 else HIDDEN - 2
            self.dates.append(DateWitness(level, found, f"{rule}:beside-source"))

    def _rest_of_date(self, block: Block, value: str, found: DateFound, trust: int, rule: str) -> None:
        """Read the name that follows a labelled date without a label of its own."""
        start = found.span[1]
        rest = trim(value[start:])
        if 2 <= len(rest) <= 30 and is_outlet(rest) and not any(c.isdigit() for c in rest):
            self.sources.append(Reading(trust - 15, (rest,), rest, f"{rule}:beside-date", block.index))

    def _unlabelled(
        self, block: Block, text: str, trust: int, rule: str, *, labelled: bool, dated: bool
    ) -> bool:
        """Read what stands in an info line without a label: a date, an outlet, names."""
        dates = find_dates(text)
        rest = text
        if dates:
            first = dates[0]
            rest = text[: first.span[0]] + "  " + text[first.span[1] :]
        rest = trim(_URL_LIKE.sub(" ", fold_width(rest)))
        if dates:
            if len(rest) > 60 or "。" in rest or (block.links and block.link_chars > len(block.text) * 0.6):
                return False
            if rule == "line-behind-text" and not labelled and len(rest) > 12:
                return False
            level = BESIDE if trust >= 100 else TAIL - 5 if trust >= 60 else HIDDEN
            if len(dates) > 1 and not labelled:
                level -= 15
            if block.index < self.start and level == BESIDE:
                level -= 12  # a ticker or a menu stands above the headline more often than the date does
            self.dates.append(DateWitness(level, dates[0], f"{rule}:date"))
        elif not (labelled or dated):
            if trust >= 100 and len(text) <= 60 and block.index > max(self.headline.indexes, default=-1):
                self._name_line(block, text)
            return False
        if (
            rest
            and len(rest) <= 60
            and (dates or trust >= 100)
            and not (block.links and not dates and not labelled)
        ):
            self._beside(block, rest, trust - 20, rule)
        return bool(dates)

    def _beside(self, block: Block, rest: str, trust: int, rule: str) -> None:
        """Read an unlabelled outlet and unlabelled names that stand beside a date."""
        names = read_names(rest, trusted=False)
        if names.people and (names.complete or names.role):
            self._author(trust, names.people, rest, f"{rule}:names-beside-date", block.index)
        outlets = [unit for unit in names.units if is_outlet(unit)]
        pieces = [trim(p) for p in re.split(r" {2,}|\|", rest)]
        single = next((p for p in pieces if _NAME_LIKE.fullmatch(p) and (is_outlet(p) or is_unit(p))), None)
        chosen = outlets[0] if outlets and not single else single
        source = clean_source(chosen) if chosen else None
        if source:
            self.sources.append(Reading(trust, (source,), rest, f"{rule}:beside-date", block.index))

    def _name_line(self, block: Block, text: str) -> None:
        """Read a line between headline and text that holds nothing but names."""
        if block.links and block.link_chars * 2 > len(block.text):
            return
        names = read_byline(text)
        if names and (names.people or names.role):
            sure = names.role or bool(names.units) or len(names.people) > 1
            self._author(
                86 if sure else 55, names.people or names.units, text, "line-under-headline", block.index
            )

    # Named elements

    def named_elements(self) -> None:
        """Read the elements that templates name for a field, those of the layout first."""
        low, high = max(0, self.start - 8), self.region.end + BEHIND
        for role in ("author", "source", "date", "editor"):
            for box, trusted in self._boxes(role, low, high):
                text = text_of(box.element)[:LONGEST_INFO]
                if 2 <= len(text) <= 160:
                    self._element(role, box, text, trusted)
        for box in self.document.find(*self.layout.info) if self.layout.info else ():
            for block in self.document.lines(box)[:6]:
                self.info_line(block, 101, "layout-info")

    def _boxes(self, role: str, low: int, high: int) -> Iterator[tuple[Box, bool]]:
        chosen: tuple[str, ...] = getattr(self.layout, role)
        for box in self.document.find(*chosen)[:2] if chosen else ():
            if box.start <= high:
                yield box, True
        index = self.document.index
        for selector in _ELEMENTS[role]:
            for box in index.get(selector, ())[:3]:
                if low <= box.start <= high and box.end - box.start <= 3:
                    yield box, False

    def _element(self, role: str, box: Box, text: str, trusted: bool) -> None:
        index = min(box.start, len(self.document.blocks) - 1)
        rule = ("layout:" if trusted else "element:") + role
        trust = 95 if trusted else 90
        if box.hidden:
            trust = 45
        inside = (
            self.region.start <= box.start < self.region.end
            and box.start in self.text[TOP_OF_TEXT:-END_OF_TEXT]
        )
        if inside and not trusted:
            return
        labelled = [s for s in segment(text) if s.role]
        if role == "date":
            for found in find_dates(text)[:1]:
                other = any(s.role in ("other_date", "modified") and s.value for s in labelled)
                level = MODIFIED if other else HIDDEN if box.hidden else LAYOUT if trusted else ELEMENT
                if not trusted and box.start >= self.region.end:
                    level = TAIL - 8
                self.dates.append(DateWitness(level, found, rule))
            return
        if any(s.role not in (role, "noise", "published") for s in labelled):
            return  # the info line itself, read as such
        value = next((s.value for s in labelled if s.role == role), None if labelled else text)
        if not value:
            return
        if role == "source":
            source = clean_source(value)
            if source and (trusted or is_outlet(source) or is_unit(source)):
                self.sources.append(Reading(trust - (0 if labelled else 8), (source,), value, rule, index))
        else:
            names = read_names(value, trusted=bool(labelled) or trusted)
            people = [n for n in names.people if not is_account(n)]
            if not people or not (names.complete or names.role):
                return
            if role == "author":
                self._author(trust - 2, people, text, rule, index)
            else:
                self.editors.append(Reading(trust, tuple(people), value, rule, index))

    # The text itself

    def opening(self) -> None:
        """Read the first lines of the text: info lines, names, dateline."""
        seen_paragraph = False
        for position, index in enumerate(self.text[:TOP_OF_TEXT]):
            block = self.document.blocks[index]
            text = block.text
            if (
                len(text) <= 120
                and not seen_paragraph
                and _has_credit_label(text)
                and not _CONTRIBUTED.match(text)
            ):
                if self.info_line(block, 100 if not block.hidden else 40, "first-lines"):
                    self.drop.add(index)
                    continue
            if len(text) <= 60 and not seen_paragraph:
                if len(text) <= 40 and self._only_date(block):
                    self.drop.add(index)
                    continue
                names = read_byline(text)
                if names and (names.people or names.units):
                    sure = names.role or len(names.people) > 1 or bool(names.units and names.people)
                    if names.people or names.role:
                        self._author(
                            85 if sure else 52, names.people or names.units, text, "first-lines", index
                        )
                        self.drop.add(index)
                    continue
            dateline = read_dateline(text) if position < 5 else None
            if dateline:
                if dateline.dateline and not self.credits.dateline:
                    self.credits.dateline = dateline.dateline
                    self.credits.evidence["dateline"] = "first-lines"
                if dateline.authors:
                    self._author(80, dateline.authors, dateline.raw, "dateline", index)
            if len(text) > 60:
                seen_paragraph = True

    def _only_date(self, block: Block) -> bool:
        """Read a line at the top of the text that holds a date and hardly anything else."""
        found = find_dates(block.text)
        if len(found) != 1 or found[0].precision == "day":
            return False
        rest = trim(block.text.replace(found[0].raw, " "))
        if len(rest) > 20:
            return False
        return self.info_line(block, 100, "first-lines")

    def closing(self) -> None:
        """Read the last lines of the text: brackets, signatures, editor lines."""
        tail = self.text[-END_OF_TEXT:] if len(self.text) > 1 else self.text
        for distance, index in enumerate(reversed(tail)):
            block = self.document.blocks[index]
            text = block.text
            if len(text) <= 160 and _has_credit_label(text):
                alone = not _BRACKETED.match(text) or "编" in text or "編" in text
                if alone and self._credit_line(block):
                    self.drop.add(index)
                    continue
            if distance < 3 and len(text) > 30:
                self._glued_editor(block)
            if distance >= 4:
                continue
            trailer = read_trailer(text)
            if trailer is None:
                if distance < 3 and len(text) <= 40:
                    names = read_byline(text)
                    if names and names.people and names.role:
                        self._author(66, names.people, text, "last-lines", index)
                continue
            if trailer.authors and (trailer.sure or distance < 2):
                self._author(
                    78 if trailer.sure else 70 - distance,
                    trailer.authors,
                    trailer.raw,
                    "last-brackets",
                    index,
                )
            if trailer.source and distance < 3:
                self.sources.append(Reading(50, (trailer.source,), trailer.raw, "last-brackets", index))

    def _glued_editor(self, block: Block) -> None:
        """Read the editor in brackets at the very end of a paragraph."""
        tail = block.text[-50:]
        match = _GLUED_EDITOR.search(tail) if "编" in tail or "編" in tail else None
        if match:
            names = read_names(match["names"])
            if names.people and names.complete:
                self.editors.append(Reading(61, tuple(names.people), match[0], "last-paragraph", block.index))

    def _credit_line(self, block: Block) -> bool:
        """Read a line at the end of the text that holds labels with names; return whether it is no text."""
        segments = segment(block.text)
        if segments and not segments[0].role and len(segments[0].value) > 24:
            return False
        roles = {s.role for s in segments if s.role}
        if not roles & {
            "editor",
            "author",
            "source",
            "published",
            "review",
            "poster",
            "contributor",
            "picture",
        }:
            return False
        before = len(self.editors), len(self.authors), len(self.sources), len(self.dates)
        self.info_line(block, 62, "last-lines")
        changed = before != (len(self.editors), len(self.authors), len(self.sources), len(self.dates))
        return changed and bool(roles & {"editor", "author", "published", "source"})

    # The head of the page

    def head_of_page(self) -> None:
        """Read the metas and, last, the headline."""
        metas = self.metas
        for name, found in metas.published:
            self.dates.append(DateWitness(META, found, name))
        if not self.dates:
            script = date_in_scripts(self.document)
            if script:
                self.dates.append(script)
        if metas.source:
            self.sources.append(Reading(20, (metas.source,), metas.source, metas.evidence["source"], -1))
        if metas.authors:
            self._author(20, list(metas.authors), "、".join(metas.authors), metas.evidence["authors"], -1)
        behind = _TITLE_BYLINE.search(self.document.title_text[:300])
        if behind:
            names = read_names(behind["names"])
            if names.people and names.complete:
                self._author(64, names.people, behind[0].strip(), "title-element", -1)
        if self.headline.title:
            named = author_in_headline(self.headline.title)
            if named:
                self._author(30, [named[0]], self.headline.title, "headline", -1)

    def _author(self, trust: int, names: Iterable[str], raw: str, rule: str, index: int) -> None:
        kept = tuple(dict.fromkeys(name for name in names if not is_account(name)))
        if kept:
            self.authors.append(Reading(trust, kept, raw, rule, index))

    # The choice

    def choose(self) -> Credits:
        """Weigh the readings."""
        credits = self.credits
        editors = max(self.editors, key=lambda r: r.trust, default=None)
        if editors:
            same_line = [r for r in self.editors if r.index == editors.index and r.trust >= editors.trust - 5]
            credits.editors = list(dict.fromkeys(name for r in same_line for name in r.value))
            credits.evidence["editors"] = editors.rule
        known_editors = {name for reading in self.editors for name in reading.value}
        self._choose_authors(known_editors)
        self._choose_source()
        date = choose(self.dates, self.document.url)
        if date:
            credits.published, credits.published_precision = date.found.iso, date.found.precision
            credits.published_raw = date.found.raw
            credits.evidence["published"] = date.rule
        credits.drop = tuple(sorted(self.drop))
        credits.candidates = {
            "authors": [(r.trust, "、".join(r.value), r.rule) for r in _ranked(self.authors)],
            "source": [(r.trust, r.value[0], r.rule) for r in _ranked(self.sources)],
            "editors": [(r.trust, "、".join(r.value), r.rule) for r in _ranked(self.editors)],
            "published": [(w.trust, w.found.iso, w.rule) for w in sorted(self.dates, key=lambda w: -w.trust)],
        }
        return credits

    def _choose_authors(self, editors: set[str]) -> None:
        credits = self.credits
        for reading in _ranked(self.authors):
            # A hidden or head-only author that is the editor elsewhere is the editor again.
            if reading.trust < 50 and editors.issuperset(reading.value):
                continue
            credits.authors = list(reading.value)
            credits.byline = reading.raw.strip()
            credits.evidence["authors"] = reading.rule
            return

    def _choose_source(self) -> None:
        credits = self.credits
        title = self.headline.title
        for reading in _ranked(self.sources):
            if reading.trust <= 20 and self.empty_source:
                continue
            if reading.value[0] == title:
                continue
            credits.source = reading.value[0]
            credits.evidence["source"] = reading.rule
            if reading.index >= 0:
                credits.source_url = self._link(reading.index, reading.value[0])
            return

    def _link(self, index: int, source: str) -> str | None:
        """Return the address behind the source's name, where it leads deeper than a home page."""
        if not self.document.blocks[index].links:
            return None
        for link in self.document.links:
            if link.index == index and link.text and (link.text in source or source in link.text):
                address = self.document.absolute(link.href)
                path = address.split("/", 3)[3] if address and address.count("/") >= 3 else ""
                return address if path.strip("/") else None
        return None


_EDITOR_LABEL = re.compile(r"[责責]\s{0,4}任?\s{0,4}[编編]")
_GLUED_EDITOR = re.compile(
    r"[（(【\[]?\s*(?:[责責]任?[编編][辑輯]?|[编編][辑輯])\s*[:：/]\s*(?P<names>[\u3400-\u9fff·、，,\s]{2,30}?)\s*[)）】\]]?\s*$"
)
_TITLE_BYLINE = re.compile(
    r"\s(?:本刊|本报|本网)?(?:记者|评论员|特约撰稿人)\s{0,3}(?P<names>[\u3400-\u9fff·、\s]{2,40}?)(?=\s*(?:[-_—|–]|$))"
)
_NAME_LIKE = re.compile(r"(?!\d)[\w·《》“” -]{2,24}")
_BRACKETED = re.compile(r"^\s*[（(【\[]\s*(?:本文)?作者")
_CREDIT_WORDS = ("：", ":", "/", "／", "|", "｜", "】", "于", "丨")


def _has_credit_label(text: str) -> bool:
    return any(sign in text for sign in _CREDIT_WORDS) and any(s.role for s in segment(text))


def _ranked(readings: list[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda r: -r.trust)


def read_credits(
    document: Document, region: BodyRegion, headline: Headline, layout: Layout, metas: Metas | None = None
) -> Credits:
    """Read authors, source, editors, date of publication and the other credits of a page."""
    gathering = _Gathering(document, region, headline, layout, metas or read_metas(document))
    gathering.read()
    return gathering.choose()
