"""Further pages of one article: 【1】【2】, 下一页, script pagers, page counts.

An address counts only if it is a sibling of the page's own: the same address but for a page number
(`c101-3.html` and `c101-3-2.html`, `t2024_1.html`, `123_2.html`, `?id=5&page=2`). That keeps pagers of lists
and comments out.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.document import Document, Placed, text_of
from crawler.extraction.labels import fold_width
from crawler.extraction.nodes import attribute, opening
from crawler.extraction.nodes import first as first_in

MAX_PAGES: Final = 200
"""More pages than this are no article but a trap."""

_NUMBER: Final = re.compile(r"[\[(【〔第]?\s*(\d{1,3})\s*[\])】〕页]?")
_NEXT: Final = re.compile(
    r"(?:下\s?一?\s?页|下\s?一?\s?頁|后一?页|next(?:\s?page)?)\s?[>»›]*|[>»›]{1,2}", re.IGNORECASE
)
_PAGE_KEYS: Final = frozenset(
    {
        "page",
        "p",
        "pageno",
        "pagenum",
        "pn",
        "pageindex",
        "curpage",
        "currentpage",
        "currpage",
        "pg",
        "totalpage",
    }
)
_NAME: Final = re.compile(r"(?P<stem>.*?)(?:[-_](?P<number>\d{1,3}))?(?P<ending>\.\w{2,6})?")
_REACH: Final = 30
# What a page number and the word for the next page begin with.
_OPENINGS: Final = frozenset("0123456789[［【(（〔第下后nNｎＮ>＞»›")

# createPageHTML(pages, current from 0, "base", "ending") of TRS and its kin; some name an element first.
_CREATE: Final = re.compile(
    r"""createPage(?:HTML)?\w{0,20}\s*\(\s*(?:['"][\w#.-]{0,40}['"]\s*,\s*)?['"]?(\d{1,4})['"]?\s*,\s*['"]?(\d{1,4})['"]?\s*,\s*"""
    r"""['"]([\w./-]{1,120})['"]\s*,\s*['"]\.?(\w{2,6})['"]""",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"\b(?:var\s+)?(?:countPage|pageCount|totalPages?|page_count)\s*=\s*['\"]?(\d{1,4})", re.IGNORECASE
)
# Looked for first: `_COUNT` takes longer than all else that is asked of a page.
_COUNTERS: Final = ("countpage", "pagecount", "totalpage", "page_count")
_CURRENT: Final = re.compile(
    r"\b(?:var\s+)?(?:currentPage|curPage|pageIndex|page_index)\s*=\s*['\"]?(\d{1,4})", re.IGNORECASE
)


def further_pages(document: Document, region: BodyRegion) -> list[str]:
    """Return the absolute addresses of the article's other pages, in order; empty where it stands on one
    page."""
    own = urldefrag(document.url)[0]
    pages = _scripted(document)
    if not pages:
        near = _near_text(document, region)
        pages = _numbered(document, near) or _next(document, near) or _counted(document)
    found = dict.fromkeys(urldefrag(page)[0] for page in pages)
    return [page for page in found if page != own][:MAX_PAGES]


def _scripted(document: Document) -> list[str]:
    """`createPageHTML(3, 0, "t2024_1", "html")`: page 2 is `t2024_1_1.html` where pages count from 0."""
    match = next(
        (m for script in document.scripts if "createPage" in script for m in [_CREATE.search(script)] if m),
        None,
    )
    if match is None:
        return []
    total, current = int(match[1]), int(match[2])
    if not 1 < total <= MAX_PAGES or current > total:
        return []
    base, ending = match[3], match[4]
    if _is_list_name(base):
        return []
    addresses = [f"{base}.{ending}", *(f"{base}_{number}.{ending}" for number in range(1, total))]
    joined = [document.absolute(address) for address in addresses]
    return [address for number, address in enumerate(joined) if address and number != current]


def _is_list_name(base: str) -> bool:
    """Tell whether the pager is that of a column; its template is shared with article pages."""
    return re.fullmatch(r"(?:.*/)?(?:index|list|default|node)(?:_\d+)?", base, re.IGNORECASE) is not None


def _near_text(document: Document, region: BodyRegion) -> list[tuple[str, Placed]]:
    """Return what may lead on among the links in the text and behind it.

    Each with its text or what its picture is called. Links that begin like a headline are left out.
    """
    if region.container is None:
        return []
    first, last = region.start, max(region.end, region.container.end) + _REACH
    near = []
    for placed in between(document.links, first, last):
        element = placed.element
        if not _may_lead_on(opening(element)):
            continue
        text = text_of(element)
        if not text:
            image = first_in(element, "img")
            text = (attribute(image, "alt") or attribute(image, "src") or "") if image is not None else ""
            near.append((text, placed))
        elif _may_lead_on(text):
            near.append((fold_width(text).strip(), placed))
    return near


def _may_lead_on(text: str) -> bool:
    """Tell whether a link's text may turn out to be a number or 下一页 by what it begins with.

    True for a text that does not begin yet, or with a character that is not shown.
    """
    opening = text.lstrip()[:1]
    return not opening or opening in _OPENINGS or opening.isdecimal() or not opening.isprintable()


def _numbered(document: Document, near: list[tuple[str, Placed]]) -> list[str]:
    """【1】【2】【3】: links whose text is a number."""
    numbered: dict[int, str] = {}
    for text, placed in near:
        match = _NUMBER.fullmatch(text)
        address = document.absolute(placed.href) if match else None
        if match and address and is_sibling(document.url, address) and _agrees(address, int(match[1])):
            numbered.setdefault(int(match[1]), address)
    if not numbered or max(numbered) < 2 or max(numbered) > MAX_PAGES:
        return []
    return [numbered[number] for number in sorted(numbered)]


def _agrees(address: str, number: int) -> bool:
    """Tell whether an address's own page number is the one shown, counted from 1 or from 0; page 1 has
    none."""
    parts = urlsplit(address)
    match = _NAME.fullmatch(parts.path.rpartition("/")[2])
    if match and match["number"] and int(match["number"]) in (number, number - 1):
        return True
    pages = [value for key, value in parse_qsl(parts.query) if key.lower() in _PAGE_KEYS]
    return str(number) in pages or str(number - 1) in pages if pages else number == 1


def _next(document: Document, near: list[tuple[str, Placed]]) -> list[str]:
    """下一页 alone, as a word or as a picture: the address of the next page only."""
    for text, placed in near:
        if not _NEXT.fullmatch(text) and "next_page" not in text:
            continue
        address = document.absolute(placed.href)
        if address and is_sibling(document.url, address) and address != urldefrag(document.url)[0]:
            return [address]
    return []


def _counted(document: Document) -> list[str]:
    """`var countPage = 3; var currentPage = 0`: addresses made as TRS makes them, from the page's own."""
    parts = urlsplit(document.url)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not dot or parts.query or _is_list_name(stem):
        return []
    for script in document.scripts:
        if not _counts_pages(script):
            continue
        count, current = _COUNT.search(script), _CURRENT.search(script)
        if not count or not current:
            continue
        total, at = int(count[1]), int(current[1])
        if not 1 < total <= MAX_PAGES:
            return []
        if at:
            stem = stem.removesuffix(f"_{at}")
        names = [f"{stem}.{ending}", *(f"{stem}_{number}.{ending}" for number in range(1, total))]
        base = f"{parts.scheme}://{parts.netloc}{folder}/"
        return [urljoin(base, name) for number, name in enumerate(names) if number != at]
    return []


def _counts_pages(script: str) -> bool:
    """Tell whether a script names a number of pages. Most name no page at all and need not be folded."""
    if "page" not in script and "Page" not in script and "PAGE" not in script:
        return False
    folded = script.lower()
    return any(name in folded for name in _COUNTERS)


def is_sibling(own: str, other: str) -> bool:
    """Tell whether two addresses differ by nothing but a page number.

    Where the page's own address is not known, an address that ends in a page number counts.
    """
    theirs = urlsplit(other)
    if not own:
        match = _NAME.fullmatch(theirs.path.rpartition("/")[2])
        return bool(match and match["number"]) or bool(
            _PAGE_KEYS & {k.lower() for k, _ in parse_qsl(theirs.query)}
        )
    ours = urlsplit(own)
    if ours.netloc.lower() != theirs.netloc.lower():
        return False
    our_folder, _, our_name = ours.path.rpartition("/")
    their_folder, _, their_name = theirs.path.rpartition("/")
    if our_folder != their_folder:
        return False
    if our_name == their_name:
        return _without_page(ours.query) == _without_page(theirs.query) and ours.query != theirs.query
    if ours.query != theirs.query:
        return False
    mine, other_name = _NAME.fullmatch(our_name), _NAME.fullmatch(their_name)
    if not mine or not other_name or (mine["ending"] or "") != (other_name["ending"] or ""):
        return False
    stems = {_plain(mine), f"{mine['stem']}"}
    onward = bool(other_name["number"]) and other_name["stem"] in stems
    return onward or _plain(other_name) == mine["stem"]


def _plain(match: re.Match[str]) -> str:
    """Return a file name's stem with the number that may belong to it."""
    name = match.string
    ending = match["ending"] or ""
    return name.removesuffix(ending) if ending else name


def _without_page(query: str) -> list[tuple[str, str]]:
    return [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True)
        if key.lower() not in _PAGE_KEYS
    ]
