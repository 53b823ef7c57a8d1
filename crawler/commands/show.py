"""`dangjian show`: an article from the store."""

import argparse
from typing import ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand

from crawler.commands.archived import NOT_THERE
from crawler.commands.options import Verb, open_store, print_article, print_json, usage_error
from crawler.urls import article_id


class Command(Verb, ScrapyCommand):
    """Print an article."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian show 3f0c9a5b7e1d2c48"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] ARTICLE_ID | URL"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Print an article from the store"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "show", self.syntax(), epilog="Exit code 3 where the store has no such article.")
        parser.add_argument("--json", action="store_true", help="print the record as JSON")
        parser.add_argument(
            "--version", type=int, metavar="N", help="an earlier version of the text (1, 2, …)"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if len(args) != 1:
            raise usage_error("say which article: its id (16 hex digits) or its address")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print. Raises UsageError where there is no archive."""
        assert self.settings is not None
        wanted = args[0]
        key = article_id(wanted) if "://" in wanted else wanted.lower()
        with open_store(self.settings) as store:
            article = store.article(key, opts.version)
        if article is None:
            which = f" in version {opts.version}" if opts.version else ""
            print_missing(f"there is no article {wanted}{which} in {self.settings['DANGJIAN_DATA']}")
            self.exitcode = NOT_THERE
        elif opts.json:
            print_json(article)
        else:
            print_article(article, Console(highlight=False))


def print_missing(message: str) -> None:
    """Print one line of regret to stderr."""
    Console(stderr=True, highlight=False).print(f"dangjian show: {message}", markup=False, soft_wrap=True)
