"""`dangjian fetch`: archive and read single pages, and print what was read."""

import argparse
import sys
from typing import Any

from scrapy import signals
from scrapy.crawler import CrawlerProcessBase
from scrapy.exceptions import DropItem
from scrapy.settings import Settings

from crawler.actions.printing import print_article, print_json
from crawler.actions.spiders import SpiderAction, check_data_folder, run_spider
from crawler.console import make_console
from crawler.items import Article
from crawler.pipelines.store import UnchangedItem
from crawler.spiders.pages import spider_for_pages
from crawler.verbs.verb import BLOCKED, NOT_THERE, UsageError


class Action(SpiderAction):
    """Fetches single pages."""

    def __init__(self, settings: Settings, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings. Raises UsageError."""
        self._pages = args
        self._opts = opts
        check_data_folder(settings)
        settings.setdict({"DANGJIAN_SUMMARY": "none", "DANGJIAN_PROGRESS": False}, priority="cmdline")
        # These pages and no others: what waits in the site's frontier is a crawl's matter.
        settings.set("SCHEDULER", "scrapy.core.scheduler.Scheduler", priority="cmdline")
        if opts.contact:
            settings.set("DANGJIAN_CONTACT", opts.contact, priority="cmdline")

    def run(self, process: CrawlerProcessBase) -> int:
        """Fetch and print. Raises UsageError for a bad address, OSError where output cannot be written."""
        console = make_console()
        printed = 0
        unprinted: list[OSError] = []

        def show(article: Article) -> None:
            nonlocal printed
            try:
                if self._opts.json:
                    print_json(article)
                    return
                if printed:
                    console.rule()
                printed += 1
                print_article(article, console)
            except OSError as error:  # of a signal's handler it would only be logged
                unprinted.append(error)

        def dropped(exception: DropItem) -> None:
            # A page that the store has already, as it is: the user wants to see it all the same.
            if isinstance(exception, UnchangedItem):
                show(exception.article)

        failures: list[str] = []

        def report(url: str, reason: str) -> None:
            failures.append(reason)
            print(f"dangjian fetch: {url}: {reason.replace('/', ': ', 1)}", file=sys.stderr)

        try:
            spider = spider_for_pages(self._pages, report)
        except ValueError as error:
            raise UsageError(str(error).splitlines()[0]) from None
        crawler = process.create_crawler(spider)
        crawler.signals.connect(show_item := _taking_item(show), signal=signals.item_scraped)
        crawler.signals.connect(dropped, signal=signals.item_dropped)
        code = run_spider(process, crawler, {}, program="dangjian fetch")
        del show_item  # signals hold weak references
        if unprinted:
            raise unprinted[0]
        if failures and not code:
            lost = any(reason.startswith(("blocked/", "unreachable/")) for reason in failures)
            return BLOCKED if lost else NOT_THERE
        return code


def _taking_item(show: Any) -> Any:
    def scraped(item: Any) -> None:
        if isinstance(item, Article):
            show(item)

    return scraped
