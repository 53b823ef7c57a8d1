"""How `dangjian removed` is called."""

import argparse

from crawler.verbs.times import since
from crawler.verbs.verb import UsageError, Verb


class Removed(Verb):
    """List removed articles."""

    name = "removed"
    example = "dangjian removed --since 2026-11-01 --site cpc71"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--since",
            type=since,
            metavar="DATE",
            help="only what was confirmed, first missed or seen again on that day or later (UTC)",
        )
        parser.add_argument("--site", metavar="KEY", help="only articles of this site")
        parser.add_argument("--json", action="store_true", help="print each article as one line of JSON")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want options only."""
        if args:
            raise UsageError(f"what is {args[0]!r} to mean? Options only: --since, --site")


VERB = Removed()
