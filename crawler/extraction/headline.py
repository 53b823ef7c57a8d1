"""The headline of a page and the lines around it: 引题 (kicker), 主题 (title), 副题 (subtitle).

A headline is a visible line in front of the text. Every line there is a candidate, whatever its tag; it wins
by what else on the page agrees with it: `<title>` and the metas contain it, it is a heading or named as one,
the info line follows it. The metas alone are taken only where nothing visible fits, then without the names
of site and column.
"""

import re
from dataclasses import dataclass, field

from crawler.extraction.body import BodyRegion
from crawler.extraction.dates import find_dates
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.labels import alternation, has_label, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas, read_metas
from crawler.extraction.names import is_outlet, is_unit, read_names

LONGEST = 150
"""Characters of a headline, kicker or subtitle; a longer line is a paragraph."""
REACH = 90
"""Lines in front of the text among which the headline is looked for."""
LEAST_SCORE = 4.0
"""Score below which a line loses to the title that the head of the page gives."""
LEAST_SCORE_ALONE = -15.0
"""The same where the head gives nothing but the name of the site."""
INFO_FOLLOWS = 12.0
"""What an info line right behind a line adds to its score."""
SURE = 40.0
"""Agreement with the titles in the head of the page that outweighs what a line looks like."""
MOST_WITHOUT_TITLE = 40.0
"""More than a line can score that does not agree with the titles in the head of the page."""
INSIDE = 5
"""Lines at the top of the text that may be the headline, where the container holds it too."""

