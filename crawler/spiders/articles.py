"""What all spiders of a site share: reading a page, an article with its further pages, counting failures."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.extraction import Page
from crawler.items import Capture
from crawler.reader import MAX_PARTS, Reader, Reading, ReadingError
from crawler.recorder import recorder_of
from crawler.sites import Site
from crawler.spiders import browser
from crawler.spiders.daterange import DateRange
from crawler.spiders.failures import absence, reason_of_error, reason_of_kind, reason_of_status
from crawler.spiders.learning import Lesson
from crawler.spiders.phpweb import asks_for_pages, pages_told, whole_page
from crawler.spiders.recent import Recent
from crawler.spiders.requisites import Requisites
from crawler.urls import canonical_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

PART_PRIORITY = 20
"""Further pages of an article come first: the pages before them wait in memory."""
_OK = 200
_NOT_MODIFIED = 304
_PAGE_TYPES = re.compile(r"html|xml|text/plain|octet-stream", re.IGNORECASE)


class ArticleSpider(Requisites, Spider):
    """Reads the articles it is led to; what leads there is its subclasses' business."""

    name = "articles"
    site: Site
    lesson: Lesson | None = None
    """What the crawl of a site that nobody has described is to learn."""

    def __init__(
        self,
        *args: Any,
        limit: int | str = 0,
        since: str | None = None,
        until: str | None = None,
        full: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.allowed_domains = list(self.site.domains)
        self.limit = int(limit)
        self.range = DateRange.of(since, until)
        self.full = full is True or str(full).lower() in {"1", "true", "yes"}
        self.found = 0
        self.accepted = 0
        self.reader = Reader()
        self._met = Recent()
        self._page_meta: dict[str, Any] = {}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Have pages fetched through a browser where the site file asks for one and there is one."""
        super().update_settings(settings)
        site: Site | None = getattr(cls, "site", None)
        if site is not None and site.browser and browser.is_installed():
            for name, value in browser.browser_settings().items():
                settings.set(name, value, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Build from a crawler; the settings `DANGJIAN_LIMIT` … stand in for missing arguments."""
        kwargs.setdefault("limit", crawler.settings.getint("DANGJIAN_LIMIT"))
        kwargs.setdefault("since", crawler.settings.get("DANGJIAN_SINCE"))
        kwargs.setdefault("until", crawler.settings.get("DANGJIAN_UNTIL"))
        kwargs.setdefault("full", crawler.settings.getbool("DANGJIAN_FULL"))
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.reader = Reader(crawler.settings.getint("DANGJIAN_READERS"))
        spider._page_meta = browser.META if crawler.settings.getbool("DANGJIAN_BROWSER") else {}
        return spider

    def closed(self, reason: str) -> None:
        """Stop the processes that read pages."""
        self.reader.close()

    async def parse_article(self, response: Response) -> AsyncIterator[Any]:
        """Read an article page; further pages of the article are fetched before it is handed on."""
        if response.status == _NOT_MODIFIED:
            self._take_unchanged()
            return
        read = await self._read(response)
        if read is None or read.kind != "article":
            self._note_absence(response, read)
        if read is None:
            if response.status == _OK:
                self._report(response, "done", "not read")
            return
        if read.kind != "article":
            self._report(response, "done", read.kind)
            if response.meta.get("number"):
                self._count("numbers_without_article")
            else:
                self._count_failure(reason_of_kind(read.kind), response.url)
            return
        async for output in self._take_article(response, read):
            yield output

    def _note_absence(self, response: Response, read: Page | None) -> None:
        """Let the store know of what stands in a known article's place; three such looks make a removal."""
        asked = next(iter(response.meta.get("redirect_urls", ())), response.url)
        kind = read.kind if read is not None else None
        reason = absence(kind, response.status, asked=asked, came=response.url)
        recorder = recorder_of(self.crawler)
        if reason is not None and recorder is not None:
            recorder.miss(asked, reason, self._capture(response).fetched_at)

    def _take_unchanged(self) -> None:
        """Count an article whose server says that it is what it was; its capture says so to the store."""
        self.accepted += 1
        self._count("articles/unchanged")
        if self.limit and self.accepted >= self.limit:
            raise CloseSpider("limit")

    async def _take_article(self, response: Response, read: Page) -> AsyncIterator[Any]:
        article = read.article
        if article is not None and not self.range.holds(article.published):
            self._count("out_of_range")
            self._report(response, "skipped", "out of range")  # a later run may want it
            return
        if self.lesson is not None and article is not None:
            self.lesson.note_article(response.url, response.body, article)
        for request in self.requisites(response, read.article):
            yield request
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
            first = reading.pages[0].article
            title = first.title if first is not None else None
            body = whole_page(response.body, title) if asked.startswith(b"act=getcontent") else None
            read = await self._read(response, body=body)
            if read is not None and read.article is not None:
                reading.captures.append(self._capture(response))
                reading.pages.append(read)
                reading.urls.append(response.url + (f"#{asked.decode('latin-1')}" if asked else ""))
                for request in self.requisites(response, read.article):
                    yield request
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
                meta={**request.meta, "section": reading.captures[0].section},
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

    def _report(self, response: Response, state: str, reason: str) -> None:
        """Tell the scheduler what became of a page that was fetched and not stored."""
        report = getattr(self.crawler.engine.scheduler, "report", None)
        if report is not None and response.request is not None:
            report(response.request, state, reason)

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
            meta={} if form else {**self._page_meta},
            errback=self.part_failed,
            priority=PART_PRIORITY,
            dont_filter=True,
        )

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
        """Tell whether a document is met for the first time, whatever way its address is written.

        The memory of it is short: an address met again much later is the frontier's to recognise.
        """
        return self._met.note(_without_order(canonical_key(self.site.main_address(url))))


def _without_order(key: str) -> str:
    """Return a key in which the order of a query does not count, where all its parts have names."""
    path, mark, query = key.partition("?")
    pieces = query.split("&")
    return path + mark + "&".join(sorted(pieces)) if all("=" in piece for piece in pieces) else key
