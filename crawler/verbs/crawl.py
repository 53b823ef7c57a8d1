"""How `dangjian crawl` is called."""

import argparse

from crawler.verbs.spiders import SpiderVerb
from crawler.verbs.times import day
from crawler.verbs.verb import EXIT_CODES_TEXT, UsageError, positive_number


class Crawl(SpiderVerb):
    """Crawl one site."""

    name = "crawl"
    syntax = "[options] SITE | FILE.toml | URL"
    description = (
        "Crawl a site: archive every response, read the articles, store and export them. SITE is a key from "
        "`dangjian sites` (demo: the built-in demo site), FILE.toml a site file of your own, URL the address "
        "of a list of articles. Results go to the data folder: warc/, dangjian.db and "
        "articles/SITE/SITE-RUN.jsonl."
    )
    example = "dangjian crawl cpc71 --limit 200"
    closing = EXIT_CODES_TEXT
    has_feeds = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--limit", type=positive_number, metavar="N", help="stop after N articles")
        parser.add_argument(
            "--section",
            action="append",
            metavar="NAME",
            help="only sections whose label holds NAME (may be repeated)",
        )
        parser.add_argument(
            "--since", type=day, metavar="DATE", help="only articles published on that day or later"
        )
        parser.add_argument(
            "--until", type=day, metavar="DATE", help="only articles published on that day or earlier"
        )
        parser.add_argument(
            "--full",
            action="store_true",
            help="walk every list to its end, and read the sitemaps that robots.txt names",
        )
        parser.add_argument(
            "--save-site",
            nargs="?",
            const="",
            metavar="FILE",
            help="with a URL: write what was learned of the site to FILE (KEY.toml)",
        )
        parser.add_argument(
            "--recheck", action="store_true", help="walk every list and look at every known article again"
        )
        parser.add_argument(
            "--contact",
            metavar="TEXT",
            help="your mail address or page, for the user agent (or DANGJIAN_CONTACT)",
        )
        parser.add_argument("--json", action="store_true", help="print the closing table as JSON")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one thing to crawl, and days in their order."""
        if len(args) != 1:
            raise UsageError("say what to crawl: a site, a site file or the address of a list; one of them")
        if opts.since and opts.until and opts.since > opts.until:
            raise UsageError(f"--since {opts.since} is later than --until {opts.until}")


VERB = Crawl()