_WORDS = vocabulary("headline")
_NOT_TITLES = frozenset(_WORDS["not_titles"])
_TITLE_HINTS = frozenset(_WORDS["title_hints"])
_KICKER_HINTS = frozenset(_WORDS["kicker_hints"])
_SUBTITLE_HINTS = frozenset(_WORDS["subtitle_hints"])
_SUBTITLE = re.compile(rf"(?:{alternation(_WORDS['subtitle_openings'])})")
_DASHES = re.compile(r"^\s*[—–―─━-]{1,4}")
_KICKER_ENDINGS = tuple(_WORDS["kicker_endings"])
_CRUMBS = re.compile(
    r"(?:当前|现在|您的|你的|所在|當前)(?:的)?位置|^\s*(?:首\s?页|网站首页|主页)\s*[>›»→/-]"
    r"|[>›»]\s*(?:正文|文章|详情)|[>›»][^>›»]*[>›»]"
)
_FOLDED: dict[int, str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
_FOLDED |= {
    ord(wide): narrow for wide, narrow in zip("“”‘’―–-─━－|│︱｜•‧・", "\"\"''——————丨丨丨丨···", strict=True)
}
_FOLDED |= dict.fromkeys(map(ord, " \t\r\n\f\v\u3000\xa0\u2002\u2003\u2009\u202f\u200b\u200d\ufeff\xad"))
_SUFFIX = re.compile(
    r"\s*(?:_{1,3}|-{2,}|[—─━―]{1,4}|(?<=\S)\s[-–|｜丨/]\s?|[|｜丨]"
    r"|(?<=[\u3400-\u9fff）)”》！？!?])[-–](?=[\u3400-\u9fff]))\s*"
)
_SENTENCE = re.compile(r"[。；;]")
_FOOTING = re.compile(r"版权所有|ICP备|Copyright|©|扫一扫|二维码|客服|热线|朋友圈|登录|注册|浏览器")


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


def fold(text: str) -> str:
    """Return a text for comparing: no blanks, widths narrowed, quotation marks, dashes and bars unified."""
    return text.translate(_FOLDED)


def strip_site(text: str, site_name: str | None = None, column: str | None = None) -> str:
    """Return a `<title>` without the names of site and column at its right.

    Only what is a known name, ends as the name of a site or unit does, or is a short word behind a separator
    that headlines do not use is taken off: `-` and `——` stand in headlines too.
    """
    text = text[: 4 * LONGEST].strip()
    known = {fold(name) for name in (site_name, column) if name}
    for _ in range(6):
        cuts = list(_SUFFIX.finditer(text))
        if not cuts:
            break
        cut = cuts[-1]
        head, tail = text[: cut.start()].strip(), text[cut.end() :].strip()
        if not head:
            break
        plain = cut[0].strip()
        unusual = plain.startswith(("_", "--")) or len(plain) > 2
        site = fold(tail) in known or is_outlet(tail) or (is_unit(tail) and len(tail) <= 24) or tail.isascii()
        if not tail or site or (unusual and len(tail) <= 12 and not _SENTENCE.search(tail)):
            text = head
            continue
        break
    return text


@dataclass(slots=True)
class _Reader:
    """What is asked of every candidate."""

    document: Document
    region: BodyRegion
    layout: Layout
    metas: Metas
    page_title: str = ""
    title_parts: frozenset[str] | None = None
    stated: tuple[str, ...] = ()
    plain_titles: str = ""
    preferred: frozenset[int] = frozenset()
    info: dict[int, bool] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)

    def prepare(self) -> None:
        document = self.document
        self.page_title = fold(document.title_text[: 3 * LONGEST])
        self.stated = tuple(dict.fromkeys(fold(t) for t in (self.metas.title, *self.metas.title_parts) if t))
        self.plain_titles = f"{document.title_text[: 3 * LONGEST]}\n{self.metas.title or ''}"
        lines: set[int] = set()
        for box in document.find(*self.layout.title) if self.layout.title else ():
            lines.update(range(box.start, min(box.end, box.start + 4)))
        self.preferred = frozenset(lines)

    def lines(self) -> list[Block]:
        """Return the lines that may be the headline."""
        blocks = self.document.blocks
        start = self.region.start if self.region.container is not None else min(len(blocks), REACH)
        window = range(max(0, start - REACH), min(len(blocks), start + INSIDE))
        wanted = set(window) | {i for i in self.preferred if i < len(blocks)}
        for box in self.document.boxes if start > REACH else ():
            if box.start >= start - REACH:
                break
            if box.tag in ("h1", "h2") and box.end > box.start:
                wanted.add(box.start)
        return [blocks[i] for i in sorted(wanted)]

    def scored(self) -> list[tuple[float, Block]]:
        """Return the lines with their scores, best first, those that cannot win left out."""
        likely: list[Block] = []
        others: list[Block] = []
        titles, preferred = self.plain_titles, self.preferred
        for block in self.lines():
            text = block.text
            known = text[:2] in titles or text[2:4] in titles or text[-4:-2] in titles
            (likely if known or block.index in preferred else others).append(block)
        found = self._ranked(likely)
        if not found or found[0][0] < MOST_WITHOUT_TITLE:
            found = sorted(found + self._ranked(others), key=lambda pair: (-pair[0], -pair[1].index))
        return found

    def _ranked(self, blocks: list[Block]) -> list[tuple[float, Block]]:
        """Return lines with their scores, best first; what stands around them is asked of the best alone."""
        scored = [(score, block) for block in blocks if (score := self.score(block)) is not None]
        scored.sort(key=lambda pair: -pair[0])
        found: list[tuple[float, Block]] = []
        best = -1_000.0
        for score, block in scored:
            if score + INFO_FOLLOWS < best:
                break
            if not self._excluded(block):
                found.append((score + self._info_follows(block.index), block))
                best = max(best, found[-1][0])
        return sorted(found, key=lambda pair: (-pair[0], -pair[1].index))

    def score(self, block: Block) -> float | None:
        """Return how much speaks for a line by itself; None where it cannot be a headline."""
        text = block.text
        if not 2 <= len(text) <= LONGEST:
            return None
        level = block.level
        linked = block.link_chars * 2 > len(text)
        # Menus are most of the lines; a linked line must be a heading or stand in the page's title.
        if linked and not 1 <= level <= 3 and text[:6] not in self.plain_titles:
            return None
        if text in _NOT_TITLES or text.strip(" []【】:：") in _NOT_TITLES:
            return None
        agreement = self._agreement(fold(text))
        if agreement < SURE:
            if linked and not 1 <= level <= 3:
                return None
            self.unsure.add(block.index)
        distance = self.region.start - block.index
        score = agreement + (0, 15, 13, 10, 7, 5, 4)[level] + self._named(block.box)
        score -= 0.35 * max(0, distance) if distance >= 0 else -2.0 * distance
        for speaks, weight in (
            (block.index in self.preferred, 25),
            (distance <= 0 and not agreement and not level, -12),
            ("。" in text or "；" in text or ";" in text, -20),
            (len(text) < 5, -12),
            (len(text) > 70, -8),
            (block.hidden, -14),
            (linked, -10),
            (not level and block.in_list, -8),
            (agreement < SURE and len(text) <= 16 and is_outlet(text), -14),
        ):
            if speaks:
                score += weight
        return score

    def _excluded(self, block: Block) -> bool:
        """Tell whether a line unknown to the page's title is an info line, breadcrumbs or furniture."""
        if block.index not in self.unsure:
            return False
        text = block.text
        return bool(self.is_info(block) or _CRUMBS.search(text) or (len(text) < 60 and _FOOTING.search(text)))

    def is_info(self, block: Block) -> bool:
        """Tell whether a line holds a label or, being short, a date."""
        known = self.info.get(block.index)
        if known is None:
            text = block.text
            known = len(text) <= LONGEST and (has_label(text) or (len(text) < 40 and bool(find_dates(text))))
            known = self.info[block.index] = known and not _TITLE_LABEL.match(text)
        return known

    def _agreement(self, folded: str) -> float:
        """Return how well a line fits what the head of the page calls its title."""
        if len(folded) < 4:
            return 0.0
        best = 0.0
        title = self.page_title
        if title.startswith(folded):
            # The name of the site alone can be the title of all its pages.
            rest = title[len(folded) :]
            whole = not rest and self.is_site(folded)
            best = -20.0 if whole else 50.0 + min(len(folded), 20) * 0.5
        elif folded in title and folded in self._parts() and not self.is_site(folded):
            best = 45.0
        elif len(folded) >= 8 and folded in title:
            best = 30.0 + min(len(folded), 20) * 0.5
        elif len(folded) >= 12 and (
            title.startswith(folded[:12]) or (len(title) >= 8 and title[:30] in folded)
        ):
            best = 30.0
        for stated in self.stated:
            if stated == folded:
                best = max(best, 55.0) + 5.0
            elif (
                len(folded) >= 6
                and (stated.startswith(folded) or folded.startswith(stated[:60]))
                and len(stated) >= 6
            ):
                best = max(best, 42.0)
            elif len(folded) >= 8 and folded in stated:
                best = max(best, 34.0)
        return best

    def _parts(self) -> frozenset[str]:
        """Return what stands between the separators of the page's title."""
        if self.title_parts is None:
            self.title_parts = frozenset(map(fold, _SUFFIX.split(self.document.title_text[: 3 * LONGEST])))
        return self.title_parts

    def is_site(self, folded: str) -> bool:
        names = {fold(n) for n in (self.metas.site_name, self.metas.column) if n}
        return folded in names or is_outlet(folded) or is_unit(folded)

    def _named(self, box: Box) -> float:
        """Return what the ids and classes around a line add."""
        around: Box | None = box
        for _ in range(3):
            if around is None or around.end - around.start > 6:
                return 0.0
            tokens = {around.id.lower(), *around.cls.lower().split()}
            if tokens & _TITLE_HINTS:
                return 12.0
            if tokens & _SUBTITLE_HINTS or tokens & _KICKER_HINTS:
                return -6.0
            around = around.parent
        return 0.0

    def _info_follows(self, index: int) -> float:
        """Return what an info line close behind a line adds."""
        blocks = self.document.blocks
        for step, block in enumerate(blocks[index + 1 : index + 5]):
            text = block.text
            if len(text) <= 200 and self.is_info(block):
                return INFO_FOLLOWS - 2.0 * step
            if len(text) > 120:
                break
        return 0.0


