"""Assemble what the readers of the single fields find into one record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crawler import __version__
from crawler.extraction import body, endings, kinds, layouts, lists, paging, placing, render, trimming
from crawler.extraction.attachments import attachments
from crawler.extraction.body import BodyRegion
from crawler.extraction.byline import Credits, read_credits
from crawler.extraction.document import Box, Document, parse, unwrapped
from crawler.extraction.evidence import Candidate, Explanation, FieldTrace, shorten
from crawler.extraction.furniture import is_date_line, squash
from crawler.extraction.headline import Headline, read_headline
from crawler.extraction.labels import segment
from crawler.extraction.layouts import Layout
from crawler.extraction.lists import Listing
from crawler.extraction.metas import read_metas
from crawler.extraction.pictures import Picture, pictures_in, take_captions
from crawler.extraction.printed import Printed, read_printed
from crawler.extraction.states import laid_open
from crawler.extraction.titles import parts
from crawler.extraction.trimming import AFFILIATION
from crawler.items import Article
from crawler.urls import article_id

EXTRACTOR = f"dangjian/{__version__}"
"""What `Article.extractor` says."""


class SiteHints(Protocol):
    """What reading takes from a site's description. `crawler.sites.Site` has it."""

    @property
    def key(self) -> str:
        """Name of the site."""

    @property
    def family(self) -> str | None:
        """CMS family."""

    @property
    def selectors(self) -> Mapping[str, Sequence[str]]:
        """Field in the layouts' words -> selectors."""


@dataclass(slots=True)
class Reading:
    """Everything that was read from one page, before it is a record."""

    document: Document
    layout: Layout
    region: BodyRegion
    headline: Headline
    credits: Credits
    article: Article


@dataclass(slots=True)
class Page:
    """What one page turned out to be, and what was read from it."""

    kind: str
    """article, list, portal, soft-404, challenge, login, video, gallery or shell."""
    reason: str
    """What showed it, in words."""
    article: Article | None = None
    """The article; None on a page that holds none."""
    listing: Listing | None = None
    """The links of a list or portal; None on other pages."""
    next_pages: list[str] = field(default_factory=list)
    """Addresses of the article's other pages, in order; empty where it stands on one."""


_WITH_ARTICLE = frozenset({"article", "video", "gallery"})
_WITH_LISTING = frozenset({"list", "portal"})


def read_page(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: SiteHints | None = None
) -> Page:
    """Read a page of unknown kind with one parse. The arguments are those of `extract`."""
    document, kind = kinds.recognise(parse(html, url=url, content_type=content_type))
    page = Page(kind.kind, kind.reason)
    if kind.kind in _WITH_LISTING:
        page.listing = kind.listing or lists.read(document)
    elif kind.kind in _WITH_ARTICLE:
        reading = read(document, site)
        page.article = reading.article
        page.next_pages = paging.further_pages(document, reading.region)
    return page


def extract(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: SiteHints | None = None
) -> Article:
    """Read an article page: bytes in, record out.

    Pure: no network, no clock. Never raises on a bad page; what a page does not say is null or empty. `url`
    is the address it was fetched from, `content_type` the value of the HTTP header. `site` gives hints: a
    CMS family and selectors that are tried first; a hint that does not fit the page is left aside.
    """
    return read(parse(html, url=url, content_type=content_type), site).article


def read(document: Document, site: SiteHints | None = None) -> Reading:
    """Read the article of a parsed page."""
    layout = choose_layout(document, site)
    region = body.find_body(document, layout)
    size = _size(document, region)
    if size < _LITTLE_TEXT:
        for opened in _opened(document, size):
            other = choose_layout(opened, site)
            found = body.find_body(opened, other)
            if _size(opened, found) > 2 * size + _SENTENCE:
                document, layout, region = opened, other, found
                break
    metas = read_metas(document)
    headline = read_headline(document, region, layout, metas)
    credits = read_credits(document, region, headline, layout, metas)
    pictures = pictures_in(document, region)
    images, captions = take_captions(document, region, pictures)
    printed = read_printed(document, region, credits, layout, metas)
    credit_lines = claimed_lines(document, region, credits.drop)
    without_furniture(region, {*captions, *headline.indexes, *credit_lines, *printed.drop})
    lines = region.lines
    if len(lines) > 1 and _names_the_page(document, document.blocks[lines[-1]].text, credits.source):
        lines.pop()
    trimming.cut_closing_link(document, lines)
    article = _record(document, layout, region, headline, credits, printed, pictures, site)
    article.images = images
    return Reading(document, layout, region, headline, credits, article)


def _opened(document: Document, shown: int) -> Iterator[Document]:
    """Yield a page with what its markup wraps, and with what its scripts hold, laid open.

    `shown` is the number of characters of text that it shows anyway.
    """
    if (wrapped := unwrapped(document, shown + _SENTENCE)) is not None:
        yield wrapped
    if (held := laid_open(document, shown)) is not None:
        yield held


_LITTLE_TEXT = 200
_SENTENCE = 40


def _size(document: Document, region: BodyRegion) -> int:
    return sum(len(document.blocks[index].text) for index in region.lines)


def choose_layout(document: Document, site: SiteHints | None) -> Layout:
    """Return the layout of a page: the family its marks show, else the one the site names; the site's
    selectors first."""
    layout = layouts.recognise(document)
    if site is None:
        return layout
    if layout is layouts.GENERIC and site.family:
        layout = layouts.load_layouts()[0].get(site.family, layout)
    return layouts.with_selectors(layout, site.selectors)


