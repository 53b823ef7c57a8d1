"""What a page needs besides itself, by the site file's choice: files for download, or these with pictures,
styles and scripts.

They are archived and not read, except styles, which name further ones. Pictures, styles and files are taken
from any host, since sites keep them on others; scripts only from the site's own: counters and share buttons
are no part of a page. All other rules of a crawl hold for them: robots.txt, delays, no private addresses.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urldefrag, urljoin

from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.utils.response import get_base_url

from crawler.items import Article
from crawler.sites import Site
from crawler.spiders.failures import reason_of_error, reason_of_status

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

Choice = Literal["none", "files", "all"]

REQUISITE_PRIORITY = -10
"""Articles come first: what a page looks like can be had later."""
MAX_REQUISITES = 300
"""Requisites of one page that are fetched at most."""
MAX_STYLE_DEPTH = 3
"""Styles that styles import, and what these import."""
MAX_STYLE_BYTES = 2_000_000
"""Bytes of a style sheet in which further addresses are looked for."""
_MAX_ADDRESS = 2083
_OK = 200

_SEEN_BY_ALL = (
    "//img/@src | //img/@data-src | //img/@data-original | //input[@type='image']/@src | //*/@background"
    " | //link[contains(concat(' ', @rel, ' '), ' stylesheet ') or contains(@rel, 'icon')]/@href"
    " | //video/@poster"
)
_SETS = "//img/@srcset | //source/@srcset"
_STYLES = "//style/text() | //*[contains(@style, 'url')]/@style"
_SCRIPTS = "//script/@src"
# No part of it can match what another part would match as well: the time stays linear.
_IN_STYLE = re.compile(
    r"""url\(\s*(?P<quote>["']?)(?P<url>[^"'()\s]{1,2083})(?P=quote)\s*\)"""
    r"""|@import\s+["'](?P<imported>[^"']{1,2083})["']""",
    re.IGNORECASE,
)


def requisites_of(response: Response, article: Article | None, site: Site) -> list[str]:
    """Return the addresses of what an article's page needs, by the choice of its site file, each once."""
    if site.requisites == "none":
        return []
    found = [file.url for file in article.attachments] if article is not None else []
    if site.requisites == "all":
        found += [image.url for image in article.images] if article is not None else []
        if isinstance(response, TextResponse):
            found += _on_page(response, site)
    return _addresses(found, site)


def requisites_of_style(response: Response, site: Site) -> list[str]:
    """Return the addresses of the pictures, fonts and further styles that a style sheet names, each once."""
    text = response.body[:MAX_STYLE_BYTES].decode("utf-8", "replace")
    return _addresses((urljoin(response.url, url) for url in _named_in(text)), site)


def _on_page(response: TextResponse, site: Site) -> Iterator[str]:
    base = get_base_url(response)
    page = response.selector
    urls = page.xpath(_SEEN_BY_ALL).getall()
    for candidates in page.xpath(_SETS).getall():
        urls += [candidate.split()[0] for candidate in candidates.split(",") if candidate.strip()]
    for style in page.xpath(_STYLES).getall():
        urls += _named_in(style)
    for url in urls:
        yield _joined(base, url)
    for url in page.xpath(_SCRIPTS).getall():
        if site.covers(joined := _joined(base, url)):
            yield joined


def _named_in(style: str) -> Iterator[str]:
    for match in _IN_STYLE.finditer(style):
        yield match["url"] or match["imported"] or ""


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""


def _addresses(found: Iterable[str], site: Site) -> list[str]:
    """Return what may be fetched, each once, up to the limit."""
    urls: dict[str, None] = {}
    for address in found:
        url = urldefrag(address)[0]
        if url.startswith(("http://", "https://")) and len(url) <= _MAX_ADDRESS and not site.denies(url):
            urls[url] = None
            if len(urls) == MAX_REQUISITES:
                break
    return list(urls)


class Requisites:
    """Mix-in of a spider: fetches what the pages of its articles need, and counts it apart from pages."""

    site: Site
    crawler: "Crawler"

    def requisites(self, response: Response, article: Article | None) -> Iterator[Request]:
        """Yield the requests for what an article's page needs."""
        for url in requisites_of(response, article, self.site):
            yield self._requisite(url, depth=0)

    def parse_requisite(self, response: Response, depth: int) -> Iterator[Request]:
        """Count what was archived; of a style sheet, fetch what it names."""
        if response.status != _OK:
            self._count_lost(reason_of_status(response.status))
            return
        self.crawler.stats.inc_value("dangjian/requisites")
        content_type = response.headers.get(b"Content-Type") or b""
        if b"css" in content_type.lower() and depth < MAX_STYLE_DEPTH:
            for url in requisites_of_style(response, self.site):
                yield self._requisite(url, depth=depth + 1)

    def requisite_failed(self, failure: "Failure") -> None:
        """Count what could not be had: it says nothing of the site's pages."""
        self._count_lost(reason_of_error(failure.value))

    def _count_lost(self, reason: str) -> None:
        self.crawler.stats.inc_value(f"dangjian/requisites_lost/{reason}")

    def _requisite(self, url: str, *, depth: int) -> Request:
        meta: dict[str, Any] = {"kind": "file", "allow_offsite": True}
        return Request(
            url,
            callback=self.parse_requisite,
            errback=self.requisite_failed,
            cb_kwargs={"depth": depth},
            meta=meta,
            priority=REQUISITE_PRIORITY,
        )
