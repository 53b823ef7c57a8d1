"""What the verbs that run a spider share: checks before, errors as one line, exit code after."""

import argparse
import os
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import Settings
from w3lib.url import file_uri_to_path

from crawler.archive import ArchiveError
from crawler.recorder import data_folder
from crawler.store import StoreError
from crawler.verbs.verb import FAILED, INTERRUPTED, UsageError

EXIT_CODE = "dangjian/exit_code"
"""Key of Scrapy's statistics under which extensions/summary.py leaves the exit code."""


class SpiderAction(ABC):
    """What such a verb does."""

    @abstractmethod
    def __init__(self, settings: Settings, args: list[str], opts: argparse.Namespace) -> None:
        """Put what is to be done into the settings, before Scrapy begins. Raises UsageError."""

    @abstractmethod
    def run(self, process: CrawlerProcessBase) -> int:
        """Crawl, and return the exit code. Raises UsageError."""


def check_data_folder(settings: Settings) -> None:
    """Raise UsageError where the data folder cannot be used."""
    try:
        data_folder(settings["DANGJIAN_DATA"])
    except OSError as error:
        raise UsageError(str(error)) from None


def check_feeds(settings: Settings) -> None:
    """Raise UsageError where a file of `-o` or `-O` cannot be written.

    Scrapy would see it at the first article, and lose them all.
    """
    for feed in settings.getdict("FEEDS"):
        address = str(feed)
        if "%" in address or (":" in address and not address.startswith("file://")):
            continue  # a template, or no file
        file = Path(file_uri_to_path(address) if address.startswith("file://") else address)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)  # as Scrapy does
        except FileExistsError:
            raise UsageError(f"{file.parent}: is no folder") from None
        except OSError as error:
            raise UsageError(f"{file.parent}: {error.strerror}") from None
        if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
            raise UsageError(f"{file}: {'Is a directory' if file.is_dir() else 'cannot be written'}")


def run_spider(
    process: CrawlerProcessBase, crawler: Crawler, spider_arguments: dict[str, Any], *, program: str
) -> int:
    """Crawl to the end and return the exit code.

    An error on the way to the first request (a database of a newer release, a second crawl of the same site)
    is printed as one line.
    """
    failures: list[BaseException] = []
    crawling: Any = process.crawl(crawler, **spider_arguments)

    def finished(task: Any) -> None:
        if not task.cancelled() and task.exception() is not None:
            failures.append(task.exception())

    if hasattr(crawling, "add_done_callback"):
        crawling.add_done_callback(finished)
    else:
        crawling.addErrback(lambda failure: failures.append(failure.value))
    # Scrapy would wait for the running requests after a second signal too.
    process._signal_kill = _end_at_once  # type: ignore[assignment]  # a plain function in its place
    process.start()
    for failure in failures:
        if not isinstance(failure, StoreError | ArchiveError | OSError):
            raise failure
        print(f"{program}: {failure}", file=sys.stderr)
    if failures or process.bootstrap_failed:
        return FAILED
    return int(crawler.stats.get_value(EXIT_CODE, FAILED))


def _end_at_once(signum: int, frame: object) -> None:
    """End this process without tidying up, which archive, store and lines are made to bear."""
    with suppress(OSError):
        show_cursor = b"\x1b[?25h" if os.isatty(2) else b""  # the progress line hides it
        os.write(2, show_cursor + b"stopped at once; the next crawl of the site takes this one up\n")
    os._exit(INTERRUPTED)
