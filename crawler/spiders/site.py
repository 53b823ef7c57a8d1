"""The one spider of all sites: lists lead to articles and further lists; articles are read and handed on."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urljoin

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawler.extraction import Listing, Page
from crawler.items import Capture
from crawler.reader import Reader, Reading, ReadingError
from crawler.recorder import recorder_of
from crawler.sites import Section, Site
from crawler.spiders.failures import reason_of_error, reason_of_kind, reason_of_status
from crawler.spiders.phpweb import asks_for_pages, pages_told, whole_page
from crawler.urls import canonical_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

LIST_PRIORITY = 10
PART_PRIORITY = 20
"""Further pages of an article come first: the pages before them wait in memory."""
MAX_ADDRESS = 2083
"""Characters of an address; longer ones are not followed."""
MAX_LIST_PAGES = 5000
"""Pages of one list that are followed where the site file names no other number."""
MAX_TREE_DEPTH = 3
"""Lists below a list of lists: years, issues, pages of an issue."""
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
        read = await self._read(response, entry=entry, as_list=True)
        if read is None:
            return
        if read.kind == "article" and entry and self.site.is_article(response.url) is not False:
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
        links = list(self._article_links(response, read))
        is_known = self._known_before([section.url, *(url for url, _ in links)])
        for url, day in links:
            self._count("links")
            if request := self._article_request(url, section, day):
                fresh += 1
                yield request
        if links and is_known and section.kind != "tree":
            # The last complete run has walked what lies behind.
            return
        for request in self._further_lists(response, read, section, page, fresh):
            yield request

    def _known_before(self, urls: list[str]) -> bool:
        """Tell whether all addresses had been found when a run was last complete; no in a full look."""
        recorder = recorder_of(self.crawler)
        if recorder is None or self.settings.get("DANGJIAN_RECHECK") == "all":
            return False
        return recorder.store.frontier.known(recorder.site, urls) == set(urls)

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

    def _further_lists(
        self, response: Response, read: Page, section: Section, page: int, fresh: int
    ) -> Iterator[Request]:
        """Yield the request for a list's next page, and those for the lists below it where it is a tree."""
        listing = read.listing or Listing()
        depth = response.meta.get("tree", 0)
        if section.kind == "tree" and depth < MAX_TREE_DEPTH:
            for link in listing.links:
                if self.site.is_article(link.url) is False and self._may_follow(link.url):
                    yield self._list_request(link.url, section, page=1, tree=depth + 1)
        most = self.site.paging.max_pages or MAX_LIST_PAGES
        if section.kind == "home" or page >= most or (self.limit and self.found >= self.limit):
            return
        if listing.next_url:
            if self._may_follow(listing.next_url):
                yield self._list_request(listing.next_url, section, page=page + 1, tree=depth)
        elif listing.post_back and fresh and self.site.covers(listing.post_back.url):
            form = self._list_request(listing.post_back.url, section, page=page + 1, tree=depth)
            yield form.replace(
                method="POST",
                body=urlencode(listing.post_back.fields),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                dont_filter=True,
            )
        elif fresh and not depth:
            guess = self.site.paging.address(section.url, page + 1)
            if guess and self._may_follow(guess):
                yield self._list_request(guess, section, page=page + 1, guessed=True)

    def _may_follow(self, url: str) -> bool:
        return (
            len(url) <= MAX_ADDRESS
            and self.site.covers(url)
            and not self.site.denies(url)
            and self._is_new(url)
        )

    def _list_request(
        self,
        url: str,
        section: Section,
        *,
        page: int,
        entry: bool = False,
        guessed: bool = False,
        tree: int = 0,
    ) -> Request:
        meta = {"kind": "list", "section": section.label, "entry": entry, "guessed": guessed, "tree": tree}
        if entry:
            self._is_new(url)
        return Request(
            url,
            callback=self.parse_list,
            errback=self.failed,
            cb_kwargs={"start": section.url, "page": page},
            meta=meta,
            priority=LIST_PRIORITY,
            dont_filter=entry,
        )

    # Articles

    def _article_request(self, url: str, section: Section, day: str | None) -> Request | None:
        if not url.startswith(("http://", "https://")) or self.site.is_article(url) is False:
            return None
        if len(url) > MAX_ADDRESS or not self._is_new(url):
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
        reading = Reading([self._capture(response)], [read], [response.url])
        async for output in self._go_on(reading, {f"GET {response.url} "}, [*self._parts(response, read)]):
            yield output

    async def parse_part(
        self, response: Response, reading: Reading, known: set[str], waiting: list[Request]
    ) -> AsyncIterator[Any]:
        """Add a further page to an article."""
        asked = response.request.body if response.request else b""
        if asked.startswith(b"act=contentpages"):
            waiting = [
                *waiting,
                *(self._part(*form) for form in pages_told(response.body, response.url, asked)),
            ]
        else:
            body = whole_page(response.body) if asked.startswith(b"act=getcontent") else None
            read = await self._read(response, body=body)
            if read is not None and read.article is not None:
                reading.captures.append(self._capture(response))
                reading.pages.append(read)
                reading.urls.append(response.url + (f"#{asked.decode('latin-1')}" if asked else ""))
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
            if put_back := getattr(self.crawler.engine.scheduler, "put_back", None):
                put_back()  # fetched on the way to the end: the next run takes it up
            return
        self.accepted += 1
        yield reading
        if self.limit and self.accepted >= self.limit:
            raise CloseSpider("limit")

    def _parts(self, response: Response, read: Page) -> Iterator[Request]:
        """Yield the requests for an article's further pages that one of its pages names."""
        for further in read.next_pages:
            self._is_new(further)
            yield self._part(further)
        if response.request and response.request.method == "GET":
            form = asks_for_pages(response.body, response.url)
            if form is not None:
                yield self._part(*form)

    def _part(self, url: str, form: bytes = b"") -> Request:
        return Request(
            url,
            method="POST" if form else "GET",
            body=form,
            headers={"Content-Type": "application/x-www-form-urlencoded"} if form else None,
            callback=self.parse_part,
            errback=self.part_failed,
            priority=PART_PRIORITY,
            dont_filter=True,
        )

    # What all have in common

    async def _read(
        self,
        response: Response,
        *,
        entry: bool = False,
        as_list: bool = False,
        body: bytes | None = None,
    ) -> Page | None:
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
                response.body if body is None else body,
                url=response.url,
                content_type=content_type or None,
                site=self.site,
                as_list=as_list,
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
