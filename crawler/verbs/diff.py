"""How `dangjian diff` is called."""

import argparse

from crawler.verbs.verb import UsageError, Verb, whole_number


class Diff(Verb):
    """Compare versions of an article."""

    name = "diff"
    syntax = "[options] ARTICLE_ID | URL [OLD NEW]"
    example = "dangjian diff 3f0c9a5b7e1d2c48 1 2"
    closing = "Exit code 3 where the store has no such article or version."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print all as one JSON document")
        parser.add_argument(
            "--html", metavar="FILE", help="write a page that needs no other file; - is stdout"
        )
        parser.add_argument(
            "--context",
            type=whole_number,
            default=1,
            metavar="N",
            help="unchanged sentences around a change (1)",
        )
        parser.add_argument("--full", action="store_true", help="print all unchanged sentences")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one article, and two versions or none."""
        if len(args) not in {1, 3} or not all(word.isascii() and word.isdigit() for word in args[1:]):
            raise UsageError("say which article (id or address), and two numbers of versions or none")
        if opts.json and opts.html:
            raise UsageError("either --json or --html")


VERB = Diff()
