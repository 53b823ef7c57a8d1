"""Articles go to the store; what is new or changed goes on to the exports."""

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import DropItem

from crawler.items import Article
from crawler.pipelines.extract import Readied
from crawler.recorder import give_up, recorder_of
from crawler.store import StoreError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class UnchangedItem(DropItem):
    """The store has an article already, as it is; no export needs it."""

    def __init__(self, article: Article) -> None:
        super().__init__(f"unchanged: {article.url}")
        self.article = article
        """The record in the store."""


class StorePipeline:
    """Waits for each article's commit before the export sees it: no line tells of what is not stored."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Return the stored article. Raises UnchangedItem where it was known already, as it is."""
        if not isinstance(item, Readied):
            return item
        recorder = recorder_of(self.crawler)
        if recorder is None:
            return item.article
        try:
            saved = await recorder.save(item.captures, item.article)
        except StoreError as error:
            self.crawler.stats.inc_value("dangjian/errors/store")
            give_up(self.crawler, "store_failed", error)
            raise DropItem(str(error)) from None
        self.crawler.stats.inc_value(f"dangjian/articles/{saved.change}")
        if saved.change == "unchanged":
            raise UnchangedItem(saved.article)
        return saved.article
