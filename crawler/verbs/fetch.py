"""How `dangjian fetch` is called."""

import argparse

from crawler.verbs.spiders import SpiderVerb
from crawler.verbs.verb import EXIT_CODES_TEXT, UsageError, is_web_address


class Fetch(SpiderVerb):
    """Fetch single pages."""

    name = "fetch"
    syntax = "[options] URL [URL …]"
    example = "dangjian fetch --json https://www.12371.cn/2024/01/01/ARTI1704067200000000.shtml"
    closing = EXIT_CODES_TEXT

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print each record as one line of JSON")
        parser.add_argument(
            "--contact",
            metavar="TEXT",
            help="your mail address or page, for the user agent (or DANGJIAN_CONTACT)",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want pages."""
        if not args:
            raise UsageError("say which pages to fetch")
        for word in args:
            if not is_web_address(word):
                raise UsageError(f"{word!r} is no http or https address")


VERB = Fetch()
