"""The lines of a page that may be its headline, scored by what else on the page agrees with them."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.dates import find_dates
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.labels import has_label, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas
from crawler.extraction.names import is_outlet, is_unit
from crawler.extraction.sources import without_addresses
from crawler.extraction.titles import LONGEST, fold, parts
from crawler.extraction.trailers import read_byline

REACH = 90
"""Lines in front of the text among which the headline is looked for."""
INSIDE = 5
"""Lines at the top of the text that may be the headline, where the container holds it too."""
INFO_FOLLOWS = 12.0
"""What an info line right behind a line adds to its score."""
SURE = 40.0
"""Agreement with the titles in the head of the page that outweighs what a line looks like."""
MOST_WITHOUT_TITLE = 40.0
"""More than a line can score that does not agree with the titles in the head of the page."""

_SITE = -20.0
"""Agreement of a line that is the name of the site."""

_WORDS = vocabulary("headline")
NOT_TITLES = frozenset(_WORDS["not_titles"])
"""Lines that are names of parts of a page or of common columns."""
KICKER_HINTS = frozenset(_WORDS["kicker_hints"])
"""Ids and classes of elements that hold a kicker."""
SUBTITLE_HINTS = frozenset(_WORDS["subtitle_hints"])
"""Ids and classes of elements that hold a subtitle."""
TITLE_LABEL = re.compile(r"^(?:文章|新闻)?(?:标题|题目|标 题|標題)\s*[:：]\s*")
"""A label in front of a headline."""
CRUMBS = re.compile(
    r"(?:当前|现在|您的|你的|所在|當前)(?:的)?位置|^\s*(?:首\s?页|网站首页|主页)\s*[>›»→/-]"
    r"|[>›»]\s*(?:正文|文章|详情)|[>›»][^>›»]*[>›»]"
)
"""What breadcrumbs look like."""
_TITLE_HINTS = frozenset(_WORDS["title_hints"])
_FOOTING = re.compile(
    r"我要评论|我来说两句|人参与[)）\s]|版权所有|ICP备|Copyright|©|技术支持|网站标识码|欢迎您[!！。]?$|欢迎光临|"
    r"^(?:(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+/?|本[报刊网台](?:特约)?(?:记者|通讯员)\s.{2,20})$"
)
# What follows the name of a site in a title that is that of all its pages.
_GREETING = re.compile(r"(?:官方|门户)?网?站?(?:欢迎|首页|$)")
# How headings of sections begin.
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)、]|第[一二三四五六七八九十]{1,3}[章节篇]")
# What stands in headlines and not in names of sites, after folding: 全市安全生产工作会召开 ends as units do.
_SPEAKS = re.compile(
    r'["丨:,，。！？!?；;…]|召开|举行|举办|开展|参加|出席|主持|走进|走访|慰问|观看|会见|开进|新增|点亮|亮相|揭牌'
    r"|(?:19|20)\d\d年|[一二三四]季度|第[\d一二三四五六七八九十]{1,3}[届期次]"
)
_HOME = re.compile(r"(?:(?:https?:)?//[^/]+)?/?(?:\.\./)*(?:(?:index|default|main)\.\w{2,5})?")
_TAG_ALONE = re.compile(r"【[^【】]{2,8}】")
_LONGEST_BYLINE = 40
_WIDGET = re.compile(r"扫一扫|二维码|客服|热线|朋友圈|登录|注册|浏览器|设为首页|加入收藏")


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@lru_cache(maxsize=1024)
def _hint(id_: str, cls: str) -> float:
    """Return what an id and classes add to the score of a line."""
    tokens = {id_.lower(), *cls.lower().split()}
    if not tokens.isdisjoint(_TITLE_HINTS):
        return 12.0
    return 0.0 if tokens.isdisjoint(SUBTITLE_HINTS) and tokens.isdisjoint(KICKER_HINTS) else -6.0


def _names_writers(text: str) -> bool:
    """Tell whether a line holds nothing but names of persons and what they are: 本报记者 方敏 何佳."""
    if not 4 <= len(text) <= _LONGEST_BYLINE:
        return False
    names = read_byline(text)
    return names is not None and bool(names.people) and (names.role or len(names.people) > 1)


@dataclass(slots=True)
class Candidates:
    """The lines that may be the headline, and what is asked of each."""

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
    crumbs: str = ""
    unsure: set[int] = field(default_factory=set)
    headed: set[int] = field(default_factory=set)
    sites: frozenset[str] = frozenset()

    def prepare(self) -> None:
        """Gather the titles that the head of the page gives and the lines that the layout names."""
        document = self.document
        self.page_title = fold(document.title_text[: 3 * LONGEST])
        self.stated = tuple(dict.fromkeys(fold(t) for t in (self.metas.title, *self.metas.title_parts) if t))
        self.plain_titles = f"{document.title_text[: 3 * LONGEST]}\n{self.metas.title or ''}"
        lines: set[int] = set()
        for box in document.find(*self.layout.title) if self.layout.title else ():
            lines.update(range(box.start, min(box.end, box.start + 4)))
        self.preferred = frozenset(lines)
        self.sites = frozenset(fold(name) for name in (self.metas.site_name, self.metas.column) if name)
        for tag in _HEADINGS & document.by_tag.keys():
            done = 0
            for box in document.by_tag[tag]:
                self.headed.update(range(max(done, box.start), box.end))
                done = max(done, box.end)

    def lines(self) -> list[Block]:
        """Return the lines that may be the headline."""
        blocks = self.document.blocks
        start = self.region.start if self.region.container is not None else min(len(blocks), REACH)
        first, last = max(0, start - REACH), min(len(blocks), start + INSIDE)
        wanted = {i for i in self.preferred if i < len(blocks) and not first <= i < last}
        for box in self.document.boxes if start > REACH else ():
            if box.start >= first:
                break
            if box.tag in ("h1", "h2") and box.end > box.start:
                wanted.add(box.start)
        if not wanted:
            return blocks[first:last]
        return [blocks[i] for i in sorted(wanted.union(range(first, last)))]

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
            self.crumbs = "".join(block.text for block in self.lines() if CRUMBS.search(block.text))
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
        linked = block.link_chars * 2 > len(text)
        level = block.level if block.index in self.headed else 0
        if linked and not 1 <= level <= 3 and text[:6] not in self.plain_titles:
            return None  # menus are most of the lines
        if text in NOT_TITLES or text.strip(" []【】:：") in NOT_TITLES:
            return None
        agreement = self.agreement(fold(text))
        if linked and agreement >= SURE and self._leads_home(block):
            agreement = _SITE
        if agreement == _SITE and not block.links and self._labels_follow(block.index):
            agreement = SURE  # 江北织密护林防火网 ends as names of sites do
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
            (text.startswith(("——", "──", "－－")), -15),
            (len(text) < 5, -12),
            (agreement < SURE and _SECTION.match(text) is not None, -30),
            (len(text) > 70, -8),
            (block.box.hidden, -14),
            (linked, -10),
            (linked and bool(agreement) and not self.page_title.startswith(fold(text)), -12),  # the site's
            (not level and block.in_list, -8),
            (agreement < SURE and len(text) <= 16 and is_outlet(text), -14),
            (len(text) <= 10 and text in self.crumbs, -20),
        ):
            if speaks:
                score += weight
        return score

    def _excluded(self, block: Block) -> bool:
        """Tell whether a line unknown to the page's title is an info line, breadcrumbs or furniture."""
        if block.index not in self.unsure:
            return False
        text = block.text
        if len(text) < 60 and (
            _FOOTING.search(text) or (len(text) <= 14 and not block.level and _WIDGET.search(text))
        ):
            return True
        if self.is_info(block) or CRUMBS.search(text) or _TAG_ALONE.fullmatch(text) or _names_writers(text):
            return True
        before = self.document.blocks[block.index - 1] if block.index else block
        # The value of a label in the cell before.
        labels = before.text.endswith(("：", ":")) and len(before.text) <= 6
        return labels and before.box.parent is block.box.parent and has_label(before.text)

    def is_info(self, block: Block) -> bool:
        """Tell whether a line holds a label or, being short, a date."""
        known = self.info.get(block.index)
        if known is None:
            text = block.text
            known = len(text) <= LONGEST and (
                has_label(text) or (len(without_addresses(text)) < 40 and bool(find_dates(text)))
            )
            known = self.info[block.index] = known and not TITLE_LABEL.match(text)
        return known

    def agreement(self, folded: str) -> float:
        """Return how well a line fits what the head of the page calls its title."""
        if len(folded) < 4:
            short = len(folded) > 1 and self.page_title.startswith(folded) and folded in self._parts()
            return 30.0 if short else 0.0
        best = 0.0
        title = self.page_title
        if title.startswith(folded):
            # The name of the site alone can be the title of all its pages.
            rest = title[len(folded) :]
            whole = (not rest or _GREETING.match(rest) is not None) and self.is_site(folded)
            best = _SITE if whole else 50.0 + min(len(folded), 20) * 0.5
        elif folded in title and folded in self._parts() and not self.is_site(folded):
            best = 45.0
        elif (len(folded) >= 8 and folded in title) or (len(folded) >= 5 and title.endswith(folded)):
            best = 30.0 + min(len(folded), 20) * 0.5 if not self.is_site(folded) else 0.0
        elif len(folded) >= 12:
            cut = len(title) >= 8 and title[:30] in folded and not self.is_site(title)
            best = 30.0 if cut or title.startswith(folded[:12]) else 0.0
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
            self.title_parts = frozenset(map(fold, parts(self.document.title_text[: 3 * LONGEST])))
        return self.title_parts

    def is_site(self, folded: str) -> bool:
        """Tell whether a folded text is the name of the site or column, or ends as such names do."""
        if folded in self.sites:
            return True
        return not _SPEAKS.search(folded) and (is_outlet(folded) or is_unit(folded))

    def _named(self, box: Box) -> float:
        """Return what the ids and classes around a line add."""
        around: Box | None = box
        for _ in range(3):
            if around is None or around.end - around.start > 6:
                return 0.0
            if (around.id or around.cls) and (hint := _hint(around.id, around.cls)):
                return hint
            around = around.parent
        return 0.0

    def _leads_home(self, block: Block) -> bool:
        """Tell whether a line is a link to the site's first page, and so its name."""
        links = between(self.document.links, block.index, block.index)
        return any(_HOME.fullmatch(link.href.strip()) for link in links)

    def _labels_follow(self, index: int) -> bool:
        """Tell whether the next line is an info line with labels."""
        following = self.document.blocks[index + 1 : index + 2]
        return any(len(block.text) <= 200 and has_label(block.text) for block in following)

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
