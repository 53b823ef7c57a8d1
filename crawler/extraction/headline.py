"""The headline of a page and the lines around it: 引题 (kicker), 主题 (title), 副题 (subtitle).

A headline is a visible line in front of the text. Every line there is a candidate, whatever its tag; it wins
by what else on the page agrees with it: `<title>` and the metas contain it, it is a heading or named as one,
the info line follows it. The metas alone are taken only where nothing visible fits, then without the names
of site and column.
"""

import re
from dataclasses import dataclass, field

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.dates import find_dates
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.headline_candidates import (
    CRUMBS,
    INSIDE,
    KICKER_HINTS,
    MOST_WITHOUT_TITLE,
    NOT_TITLES,
    SUBTITLE_HINTS,
    TITLE_LABEL,
    Candidates,
)
from crawler.extraction.labels import alternation, has_label, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas, read_metas
from crawler.extraction.names import is_outlet, read_names
from crawler.extraction.titles import LONGEST, fold, strip_site

LEAST_SCORE = 4.0
"""Score below which a line loses to the title that the head of the page gives."""
LEAST_SCORE_ALONE = -15.0
"""The same where the head gives nothing but the name of the site."""

_WORDS = vocabulary("headline")
_SUBTITLE = re.compile(rf"(?:{alternation(_WORDS['subtitle_openings'])})")
_DASHES = re.compile(r"^\s*[—–―─━-]{1,4}")
_KICKER_ENDINGS = tuple(_WORDS["kicker_endings"])


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline as read."""

    title: str | None = None
    """主题."""
    kicker: str | None = None
    """引题."""
    subtitle: str | None = None
    """副题."""
    indexes: tuple[int, ...] = ()
    """Lines of `Document.blocks` it was read from; also repetitions of it at the top of the text."""
    rule: str = "none"
    """What it was read by."""
    candidates: tuple[tuple[float, str], ...] = field(default=(), repr=False)
    """The best lines with their scores, for tracing."""


def read_headline(
    document: Document, region: BodyRegion, layout: Layout, metas: Metas | None = None
) -> Headline:
    """Read the headline, its kicker and its subtitle."""
    metas = metas or read_metas(document)
    reader = Candidates(document, region, layout, metas)
    reader.prepare()
    scored = reader.scored()
    traced = tuple((round(score, 1), block.text[:LONGEST]) for score, block in scored[:8])
    if scored and scored[0][0] >= MOST_WITHOUT_TITLE:
        return _assemble(document, region, layout, reader, scored[0][1], traced)
    fallback = plain = strip_site(metas.title or document.title_text, metas.site_name, metas.column)[:LONGEST]
    folded = fold(fallback).removesuffix("首页")
    if not folded or fold(fallback) in NOT_TITLES or reader.is_site(folded):
        fallback = ""
    if scored and scored[0][0] >= (LEAST_SCORE if fallback else LEAST_SCORE_ALONE):
        return _assemble(document, region, layout, reader, scored[0][1], traced)
    if fallback:
        return Headline(title=fallback, rule=metas.evidence.get("title", "title-element"), candidates=traced)
    return _plain_heading(document, region, plain, traced)


def _plain_heading(
    document: Document, region: BodyRegion, plain: str, traced: tuple[tuple[float, str], ...]
) -> Headline:
    """Take a heading before the text that is the page's title, though columns are called so too: 公告."""
    wanted = fold(plain)
    for block in reversed(document.blocks[: region.start + 1]):
        if wanted and block.level and not block.link_chars and fold(block.text) == wanted:
            return Headline(title=block.text, indexes=(block.index,), rule="heading+title", candidates=traced)
    return Headline(candidates=traced)


def _assemble(
    document: Document,
    region: BodyRegion,
    layout: Layout,
    reader: Candidates,
    best: Block,
    traced: tuple[tuple[float, str], ...],
) -> Headline:
    """Find the lines that belong to the winning one and tell kicker, title and subtitle apart."""
    blocks = document.blocks
    lines = [best]
    lead = best.index - 1
    while lead >= 0 and len(lines) < 4 and _belongs(blocks[lead], lines[0], reader):
        if _hinted(blocks[lead], KICKER_HINTS):
            break
        lines.insert(0, blocks[lead])
        lead -= 1
    follow = best.index + 1
    while follow < len(blocks) and len(lines) < 5 and _belongs(blocks[follow], lines[-1], reader):
        lines.append(blocks[follow])
        follow += 1
    kicker, title, subtitle = _layers(
        [_tidy(_own_text(document, line, reader.page_title), reader.page_title) for line in lines]
    )
    used = [line.index for line in lines]
    for block in blocks[max(0, lines[0].index - 2) : lines[0].index]:
        named = _hinted(block, KICKER_HINTS) or _selected(document, layout.kicker, block)
        if kicker is None and (named or (block.index == lines[0].index - 1 and _is_kicker(block))):
            kicker, used = block.text, [*used, block.index]
    for block in blocks[lines[-1].index + 1 : lines[-1].index + 3]:
        if subtitle is None and _is_subtitle(document, layout, block, title):
            subtitle, used = block.text, [*used, block.index]
            break
    rule = (
        "layout:title"
        if best.index in reader.preferred
        else ("heading" if best.level else "line-before-text")
    )
    if reader.agreement(fold(best.text)) >= 30:
        rule += "+page-title"
    repeated = _repetitions(document, region, [t for t in (kicker, title, subtitle) if t], set(used))
    under = _under_repetition(document, region, title) if subtitle is None else None
    if under is not None and _DASHES.match(under.text) and _is_subtitle(document, layout, under, title):
        subtitle, used = under.text, [*used, under.index]
    used += repeated
    return Headline(
        title=title,
        kicker=kicker[:LONGEST] if kicker else None,
        subtitle=subtitle[:LONGEST] if subtitle else None,
        indexes=tuple(sorted(set(used))),
        rule=rule,
        candidates=traced,
    )


