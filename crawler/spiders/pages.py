"""A spider for single addresses: `dangjian fetch`."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from scrapy import Request

from crawler.sites import adhoc_site, find_site
from crawler.spiders.site import SiteSpider

Report = Callable[[str, str], None]
"""Told of a page that is no article: address and class/reason."""


class PagesSpider(SiteSpider):
    """Fetches the addresses it is given, each as an article, with its further pages and nothing else."""

    name = "pages"
    urls: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every address once."""
        for url in self.urls:
            if self._is_new(url):
                yield Request(
                    url,
                    callback=self.parse_article,
                    errback=self.failed,
                    meta={"entry": True, **self._page_meta},
                    dont_filter=True,
                )

    def report(self, url: str, reason: str) -> None:
        """Tell of a page that brought no article; the command replaces this."""

    def _count_failure(self, reason: str, url: str, *, entry: bool = False) -> None:
        super()._count_failure(reason, url, entry=entry)
        self.report(url, reason)


def spider_for_pages(urls: list[str], report: Report) -> type[PagesSpider]:
    """Return a spider class for addresses; what it stores belongs to their site. Raises ValueError."""
    own = [adhoc_site(url) for url in urls]
    known = {site.key: site for url in urls if (site := find_site(url)) is not None}
    if len(known) == 1 and all(next(iter(known.values())).covers(url) for url in urls):
        site = next(iter(known.values()))
    elif len({one.key for one in own}) == 1:
        site = own[0]
    else:
        domains = sorted({domain for one in own for domain in one.domains})
        site = own[0].model_copy(update={"key": "pages", "name": "pages", "domains": domains})
    sections = [one.sections[0] for one in own]
    site = site.model_copy(update={"sections": sections, "article_urls": [], "entrances": []})
    members: dict[str, Any] = {
        "name": site.key,
        "site": site,
        "urls": tuple(section.url for section in sections),
        "report": staticmethod(report),
        "__module__": __name__,
    }
    return type("PagesSpiderOfRun", (PagesSpider,), members)
