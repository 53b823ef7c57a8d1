"""Captures and what was read from them become the record of an article."""

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import DropItem

from crawler.extraction import extract
from crawler.items import Article, Capture
from crawler.pipelines.stitching import completed, stitched
from crawler.reader import Reading
from crawler.sites import Site

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Readied:
    """An article on its way to the store, with the captures it was read from."""

    __slots__ = ("article", "captures")

    def __init__(self, captures: list[Capture], article: Article) -> None:
        self.captures = captures
        self.article = article


class ExtractPipeline:
    """Completes the record: what the page says, and what only the crawl knows.

    Takes a `Reading` (the site spider's), or a bare `Capture` with its body from a spider with code of its
    own, which is read here. Items of any other kind pass untouched.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """Return the article with its captures. Raises DropItem where a page holds no text of an article."""
        if isinstance(item, Capture):
            article = extract(
                item.body,
                url=item.url,
                content_type=item.content_type,
                site=getattr(self.crawler.spider, "site", None),
            )
            captures = [item]
        elif isinstance(item, Reading):
            article = stitched(item)
            captures = item.captures
        else:
            return item
        if not article.body and not article.title:
            self.crawler.stats.inc_value("dangjian/failed/other/no text")
            raise DropItem(f"no text on {captures[0].url}")
        site: Site | None = getattr(self.crawler.spider, "site", None)
        return Readied(captures, completed(article, captures[0], site))
