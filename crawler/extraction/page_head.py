"""Credits in the head of a page: its metas, its title element, its scripts, and the headline's own words."""

import re
from collections.abc import Sequence

from crawler.extraction.document import Block, Document
from crawler.extraction.metas import Metas
from crawler.extraction.names import is_outlet, is_unit, read_names
from crawler.extraction.published import less_plain_date
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.sources import source_in_scripts
from crawler.extraction.titles import parts
from crawler.extraction.trailers import author_in_headline

_TITLE_LENGTH = 300
"""Characters of the title element that are read."""
_LONGEST_ACCOUNT = 12
_TITLE_BYLINE = re.compile(
    r"\s(?:本刊|本报|本网)?(?:记者|评论员|特约撰稿人)\s{0,3}"
    r"(?P<names>[\u3400-\u9fff·、\s]{2,40}?)(?=\s*(?:[-_—|–]|$))"
)


def read_page_head(
    document: Document,
    readings: Readings,
    metas: Metas,
    title: str | None,
    text: range,
    above: Sequence[Block],
) -> None:
    """Put what the head of a page says into its readings; the places in the page have been read before.

    `title` is the headline, `text` the lines from the first of the text to its last, `above` those between
    headline and text.
    """
    for name, found in metas.published:
        readings.date(Trust.DATE_META, found, name)
    if not readings.dates:
        unseen = less_plain_date(document, text.start, text.stop)
        readings.dates += [unseen] if unseen else []
    readings.source(Trust.HEAD, metas.source, metas.source or "", metas.evidence.get("source", ""), -1)
    _read_account(readings, metas.author_text, above)
    page_title = document.title_text[:_TITLE_LENGTH]
    authors = [name for name in metas.authors if not _opens_site_name(name, page_title, title or "")]
    readings.author(Trust.HEAD, authors, "、".join(authors), metas.evidence.get("authors", ""), -1)
    if not readings.sources and title:
        outlet = source_in_scripts(document, title)
        readings.source(Trust.HEAD, outlet, outlet or "", "script", -1)
    behind = _TITLE_BYLINE.search(page_title)
    names = read_names(behind["names"]) if behind else None
    if behind and names and names.complete:
        readings.author(64, names.people, behind[0].strip(), "title-element", -1)
    named = author_in_headline(title) if title else None
    if named and title:
        readings.author(30, [named[0]], title, "headline", -1)


def _read_account(readings: Readings, name: str | None, above: Sequence[Block]) -> None:
    """Read the author in the metas who has no person's name where a line by the headline shows it too."""
    if not name or not 2 <= len(name) <= _LONGEST_ACCOUNT or is_outlet(name) or is_unit(name):
        return
    for block in above:
        if block.text == name:
            readings.author(25, [name], name, "meta:author+line", block.index)
            return


def _opens_site_name(name: str, page_title: str, title: str) -> bool:
    """Tell whether the page's title goes on with a name that begins so: 网易 in 标题_网易订阅."""
    if page_title.count(name) <= title.count(name):
        return False
    return any(
        part.startswith(name) and len(part) > len(name) and part[len(name)] != "的"
        for part in parts(page_title)
    )
