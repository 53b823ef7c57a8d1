"""Assemble what the readers of the single fields find into one record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from crawler import __version__
from crawler.extraction import body, layouts, paging, placing, render
from crawler.extraction.body import BodyRegion
from crawler.extraction.byline import Credits, read_credits
from crawler.extraction.document import Document, parse
from crawler.extraction.evidence import Candidate, Explanation, FieldTrace, shorten
from crawler.extraction.headline import Headline, read_headline
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import read_metas
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


def extract(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: SiteHints | None = None
) -> Article:
    """Read an article page: bytes in, record out.

    Pure: no network, no clock. Never raises on a bad page; what a page does not say is null or empty. `url` is the address it
    was fetched from, `content_type` the value of the HTTP header. `site` gives hints: a CMS family and selectors
    that are tried first; a hint that does not fit the page is left aside.
    """
    return read(parse(html, url=url, content_type=content_type), site).article


def read(document: Document, site: SiteHints | None = None) -> Reading:
    """Read the article of a parsed page."""
    layout = choose_layout(document, site)
    region = body.find_body(document, layout)
    metas = read_metas(document)
    headline = read_headline(document, region, layout, metas)
    credits = read_credits(document, region, headline, layout, metas)
    images, captions = render.take_captions(document, region)
    without_furniture(region, {*captions, *headline.indexes, *credits.drop})
    article = _record(document, layout, region, headline, credits, site)
    article.images = images
    return Reading(document, layout, region, headline, credits, article)


def choose_layout(document: Document, site: SiteHints | None) -> Layout:
    """Return the layout of a page: the family its marks show, else the one the site names; the site's selectors first."""
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


def _record(
    document: Document,
    layout: Layout,
    region: BodyRegion,
    headline: Headline,
    credits: Credits,
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
        body_html=render.html(document, region),
        summary=credits.summary,
        keywords=credits.keywords,
        attachments=render.attachments(document, region),
        document_number=credits.document_number,
        language=language,
        text_digest=render.digest(text),
        evidence={name: rule for name, rule in (rules | credits.evidence).items() if rule != "none"},
        extractor=EXTRACTOR,
    )
