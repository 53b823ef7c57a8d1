"""How `dangjian show` is called."""

import argparse

from crawler.verbs.verb import UsageError, Verb, positive_number


class Show(Verb):
    """Print an article."""

    name = "show"
    syntax = "[options] ARTICLE_ID | URL"
    example = "dangjian show 3f0c9a5b7e1d2c48"
    closing = "Exit code 3 where the store has no such article."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print the record as JSON")
        parser.add_argument(
            "--version", type=positive_number, metavar="N", help="an earlier version of the text (1, 2, …)"
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one article."""
        if len(args) != 1:
            raise UsageError("say which article: its id (16 hex digits) or its address")


VERB = Show()
