"""The one spider of all sites: lists lead to articles and further lists; articles are read and handed on."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urljoin

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from crawler.extraction import Listing, Page
from crawler.extraction.entrances import data_lists
from crawler.recorder import recorder_of
from crawler.sites import Entrance, Section
from crawler.spiders.articles import ArticleSpider
from crawler.spiders.entrances import (
    ASKED,
    MAX_DEPTH,
    Offer,
    first_address,
    is_data,
    read_data_list,
    read_offer,
    read_unknown,
    robots_sitemaps,
)
from crawler.spiders.failures import reason_of_kind, reason_of_status
from crawler.spiders.issues import days_of, sheets, steps
from crawler.spiders.numbers import Numbers
from crawler.spiders.walks import Walks

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

CHINA = timezone(timedelta(hours=8))

LIST_PRIORITY = 10
MAX_ADDRESS = 2083
"""Characters of an address; longer ones are not followed."""
MAX_LIST_PAGES = 5000
"""Pages of one list that are followed where the site file names no other number."""
MAX_TREE_DEPTH = 3
"""Lists below a list of lists: years, issues, pages of an issue."""
OPEN_ISSUES = 2
"""Years or issues at each end of a page that are looked at again in every run."""
MAX_PRINTED = 30
"""Rows of a list page that its data file is compared with."""
_OK = 200
_HREF = re.compile(rb"""<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


