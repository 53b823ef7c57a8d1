"""How `dangjian sites` is called."""

import argparse

from crawler.verbs.verb import Verb


class Sites(Verb):
    """List, show and check site files."""

    name = "sites"
    syntax = "[options] [SITE | FILE.toml …]"
    description = "Without an argument all built-in sites are listed; one argument shows that site in full."
    needs_data = False
    example = "dangjian sites --family people"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the filters and the forms of output."""
        parser.add_argument("--name", metavar="TEXT", help="only sites whose key or Chinese name holds TEXT")
        parser.add_argument("--domain", metavar="HOST", help="only sites with a domain that holds HOST")
        parser.add_argument(
            "--family", metavar="NAME", help="only sites of a CMS family; `none` for those without"
        )
        parser.add_argument(
            "--confidence",
            metavar="LEVEL",
            help="only sites of this confidence: high, medium-high, medium, …",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="check the files and say what each lacks; exit code 1 for errors",
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take any number of sites."""


VERB = Sites()
