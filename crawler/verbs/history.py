"""How `dangjian history` is called."""

import argparse

from crawler.verbs.verb import UsageError, Verb


class History(Verb):
    """Print the versions of an article."""

    name = "history"
    syntax = "[options] ARTICLE_ID | URL"
    example = "dangjian history 3f0c9a5b7e1d2c48"
    closing = "Exit code 3 where the store has no such article."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print all as one JSON document")
        parser.add_argument(
            "--captures", action="store_true", help="list every look at the article, unchanged or failed too"
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one article."""
        if len(args) != 1:
            raise UsageError("say which article: its id (16 hex digits) or its address")


VERB = History()