def read_headline(
    document: Document, region: BodyRegion, layout: Layout, metas: Metas | None = None
) -> Headline:
    """Read the headline, its kicker and its subtitle."""
    metas = metas or read_metas(document)
    reader = _Reader(document, region, layout, metas)
    reader.prepare()
    scored = reader.scored()
    traced = tuple((round(score, 1), block.text[:LONGEST]) for score, block in scored[:8])
    if scored and scored[0][0] >= MOST_WITHOUT_TITLE:
        return _assemble(document, region, layout, reader, scored[0][1], traced)
    fallback = strip_site(metas.title or document.title_text, metas.site_name, metas.column)[:LONGEST]
    if not fallback or fold(fallback) in _NOT_TITLES or reader.is_site(fold(fallback)):
        fallback = ""
    if scored and scored[0][0] >= (LEAST_SCORE if fallback else LEAST_SCORE_ALONE):
        return _assemble(document, region, layout, reader, scored[0][1], traced)
    if fallback:
        return Headline(title=fallback, rule=metas.evidence.get("title", "title-element"), candidates=traced)
    return Headline(candidates=traced)


def _assemble(
    document: Document,
    region: BodyRegion,
    layout: Layout,
    reader: _Reader,
    best: Block,
    traced: tuple[tuple[float, str], ...],
) -> Headline:
    """Find the lines that belong to the winning one and tell kicker, title and subtitle apart."""
    blocks = document.blocks
    lines = [best]
    lead = best.index - 1
    while lead >= 0 and len(lines) < 4 and _belongs(blocks[lead], lines[0], reader):
        lines.insert(0, blocks[lead])
        lead -= 1
    follow = best.index + 1
    while follow < len(blocks) and len(lines) < 5 and _belongs(blocks[follow], lines[-1], reader):
        lines.append(blocks[follow])
        follow += 1
    kicker, title, subtitle = _layers([_tidy(line.text, reader.page_title) for line in lines])
    used = [line.index for line in lines]
    for block in blocks[max(0, lines[0].index - 2) : lines[0].index]:
        if kicker is None and (_hinted(block, _KICKER_HINTS) or _selected(document, layout.kicker, block)):
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
    if reader._agreement(fold(best.text)) >= 30:
        rule += "+page-title"
    used += _repetitions(document, region, [t for t in (kicker, title, subtitle) if t], set(used))
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