class SiteSpider(ArticleSpider):
    """Crawls the site it carries as `site`; the loader makes a subclass for each site file.

    Arguments (`-a`): `limit`, the number of articles after which to stop; `since` and `until`, the days of
    publication that are wanted (`YYYY-MM-DD`); `full`, whether to walk every list to its end, to read the
    sitemaps that robots.txt names and to ask for numbers that no list has shown.
    """

    name = "site"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections = {section.url: section for section in self.site.sections}
        self._walks = Walks()
        # What stands behind those of the site file must do so in every run: requests hold the position.
        self._entrances = [*self.site.entrances, *robots_sitemaps(self.site)]
        numbered = [entrance for entrance in self.site.entrances if entrance.kind == "ids"]
        self._numbers = [Numbers(entrance) for entrance in numbered] if self.full else []

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Build from a crawler, as Scrapy does."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.ask_for_numbers, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Begin with every section and entrance of the site."""
        for section in self.site.sections:
            yield self._list_request(section.url, section, page=1, entry=True)
        for number, entrance in enumerate(self.site.entrances):
            if entrance.kind == "days":
                for day in self._days(entrance):
                    self._is_new(day)
                    section = Section(label=entrance.label, url=day)
                    yield self._list_request(day, section, page=1, guessed=True)
            elif entrance.kind in ASKED:
                yield self._entrance_request(number, first_address(entrance), entry=True)
        if self.full and not self.settings.getbool("DANGJIAN_PARTIAL"):
            own = len(self.site.entrances)
            for number, entrance in enumerate(self._entrances[own:], own):
                yield self._entrance_request(number, entrance.url)

    # Lists

    async def parse_list(self, response: Response, start: str, page: int) -> AsyncIterator[Any]:
        """Follow page number `page` of the list that begins at `start`: its articles, then its next page."""
        section = self._section(start, response)
        entry = bool(response.meta.get("entry"))
        if (entry or response.meta.get("data")) and response.status == _OK and is_data(response.body):
            for output in self._follow_data(response, section, page):
                yield output
            return
        read = await self._read(response, entry=entry, as_list=True)
        if read is None:
            return
        is_below = bool(response.meta.get("tree"))
        if read.kind == "article" and (entry or is_below) and self.site.is_article(response.url) is not False:
            # The user gave the address of an article, or what looked like an issue is one.
            async for output in self._take_article(response, read):
                yield output
            return
        if read.kind in {"soft-404", "challenge", "login"}:
            self._count_failure(reason_of_kind(read.kind), response.url, entry=entry)
            return
        self._count("lists")
        if entry:
            self._count("entries")
        if self.lesson is not None and read.listing is not None:
            self.lesson.note_list(response.url, page, read.listing)
        for output in self._follow_list(response, read, section, page):
            yield output

    def _follow_list(self, response: Response, read: Page, section: Section, page: int) -> Iterator[Request]:
        """Yield the requests that a list page leads to: articles, lists below it, its next page."""
        is_tree = section.kind == "tree" and response.meta.get("tree", 0) < MAX_TREE_DEPTH
        below = steps(response.body, response.url) if is_tree else []
        links = [(url, day) for url, day in self._article_links(response, read) if url not in below]
        for url, day in links:
            self._count("links")
            if request := self._article_request(url, section, day):
                yield request
        if is_tree:
            yield from self._lists_below(response, read, section, below)
        if not self._ends_here(response.meta.get("list") or section.url, links):
            yield from self._next_page(response, read, section, page)
        if page == 1 and section.kind == "list":
            printed = [url for url, _ in links][:MAX_PRINTED]
            for address in data_lists(response.body, url=response.url):
                if self._may_follow(address):
                    yield self._data_request(address, section.url, printed)

    def _follow_data(self, response: Response, section: Section, page: int) -> Iterator[Request]:
        """Yield what a feed, a sitemap or a list as data leads to, of which the user gave the address."""
        offer = read_unknown(response.body, url=response.url)
        yield from self._take_offer(response, offer, section)
        for address in offer.further if page < MAX_LIST_PAGES else ():
            if self._may_follow(address):
                request = self._list_request(address, section, page=page + 1)
                yield request.replace(meta={**request.meta, "data": True})

    def _section(self, start: str, response: Response) -> Section:
        """Return the section whose list begins at an address; one of its own for the issue of a day."""
        return self._sections.get(start) or Section(label=response.meta.get("section") or None, url=start)

    def _ends_here(self, first: str, links: Sequence[tuple[str, str | None]]) -> bool:
        """Tell whether nothing is to be had behind a page of the list that begins at `first`.

        The last complete run has walked what lies there, or the rows have left the range of days, or the list
        goes round in circles.
        """
        urls = [url for url, _ in links]
        goes_on = self._walks.goes_on(first, urls)
        if self.range.is_left_by([day for _, day in links]):
            return True
        return not goes_on or (bool(links) and self._known_before([first, *urls]) >= {first, *urls})

    def _known_before(self, urls: list[str]) -> set[str]:
        """Return which addresses had been found when a run was last complete; none in a full look."""
        recorder = recorder_of(self.crawler)
        if recorder is None or self.full or self.settings.get("DANGJIAN_RECHECK") == "all":
            return set()
        return recorder.store.frontier.known(recorder.site, urls)

    def _worth_a_look(self, issues: list[str]) -> list[str]:
        """Return the years or issues of a tree that are new, and those at both ends: they may still grow."""
        known = self._known_before(issues)
        ends = {*issues[:OPEN_ISSUES], *issues[-OPEN_ISSUES:]}
        return [url for url in issues if url not in known or url in ends]

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

    def _lists_below(
        self, response: Response, read: Page, section: Section, issues: list[str]
    ) -> Iterator[Request]:
        """Yield the requests for the lists below a page of a tree: years, issues, other lists it names."""
        links = read.listing.links if read.listing else ()
        lists = [link.url for link in links if self.site.is_article(link.url) is False]
        for url in self._worth_a_look(list(dict.fromkeys([*issues, *lists]))):
            if self._may_follow(url):
                depth = response.meta.get("tree", 0) + 1
                yield self._list_request(url, section, page=1, tree=depth, first=url)

    def _next_page(self, response: Response, read: Page, section: Section, page: int) -> Iterator[Request]:
        """Yield the request for a list's next page, and those for the other sheets of an issue."""
        listing = read.listing or Listing()
        depth = response.meta.get("tree", 0)
        first = response.meta.get("list") or section.url
        for sheet in sheets(response.body, response.url):
            if self._may_follow(sheet):
                yield self._list_request(sheet, section, page=1, tree=depth, first=sheet)
        most = self.site.paging.max_pages or MAX_LIST_PAGES
        if section.kind == "home" or page >= most or (self.limit and self.found >= self.limit):
            return
        if listing.next_url:
            if self._may_follow(listing.next_url):
                yield self._list_request(listing.next_url, section, page=page + 1, tree=depth, first=first)
        elif self._walks.is_barren(first):
            return
        elif listing.post_back and self.site.covers(listing.post_back.url):
            form = self._list_request(listing.post_back.url, section, page=page + 1, tree=depth, first=first)
            yield form.replace(
                method="POST",
                body=urlencode(listing.post_back.fields),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                dont_filter=True,
            )
        elif not depth:
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
        first: str | None = None,
    ) -> Request:
        meta = {"kind": "list", "section": section.label, "entry": entry, "guessed": guessed, "tree": tree}
        meta |= self._page_meta
        if first not in (None, section.url):
            meta["list"] = first
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

    def _article_request(self, url: str, section: Section, day: str | None) -> Request | None:
        if not url.startswith(("http://", "https://")) or self.site.is_article(url) is False:
            return None
        for numbers in self._numbers:
            numbers.note(self.site.main_address(url))
        if not self.range.holds(day):
            return None
        if len(url) > MAX_ADDRESS or not self._is_new(url):
            return None
        self.found += 1
        return Request(
            url,
            callback=self.parse_article,
            errback=self.failed,
            meta={"kind": "article", "section": section.label, "listed": day, **self._page_meta},
        )

    # Other ways to articles

    async def parse_entrance(
        self, response: Response, number: int, page: int = 1, depth: int = 0
    ) -> AsyncIterator[Any]:
        """Follow an answer of the entrance with this number, of those of the site file and of robots.txt."""
        if number >= len(self._entrances):
            return  # the site file has changed since the request was written
        entrance = self._entrances[number]
        if response.status != _OK:
            if not response.meta.get("guessed"):
                reason = reason_of_status(response.status)
                self._count_failure(reason, response.url, entry=bool(response.meta.get("entry")))
            return
        offer = read_offer(entrance, response.body, url=response.url, page=page)
        section = Section(label=entrance.label, url=entrance.url)
        for output in self._take_offer(response, offer, section):
            yield output
        is_index = entrance.kind == "sitemap"
        if depth > MAX_DEPTH or not (is_index or self._goes_on(first_address(entrance), offer)):
            return
        for address in offer.further:
            if self._may_follow(address):
                yield self._entrance_request(number, address, page=page + 1, depth=depth + is_index)

    def _goes_on(self, first: str, offer: Offer) -> bool:
        ends = self._ends_here(first, [(link.url, link.date) for link in offer.links])
        return not ends and not self._walks.is_barren(first)

    async def parse_data(self, response: Response, start: str, printed: list[str]) -> AsyncIterator[Any]:
        """Follow the data file of a list page that prints some of its rows."""
        if response.status == _OK:
            offer = read_data_list(response.body, url=response.url, among=printed)
            for output in self._take_offer(response, offer, self._section(start, response)):
                yield output

    def _take_offer(self, response: Response, offer: Offer, section: Section) -> Iterator[Request]:
        self._count("lists")
        if response.meta.get("entry"):
            self._count("entries")
        for link in offer.links:
            day = link.date
            if not offer.may_hold(link.url, self.site):
                continue
            self._count("links")
            if offer.is_sitemap:
                if self.range.is_before(day):
                    continue
                day = None
            if request := self._article_request(link.url, section, day):
                yield request

    def _entrance_request(
        self, number: int, url: str, *, page: int = 1, depth: int = 0, entry: bool = False
    ) -> Request:
        if page == 1:
            self._is_new(url)
        label = self._entrances[number].label
        return Request(
            url,
            callback=self.parse_entrance,
            errback=self.failed,
            cb_kwargs={"number": number, "page": page, "depth": depth},
            meta={"kind": "list", "section": label, "entry": entry, "guessed": not entry},
            priority=LIST_PRIORITY,
            dont_filter=entry,
        )

    def _data_request(self, url: str, start: str, printed: list[str]) -> Request:
        return Request(
            url,
            callback=self.parse_data,
            errback=self.failed,
            cb_kwargs={"start": start, "printed": printed},
            meta={"kind": "list", "guessed": True},
            priority=LIST_PRIORITY,
        )

    def _days(self, entrance: Entrance) -> Iterator[str]:
        days = days_of(entrance, self.range, today=datetime.now(CHINA).date(), full=self.full)
        addresses = (entrance.on_day(day) for day in days)
        yield from (address for address in addresses if address)

    def ask_for_numbers(self) -> None:
        """Ask for the articles that no list has shown, once the lists of a full crawl are through.

        Raises DontCloseSpider where there are any.
        """
        requests = []
        for numbers in self._numbers:
            for number in numbers.missing():
                url = numbers.entrance.with_id(number)
                section = Section(label=numbers.entrance.label, url=numbers.entrance.url)
                if request := self._article_request(url, section, None):
                    requests.append(request.replace(meta={**request.meta, "guessed": True, "number": True}))
        self._numbers = []
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
