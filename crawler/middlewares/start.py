"""A start that fails is an error of the run: Scrapy only logs it, and ends with exit code 0."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StartErrorsMiddleware:
    """Counts an exception of `Spider.start()` and passes it on."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what the spider starts with."""
        try:
            async for item_or_request in start:
                yield item_or_request
        except Exception:
            self.crawler.stats.inc_value("dangjian/errors/start")
            raise
