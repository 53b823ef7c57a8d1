"""The one spider of all sites: lists lead to articles and further lists; articles are read and handed on."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawler._stub import Page
from crawler.items import Capture
from crawler.reader import Reader, Reading, ReadingError
from crawler.sites import Section, Site
from crawler.spiders.failures import reason_of_error, reason_of_kind, reason_of_status
from crawler.urls import canonical_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

LIST_PRIORITY = 10
PART_PRIORITY = 20
"""Further pages of an article come first: the pages before them wait in memory."""
MAX_PARTS = 60
"""Pages of one article that are fetched at most."""
_OK = 200
_PAGE_TYPES = re.compile(r"html|xml|text/plain|octet-stream", re.IGNORECASE)
_HREF = re.compile(rb"""<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


class SiteSpider(Spider):
    """Crawls the site it carries as `site`; the loader makes a subclass for each site file.

    Arguments (`-a`): `limit`, the number of articles after which to stop.
    """

    name = "site"
    site: Site

    def __init__(self, *args: Any, limit: int | str = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed_domains = list(self.site.domains)
        self.limit = int(limit)
        self.found = 0
        self.accepted = 0
        self.reader = Reader()
        self._seen: set[int] = set()
        self._sections = {section.url: section for section in self.site.sections}

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Build from a crawler; `DANGJIAN_LIMIT` stands in for a missing `limit`."""
        kwargs.setdefault("limit", crawler.settings.getint("DANGJIAN_LIMIT"))
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.reader = Reader(crawler.settings.getint("DANGJIAN_READERS"))
        return spider

    def closed(self, reason: str) -> None:
        """Stop the processes that read pages."""
        self.reader.close()

    async def start(self) -> AsyncIterator[Request]:
        """Begin with every section of the site."""
        for section in self.site.sections:
            yield self._list_request(section.url, section, page=1, entry=True)

    # Lists

    async def parse_list(self, response: Response, start: str, page: int) -> AsyncIterator[Any]:
        """Follow page number `page` of the list that begins at `start`: its articles, then its next page."""
        section = self._sections[start]
        entry = bool(response.meta.get("entry"))
        read = await self._read(response, entry=entry)
        if read is None:
            return
        if read.kind == "article" and entry and not (read.listing and read.listing.links):
            # The user gave the address of an article.
            async for output in self._take_article(response, read):
                yield output
            return
        if read.kind in {"soft-404", "challenge", "login"}:
            self._count_failure(reason_of_kind(read.kind), response.url, entry=entry)
            return
        self._count("lists")
        if entry:
            self._count("entries")
        fresh = 0
        for url, day in self._article_links(response, read):
            if request := self._article_request(url, section, day):
                fresh += 1
                yield request
        for request in self._further_lists(read, section, page, fresh):
            yield request

    def _article_links(self, response: Response, read: Page) -> Iterator[tuple[str, str | None]]:
        """Yield address and printed day of every article that a list leads to."""
        links = [(link.url, link.date) for link in (read.listing.links if read.listing else ())]
        taken = [(url, day) for url, day in links if self.site.is_article(url) is not False]
        if not taken and self.site.article_urls:
            # The list was not understood, but the site file knows what an article's address looks like.
            hrefs = (href.decode("latin-1") for href in _HREF.findall(response.body))
            absolute = (_joined(response.url, href.replace("&amp;", "&")) for href in hrefs)
            taken = [(url, None) for url in dict.fromkeys(absolute) if self.site.is_article(url)]
        yield from taken

    def _further_lists(self, read: Page, section: Section, page: int, fresh: int) -> Iterator[Request]:
        if section.kind == "home" or (self.limit and self.found >= self.limit):
            return
        most = self.site.paging.max_pages
        if most is not None and page >= most:
            return
        following = read.listing.next_url if read.listing else None
        guessed = following is None
        if guessed and fresh:
            following = self.site.paging.address(section.url, page + 1)
        if (
            following
            and self._is_new(following)
            and self.site.covers(following)
            and not self.site.denies(following)
        ):
            yield self._list_request(following, section, page=page + 1, guessed=guessed)

    def _list_request(
        self, url: str, section: Section, *, page: int, entry: bool = False, guessed: bool = False
    ) -> Request:
        if entry:
            self._is_new(url)
        return Request(
            url,
            callback=self.parse_list,
            errback=self.failed,
            cb_kwargs={"start": section.url, "page": page},
            meta={"kind": "list", "section": section.label, "entry": entry, "guessed": guessed},
            priority=LIST_PRIORITY,
            dont_filter=entry,
        )

    # Articles

    def _article_request(self, url: str, section: Section, day: str | None) -> Request | None:
        if not url.startswith(("http://", "https://")) or self.site.is_article(url) is False:
            return None
        if not self._is_new(url):
            return None
        self.found += 1
        return Request(
            url,
            callback=self.parse_article,
            errback=self.failed,
            meta={"kind": "article", "section": section.label, "listed": day},
        )

    async def parse_article(self, response: Response) -> AsyncIterator[Any]:
        """Read an article page; further pages of the article are fetched before it is handed on."""
        read = await self._read(response)
        if read is None:
            return
        if read.kind != "article":
            self._count_failure(reason_of_kind(read.kind), response.url)
            return
        async for output in self._take_article(response, read):
            yield output

    async def _take_article(self, response: Response, read: Page) -> AsyncIterator[Any]:
        reading = Reading([self._capture(response)], [read])
        async for output in self._go_on(reading, {response.url}, [*self._parts(response, read)]):
            yield output

    async def parse_part(
        self, response: Response, reading: Reading, known: set[str], waiting: list[Request]
    ) -> AsyncIterator[Any]:
        """Add a further page to an article."""
        read = await self._read(response)
        if read is not None:
            reading.captures.append(self._capture(response))
            reading.pages.append(read)
            waiting = [*waiting, *self._parts(response, read)]
        async for output in self._go_on(reading, known, waiting):
            yield output

    def part_failed(self, failure: "Failure") -> Any:
        """Hand on an article although one of its pages is missing: better a part, and a line in the table."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        self._count_failure(reason_of_error(failure.value), request.url)
        kwargs = request.cb_kwargs
        return self._go_on(kwargs["reading"], kwargs["known"], kwargs["waiting"])

    async def _go_on(self, reading: Reading, known: set[str], waiting: list[Request]) -> AsyncIterator[Any]:
        """Yield the request for an article's next page, or the article where there is none."""
        while waiting and len(reading.pages) < MAX_PARTS:
            request, *waiting = waiting
            identity = f"{request.method} {request.url} {request.body.decode('latin-1')}"
            if identity in known or not self.site.covers(request.url) or self.site.denies(request.url):
                continue
            yield request.replace(
                cb_kwargs={"reading": reading, "known": {*known, identity}, "waiting": waiting},
                meta={"section": reading.captures[0].section},
            )
            return
        if self.limit and self.accepted >= self.limit:
            return
        self.accepted += 1
        yield reading
        if self.limit and self.accepted >= self.limit:
            raise CloseSpider("limit")

    def _parts(self, response: Response, read: Page) -> Iterator[Request]:
        for further in read.next_pages:
            self._is_new(further)
            yield Request(
                further,
                callback=self.parse_part,
                errback=self.part_failed,
                priority=PART_PRIORITY,
                dont_filter=True,
            )

    # What all have in common

    async def _read(self, response: Response, *, entry: bool = False) -> Page | None:
        """Return what is read from a response; None, and the reason counted, where that is nothing."""
        if response.status != _OK:
            if not response.meta.get("guessed"):
                self._count_failure(reason_of_status(response.status), response.url, entry=entry)
            return None
        content_type = response.headers.get(b"Content-Type", b"").decode("latin-1")  # type: ignore[union-attr]
        if content_type and not _PAGE_TYPES.search(content_type):
            self._count_failure(f"other/{content_type.partition(';')[0][:30]}", response.url, entry=entry)
            return None
        try:
            return await self.reader.read(
                response.body, url=response.url, content_type=content_type or None, site=self.site
            )
        except ReadingError as error:
            self._count("errors/reading")
            self.logger.error("%s", error)
            return None

    def _capture(self, response: Response) -> Capture:
        capture: Capture | None = response.meta.get("capture")
        if capture is None:
            raise RuntimeError(f"{response.url} was not archived")
        return capture

    def failed(self, failure: "Failure") -> None:
        """Count a request that brought no response."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        self._count_failure(
            reason_of_error(failure.value), request.url, entry=bool(request.meta.get("entry"))
        )

    def _count_failure(self, reason: str, url: str, *, entry: bool = False) -> None:
        self.logger.info("%s: %s", reason, url)
        self._count(f"failed/{reason}")
        if entry:
            self._count(f"entries_failed/{reason}")

    def _count(self, key: str) -> None:
        self.crawler.stats.inc_value(f"dangjian/{key}")

    def _is_new(self, url: str) -> bool:
        """Tell whether a document is met for the first time, whatever way its address is written."""
        mark = hash(canonical_key(self.site.main_address(url)))
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
