"""How `dangjian replay` is called."""

import argparse

from crawler.verbs.times import moment
from crawler.verbs.verb import UsageError, Verb, whole_number


class Replay(Verb):
    """Show archived pages."""

    name = "replay"
    syntax = "[options] [ARTICLE_ID | URL]"
    description = (
        "Show archived pages in a browser, as they were. pywb serves the archive on this machine only, and "
        "the address to open is printed; without an argument it is that of a search page. Ctrl-C ends it."
    )
    example = "dangjian replay 3f0c9a5b7e1d2c48"
    closing = "Exit code 3 where there is no such capture."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--at", type=moment, metavar="TIME", help="the capture nearest to this time; default: the latest"
        )
        parser.add_argument(
            "--port", type=_port, metavar="N", help="default: 8072, or any that is free; 0: any"
        )
        parser.add_argument("--open", action="store_true", help="open the page in your browser, too")
        parser.add_argument(
            "--install",
            action="store_true",
            help="install pywb first, in an environment of its own (network); without a page that is all",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one page at most."""
        if len(args) > 1:
            raise UsageError("say which page: one article's id or one address")
        if opts.at is not None and not args:
            raise UsageError("--at goes with a page")


def _port(text: str) -> int:
    port = whole_number(text)
    if port > 0xFFFF:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return port


VERB = Replay()
