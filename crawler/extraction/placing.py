"""Where an article stands and in which language: its canonical address, its column, its script."""

import re
from typing import Final
from urllib.parse import urlsplit

from crawler.extraction.body import BodyRegion
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import clean

_BREADCRUMB: Final = re.compile(r"(?:当前|现在|您的?|你的?|所在|當前|目前)(?:所在)?的?(?:位置|位於)|所在栏目")
_ROOT: Final = re.compile(
    r"^\s*(?:网站|新闻)?(?:首\s?页|主页|首頁|Home)\s*(?:>|›|»|→|/|-|·|\||::|＞|》)", re.IGNORECASE
)
_CUT: Final = re.compile(r"\s*(?:>+|-{2,}|›|»|→|＞|》|/|::|\|)\s*")
_NO_COLUMN: Final = re.compile(
    r"(?:网站|新闻|站点)?(?:首\s?页|主页|首頁)|(?:新闻|资讯|文章|信息|详细|政策)?(?:正文|内容|內容|详情|详细|详细信息|浏览|显示|查看|列表)"
    r"|阅读|home|index|查看新闻|新闻阅读",
    re.IGNORECASE,
)
_TO_TEXT: Final = re.compile(r"(?:>|›|»|→|＞)\s*(?:正文|内容|文章正文)\s*$")
_EDGES: Final = " >›»→/:：-–—_|·"
_LONGEST_COLUMN: Final = 24
_CRUMB_NAMES: Final = (
    ".breadcrumb", ".breadcrumbs", ".crumbs", ".crumb", ".bread", ".position", ".location", ".weizhi", ".dqwz", ".path",
    "#breadcrumb", "#position", "#location", "#weizhi", ".curmb", ".wz", ".mbx", ".mianbaoxie", ".BreadcrumbNav", ".nowplace",
)  # fmt: skip

# Characters that only one of the two scripts has, among the commonest.
_SIMPLIFIED: Final = frozenset(
    "这为个国们来时会发对动过经关学业开问进实现产种机头义电长员间题条党总结认论应设传领导级确规观视习书记责风"
)
_TRADITIONAL: Final = frozenset(
    "這為個國們來時會發對動過經關學業開問進實現產種機頭義電長員間題條黨總結認論應設傳領導級確規觀視習書記責風"
)
_TELLING: Final = _SIMPLIFIED | _TRADITIONAL
_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_SAMPLE: Final = 500


def canonical_address(document: Document) -> tuple[str | None, str]:
    """Return the address that the page names as its own and the rule; a home page in its place is no answer."""
    candidates = [
        ("link:canonical", e.get("href"))
        for e in document.declared("link")
        if "canonical" in (e.get("rel") or "").lower().split()
    ]
    candidates += [(f"meta:{name}", document.meta(name)) for name in ("og:url", "url")]
    for rule, value in candidates:
        address = document.absolute(value)
        if address and _names_a_document(address, document.url):
            return address, rule
    return None, "none"


def _names_a_document(address: str, own: str) -> bool:
    parts = urlsplit(address)
    if parts.query:
        return True
    return bool(parts.path.strip("/")) or not urlsplit(own).path.strip("/")


def section(
    document: Document, region: BodyRegion, layout: Layout, title: str | None
) -> tuple[str | None, str]:
    """Return the column (栏目) and the rule: the last step of the breadcrumb that is no headline, else the meta."""
    for block, rule in _breadcrumbs(document, region, layout):
        steps = _steps(document, block)
        # The first of several steps is the site.
        for step in reversed(steps[1:] if len(steps) > 1 else steps):
            if (
                not _NO_COLUMN.fullmatch(step)
                and len(step) <= _LONGEST_COLUMN
                and (not title or step not in title)
            ):
                return step, rule
    column = clean(document.meta("columnname"))
    return (column, "meta:columnname") if column and len(column) <= _LONGEST_COLUMN else (None, "none")


def _breadcrumbs(document: Document, region: BodyRegion, layout: Layout) -> list[tuple[Block, str]]:
    found = []
    for box in document.find(*layout.breadcrumb)[:2]:
        if box.start < box.end and box.start < region.start:
            found.append((_joined(document, box), "layout:breadcrumb"))
    for block in document.blocks[max(0, region.start - 60) : region.start]:
        if len(block.text) <= 120 and (
            _BREADCRUMB.search(block.text) or (_ROOT.match(block.text) and block.links)
        ):
            found.append((block, "breadcrumb"))
    if not found:
        for name in _CRUMB_NAMES:
            for box in document.find(name)[:1]:
                if box.start < box.end <= region.start and box.end - box.start <= 8:
                    found.append((_joined(document, box), f"breadcrumb:{name}"))
    return found


def _is_breadcrumb(block: Block) -> bool:
    text = block.text
    return bool(_BREADCRUMB.search(text) or (block.links and (_ROOT.match(text) or _TO_TEXT.search(text))))


def _joined(document: Document, box: Box) -> Block:
    """Return a breadcrumb of several lines (a list) as one."""
    lines = document.lines(box)[:8]
    first = lines[0]
    if len(lines) == 1:
        return first
    text = " > ".join(line.text.strip(" >›»/") for line in lines)
    return Block(first.index, text, text, box, sum(b.links for b in lines), sum(b.link_chars for b in lines))


def _steps(document: Document, block: Block) -> list[str]:
    text = _BREADCRUMB.split(block.text)[-1].strip(" :：")
    steps = [step for step in (part.strip(_EDGES) for part in _CUT.split(text)) if step]
    if len(steps) < 2:
        steps = [p.text.strip(_EDGES) for p in document.links if p.index == block.index] or steps
    return steps


def language(body: str, document: Document) -> tuple[str | None, str]:
    """Return the BCP 47 tag of the text's language and script, and the rule."""
    sample = body[:_SAMPLE]
    used = set(sample)
    if len(used & _TELLING) >= 4 or len(_HAN.findall(sample)) >= 4:
        # Which characters occur is enough, and counting them all would cost more than it tells.
        return ("zh-Hant" if len(used & _TRADITIONAL) > len(used & _SIMPLIFIED) else "zh-Hans"), "characters"
    declared = (document.root.get("lang") or "").strip().lower().split("-")[0]
    if sum(map(len, _LATIN.findall(sample))) >= 40:
        return (
            declared if re.fullmatch(r"[a-z]{2,3}", declared) and declared != "zh" else "en"
        ), "characters"
    return None, "none"
