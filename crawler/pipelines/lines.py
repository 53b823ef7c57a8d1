"""JSON Lines as the project writes them: UTF-8, fields in the model's order, each line handed over whole."""

from typing import TYPE_CHECKING, Any, Self

from scrapy.exporters import JsonLinesItemExporter

from crawler.archive import write_refusal
from crawler.items import Article
from crawler.recorder import give_up

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ArticleLinesExporter(JsonLinesItemExporter):
    """Scrapy's exporter, quicker for articles, with every line handed to the system at once, and an end to
    the crawl where it cannot be written."""

    crawler: "Crawler | None" = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Build from a crawler, as Scrapy does."""
        exporter = cls(*args, **kwargs)
        exporter.crawler = crawler
        return exporter

    def export_item(self, item: Any) -> None:
        """Write one line."""
        try:
            if isinstance(item, Article) and not self.fields_to_export:
                self.file.write(item.model_dump_json().encode("utf-8", "surrogatepass") + b"\n")
            else:
                super().export_item(item)
            self.file.flush()
        except OSError as error:
            if self.crawler is None or self.crawler.spider is None:
                raise
            # What is missing is written when the run is closed, or by the next one (crawler/recovery.py).
            self.crawler.stats.inc_value("dangjian/errors/export")
            name = getattr(self.file, "name", "a feed")
            give_up(self.crawler, "export_failed", OSError(write_refusal(name, error)))