def _is_byline(text: str) -> bool:
    """Tell whether a line holds nothing but names of persons and what they are."""
    if len(text) > 40:
        return False
    names = read_names(text, trusted=False)
    return (
        bool(names.people) and names.complete and (names.role or bool(names.units) or len(names.people) > 1)
    )


_COUNTER = re.compile(r"(?<=[^\d\s])\s*\d{1,6}\+?$")
_BYLINE_BEHIND = re.compile(
    r"\s+(?:[\u3400-\u9fff]{0,8}(?:记者|記者|评论员|通讯员)\s*|(?:文|作者|撰文)\s?[/:：]\s?)"
    r"[\u3400-\u9fff、·\s]{2,30}$"
)


# A date that a template sets behind the headline, in brackets.
_DATE_BEHIND = re.compile(
    r"\s*[\[(（]\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\s*[\])）]$"
)
# An info line that a template sets into the heading: 标题 2024-05-10 来源：江州日报.
_INFO_BEHIND = re.compile(
    r"\s+[\[(（]?(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|(?:来源|作者|(?:发布)?(?:时间|日期))\s?[:：])"
)
# What a template sets before it to tell what the page holds.
_TAGS = tuple(_WORDS["tags"])


_LIST_ADDRESS = re.compile(r"(?:/|/(?:index|list)[\w-]{0,12}\.\w{2,6})$")


def _own_text(document: Document, block: Block, page_title: str) -> str:
    """Return a line without a link at its end that the page's title does not know (the column)."""
    text = block.text
    if not 0 < block.link_chars < len(text) or page_title.startswith(fold(text)):
        return text
    for link in between(document.links, block.index, block.index):
        if label := link.text:
            column = len(label) <= 10 and _LIST_ADDRESS.search(link.href)
            for rest in (text.removesuffix(label), text.removeprefix(label)):
                if len(rest) >= 4 and rest != text and (column or page_title.startswith(fold(rest))):
                    return rest.strip()
    return text


# (1/8): which picture of how many is shown.
_PICTURE_OF = re.compile(r"[(（]\d{1,3}/\d{1,3}[)）]$")


def _tidy(text: str, page_title: str) -> str:
    """Return a headline without label, tag, byline, date and counter of comments."""
    text = TITLE_LABEL.sub("", text).strip(" \u3000>»·")
    if text[-1:] in ")）" and (counted := _PICTURE_OF.search(text)) and counted[0] not in page_title:
        text = text[: counted.start()].rstrip()
    if page_title and not page_title.startswith(fold(text)):
        tag = next((tag for tag in _TAGS if text.startswith(tag)), None)
        if tag and page_title.startswith(fold(text[len(tag) :])) and len(text) > len(tag) + 5:
            text = text[len(tag) :].strip()
    if text[-1:] in "])）":
        text = _DATE_BEHIND.sub("", text)
    info = _INFO_BEHIND.search(text, 6) if page_title and not page_title.startswith(fold(text)) else None
    if info and page_title.startswith(fold(text[: info.start()])):
        text = text[: info.start()]
    behind = _BYLINE_BEHIND.search(text)
    if behind and behind.start() > 6:
        text = text[: behind.start()]
    counter = _COUNTER.search(text) if text[-1:].isdigit() or text.endswith("+") else None
    if counter and page_title and not page_title.startswith(fold(text)):
        without = fold(text[: counter.start()])
        if len(without) >= 6 and page_title.startswith(without):
            text = text[: counter.start()]
    return text


def _belongs(block: Block, neighbour: Block, reader: Candidates) -> bool:
    """Tell whether a line is one of several lines of the same headline."""
    text = block.text
    if not 2 <= len(text) <= LONGEST or text in NOT_TITLES or not _adjoins(block, neighbour, reader):
        return False
    return not (
        has_label(text)
        or CRUMBS.search(text)
        or find_dates(text)
        or fold(text) == fold(neighbour.text)
        or _is_byline(text)
    )


