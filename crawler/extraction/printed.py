"""What is printed around an article besides credits: newspaper issue, document number, keywords, abstract."""

import re
from dataclasses import dataclass, field

from crawler.extraction.body import BodyRegion
from crawler.extraction.byline import Credits
from crawler.extraction.dates import find_dates
from crawler.extraction.document import Document, text_of
from crawler.extraction.labels import fold_width
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import Metas
from crawler.extraction.titles import fold
from crawler.items import Newspaper

LONGEST_SUMMARY = 1_000
"""Characters of an abstract that are kept."""
_NEAR = 12
"""Lines behind the text, and lines at its end, among which the newspaper's issue is looked for."""
_TOP = 6
"""Lines at the top of the text among which a document number stands."""

_ISSUE = re.compile(
    r"(?:《\s{0,3}(?P<marked>[^《》]{2,20}?)\s{0,3}》|(?P<plain>[\u3400-\u9fff]{2,12}(?:报|報)))"
    r"\s{0,3}[（(\[]?\s{0,3}(?P<date>[^（()）\]]{0,24}?)\s{0,4}(?:第\s{0,3})?"
    r"(?P<page>[A-Z]?\d{1,3}|[一二三四五六七八九十]{1,3})\s{0,3}版"
)
_NUMBER = re.compile(
    r"(?P<number>[\u3400-\u9fff]{1,14}\s?[〔\[［﹝【（(]\s?(?:19|20)\d\d\s?[〕\]］﹞】）)]"
    r"\s?(?:第\s?)?\d{1,5}\s?号)"
)
_LINE_AROUND_NUMBER = 24
_LONGEST_KEYWORD = 16


@dataclass(slots=True)
class Printed:
    """What is printed around an article."""

    newspaper: Newspaper | None = None
    document_number: str | None = None
    keywords: list[str] = field(default_factory=list)
    summary: str | None = None
    drop: tuple[int, ...] = ()
    """Lines of the text that hold nothing but the newspaper's issue."""
    evidence: dict[str, str] = field(default_factory=dict)
    """Field -> rule."""


def find_newspaper(text: str) -> Newspaper | None:
    """Read 《人民日报》（2024年05月10日 04 版） in a text; None where no page (版) is given."""
    if "版" not in text:
        return None
    match = _ISSUE.search(fold_width(text[:400]))
    if match is None:
        return None
    dates = find_dates(match["date"])
    page = match["page"]
    return Newspaper(
        name=(match["marked"] or match["plain"]).strip(),
        date=dates[0].day if dates else None,
        page=page.lstrip("0") or page,
    )


def find_document_number(text: str) -> str | None:
    """Read the 文号 of an official document in a line that holds hardly anything else: 中办发〔2024〕5号.

    Numbers of other documents cited in a sentence are not the document's own.
    """
    if "号" not in text or len(text) > 80:
        return None
    match = _NUMBER.search(text)
    if (
        match is None
        or len(text.strip()) - len(match["number"]) > _LINE_AROUND_NUMBER
        or "《" in text
        or "。" in text
    ):
        return None
    return match["number"].replace(" ", "")


def read_printed(
    document: Document, region: BodyRegion, credits: Credits, layout: Layout, metas: Metas
) -> Printed:
    """Read what is printed around an article."""
    printed = Printed()
    blocks = document.blocks
    _read_newspaper(document, region, printed)
    number = credits.document_number
    if number:
        printed.evidence["document_number"] = credits.evidence.get("document_number", "info-line")
    else:
        for index in [*range(max(0, region.start - 3), region.start), *region.lines[:_TOP]]:
            number = find_document_number(blocks[index].text)
            if number:
                printed.evidence["document_number"] = "line-at-top"
                break
    printed.document_number = number
    printed.keywords = credits.keywords or _stated_keywords(document, metas)
    if printed.keywords:
        printed.evidence["keywords"] = credits.evidence.get("keywords", "meta:keywords")
    _read_summary(document, region, credits, layout, metas, printed)
    return printed


def _stated_keywords(document: Document, metas: Metas) -> list[str]:
    """Return the keywords in the metas without the headline and the names of site and column.

    Templates put those there too.
    """
    if not metas.keywords:
        return []
    names = {fold(name) for name in (metas.site_name, metas.column, metas.title) if name}
    title = fold(metas.title or document.title_text[:300])
    return [
        word
        for word in metas.keywords
        if len(word) <= _LONGEST_KEYWORD
        and (folded := fold(word)) not in names
        and not (len(word) >= 8 and folded in title)
    ]


def _read_newspaper(document: Document, region: BodyRegion, printed: Printed) -> None:
    last = region.lines[-1] if region.lines else region.end
    blocks = document.blocks
    lines = blocks[max(0, last - 2) : max(last, region.end) + _NEAR]
    lines += blocks[max(0, region.start - _NEAR) : region.start]
    for block in lines:
        text, index = block.text, block.index
        if "版" not in text or len(text) > 120:
            continue
        found = find_newspaper(text)
        if found and (found.date or "《" in text):
            printed.newspaper = found
            printed.evidence["newspaper"] = "issue-line"
            if index in region.lines[-3:] and len(text) <= 60:
                printed.drop = (index,)
            return


def _read_summary(
    document: Document, region: BodyRegion, credits: Credits, layout: Layout, metas: Metas, printed: Printed
) -> None:
    if credits.summary:
        printed.summary = credits.summary[:LONGEST_SUMMARY]
        printed.evidence["summary"] = credits.evidence.get("summary", "info-line")
        return
    for box in document.find(*layout.summary) if layout.summary else ():
        text = text_of(box.element)
        if len(text) >= 10:
            printed.summary = re.sub(r"^(?:内容|文章|核心)?(?:摘要|提要|提示|导读)\s*[:：]\s*", "", text)[
                :LONGEST_SUMMARY
            ]
            printed.evidence["summary"] = "layout:summary"
            return
    # A site's slogan stands in the description of all its pages; a description of this text shares words
    # with it.
    text = metas.summary or ""
    if len(text) >= 15 and region.lines:
        start = fold(text[:40])[:10]
        lines = (document.blocks[index].text[:300] for index in region.lines[:8])
        if any(start in line or start in fold(line) for line in lines):
            printed.summary = text[:LONGEST_SUMMARY]
            printed.evidence["summary"] = metas.evidence.get("summary", "meta:description")
