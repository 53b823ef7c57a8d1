"""How `dangjian reextract` is called."""

import argparse

from crawler.verbs.times import since
from crawler.verbs.verb import UsageError, Verb, add_processes_option


class Reextract(Verb):
    """Read the archive again."""

    name = "reextract"
    description = (
        "Read the archived article pages again with today's extractor, without the network, and replace "
        "records by better readings of the same captures."
    )
    example = "dangjian reextract --site cpc71 --dry-run"
    closing = "Exit code 3 where there is nothing to read; 1 where some captures could not be had."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--site", metavar="KEY | FILE", help="only articles of this site")
        parser.add_argument(
            "--since", type=since, metavar="DATE", help="only what was captured on that day or later (UTC)"
        )
        add_processes_option(parser)
        parser.add_argument("--dry-run", action="store_true", help="store nothing, tell what would change")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want options only."""
        if args:
            raise UsageError(f"what is {args[0]!r} to mean? Options only: --site, --since, …")


VERB = Reextract()