def without_furniture(region: BodyRegion, dropped: set[int]) -> None:
    """Take lines out of a region that another reader has claimed; never all of them."""
    lines = [index for index in region.lines if index not in dropped]
    if lines:
        region.lines = lines


_CREDIT_ROLES = frozenset(
    {"source", "author", "contributor", "picture", "editor", "review", "poster", "published", "modified"}
)
_EDGE = 6
_SENTENCE_ENDS = ("：", ":", "。", "？", "！", "?", "!")


def claimed_lines(document: Document, region: BodyRegion, claimed: Iterable[int]) -> set[int]:
    """Return those of the lines claimed as credits that are no text: at an edge of it, crediting somebody.

    Sentences (记者：您好！), `（作者系…）` and the addressee of a notice are text, and so are labelled
    lines in its middle (联系电话：…), 来源于群众，服务于群众 and the name above the day that closes a letter.
    """
    lines = region.lines
    top, bottom = set(lines[:_EDGE]), set(lines[-_EDGE:])
    found = set()
    for index in claimed:
        text = document.blocks[index].text
        if index not in top and index not in bottom:
            continue
        if text.endswith(_SENTENCE_ENDS) or AFFILIATION.search(text):
            continue
        if "，" in text and not any(sign in text for sign in "：:/|丨（("):
            continue
        if lines[-1] == index + 1 and _is_day(document.blocks[index + 1].text):
            continue
        if endings.is_particular(document.blocks, index, lines[0], lines[-1] + 1):
            continue
        roles = {part.role for part in segment(text)} - {""}
        if not roles or roles & _CREDIT_ROLES:
            found.add(index)
    return found


def _names_the_page(document: Document, text: str, source: str | None) -> bool:
    """Tell whether a last line names but the outlet or the site that the page belongs to."""
    if len(text) > _LONGEST_NAME:
        return False
    return endings.repeats_source(text, source) or endings.repeats_source(
        text, parts(document.title_text)[-1].strip()
    )


_LONGEST_NAME = 60


def _is_day(text: str) -> bool:
    return "年" in text and is_date_line(squash(text))


def _record(
    document: Document,
    layout: Layout,
    region: BodyRegion,
    headline: Headline,
    credits: Credits,
    printed: Printed,
    pictures: Sequence[Picture],
    site: SiteHints | None,
) -> Article:
    text = render.text(document, region)
    canonical, canonical_rule = placing.canonical_address(document)
    section, section_rule = placing.section(document, region, layout, headline.title)
    language, language_rule = placing.language(text or headline.title or "", document)
    rules = {
        "body": region.rule,
        "title": headline.rule,
        "canonical_url": canonical_rule,
        "section": section_rule,
        "language": language_rule,
    }
    return Article(
        id=article_id(document.url) if document.url else None,
        url=document.url,
        canonical_url=canonical,
        site=site.key if site is not None else None,
        section=section,
        title=headline.title,
        kicker=headline.kicker,
        subtitle=headline.subtitle,
        authors=credits.authors,
        byline=credits.byline,
        source=credits.source,
        source_url=credits.source_url,
        editors=credits.editors,
        published=credits.published,
        published_raw=credits.published_raw,
        published_precision=credits.published_precision,
        dateline=credits.dateline,
        body=text,
        body_html=render.html(document, region, pictures),
        summary=printed.summary,
        keywords=printed.keywords,
        attachments=attachments(document, region),
        newspaper=printed.newspaper,
        document_number=printed.document_number,
        language=language,
        text_digest=render.digest(text),
        evidence={
            name: rule
            for name, rule in (rules | credits.evidence | printed.evidence).items()
            if rule != "none"
        },
        extractor=EXTRACTOR,
    )


# Why --------------------------------------------------------------------------------------------------------

_EXPLAINED = (
    "title", "kicker", "subtitle", "authors", "source", "editors", "published", "dateline", "body", "section",
    "summary", "keywords", "newspaper", "document_number", "language", "images", "attachments", "pages",
)  # fmt: skip


def explain(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: SiteHints | None = None
) -> Explanation:
    """Read a page and say for each field which candidates there were and why one won."""
    document, kind = kinds.recognise(parse(html, url=url, content_type=content_type))
    reading = read(document, site)
    article = reading.article
    article.pages = paging.further_pages(document, reading.region)
    return Explanation(
        url=url,
        charset=document.charset,
        kind=kind.kind,
        reason=kind.reason,
        layout=reading.layout.name,
        fields=tuple(
            FieldTrace(
                name,
                shorten(getattr(article, name)),
                article.evidence.get(name, "none"),
                _candidates(reading, name),
            )
            for name in _EXPLAINED
        ),
    )


def _candidates(reading: Reading, name: str) -> tuple[Candidate, ...]:
    if name == "body":
        chosen = reading.region.container
        weighed = body.weigh_containers(reading.document, reading.layout)
        return tuple(
            Candidate(
                f"{box!r} {shorten(_opening(reading.document, box)) or ''}", rule, weight, box is chosen
            )
            for box, rule, weight in weighed
        )
    if name == "title":
        found = [(weight, "line", value) for weight, value in reading.headline.candidates]
    else:
        found = [(weight, rule, value) for weight, value, rule in reading.credits.candidates.get(name, [])]
    return tuple(
        Candidate(shorten(value) or "", rule, weight, position == 0)
        for position, (weight, rule, value) in enumerate(found)
    )


def _opening(document: Document, box: Box) -> str:
    return document.blocks[box.start].text[:40] if box.start < box.end else ""
