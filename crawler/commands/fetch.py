"""`dangjian fetch`: archive and read single pages, and print what was read."""

import argparse
import sys
from typing import Any, ClassVar

from rich.console import Console
from scrapy import signals
from scrapy.commands import ScrapyCommand

from crawler.commands.options import EXIT_CODES_TEXT, Verb, print_article, print_json, usage_error
from crawler.commands.running import check_data_folder, run_spider
from crawler.items import Article
from crawler.spiders.pages import spider_for_pages

_NOT_FOUND = 3
_BLOCKED = 4


class Command(Verb, ScrapyCommand):
    """Fetch single pages."""

    requires_project = True
    default_settings: ClassVar = {"LOG_LEVEL": "WARNING"}
    example = "dangjian fetch --json https://www.12371.cn/2024/01/01/ARTI1704067200000000.shtml"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] URL [URL …]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Archive and read single pages, and print the records"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "fetch", self.syntax(), epilog=EXIT_CODES_TEXT)
        parser.add_argument("--json", action="store_true", help="print each record as one line of JSON")
        parser.add_argument("--contact", metavar="TEXT", help="your mail address or page, for the user agent")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        assert self.settings is not None
        self.apply(args, opts)
        if not args:
            raise usage_error("say which pages to fetch")
        check_data_folder(self.settings)
        self.settings.setdict({"DANGJIAN_SUMMARY": "none", "DANGJIAN_PROGRESS": False}, priority="cmdline")
        # These pages and no others: what waits in the site's frontier is a crawl's matter.
        self.settings.set("SCHEDULER", "scrapy.core.scheduler.Scheduler", priority="cmdline")
        if opts.contact:
            self.settings.set("DANGJIAN_CONTACT", opts.contact, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Fetch and print. Raises UsageError for a bad address."""
        assert self.settings is not None and self.crawler_process is not None
        console = Console(highlight=False)
        printed = 0

        def show(article: Article) -> None:
            nonlocal printed
            if opts.json:
                print_json(article)
                return
            if printed:
                console.rule()
            printed += 1
            print_article(article, console)

        def dropped(item: Any) -> None:
            # A page that the store has already, as it is: the user wants to see it all the same.
            known = getattr(item, "saved", None)
            if known is not None:
                show(known)

        failures: list[str] = []

        def report(url: str, reason: str) -> None:
            failures.append(reason)
            print(f"dangjian fetch: {url}: {reason.replace('/', ': ', 1)}", file=sys.stderr)

        try:
            spider = spider_for_pages(args, report)
        except ValueError as error:
            raise usage_error(str(error).splitlines()[0]) from None
        crawler = self.crawler_process.create_crawler(spider)
        crawler.signals.connect(show_item := _taking_item(show), signal=signals.item_scraped)
        crawler.signals.connect(dropped, signal=signals.item_dropped)
        self.exitcode = run_spider(self.crawler_process, crawler, {}, program="dangjian fetch")
        if failures and not self.exitcode:
            self.exitcode = (
                _BLOCKED if any(r.startswith(("blocked/", "unreachable/")) for r in failures) else _NOT_FOUND
            )
        del show_item  # signals hold weak references


def _taking_item(show: Any) -> Any:
    def scraped(item: Any) -> None:
        if isinstance(item, Article):
            show(item)

    return scraped
