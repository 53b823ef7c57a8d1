"""Issues: newspapers by the day, with a page for each sheet (版), and magazines by year and issue."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urldefrag, urljoin

from crawler.extraction.charset import to_utf8
from crawler.sites import Entrance
from crawler.spiders.daterange import DateRange

USUAL_DAYS = 7
"""Days back that a crawl looks at where no day is asked for."""
MAX_SHEETS = 200
"""Sheets of one issue."""
MAX_STEPS = 1000
"""Years or issues on one page."""

# 版 in UTF-8 and in GB18030, but not in 版权 (copyright).
_SHEET_WORD = re.compile(rb"\xe7\x89\x88(?!\xe6\x9d\x83)|\xb0\xe6(?!\xc8\xa8)")
_ANCHOR = re.compile(
    rb"""<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]{1,500})[^>]*>(.{0,300}?)</a""", re.IGNORECASE | re.DOTALL
)
# 《求是》2024年第1期, 2024年, 2024, 第十二期, 5月号: nothing else, so that no headline with a year is one.
_STEP = re.compile(
    r"(?:《?[\w·]{2,8}》)?(?=[\d第])(?:(?:19|20)\d\d年?)?[-·.]?(?:\d{1,2}月[号刊]?)?"
    r"(?:(?:总?第)?[\d一二三四五六七八九十百零〇]{1,6}[期辑卷])?(?:[（(]总第?\d{1,5}期[)）])?(?:总?目录)?"
)
_TAG = re.compile(r"<[^<>]{0,300}>|\s+|&nbsp;")
_LONGEST_STEP = 24
_NUMBER = re.compile(r"\d+")


def days_of(entrance: Entrance, wanted: DateRange, *, today: date, full: bool) -> list[date]:
    """Return the days whose issues are asked for, newest first.

    Where `wanted` names no first day they are the last `USUAL_DAYS` days, or with `full` all since the first
    that the site file names. Raises ValueError where `full` has no first day to begin with.
    """
    last = min(date.fromisoformat(wanted.until) if wanted.until else today, entrance.until or today, today)
    if wanted.since:
        first = date.fromisoformat(wanted.since)
    elif full:
        if entrance.since is None and entrance.until is None:
            raise ValueError(f"{entrance.url}: its file names no first day, so --full needs --since")
        first = entrance.since or last
    else:
        first = today - timedelta(days=USUAL_DAYS - 1)
    first = max(first, entrance.since or first)
    return [last - timedelta(days=back) for back in range((last - first).days + 1)]


def sheets(body: bytes, url: str) -> list[str]:
    """Return the addresses of the other sheets of the issue that a page belongs to.

    They stand in the same folder, their addresses differ from the page's own by numbers only
    (`node_01.html`, `node_02.html`), and the links say 版.
    """
    folder, _, file = urldefrag(url)[0].rpartition("/")
    shape = _NUMBER.sub("0", file)
    if "0" not in shape or not _SHEET_WORD.search(body):
        return []
    found: dict[str, None] = {}
    for address, text in _anchors(body, url):
        beside, _, name = address.rpartition("/")
        if _SHEET_WORD.search(text) and beside == folder and name != file and _NUMBER.sub("0", name) == shape:
            found[address] = None
    return list(found)[:MAX_SHEETS]


def steps(body: bytes, url: str) -> list[str]:
    """Return the addresses of the years and issues that a page of a tree leads to: 2024年, 第12期."""
    found: dict[str, None] = {}
    for address, text in _anchors(to_utf8(body, None)[0], url):
        shown = _TAG.sub("", text.decode("utf-8", "replace"))
        if 0 < len(shown) <= _LONGEST_STEP and _STEP.fullmatch(shown):
            found[address] = None
    return list(found)[:MAX_STEPS]


def _anchors(body: bytes, url: str) -> Iterator[tuple[str, bytes]]:
    """Yield address, without fragment, and content of every link."""
    for href, text in _ANCHOR.findall(body):
        try:
            yield urldefrag(urljoin(url, href.decode("utf-8", "replace").replace("&amp;", "&")))[0], text
        except ValueError:
            continue
