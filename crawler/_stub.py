"""Stand-in for `crawler.extraction.read_page` until that room offers it."""

from dataclasses import dataclass, field

from crawler.extraction import extract, page_kind, read_list
from crawler.extraction.lists import Listing
from crawler.items import Article


@dataclass
class Page:
    """What is read from a page."""

    kind: str
    reason: str = ""
    article: Article | None = None
    listing: Listing | None = None
    next_pages: list[str] = field(default_factory=list)


def read_page(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: object = None
) -> Page:
    """Read a page."""
    article = extract(html, url=url, content_type=content_type, site=site)
    return Page(page_kind(html, url=url), "", article, read_list(html, url=url))
