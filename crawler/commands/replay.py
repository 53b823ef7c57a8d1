"""`dangjian replay`: show the archive in a browser, as the pages were."""

import argparse
import signal
import sys
import webbrowser
from datetime import datetime
from pathlib import Path
from typing import ClassVar, NoReturn

from scrapy.commands import ScrapyCommand

from crawler.archive import ArchiveError, ArchiveIndex, IndexEntry
from crawler.commands.archived import NOT_THERE, NotThereError, addresses_meant, archive_folder, moment
from crawler.commands.options import Verb, usage_error
from crawler.replay import DEFAULT_PORT, ReplayError, ReplayServer, environment, install
from crawler.store import StoreError

_FAILED = 1
_OK = 200


class Command(Verb, ScrapyCommand):
    """Show archived pages."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian replay 3f0c9a5b7e1d2c48"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] [ARTICLE_ID | URL]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Show archived pages in a browser, as they were"

    def long_desc(self) -> str:
        """Return what the help says first."""
        return (
            "pywb serves the archive on this machine only, and the address to open is printed; without an "
            "argument it is that of a search page. Ctrl-C ends it."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "replay", self.syntax(), epilog="Exit code 3 where there is no such capture.")
        parser.add_argument(
            "--at", type=moment, metavar="TIME", help="the capture nearest to this time; default: the latest"
        )
        parser.add_argument(
            "--port", type=_port, metavar="N", help=f"default: {DEFAULT_PORT}, or any that is free; 0: any"
        )
        parser.add_argument("--open", action="store_true", help="open the page in your browser, too")
        parser.add_argument(
            "--install",
            action="store_true",
            help="install pywb first, in an environment of its own (network); without a page that is all",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if len(args) > 1:
            raise usage_error("say which page: one article's id or one address")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Serve until interrupted. Raises UsageError where there is no archive."""
        assert self.settings is not None
        try:
            if opts.install:
                print(f"Installing pywb in {environment()} …", file=sys.stderr)
                install()
                if not args:
                    return
            folder = archive_folder(self.settings)
            capture = self._capture(folder, args[0], opts.at) if args else None
            self._serve(folder, capture, opts)
        except NotThereError as error:
            print(f"dangjian replay: {error}", file=sys.stderr)
            self.exitcode = NOT_THERE
        except (ReplayError, ArchiveError, StoreError) as error:
            print(f"dangjian replay: {error}", file=sys.stderr)
            self.exitcode = _FAILED

    def _capture(self, folder: Path, word: str, at: datetime | None) -> IndexEntry:
        """Return the capture to show: the nearest to a moment, or the latest; one with a page where there is
        any."""
        assert self.settings is not None
        with ArchiveIndex(folder) as index:
            captures = [
                entry
                for address in addresses_meant(self.settings, word)
                for entry in index.captures(address)
                if entry.status != 304  # replay leaves them out
            ]
        if not captures:
            raise NotThereError(f"there is no capture of {word} in {folder}")
        pages = [entry for entry in captures if entry.status == _OK] or captures
        if at is None:
            return max(pages, key=lambda entry: entry.place)
        return min(pages, key=lambda entry: abs(entry.date - at))

    def _serve(self, folder: Path, capture: IndexEntry | None, opts: argparse.Namespace) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            with ReplayServer(folder, port=opts.port) as server:
                address = server.url if capture is None else server.page_url(capture.url, capture.date)
                print(address, flush=True)
                print("Ctrl-C ends it.", file=sys.stderr)
                if opts.open:
                    webbrowser.open(address)
                server.wait()
        except KeyboardInterrupt:
            print(file=sys.stderr)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 0xFFFF:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