def _adjoins(block: Block, neighbour: Block, reader: Candidates) -> bool:
    """Tell whether two lines are in one heading, or one in the page's title, or the second is a subtitle."""
    heading = block.box.within("h1", "h2", "h3")
    short = heading is not None and heading.end - heading.start <= 4
    if short and heading is neighbour.box.within("h1", "h2", "h3"):
        return True
    same, above = block.box is neighbour.box, block.index < neighbour.index
    if same and not above and block.box.end - block.box.start <= 4 and _DASHES.match(block.text):
        return True
    if not (same or len(block.text) >= 6):
        return False
    titles = reader.plain_titles
    if block.text[:2] not in titles and block.text[1:3] not in titles:
        return False
    folded, beside = fold(block.text), fold(neighbour.text)
    glued = folded + beside if above else beside + folded
    return glued in reader.page_title or any(glued in stated for stated in reader.stated)


def _layers(texts: list[str]) -> tuple[str | None, str, str | None]:
    """Tell kicker, title and subtitle of a headline that stands on several lines apart."""
    if len(texts) == 1:
        return None, texts[0], None
    subtitle = None
    for position in range(1, len(texts)):
        if _DASHES.match(texts[position]) or (
            position == len(texts) - 1 and _SUBTITLE.match(texts[position]) and len(texts[position]) > 6
        ):
            subtitle = " ".join(texts[position:])
            texts = texts[:position]
            break
    kicker = None
    if len(texts) > 1 and texts[0].endswith(_KICKER_ENDINGS):
        kicker, texts = texts[0], texts[1:]
    return kicker, " ".join(texts), subtitle


def _hinted(block: Block, hints: frozenset[str]) -> bool:
    box: Box | None = block.box
    for _ in range(2):
        if box is None or box.end - box.start > 3:
            return False
        if (box.id or box.cls) and not hints.isdisjoint((box.id.lower(), *box.cls.lower().split())):
            return len(block.text) <= LONGEST and not has_label(block.text)
        box = box.parent
    return False


_KICKER_SURE = tuple(
    ending for ending in _KICKER_ENDINGS if len(ending) > 2 or ending in ("强调", "指出", "：")
)


def _is_kicker(block: Block) -> bool:
    """Tell whether the line over a headline is its kicker by how it ends: 市委常委会召开会议强调."""
    text = block.text
    if not 6 <= len(text) <= 60 or not text.endswith(_KICKER_SURE) or block.links:
        return False
    return not (has_label(text) or CRUMBS.search(text) or find_dates(text))


def _selected(document: Document, selectors: tuple[str, ...], block: Block) -> bool:
    return bool(selectors) and any(
        box.start <= block.index < max(box.end, box.start + 1) and box.end - box.start <= 3
        for box in document.find(*selectors)
    )


_LONGEST_OUTLET = 8
"""Characters of a line that is the name of a paper and no subtitle."""


def _is_subtitle(document: Document, layout: Layout, block: Block, title: str) -> bool:
    """Tell whether a line under the headline is its subtitle."""
    text = block.text
    if not 4 <= len(text) <= LONGEST or text.endswith("题记"):
        return False
    named = _selected(document, layout.subtitle, block) or _hinted(block, SUBTITLE_HINTS)
    named = named or (len(text) > 6 and _SUBTITLE.match(text) is not None and block.level > 1)
    if not named and not (_DASHES.match(text) and len(text) <= 80 and not text.endswith("。")):
        return False
    outlet = len(text) <= _LONGEST_OUTLET and is_outlet(text)
    other = outlet or block.links or has_label(text) or find_dates(text) or _is_byline(text)
    return not other and fold(text) != fold(title)


def _under_repetition(document: Document, region: BodyRegion, title: str) -> Block | None:
    """Return the first line of the text if the headline stands once more over it."""
    if not region.lines or not region.lines[0]:
        return None
    first = document.blocks[region.lines[0]]
    above = document.blocks[first.index - 1]
    return first if fold(above.text) == fold(title) else None


def _repetitions(document: Document, region: BodyRegion, parts: list[str], used: set[int]) -> list[int]:
    """Return the lines at the top of the text that repeat the headline or a part of it."""
    wholes = {fold(part) for part in parts}
    title = "".join(fold(part) for part in parts)
    found: list[int] = []
    begun = False
    for index in region.lines[:INSIDE]:
        if index in used:
            continue
        text = document.blocks[index].text
        if len(text) > 2 * LONGEST:
            break
        # Of most lines the first words tell that they are no part of it.
        folded = fold(text) if len(text) > _PARAGRAPH or fold(text[:_FIRST_WORDS]) in title else ""
        least = 2 if document.blocks[index].level else max(6, len(title) / 3)
        if folded and (folded in wholes or (not begun and len(folded) >= least and folded in title)):
            found.append(index)
        elif len(folded) > _PARAGRAPH:
            break
        # Behind the first sentence the unit that the title begins with is the signature.
        begun |= text.endswith(("。", "：", ":"))
    return found


_PARAGRAPH = 80
_FIRST_WORDS = 8