_TITLE_LABEL = re.compile(r"^(?:文章|新闻)?(?:标题|题目|标 题|標題)\s*[:：]\s*")
_COUNTER = re.compile(r"(?<=[^\d\s])\s*\d{1,6}\+?$")
_BYLINE_BEHIND = re.compile(
    r"\s+(?:[\u3400-\u9fff]{0,8}(?:记者|記者|评论员|通讯员)\s*|(?:文|作者|撰文)\s?[/:：]\s?)"
    r"[\u3400-\u9fff、·\s]{2,30}$"
)


def _tidy(text: str, page_title: str) -> str:
    """Return a headline without label, byline and counter of comments."""
    text = _TITLE_LABEL.sub("", text).strip(" \u3000>»·")
    behind = _BYLINE_BEHIND.search(text)
    if behind and behind.start() > 6:
        text = text[: behind.start()]
    counter = _COUNTER.search(text)
    if counter and page_title and not page_title.startswith(fold(text)):
        without = fold(text[: counter.start()])
        if len(without) >= 6 and page_title.startswith(without):
            text = text[: counter.start()]
    return text


def _belongs(block: Block, neighbour: Block, reader: _Reader) -> bool:
    """Tell whether a line is one of several lines of the same headline."""
    text = block.text
    if not 2 <= len(text) <= LONGEST or text in _NOT_TITLES or not _adjoins(block, neighbour, reader):
        return False
    return not (
        has_label(text)
        or _CRUMBS.search(text)
        or find_dates(text)
        or fold(text) == fold(neighbour.text)
        or _is_byline(text)
    )


def _adjoins(block: Block, neighbour: Block, reader: _Reader) -> bool:
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
        if {box.id.lower(), *box.cls.lower().split()} & hints:
            return len(block.text) <= LONGEST and not has_label(block.text)
        box = box.parent
    return False


def _selected(document: Document, selectors: tuple[str, ...], block: Block) -> bool:
    return bool(selectors) and any(
        box.start <= block.index < max(box.end, box.start + 1) and box.end - box.start <= 3
        for box in document.find(*selectors)
    )


def _is_subtitle(document: Document, layout: Layout, block: Block, title: str) -> bool:
    """Tell whether a line under the headline is its subtitle."""
    text = block.text
    if not 4 <= len(text) <= LONGEST:
        return False
    named = _selected(document, layout.subtitle, block) or _hinted(block, _SUBTITLE_HINTS)
    if not named and not (_DASHES.match(text) and len(text) <= 80 and not text.endswith("。")):
        return False
    other = block.links or has_label(text) or find_dates(text) or _is_byline(text)
    return not other and fold(text) != fold(title)


def _repetitions(document: Document, region: BodyRegion, parts: list[str], used: set[int]) -> list[int]:
    """Return the lines at the top of the text that repeat the headline or a part of it."""
    wholes = {fold(part) for part in parts}
    title = "".join(fold(part) for part in parts)
    found = []
    for index in region.lines[:INSIDE]:
        if index in used:
            continue
        if len(document.blocks[index].text) > 2 * LONGEST:
            break
        folded = fold(document.blocks[index].text)
        if folded in wholes or (len(folded) >= 6 and len(folded) * 3 >= len(title) and folded in title):
            found.append(index)
        elif len(folded) > 80:
            break
    return found
