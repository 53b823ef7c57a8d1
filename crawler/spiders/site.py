"""The one spider of all sites: lists lead to articles and further lists; articles are read and handed on."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.extraction import Listing, Page
from crawler.recorder import recorder_of
from crawler.sites import Section
from crawler.spiders.articles import ArticleSpider
from crawler.spiders.failures import reason_of_kind

LIST_PRIORITY = 10
MAX_ADDRESS = 2083
"""Characters of an address; longer ones are not followed."""
MAX_LIST_PAGES = 5000
"""Pages of one list that are followed where the site file names no other number."""
MAX_TREE_DEPTH = 3
"""Lists below a list of lists: years, issues, pages of an issue."""
_HREF = re.compile(rb"""<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


class SiteSpider(ArticleSpider):
    """Crawls the site it carries as `site`; the loader makes a subclass for each site file.

    Arguments (`-a`): `limit`, the number of articles after which to stop.
    """

    name = "site"

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


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
