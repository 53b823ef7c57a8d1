"""Machine-readable ways to articles: what an answer offers, and where it goes on. Nothing here asks anybody.

Sitemaps and their indexes, the sitemaps that a robots.txt names, RSS and Atom, lists as JSON or JSONP. Days
and numbers of articles are in `issues` and `numbers`.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.extraction.addresses import ARTICLE, UNSURE, address
from crawler.extraction.entrances import (
    read_entrance,
    read_feed,
    read_json,
    read_rows,
    read_sitemap,
    sitemaps_named,
    unpacked,
)
from crawler.extraction.listing import Link, Listing
from crawler.sites import Entrance, Site

MAX_SITEMAPS = 2000
"""Files of one sitemap index that are asked for."""
MAX_DEPTH = 3
"""Indexes below an index."""
MAX_PAGES = 5000
"""Pages of one list given as data."""
ASKED = ("sitemap", "rss", "json", "jsonp")
"""Kinds of entrances that are one address, or one a page."""

_DATA = re.compile(rb"\s*+(?:\xef\xbb\xbf\s*+)?(?:<\?xml[^>]*>\s*+)?(?:<!--.*?-->\s*+)?", re.DOTALL)
_XML_LIST = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b")
_JSON = re.compile(rb"[\[{]|[\w$.]{1,80}\s*\(\s*[\[{]")


@dataclass(frozen=True, slots=True)
class Offer:
    """What one answer of an entrance offers."""

    links: list[Link]
    """Addresses that may be articles."""
    further: list[str] = field(default_factory=list)
    """Addresses of further answers of the same kind."""
    is_sitemap: bool = False
    """Whether it lists all of a site: columns too, and days of the last change instead of publication."""

    def may_hold(self, url: str, site: Site) -> bool:
        """Tell whether an address of it is worth asking for as an article."""
        known = site.is_article(url)
        if known is None and self.is_sitemap:
            return address(url).kind in (ARTICLE, UNSURE)
        return known is not False


def first_address(entrance: Entrance) -> str:
    """Return where an entrance of the kinds in `ASKED` begins."""
    return entrance.on_page(1)


def robots_sitemaps(site: Site) -> list[Entrance]:
    """Return an entrance for the robots.txt of every host of a site's lists: it may name sitemaps."""
    parts = [urlsplit(start.url) for start in site.sections]
    roots = dict.fromkeys(f"{part.scheme}://{part.netloc}/robots.txt" for part in parts if part.netloc)
    return [Entrance(kind="sitemap", url=root) for root in roots]


def is_data(body: bytes) -> bool:
    """Tell whether a body is a feed, a sitemap or JSON, and no page."""
    if body.startswith(b"\x1f\x8b"):
        return True
    head = unpacked(body[:4000])
    start = _DATA.match(head)
    at = start.end() if start else 0
    return bool(_XML_LIST.match(head, at) or _JSON.match(head, at))


def read_offer(entrance: Entrance, body: bytes, *, url: str, page: int = 1) -> Offer:
    """Return what an answer of an entrance offers; an empty offer where it is not what the site file says."""
    if entrance.kind == "sitemap":
        if urlsplit(url).path == "/robots.txt":
            return Offer([], sitemaps_named(body, url=url)[:MAX_SITEMAPS])
        sitemap = read_sitemap(body, url=url)
        return Offer(sitemap.links, sitemap.sitemaps[:MAX_SITEMAPS], is_sitemap=True)
    if entrance.kind == "rss":
        return _offered(read_feed(body, url=url))
    listing = read_rows(
        body,
        url=url,
        rows=entrance.rows or "",
        link=entrance.link or "",
        title=entrance.title or "",
        published=entrance.published or "",
    )
    has_more = "{page}" in entrance.url and listing.links and page < MAX_PAGES
    return Offer(listing.links, [entrance.on_page(page + 1)] if has_more else [])


def read_unknown(body: bytes, *, url: str) -> Offer:
    """Return what an answer of unknown form offers: the user gave its address."""
    sitemap = read_sitemap(body, url=url) if b"<sitemapindex" in unpacked(body)[:2000] else None
    if sitemap is not None and sitemap.sitemaps:
        return Offer(sitemap.links, sitemap.sitemaps[:MAX_SITEMAPS], is_sitemap=True)
    return _offered(read_entrance(body, url=url))


def read_data_list(body: bytes, *, url: str, among: list[str]) -> Offer:
    """Return the rows of a list's data file; none where it shares no row with the page it belongs to.

    A page may name data files of other blocks. `among` are the addresses that the page prints; where it
    prints none, every row counts.
    """
    links = read_json(body, url=url).links
    if among and not {link.url for link in links} & set(among):
        return Offer([])
    return Offer(links)


def _offered(listing: Listing) -> Offer:
    return Offer(listing.links, [listing.next_url] if listing.next_url else [])
