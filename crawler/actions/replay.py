"""`dangjian replay`: show the archive in a browser, as the pages were."""

import argparse
import signal
import sys
import webbrowser
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from crawler.actions.archived import addresses_meant, archive_folder
from crawler.archive import ArchiveIndex, IndexEntry
from crawler.replay import ReplayServer, environment, install
from crawler.verbs.verb import NotThereError

_OK = 200


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Serve until interrupted.

    Raises UsageError where there is no archive, NotThereError where it lacks the page, ReplayError where it
    cannot be shown.
    """
    if opts.install:
        print(f"Installing pywb in {environment()} …", file=sys.stderr)
        install()
        if not args:
            return 0
    folder = archive_folder(opts.data)
    capture = _capture(folder, opts.data, args[0], opts.at) if args else None
    _serve(folder, capture, opts)
    return 0


def _capture(folder: Path, data: str, word: str, at: datetime | None) -> IndexEntry:
    """Return the capture to show: the nearest to a moment, or the latest; one with a page where there is
    any."""
    with ArchiveIndex(folder) as index:
        captures = [
            entry
            for address in addresses_meant(data, word)
            for entry in index.captures(address)
            if entry.status != 304  # replay leaves them out
        ]
    if not captures:
        raise NotThereError(f"there is no capture of {word} in {folder}")
    pages = [entry for entry in captures if entry.status == _OK] or captures
    if at is None:
        return max(pages, key=lambda entry: entry.place)
    return min(pages, key=lambda entry: abs(entry.date - at))


def _serve(folder: Path, capture: IndexEntry | None, opts: argparse.Namespace) -> None:
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


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
