"""What the verbs that run a spider share: Scrapy's options."""

import argparse
import re
from typing import ClassVar

from crawler.verbs.verb import Verb

_LEVELS = "DEBUG, INFO, WARNING, ERROR or CRITICAL"


class SpiderVerb(Verb):
    """A verb that runs a spider; it takes the options of Scrapy's own commands."""

    has_feeds: ClassVar[bool] = False
    """Whether it takes arguments for the spider and Scrapy's feeds (`-a`, `-o`, `-O`)."""

    def parser(self) -> argparse.ArgumentParser:
        """Return the parser of this verb's arguments."""
        parser = super().parser()
        group = parser.add_argument_group("Scrapy's options")
        _add_common(group)
        if self.has_feeds:
            _add_feeds(group)
        # Options of Scrapy's commands that are for `scrapy` only.
        parser.set_defaults(pdb=False, profile=None)
        return parser


def _add_common(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-s",
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set any setting (may be repeated)",
    )
    group.add_argument(
        "-L",
        "--loglevel",
        type=_level,
        metavar="LEVEL",
        help=f"least level that is logged: {_LEVELS} (WARNING)",
    )
    group.add_argument("--logfile", metavar="FILE", help="log to a file instead of stderr")
    group.add_argument("--nolog", action="store_true", help="no log")
    group.add_argument("--pidfile", metavar="FILE", help="write the process id to a file")


def _level(text: str) -> str:
    if text.upper() not in re.findall("[A-Z]+", _LEVELS):
        raise argparse.ArgumentTypeError(f"{text!r} is no level: {_LEVELS}")
    return text.upper()


def _add_feeds(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-o",
        "--output",
        action="append",
        metavar="FILE",
        help="append the articles to FILE too, in the format of its ending; FILE:FORMAT says which, - is "
        "stdout",
    )
    group.add_argument(
        "-O", "--overwrite-output", action="append", metavar="FILE", help="the same, for a new FILE each time"
    )
    group.add_argument(
        "-a",
        dest="spargs",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument of the spider (may be repeated)",
    )
